#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static atomic_int current_level = OTR_LOG_NOTICE;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* A ring of whole lines; guarded by lock. */
static char recent[OTR_LOG_RECENT_BYTES];
static size_t recent_start;
static size_t recent_size;

static const char *const level_names[] = {"error", "warning", "notice", "info", "debug"};

void otr_log_level_set(otr_log_level level)
{
    atomic_store(&current_level, (int)level);
}

otr_log_level otr_log_level_get(void)
{
    return (otr_log_level)atomic_load(&current_level);
}

const char *otr_log_level_text(otr_log_level level)
{
    return level_names[level];
}

bool otr_log_level_parse(otr_str text, otr_log_level *out)
{
    for (int i = OTR_LOG_ERROR; i <= OTR_LOG_DEBUG; i++)
        if (otr_str_is(text, level_names[i])) {
            *out = (otr_log_level)i;
            return true;
        }
    return false;
}

static void remember(const char *line, size_t size)
{
    while (recent_size + size > sizeof recent) {
        do {
            recent_start = (recent_start + 1) % sizeof recent;
            recent_size--;
        } while (recent_size > 0 && recent[(recent_start + sizeof recent - 1) % sizeof recent] != '\n');
    }
    for (size_t i = 0; i < size; i++)
        recent[(recent_start + recent_size++) % sizeof recent] = line[i];
}

/* True when the place may write now; *swallowed is what it kept back before. Caller holds lock. */
static bool admit(otr_log_place *place, unsigned *swallowed)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t now_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
    *swallowed = 0;
    if (place->in_window == 0 || now_us - place->window_start_us > OTR_LOG_WINDOW_S * 1000000LL) {
        *swallowed = place->swallowed;
        *place = (otr_log_place){.window_start_us = now_us};
    }
    if (place->in_window >= OTR_LOG_BURST) {
        place->swallowed++;
        return false;
    }
    place->in_window++;
    return true;
}

void otr_log_write(otr_log_place *place, otr_log_level level, const char *event, const char *fields, ...)
{
    char line[1024];
    unsigned swallowed;
    va_list list;
    pthread_mutex_lock(&lock);
    if (admit(place, &swallowed)) {
        int size = snprintf(line, sizeof line, "level=%s event=%s ", level_names[level], event);
        va_start(list, fields);
        int more = vsnprintf(line + size, sizeof line - (size_t)size, fields, list);
        va_end(list);
        size += more > 0 ? more : 0;
        if (size > (int)sizeof line - 40)
            size = (int)sizeof line - 40;
        for (int i = 0; i < size; i++)
            if ((unsigned char)line[i] < ' ')
                line[i] = ' ';
        if (swallowed > 0)
            size += snprintf(line + size, sizeof line - (size_t)size, " swallowed=%u", swallowed);
        line[size++] = '\n';
        remember(line, (size_t)size);
        ssize_t written = write(STDERR_FILENO, line, (size_t)size);
        (void)written; /* there is nowhere left to report it */
    }
    pthread_mutex_unlock(&lock);
}

size_t otr_log_recent(char *out, size_t capacity)
{
    pthread_mutex_lock(&lock);
    size_t size = recent_size < capacity ? recent_size : capacity;
    for (size_t i = 0; i < size; i++)
        out[i] = recent[(recent_start + recent_size - size + i) % sizeof recent];
    pthread_mutex_unlock(&lock);
    return size;
}
