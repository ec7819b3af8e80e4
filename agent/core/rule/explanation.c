#include "core/rule/explanation.h"

#include "base/limits.h"
#include "base/metric.h"

enum { VERSION = 1 };

/* Types as they are kept, whatever their numbers become. */
static const struct {
    otr_type type;
    char code;
} codes[] = {
    {OTR_TYPE_DYN, '-'},       {OTR_TYPE_NULL, '0'},     {OTR_TYPE_BOOL, 'b'},   {OTR_TYPE_INT, 'i'},
    {OTR_TYPE_UINT, 'u'},      {OTR_TYPE_DOUBLE, 'd'},   {OTR_TYPE_STRING, 's'}, {OTR_TYPE_BYTES, 'x'},
    {OTR_TYPE_TIMESTAMP, 't'}, {OTR_TYPE_DURATION, 'D'}, {OTR_TYPE_LIST, 'L'},   {OTR_TYPE_MAP, 'M'},
    {OTR_TYPE_TYPE, 'T'},      {OTR_TYPE_LOCATION, 'l'},
};
enum { CODES = sizeof codes / sizeof codes[0] };

static char code_of(otr_type type)
{
    for (size_t i = 0; i < CODES; i++)
        if (codes[i].type == type)
            return codes[i].code;
    return '-';
}

static bool type_of(uint8_t code, otr_type *out)
{
    for (size_t i = 0; i < CODES; i++)
        if (codes[i].code == (char)code) {
            *out = codes[i].type;
            return true;
        }
    return false;
}

static void add_value(otr_buffer *body, const otr_value *value)
{
    otr_buffer_add_u8(body, (uint8_t)code_of(value->type));
    switch (value->type) {
    case OTR_TYPE_BOOL:
        otr_buffer_add_u8(body, value->flag ? 1 : 0);
        break;
    case OTR_TYPE_INT:
        otr_buffer_add_signed(body, value->integer);
        break;
    case OTR_TYPE_UINT:
        otr_buffer_add_varint(body, value->natural);
        break;
    case OTR_TYPE_DOUBLE:
        otr_buffer_add_double(body, value->number);
        break;
    case OTR_TYPE_STRING:
        otr_buffer_add_str(body, (otr_str){value->text.data, value->text.size < OTR_LIMIT_TEXT_VALUE_BYTES
                                                                 ? value->text.size
                                                                 : OTR_LIMIT_TEXT_VALUE_BYTES});
        break;
    case OTR_TYPE_TIMESTAMP:
    case OTR_TYPE_DURATION:
        otr_buffer_add_signed(body, value->time);
        break;
    case OTR_TYPE_LOCATION:
        otr_buffer_add_double(body, value->location.latitude);
        otr_buffer_add_double(body, value->location.longitude);
        break;
    default:
        break; /* the type says what there is to say */
    }
}

void otr_explanation_add(otr_buffer *body, otr_str name, const otr_value *value, otr_time at)
{
    static const otr_value none = {.type = OTR_TYPE_DYN};
    if (body->size == 0)
        otr_buffer_add_u8(body, VERSION);
    if (name.size > OTR_EXPLANATION_NAME_BYTES)
        name.size = OTR_EXPLANATION_NAME_BYTES;
    otr_buffer_add_str(body, name);
    otr_buffer_add_signed(body, at);
    add_value(body, value != NULL ? value : &none);
}

bool otr_explanation_open(otr_str body, otr_reader *reader)
{
    *reader = otr_reader_of((otr_bytes){(const uint8_t *)body.data, body.size});
    return body.size > 0 && otr_reader_u8(reader) == VERSION;
}

static void read_value(otr_reader *reader, otr_value *value)
{
    switch (value->type) {
    case OTR_TYPE_BOOL:
        value->flag = otr_reader_u8(reader) != 0;
        break;
    case OTR_TYPE_INT:
        value->integer = otr_reader_signed(reader);
        break;
    case OTR_TYPE_UINT:
        value->natural = otr_reader_varint(reader);
        break;
    case OTR_TYPE_DOUBLE:
        value->number = otr_reader_double(reader);
        break;
    case OTR_TYPE_STRING:
        value->text = otr_reader_str(reader);
        break;
    case OTR_TYPE_TIMESTAMP:
    case OTR_TYPE_DURATION:
        value->time = otr_reader_signed(reader);
        break;
    case OTR_TYPE_LOCATION:
        value->location.latitude = otr_reader_double(reader);
        value->location.longitude = otr_reader_double(reader);
        break;
    default:
        break;
    }
}

bool otr_explanation_next(otr_reader *reader, otr_explained *out)
{
    *out = (otr_explained){.at = OTR_TIME_NONE};
    if (reader->failed || otr_reader_left(reader) == 0)
        return false;
    out->name = otr_reader_str(reader);
    out->at = otr_reader_signed(reader);
    otr_type type = OTR_TYPE_DYN;
    reader->failed |= !type_of(otr_reader_u8(reader), &type) || out->name.size > OTR_EXPLANATION_NAME_BYTES;
    out->value.type = reader->failed ? OTR_TYPE_DYN : type;
    read_value(reader, &out->value);
    reader->failed |= out->value.type == OTR_TYPE_STRING && out->value.text.size > OTR_LIMIT_TEXT_VALUE_BYTES;
    return !reader->failed;
}

/* ---- units ---- */

/* The word at the begin of text: letters, digits and _. */
static otr_str word_of(otr_str text)
{
    size_t size = 0;
    while (size < text.size &&
           (text.data[size] == '_' || (text.data[size] >= 'a' && text.data[size] <= 'z') ||
            (text.data[size] >= '0' && text.data[size] <= '9')))
        size++;
    return (otr_str){text.data, size};
}

static otr_str after(otr_str text, size_t size)
{
    return size < text.size ? (otr_str){text.data + size, text.size - size} : (otr_str){text.data, 0};
}

/* In what the function of a metric is told; NULL: in the metric's own unit. */
static const char *unit_of_function(otr_str function)
{
    static const struct {
        const char *name;
        const char *unit;
    } others[] = {{"distance", "m"},  {"drop_height", "m"},  {"speed", "m/s"},     {"delta_v", "m/s"},
                  {"heading", "deg"}, {"mkt", "Cel"},        {"rate", ""},         {"count", ""},
                  {"anomaly", ""},    {"changed", ""},       {"inside", ""},       {"age", ""},
                  {"dwell", ""},      {"eta", ""},           {"duration", ""},     {"time_above", ""},
                  {"time_below", ""}, {"longest_above", ""}, {"longest_below", ""}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (otr_str_is(function, others[i].name))
            return others[i].unit;
    return NULL;
}

static const char *unit_of_limit(otr_str limit)
{
    static const char *const ends[] = {"_max", "_min", "_low", "_high"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t size = strlen(ends[i]);
        if (limit.size <= size || memcmp(limit.data + limit.size - size, ends[i], size) != 0)
            continue;
        const otr_metric *metric = otr_metric_find((otr_str){limit.data, limit.size - size});
        return metric != NULL ? metric->unit : "";
    }
    return "";
}

const char *otr_explanation_unit(otr_str name)
{
    static const otr_str limit = {"asset.limit.", 12};
    if (otr_str_starts(name, limit))
        return unit_of_limit(after(name, limit.size));
    otr_str word = word_of(name);
    otr_str rest = after(name, word.size);
    const otr_metric *metric = otr_metric_find(word);
    if (metric == NULL && rest.size > 1 && rest.data[0] == '.') { /* the role of a device before it */
        word = word_of(after(rest, 1));
        rest = after(rest, 1 + word.size);
        metric = otr_metric_find(word);
    }
    const char *unit = metric != NULL ? metric->unit : "";
    if (rest.size > 1 && rest.data[0] == '.') {
        const char *own = unit_of_function(word_of(after(rest, 1)));
        unit = own != NULL ? own : unit;
    }
    return unit;
}
