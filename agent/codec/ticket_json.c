/* What a ticket encloses, in JSON; proto/README.md states the form. The records are tables of their fields.
 */
#include "codec/ticket_fields.h"

#include <math.h>

typedef enum field_kind { FIELD_TEXT, FIELD_ID, FIELD_COUNT, FIELD_TIME, FIELD_NUMBER } field_kind;

typedef struct field {
    const char *name;
    field_kind kind;
    size_t at; /* in the record */
} field;

/* clang-format off */
#define TEXT(name) {#name, FIELD_TEXT, offsetof(RECORD, name)},
#define ID(name) {#name, FIELD_ID, offsetof(RECORD, name)},
#define COUNT(name) {#name, FIELD_COUNT, offsetof(RECORD, name)},
#define TIME(name, NAME) {#name, FIELD_TIME, offsetof(RECORD, name)},
#define NUMBER(name, NAME) {#name, FIELD_NUMBER, offsetof(RECORD, name)},
#define END {NULL, FIELD_TEXT, 0}
#define RECORD otr_ticket_alarm
static const field fields_of_alarms[] = {OTR_TICKET_ALARM(TEXT, ID, COUNT, TIME, NUMBER) END};
#undef RECORD
#define RECORD otr_ticket_known
static const field fields_of_known[] = {OTR_TICKET_KNOWN(TEXT, ID, COUNT, TIME, NUMBER) END};
#undef RECORD
#define RECORD otr_ticket_remark
static const field fields_of_said[] = {OTR_TICKET_REMARK(TEXT, ID, COUNT, TIME, NUMBER) END};
#undef RECORD
#define RECORD otr_ticket_similar
static const field fields_of_similar[] = {OTR_TICKET_SIMILAR(TEXT, ID, COUNT, TIME, NUMBER) END};
#undef RECORD
#define RECORD otr_ticket_series
static const field fields_of_series[] = {OTR_TICKET_SERIES(TEXT, ID, COUNT, TIME, NUMBER) END};
#undef RECORD
/* clang-format on */
#undef TEXT
#undef ID
#undef COUNT
#undef TIME
#undef NUMBER

/* ---- out ---- */

/* Takes value over, also when that fails. */
static bool put(json_t *object, const char *name, json_t *value)
{
    return json_object_set_new_nocheck(object, name, value) == 0;
}

static json_t *time_of(otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES] = "never";
    if (at != OTR_TIME_NEVER)
        (void)otr_time_format(at, text);
    return json_string_nocheck(text);
}

static bool is_year(otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    return at == OTR_TIME_NONE || at == OTR_TIME_NEVER || otr_time_format(at, text) > 1;
}

static bool list_has_years(const field *fields, const void *records, size_t count, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        const char *record = (const char *)records + i * size;
        for (const field *one = fields; one->name != NULL; one++)
            if (one->kind == FIELD_TIME && !is_year(*(const otr_time *)(const void *)(record + one->at)))
                return false;
    }
    return true;
}

bool otr_ticket_json_can(const otr_ticket *ticket)
{
    bool ok = true;
#define RECORD(records, counter, type, fields)                                                               \
    ok = ok && list_has_years(fields_of_##records, ticket->records, ticket->counter, sizeof(type));
    OTR_TICKET_LISTS(RECORD)
#undef RECORD
    for (size_t i = 0; i < ticket->series_count; i++)
        for (size_t k = 0; k < ticket->series[i].count; k++)
            ok = ok && ticket->series[i].times[k] != OTR_TIME_NONE && is_year(ticket->series[i].times[k]);
    return ok;
}

static bool put_field(json_t *object, const field *one, const char *record)
{
    const void *at = record + one->at;
    char text[OTR_ID_TEXT_BYTES];
    switch (one->kind) {
    case FIELD_TEXT: {
        otr_str value = *(const otr_str *)at;
        return value.size == 0 || put(object, one->name, json_stringn_nocheck(value.data, value.size));
    }
    case FIELD_ID:
        if (otr_id_is_zero(*(const otr_id *)at))
            return true;
        otr_id_format(*(const otr_id *)at, text);
        return put(object, one->name, json_string_nocheck(text));
    case FIELD_COUNT:
        return *(const uint32_t *)at == 0 || put(object, one->name, json_integer(*(const uint32_t *)at));
    case FIELD_TIME:
        return *(const otr_time *)at == OTR_TIME_NONE ||
               put(object, one->name, time_of(*(const otr_time *)at));
    default:
        return !isfinite(*(const double *)at) || put(object, one->name, json_real(*(const double *)at));
    }
}

static bool put_points(json_t *object, const otr_ticket_series *series)
{
    json_t *list = json_array();
    bool ok = put(object, "points", list);
    for (size_t i = 0; ok && i < series->count; i++) {
        json_t *point = json_array();
        ok = json_array_append_new(list, point) == 0 &&
             json_array_append_new(point, time_of(series->times[i])) == 0 &&
             json_array_append_new(point, json_real(series->values[i])) == 0;
    }
    return ok;
}

/* NULL when memory is out. */
static json_t *build_list(const field *fields, const void *records, size_t count, size_t size)
{
    json_t *list = json_array();
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        const char *record = (const char *)records + i * size;
        json_t *object = json_object();
        ok = json_array_append_new(list, object) == 0;
        for (const field *one = fields; ok && one->name != NULL; one++)
            ok = put_field(object, one, record);
        if (ok && fields == fields_of_series)
            ok = put_points(object, (const otr_ticket_series *)(const void *)record);
    }
    if (ok)
        return list;
    json_decref(list);
    return NULL;
}

json_t *otr_ticket_json_build(const otr_ticket *ticket)
{
    json_t *root = json_object();
    bool ok = root != NULL;
#define RECORD(records, counter, type, fields)                                                               \
    if (ok && ticket->counter > 0)                                                                           \
        ok = put(root, #records,                                                                             \
                 build_list(fields_of_##records, ticket->records, ticket->counter, sizeof(type)));
    OTR_TICKET_LISTS(RECORD)
#undef RECORD
    if (ok)
        return root;
    json_decref(root);
    return NULL;
}

/* ---- in ---- */

static otr_status take_time(const json_t *value, const char *name, otr_time *out, otr_error *error)
{
    if (json_is_string(value) && otr_str_is(otr_json_text(value), "never"))
        *out = OTR_TIME_NEVER;
    else if (!json_is_string(value) || !otr_time_parse(otr_json_text(value), out))
        return otr_fail(error, OTR_INVALID, "%s is an RFC 3339 time", name);
    return OTR_OK;
}

static otr_status take_count(const json_t *value, const char *name, uint32_t *out, otr_error *error)
{
    double number = json_number_value(value);
    if (!json_is_number(value) || !(number >= 0 && number <= UINT32_MAX) || number != floor(number))
        return otr_fail(error, OTR_INVALID, "%s is a whole number", name);
    *out = (uint32_t)number;
    return OTR_OK;
}

static otr_status take_field(otr_arena *arena, const json_t *object, const field *one, char *record,
                             otr_error *error)
{
    void *at = record + one->at;
    const json_t *value = json_object_get(object, one->name);
    if (one->kind == FIELD_TIME)
        *(otr_time *)at = OTR_TIME_NONE;
    if (one->kind == FIELD_NUMBER)
        *(double *)at = (double)NAN;
    if (value == NULL)
        return OTR_OK;
    switch (one->kind) {
    case FIELD_TEXT:
        if (!json_is_string(value))
            return otr_fail(error, OTR_INVALID, "%s is a string", one->name);
        *(otr_str *)at = otr_arena_copy(arena, otr_json_text(value));
        return ((otr_str *)at)->data != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
    case FIELD_ID:
        if (!json_is_string(value) || !otr_id_parse(otr_json_text(value), at))
            return otr_fail(error, OTR_INVALID, "%s is an id of 32 lower-case hex digits", one->name);
        return OTR_OK;
    case FIELD_COUNT:
        return take_count(value, one->name, at, error);
    case FIELD_TIME:
        return take_time(value, one->name, at, error);
    default:
        if (!json_is_number(value))
            return otr_fail(error, OTR_INVALID, "%s is a number", one->name);
        *(double *)at = json_number_value(value);
        return OTR_OK;
    }
}

static otr_status take_points(otr_arena *arena, const json_t *object, otr_ticket_series *out,
                              otr_error *error)
{
    const json_t *list = json_object_get(object, "points");
    if (list != NULL && !json_is_array(list))
        return otr_fail(error, OTR_INVALID, "points is a list");
    size_t count = json_array_size(list);
    otr_time *times = otr_arena_array(arena, count + 1, sizeof *times);
    double *values = otr_arena_array(arena, count + 1, sizeof *values);
    if (times == NULL || values == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++) {
        const json_t *point = json_array_get(list, i);
        const json_t *value = json_array_get(point, 1);
        otr_status status = take_time(json_array_get(point, 0), "a point", &times[i], error);
        if (status != OTR_OK)
            return status;
        if (!json_is_number(value) || json_array_size(point) != 2)
            return otr_fail(error, OTR_INVALID, "a point is a list of a time and a number");
        values[i] = json_number_value(value);
    }
    out->times = times;
    out->values = values;
    out->count = count;
    return OTR_OK;
}

/* *records is zeroed memory of the arena, or NULL where the root has no such list. */
static otr_status take_list(otr_arena *arena, const json_t *root, const char *name, const field *fields,
                            size_t size, void **records, size_t *count, otr_error *error)
{
    const json_t *list = json_object_get(root, name);
    otr_status status = OTR_OK;
    if (list == NULL)
        return OTR_OK;
    if (!json_is_array(list))
        return otr_fail(error, OTR_INVALID, "%s is a list", name);
    *count = json_array_size(list);
    *records = otr_arena_array(arena, *count + 1, size);
    if (*records == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    for (size_t i = 0; status == OTR_OK && i < *count; i++) {
        const json_t *object = json_array_get(list, i);
        char *record = (char *)*records + i * size;
        if (!json_is_object(object))
            return otr_fail(error, OTR_INVALID, "%s is a list of objects", name);
        for (const field *one = fields; status == OTR_OK && one->name != NULL; one++)
            status = take_field(arena, object, one, record, error);
        if (status == OTR_OK && fields == fields_of_series)
            status = take_points(arena, object, (otr_ticket_series *)(void *)record, error);
    }
    return status;
}

otr_status otr_ticket_json_take(otr_arena *arena, const json_t *root, otr_ticket *out, otr_error *error)
{
    otr_status status = OTR_OK;
    *out = (otr_ticket){0};
    if (!json_is_object(root))
        return otr_fail(error, OTR_INVALID, "ticket is an object");
#define RECORD(list, counter, type, fields)                                                                  \
    if (status == OTR_OK) {                                                                                  \
        void *records = NULL;                                                                                \
        status =                                                                                             \
            take_list(arena, root, #list, fields_of_##list, sizeof(type), &records, &out->counter, error);   \
        out->list = records;                                                                                 \
    }
    OTR_TICKET_LISTS(RECORD)
#undef RECORD
    return status;
}
