#include "tools/outrider/replay/replay_past.h"

#include "core/asset/assigned.h"
#include "core/command/command.h"

#include <stdio.h>

static const char *word_of(const otr_command *command)
{
    switch (command->kind) {
#define X(number, name, word)                                                                                \
    case OTR_COMMAND_##name:                                                                                 \
        return word;
        OTR_COMMANDS(X)
#undef X
    case OTR_COMMAND_CUSTOMER:
        return otr_customer_action_text(command->customer.action);
    case OTR_COMMAND_DESK:
        return otr_desk_action_text(command->desk.action);
    case OTR_COMMAND_VOICE:
        return "voice";
    case OTR_COMMAND_SET:
        return "set";
    case OTR_COMMAND_ORDER:
        break;
    }
    return "order";
}

/* "ack Warm on box-1", "useful to notification 0123...". */
static void say_what(const otr_input *input, char *out, size_t size)
{
    char id[OTR_ID_TEXT_BYTES];
    const otr_command *command = &input->command;
    if (input->kind == OTR_INPUT_CONTENT) {
        bool one = otr_slot_is_assignment(input->content.slot);
        otr_str asset = one ? otr_slot_asset(input->content.slot) : OTR_STR("the file");
        (void)snprintf(out, size, "assignments of %.*s", OTR_STR_ARG(asset));
    } else if (command->kind == OTR_COMMAND_CUSTOMER) {
        otr_id_format(command->customer.notification, id);
        (void)snprintf(out, size, "%s of a customer to notification %.8s", word_of(command), id);
    } else if (command->kind == OTR_COMMAND_DESK) {
        otr_id_format(command->desk.ticket, id);
        (void)snprintf(out, size, "%s of the desk about ticket %.8s", word_of(command), id);
    } else if (!otr_id_is_zero(command->alarm)) {
        otr_id_format(command->alarm, id);
        (void)snprintf(out, size, "%s alarm %.8s", word_of(command), id);
    } else {
        (void)snprintf(out, size, "%s %.*s%s%.*s", word_of(command), OTR_STR_ARG(command->rule),
                       command->rule.size > 0 ? " on " : "", OTR_STR_ARG(command->asset));
    }
}

static bool is_vain(const otr_replay_side *side, size_t input)
{
    for (size_t i = 0; i < side->vain_count; i++)
        if (side->vain[i].input == input)
            return true;
    return false;
}

void otr_replay_past_take(otr_replay_past *past, const otr_replay_turn *turn, const otr_replay_side *here,
                          const otr_replay_side *there)
{
    for (size_t i = 0; i < turn->count; i++)
        past->taken += turn->inputs[i].kind == OTR_INPUT_COMMAND || turn->inputs[i].kind == OTR_INPUT_CONTENT;
    for (size_t i = 0; i < here->vain_count; i++) {
        const otr_replay_vain *one = &here->vain[i];
        char what[200];
        char at[OTR_TIME_TEXT_BYTES];
        if (there != NULL && is_vain(there, one->input)) {
            past->vain++;
            continue;
        }
        if (past->unfit++ >= OTR_REPLAY_PAST_SHOWN)
            continue;
        (void)otr_time_format(turn->at.utc, at);
        say_what(&turn->inputs[one->input], what, sizeof what);
        (void)snprintf(past->texts[past->unfit - 1], sizeof past->texts[0], "%s %s: %s", at, what,
                       one->reason);
    }
}
