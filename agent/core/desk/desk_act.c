#include "core/desk/desk_act.h"

#include "base/limits.h"
#include "core/desk/desk_field.h"
#include "rules/load/words.h"

typedef struct act_form {
    const char *word; /* NULL: a number that is none */
    unsigned needs;
    unsigned takes;
} act_form;

static const act_form forms[] = {
#define X(number, name, word, needs, takes) [number] = {word, needs, takes},
    OTR_DESK_ACTS(X)
#undef X
};
enum { FORMS = sizeof forms / sizeof forms[0] };

static const char *const roles[] = {
#define X(number, name, word) [number] = word,
    OTR_ROLES(X)
#undef X
};

const char *otr_desk_action_text(otr_desk_action action)
{
    return (unsigned)action < FORMS ? forms[action].word : NULL;
}

bool otr_desk_action_parse(otr_str word, otr_desk_action *out)
{
    for (size_t i = 0; i < FORMS; i++)
        if (forms[i].word != NULL && otr_str_is(word, forms[i].word)) {
            *out = (otr_desk_action)i;
            return true;
        }
    return false;
}

const char *otr_role_text(otr_role role)
{
    return roles[role];
}

bool otr_role_parse(otr_str word, otr_role *out)
{
    for (size_t i = 0; i < OTR_ROLE_COUNT; i++)
        if (otr_str_is(word, roles[i])) {
            *out = (otr_role)i;
            return true;
        }
    return false;
}

/* One field: whether the action has it, as it must. */
static otr_status check_part(const act_form *form, unsigned part, bool there, const char *name,
                             otr_error *error)
{
    if (!there && (form->needs & part) != 0)
        return otr_fail(error, OTR_INVALID, "%s needs \"%s\"", form->word, name);
    if (there && ((form->needs | form->takes) & part) == 0)
        return otr_fail(error, OTR_INVALID, "%s takes no \"%s\"", form->word, name);
    return OTR_OK;
}

static otr_status check_text(const act_form *form, unsigned part, otr_str text, size_t limit,
                             const char *name, otr_error *error)
{
    otr_status status = check_part(form, part, text.size > 0, name, error);
    if (status != OTR_OK)
        return status;
    if (text.size > limit)
        return otr_fail(error, OTR_LIMIT, "\"%s\" has more than %zu bytes", name, limit);
    if (!otr_str_is_utf8(text))
        return otr_fail(error, OTR_INVALID, "\"%s\" is not UTF-8 without NUL", name);
    return OTR_OK;
}

static otr_status check_slug(const act_form *form, unsigned part, otr_str text, const char *name,
                             otr_error *error)
{
    otr_status status = check_part(form, part, text.size > 0, name, error);
    if (status == OTR_OK && text.size > 0 && !otr_word_is_slug(text))
        return otr_fail(error, OTR_INVALID, "\"%s\" has small letters, digits, - and _ only, at most 64",
                        name);
    return status;
}

otr_status otr_desk_act_check(const otr_desk_act *act, otr_error *error)
{
    if (otr_desk_action_text(act->action) == NULL || (unsigned)act->role >= OTR_ROLE_COUNT)
        return otr_fail(error, OTR_INVALID, "no act of the desk, or no role");
    const act_form *form = &forms[act->action];
    if (otr_id_is_zero(act->ticket))
        return otr_fail(error, OTR_INVALID, "no ticket");
    otr_status status = check_text(form, OTR_DESK_TO, act->to, OTR_LIMIT_COMMAND_TEXT_BYTES, "to", error);
    if (status == OTR_OK)
        status = check_slug(form, OTR_DESK_QUEUE, act->queue, "queue", error);
    if (status == OTR_OK)
        status = check_slug(form, OTR_DESK_WHAT, act->what, "what", error);
    if (status == OTR_OK)
        status = check_part(form, OTR_DESK_BY, act->by != OTR_TIME_NONE, "by", error);
    if (status == OTR_OK)
        status = check_text(form, OTR_DESK_TEXT, act->text, OTR_LIMIT_DESK_TEXT_BYTES, "text", error);
    if (status == OTR_OK)
        status =
            check_text(form, OTR_DESK_FIELDS, act->fields, OTR_LIMIT_COMMAND_TEXT_BYTES, "fields", error);
    if (status == OTR_OK && !otr_desk_fields_ok(act->fields))
        status = otr_fail(error, OTR_INVALID,
                          "\"fields\" are words of letters, digits, _, - and ., with commas between");
    if (status == OTR_OK)
        status = check_part(form, OTR_DESK_INTO, !otr_id_is_zero(act->into), "into", error);
    return status == OTR_OK ? check_part(form, OTR_DESK_REVISION, act->revision != 0, "revision", error)
                            : status;
}

void otr_desk_act_encode(otr_buffer *out, const otr_desk_act *act)
{
    otr_buffer_add_u8(out, (uint8_t)act->action);
    otr_buffer_add_u8(out, (uint8_t)act->role);
    otr_buffer_add_id(out, act->ticket);
    otr_buffer_add_str(out, act->to);
    otr_buffer_add_str(out, act->queue);
    otr_buffer_add_str(out, act->what);
    otr_buffer_add_signed(out, act->by);
    otr_buffer_add_str(out, act->text);
    otr_buffer_add_str(out, act->fields);
    otr_buffer_add_varint(out, act->revision);
    if (act->action == OTR_DESK_MERGED)
        otr_buffer_add_id(out, act->into);
}

void otr_desk_act_decode(otr_reader *reader, otr_desk_act *out)
{
    unsigned action = otr_reader_u8(reader);
    unsigned role = otr_reader_u8(reader);
    out->action = (otr_desk_action)action;
    out->role = (otr_role)role;
    out->ticket = otr_reader_id(reader);
    out->to = otr_reader_str(reader);
    out->queue = otr_reader_str(reader);
    out->what = otr_reader_str(reader);
    out->by = otr_reader_signed(reader);
    out->text = otr_reader_str(reader);
    out->fields = otr_reader_str(reader);
    uint64_t revision = otr_reader_varint(reader);
    reader->failed |= revision > UINT32_MAX;
    out->revision = (uint32_t)revision;
    out->into = out->action == OTR_DESK_MERGED ? otr_reader_id(reader) : (otr_id){{0}};
}
