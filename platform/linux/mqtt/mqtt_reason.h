/* Why a session failed, in a word for the log and in a sentence for an operator. Knows no socket and no
 * library call. */
#ifndef OTR_PLATFORM_MQTT_REASON_H
#define OTR_PLATFORM_MQTT_REASON_H

#include "base/str.h"

typedef enum otr_mqtt_stage {
    OTR_MQTT_STAGE_RESOLVE,    /* code: EAI_ of getaddrinfo */
    OTR_MQTT_STAGE_CONNECT,    /* code: Paho's, or the CONNACK's reason code when it is positive */
    OTR_MQTT_STAGE_TIMEOUT,    /* no CONNACK in time */
    OTR_MQTT_STAGE_LOST,       /* the connection broke */
    OTR_MQTT_STAGE_DISCONNECT, /* code: the broker's DISCONNECT reason */
    OTR_MQTT_STAGE_SILENT,     /* the broker acknowledges nothing any more */
} otr_mqtt_stage;

typedef struct otr_mqtt_failure {
    otr_mqtt_stage stage;
    int code;
    char message[48]; /* what Paho says */
    char hint[200];   /* what Paho and OpenSSL complained about last before it; may be empty */
} otr_mqtt_failure;

typedef struct otr_mqtt_reason {
    const char
        *word; /* dns refused timeout certificate hostname tls version not_authorized closed lost ... */
    char text[320];
} otr_mqtt_reason;

void otr_mqtt_reason_of(const otr_mqtt_failure *failure, const char *host, otr_mqtt_reason *out);
/* A few words for an MQTT 5 reason code. */
const char *otr_mqtt_code_text(int code);

#endif
