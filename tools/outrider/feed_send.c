/*
 * Each device is a small state machine: idle, sent, or waiting until an instant to send the same pack again.
 * A pack that may have arrived (timeout) goes again under its message id and token, so that the server can
 * recognise it; one that was pushed back (5.03) is a new message.
 */
#include "tools/outrider/feed_send.h"

#include "base/names.h"
#include "platform/linux/keys.h"
#include "tools/outrider/feed_address.h"

#include <coap3/coap.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    ANSWER_S =
        120, /* UDP: after an empty ACK the response may take this long; libcoap's retries end before */
    ANSWER_DTLS_S = 10, /* DTLS: the server may have restarted and know the session no longer */
    RETRY_S = 1,        /* first pause after a failed session, doubled up to RETRY_MAX_S */
    RETRY_MAX_S = 16,
    HANDSHAKES_FAILED = 3,  /* in a row: this device has no valid key */
    MAX_AGE_DEFAULT_S = 60, /* RFC 7252 section 5.10.5 */
    MAX_AGE_LIMIT_S = 300,
    BLOCK_BYTES = 1024, /* a larger pack goes block-wise */
};

typedef enum state { IDLE, SENT, WAITING, GIVEN_UP } state;

typedef struct peer {
    otr_feed_sender *sender;
    otr_feed_queue queue;
    state state;
    coap_session_t *session;
    bool renew_session;
    bool keep_message; /* send again under the same message id and token */
    bool connected;    /* DTLS: a handshake has succeeded */
    int failures;      /* of sessions, in a row */
    coap_mid_t mid;
    uint32_t token;
    int64_t due_us; /* SENT: answer expected by then; WAITING: send again then */
} peer;

struct otr_feed_sender {
    coap_context_t *context;
    coap_address_t server;
    bool secure;
    char keys_folder[4096];
    otr_feed_listener listener;
    otr_feed_packer packer;
    otr_names names;
    peer **devices; /* by number of the name */
    size_t capacity;
    uint32_t last_token;
    int64_t give_up_us;
    int64_t progress_us; /* last acknowledgement */
    otr_feed_sent sent;
};

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void lose(otr_feed_sender *sender, size_t first_line, size_t last_line, size_t rows, const char *text)
{
    sender->sent.rows_lost += rows;
    sender->listener.lost(sender->listener.context, first_line, last_line, rows, text);
}

static void give_up(peer *device, const char *why)
{
    char text[256];
    const otr_feed_pack *first = device->queue.first;
    size_t first_line = first != NULL ? first->first_line : 0;
    size_t last_line = 0;
    size_t rows = 0;
    device->state = GIVEN_UP;
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
    lose(device->sender, first_line, last_line, rows, text);
}

static void wait_and_resend(peer *device, int64_t delay_us, bool keep_message)
{
    device->state = WAITING;
    device->keep_message = keep_message;
    device->due_us = now_us() + delay_us;
    device->sender->sent.resent++;
}

/* A session that broke: pause a little longer each time, then a new one. A plain one has nothing that can
 * break, and keeping it keeps the sender's port, by which a server recognises what it has seen. */
static void session_failed(peer *device, bool handshake)
{
    int64_t pause_s = RETRY_S;
    device->renew_session = device->sender->secure;
    device->failures++;
    for (int i = 1; i < device->failures && pause_s < RETRY_MAX_S; i++)
        pause_s *= 2;
    if (handshake && !device->connected && device->failures >= HANDSHAKES_FAILED)
        give_up(device, "the server refuses its key");
    else
        wait_and_resend(device, pause_s * OTR_SECOND, true);
}

static void unanswered(peer *device)
{
    if (device->sender->secure)
        session_failed(device, false);
    else
        wait_and_resend(device, 0, true);
}

static coap_session_t *open_session(peer *device, otr_error *error)
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

static void close_session(peer *device)
{
    if (device->session == NULL)
        return;
    coap_session_set_app_data(device->session, NULL);
    coap_session_release(device->session);
    device->session = NULL;
}

static bool ensure_session(peer *device)
{
    otr_error error = {0};
    if (device->renew_session)
        close_session(device);
    device->renew_session = false;
    if (device->session != NULL)
        return true;
    device->session = open_session(device, &error);
    if (device->session == NULL && error.status != OTR_OK) {
        give_up(device, error.text);
        return false;
    }
    if (device->session == NULL) {
        session_failed(device, false);
        return false;
    }
    coap_session_set_app_data(device->session, device);
    return true;
}

static coap_pdu_t *make_request(peer *device)
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

static void send_pack(peer *device)
{
    if (!ensure_session(device))
        return;
    coap_pdu_t *request = make_request(device);
    device->state = SENT;
    device->due_us = now_us() + (device->sender->secure ? ANSWER_DTLS_S : ANSWER_S) * OTR_SECOND;
    device->keep_message = false;
    /* A failed send may have called the handler for negative acknowledgements already: then the state has
     * changed. */
    if ((request == NULL || coap_send(device->session, request) == COAP_INVALID_MID) && device->state == SENT)
        session_failed(device, false);
}

static void refused(peer *device, const coap_pdu_t *response)
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
    lose(device->sender, pack->first_line, pack->last_line, pack->rows, text);
    otr_feed_queue_pop(&device->sender->packer, &device->queue);
    device->state = IDLE;
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

static void acknowledged(peer *device)
{
    otr_feed_sender *sender = device->sender;
    const otr_feed_pack *pack = device->queue.first;
    sender->sent.packs++;
    sender->sent.rows += pack->rows;
    sender->sent.readings += pack->readings;
    sender->progress_us = now_us();
    otr_feed_queue_pop(&sender->packer, &device->queue);
    device->state = IDLE;
}

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *request,
                                   const coap_pdu_t *response, const coap_mid_t mid)
{
    (void)request;
    (void)mid;
    peer *device = coap_session_get_app_data(session);
    coap_pdu_code_t code = coap_pdu_get_code(response);
    coap_bin_const_t token = coap_pdu_get_token(response);
    if (device == NULL || device->state != SENT || token.length != sizeof device->token ||
        memcmp(token.s, &device->token, sizeof device->token) != 0)
        return COAP_RESPONSE_OK; /* a late answer to what was sent again */
    device->failures = 0;
    device->connected = true;
    if (COAP_RESPONSE_CLASS(code) == 2) {
        acknowledged(device);
    } else if (code == COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE) {
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
    peer *device = coap_session_get_app_data(session);
    if (device == NULL || device->state != SENT || (mid != device->mid && reason == COAP_NACK_RST))
        return;
    if (reason == COAP_NACK_ICMP_ISSUE && !device->sender->secure)
        return; /* nobody listens there now: libcoap goes on trying */
    if (reason == COAP_NACK_TOO_MANY_RETRIES)
        unanswered(device);
    else
        session_failed(device, reason == COAP_NACK_TLS_FAILED);
}

static int on_event(coap_session_t *session, const coap_event_t event)
{
    peer *device = session != NULL ? coap_session_get_app_data(session) : NULL;
    if (device == NULL)
        return 0;
    if (event == COAP_EVENT_DTLS_CONNECTED) {
        device->connected = true;
        device->failures = 0;
    }
    if ((event == COAP_EVENT_DTLS_ERROR || event == COAP_EVENT_DTLS_CLOSED) && device->state == SENT)
        session_failed(device, event == COAP_EVENT_DTLS_ERROR);
    else if (event == COAP_EVENT_DTLS_ERROR || event == COAP_EVENT_DTLS_CLOSED)
        device->renew_session = true;
    return 0;
}

otr_status otr_feed_sender_create(const otr_feed_send_config *config, const otr_feed_listener *listener,
                                  otr_feed_sender **out, otr_error *error)
{
    otr_feed_sender *sender = calloc(1, sizeof *sender);
    if (sender == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_status status = otr_feed_address(config->to, &sender->server, &sender->secure, error);
    if (status == OTR_OK && sender->secure && config->keys_folder.size == 0)
        status = otr_fail(error, OTR_INVALID, "coaps needs --keys FOLDER");
    if (status == OTR_OK && config->keys_folder.size >= sizeof sender->keys_folder)
        status = otr_fail(error, OTR_INVALID, "the folder of keys has too long a name");
    if (status != OTR_OK) {
        free(sender);
        return status;
    }
    if (config->keys_folder.size > 0)
        memcpy(sender->keys_folder, config->keys_folder.data, config->keys_folder.size);
    sender->listener = *listener;
    sender->packer = (otr_feed_packer){.format = config->format, .readings_max = config->pack_readings};
    sender->give_up_us = config->give_up_us;
    coap_startup();
    coap_set_log_level(LOG_EMERG);
    coap_dtls_set_log_level(LOG_EMERG);
    sender->context = coap_new_context(NULL);
    if (sender->context == NULL) {
        free(sender);
        coap_cleanup();
        return otr_fail(error, OTR_MEMORY, "out of memory");
    }
    coap_context_set_block_mode(sender->context, COAP_BLOCK_USE_LIBCOAP);
    coap_register_response_handler(sender->context, on_response);
    coap_register_nack_handler(sender->context, on_nack);
    coap_register_event_handler(sender->context, on_event);
    sender->progress_us = now_us();
    *out = sender;
    return OTR_OK;
}

void otr_feed_sender_free(otr_feed_sender *sender)
{
    if (sender == NULL)
        return;
    for (uint32_t i = 0; i < sender->names.count; i++) {
        peer *device = sender->devices[i];
        close_session(device);
        otr_feed_queue_done(&sender->packer, &device->queue);
        free(device);
    }
    coap_free_context(sender->context);
    coap_cleanup();
    free(sender->devices);
    otr_names_done(&sender->names);
    otr_buffer_done(&sender->packer.scratch);
    free(sender);
}

static peer *device_get(otr_feed_sender *sender, otr_str name)
{
    uint32_t number = otr_names_find(&sender->names, name);
    if (number != OTR_NAME_NONE)
        return sender->devices[number];
    if (sender->names.count == sender->capacity) {
        size_t capacity = sender->capacity == 0 ? 16 : sender->capacity * 2;
        peer **devices = realloc(sender->devices, capacity * sizeof(peer *));
        if (devices == NULL)
            return NULL;
        sender->devices = devices;
        sender->capacity = capacity;
    }
    peer *device = calloc(1, sizeof *device);
    if (device == NULL)
        return NULL;
    number = otr_names_put(&sender->names, name, NULL);
    if (number == OTR_NAME_NONE) {
        free(device);
        return NULL;
    }
    device->sender = sender;
    device->queue.device = otr_names_get(&sender->names, number);
    sender->devices[number] = device;
    sender->sent.devices++;
    return device;
}

otr_status otr_feed_sender_add(otr_feed_sender *sender, const otr_feed_row *row, otr_error *error)
{
    size_t first_line = 0;
    size_t last_line = 0;
    peer *device = device_get(sender, row->device);
    if (device == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    if (device->state == GIVEN_UP) {
        sender->sent.rows_lost++;
        return OTR_OK;
    }
    size_t rows = device->queue.rows;
    otr_status status =
        otr_feed_queue_add(&sender->packer, &device->queue, row, &first_line, &last_line, error);
    if (status != OTR_OK && status != OTR_MEMORY) {
        lose(sender, first_line, last_line, rows, error->text);
        return OTR_OK;
    }
    return status;
}

void otr_feed_sender_finish(otr_feed_sender *sender)
{
    for (uint32_t i = 0; i < sender->names.count; i++) {
        otr_error error = {0};
        size_t first_line = 0;
        size_t last_line = 0;
        peer *device = sender->devices[i];
        size_t rows = device->queue.rows;
        if (device->state == GIVEN_UP)
            continue;
        if (otr_feed_queue_flush(&sender->packer, &device->queue, &first_line, &last_line, &error) != OTR_OK)
            lose(sender, first_line, last_line, rows, error.text);
    }
}

static void give_up_all(otr_feed_sender *sender, otr_error *error)
{
    char span[OTR_TIME_TEXT_BYTES];
    (void)otr_span_format(sender->give_up_us, span);
    (void)otr_fail(error, OTR_IO, "no acknowledgement for %s", span);
    for (uint32_t i = 0; i < sender->names.count; i++)
        if (sender->devices[i]->queue.first != NULL || sender->devices[i]->queue.rows > 0)
            give_up(sender->devices[i], error->text);
}

otr_status otr_feed_sender_step(otr_feed_sender *sender, unsigned wait_ms, otr_error *error)
{
    int64_t now = now_us();
    int64_t next = now + (int64_t)wait_ms * 1000;
    bool waiting = false;
    for (uint32_t i = 0; i < sender->names.count; i++) {
        peer *device = sender->devices[i];
        if (device->state == SENT && now >= device->due_us)
            unanswered(device);
        if ((device->state == IDLE && device->queue.first != NULL) ||
            (device->state == WAITING && now >= device->due_us))
            send_pack(device);
        waiting = waiting || device->state == SENT || device->state == WAITING;
        if ((device->state == SENT || device->state == WAITING) && device->due_us < next)
            next = device->due_us;
    }
    if (!waiting) {
        sender->progress_us = now;
        return OTR_OK;
    }
    if (now - sender->progress_us > sender->give_up_us) {
        give_up_all(sender, error);
        return OTR_IO;
    }
    int64_t pause_ms = (next - now) / 1000;
    (void)coap_io_process(sender->context,
                          wait_ms > 0 && pause_ms > 0 ? (uint32_t)pause_ms : COAP_IO_NO_WAIT);
    return OTR_OK;
}

size_t otr_feed_sender_queued_bytes(const otr_feed_sender *sender)
{
    return sender->packer.queued_bytes;
}

bool otr_feed_sender_idle(const otr_feed_sender *sender)
{
    for (uint32_t i = 0; i < sender->names.count; i++)
        if (sender->devices[i]->state != GIVEN_UP &&
            (sender->devices[i]->state != IDLE || sender->devices[i]->queue.first != NULL))
            return false;
    return true;
}

const otr_feed_sent *otr_feed_sender_sent(const otr_feed_sender *sender)
{
    return &sender->sent;
}
