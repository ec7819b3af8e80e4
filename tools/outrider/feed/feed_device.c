/*
 * Each device is a small state machine: idle, sent, or waiting until an instant to send the same pack again.
 * A pack that may have arrived (timeout) goes again under its message id and token, so that the server can
 * recognise it; one that was pushed back (5.03, 4.29) is a new message.
 */
#include "tools/outrider/feed/feed_device.h"

#include "platform/linux/coap/keys.h"

#include <stdio.h>

enum {
    /* An empty ACK came and no response: libcoap's own retries end before. */
    ANSWER_S = 120,
    /* The same over DTLS, where a server that restarted knows the session no longer. */
    ANSWER_DTLS_S = 10,
    RETRY_S = 1, /* first pause after a failed session, doubled up to RETRY_MAX_S */
    RETRY_MAX_S = 16,
    HANDSHAKES_FAILED = 3,  /* in a row: this device has no valid key */
    MAX_AGE_DEFAULT_S = 60, /* RFC 7252 section 5.10.5 */
    MAX_AGE_LIMIT_S = 300,
    BLOCK_BYTES = 1024, /* a larger pack goes block-wise */
};

void otr_feed_device_give_up(otr_feed_device *device, const char *why)
{
    char text[256];
    const otr_feed_pack *first = device->queue.first;
    size_t first_line = first != NULL ? first->first_line : 0;
    size_t last_line = 0;
    size_t rows = 0;
    device->state = OTR_FEED_GIVEN_UP;
    for (; device->queue.first != NULL; otr_feed_queue_pop(&device->sender->packer, &device->queue)) {
        last_line = device->queue.first->last_line;
        rows += device->queue.first->rows;
    }
    if (device->queue.rows > 0) {
        first_line = first_line > 0 ? first_line : device->queue.first_line;
        last_line = device->queue.last_line;
        rows += device->queue.rows;
        otr_feed_queue_drop(&device->queue);
    }
    (void)snprintf(text, sizeof text, "device %s: %s", device->queue.device.data, why);
    otr_feed_lose(device->sender, first_line, last_line, rows, text);
}

static void wait_and_resend(otr_feed_device *device, int64_t delay_us, bool keep_message)
{
    device->state = OTR_FEED_WAITING;
    device->keep_message = keep_message;
    device->due_us = otr_feed_now_us() + delay_us;
    device->sender->sent.resent++;
}

/* A session that broke: pause a little longer each time, then a new one. A plain one has nothing that can
 * break, and keeping it keeps the sender's port, by which a server recognises what it has seen. */
static void session_failed(otr_feed_device *device, bool handshake)
{
    int64_t pause_s = RETRY_S;
    device->renew_session = device->sender->secure;
    device->failures++;
    for (int i = 1; i < device->failures && pause_s < RETRY_MAX_S; i++)
        pause_s *= 2;
    if (handshake && !device->connected && device->failures >= HANDSHAKES_FAILED)
        otr_feed_device_give_up(device, "the server refuses its key");
    else
        wait_and_resend(device, pause_s * OTR_SECOND, true);
}

void otr_feed_device_unanswered(otr_feed_device *device)
{
    if (device->sender->secure)
        session_failed(device, false);
    else
        wait_and_resend(device, 0, true);
}

static coap_session_t *open_session(otr_feed_device *device, otr_error *error)
{
    otr_feed_sender *sender = device->sender;
    if (!sender->secure)
        return coap_new_client_session(sender->context, NULL, &sender->server, COAP_PROTO_UDP);
    otr_key key;
    if (otr_key_load(otr_str_of(sender->keys_folder), device->queue.device, &key, error) != OTR_OK)
        return NULL;
    coap_dtls_cpsk_t setup = {
        .version = COAP_DTLS_CPSK_SETUP_VERSION,
        .psk_info = {.identity = {device->queue.device.size, (const uint8_t *)device->queue.device.data},
                     .key = {key.size, key.bytes}}};
    coap_session_t *session =
        coap_new_client_session_psk2(sender->context, NULL, &sender->server, COAP_PROTO_DTLS, &setup);
    otr_key_wipe(&key);
    return session;
}

void otr_feed_device_close(otr_feed_device *device)
{
    if (device->session == NULL)
        return;
    coap_session_set_app_data(device->session, NULL);
    coap_session_release(device->session);
    device->session = NULL;
}

static bool ensure_session(otr_feed_device *device)
{
    otr_error error = {0};
    if (device->renew_session)
        otr_feed_device_close(device);
    device->renew_session = false;
    if (device->session != NULL)
        return true;
    device->session = open_session(device, &error);
    if (device->session == NULL && error.status != OTR_OK) {
        otr_feed_device_give_up(device, error.text);
        return false;
    }
    if (device->session == NULL) {
        session_failed(device, false);
        return false;
    }
    coap_session_set_app_data(device->session, device);
    return true;
}

static coap_pdu_t *make_request(otr_feed_device *device)
{
    static const uint8_t path[] = {'r'};
    uint8_t format[4];
    const otr_feed_pack *pack = device->queue.first;
    if (!device->keep_message) {
        device->mid = coap_new_message_id(device->session);
        device->token = ++device->sender->last_token;
    }
    coap_pdu_t *request = coap_pdu_init(COAP_MESSAGE_CON, COAP_REQUEST_CODE_POST, device->mid,
                                        coap_session_max_pdu_size(device->session));
    if (request == NULL)
        return NULL;
    unsigned format_size = coap_encode_var_safe(format, sizeof format, device->sender->packer.format);
    bool ok = coap_add_token(request, sizeof device->token, (const uint8_t *)&device->token) &&
              coap_add_option(request, COAP_OPTION_URI_PATH, sizeof path, path) > 0 &&
              coap_add_option(request, COAP_OPTION_CONTENT_FORMAT, format_size, format) > 0;
    if (ok)
        ok = pack->size > BLOCK_BYTES
                 ? coap_add_data_large_request(device->session, request, pack->size, pack->bytes, NULL, NULL)
                 : coap_add_data(request, pack->size, pack->bytes);
    if (ok)
        return request;
    coap_delete_pdu(request);
    return NULL;
}

void otr_feed_device_send(otr_feed_device *device)
{
    if (!ensure_session(device))
        return;
    coap_pdu_t *request = make_request(device);
    device->state = OTR_FEED_SENT;
    device->due_us = otr_feed_now_us() + (device->sender->secure ? ANSWER_DTLS_S : ANSWER_S) * OTR_SECOND;
    device->keep_message = false;
    /* A failed send may have called the handler for negative acknowledgements already: then the state has
     * changed. */
    if ((request == NULL || coap_send(device->session, request) == COAP_INVALID_MID) &&
        device->state == OTR_FEED_SENT)
        session_failed(device, false);
}

static void refused(otr_feed_device *device, const coap_pdu_t *response)
{
    char text[256];
    size_t size = 0;
    const uint8_t *data = NULL;
    coap_pdu_code_t code = coap_pdu_get_code(response);
    const otr_feed_pack *pack = device->queue.first;
    (void)coap_get_data(response, &size, &data);
    int length = snprintf(text, sizeof text, "refused by the server, %u.%02u", (unsigned)code >> 5,
                          (unsigned)code & 31);
    if (size > 0)
        (void)snprintf(text + length, sizeof text - (size_t)length, ": %.*s", (int)(size < 200 ? size : 200),
                       (const char *)data);
    device->sender->sent.packs_refused++;
    otr_feed_lose(device->sender, pack->first_line, pack->last_line, pack->rows, text);
    otr_feed_queue_pop(&device->sender->packer, &device->queue);
    device->state = OTR_FEED_IDLE;
}

static unsigned max_age_s(const coap_pdu_t *response)
{
    coap_opt_iterator_t iterator;
    coap_opt_t *option = coap_check_option(response, COAP_OPTION_MAXAGE, &iterator);
    if (option == NULL)
        return MAX_AGE_DEFAULT_S;
    unsigned seconds = coap_decode_var_bytes(coap_opt_value(option), coap_opt_length(option));
    return seconds < MAX_AGE_LIMIT_S ? seconds : MAX_AGE_LIMIT_S;
}

static void acknowledged(otr_feed_device *device)
{
    otr_feed_sender *sender = device->sender;
    const otr_feed_pack *pack = device->queue.first;
    sender->sent.packs++;
    sender->sent.rows += pack->rows;
    sender->sent.readings += pack->readings;
    sender->progress_us = otr_feed_now_us();
    otr_feed_queue_pop(&sender->packer, &device->queue);
    device->state = OTR_FEED_IDLE;
}

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *request,
                                   const coap_pdu_t *response, const coap_mid_t mid)
{
    (void)request;
    (void)mid;
    otr_feed_device *device = coap_session_get_app_data(session);
    coap_pdu_code_t code = coap_pdu_get_code(response);
    coap_bin_const_t token = coap_pdu_get_token(response);
    if (device == NULL || device->state != OTR_FEED_SENT || token.length != sizeof device->token ||
        memcmp(token.s, &device->token, sizeof device->token) != 0)
        return COAP_RESPONSE_OK; /* a late answer to what was sent again */
    device->failures = 0;
    device->connected = true;
    if (COAP_RESPONSE_CLASS(code) == 2) {
        acknowledged(device);
    } else if (code == COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE ||
               code == COAP_RESPONSE_CODE_TOO_MANY_REQUESTS) {
        device->sender->sent.pushed_back++;
        wait_and_resend(device, max_age_s(response) * OTR_SECOND, false);
    } else {
        refused(device, response);
    }
    return COAP_RESPONSE_OK;
}

static void on_nack(coap_session_t *session, const coap_pdu_t *request, const coap_nack_reason_t reason,
                    const coap_mid_t mid)
{
    (void)request;
    otr_feed_device *device = coap_session_get_app_data(session);
    if (device == NULL || device->state != OTR_FEED_SENT || (mid != device->mid && reason == COAP_NACK_RST))
        return;
    if (reason == COAP_NACK_ICMP_ISSUE && !device->sender->secure)
        return; /* nobody listens there now: libcoap goes on trying */
    if (reason == COAP_NACK_TOO_MANY_RETRIES)
        otr_feed_device_unanswered(device);
    else
        session_failed(device, reason == COAP_NACK_TLS_FAILED);
}

static int on_event(coap_session_t *session, const coap_event_t event)
{
    otr_feed_device *device = session != NULL ? coap_session_get_app_data(session) : NULL;
    if (device == NULL)
        return 0;
    if (event == COAP_EVENT_DTLS_CONNECTED) {
        device->connected = true;
        device->failures = 0;
    }
    if ((event == COAP_EVENT_DTLS_ERROR || event == COAP_EVENT_DTLS_CLOSED) && device->state == OTR_FEED_SENT)
        session_failed(device, event == COAP_EVENT_DTLS_ERROR);
    else if (event == COAP_EVENT_DTLS_ERROR || event == COAP_EVENT_DTLS_CLOSED)
        device->renew_session = true;
    return 0;
}

void otr_feed_device_listen(coap_context_t *context)
{
    coap_register_response_handler(context, on_response);
    coap_register_nack_handler(context, on_nack);
    coap_register_event_handler(context, on_event);
}
