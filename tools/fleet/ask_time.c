#include "tools/fleet/ask_time.h"

#include "platform/linux/coap/keys.h"
#include "tools/outrider/feed/feed_address.h"

#include <stdio.h>
#include <time.h>

enum { ANSWERS = 5, POLL_MS = 20 };

typedef struct question {
    otr_gateway_time best;
    int64_t sent_us;
    int answers;
    bool waiting;
    bool broken;
    char refusal[64];
} question;

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *sent,
                                   const coap_pdu_t *response, const coap_mid_t mid)
{
    question *self = coap_session_get_app_data(session);
    int64_t way_us = now_us() - self->sent_us;
    size_t size = 0;
    const uint8_t *data = NULL;
    double seconds = 0;
    (void)sent;
    (void)mid;
    (void)coap_get_data(response, &size, &data);
    otr_str text = {(const char *)data, size};
    self->waiting = false;
    if (coap_pdu_get_code(response) != COAP_RESPONSE_CODE_CONTENT || !otr_str_to_double(text, &seconds)) {
        self->broken = true;
        (void)snprintf(self->refusal, sizeof self->refusal, "%.*s", OTR_STR_ARG(text));
        return COAP_RESPONSE_OK;
    }
    if (self->answers++ == 0 || way_us / 2 < self->best.error_us)
        self->best = (otr_gateway_time){(otr_time)(seconds * 1e6), self->sent_us + way_us / 2, way_us / 2};
    return COAP_RESPONSE_OK;
}

static void on_nack(coap_session_t *session, const coap_pdu_t *sent, const coap_nack_reason_t reason,
                    const coap_mid_t mid)
{
    question *self = coap_session_get_app_data(session);
    (void)sent;
    (void)reason;
    (void)mid;
    self->broken = true;
}

static bool ask(coap_session_t *session, question *self)
{
    static const uint8_t path[] = {'t', 'i', 'm', 'e'};
    coap_pdu_t *request = coap_pdu_init(COAP_MESSAGE_CON, COAP_REQUEST_CODE_GET, coap_new_message_id(session),
                                        coap_session_max_pdu_size(session));
    if (request == NULL || coap_add_option(request, COAP_OPTION_URI_PATH, sizeof path, path) == 0) {
        coap_delete_pdu(request);
        return false;
    }
    self->waiting = true;
    self->sent_us = now_us();
    return coap_send(session, request) != COAP_INVALID_MID;
}

static otr_status converse(coap_context_t *context, coap_session_t *session, question *self, int64_t end_us,
                           otr_error *error)
{
    while (self->answers < ANSWERS && !self->broken && now_us() < end_us) {
        if (!self->waiting && !ask(session, self))
            self->broken = true;
        (void)coap_io_process(context, POLL_MS);
    }
    if (self->answers > 0)
        return OTR_OK;
    return otr_fail(error, OTR_IO, "the gateway does not tell the time%s%s",
                    self->refusal[0] != '\0' ? ": " : "", self->refusal);
}

otr_status otr_ask_time(otr_str to, otr_str keys_folder, otr_str device, unsigned wait_s,
                        otr_gateway_time *out, otr_error *error)
{
    coap_address_t server;
    bool secure = false;
    otr_key key;
    question self = {0};
    otr_status status = otr_feed_address(to, &server, &secure, error);
    if (status == OTR_OK && !secure)
        status = otr_fail(error, OTR_INVALID, "expected coaps://HOST:PORT");
    if (status == OTR_OK)
        status = otr_key_load(keys_folder, device, &key, error);
    if (status != OTR_OK)
        return status;
    coap_startup();
    coap_set_log_level(LOG_EMERG);
    coap_dtls_set_log_level(LOG_EMERG);
    coap_dtls_cpsk_t setup = {
        .version = COAP_DTLS_CPSK_SETUP_VERSION,
        .psk_info = {.identity = {device.size, (const uint8_t *)device.data}, .key = {key.size, key.bytes}}};
    coap_context_t *context = coap_new_context(NULL);
    coap_session_t *session =
        context != NULL ? coap_new_client_session_psk2(context, NULL, &server, COAP_PROTO_DTLS, &setup)
                        : NULL;
    otr_key_wipe(&key);
    if (session != NULL) {
        coap_session_set_app_data(session, &self);
        coap_register_response_handler(context, on_response);
        coap_register_nack_handler(context, on_nack);
        status = converse(context, session, &self, now_us() + (int64_t)wait_s * 1000000, error);
        *out = self.best;
        coap_session_release(session);
    } else {
        status = otr_fail(error, OTR_MEMORY, "no CoAP session");
    }
    coap_free_context(context);
    coap_cleanup();
    return status;
}
