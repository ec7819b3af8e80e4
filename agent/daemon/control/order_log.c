/* Orders as they came, read beside the daemon's own thread of the store. */
#include "daemon/control/order.h"

#include "daemon/control/operate.h"
#include "daemon/control/put.h"
#include "platform/linux/store/store_reader.h"

enum { ORDERS_MAX = 200, ORDERS_USUAL = 50 }; /* in one answer */

static otr_status list_one(void *context, uint64_t number, const otr_row_order *row)
{
    json_t *one = json_object();
    otr_put_count(one, "number", number);
    otr_put_time(one, "at", row->utc);
    otr_put_text(one, "who", row->who);
    if (otr_id_is_zero(row->key) && row->counter == 0 && row->who.size > 0)
        json_object_set_new(one, "role", json_string("local"));
    else if (row->who.size > 0)
        json_object_set_new(one, "role", json_string(otr_role_text(row->role)));
    otr_put_text(one, "do", row->verb);
    otr_put_text(one, "about", row->about);
    json_object_set_new(one, "taken", json_boolean(row->taken));
    otr_put_text(one, "outcome", row->outcome);
    otr_put_id(one, "key", row->key);
    otr_put_count(one, "counter", row->counter);
    otr_put_count(one, "seq", row->seq);
    if (row->more > 0)
        otr_put_count(one, "more", row->more);
    json_array_append_new(context, one);
    return OTR_OK;
}

static uint64_t number_of(const json_t *request, const char *name, uint64_t otherwise)
{
    const json_t *value = json_object_get(request, name);
    json_int_t number = json_integer_value(value);
    return json_is_integer(value) && number > 0 ? (uint64_t)number : otherwise;
}

json_t *otr_order_log(otr_daemon *daemon, const json_t *request)
{
    otr_store_reader *reader = NULL;
    otr_error error = {.text = ""};
    uint64_t count = number_of(request, "count", ORDERS_USUAL);
    uint64_t before = number_of(request, "before", INT64_MAX);
    json_t *list = json_array();
    otr_status status = otr_store_reader_open(daemon->config->state.folder, &reader, &error);
    if (status == OTR_OK)
        status = otr_store_reader_orders(reader, before, count < ORDERS_MAX ? count : ORDERS_MAX, list,
                                         list_one, &error);
    otr_store_reader_close(reader);
    if (status != OTR_OK) {
        json_decref(list);
        return otr_operate_refusal(error.text);
    }
    json_t *out = json_object();
    json_object_set_new(out, "ok", json_true());
    json_object_set_new(out, "orders", list);
    return out;
}
