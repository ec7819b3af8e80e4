/* The resources: POST /r takes readings, GET /time tells the time; /c is in coap_commands.c. */
#include "base/hash.h"
#include "base/log.h"
#include "platform/linux/coap/coap_internal.h"

#include <stdio.h>

/* Content-Formats that POST /r takes; the owner decodes them. */
static const unsigned formats[] = {110, 112, 65001};

enum {
    FULL_MAX_AGE_S = 5,      /* long enough for a commit to make room, short enough for a device to wait */
    TOO_FAST_MAX_AGE_S = 1,  /* RFC 8516: by then it may send again, however few it may send a minute */
    UNSYNCED_MAX_AGE_S = 10, /* time for a GPS fix or an NTP answer */
};

static coap_pdu_code_t code_of(otr_status status)
{
    switch (status) {
    case OTR_INVALID:
        return COAP_RESPONSE_CODE_BAD_REQUEST;
    case OTR_LIMIT:
        return COAP_RESPONSE_CODE_REQUEST_TOO_LARGE;
    case OTR_DENIED:
        return COAP_RESPONSE_CODE_FORBIDDEN;
    case OTR_NOT_FOUND:
        return COAP_RESPONSE_CODE_INCOMPLETE;
    case OTR_FULL:
        return COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE;
    case OTR_TOO_FAST:
        return COAP_RESPONSE_CODE_TOO_MANY_REQUESTS;
    default:
        return COAP_RESPONSE_CODE_INTERNAL_ERROR;
    }
}

void otr_coap_add_option(coap_pdu_t *response, coap_option_num_t option, unsigned value)
{
    uint8_t buffer[4];
    (void)coap_add_option(response, option, coap_encode_var_safe(buffer, sizeof buffer, value), buffer);
}

bool otr_coap_option(const coap_pdu_t *request, coap_option_num_t option, unsigned *value)
{
    coap_opt_iterator_t iterator;
    const coap_opt_t *found = coap_check_option(request, option, &iterator);
    if (found == NULL)
        return false;
    *value = coap_decode_var_bytes(coap_opt_value(found), coap_opt_length(found));
    return true;
}

/* Error code and its reason for a person (RFC 7252 section 5.5.2). Options go in by ascending number. */
void otr_coap_refuse(coap_pdu_t *response, coap_pdu_code_t code, const char *reason)
{
    coap_pdu_set_code(response, code);
    if (code == COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE)
        otr_coap_add_option(response, COAP_OPTION_MAXAGE, FULL_MAX_AGE_S);
    if (code == COAP_RESPONSE_CODE_TOO_MANY_REQUESTS)
        otr_coap_add_option(response, COAP_OPTION_MAXAGE, TOO_FAST_MAX_AGE_S);
    if (code == COAP_RESPONSE_CODE_REQUEST_TOO_LARGE)
        otr_coap_add_option(response, COAP_OPTION_SIZE1, OTR_LIMIT_UPLOAD_BYTES);
    (void)coap_add_data(response, strlen(reason), (const uint8_t *)reason);
    otr_log(OTR_LOG_INFO, "coap-refused", "code=%d.%02d reason=\"%s\"", code >> 5, code & 31, reason);
}

/* A NON without code is never sent: either nobody shall hear from us, or the answer comes later. */
void otr_coap_stay_silent(coap_pdu_t *response)
{
    coap_pdu_set_type(response, COAP_MESSAGE_NON);
    coap_pdu_set_code(response, COAP_EMPTY_CODE);
}

otr_coap *otr_coap_enter(coap_session_t *session)
{
    otr_coap_transport *transport = coap_get_app_data(coap_session_get_context(session));
    transport->handled++;
    transport->coap->counters.requests++;
    otr_coap_peer_heard(session);
    return transport->coap;
}

/* Equal for a repetition of the same message, before and after a restart of the gateway; never 0. */
static uint64_t message_key(const coap_session_t *session, const coap_pdu_t *request, otr_bytes payload)
{
    coap_bin_const_t token = coap_pdu_get_token(request);
    struct {
        uint64_t peer;
        uint64_t payload;
        uint8_t token[8];
        uint32_t token_size;
        uint32_t message_id;
    } parts = {
        .peer = otr_coap_peer_hash(session),
        .payload = otr_hash64(0, 3, payload.data, payload.size),
        .token_size = (uint32_t)token.length,
        .message_id = (uint32_t)coap_pdu_get_mid(request),
    };
    memcpy(parts.token, token.s, token.length <= sizeof parts.token ? token.length : sizeof parts.token);
    uint64_t key = otr_hash64(0, 4, &parts, sizeof parts);
    return key != 0 ? key : 1;
}

/* Hands a whole upload to the owner. Its answer follows after the commit, with the piggybacked ACK. */
static void deliver(otr_coap *coap, coap_session_t *session, const coap_pdu_t *request, unsigned format,
                    otr_bytes payload, uint32_t block, coap_pdu_t *response)
{
    otr_error error = {.text = "too many uploads wait"};
    uint64_t handle = otr_pending_add(&coap->pending, session, request, block, coap->now_us);
    if (handle == 0) {
        otr_coap_refuse(response, COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE, error.text);
        return;
    }
    otr_upload upload = {
        .identity = otr_coap_peer_identity(session),
        .format = format,
        .payload = payload,
        .key = message_key(session, request, payload),
        .handle = handle,
    };
    otr_status status = coap->owner.upload(coap->owner.context, &upload, &error);
    if (status == OTR_OK) {
        otr_coap_stay_silent(response);
        return;
    }
    otr_pending_forget(&coap->pending, handle);
    otr_coap_refuse(response, code_of(status), error.text);
}

/* One block of an upload; libcoap's own reassembly is off, it takes broken uploads for whole ones. */
static void take_block(otr_coap *coap, coap_session_t *session, const coap_pdu_t *request, unsigned format,
                       otr_bytes bytes, uint32_t option, coap_pdu_t *response)
{
    coap_opt_iterator_t iterator;
    otr_error error = {0};
    otr_bytes whole = {NULL, 0};
    unsigned claimed = 0;
    const coap_opt_t *tag = coap_check_option(request, COAP_OPTION_RTAG, &iterator);
    otr_upload_block block = {
        .peer = otr_coap_peer_hash(session),
        .tag = tag != NULL ? otr_hash64(0, 5, coap_opt_value(tag), coap_opt_length(tag)) : 0,
        .format = format,
        .number = option >> 4,
        .size_exponent = option & 7U,
        .more = (option & 8U) != 0,
        .bytes = bytes,
    };
    otr_status status = OTR_OK;
    /* A claim is never believed, but one that is too large by itself saves the device the rest of its blocks.
     */
    if (otr_coap_option(request, COAP_OPTION_SIZE1, &claimed) && claimed > OTR_LIMIT_UPLOAD_BYTES)
        status = otr_fail(&error, OTR_LIMIT, "an upload may have %d bytes", OTR_LIMIT_UPLOAD_BYTES);
    if (status == OTR_OK)
        status = otr_uploads_add(&coap->uploads, &block, coap->now_us, &whole, &error);
    if (status != OTR_OK) {
        coap->counters.blockwise_refused++;
        otr_coap_refuse(response, code_of(status), error.text);
    } else if (whole.data == NULL) {
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_CONTINUE);
        otr_coap_add_option(response, COAP_OPTION_BLOCK1, option);
    } else {
        coap->counters.blockwise_uploads++;
        deliver(coap, session, request, format, whole, option, response);
    }
}

static bool format_known(const coap_pdu_t *request, unsigned *format)
{
    if (!otr_coap_option(request, COAP_OPTION_CONTENT_FORMAT, format))
        return false;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (formats[i] == *format)
            return true;
    return false;
}

static void on_readings(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request,
                        const coap_string_t *query, coap_pdu_t *response)
{
    (void)resource;
    (void)query;
    otr_coap *coap = otr_coap_enter(session);
    otr_bytes bytes = {NULL, 0};
    unsigned format = 0;
    unsigned block = 0;
    if (!otr_coap_peer_allowed(coap, session)) {
        otr_coap_stay_silent(response);
        return;
    }
    if (coap_get_data(request, &bytes.size, &bytes.data) == 0 || bytes.size == 0) {
        otr_coap_refuse(response, COAP_RESPONSE_CODE_BAD_REQUEST, "the request has no payload");
        return;
    }
    if (!format_known(request, &format)) {
        otr_coap_refuse(
            response, COAP_RESPONSE_CODE_UNSUPPORTED_CONTENT_FORMAT,
            "Content-Format 110 (SenML JSON), 112 (SenML CBOR) or 65001 (device protobuf) is needed");
        return;
    }
    if (otr_coap_option(request, COAP_OPTION_BLOCK1, &block))
        take_block(coap, session, request, format, bytes, block, response);
    else
        deliver(coap, session, request, format, bytes, OTR_COAP_NO_BLOCK, response);
}

/* Decimal seconds since 1970 in UTC, to the millisecond: what a device needs to set its clock. */
static void on_time(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request,
                    const coap_string_t *query, coap_pdu_t *response)
{
    (void)resource;
    (void)request;
    (void)query;
    char text[40];
    otr_time utc = 0;
    otr_coap *coap = otr_coap_enter(session);
    if (!otr_coap_peer_allowed(coap, session)) {
        otr_coap_stay_silent(response);
        return;
    }
    if (coap->owner.utc(coap->owner.context, &utc) != OTR_CLOCK_SYNCED) {
        static const char reason[] = "the clock is not set yet";
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE);
        otr_coap_add_option(response, COAP_OPTION_MAXAGE, UNSYNCED_MAX_AGE_S);
        (void)coap_add_data(response, sizeof reason - 1, (const uint8_t *)reason);
        return;
    }
    int size = snprintf(text, sizeof text, "%lld.%03d", (long long)(utc / OTR_SECOND),
                        (int)(utc % OTR_SECOND / OTR_MS));
    coap_pdu_set_code(response, COAP_RESPONSE_CODE_CONTENT);
    otr_coap_add_option(response, COAP_OPTION_CONTENT_FORMAT, COAP_MEDIATYPE_TEXT_PLAIN);
    otr_coap_add_option(response, COAP_OPTION_MAXAGE, 0);
    (void)coap_add_data(response, (size_t)size, (const uint8_t *)text);
}

/* libcoap lists what is described here under /.well-known/core (RFC 6690). */
coap_resource_t *otr_coap_describe(coap_context_t *context, const char *path, const char *type,
                                   const char *formats_text)
{
    coap_resource_t *resource = coap_resource_init(coap_make_str_const(path), 0);
    if (resource == NULL)
        return NULL;
    (void)coap_add_attr(resource, coap_make_str_const("rt"), coap_make_str_const(type), 0);
    (void)coap_add_attr(resource, coap_make_str_const("ct"), coap_make_str_const(formats_text), 0);
    coap_add_resource(context, resource);
    return resource;
}

otr_status otr_coap_resources(otr_coap_transport *transport, otr_error *error)
{
    coap_resource_t *readings =
        otr_coap_describe(transport->context, "r", "\"outrider.readings\"", "\"110 112 65001\"");
    coap_resource_t *clock = otr_coap_describe(transport->context, "time", "\"outrider.time\"", "0");
    if (readings == NULL || clock == NULL)
        return otr_fail(error, OTR_MEMORY, "no memory for the CoAP resources");
    coap_register_request_handler(readings, COAP_REQUEST_POST, on_readings);
    coap_register_request_handler(clock, COAP_REQUEST_GET, on_time);
    return otr_coap_command_resource(transport, error);
}
