#include "daemon/control/assign.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "daemon/config/contents.h"
#include "daemon/config/zones.h"
#include "daemon/control/operate.h"
#include "platform/linux/store/store_reader.h"
#include "platform/linux/system/certificate.h"

static json_t *refuse(const otr_error *error)
{
    char text[OTR_REFUSAL_BYTES];
    json_t *out = otr_operate_refusal(error->text);
    if (error->line > 0) {
        (void)snprintf(text, sizeof text, "%d:%d: %s", error->line, error->column, error->text);
        json_object_set_new(out, "reason", json_string(text));
    }
    return out;
}

/* The zones that it names become active before it. */
static otr_status activate_zones(otr_daemon *daemon, otr_arena *memory, const otr_assignments *loaded,
                                 otr_error *error)
{
    otr_status status = OTR_OK;
    for (size_t i = 0; i < loaded->zone_count && status == OTR_OK; i++) {
        otr_str slot;
        otr_str path;
        otr_str bytes;
        char hash[OTR_SHA256_TEXT_BYTES];
        status = otr_zone_file_read(memory, daemon->config->clock.zones, &loaded->zones[i], &slot, &path,
                                    &bytes, error);
        if (status == OTR_OK && !otr_sha256_hex((otr_bytes){(const uint8_t *)bytes.data, bytes.size}, hash))
            status = otr_fail(error, OTR_IO, "SHA-256 is not available");
        if (status == OTR_OK)
            status = otr_driver_activate(daemon->driver, slot, otr_str_of(hash), bytes, error);
    }
    return status;
}

static otr_status take(otr_daemon *daemon, otr_arena *memory, otr_str yaml, otr_str *asset, otr_error *error)
{
    otr_assignments *loaded = NULL;
    char hash[OTR_SHA256_TEXT_BYTES];
    otr_status status = otr_assignments_load(yaml, &loaded, error);
    if (status != OTR_OK)
        return status;
    char slot[sizeof "assignment/" + OTR_LIMIT_DEVICE_NAME_BYTES];
    if (!loaded->terms.given || loaded->asset_count != 1) {
        status = otr_fail_at(error, OTR_INVALID, 1, 1,
                             "an assignment has a key \"assignment: {version: N}\" and one asset");
    } else {
        *asset = otr_arena_copy(memory, loaded->assets[0].id);
        (void)snprintf(slot, sizeof slot, "assignment/%.*s", OTR_STR_ARG(loaded->assets[0].id));
    }
    if (status == OTR_OK && !otr_sha256_hex((otr_bytes){(const uint8_t *)yaml.data, yaml.size}, hash))
        status = otr_fail(error, OTR_IO, "SHA-256 is not available");
    if (status == OTR_OK && otr_driver_is_active(daemon->driver, otr_str_of(slot), otr_str_of(hash))) {
        otr_assignments_free(loaded);
        return OTR_OK; /* the same once more */
    }
    if (status == OTR_OK)
        status = otr_driver_check_assignment(daemon->driver, *asset, loaded, error);
    if (status == OTR_OK)
        status = activate_zones(daemon, memory, loaded, error);
    otr_assignments_free(loaded);
    return status == OTR_OK
               ? otr_driver_activate(daemon->driver, otr_str_of(slot), otr_str_of(hash), yaml, error)
               : status;
}

json_t *otr_assign_asked(otr_daemon *daemon, uint64_t token, const json_t *request)
{
    const json_t *text = json_object_get(request, "yaml");
    otr_arena memory = {0};
    otr_error error = {.text = ""};
    otr_str asset = {NULL, 0};
    json_t *out = NULL;
    if (!json_is_string(text))
        return otr_operate_refusal("\"yaml\" is the text of an assignment");
    otr_str yaml = {json_string_value(text), json_string_length(text)};
    if (take(daemon, &memory, yaml, &asset, &error) != OTR_OK) {
        out = refuse(&error);
    } else {
        /* answered with what was activated before it */
        json_t *asked = json_pack("{s:s, s:s%}", "do", "assigned", "asset", asset.data, asset.size);
        out = otr_operate_command(daemon, token, asked);
        json_decref(asked);
    }
    otr_arena_done(&memory);
    return out;
}

/* ---- what there is ---- */

static void put(json_t *object, const char *name, otr_str text)
{
    if (text.size > 0)
        json_object_set_new(object, name, json_stringn_nocheck(text.data, text.size));
}

static void put_time(json_t *object, const char *name, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    if (at == OTR_TIME_NONE)
        return;
    otr_time_format(at, text);
    json_object_set_new(object, name, json_string(text));
}

static void list_one(void *context, const otr_assigned_view *one)
{
    static const char *const states[] = {"waiting", "active", "ended"};
    json_t *out = json_object();
    put(out, "asset", one->asset);
    json_object_set_new(out, "state", json_string(states[one->state]));
    put(out, "reason", one->reason);
    put(out, "customer", one->customer);
    put(out, "device", one->device);
    json_object_set_new(out, "devices", json_integer((json_int_t)one->devices));
    if (one->stated)
        json_object_set_new(out, "file", json_true());
    else
        json_object_set_new(out, "version", json_integer(one->version));
    put_time(out, "from", one->from);
    put_time(out, "until", one->until);
    put_time(out, "since", one->since);
    json_array_append_new(context, out);
}

json_t *otr_assign_list(otr_daemon *daemon)
{
    json_t *out = json_object();
    json_t *list = json_array();
    otr_driver_assigned(daemon->driver, list_one, list);
    json_object_set_new(out, "ok", json_true());
    json_object_set_new(out, "assignments", list);
    return out;
}

/* {"known": whether anything of the customer is here}, so that who forgets hears when there was nothing. */
json_t *otr_assign_known(otr_daemon *daemon, const json_t *request)
{
    const json_t *given = json_object_get(request, "customer");
    if (!json_is_string(given))
        return otr_operate_refusal("\"customer\" is the reference of a customer");
    otr_str customer = {json_string_value(given), json_string_length(given)};
    bool known = otr_driver_knows_customer(daemon->driver, customer);
    otr_store_reader *reader = NULL;
    otr_error error = {.text = ""};
    otr_status status = OTR_OK;
    if (!known)
        status = otr_store_reader_open(daemon->config->state.folder, &reader, &error);
    if (!known && status == OTR_OK)
        status = otr_store_reader_knows(reader, customer, &known, &error);
    otr_store_reader_close(reader);
    if (status != OTR_OK)
        return otr_operate_refusal(error.text);
    json_t *out = json_object();
    json_object_set_new(out, "ok", json_true());
    json_object_set_new(out, "known", json_boolean(known));
    return out;
}

bool otr_assign_keeps(otr_daemon *daemon, otr_str slot)
{
    static const otr_str zones = {"zone/", 5};
    if (otr_slot_is_assignment(slot))
        return true;
    return otr_str_starts(slot, zones) &&
           otr_driver_names_zone(daemon->driver, (otr_str){slot.data + zones.size, slot.size - zones.size});
}
