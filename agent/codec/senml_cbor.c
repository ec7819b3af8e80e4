/*
 * SenML in CBOR (RFC 8428 section 6). libcbor's streaming decoder reads one item at a time and allocates
 * nothing; what may stand where, depth and lengths are checked here. Arrays and maps may be of indefinite
 * length, strings that are kept may not (as the RFC has it).
 */
#include "base/limits.h"
#include "codec/cbor_items.h"
#include "codec/senml.h"

#include <math.h>

typedef struct parser {
    otr_cbor_reader in;
    otr_senml resolver;
    otr_senml_record record;
} parser;

enum {
    TAG_DECIMAL = 4,
    TAG_SELF_DESCRIBED = 55799, /* RFC 8949 section 3.4.6 */
    RECORD_BYTES_MIN = 3,       /* a map, a label and a value */
    EXPONENT_MAX = 400,         /* beyond any double */
};

static otr_status broken(parser *p, const char *reason)
{
    return otr_senml_fail(&p->resolver, OTR_INVALID, "%s", reason);
}

static otr_status next(parser *p)
{
    otr_cbor_result result = otr_cbor_next(&p->in);
    if (result == OTR_CBOR_READ)
        return OTR_OK;
    return broken(p, result == OTR_CBOR_CUT ? "the CBOR ends too early" : "malformed CBOR");
}

static otr_status skip(parser *p, int depth);

/* The items inside the collection head; a map's pairs count as one. */
static otr_status skip_inside(parser *p, const otr_cbor_item *head, int depth)
{
    bool open = head->kind == OTR_CBOR_CHUNKS || (head->kind != OTR_CBOR_TAG && head->indefinite);
    uint64_t left = head->kind == OTR_CBOR_TAG ? 1 : head->natural;
    for (; open || left > 0; left--) {
        otr_status status = next(p);
        if (status == OTR_OK && open && p->in.item.kind == OTR_CBOR_BREAK)
            return OTR_OK;
        if (status == OTR_OK && head->kind == OTR_CBOR_CHUNKS && p->in.item.kind != OTR_CBOR_TEXT &&
            p->in.item.kind != OTR_CBOR_BYTES)
            return broken(p, "malformed CBOR");
        if (status == OTR_OK)
            status = skip(p, depth);
        if (status == OTR_OK && head->kind == OTR_CBOR_MAP && (status = next(p)) == OTR_OK)
            status = skip(p, depth);
        if (status != OTR_OK)
            return status;
    }
    return OTR_OK;
}

/* Leaves out the item at hand with all that it holds. depth counts the collections around it. */
static otr_status skip(parser *p, int depth)
{
    otr_cbor_item head = p->in.item;
    switch (head.kind) {
    case OTR_CBOR_BREAK:
        return broken(p, "a break where a value is due");
    case OTR_CBOR_CHUNKS:
    case OTR_CBOR_ARRAY:
    case OTR_CBOR_MAP:
    case OTR_CBOR_TAG:
        if (depth >= OTR_LIMIT_NESTING)
            return otr_senml_fail(&p->resolver, OTR_LIMIT, "nested deeper than %d", OTR_LIMIT_NESTING);
        return skip_inside(p, &head, depth + 1);
    default:
        return OTR_OK;
    }
}

static bool integer_of(const otr_cbor_item *from, double *out)
{
    if (from->kind == OTR_CBOR_NATURAL)
        *out = (double)from->natural;
    else if (from->kind == OTR_CBOR_NEGATIVE)
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
    if (p->in.item.kind != OTR_CBOR_ARRAY || p->in.item.indefinite || p->in.item.natural != 2)
        return broken(p, "a decimal is an array of exponent and mantissa");
    for (int i = 0; i < 2; i++) {
        status = next(p);
        if (status != OTR_OK)
            return status;
        if (!integer_of(&p->in.item, &part[i]))
            return broken(p, "a decimal's exponent and mantissa are integers");
    }
    if (!(fabs(part[0]) <= EXPONENT_MAX))
        return broken(p, "a decimal's exponent is out of range");
    *out = part[0] < 0 ? part[1] / pow(10, -part[0]) : part[1] * pow(10, part[0]);
    return OTR_OK;
}

static otr_status number(parser *p, double *out)
{
    if (p->in.item.kind == OTR_CBOR_FLOAT)
        *out = p->in.item.number;
    else if (p->in.item.kind == OTR_CBOR_TAG && p->in.item.natural == TAG_DECIMAL)
        return decimal(p, out);
    else if (!integer_of(&p->in.item, out))
        return broken(p, "a number is due");
    return OTR_OK;
}

static otr_status text(parser *p, otr_cbor_kind wanted, otr_str *out)
{
    if (p->in.item.kind == OTR_CBOR_CHUNKS)
        return broken(p, "a text of indefinite length");
    if (p->in.item.kind != wanted)
        return broken(p, wanted == OTR_CBOR_TEXT ? "a text is due" : "a byte string is due");
    *out = p->in.item.text;
    return OTR_OK;
}

static otr_status value(parser *p, unsigned label)
{
    otr_senml_record *r = &p->record;
    double unused = 0;
    otr_str bytes;
    switch ((enum otr_senml_label)label) {
    case OTR_SENML_N:
        return text(p, OTR_CBOR_TEXT, &r->name);
    case OTR_SENML_U:
        return text(p, OTR_CBOR_TEXT, &r->unit);
    case OTR_SENML_VS:
        return text(p, OTR_CBOR_TEXT, &r->text);
    case OTR_SENML_BN:
        return text(p, OTR_CBOR_TEXT, &r->base_name);
    case OTR_SENML_BU:
        return text(p, OTR_CBOR_TEXT, &r->base_unit);
    case OTR_SENML_VD:
        return text(p, OTR_CBOR_BYTES, &bytes);
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
        if (p->in.item.kind != OTR_CBOR_NATURAL)
            return broken(p, "bver is an unsigned integer");
        r->version = (double)p->in.item.natural;
        return OTR_OK;
    case OTR_SENML_VB:
        if (p->in.item.kind != OTR_CBOR_BOOL)
            return broken(p, "vb is a bool");
        r->flag = p->in.item.natural != 0;
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
    if (p->in.item.kind == OTR_CBOR_NATURAL) {
        if (p->in.item.natural <= OTR_SENML_VD)
            *out = (unsigned)p->in.item.natural;
        return OTR_OK;
    }
    if (p->in.item.kind == OTR_CBOR_NEGATIVE) {
        if (p->in.item.natural <= OTR_SENML_BS - OTR_SENML_BVER)
            *out = OTR_SENML_BVER + (unsigned)p->in.item.natural;
        return OTR_OK;
    }
    if (p->in.item.kind != OTR_CBOR_TEXT)
        return broken(p, "a label is an integer or a text");
    if (p->in.item.text.size > 0 && p->in.item.text.data[p->in.item.text.size - 1] == '_')
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
    if (p->in.item.kind != OTR_CBOR_MAP)
        return broken(p, "a record is a map");
    bool indefinite = p->in.item.indefinite;
    uint64_t left = p->in.item.natural;
    p->record.fields = 0;
    for (; indefinite || left > 0; left--) {
        otr_status status = next(p);
        if (status == OTR_OK && indefinite && p->in.item.kind == OTR_CBOR_BREAK)
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
        if (status == OTR_OK && indefinite && p->in.item.kind == OTR_CBOR_BREAK)
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
    p.in.at = payload.data;
    p.in.end = payload.data + payload.size;
    p.in.item = (otr_cbor_item){.kind = OTR_CBOR_NULL};
    p.record = (otr_senml_record){.fields = 0};
    otr_status status = otr_senml_begin(&p.resolver, arena, identity, false, error);
    if (status == OTR_OK)
        status = next(&p);
    if (status == OTR_OK && p.in.item.kind == OTR_CBOR_TAG && p.in.item.natural == TAG_SELF_DESCRIBED)
        status = next(&p);
    if (status != OTR_OK)
        return status;
    if (p.in.item.kind != OTR_CBOR_ARRAY)
        return otr_fail(error, OTR_INVALID, "a pack is an array of records");
    bool indefinite = p.in.item.indefinite;
    uint64_t count = indefinite ? 0 : p.in.item.natural;
    if (count > OTR_LIMIT_UPLOAD_READINGS)
        return otr_fail(error, OTR_LIMIT, "more than %d records", OTR_LIMIT_UPLOAD_READINGS);
    if (count > (size_t)(p.in.end - p.in.at) / RECORD_BYTES_MIN)
        return otr_fail(error, OTR_INVALID, "the CBOR ends too early");
    status = otr_senml_expect(&p.resolver, count);
    if (status == OTR_OK)
        status = records(&p, indefinite, count);
    if (status == OTR_OK && p.in.at != p.in.end)
        return otr_fail(error, OTR_INVALID, "bytes after the pack");
    return status == OTR_OK ? otr_senml_end(&p.resolver, out) : status;
}
