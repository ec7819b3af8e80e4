/* Orders and their envelopes, in protobuf and in JSON. */
#include "codec/order.h"

#include "base/limits.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "codec/protobuf.h"
#include "proto/control.pb-c.h"

#include <stdlib.h>

typedef Outrider__V1__Envelope wire_envelope;
typedef Outrider__V1__Order wire_order;

/* The last second that RFC 3339 can tell. */
#define YEAR_9999 (INT64_C(253402300799) * OTR_SECOND)

static const char purpose[] = "outrider command 1"; /* with its NUL: no other message of ours begins so */

static bool is_json(otr_bytes bytes)
{
    return bytes.size > 0 && bytes.data[0] == '{';
}

/* The member's name: what is quoted inside of a text has a backslash before its last quote. */
bool otr_envelope_is(otr_bytes payload)
{
    static const char name[] = "\"signed\"";
    if (!is_json(payload)) /* an action is JSON */
        return payload.size > 0;
    for (size_t i = 0; i + sizeof name <= payload.size; i++) {
        if (payload.data[i] != '"' || memcmp(payload.data + i, name, sizeof name - 1) != 0)
            continue;
        size_t next = i + sizeof name - 1;
        while (next < payload.size && (payload.data[next] == ' ' || payload.data[next] == '\n'))
            next++;
        if (next < payload.size && payload.data[next] == ':')
            return true;
    }
    return false;
}

void otr_order_message(otr_buffer *out, otr_bytes content)
{
    otr_buffer_add(out, purpose, sizeof purpose);
    otr_buffer_add(out, content.data, content.size);
}

/* ---- parts of JSON ---- */

static otr_status bytes_of(otr_arena *arena, const json_t *root, const char *name, otr_bytes *out,
                           otr_error *error)
{
    const json_t *value = json_object_get(root, name);
    if (!json_is_string(value))
        return otr_fail(error, OTR_INVALID, "\"%s\" is %s", name, value == NULL ? "missing" : "no string");
    otr_status status = otr_base64_read(arena, otr_json_text(value), out, error);
    return status == OTR_INVALID ? otr_fail(error, status, "\"%s\" is no base64", name) : status;
}

static int append(const char *bytes, size_t size, void *out)
{
    otr_buffer_add(out, bytes, size);
    return ((otr_buffer *)out)->failed ? -1 : 0;
}

static void dump(const json_t *object, otr_buffer *out)
{
    if (json_dump_callback(object, append, out, JSON_COMPACT) != 0)
        out->failed = true;
}

/* ---- envelopes ---- */

static otr_status read_json_envelope(otr_arena *arena, const json_t *root, otr_envelope *out,
                                     otr_error *error)
{
    otr_str key = {NULL, 0};
    otr_status status = bytes_of(arena, root, "signed", &out->content, error);
    if (status == OTR_OK)
        status = bytes_of(arena, root, "signature", &out->signature, error);
    if (status == OTR_OK)
        status = otr_json_take_text(arena, root, "key", true, &key, error);
    if (status == OTR_OK && !otr_id_parse(key, &out->key))
        status = otr_fail(error, OTR_INVALID, "\"key\" is an id of 32 lower-case hex digits");
    return status;
}

static otr_status read_wire_envelope(otr_arena *arena, otr_bytes payload, otr_envelope *out, otr_error *error)
{
    ProtobufCMessage *message = NULL;
    otr_status status =
        otr_protobuf_unpack(arena, &outrider__v1__envelope__descriptor, payload, &message, error);
    if (status != OTR_OK)
        return status;
    const wire_envelope *from = (const wire_envelope *)message;
    out->content = (otr_bytes){from->signed_.data, from->signed_.len};
    out->signature = (otr_bytes){from->signature.data, from->signature.len};
    return otr_protobuf_take_id(&from->key, "key", &out->key, error);
}

otr_status otr_envelope_read(otr_arena *arena, otr_bytes payload, otr_envelope *out, otr_error *error)
{
    otr_status status = OTR_OK;
    *out = (otr_envelope){.key = {{0}}};
    if (payload.size > OTR_LIMIT_ENVELOPE_BYTES)
        return otr_fail(error, OTR_LIMIT, "oversized: a command has at most %d bytes",
                        OTR_LIMIT_ENVELOPE_BYTES);
    if (is_json(payload)) {
        json_t *root = otr_json_load(payload, error);
        if (root == NULL)
            return error->status;
        status = read_json_envelope(arena, root, out, error);
        json_decref(root);
    } else {
        status = read_wire_envelope(arena, payload, out, error);
    }
    if (status == OTR_OK && out->content.size == 0)
        return otr_fail(error, OTR_INVALID, "nothing is signed");
    if (status == OTR_OK && out->signature.size != OTR_ORDER_SIGNATURE_BYTES)
        return otr_fail(error, OTR_INVALID, "a signature has %d bytes", OTR_ORDER_SIGNATURE_BYTES);
    return status;
}

void otr_envelope_write(otr_buffer *out, const otr_envelope *envelope, bool json)
{
    if (json) {
        char key[OTR_ID_TEXT_BYTES];
        otr_id_format(envelope->key, key);
        otr_buffer_add_format(out, "{\"key\":\"%s\",\"signature\":\"", key);
        otr_base64_write(out, envelope->signature);
        otr_buffer_add_format(out, "\",\"signed\":\"");
        otr_base64_write(out, envelope->content);
        otr_buffer_add_format(out, "\"}");
        return;
    }
    wire_envelope message = OUTRIDER__V1__ENVELOPE__INIT;
    uint8_t key[sizeof envelope->key.bytes];
    memcpy(key, envelope->key.bytes, sizeof key);
    message.key = (ProtobufCBinaryData){sizeof key, key};
    message.signed_ = (ProtobufCBinaryData){envelope->content.size, (uint8_t *)envelope->content.data};
    message.signature = (ProtobufCBinaryData){envelope->signature.size, (uint8_t *)envelope->signature.data};
    (void)otr_protobuf_pack(out, &message.base, NULL); /* leaves out->failed */
}

/* ---- orders ---- */

static bool id_ok(otr_str id)
{
    for (size_t i = 0; i < id.size; i++)
        if (id.data[i] <= ' ' || id.data[i] > '~')
            return false;
    return id.size > 0 && id.size <= OTR_LIMIT_ORDER_ID_BYTES;
}

static otr_status check(const otr_order *order, otr_error *error)
{
    const struct {
        const char *name;
        otr_str text;
    } texts[] = {{"to", order->to}, {"reply_to", order->reply_to}, {"correlation", order->correlation}};
    if (!id_ok(order->id))
        return otr_fail(error, OTR_INVALID, "\"id\" is 1 to %d printable characters of ASCII",
                        OTR_LIMIT_ORDER_ID_BYTES);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].text.size > OTR_LIMIT_ORDER_TEXT_BYTES || !otr_str_is_utf8(texts[i].text))
            return otr_fail(error, OTR_INVALID, "\"%s\" is UTF-8 of at most %d bytes", texts[i].name,
                            OTR_LIMIT_ORDER_TEXT_BYTES);
    if (order->to.size == 0)
        return otr_fail(error, OTR_INVALID, "\"to\" is GROUP/GATEWAY");
    if (order->counter == 0 || order->counter > OTR_LIMIT_ORDER_COUNTER)
        return otr_fail(error, OTR_INVALID, "\"counter\" is a whole number from 1 to 2^53");
    if (order->until <= 0 || order->until > YEAR_9999)
        return otr_fail(error, OTR_INVALID, "\"until\" is a time such as 2024-05-01T12:00:00Z");
    return OTR_OK;
}

static otr_status read_json_order(otr_arena *arena, const json_t *root, otr_order *out, otr_error *error)
{
    const json_t *counter = json_object_get(root, "counter");
    const json_t *request = json_object_get(root, "do");
    otr_str until = {NULL, 0};
    otr_buffer text = {0};
    otr_status status = otr_json_take_text(arena, root, "id", true, &out->id, error);
    if (status == OTR_OK)
        status = otr_json_take_text(arena, root, "to", true, &out->to, error);
    if (status == OTR_OK)
        status = otr_json_take_text(arena, root, "reply_to", false, &out->reply_to, error);
    if (status == OTR_OK)
        status = otr_json_take_text(arena, root, "correlation", false, &out->correlation, error);
    if (status == OTR_OK)
        status = otr_json_take_text(arena, root, "until", true, &until, error);
    if (status != OTR_OK)
        return status;
    (void)otr_time_parse(until, &out->until);
    if (json_is_integer(counter) && json_integer_value(counter) > 0)
        out->counter = (uint64_t)json_integer_value(counter);
    if (!json_is_string(json_object_get(request, "do")))
        return otr_fail(error, OTR_INVALID, "\"do\" is an object with \"do\"");
    dump(request, &text);
    out->request = otr_arena_copy(arena, otr_buffer_text(&text));
    bool failed = text.failed || out->request.data == NULL;
    otr_buffer_done(&text);
    return failed ? otr_fail(error, OTR_MEMORY, "out of memory") : OTR_OK;
}

/* What is to be done is JSON here, too. */
static otr_status check_request(otr_str request, otr_error *error)
{
    json_t *root = otr_json_load_whole((otr_bytes){(const uint8_t *)request.data, request.size}, error);
    if (root == NULL)
        return error->status;
    bool ok = json_is_string(json_object_get(root, "do"));
    json_decref(root);
    return ok ? OTR_OK : otr_fail(error, OTR_INVALID, "\"do\" is an object with \"do\"");
}

static otr_status read_wire_order(otr_arena *arena, otr_bytes content, otr_order *out, otr_error *error)
{
    ProtobufCMessage *message = NULL;
    otr_status status =
        otr_protobuf_unpack(arena, &outrider__v1__order__descriptor, content, &message, error);
    if (status != OTR_OK)
        return status;
    const wire_order *from = (const wire_order *)message;
    *out = (otr_order){
        .id = otr_str_of(from->id),
        .to = otr_str_of(from->to),
        .counter = from->counter,
        .until = from->until_us != 0 ? from->until_us : OTR_TIME_NONE,
        .request = otr_str_of(from->do_),
        .reply_to = otr_str_of(from->reply_to),
        .correlation = otr_str_of(from->correlation),
    };
    return check_request(out->request, error);
}

otr_status otr_order_read(otr_arena *arena, otr_bytes content, otr_order *out, otr_error *error)
{
    otr_status status = OTR_OK;
    *out = (otr_order){.until = OTR_TIME_NONE};
    if (content.size > OTR_LIMIT_ENVELOPE_BYTES)
        return otr_fail(error, OTR_LIMIT, "oversized: a command has at most %d bytes",
                        OTR_LIMIT_ENVELOPE_BYTES);
    if (is_json(content)) {
        json_t *root = otr_json_load_whole(content, error);
        if (root == NULL)
            return error->status;
        status = read_json_order(arena, root, out, error);
        json_decref(root);
    } else {
        status = read_wire_order(arena, content, out, error);
    }
    return status == OTR_OK ? check(out, error) : status;
}

static void put(json_t *object, const char *name, otr_str text)
{
    if (text.size > 0)
        json_object_set_new(object, name, json_stringn(text.data, text.size));
}

static otr_status write_json_order(otr_buffer *out, const otr_order *order, otr_error *error)
{
    char until[OTR_TIME_TEXT_BYTES];
    json_t *request =
        otr_json_load_whole((otr_bytes){(const uint8_t *)order->request.data, order->request.size}, error);
    if (request == NULL)
        return error->status;
    json_t *root = json_object();
    otr_time_format(order->until, until);
    put(root, "id", order->id);
    put(root, "to", order->to);
    json_object_set_new(root, "counter", json_integer((json_int_t)order->counter));
    json_object_set_new(root, "until", json_string(until));
    json_object_set_new(root, "do", request);
    put(root, "reply_to", order->reply_to);
    put(root, "correlation", order->correlation);
    dump(root, out);
    json_decref(root);
    return out->failed ? otr_fail(error, OTR_MEMORY, "out of memory") : OTR_OK;
}

static otr_status write_wire_order(otr_buffer *out, const otr_order *order, otr_error *error)
{
    otr_arena arena = {0};
    wire_order message = OUTRIDER__V1__ORDER__INIT;
    message.id = otr_protobuf_text(&arena, order->id);
    message.to = otr_protobuf_text(&arena, order->to);
    message.counter = order->counter;
    message.until_us = order->until;
    message.do_ = otr_protobuf_text(&arena, order->request);
    message.reply_to = otr_protobuf_text(&arena, order->reply_to);
    message.correlation = otr_protobuf_text(&arena, order->correlation);
    bool ok = message.id != NULL && message.to != NULL && message.do_ != NULL && message.reply_to != NULL &&
              message.correlation != NULL;
    otr_status status =
        ok ? otr_protobuf_pack(out, &message.base, error) : otr_fail(error, OTR_MEMORY, "out of memory");
    otr_arena_done(&arena);
    return status;
}

otr_status otr_order_write(otr_buffer *out, const otr_order *order, bool json, otr_error *error)
{
    otr_error unheard;
    error = error != NULL ? error : &unheard;
    otr_status status = check(order, error);
    if (status != OTR_OK)
        return status;
    return json ? write_json_order(out, order, error) : write_wire_order(out, order, error);
}
