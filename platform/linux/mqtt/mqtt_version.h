/* Which MQTT the next attempt to connect to a server speaks: 5, or 3.1.1 with one that takes no other. One
 * for each server: that another cannot be reached says nothing about this one. */
#ifndef OTR_PLATFORM_MQTT_VERSION_H
#define OTR_PLATFORM_MQTT_VERSION_H

#include "platform/linux/mqtt/mqtt.h"
#include "platform/linux/mqtt/mqtt_session.h"

typedef struct otr_mqtt_chooser {
    otr_mqtt_speaks speaks;
    otr_mqtt_version version;
    bool told;          /* the broker said that it knows no MQTT 5; else it only closed the connection */
    unsigned closed;    /* attempts with MQTT 5 that ended so, one after another */
    int64_t refused_us; /* when it said so */
} otr_mqtt_chooser;

typedef enum otr_mqtt_then {
    OTR_MQTT_THEN_NEXT,  /* the next server, after a pause */
    OTR_MQTT_THEN_AGAIN, /* the same: it may know no MQTT 5; at most twice in a row */
    OTR_MQTT_THEN_NOW,   /* the same, without a pause */
} otr_mqtt_then;

void otr_mqtt_chooser_init(otr_mqtt_chooser *chooser, otr_mqtt_speaks speaks);
/* A connection or an attempt ended for that reason (otr_mqtt_reason): sets version. Whom to try then. */
otr_mqtt_then otr_mqtt_chooser_ended(otr_mqtt_chooser *chooser, const char *word, bool was_up,
                                     int64_t now_us);
/* The first attempt of all, with MQTT 5, ended for that reason: whether it is worth one with 3.1.1 at once,
 * for whoever does not try for ever; sets version. */
bool otr_mqtt_chooser_first_ended(otr_mqtt_chooser *chooser, const char *word, int64_t now_us);
/* The same for whoever connects but once. A connection that breaks at once may come without its reason. */
bool otr_mqtt_may_be_old(const char *word);

#endif
