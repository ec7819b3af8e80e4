/*
 * What Paho and OpenSSL complained about on this thread. Paho reports a failed connection as "-1"; the reason
 * is only in its trace and in OpenSSL's error queue, both written on the thread that reports the failure
 * right after.
 */
#ifndef OTR_PLATFORM_MQTT_TRACE_H
#define OTR_PLATFORM_MQTT_TRACE_H

#include "base/str.h"

#define OTR_TRACE_RESET "connection reset by the broker"

/* While any session connects the trace is read; otherwise Paho only formats errors, which also makes it
 * faster. */
void otr_mqtt_trace_begin(void);
void otr_mqtt_trace_end(void);

/* For MQTTAsync_SSLOptions.ssl_error_cb. */
int otr_mqtt_trace_ssl(const char *text, size_t size, void *context);

/* Copies this thread's complaints, oldest first, and forgets them. */
void otr_mqtt_trace_take(char *out, size_t capacity);

#endif
