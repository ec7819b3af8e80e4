/*
 * Topic aliases of one MQTT 5 connection (MQTT 5.0 section 3.3.2.3.4): a topic goes out in full once and then
 * as a number. The topic that was used longest ago gives up its number when all are taken.
 */
#ifndef OTR_PLATFORM_MQTT_ALIAS_H
#define OTR_PLATFORM_MQTT_ALIAS_H

#include "base/str.h"

enum {
    OTR_MQTT_ALIASES_MAX = 16,      /* kinds of events, and the views that change most; mosquitto takes 10 */
    OTR_MQTT_ALIAS_TOPIC_MAX = 160, /* longer topics go out in full */
};

/* Zero-initialise; limit is what the broker takes, 0: none. */
typedef struct otr_mqtt_aliases {
    unsigned limit;
    uint64_t turn;
    struct {
        uint64_t used; /* 0: free */
        size_t size;
        char topic[OTR_MQTT_ALIAS_TOPIC_MAX];
    } entries[OTR_MQTT_ALIASES_MAX];
} otr_mqtt_aliases;

typedef struct otr_mqtt_alias {
    unsigned number; /* 0: send the topic alone */
    bool known;      /* the broker knows it: send no topic */
} otr_mqtt_alias;

/* What the next message to this topic is to be sent with. */
otr_mqtt_alias otr_mqtt_alias_of(otr_mqtt_aliases *aliases, otr_str topic);
/* That message was not sent after all: what it would have told is not known. */
void otr_mqtt_alias_unsent(otr_mqtt_aliases *aliases, otr_mqtt_alias alias);

#endif
