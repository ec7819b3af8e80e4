#include "core/command/command.h"

#include "base/limits.h"

enum { HAS_ALARM = 1, HAS_UNTIL = 2, HAS_SPAN = 4 };

static bool is_known(unsigned kind)
{
    return (kind >= OTR_COMMAND_ACKNOWLEDGE && kind <= OTR_COMMAND_UNASSIGN) || kind == OTR_COMMAND_SET;
}

static otr_status check_text(otr_str text, const char *name, otr_error *error)
{
    if (text.size > OTR_LIMIT_COMMAND_TEXT_BYTES)
        return otr_fail(error, OTR_LIMIT, "%s has more than %d bytes", name, OTR_LIMIT_COMMAND_TEXT_BYTES);
    if (!otr_str_is_utf8(text))
        return otr_fail(error, OTR_INVALID, "%s is not UTF-8 without NUL", name);
    return OTR_OK;
}

otr_status otr_command_check(const otr_command *command, otr_error *error)
{
    if (command->kind == OTR_COMMAND_CUSTOMER && !otr_id_is_zero(command->id))
        return otr_customer_check(&command->customer, error);
    if (command->kind == OTR_COMMAND_DESK && !otr_id_is_zero(command->id)) {
        otr_status status = check_text(command->who, "who", error);
        return status == OTR_OK ? otr_desk_act_check(&command->desk, error) : status;
    }
    if (command->kind == OTR_COMMAND_VOICE && !otr_id_is_zero(command->id))
        return otr_voice_check(command, error);
    if (command->kind == OTR_COMMAND_ORDER && !otr_id_is_zero(command->id))
        return otr_order_note_check(&command->order, error);
    bool by_id = !otr_id_is_zero(command->alarm);
    bool of_asset = command->kind == OTR_COMMAND_FORGET || command->kind == OTR_COMMAND_ASSIGNED ||
                    command->kind == OTR_COMMAND_UNASSIGN;
    bool by_name = command->asset.size > 0 && (command->rule.size > 0) != of_asset;
    bool timed = command->until != OTR_TIME_NONE || command->span != 0;
    if (!is_known(command->kind) || otr_id_is_zero(command->id))
        return otr_fail(error, OTR_INVALID, "no kind, or no id of the command");
    if (by_id ? command->rule.size + command->asset.size > 0 : !by_name)
        return otr_fail(error, OTR_INVALID, "expected the id of an alarm, or a rule and an asset");
    if (timed != (command->kind == OTR_COMMAND_SHELVE) ||
        (command->until != OTR_TIME_NONE && command->span != 0) || command->span < 0)
        return otr_fail(error, OTR_INVALID, "a shelf, and nothing else, lasts for a span or until a time");
    otr_status status = check_text(command->rule, "the rule", error);
    if (status == OTR_OK)
        status = check_text(command->asset, "the asset", error);
    if (status == OTR_OK)
        status = check_text(command->who, "who", error);
    return status == OTR_OK ? check_text(command->reason, "the reason", error) : status;
}

void otr_command_say_refusal(const otr_command_result *result, otr_buffer *out)
{
    otr_buffer_add_format(out, "%s", otr_refusal_text(result->refusal));
    if (result->known.size > 0)
        otr_buffer_add_format(out, "; known: %.*s", OTR_STR_ARG(result->known));
}

bool otr_command_kind_parse(otr_str word, otr_command_kind *out)
{
    static const struct {
        otr_command_kind kind;
        const char *word;
    } kinds[] = {
#define X(number, name, text) {OTR_COMMAND_##name, text},
        OTR_COMMANDS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (otr_str_is(word, kinds[i].word)) {
            *out = kinds[i].kind;
            return true;
        }
    return false;
}

void otr_command_encode(otr_buffer *out, const otr_command *command)
{
    bool by_id = !otr_id_is_zero(command->alarm);
    unsigned flags = (by_id ? HAS_ALARM : 0) | (command->until != OTR_TIME_NONE ? HAS_UNTIL : 0) |
                     (command->span != 0 ? HAS_SPAN : 0);
    otr_buffer_add_u8(out, (uint8_t)command->kind);
    if (command->kind == OTR_COMMAND_CUSTOMER) {
        otr_buffer_add_id(out, command->id);
        otr_customer_encode(out, &command->customer);
        return;
    }
    if (command->kind == OTR_COMMAND_DESK) {
        otr_buffer_add_id(out, command->id);
        otr_buffer_add_str(out, command->who);
        otr_desk_act_encode(out, &command->desk);
        return;
    }
    if (command->kind == OTR_COMMAND_VOICE) {
        otr_buffer_add_id(out, command->id);
        otr_voice_encode(out, command);
        return;
    }
    if (command->kind == OTR_COMMAND_ORDER) {
        otr_buffer_add_id(out, command->id);
        otr_order_note_encode(out, &command->order);
        return;
    }
    otr_buffer_add_u8(out, (uint8_t)flags);
    otr_buffer_add_id(out, command->id);
    if (by_id) {
        otr_buffer_add_id(out, command->alarm);
    } else {
        otr_buffer_add_str(out, command->rule);
        otr_buffer_add_str(out, command->asset);
    }
    if (command->until != OTR_TIME_NONE)
        otr_buffer_add_signed(out, command->until);
    if (command->span != 0)
        otr_buffer_add_signed(out, command->span);
    otr_buffer_add_str(out, command->who);
    otr_buffer_add_str(out, command->reason);
}

bool otr_command_decode(otr_reader *reader, otr_command *out)
{
    unsigned kind = otr_reader_u8(reader);
    if (kind == OTR_COMMAND_CUSTOMER) {
        *out = (otr_command){.kind = OTR_COMMAND_CUSTOMER, .until = OTR_TIME_NONE};
        out->id = otr_reader_id(reader);
        otr_customer_decode(reader, &out->customer);
        return !reader->failed && otr_command_check(out, NULL) == OTR_OK;
    }
    if (kind == OTR_COMMAND_DESK) {
        *out = (otr_command){.kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE};
        out->id = otr_reader_id(reader);
        out->who = otr_reader_str(reader);
        otr_desk_act_decode(reader, &out->desk);
        return !reader->failed && otr_command_check(out, NULL) == OTR_OK;
    }
    if (kind == OTR_COMMAND_VOICE) {
        *out = (otr_command){.kind = OTR_COMMAND_VOICE, .until = OTR_TIME_NONE};
        out->id = otr_reader_id(reader);
        otr_voice_decode(reader, out);
        return !reader->failed && otr_command_check(out, NULL) == OTR_OK;
    }
    if (kind == OTR_COMMAND_ORDER) {
        *out = (otr_command){.kind = OTR_COMMAND_ORDER, .until = OTR_TIME_NONE};
        out->id = otr_reader_id(reader);
        otr_order_note_decode(reader, &out->order);
        return !reader->failed && otr_command_check(out, NULL) == OTR_OK;
    }
    unsigned flags = otr_reader_u8(reader);
    *out = (otr_command){.kind = (otr_command_kind)kind, .until = OTR_TIME_NONE};
    out->id = otr_reader_id(reader);
    if ((flags & HAS_ALARM) != 0) {
        out->alarm = otr_reader_id(reader);
    } else {
        out->rule = otr_reader_str(reader);
        out->asset = otr_reader_str(reader);
    }
    if ((flags & HAS_UNTIL) != 0)
        out->until = otr_reader_signed(reader);
    if ((flags & HAS_SPAN) != 0)
        out->span = otr_reader_signed(reader);
    out->who = otr_reader_str(reader);
    out->reason = otr_reader_str(reader);
    return !reader->failed && otr_command_check(out, NULL) == OTR_OK;
}
