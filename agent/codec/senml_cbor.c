/*
 * SenML in CBOR (RFC 8428 section 6). libcbor's streaming decoder reads one item at a time and allocates
 * nothing; what may stand where, depth and lengths are checked here. Arrays and maps may be of indefinite
 * length, strings that are kept may not (as the RFC has it).
 */
#include "base/limits.h"
#include "codec/senml.h"

#include <cbor.h>
#include <math.h>

typedef enum item_kind {
    ITEM_NATURAL,
    ITEM_NEGATIVE, /* -1 - natural */
    ITEM_FLOAT,
    ITEM_TEXT,
    ITEM_BYTES,
    ITEM_CHUNKS, /* a string of indefinite length */
    ITEM_ARRAY,
    ITEM_MAP,
    ITEM_TAG,
    ITEM_BOOL,
    ITEM_NULL,
    ITEM_BREAK,
} item_kind;

typedef struct item {
    item_kind kind;
    bool indefinite;
    uint64_t natural; /* value, tag, or count of a definite array or map; of a bool 0 or 1 */
    double number;
    otr_str text;
} item;

typedef struct parser {
    const uint8_t *at;
    const uint8_t *end;
    item item;
    otr_senml resolver;
    otr_senml_record record;
} parser;

enum {
    TAG_DECIMAL = 4,
    TAG_SELF_DESCRIBED = 55799, /* RFC 8949 section 3.4.6 */
    RECORD_BYTES_MIN = 3,       /* a map, a label and a value */
    EXPONENT_MAX = 400,         /* beyond any double */
};

static void on_natural8(void *context, uint8_t value)
{
    item *to = context;
    to->kind = ITEM_NATURAL;
    to->natural = value;
}
static void on_natural16(void *context, uint16_t value)
{
    item *to = context;
    to->kind = ITEM_NATURAL;
    to->natural = value;
}
static void on_natural32(void *context, uint32_t value)
{
    item *to = context;
    to->kind = ITEM_NATURAL;
    to->natural = value;
}
static void on_natural64(void *context, uint64_t value)
{
    item *to = context;
    to->kind = ITEM_NATURAL;
    to->natural = value;
}
static void on_negative8(void *context, uint8_t value)
{
    item *to = context;
    to->kind = ITEM_NEGATIVE;
    to->natural = value;
}
static void on_negative16(void *context, uint16_t value)
{
    item *to = context;
    to->kind = ITEM_NEGATIVE;
    to->natural = value;
}
static void on_negative32(void *context, uint32_t value)
{
    item *to = context;
    to->kind = ITEM_NEGATIVE;
    to->natural = value;
}
static void on_negative64(void *context, uint64_t value)
{
    item *to = context;
    to->kind = ITEM_NEGATIVE;
    to->natural = value;
}
static void on_float(void *context, float value)
{
    item *to = context;
    to->kind = ITEM_FLOAT;
    to->number = (double)value;
}
static void on_double(void *context, double value)
{
    item *to = context;
    to->kind = ITEM_FLOAT;
    to->number = value;
}
static void on_text(void *context, cbor_data data, size_t size)
{
    item *to = context;
    to->kind = ITEM_TEXT;
    to->text = (otr_str){(const char *)data, size};
}
static void on_bytes(void *context, cbor_data data, size_t size)
{
    item *to = context;
    to->kind = ITEM_BYTES;
    to->text = (otr_str){(const char *)data, size};
}
static void on_chunks(void *context)
{
    item *to = context;
    to->kind = ITEM_CHUNKS;
}
static void on_array(void *context, size_t count)
{
    item *to = context;
    to->kind = ITEM_ARRAY;
    to->indefinite = false;
    to->natural = count;
}
static void on_array_indefinite(void *context)
{
    item *to = context;
    to->kind = ITEM_ARRAY;
    to->indefinite = true;
}
static void on_map(void *context, size_t count)
{
    item *to = context;
    to->kind = ITEM_MAP;
    to->indefinite = false;
    to->natural = count;
}
static void on_map_indefinite(void *context)
{
    item *to = context;
    to->kind = ITEM_MAP;
    to->indefinite = true;
}
static void on_tag(void *context, uint64_t value)
{
    item *to = context;
    to->kind = ITEM_TAG;
    to->natural = value;
}
static void on_bool(void *context, bool value)
{
    item *to = context;
    to->kind = ITEM_BOOL;
    to->natural = value;
}
static void on_null(void *context)
{
    item *to = context;
    to->kind = ITEM_NULL;
}
static void on_break(void *context)
{
    item *to = context;
    to->kind = ITEM_BREAK;
}

static const struct cbor_callbacks callbacks = {
    .uint8 = on_natural8,
    .uint16 = on_natural16,
    .uint32 = on_natural32,
    .uint64 = on_natural64,
    .negint8 = on_negative8,
    .negint16 = on_negative16,
    .negint32 = on_negative32,
    .negint64 = on_negative64,
    .byte_string_start = on_chunks,
    .byte_string = on_bytes,
    .string = on_text,
    .string_start = on_chunks,
    .indef_array_start = on_array_indefinite,
    .array_start = on_array,
    .indef_map_start = on_map_indefinite,
    .map_start = on_map,
    .tag = on_tag,
    .float2 = on_float,
    .float4 = on_float,
    .float8 = on_double,
    .undefined = on_null,
    .null = on_null,
    .boolean = on_bool,
    .indef_break = on_break,
};

static otr_status broken(parser *p, const char *reason)
{
    return otr_senml_fail(&p->resolver, OTR_INVALID, "%s", reason);
}

static otr_status next(parser *p)
{
    struct cbor_decoder_result result =
        cbor_stream_decode(p->at, (size_t)(p->end - p->at), &callbacks, &p->item);
    if (result.status != CBOR_DECODER_FINISHED)
        return broken(p, result.status == CBOR_DECODER_NEDATA ? "the CBOR ends too early" : "malformed CBOR");
    p->at += result.read;
    return OTR_OK;
}

static otr_status skip(parser *p, int depth);

/* The items inside the collection head; a map's pairs count as one. */
static otr_status skip_inside(parser *p, const item *head, int depth)
{
    bool open = head->kind == ITEM_CHUNKS || (head->kind != ITEM_TAG && head->indefinite);
    uint64_t left = head->kind == ITEM_TAG ? 1 : head->natural;
    for (; open || left > 0; left--) {
        otr_status status = next(p);
        if (status == OTR_OK && open && p->item.kind == ITEM_BREAK)
            return OTR_OK;
        if (status == OTR_OK && head->kind == ITEM_CHUNKS && p->item.kind != ITEM_TEXT &&
            p->item.kind != ITEM_BYTES)
            return broken(p, "malformed CBOR");
        if (status == OTR_OK)
            status = skip(p, depth);
        if (status == OTR_OK && head->kind == ITEM_MAP && (status = next(p)) == OTR_OK)
            status = skip(p, depth);
        if (status != OTR_OK)
            return status;
    }
    return OTR_OK;
}

/* Leaves out the item at hand with all that it holds. depth counts the collections around it. */
static otr_status skip(parser *p, int depth)
{
    item head = p->item;
    switch (head.kind) {
    case ITEM_BREAK:
        return broken(p, "a break where a value is due");
    case ITEM_CHUNKS:
    case ITEM_ARRAY:
    case ITEM_MAP:
    case ITEM_TAG:
        if (depth >= OTR_LIMIT_NESTING)
            return otr_senml_fail(&p->resolver, OTR_LIMIT, "nested deeper than %d", OTR_LIMIT_NESTING);
        return skip_inside(p, &head, depth + 1);
    default:
        return OTR_OK;
    }
}

static bool integer_of(const item *from, double *out)
{
    if (from->kind == ITEM_NATURAL)
        *out = (double)from->natural;
    else if (from->kind == ITEM_NEGATIVE)
        *out = -1.0 - (double)from->natural;
    else
        return false;
    return true;
}

/* Tag 4: [exponent, mantissa] of ten. Powers up to 10^22 are exact, so that short decimals round once. */
static otr_status decimal(parser *p, double *out)
{
    double part[2];
    otr_status status = next(p);
    if (status != OTR_OK)
        return status;
    if (p->item.kind != ITEM_ARRAY || p->item.indefinite || p->item.natural != 2)
        return broken(p, "a decimal is an array of exponent and mantissa");
    for (int i = 0; i < 2; i++) {
        status = next(p);
        if (status != OTR_OK)
            return status;
        if (!integer_of(&p->item, &part[i]))
            return broken(p, "a decimal's exponent and mantissa are integers");
    }
    if (!(fabs(part[0]) <= EXPONENT_MAX))
        return broken(p, "a decimal's exponent is out of range");
    *out = part[0] < 0 ? part[1] / pow(10, -part[0]) : part[1] * pow(10, part[0]);
    return OTR_OK;
}

static otr_status number(parser *p, double *out)
{
    if (p->item.kind == ITEM_FLOAT)
        *out = p->item.number;
    else if (p->item.kind == ITEM_TAG && p->item.natural == TAG_DECIMAL)
        return decimal(p, out);
    else if (!integer_of(&p->item, out))
        return broken(p, "a number is due");
    return OTR_OK;
}

static otr_status text(parser *p, item_kind wanted, otr_str *out)
{
    if (p->item.kind == ITEM_CHUNKS)
        return broken(p, "a text of indefinite length");
    if (p->item.kind != wanted)
        return broken(p, wanted == ITEM_TEXT ? "a text is due" : "a byte string is due");
    *out = p->item.text;
    return OTR_OK;
}

static otr_status value(parser *p, unsigned label)
{
    otr_senml_record *r = &p->record;
    double unused = 0;
    otr_str bytes;
    switch ((enum otr_senml_label)label) {
    case OTR_SENML_N:
        return text(p, ITEM_TEXT, &r->name);
    case OTR_SENML_U:
        return text(p, ITEM_TEXT, &r->unit);
    case OTR_SENML_VS:
        return text(p, ITEM_TEXT, &r->text);
    case OTR_SENML_BN:
        return text(p, ITEM_TEXT, &r->base_name);
    case OTR_SENML_BU:
        return text(p, ITEM_TEXT, &r->base_unit);
    case OTR_SENML_VD:
        return text(p, ITEM_BYTES, &bytes);
    case OTR_SENML_V:
        return number(p, &r->value);
    case OTR_SENML_T:
        return number(p, &r->time);
    case OTR_SENML_BT:
        return number(p, &r->base_time);
    case OTR_SENML_BV:
        return number(p, &r->base_value);
    case OTR_SENML_S:
    case OTR_SENML_UT:
    case OTR_SENML_BS:
        return number(p, &unused);
    case OTR_SENML_BVER:
        if (p->item.kind != ITEM_NATURAL)
            return broken(p, "bver is an unsigned integer");
        r->version = (double)p->item.natural;
        return OTR_OK;
    case OTR_SENML_VB:
        if (p->item.kind != ITEM_BOOL)
            return broken(p, "vb is a bool");
        r->flag = p->item.natural != 0;
        return OTR_OK;
    case OTR_SENML_LABELS:
        break;
    }
    return broken(p, "an unknown label");
}

/* The label at hand; OTR_SENML_LABELS for one to ignore. */
static otr_status label(parser *p, unsigned *out)
{
    *out = OTR_SENML_LABELS;
    if (p->item.kind == ITEM_NATURAL) {
        if (p->item.natural <= OTR_SENML_VD)
            *out = (unsigned)p->item.natural;
        return OTR_OK;
    }
    if (p->item.kind == ITEM_NEGATIVE) {
        if (p->item.natural <= OTR_SENML_BS - OTR_SENML_BVER)
            *out = OTR_SENML_BVER + (unsigned)p->item.natural;
        return OTR_OK;
    }
    if (p->item.kind != ITEM_TEXT)
        return broken(p, "a label is an integer or a text");
    if (p->item.text.size > 0 && p->item.text.data[p->item.text.size - 1] == '_')
        return broken(p, "a label that ends in _ must be understood and is not");
    return OTR_OK;
}

static otr_status pair(parser *p)
{
    unsigned at = OTR_SENML_LABELS;
    otr_status status = label(p, &at);
    if (status != OTR_OK)
        return status;
    status = next(p);
    if (status != OTR_OK)
        return status;
    if (at == OTR_SENML_LABELS)
        return skip(p, 2);
    if ((p->record.fields & OTR_SENML_BIT(at)) != 0)
        return otr_senml_fail(&p->resolver, OTR_INVALID, "a second %s", otr_senml_label_text[at]);
    p->record.fields |= OTR_SENML_BIT(at);
    return value(p, at);
}

/* The record whose head is at hand. */
static otr_status record(parser *p)
{
    if (p->item.kind != ITEM_MAP)
        return broken(p, "a record is a map");
    bool indefinite = p->item.indefinite;
    uint64_t left = p->item.natural;
    p->record.fields = 0;
    for (; indefinite || left > 0; left--) {
        otr_status status = next(p);
        if (status == OTR_OK && indefinite && p->item.kind == ITEM_BREAK)
            break;
        if (status == OTR_OK)
            status = pair(p);
        if (status != OTR_OK)
            return status;
    }
    return otr_senml_add(&p->resolver, &p->record);
}

static otr_status records(parser *p, bool indefinite, uint64_t left)
{
    for (; indefinite || left > 0; left--) {
        otr_status status = next(p);
        if (status == OTR_OK && indefinite && p->item.kind == ITEM_BREAK)
            break;
        if (status == OTR_OK)
            status = record(p);
        if (status != OTR_OK)
            return status;
    }
    return OTR_OK;
}

otr_status otr_senml_cbor_decode(otr_arena *arena, otr_bytes payload, otr_str identity, otr_message *out,
                                 otr_error *error)
{
    parser p;
    p.at = payload.data;
    p.end = payload.data + payload.size;
    p.item = (item){.kind = ITEM_NULL};
    p.record = (otr_senml_record){.fields = 0};
    otr_status status = otr_senml_begin(&p.resolver, arena, identity, false, error);
    if (status == OTR_OK)
        status = next(&p);
    if (status == OTR_OK && p.item.kind == ITEM_TAG && p.item.natural == TAG_SELF_DESCRIBED)
        status = next(&p);
    if (status != OTR_OK)
        return status;
    if (p.item.kind != ITEM_ARRAY)
        return otr_fail(error, OTR_INVALID, "a pack is an array of records");
    bool indefinite = p.item.indefinite;
    uint64_t count = indefinite ? 0 : p.item.natural;
    if (count > OTR_LIMIT_UPLOAD_READINGS)
        return otr_fail(error, OTR_LIMIT, "more than %d records", OTR_LIMIT_UPLOAD_READINGS);
    if (count > (size_t)(p.end - p.at) / RECORD_BYTES_MIN)
        return otr_fail(error, OTR_INVALID, "the CBOR ends too early");
    status = otr_senml_expect(&p.resolver, count);
    if (status == OTR_OK)
        status = records(&p, indefinite, count);
    if (status == OTR_OK && p.at != p.end)
        return otr_fail(error, OTR_INVALID, "bytes after the pack");
    return status == OTR_OK ? otr_senml_end(&p.resolver, out) : status;
}
