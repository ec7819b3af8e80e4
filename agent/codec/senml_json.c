/* SenML in JSON (RFC 8428 section 5). Jansson's tree lives until the pack is decoded; what is kept is copied.
 */
#include "base/limits.h"
#include "codec/json.h"
#include "codec/senml.h"

static enum otr_senml_label label_of(const char *key)
{
    unsigned i = 0;
    while (i < OTR_SENML_LABELS && strcmp(otr_senml_label_text[i], key) != 0)
        i++;
    return (enum otr_senml_label)i;
}

static otr_status wrong_type(otr_senml *s, enum otr_senml_label label, const char *wanted)
{
    return otr_senml_fail(s, OTR_INVALID, "%s is %s", otr_senml_label_text[label], wanted);
}

static otr_status text(otr_senml *s, enum otr_senml_label label, const json_t *value, otr_str *out)
{
    if (!json_is_string(value))
        return wrong_type(s, label, "a string");
    *out = otr_json_text(value);
    return OTR_OK;
}

static otr_status number(otr_senml *s, enum otr_senml_label label, const json_t *value, double *out)
{
    if (!json_is_number(value))
        return wrong_type(s, label, "a number");
    *out = json_number_value(value);
    return OTR_OK;
}

static otr_status field(otr_senml *s, enum otr_senml_label label, const json_t *value, otr_senml_record *r)
{
    double unused = 0;
    otr_str data;
    switch (label) {
    case OTR_SENML_N:
        return text(s, label, value, &r->name);
    case OTR_SENML_U:
        return text(s, label, value, &r->unit);
    case OTR_SENML_VS:
        return text(s, label, value, &r->text);
    case OTR_SENML_VD:
        return text(s, label, value, &data);
    case OTR_SENML_BN:
        return text(s, label, value, &r->base_name);
    case OTR_SENML_BU:
        return text(s, label, value, &r->base_unit);
    case OTR_SENML_V:
        return number(s, label, value, &r->value);
    case OTR_SENML_T:
        return number(s, label, value, &r->time);
    case OTR_SENML_BVER:
        return number(s, label, value, &r->version);
    case OTR_SENML_BT:
        return number(s, label, value, &r->base_time);
    case OTR_SENML_BV:
        return number(s, label, value, &r->base_value);
    case OTR_SENML_S:
    case OTR_SENML_UT:
    case OTR_SENML_BS:
        return number(s, label, value, &unused);
    case OTR_SENML_VB:
        if (!json_is_boolean(value))
            return wrong_type(s, label, "true or false");
        r->flag = json_is_true(value);
        return OTR_OK;
    case OTR_SENML_LABELS:
        break;
    }
    return OTR_OK;
}

static otr_status record(otr_senml *s, json_t *object)
{
    otr_senml_record r = {.fields = 0};
    const char *key;
    json_t *value;
    if (!json_is_object(object))
        return otr_senml_fail(s, OTR_INVALID, "a record is an object");
    json_object_foreach(object, key, value)
    {
        enum otr_senml_label label = label_of(key);
        if (label == OTR_SENML_LABELS) {
            size_t size = strlen(key);
            if (size > 0 && key[size - 1] == '_')
                return otr_senml_fail(s, OTR_INVALID, "a label that ends in _ must be understood and is not");
            continue;
        }
        otr_status status = field(s, label, value, &r);
        if (status != OTR_OK)
            return status;
        r.fields |= OTR_SENML_BIT(label);
    }
    return otr_senml_add(s, &r);
}

static otr_status records(otr_senml *s, const json_t *root)
{
    size_t count = json_array_size(root);
    if (!json_is_array(root))
        return otr_fail(s->error, OTR_INVALID, "a pack is an array of records");
    if (count > OTR_LIMIT_UPLOAD_READINGS)
        return otr_fail(s->error, OTR_LIMIT, "more than %d records", OTR_LIMIT_UPLOAD_READINGS);
    otr_status status = otr_senml_expect(s, count);
    for (size_t i = 0; status == OTR_OK && i < count; i++)
        status = record(s, json_array_get(root, i));
    return status;
}

otr_status otr_senml_json_decode(otr_arena *arena, otr_bytes payload, otr_str identity, otr_message *out,
                                 otr_error *error)
{
    otr_senml s;
    otr_error reason = {.status = OTR_OK};
    json_t *root = otr_json_load(payload, &reason);
    if (root == NULL) {
        if (error != NULL)
            *error = reason;
        return reason.status;
    }
    otr_status status = otr_senml_begin(&s, arena, identity, true, error);
    if (status == OTR_OK)
        status = records(&s, root);
    if (status == OTR_OK)
        status = otr_senml_end(&s, out);
    json_decref(root);
    return status;
}
