/* Service events in JSON; proto/README.md states the form. */
#include "codec/bucket_bytes.h"
#include "codec/json.h"
#include "codec/service_fields.h"
#include "codec/ticket_fields.h"

#include <math.h>

/* Takes value over, also when that fails. */
static bool put(json_t *object, const char *name, json_t *value)
{
    return json_object_set_new_nocheck(object, name, value) == 0;
}

static bool put_text(json_t *object, const char *name, otr_str text)
{
    return text.size == 0 || put(object, name, json_stringn_nocheck(text.data, text.size));
}

static bool put_id(json_t *object, const char *name, otr_id id)
{
    char text[OTR_ID_TEXT_BYTES];
    if (otr_id_is_zero(id))
        return true;
    otr_id_format(id, text);
    return put(object, name, json_string_nocheck(text));
}

static bool put_count(json_t *object, const char *name, uint32_t count)
{
    return count == 0 || put(object, name, json_integer(count));
}

static bool put_time(json_t *object, const char *name, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES] = "never";
    if (at == OTR_TIME_NONE)
        return true;
    if (at != OTR_TIME_NEVER)
        (void)otr_time_format(at, text);
    return put(object, name, json_string_nocheck(text));
}

static bool put_evidence(json_t *root, const otr_service_event *event)
{
    json_t *list = json_array();
    bool ok = put(root, "evidence", list);
    for (size_t i = 0; ok && i < event->evidence_count; i++) {
        const otr_evidence *from = &event->evidence[i];
        json_t *entry = json_object();
        ok = json_array_append_new(list, entry) == 0 && put_text(entry, "metric", from->metric) &&
             put_text(entry, "unit", from->unit) && put_text(entry, "value", from->value) &&
             put_time(entry, "at", from->at);
    }
    return ok;
}

static bool put_facts(json_t *root, const otr_service_event *event)
{
    json_t *list = json_array();
    bool ok = put(root, "facts", list);
    for (size_t i = 0; ok && i < event->fact_count; i++) {
        json_t *entry = json_object();
        ok = json_array_append_new(list, entry) == 0 && put_text(entry, "name", event->facts[i].name) &&
             put_text(entry, "value", event->facts[i].value);
    }
    return ok;
}

static bool put_actions(json_t *root, const otr_service_event *event)
{
    json_t *list = json_array();
    bool ok = put(root, "actions", list);
    for (size_t i = 0; ok && i < event->action_count; i++) {
        json_t *entry = json_object();
        ok = json_array_append_new(list, entry) == 0 && put_text(entry, "name", event->actions[i].name) &&
             put_text(entry, "token", event->actions[i].token);
    }
    return ok;
}

static bool put_figures(json_t *root, const otr_service_event *event)
{
    otr_bucket bucket;
    json_t *value = NULL;
    if (otr_bucket_decode(OTR_PAYLOAD_PROTOBUF, event->figures, &bucket, NULL) == OTR_OK)
        value = otr_bucket_json_build(&bucket);
    otr_bucket_done(&bucket);
    return value != NULL && put(root, "figures", value);
}

static bool put_ticket(json_t *root, const otr_service_event *event)
{
    otr_arena memory = {0};
    otr_ticket ticket;
    json_t *value = NULL;
    if (otr_ticket_decode(&memory, event->ticket, &ticket, NULL) == OTR_OK)
        value = otr_ticket_json_build(&ticket);
    otr_arena_done(&memory);
    return value != NULL && put(root, "ticket", value);
}

static bool put_all(json_t *root, const otr_service_event *event)
{
    bool ok = put(root, "kind", json_string_nocheck(otr_service_kind_text(event->kind)));
#define TEXT(name) ok = ok && put_text(root, #name, event->name);
#define ID(name) ok = ok && put_id(root, #name, event->name);
#define COUNT(name) ok = ok && put_count(root, #name, event->name);
#define TIME(name, NAME) ok = ok && put_time(root, #name, event->name);
    OTR_SERVICE_FIELDS(TEXT, ID, COUNT, TIME)
#undef TEXT
#undef ID
#undef COUNT
#undef TIME
    if (event->coverage_percent >= 0)
        ok = ok && put(root, "coverage_percent", json_integer(event->coverage_percent));
    if (event->evidence_count > 0)
        ok = ok && put_evidence(root, event);
    if (event->fact_count > 0)
        ok = ok && put_facts(root, event);
    if (event->action_count > 0)
        ok = ok && put_actions(root, event);
    if (event->figures.size > 0)
        ok = ok && put_figures(root, event);
    if (event->ticket.size > 0)
        ok = ok && put_ticket(root, event);
    return ok;
}

static otr_status check_time(otr_time at, const char *name, otr_error *error)
{
    char text[OTR_TIME_TEXT_BYTES];
    if (at == OTR_TIME_NONE || at == OTR_TIME_NEVER || otr_time_format(at, text) > 1)
        return OTR_OK;
    return otr_fail(error, OTR_INVALID, "%s is outside the years 1 to 9999", name);
}

static otr_status check_times(const otr_service_event *event, otr_error *error)
{
    otr_status status = OTR_OK;
#define NOTHING(name)
#define TIME(name, NAME)                                                                                     \
    if (status == OTR_OK)                                                                                    \
        status = check_time(event->name, #name, error);
    OTR_SERVICE_FIELDS(NOTHING, NOTHING, NOTHING, TIME)
#undef TIME
#undef NOTHING
    for (size_t i = 0; status == OTR_OK && i < event->evidence_count; i++)
        status = check_time(event->evidence[i].at, "an evidence's at", error);
    return status;
}

static otr_status check_ticket(const otr_service_event *event, otr_error *error)
{
    otr_arena memory = {0};
    otr_ticket ticket;
    otr_status status = otr_ticket_decode(&memory, event->ticket, &ticket, error);
    if (status == OTR_OK && !otr_ticket_json_can(&ticket))
        status = otr_fail(error, OTR_INVALID, "a time of the ticket is outside the years 1 to 9999");
    otr_arena_done(&memory);
    return status;
}

static int append(const char *text, size_t size, void *context)
{
    otr_buffer *out = context;
    otr_buffer_add(out, text, size);
    return out->failed ? -1 : 0;
}

otr_status otr_service_json_encode(otr_buffer *out, const otr_service_event *event, otr_error *error)
{
    otr_status status = check_times(event, error);
    if (status == OTR_OK && event->ticket.size > 0)
        status = check_ticket(event, error);
    if (status != OTR_OK)
        return status;
    json_t *root = json_object();
    if (root == NULL || !put_all(root, event) || json_dump_callback(root, append, out, JSON_COMPACT) != 0)
        status = otr_fail(error, OTR_MEMORY, "out of memory");
    json_decref(root);
    return status;
}

static otr_status take_text(otr_arena *arena, const json_t *object, const char *name, otr_str *out,
                            otr_error *error)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL)
        return OTR_OK;
    if (!json_is_string(value))
        return otr_fail(error, OTR_INVALID, "%s is a string", name);
    *out = otr_arena_copy(arena, otr_json_text(value));
    return out->data != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
}

static otr_status take_id(const json_t *object, const char *name, otr_id *out, otr_error *error)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL || (json_is_string(value) && otr_id_parse(otr_json_text(value), out)))
        return OTR_OK;
    return otr_fail(error, OTR_INVALID, "%s is an id of 32 lower-case hex digits", name);
}

static otr_status take_natural(const json_t *object, const char *name, double most, double *out,
                               otr_error *error)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL)
        return OTR_OK;
    *out = json_number_value(value);
    if (json_is_number(value) && *out >= 0 && *out <= most && *out == floor(*out))
        return OTR_OK;
    return otr_fail(error, OTR_INVALID, "%s is a whole number of 0 to %.0f", name, most);
}

static otr_status take_count(const json_t *object, const char *name, uint32_t *out, otr_error *error)
{
    double number = 0;
    otr_status status = take_natural(object, name, UINT32_MAX, &number, error);
    if (status == OTR_OK)
        *out = (uint32_t)number;
    return status;
}

static otr_status take_time(const json_t *object, const char *name, otr_time *out, otr_error *error)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL)
        return OTR_OK;
    if (json_is_string(value) && otr_str_is(otr_json_text(value), "never"))
        *out = OTR_TIME_NEVER;
    else if (!json_is_string(value) || !otr_time_parse(otr_json_text(value), out))
        return otr_fail(error, OTR_INVALID, "%s is an RFC 3339 time", name);
    return OTR_OK;
}

/* The list of objects called name with room for its entries; *count is 0 and *list NULL when there is none.
 */
static otr_status take_list(otr_arena *arena, const json_t *root, const char *name, size_t entry_bytes,
                            void **list, size_t *count, otr_error *error)
{
    const json_t *value = json_object_get(root, name);
    *count = json_array_size(value);
    if (value == NULL)
        return OTR_OK;
    if (!json_is_array(value))
        return otr_fail(error, OTR_INVALID, "%s is a list", name);
    for (size_t i = 0; i < *count; i++)
        if (!json_is_object(json_array_get(value, i)))
            return otr_fail(error, OTR_INVALID, "%s is a list of objects", name);
    *list = otr_arena_array(arena, *count + 1, entry_bytes);
    return *list != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
}

static otr_status take_evidence(otr_arena *arena, const json_t *root, otr_service_event *out,
                                otr_error *error)
{
    void *memory = NULL;
    size_t count = 0;
    otr_status status = take_list(arena, root, "evidence", sizeof(otr_evidence), &memory, &count, error);
    otr_evidence *list = memory;
    OTR_ASSERT(status != OTR_OK || count == 0 || list != NULL);
    for (size_t i = 0; status == OTR_OK && i < count; i++) {
        const json_t *entry = json_array_get(json_object_get(root, "evidence"), i);
        list[i].at = OTR_TIME_NONE;
        status = take_text(arena, entry, "metric", &list[i].metric, error);
        if (status == OTR_OK)
            status = take_text(arena, entry, "unit", &list[i].unit, error);
        if (status == OTR_OK)
            status = take_text(arena, entry, "value", &list[i].value, error);
        if (status == OTR_OK)
            status = take_time(entry, "at", &list[i].at, error);
    }
    out->evidence = list;
    out->evidence_count = count;
    return status;
}

static otr_status take_facts(otr_arena *arena, const json_t *root, otr_service_event *out, otr_error *error)
{
    void *memory = NULL;
    size_t count = 0;
    otr_status status = take_list(arena, root, "facts", sizeof(otr_fact), &memory, &count, error);
    otr_fact *list = memory;
    OTR_ASSERT(status != OTR_OK || count == 0 || list != NULL);
    for (size_t i = 0; status == OTR_OK && i < count; i++) {
        const json_t *entry = json_array_get(json_object_get(root, "facts"), i);
        status = take_text(arena, entry, "name", &list[i].name, error);
        if (status == OTR_OK)
            status = take_text(arena, entry, "value", &list[i].value, error);
    }
    out->facts = list;
    out->fact_count = count;
    return status;
}

static otr_status take_actions(otr_arena *arena, const json_t *root, otr_service_event *out, otr_error *error)
{
    void *memory = NULL;
    size_t count = 0;
    otr_status status = take_list(arena, root, "actions", sizeof(otr_action), &memory, &count, error);
    otr_action *list = memory;
    OTR_ASSERT(status != OTR_OK || count == 0 || list != NULL);
    for (size_t i = 0; status == OTR_OK && i < count; i++) {
        const json_t *entry = json_array_get(json_object_get(root, "actions"), i);
        status = take_text(arena, entry, "name", &list[i].name, error);
        if (status == OTR_OK)
            status = take_text(arena, entry, "token", &list[i].token, error);
    }
    out->actions = list;
    out->action_count = count;
    return status;
}

static otr_status take_figures(otr_arena *arena, const json_t *root, otr_service_event *out, otr_error *error)
{
    const json_t *value = json_object_get(root, "figures");
    otr_bucket bucket = {.oldest = OTR_TIME_NEVER};
    otr_buffer bytes = {0};
    if (value == NULL)
        return OTR_OK;
    otr_status status = otr_bucket_json_take(value, &bucket, error);
    if (status == OTR_OK)
        status = otr_bucket_encode(&bytes, OTR_PAYLOAD_PROTOBUF, &bucket, error);
    if (status == OTR_OK)
        status = otr_service_take_figures(arena, OTR_PAYLOAD_PROTOBUF, otr_buffer_bytes(&bytes), out, error);
    otr_bucket_done(&bucket);
    otr_buffer_done(&bytes);
    return status;
}

static otr_status take_ticket(otr_arena *arena, const json_t *root, otr_service_event *out, otr_error *error)
{
    const json_t *value = json_object_get(root, "ticket");
    otr_ticket ticket;
    otr_buffer bytes = {0};
    if (value == NULL)
        return OTR_OK;
    otr_status status = otr_ticket_json_take(arena, value, &ticket, error);
    if (status == OTR_OK)
        status = otr_ticket_encode(&bytes, &ticket, error);
    if (status == OTR_OK)
        status = otr_service_take_ticket(arena, otr_buffer_bytes(&bytes), out, error);
    otr_buffer_done(&bytes);
    return status;
}

static otr_status take_kind(const json_t *root, otr_service_kind *out, otr_error *error)
{
    const json_t *value = json_object_get(root, "kind");
    for (int kind = 0; json_is_string(value) && kind < OTR_SERVICE_KINDS; kind++) {
        if (otr_str_is(otr_json_text(value), otr_service_kind_text((otr_service_kind)kind))) {
            *out = (otr_service_kind)kind;
            return OTR_OK;
        }
    }
    return otr_fail(error, OTR_INVALID,
                    "kind is alarm, notification, ticket, status, view, customer or figures");
}

static otr_status take_all(otr_arena *arena, const json_t *root, otr_service_event *out, otr_error *error)
{
    double coverage = -1;
    if (!json_is_object(root))
        return otr_fail(error, OTR_INVALID, "a service event is an object");
    otr_status status = take_kind(root, &out->kind, error);
#define TEXT(name)                                                                                           \
    if (status == OTR_OK)                                                                                    \
        status = take_text(arena, root, #name, &out->name, error);
#define ID(name)                                                                                             \
    if (status == OTR_OK)                                                                                    \
        status = take_id(root, #name, &out->name, error);
#define COUNT(name)                                                                                          \
    if (status == OTR_OK)                                                                                    \
        status = take_count(root, #name, &out->name, error);
#define TIME(name, NAME)                                                                                     \
    if (status == OTR_OK)                                                                                    \
        status = take_time(root, #name, &out->name, error);
    OTR_SERVICE_FIELDS(TEXT, ID, COUNT, TIME)
#undef TEXT
#undef ID
#undef COUNT
#undef TIME
    if (status == OTR_OK)
        status = take_natural(root, "coverage_percent", 100, &coverage, error);
    out->coverage_percent = (int)coverage;
    if (status == OTR_OK)
        status = take_evidence(arena, root, out, error);
    if (status == OTR_OK)
        status = take_facts(arena, root, out, error);
    if (status == OTR_OK)
        status = take_actions(arena, root, out, error);
    if (status == OTR_OK)
        status = take_figures(arena, root, out, error);
    if (status == OTR_OK)
        status = take_ticket(arena, root, out, error);
    return status;
}

otr_status otr_service_json_decode(otr_arena *arena, otr_bytes payload, otr_service_event *out,
                                   otr_error *error)
{
    otr_error reason = {.status = OTR_OK};
    json_t *root = otr_json_load(payload, &reason);
    if (root == NULL) {
        if (error != NULL)
            *error = reason;
        return reason.status;
    }
    otr_status status = take_all(arena, root, out, error);
    json_decref(root);
    return status;
}
