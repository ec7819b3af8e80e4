#include "codec/cloudevent.h"

#include "base/limits.h"
#include "codec/base64.h"
#include "codec/json.h"

#include <stdlib.h>

enum { WHOLE_BYTES_MAX = OTR_LIMIT_OUTBOX_PAYLOAD_BYTES / 3 * 4 + 8192 }; /* base64 and the attributes */

bool otr_cloudevent_is_whole(otr_str content_type)
{
    const char *end = content_type.size > 0 ? memchr(content_type.data, ';', content_type.size) : NULL;
    if (end != NULL)
        content_type.size = (size_t)(end - content_type.data);
    return content_type.size == 0 || otr_str_is(content_type, OTR_CLOUDEVENT_CONTENT_TYPE);
}

static otr_status add_text(otr_buffer *out, otr_str text)
{
    json_t *value = json_stringn(text.data != NULL ? text.data : "", text.size);
    char *quoted = value != NULL ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    otr_status status = quoted != NULL ? OTR_OK : otr_str_is_utf8(text) ? OTR_MEMORY : OTR_INVALID;
    if (quoted != NULL)
        otr_buffer_add(out, quoted, strlen(quoted));
    free(quoted);
    json_decref(value);
    return status;
}

/* Attributes are strings in properties; in JSON an Integer is a number (formats/json section 2.2). */
static bool is_integer(otr_str name)
{
    return otr_str_is(name, "severitynumber");
}

static otr_status add_member(otr_buffer *out, otr_str name, otr_str value)
{
    otr_buffer_add_u8(out, out->size > 1 ? ',' : '{');
    otr_status status = add_text(out, name);
    otr_buffer_add_u8(out, ':');
    if (status == OTR_OK && is_integer(name))
        otr_buffer_add(out, value.data, value.size);
    else if (status == OTR_OK)
        status = add_text(out, value);
    return status;
}

otr_status otr_cloudevent_write(otr_buffer *out, const otr_attribute *attributes, size_t count,
                                otr_str content_type, otr_bytes data)
{
    otr_buffer whole = {0};
    otr_status status = OTR_OK;
    for (size_t i = 0; i < count && status == OTR_OK; i++)
        status = add_member(&whole, attributes[i].name, attributes[i].value);
    if (status == OTR_OK)
        status = add_member(&whole, OTR_STR("datacontenttype"), content_type);
    if (otr_str_is(content_type, otr_service_content_type(OTR_PAYLOAD_JSON))) {
        otr_buffer_add_format(&whole, ",\"data\":");
        otr_buffer_add(&whole, data.data, data.size);
    } else {
        otr_buffer_add_format(&whole, ",\"data_base64\":\"");
        otr_base64_write(&whole, data);
        otr_buffer_add_u8(&whole, '"');
    }
    otr_buffer_add_u8(&whole, '}');
    if (status == OTR_OK && !whole.failed)
        otr_buffer_add(out, whole.data, whole.size);
    if (status == OTR_OK && (whole.failed || out->failed))
        status = OTR_MEMORY;
    otr_buffer_done(&whole);
    return status;
}

static otr_status copy_attribute(otr_arena *arena, const char *name, json_t *value, otr_cloudevent *out)
{
    char number[32];
    otr_str text = OTR_STR("");
    if (json_is_string(value))
        text = otr_json_text(value);
    else if (json_is_number(value))
        text = (otr_str){number, (size_t)snprintf(number, sizeof number, "%.15g", json_number_value(value))};
    else if (json_is_boolean(value))
        text = json_is_true(value) ? OTR_STR("true") : OTR_STR("false");
    otr_attribute copy = {otr_arena_copy(arena, otr_str_of(name)), otr_arena_copy(arena, text)};
    if (copy.name.data == NULL || copy.value.data == NULL)
        return OTR_MEMORY;
    if (strcmp(name, "datacontenttype") == 0)
        out->content_type = copy.value;
    else if (out->attribute_count < OTR_CLOUDEVENT_ATTRIBUTES_MAX)
        out->attributes[out->attribute_count++] = copy;
    return OTR_OK;
}

static otr_status copy_json(otr_arena *arena, const json_t *value, otr_bytes *out)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    otr_str copy = otr_arena_copy(arena, otr_str_of(text != NULL ? text : ""));
    *out = (otr_bytes){(const uint8_t *)copy.data, copy.size};
    otr_status status = text != NULL && copy.data != NULL ? OTR_OK : OTR_MEMORY;
    free(text);
    return status;
}

static otr_status read_members(otr_arena *arena, json_t *root, otr_cloudevent *out, otr_error *error)
{
    const json_t *version = json_object_get(root, "specversion");
    const json_t *data = json_object_get(root, "data");
    const json_t *binary = json_object_get(root, "data_base64");
    if (!json_is_string(version) || !otr_str_is(otr_json_text(version), "1.0"))
        return otr_fail(error, OTR_INVALID, "no CloudEvent 1.0: specversion is missing or another");
    if ((data != NULL) == (binary != NULL) || (binary != NULL && !json_is_string(binary)))
        return otr_fail(error, OTR_INVALID, "a CloudEvent needs data or data_base64");
    out->content_type = otr_str_of(otr_service_content_type(OTR_PAYLOAD_JSON)); /* the format's default */
    otr_status status = OTR_OK;
    const char *name;
    json_t *value;
    json_object_foreach(root, name, value)
    {
        if (status == OTR_OK && value != data && value != binary)
            status = copy_attribute(arena, name, value, out);
    }
    if (status == OTR_OK && binary != NULL)
        return otr_base64_read(arena, otr_json_text(binary), &out->data, error);
    if (status == OTR_OK)
        status = copy_json(arena, data, &out->data);
    return status == OTR_OK ? status : otr_fail(error, status, "out of memory");
}

otr_status otr_cloudevent_read(otr_arena *arena, otr_bytes document, otr_cloudevent *out, otr_error *error)
{
    otr_error unread;
    error = error != NULL ? error : &unread;
    *out = (otr_cloudevent){0};
    if (document.size > WHOLE_BYTES_MAX)
        return otr_fail(error, OTR_LIMIT, "an event of %zu bytes is over the limit of %d", document.size,
                        WHOLE_BYTES_MAX);
    json_t *root = otr_json_load(document, error);
    if (root == NULL)
        return error->status;
    otr_status status = json_is_object(root) ? read_members(arena, root, out, error)
                                             : otr_fail(error, OTR_INVALID, "a CloudEvent is an object");
    json_decref(root);
    return status;
}
