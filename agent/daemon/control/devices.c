#include "daemon/control/devices.h"

#include <math.h>

#include "core/view/device_view.h"
#include "daemon/control/operate.h"
#include "daemon/control/put.h"

enum {
    PAGE_BYTES = 160 << 10, /* as JSON, about: an answer over MQTT has 256 KiB */
    DEVICE_BYTES = 220,
    READING_BYTES = 110,
    TEXT_SHOWN = 64, /* bytes of a text: more is a log */
};

typedef struct page {
    json_t *list;
    otr_str device; /* only this one; empty: all */
    otr_str asset;  /* only those of this one */
    size_t bytes;
    int64_t next; /* -1: there are no more */
} page;

static json_t *value_of(const otr_value *value)
{
    otr_str text = value->text;
    switch (value->type) {
    case OTR_TYPE_DOUBLE:
        return json_real(value->number);
    case OTR_TYPE_BOOL:
        return json_boolean(value->flag);
    case OTR_TYPE_STRING:
        while (text.size > TEXT_SHOWN || (text.size > 0 && !otr_str_is_utf8(text)))
            text.size--;
        return json_stringn(text.data, text.size);
    default: /* some 100 m: who is where more exactly is for the desk's views */
        return json_pack("{s:f, s:f}", "latitude", round(value->location.latitude * 1e3) / 1e3, "longitude",
                         round(value->location.longitude * 1e3) / 1e3);
    }
}

static json_t *device_json(const otr_device_view *device)
{
    json_t *out = json_object();
    json_t *readings = json_object();
    for (size_t i = 0; i < device->count; i++) {
        const otr_device_reading *one = &device->readings[i];
        json_t *reading = json_object();
        json_object_set_new(reading, "value", value_of(&one->value));
        otr_put_time(reading, "at", one->at);
        if (one->stale)
            json_object_set_new(reading, "stale", json_true());
        json_object_setn_new(readings, one->metric.data, one->metric.size, reading);
    }
    otr_put_text(out, "device", device->device);
    otr_put_text(out, "asset", device->asset);
    otr_put_time(out, "last", device->last);
    json_object_set_new(out, "silent", json_boolean(device->silent));
    json_object_set_new(out, "readings", readings);
    if (device->more > 0)
        otr_put_count(out, "more", device->more);
    return out;
}

static bool add(void *context, const otr_device_view *device)
{
    page *to = context;
    if ((to->device.size > 0 && !otr_str_equal(device->device, to->device)) ||
        (to->asset.size > 0 && !otr_str_equal(device->asset, to->asset)))
        return true;
    if (to->bytes > PAGE_BYTES) {
        to->next = device->number;
        return false;
    }
    to->bytes += DEVICE_BYTES + device->count * READING_BYTES;
    json_array_append_new(to->list, device_json(device));
    return true;
}

static otr_str text_of(const json_t *request, const char *name)
{
    const json_t *value = json_object_get(request, name);
    return json_is_string(value) ? (otr_str){json_string_value(value), json_string_length(value)}
                                 : OTR_STR("");
}

json_t *otr_devices_asked(otr_daemon *daemon, const json_t *request)
{
    const json_t *from = json_object_get(request, "from");
    page to = {.list = json_array(),
               .device = text_of(request, "device"),
               .asset = text_of(request, "asset"),
               .next = -1};
    if (from != NULL &&
        (!json_is_integer(from) || json_integer_value(from) < 0 || json_integer_value(from) > UINT32_MAX)) {
        json_decref(to.list);
        return otr_operate_refusal("\"from\" is the \"next\" of the page before");
    }
    otr_driver_devices(daemon->driver, (uint32_t)json_integer_value(from), &to, add);
    json_t *out = json_object();
    json_object_set_new(out, "ok", json_true());
    json_object_set_new(out, "devices", to.list);
    if (to.next >= 0)
        json_object_set_new(out, "next", json_integer(to.next));
    return out;
}
