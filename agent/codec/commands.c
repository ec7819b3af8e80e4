#include "codec/commands.h"

#include "codec/readings.h"
#include "codec/senml.h"

#include <cbor.h>
#include <stdio.h>

enum { ID_DIGITS = OTR_ID_TEXT_BYTES - 1 };

bool otr_commands_format_ok(unsigned format)
{
    return format == OTR_FORMAT_SENML_JSON || format == OTR_FORMAT_SENML_CBOR;
}

/* ---- JSON; names, units and devices hold nothing that needs an escape ---- */

static void json_item(otr_buffer *out, otr_str device, const otr_device_command_item *item, bool first)
{
    char id[OTR_ID_TEXT_BYTES];
    otr_id_format(item->id, id);
    otr_buffer_add_u8(out, first ? '[' : ',');
    otr_buffer_add_u8(out, '{');
    if (first)
        otr_buffer_add_format(out, "\"bn\":\"%.*s/\",", OTR_STR_ARG(device));
    otr_buffer_add_format(out, "\"n\":\"%.*s\",", OTR_STR_ARG(item->name));
    if (item->unit.size > 0)
        otr_buffer_add_format(out, "\"u\":\"%.*s\",", OTR_STR_ARG(item->unit));
    if (item->is_flag)
        otr_buffer_add_format(out, "\"vb\":%s,", item->flag ? "true" : "false");
    else
        otr_buffer_add_format(out, "\"v\":%.15g,", item->number);
    otr_buffer_add_format(out, "\"id\":\"%s\"}", id);
}

/* ---- CBOR ---- */

enum { HEAD_BYTES = 9 };

static void cbor_int(otr_buffer *out, int value)
{
    if (otr_buffer_reserve(out, HEAD_BYTES))
        out->size += value >= 0
                         ? cbor_encode_uint((uint64_t)value, out->data + out->size, HEAD_BYTES)
                         : cbor_encode_negint((uint64_t)(-1 - value), out->data + out->size, HEAD_BYTES);
}

static void cbor_text(otr_buffer *out, otr_str text)
{
    if (otr_buffer_reserve(out, HEAD_BYTES))
        out->size += cbor_encode_string_start(text.size, out->data + out->size, HEAD_BYTES);
    otr_buffer_add(out, text.data, text.size);
}

static void cbor_name(otr_buffer *out, otr_str device)
{
    cbor_int(out, -2);
    if (otr_buffer_reserve(out, HEAD_BYTES))
        out->size += cbor_encode_string_start(device.size + 1, out->data + out->size, HEAD_BYTES);
    otr_buffer_add(out, device.data, device.size);
    otr_buffer_add_u8(out, '/');
}

static void cbor_item(otr_buffer *out, otr_str device, const otr_device_command_item *item, bool first)
{
    char id[OTR_ID_TEXT_BYTES];
    otr_id_format(item->id, id);
    if (otr_buffer_reserve(out, HEAD_BYTES))
        out->size +=
            cbor_encode_map_start(3U + first + (item->unit.size > 0), out->data + out->size, HEAD_BYTES);
    if (first)
        cbor_name(out, device);
    cbor_int(out, OTR_SENML_N);
    cbor_text(out, item->name);
    if (item->unit.size > 0) {
        cbor_int(out, OTR_SENML_U);
        cbor_text(out, item->unit);
    }
    cbor_int(out, item->is_flag ? OTR_SENML_VB : OTR_SENML_V);
    if (item->is_flag)
        otr_buffer_add_u8(out, item->flag ? 0xF5 : 0xF4);
    else if (otr_buffer_reserve(out, HEAD_BYTES))
        out->size += cbor_encode_double(item->number, out->data + out->size, HEAD_BYTES);
    cbor_text(out, OTR_STR("id"));
    cbor_text(out, otr_str_of(id));
}

void otr_commands_encode(otr_buffer *out, unsigned format, otr_str device,
                         const otr_device_command_item *items, size_t count)
{
    bool json = format == OTR_FORMAT_SENML_JSON;
    if (!json && otr_buffer_reserve(out, HEAD_BYTES))
        out->size += cbor_encode_array_start(count, out->data + out->size, HEAD_BYTES);
    for (size_t i = 0; i < count; i++) {
        if (json)
            json_item(out, device, &items[i], i == 0);
        else
            cbor_item(out, device, &items[i], i == 0);
    }
    if (json)
        otr_buffer_add_format(out, "%s", count == 0 ? "[]" : "]");
}

/* ---- what a device has done ---- */

static bool is_between(char c)
{
    return c == ' ' || c == ',' || c == '\r' || c == '\n';
}

otr_status otr_commands_parse(otr_str text, otr_id out[OTR_LIMIT_DEVICE_COMMANDS_OPEN], size_t *count,
                              otr_error *error)
{
    size_t at = 0;
    *count = 0;
    for (;;) {
        while (at < text.size && is_between(text.data[at]))
            at++;
        if (at == text.size)
            break;
        size_t from = at;
        while (at < text.size && !is_between(text.data[at]))
            at++;
        if (*count == OTR_LIMIT_DEVICE_COMMANDS_OPEN)
            return otr_fail(error, OTR_LIMIT, "a device has at most %d commands",
                            OTR_LIMIT_DEVICE_COMMANDS_OPEN);
        if (!otr_id_parse((otr_str){text.data + from, at - from}, &out[*count]))
            return otr_fail(error, OTR_INVALID, "expected the ids of commands, %d hex digits each",
                            ID_DIGITS);
        (*count)++;
    }
    return *count > 0 ? OTR_OK : otr_fail(error, OTR_INVALID, "no command is named");
}
