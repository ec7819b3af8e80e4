#include "platform/linux/mqtt/mqtt_version.h"

#include <string.h>

enum {
    TRY_5_AGAIN_S = 86400, /* brokers are upgraded: each day one attempt more */
    CLOSED_MEANS_OLD = 2,  /* one connection breaks for many reasons */
};

void otr_mqtt_chooser_init(otr_mqtt_chooser *chooser, otr_mqtt_speaks speaks)
{
    *chooser = (otr_mqtt_chooser){
        .speaks = speaks,
        .version = speaks == OTR_MQTT_SPEAKS_3_1_1 ? OTR_MQTT_3_1_1 : OTR_MQTT_5,
    };
}

static otr_mqtt_then attempt_with_5_failed(otr_mqtt_chooser *chooser, const char *word, int64_t now_us)
{
    bool closed = strcmp(word, "closed") == 0;
    chooser->told = strcmp(word, "version") == 0;
    chooser->closed = closed ? chooser->closed + 1 : 0;
    if (!chooser->told && chooser->closed < CLOSED_MEANS_OLD)
        return closed ? OTR_MQTT_THEN_AGAIN : OTR_MQTT_THEN_NEXT;
    chooser->closed = 0;
    chooser->refused_us = now_us;
    chooser->version = OTR_MQTT_3_1_1;
    return chooser->told ? OTR_MQTT_THEN_NOW : OTR_MQTT_THEN_AGAIN;
}

otr_mqtt_then otr_mqtt_chooser_ended(otr_mqtt_chooser *chooser, const char *word, bool was_up, int64_t now_us)
{
    if (chooser->speaks != OTR_MQTT_SPEAKS_BEST)
        return OTR_MQTT_THEN_NEXT;
    if (!was_up && chooser->version == OTR_MQTT_5)
        return attempt_with_5_failed(chooser, word, now_us);
    chooser->closed = 0;
    bool lasts = was_up && chooser->told && now_us - chooser->refused_us < (int64_t)TRY_5_AGAIN_S * 1000000;
    if (!lasts)
        chooser->version = OTR_MQTT_5;
    return OTR_MQTT_THEN_NEXT;
}

bool otr_mqtt_chooser_first_ended(otr_mqtt_chooser *chooser, const char *word, int64_t now_us)
{
    if (chooser->version != OTR_MQTT_5 || !otr_mqtt_may_be_old(word))
        return false;
    chooser->told = strcmp(word, "version") == 0;
    chooser->closed = 0;
    chooser->refused_us = now_us;
    chooser->version = OTR_MQTT_3_1_1;
    return true;
}

bool otr_mqtt_may_be_old(const char *word)
{
    return strcmp(word, "version") == 0 || strcmp(word, "closed") == 0 || strcmp(word, "refused") == 0;
}
