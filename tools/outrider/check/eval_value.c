#include "tools/outrider/check/eval_value.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "rules/cel/operate.h"

static const char timestamp_url[] = "type.googleapis.com/google.protobuf.Timestamp";
static const char duration_url[] = "type.googleapis.com/google.protobuf.Duration";
static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static otr_str text_of(const json_t *json)
{
    return (otr_str){json_string_value(json), json_string_length(json)};
}

/* Both alphabets of base64, padding optional, as ProtoJSON reads it. */
static bool read_base64(otr_str text, otr_arena *arena, otr_str *out)
{
    char *bytes = otr_arena_alloc(arena, text.size / 4 * 3 + 3);
    uint32_t bits = 0;
    int count = 0;
    size_t size = 0;
    if (bytes == NULL)
        return false;
    while (text.size > 0 && text.data[text.size - 1] == '=')
        text.size--;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '-')
            c = '+';
        else if (c == '_')
            c = '/';
        const char *found = c != '\0' ? strchr(digits64, c) : NULL;
        if (found == NULL)
            return false;
        bits = bits << 6 | (uint32_t)(found - digits64);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes[size++] = (char)(bits >> count);
        }
    }
    *out = (otr_str){bytes, size};
    return true;
}

static json_t *write_base64(otr_str bytes)
{
    char *text = malloc(bytes.size / 3 * 4 + 5);
    size_t size = 0;
    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < bytes.size; i += 3) {
        uint32_t bits = 0;
        size_t left = bytes.size - i < 3 ? bytes.size - i : 3;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (k < left ? (uint8_t)bytes.data[i + k] : 0U);
        for (size_t k = 0; k < 4; k++)
            text[size++] = (char)(k <= left ? digits64[bits >> (18 - 6 * k) & 63] : '=');
    }
    json_t *json = json_stringn(text, size);
    free(text);
    return json;
}

/* A number as text, or as a JSON number where it is one. */
static bool read_number(const json_t *json, otr_type type, otr_value *out)
{
    if (json_is_string(json)) {
        otr_value text = {.type = OTR_TYPE_STRING, .text = text_of(json)};
        *out = (otr_value){.type = OTR_TYPE_DOUBLE};
        bool special = type == OTR_TYPE_DOUBLE;
        if (special && otr_str_is(text.text, "NaN"))
            out->number = NAN;
        else if (special && (otr_str_is(text.text, "Infinity") || otr_str_is(text.text, "-Infinity")))
            out->number = text.text.data[0] == '-' ? -INFINITY : INFINITY;
        else
            return otr_operate_convert(type, &text, NULL, out) == OTR_REASON_NONE;
        return true;
    }
    otr_value number = {.type = OTR_TYPE_DOUBLE, .number = json_number_value(json)};
    if (json_is_integer(json))
        number = (otr_value){.type = OTR_TYPE_INT, .integer = json_integer_value(json)};
    return json_is_number(json) && otr_operate_convert(type, &number, NULL, out) == OTR_REASON_NONE;
}

static otr_status copy_text(const json_t *json, otr_type type, otr_arena *arena, otr_value *out,
                            otr_error *error)
{
    if (!json_is_string(json))
        return otr_fail(error, OTR_INVALID, "a string is expected");
    *out = (otr_value){.type = type, .text = otr_arena_copy(arena, text_of(json))};
    return out->text.data != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
}

static otr_status read_any(const json_t *json, otr_value *out, otr_error *error)
{
    const char *url = json_string_value(json_object_get(json, "@type"));
    const json_t *text = json_object_get(json, "value");
    otr_type type = OTR_TYPE_DYN;
    if (url != NULL && strcmp(url, timestamp_url) == 0)
        type = OTR_TYPE_TIMESTAMP;
    else if (url != NULL && strcmp(url, duration_url) == 0)
        type = OTR_TYPE_DURATION;
    otr_value value = {.type = OTR_TYPE_STRING};
    if (type == OTR_TYPE_DYN || !json_is_string(text))
        return otr_fail(error, OTR_INVALID, "messages other than timestamps and durations are not supported");
    value.text = text_of(text);
    if (otr_operate_convert(type, &value, NULL, out) != OTR_REASON_NONE)
        return otr_fail(error, OTR_INVALID, "\"%.40s\" cannot be read", value.text.data);
    return OTR_OK;
}

static otr_status read_value(const json_t *json, otr_arena *arena, int depth, otr_value *out,
                             otr_error *error);

static otr_status read_items(const json_t *list, bool map, otr_arena *arena, int depth, otr_value *out,
                             otr_error *error)
{
    const json_t *items = json_object_get(list, map ? "entries" : "values");
    size_t count = json_array_size(items);
    otr_value *values = otr_arena_array(arena, count * (map ? 2 : 1), sizeof *values);
    otr_status status = OTR_OK;
    if (values == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    for (size_t i = 0; i < count && status == OTR_OK; i++) {
        const json_t *item = json_array_get(items, i);
        if (!map) {
            status = read_value(item, arena, depth + 1, &values[i], error);
            continue;
        }
        status = read_value(json_object_get(item, "key"), arena, depth + 1, &values[2 * i], error);
        if (status == OTR_OK)
            status = read_value(json_object_get(item, "value"), arena, depth + 1, &values[2 * i + 1], error);
    }
    if (status == OTR_OK && map && otr_map_check(values, count) != OTR_REASON_NONE)
        return otr_fail(error, OTR_INVALID, "the keys of a map are bools, ints, uints or strings, each once");
    if (status == OTR_OK &&
        otr_value_collect(map ? OTR_TYPE_MAP : OTR_TYPE_LIST, values, count, out) != OTR_REASON_NONE)
        return otr_fail(error, OTR_LIMIT, "a list or map has at most %d values in it", OTR_VALUE_NODES_MAX);
    return status;
}

static otr_status read_value(const json_t *json, otr_arena *arena, int depth, otr_value *out,
                             otr_error *error)
{
    static const struct {
        const char *key;
        otr_type type;
    } numbers[] = {
        {"int64Value", OTR_TYPE_INT}, {"uint64Value", OTR_TYPE_UINT}, {"doubleValue", OTR_TYPE_DOUBLE}};
    if (depth > OTR_EVAL_DEPTH_MAX)
        return otr_fail(error, OTR_LIMIT, "nested too deep");
    if (!json_is_object(json) || json_object_size(json) != 1)
        return otr_fail(error, OTR_INVALID,
                        "a value is an object with one key, such as {\"int64Value\": \"1\"}");
    const char *key = json_object_iter_key(json_object_iter((json_t *)json));
    const json_t *inner = json_object_get(json, key);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (strcmp(key, numbers[i].key) != 0)
            continue;
        return read_number(inner, numbers[i].type, out)
                   ? OTR_OK
                   : otr_fail(error, OTR_INVALID, "%s cannot be read", key);
    }
    if (strcmp(key, "nullValue") == 0)
        *out = (otr_value){.type = OTR_TYPE_NULL};
    else if (strcmp(key, "boolValue") == 0 && json_is_boolean(inner))
        *out = (otr_value){.type = OTR_TYPE_BOOL, .flag = json_is_true(inner)};
    else if (strcmp(key, "stringValue") == 0)
        return copy_text(inner, OTR_TYPE_STRING, arena, out, error);
    else if (strcmp(key, "typeValue") == 0)
        return copy_text(inner, OTR_TYPE_TYPE, arena, out, error);
    else if (strcmp(key, "bytesValue") == 0 && json_is_string(inner)) {
        *out = (otr_value){.type = OTR_TYPE_BYTES};
        if (!read_base64(text_of(inner), arena, &out->text))
            return otr_fail(error, OTR_INVALID, "bytesValue is no base64");
    } else if (strcmp(key, "listValue") == 0 || strcmp(key, "mapValue") == 0)
        return read_items(inner, key[0] == 'm', arena, depth, out, error);
    else if (strcmp(key, "objectValue") == 0)
        return read_any(inner, out, error);
    else
        return otr_fail(error, OTR_INVALID, "%.40s is no value of cel.expr.Value", key);
    return OTR_OK;
}

otr_status otr_eval_read(const json_t *json, otr_arena *arena, otr_value *out, otr_error *error)
{
    return read_value(json, arena, 0, out, error);
}

static json_t *write_double(double number)
{
    if (isnan(number))
        return json_string("NaN");
    if (isinf(number))
        return json_string(number > 0 ? "Infinity" : "-Infinity");
    return json_real(number);
}

static json_t *write_time(const otr_value *value)
{
    uint8_t bytes[128];
    otr_room room = {.bytes = bytes, .size = sizeof bytes};
    otr_str text = {"", 0};
    (void)otr_text_of(value, &room, &text);
    return json_pack("{s:s, s:s%}", "@type", value->type == OTR_TYPE_TIMESTAMP ? timestamp_url : duration_url,
                     "value", text.data, text.size);
}

static json_t *write_items(const otr_value *value)
{
    bool map = value->type == OTR_TYPE_MAP;
    json_t *array = json_array();
    for (size_t i = 0; i < value->list.count; i++) {
        const otr_value *items = value->list.items;
        json_t *item = map ? json_pack("{s:o, s:o}", "key", otr_eval_write(&items[2 * i]), "value",
                                       otr_eval_write(&items[2 * i + 1]))
                           : otr_eval_write(&items[i]);
        (void)json_array_append_new(array, item);
    }
    return json_pack("{s:o}", map ? "entries" : "values", array);
}

json_t *otr_eval_write(const otr_value *value)
{
    char text[32];
    switch (value->type) {
    case OTR_TYPE_NULL:
        return json_pack("{s:n}", "nullValue");
    case OTR_TYPE_BOOL:
        return json_pack("{s:b}", "boolValue", value->flag);
    case OTR_TYPE_INT:
        (void)snprintf(text, sizeof text, "%" PRId64, value->integer);
        return json_pack("{s:s}", "int64Value", text);
    case OTR_TYPE_UINT:
        (void)snprintf(text, sizeof text, "%" PRIu64, value->natural);
        return json_pack("{s:s}", "uint64Value", text);
    case OTR_TYPE_DOUBLE:
        return json_pack("{s:o}", "doubleValue", write_double(value->number));
    case OTR_TYPE_STRING:
        return json_pack("{s:o}", "stringValue",
                         json_stringn(value->text.data != NULL ? value->text.data : "", value->text.size));
    case OTR_TYPE_BYTES:
        return json_pack("{s:o}", "bytesValue", write_base64(value->text));
    case OTR_TYPE_TYPE:
        return json_pack("{s:o}", "typeValue", json_stringn(value->text.data, value->text.size));
    case OTR_TYPE_TIMESTAMP:
    case OTR_TYPE_DURATION:
        return json_pack("{s:o}", "objectValue", write_time(value));
    case OTR_TYPE_LIST:
        return json_pack("{s:o}", "listValue", write_items(value));
    case OTR_TYPE_MAP:
        return json_pack("{s:o}", "mapValue", write_items(value));
    default:
        return NULL;
    }
}

static void print_quoted(FILE *out, otr_str text, bool bytes)
{
    (void)fputs(bytes ? "b\"" : "\"", out);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\')
            (void)fprintf(out, "\\%c", c);
        else if (c == '\n')
            (void)fputs("\\n", out);
        else if (c < 0x20 || c == 0x7F || (bytes && c >= 0x80))
            (void)fprintf(out, "\\x%02x", c);
        else
            (void)fputc(c, out);
    }
    (void)fputc('"', out);
}

static void print_items(FILE *out, const otr_value *value)
{
    bool map = value->type == OTR_TYPE_MAP;
    (void)fputc(map ? '{' : '[', out);
    for (size_t i = 0; i < value->list.count; i++) {
        (void)fputs(i > 0 ? ", " : "", out);
        otr_eval_print(out, &value->list.items[map ? 2 * i : i]);
        if (map) {
            (void)fputs(": ", out);
            otr_eval_print(out, &value->list.items[2 * i + 1]);
        }
    }
    (void)fputc(map ? '}' : ']', out);
}

void otr_eval_print(FILE *out, const otr_value *value)
{
    uint8_t bytes[128];
    otr_room room = {.bytes = bytes, .size = sizeof bytes};
    otr_str text = {"", 0};
    switch (value->type) {
    case OTR_TYPE_NULL:
        (void)fputs("null", out);
        return;
    case OTR_TYPE_STRING:
    case OTR_TYPE_BYTES:
        print_quoted(out, value->text, value->type == OTR_TYPE_BYTES);
        return;
    case OTR_TYPE_LIST:
    case OTR_TYPE_MAP:
        print_items(out, value);
        return;
    default:
        break;
    }
    (void)otr_text_of(value, &room, &text);
    if (value->type == OTR_TYPE_TIMESTAMP || value->type == OTR_TYPE_DURATION) {
        (void)fprintf(out, "%s(\"%.*s\")", otr_type_text(value->type), OTR_STR_ARG(text));
        return;
    }
    bool whole = value->type == OTR_TYPE_DOUBLE && isfinite(value->number) &&
                 memchr(text.data, '.', text.size) == NULL && memchr(text.data, 'e', text.size) == NULL;
    (void)fprintf(out, "%.*s%s", OTR_STR_ARG(text), whole ? ".0" : value->type == OTR_TYPE_UINT ? "u" : "");
}
