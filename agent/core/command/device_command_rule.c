/* What forbids a command: the allow-list of the assignments, the interlock, the rate, the age of the
 * readings. What is not known forbids. */
#include "core/command/device_command.h"
#include "core/outbox/event.h"
#include "core/rule/evaluate.h"
#include "core/rule/host.h"

enum { BYTES = OTR_DEED_REASON_BYTES };

static bool is_fresh(const otr_core *core, const otr_alarm *alarm, char reason[BYTES])
{
    otr_time clock = core->assets[alarm->asset].clock;
    otr_time newest = clock > alarm->raised ? clock : alarm->raised;
    if (!core->now.synced)
        return otr_deed_refuse(reason, "the clock is not set yet");
    if (core->now.utc - newest > OTR_DEVICE_COMMAND_FRESH_US)
        return otr_deed_refuse(reason, "the readings came too late for it");
    return true;
}

static bool no_interlock(const otr_core *core, const otr_asset_state *asset, const otr_bound_rule *bound,
                         const otr_deed *deed, char reason[BYTES])
{
    otr_host_context context = {core, asset, bound, otr_evaluate_time(core, asset)};
    otr_host host = otr_host_of(&context);
    otr_value value;
    if (deed->unless == NULL)
        return true;
    if (otr_expression_evaluate(deed->unless, &host, &value, NULL) != OTR_OK || value.type != OTR_TYPE_BOOL)
        return otr_deed_refuse(reason, "it is not known whether the interlock holds");
    return !value.flag || otr_deed_refuse(reason, "the interlock holds");
}

/* What is still in the list counts: the rest was dropped before. */
static bool within_rate(const otr_core *core, const otr_device *device, const otr_deed *deed,
                        char reason[BYTES])
{
    uint32_t open = 0;
    uint32_t remembered = 0;
    uint32_t recent = 0;
    otr_time last = OTR_TIME_NONE;
    for (uint32_t i = device->commands; i != 0; i = core->commands[i - 1].next) {
        const otr_device_command *command = &core->commands[i - 1];
        bool is_open = otr_device_command_is_open(core, command);
        bool same = otr_str_equal(otr_names_get(&core->labels, command->name), deed->command);
        remembered++;
        open += is_open;
        if (same && is_open && !deed->shadow)
            return otr_deed_refuse(reason, "another %.*s is still open", OTR_STR_ARG(deed->command));
        if (!same || (command->state == OTR_DEVICE_COMMAND_SHADOW) != deed->shadow)
            continue; /* what was only rehearsed takes nothing from what is real */
        recent += core->now.core - command->decided < deed->at_most_us;
        last = command->decided > last ? command->decided : last;
    }
    if (open >= OTR_LIMIT_DEVICE_COMMANDS_OPEN || remembered >= OTR_LIMIT_DEVICE_COMMANDS)
        return otr_deed_refuse(reason, "the device has too many commands");
    if (recent >= deed->at_most)
        return otr_deed_refuse(reason, "it was given %u times already in its span", recent);
    if (last != OTR_TIME_NONE && core->now.core - last < deed->every_us)
        return otr_deed_refuse(reason, "the last one was too short ago");
    return true;
}

bool otr_device_command_may(const otr_core *core, const otr_alarm *alarm, const otr_deed *deed,
                            uint32_t *device, char reason[BYTES])
{
    const otr_asset_state *asset = &core->assets[alarm->asset];
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    uint32_t index = 0;
    if (!otr_deed_allowed(asset->asset, deed, &index, reason))
        return false;
    *device = asset->devices[index];
    return is_fresh(core, alarm, reason) && no_interlock(core, asset, bound, deed, reason) &&
           within_rate(core, &core->devices[*device], deed, reason);
}

/* ---- what can never be given is told when it is bound ---- */

/* How many of the assets that a rule watches cannot be given its command; reason is of the first. */
static uint32_t count_refused(const otr_core *core, const otr_rule *rule, char reason[BYTES])
{
    char ignored[BYTES];
    uint32_t device;
    uint32_t count = 0;
    for (uint32_t i = 0; i < core->asset_count; i++) {
        const otr_asset_state *asset = &core->assets[i];
        for (uint32_t r = 0; r < asset->plan->rule_count; r++)
            if (asset->plan->rules[r].rule == rule &&
                !otr_deed_allowed(asset->asset, rule->deed, &device, count == 0 ? reason : ignored))
                count++;
    }
    return count;
}

void otr_device_command_report(otr_core *core)
{
    otr_buffer text = {0};
    char reason[BYTES];
    if (core->effects->discard)
        return;
    for (size_t c = 0; c < core->content_count; c++) {
        const otr_loaded_pack *loaded = core->contents[c].loaded;
        for (size_t r = 0; loaded != NULL && r < loaded->pack->rule_count; r++) {
            const otr_rule *rule = &loaded->pack->rules[r];
            uint32_t refused = rule->deed != NULL ? count_refused(core, rule, reason) : 0;
            if (refused > 0)
                otr_buffer_add_format(&text, "%s%.*s cannot do %.*s on %u asset%s: %s",
                                      text.size > 0 ? "; " : "", OTR_STR_ARG(rule->name),
                                      OTR_STR_ARG(rule->deed->command), refused, refused == 1 ? "" : "s",
                                      reason);
        }
    }
    if (text.size > 0)
        otr_event_status(core, OTR_STR("refused"), otr_buffer_text(&text));
    core->failed |= text.failed;
    otr_buffer_done(&text);
}
