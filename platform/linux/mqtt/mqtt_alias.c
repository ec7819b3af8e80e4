#include "platform/linux/mqtt/mqtt_alias.h"

#include <string.h>

otr_mqtt_alias otr_mqtt_alias_of(otr_mqtt_aliases *aliases, otr_str topic)
{
    unsigned count = aliases->limit < OTR_MQTT_ALIASES_MAX ? aliases->limit : OTR_MQTT_ALIASES_MAX;
    if (count == 0 || topic.size == 0 || topic.size > OTR_MQTT_ALIAS_TOPIC_MAX)
        return (otr_mqtt_alias){0, false};
    unsigned oldest = 0;
    for (unsigned i = 0; i < count; i++) {
        otr_str held = {aliases->entries[i].topic, aliases->entries[i].size};
        if (aliases->entries[i].used > 0 && otr_str_equal(held, topic)) {
            aliases->entries[i].used = ++aliases->turn;
            return (otr_mqtt_alias){i + 1, true};
        }
        if (aliases->entries[i].used < aliases->entries[oldest].used)
            oldest = i;
    }
    aliases->entries[oldest].used = ++aliases->turn;
    aliases->entries[oldest].size = topic.size;
    memcpy(aliases->entries[oldest].topic, topic.data, topic.size);
    return (otr_mqtt_alias){oldest + 1, false};
}

void otr_mqtt_alias_unsent(otr_mqtt_aliases *aliases, otr_mqtt_alias alias)
{
    if (alias.number > 0 && !alias.known) {
        aliases->entries[alias.number - 1].used = 0;
        aliases->entries[alias.number - 1].size = 0;
    }
}
