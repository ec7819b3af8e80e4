/* What is told of commands to devices: a status event for each state, for consoles and machines. */
#include "core/command/device_command.h"
#include "core/outbox/event.h"

enum { FACTS = 4 };

static otr_str id_text(otr_core *core, otr_id id)
{
    char text[OTR_ID_TEXT_BYTES];
    otr_id_format(id, text);
    return otr_effects_copy(core->effects, otr_str_of(text));
}

static size_t fill_facts(otr_core *core, const otr_device_command *command, otr_str state, otr_str reason,
                         otr_fact facts[FACTS])
{
    size_t count = 0;
    facts[count++] = (otr_fact){OTR_STR("command"), otr_device_command_text(core, command)};
    facts[count++] = (otr_fact){OTR_STR("command.state"), state};
    facts[count++] = (otr_fact){OTR_STR("command.id"), id_text(core, command->id)};
    if (reason.size > 0)
        facts[count++] = (otr_fact){OTR_STR("reason"), reason};
    return count;
}

/* "boost_cooling = true on fridge-1: held (the interlock holds)" */
static otr_str sentence(otr_core *core, const otr_fact *facts, otr_str device, otr_str reason)
{
    otr_buffer text = {0};
    otr_buffer_add_format(&text, "%.*s%s%.*s: %.*s", OTR_STR_ARG(facts[0].value),
                          device.size > 0 ? " on " : "", OTR_STR_ARG(device), OTR_STR_ARG(facts[1].value));
    if (reason.size > 0)
        otr_buffer_add_format(&text, " (%.*s)", OTR_STR_ARG(reason));
    otr_str copy = otr_effects_copy(core->effects, otr_buffer_text(&text));
    core->failed |= text.failed;
    otr_buffer_done(&text);
    return copy;
}

void otr_event_command(otr_core *core, const otr_device_command *command, otr_str state, otr_str reason)
{
    otr_fact facts[FACTS];
    otr_service_event event = {0};
    if (!core->effects->discard) {
        otr_str device = otr_names_get(&core->device_names, command->device);
        event = (otr_service_event){
            .kind = OTR_SERVICE_STATUS,
            .what = OTR_STR("command"),
            .event = otr_event_derive('e', command->id, command->revision),
            .entity = command->id,
            .revision = command->revision,
            .alarm = command->alarm_id,
            .case_id = command->case_id,
            .decided = core->now.utc,
            .onset = OTR_TIME_NONE,
            .raised = OTR_TIME_NONE,
            .ended = OTR_TIME_NONE,
            .detected = OTR_TIME_NONE,
            .expires = OTR_TIME_NEVER,
            .next_by = OTR_TIME_NONE,
            .pack = otr_names_get(&core->labels, command->pack),
            .rule = otr_names_get(&core->labels, command->rule),
            .priority = otr_str_of(otr_priority_text(command->priority)),
            .asset = otr_names_get(&core->labels, command->asset),
            .device = device,
            .coverage_percent = -1,
            .facts = facts,
            .fact_count = fill_facts(core, command, state, reason, facts),
        };
        event.text = sentence(core, facts, device, reason);
    }
    otr_event_put(core, OTR_OUTBOX_NORMAL, &event, NULL);
}
