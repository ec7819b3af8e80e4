/*
 * /c: a device fetches its commands with GET and says with POST which it has done. Both are answered after
 * the commit, as uploads are. There is no Observe: a device that sleeps cannot be notified and its
 * observation would keep a session for ever; the answer to an upload says when commands wait, while its radio
 * is on.
 */
#include "base/reading.h"
#include "platform/linux/coap/coap_internal.h"

enum { DEFAULT_FORMAT = 110 }; /* SenML JSON */

static coap_pdu_code_t code_of(otr_status status)
{
    switch (status) {
    case OTR_INVALID:
        return COAP_RESPONSE_CODE_BAD_REQUEST;
    case OTR_LIMIT:
        return COAP_RESPONSE_CODE_REQUEST_TOO_LARGE;
    case OTR_NOT_FOUND:
        return COAP_RESPONSE_CODE_NOT_FOUND;
    case OTR_FULL:
        return COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE;
    case OTR_TOO_FAST:
        return COAP_RESPONSE_CODE_TOO_MANY_REQUESTS;
    default:
        return COAP_RESPONSE_CODE_INTERNAL_ERROR;
    }
}

/* "device=NAME" of the query, the only key there is. */
static bool named_in(const coap_string_t *query, otr_str *device)
{
    static const otr_str key = {"device=", 7};
    otr_str text = query != NULL ? (otr_str){(const char *)query->s, query->length} : (otr_str){NULL, 0};
    *device = (otr_str){NULL, 0};
    if (text.size == 0)
        return true;
    if (!otr_str_starts(text, key))
        return false;
    *device = (otr_str){text.data + key.size, text.size - key.size};
    return otr_device_name_ok(*device);
}

/* Whose commands: of the identity, or, where none is proved, of the device that the query names. False when
 * it is refused. */
static bool find_device(const coap_session_t *session, const coap_string_t *query, otr_str *device,
                        coap_pdu_t *response)
{
    otr_str identity = otr_coap_peer_identity(session);
    if (!named_in(query, device)) {
        otr_coap_refuse(response, COAP_RESPONSE_CODE_BAD_REQUEST, "the query is device=NAME");
        return false;
    }
    if (identity.size > 0 && device->size > 0 && !otr_str_equal(identity, *device)) {
        otr_coap_refuse(response, COAP_RESPONSE_CODE_FORBIDDEN, "these are commands of another device");
        return false;
    }
    if (identity.size > 0)
        *device = identity;
    if (device->size == 0)
        otr_coap_refuse(response, COAP_RESPONSE_CODE_BAD_REQUEST, "without DTLS the query names the device");
    return device->size > 0;
}

/* Hands the request to the owner, which answers it when it is committed. */
static void hand_over(otr_coap *coap, coap_session_t *session, const coap_pdu_t *request,
                      otr_device_request *asked,
                      otr_status (*take)(void *context, const otr_device_request *request, otr_error *error),
                      coap_pdu_t *response)
{
    otr_error error = {.text = "too many requests wait"};
    asked->handle = otr_pending_add(&coap->pending, session, request, OTR_COAP_NO_BLOCK, coap->now_us);
    if (asked->handle == 0) {
        otr_coap_refuse(response, COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE, error.text);
        return;
    }
    otr_status status = take(coap->owner.context, asked, &error);
    if (status == OTR_OK) {
        otr_coap_stay_silent(response);
        return;
    }
    otr_pending_forget(&coap->pending, asked->handle);
    otr_coap_refuse(response, code_of(status), error.text);
}

static void on_fetch(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request,
                     const coap_string_t *query, coap_pdu_t *response)
{
    (void)resource;
    otr_coap *coap = otr_coap_enter(session);
    otr_device_request asked = {.format = DEFAULT_FORMAT};
    if (!otr_coap_peer_allowed(coap, session)) {
        otr_coap_stay_silent(response);
        return;
    }
    if (otr_coap_option(request, COAP_OPTION_ACCEPT, &asked.format) && asked.format != 110 &&
        asked.format != 112) {
        otr_coap_refuse(response, COAP_RESPONSE_CODE_NOT_ACCEPTABLE,
                        "commands are told in 110 (SenML JSON) or 112 (SenML CBOR)");
        return;
    }
    if (!find_device(session, query, &asked.device, response))
        return;
    coap->counters.commands_fetched++;
    hand_over(coap, session, request, &asked, coap->owner.fetch, response);
}

static void on_confirm(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request,
                       const coap_string_t *query, coap_pdu_t *response)
{
    (void)resource;
    otr_coap *coap = otr_coap_enter(session);
    otr_device_request asked = {0};
    const uint8_t *data = NULL;
    unsigned format = COAP_MEDIATYPE_TEXT_PLAIN;
    unsigned block = 0;
    if (!otr_coap_peer_allowed(coap, session)) {
        otr_coap_stay_silent(response);
        return;
    }
    if (otr_coap_option(request, COAP_OPTION_CONTENT_FORMAT, &format) &&
        format != COAP_MEDIATYPE_TEXT_PLAIN) {
        otr_coap_refuse(response, COAP_RESPONSE_CODE_UNSUPPORTED_CONTENT_FORMAT,
                        "the ids of commands are text, Content-Format 0");
        return;
    }
    if (otr_coap_option(request, COAP_OPTION_BLOCK1, &block) && block > 6) {
        otr_coap_refuse(response, COAP_RESPONSE_CODE_REQUEST_TOO_LARGE, "ids fit into one message");
        return;
    }
    if (!find_device(session, query, &asked.device, response))
        return;
    (void)coap_get_data(request, &asked.done.size, &data);
    asked.done.data = (const char *)data;
    hand_over(coap, session, request, &asked, coap->owner.confirm, response);
}

otr_status otr_coap_command_resource(otr_coap_transport *transport, otr_error *error)
{
    if (transport->coap->owner.fetch == NULL)
        return OTR_OK;
    coap_resource_t *commands =
        otr_coap_describe(transport->context, "c", "\"outrider.commands\"", "\"110 112\"");
    if (commands == NULL)
        return otr_fail(error, OTR_MEMORY, "no memory for the CoAP resources");
    coap_register_request_handler(commands, COAP_REQUEST_GET, on_fetch);
    coap_register_request_handler(commands, COAP_REQUEST_POST, on_confirm);
    return OTR_OK;
}
