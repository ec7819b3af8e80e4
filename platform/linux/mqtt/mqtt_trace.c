#include "platform/linux/mqtt/mqtt_trace.h"

#include <MQTTAsync.h>
#include <pthread.h>
#include <stdio.h>

static _Thread_local char complaints[200];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned connecting; /* sessions; guarded by lock */

static void complain(const char *text, size_t size)
{
    while (size > 0 && (unsigned char)text[size - 1] <= ' ')
        size--;
    char add[120];
    snprintf(add, sizeof add, "%.*s", (int)(size < sizeof add ? size : sizeof add - 1), text);
    if (add[0] == '\0' || strstr(complaints, add) != NULL)
        return;
    size_t used = strlen(complaints);
    snprintf(complaints + used, sizeof complaints - used, "%s%s", used > 0 ? "; " : "", add);
}

/* Runs under Paho's log lock: no call into Paho from here. */
static void on_trace(enum MQTTASYNC_TRACE_LEVELS level, char *message)
{
    (void)level;
    static const char *const telling[] = {"SSL alert ", "X509_check_host for", "Socket error ",
                                          "getaddrinfo failed"};
    if (message == NULL)
        return;
    if (strstr(message, "X509_check_ip_asc is 1") != NULL) {
        complaints[0] = '\0'; /* the certificate is for the address, after its names did not match */
        return;
    }
    if (strstr(message, "close notify") != NULL || strstr(message, "in shutdown") != NULL)
        return;
    if (strstr(message, "SSLSocket error") != NULL) { /* says nothing but errno */
        if (strstr(message, "Connection reset") != NULL || strstr(message, "Broken pipe") != NULL)
            complain(OTR_TRACE_RESET, strlen(OTR_TRACE_RESET));
        return;
    }
    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++) {
        const char *found = strstr(message, telling[i]);
        if (found != NULL)
            complain(found, strlen(found));
    }
}

/* Called with the lock held. The level is a plain int of Paho that its threads read: a late reader only
 * traces more. */
static void set_level(void)
{
    MQTTAsync_setTraceLevel(connecting > 0 ? MQTTASYNC_TRACE_MINIMUM : MQTTASYNC_TRACE_ERROR);
}

void otr_mqtt_trace_begin(void)
{
    pthread_mutex_lock(&lock);
    connecting++;
    MQTTAsync_setTraceCallback(on_trace);
    set_level();
    pthread_mutex_unlock(&lock);
}

void otr_mqtt_trace_end(void)
{
    pthread_mutex_lock(&lock);
    connecting--;
    set_level();
    pthread_mutex_unlock(&lock);
}

/* "THREAD:error:CODE:LIBRARY:FUNCTION:REASON:FILE:LINE:DATA": the reason and the data are for people. */
int otr_mqtt_trace_ssl(const char *text, size_t size, void *context)
{
    (void)context;
    otr_str fields[9] = {{NULL, 0}};
    size_t count = 0;
    size_t start = 0;
    for (size_t i = 0; i <= size && count < 9; i++)
        if (i == size || (text[i] == ':' && count < 8)) {
            fields[count++] = (otr_str){text + start, i - start};
            start = i + 1;
        }
    if (count > 5)
        complain(fields[5].data, fields[5].size);
    if (count > 8)
        complain(fields[8].data, fields[8].size);
    return 1;
}

void otr_mqtt_trace_take(char *out, size_t capacity)
{
    snprintf(out, capacity, "%s", complaints);
    complaints[0] = '\0';
}
