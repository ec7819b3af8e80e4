/* The JSON of a customer's action, and of what the desk answers: each part checked. */
#include "driver/act.h"

#include "base/limits.h"
#include "codec/json.h"
#include "driver/act_desk.h"

static otr_status take_id(otr_arena *arena, const json_t *root, const char *name, otr_id *out,
                          otr_error *error)
{
    otr_str text;
    otr_status status = otr_json_take_text(arena, root, name, true, &text, error);
    if (status == OTR_OK && (!otr_id_parse(text, out) || otr_id_is_zero(*out))) {
        *out = (otr_id){{0}};
        status = otr_fail(error, OTR_INVALID, "\"%s\" is an id of 32 lower-case hex digits", name);
    }
    return status;
}

static otr_status take_time(otr_arena *arena, const json_t *root, const char *name, otr_time *out,
                            otr_error *error)
{
    otr_str text;
    otr_status status = otr_json_take_text(arena, root, name, false, &text, error);
    if (status == OTR_OK && text.data != NULL && !otr_time_parse(text, out))
        status = otr_fail(error, OTR_INVALID, "\"%s\" is an RFC 3339 time", name);
    return status;
}

static otr_status take_revision(const json_t *root, uint32_t *out, otr_error *error)
{
    const json_t *value = json_object_get(root, "revision");
    if (value == NULL)
        return OTR_OK;
    double number = json_number_value(value);
    if (!json_is_number(value) || !(number >= 1 && number <= UINT32_MAX) ||
        number != (double)(uint32_t)number)
        return otr_fail(error, OTR_INVALID, "\"revision\" is a whole number from 1");
    *out = (uint32_t)number;
    return OTR_OK;
}

static otr_status take_score(otr_arena *arena, const json_t *root, otr_customer_act *out, otr_error *error)
{
    const json_t *value = json_object_get(root, "score");
    double score = json_number_value(value);
    otr_str reason;
    if (value != NULL && (!json_is_number(value) || !(score >= 0 && score < OTR_QUESTION_SCORES) ||
                          score != (double)(int)score))
        return otr_fail(error, OTR_INVALID, "\"score\" is a whole number from 0 to %d",
                        OTR_QUESTION_SCORES - 1);
    out->scored = value != NULL;
    out->score = (uint8_t)score;
    otr_status status = otr_json_take_text(arena, root, "reason", false, &reason, error);
    if (status == OTR_OK && reason.data != NULL && !otr_question_reason_parse(reason, &out->reason))
        status = otr_fail(error, OTR_INVALID, "there is no such \"reason\"");
    return status;
}

otr_status otr_act_parse_desk(otr_arena *arena, const json_t *request, otr_desk_act *out, otr_str *who,
                              otr_error *error)
{
    otr_str word;
    otr_str role;
    *out = (otr_desk_act){.by = OTR_TIME_NONE};
    const struct {
        const char *name;
        otr_str *text;
    } texts[] = {{"who", who},         {"to", &out->to},     {"queue", &out->queue},
                 {"what", &out->what}, {"text", &out->text}, {"fields", &out->fields}};
    otr_status status = otr_json_take_text(arena, request, "action", true, &word, error);
    if (status == OTR_OK && !otr_desk_action_parse(word, &out->action))
        status = otr_fail(error, OTR_INVALID, "there is no such act of the desk");
    if (status == OTR_OK)
        status = take_id(arena, request, "ticket", &out->ticket, error);
    if (status == OTR_OK && json_object_get(request, "into") != NULL)
        status = take_id(arena, request, "into", &out->into, error);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && status == OTR_OK; i++)
        status = otr_json_take_text(arena, request, texts[i].name, false, texts[i].text, error);
    if (status == OTR_OK)
        status = otr_json_take_text(arena, request, "role", false, &role, error);
    if (status == OTR_OK && role.size > 0 && !otr_role_parse(role, &out->role))
        status = otr_fail(error, OTR_INVALID, "there is no such role");
    if (status == OTR_OK)
        status = take_time(arena, request, "by", &out->by, error);
    if (status == OTR_OK)
        status = take_revision(request, &out->revision, error);
    return status == OTR_OK ? otr_desk_act_check(out, error) : status;
}

static otr_status take_desk(otr_arena *arena, const json_t *root, otr_act *out, otr_error *error)
{
    otr_status status = otr_act_parse_desk(arena, root, &out->desk, &out->who, error);
    out->of_desk = true;
    out->action = OTR_STR(OTR_DESK_TOKEN);
    out->desk.role = OTR_ROLE_DESK; /* whatever it says: the token is the desk's */
    return status == OTR_OK ? otr_json_take_text(arena, root, "token", true, &out->token, error) : status;
}

static otr_status take_all(otr_arena *arena, const json_t *root, otr_act *out, otr_error *error)
{
    if (!json_is_object(root))
        return otr_fail(error, OTR_INVALID, "an action is an object");
    otr_status status = take_id(arena, root, "id", &out->id, error);
    if (status == OTR_OK && json_object_get(root, "command") != NULL)
        status = otr_fail(error, OTR_INVALID, "operators' commands are not taken here; see outrider ack");
    if (status == OTR_OK && json_object_get(root, "ticket") != NULL)
        return take_desk(arena, root, out, error);
    if (status == OTR_OK)
        status = otr_json_take_text(arena, root, "action", true, &out->action, error);
    if (status == OTR_OK && !otr_customer_action_parse(out->action, &out->customer.action))
        status = otr_fail(error, OTR_INVALID, "there is no such action");
    if (status == OTR_OK)
        status = take_id(arena, root, "notification", &out->customer.notification, error);
    if (status == OTR_OK)
        status = otr_json_take_text(arena, root, "token", true, &out->token, error);
    if (status == OTR_OK)
        status = otr_json_take_text(arena, root, "category", false, &out->customer.category, error);
    if (status == OTR_OK)
        status = take_time(arena, root, "from", &out->customer.from, error);
    if (status == OTR_OK)
        status = take_time(arena, root, "to", &out->customer.to, error);
    if (status == OTR_OK)
        status = take_score(arena, root, &out->customer, error);
    return status == OTR_OK ? otr_customer_check(&out->customer, error) : status;
}

otr_status otr_act_parse(otr_arena *arena, otr_bytes payload, otr_act *out, otr_error *error)
{
    otr_error reason = {.status = OTR_OK};
    *out = (otr_act){.customer = {.from = OTR_TIME_NONE, .to = OTR_TIME_NONE}};
    if (payload.size > OTR_LIMIT_CUSTOMER_BYTES)
        return otr_fail(error, OTR_LIMIT, "an action has at most %d bytes", OTR_LIMIT_CUSTOMER_BYTES);
    json_t *root = otr_json_load(payload, &reason);
    if (root == NULL)
        return otr_fail(error, reason.status, "no JSON: %.200s", reason.text);
    otr_status status = take_all(arena, root, out, error);
    json_decref(root);
    return status;
}
