#include "platform/linux/mqtt/mqtt_reason.h"

#include <netdb.h>
#include <stdio.h>

#include "platform/linux/mqtt/mqtt_trace.h"

/* MQTT 5.0 section 2.4; only those that a server sends. */
static const struct code {
    int code;
    const char *word;
    const char *text;
} codes[] = {
    {0x01, "version", "the broker refuses MQTT 5"}, /* CONNACK of MQTT 3.1.1 */
    {0x02, "client_id", "the broker refuses this client id"},
    {0x03, "unavailable", "the broker is not available"},
    {0x04, "not_authorized", "wrong user name or password"},
    {0x05, "not_authorized", "the broker does not let this client in"},
    {0x80, "refused_by_broker", "unspecified error"},
    {0x81, "protocol", "malformed packet"},
    {0x82, "protocol", "protocol error"},
    {0x83, "refused_by_broker", "not accepted by this broker"},
    {0x84, "version", "the broker refuses MQTT 5"},
    {0x85, "client_id", "the broker refuses this client id"},
    {0x86, "not_authorized", "wrong user name or password"},
    {0x87, "not_authorized", "not authorized"},
    {0x88, "unavailable", "the broker is not available"},
    {0x89, "busy", "the broker is busy"},
    {0x8a, "banned", "this client is banned"},
    {0x8b, "shutdown", "the broker is shutting down"},
    {0x8c, "not_authorized", "bad authentication method"},
    {0x8d, "keepalive", "the broker heard nothing within the keep-alive time"},
    {0x8e, "taken_over", "another client connected with the same client id"},
    {0x90, "topic", "topic name not accepted"},
    {0x93, "receive_maximum", "more unacknowledged messages than the broker allows"},
    {0x95, "too_large", "packet larger than the broker allows"},
    {0x96, "rate", "message rate too high"},
    {0x97, "quota", "quota exceeded"},
    {0x98, "administrative", "administrative action"},
    {0x99, "payload", "payload format invalid"},
    {0x9a, "retain", "retained messages not supported"},
    {0x9b, "qos", "QoS not supported"},
    {0x9c, "moved", "the broker asks to use another server"},
    {0x9d, "moved", "the broker has moved"},
    {0x9f, "rate", "connection rate exceeded"},
    {0xa0, "administrative", "maximum connect time"},
};

static const struct code *find_code(int code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].code == code)
            return &codes[i];
    return NULL;
}

const char *otr_mqtt_code_text(int code)
{
    const struct code *found = find_code(code);
    return found != NULL ? found->text : "unknown reason";
}

/* With TLS 1.3 a client learns that its certificate was refused only after the handshake, if at all. */
#define CLOSED_TEXT                                                                                          \
    "the broker closed the connection before it answered: it may ask for a client certificate, refuse "      \
    "ours, or "                                                                                              \
    "not speak MQTT 5"

/* What Paho 1.3 and OpenSSL 3 write when a connection fails, and what it means to whoever runs the gateway.
 */
static const struct symptom {
    const char *sign;
    const char *word;
    const char *text;
} symptoms[] = {
    {"getaddrinfo failed", "dns", "the name of the broker does not resolve"},
    {"X509_check_host", "hostname", "the broker's certificate is for another name"},
    {"alert write:fatal:certificate expired", "certificate",
     "the broker's certificate has expired, or this machine's clock is wrong"},
    {"certificate verify failed", "certificate", "the broker's certificate is not trusted by the CA file"},
    {"alert read:fatal:unknown CA", "client_certificate", "the broker does not trust our certificate's CA"},
    {"alert read:fatal:certificate expired", "client_certificate", "our certificate has expired"},
    {"alert read:fatal:certificate revoked", "client_certificate", "our certificate was revoked"},
    {"alert read:fatal:bad certificate", "client_certificate", "the broker refuses our certificate"},
    {"certificate required", "client_certificate", "the broker asks for a client certificate"},
    {"alert read:fatal:handshake failure", "tls",
     "the broker refuses the handshake: it speaks no TLS 1.2 or newer with a modern cipher, or asks for a "
     "client "
     "certificate"},
    {"protocol version", "tls", "the broker speaks no TLS 1.2 or newer"},
    {"unsupported protocol", "tls", "the broker speaks no TLS 1.2 or newer"},
    {"wrong version number", "tls", "what answers there does not speak TLS"},
    {"unexpected eof", "closed", "the connection was closed during the TLS handshake"},
    {"PEM_read", "file", "a certificate or key file can't be read"},
    {"use_certificate_chain_file", "file", "the client certificate can't be read"},
    {"use_PrivateKey_file", "file", "the key can't be read"},
    {"load_verify_locations", "file", "the CA file can't be read"},
    {"Connection refused", "refused", "nothing listens at the broker's port"},
    {"unreachable", "unreachable", "the broker's network can't be reached"},
    {"Connection timed out", "timeout", "the broker does not answer"},
    {OTR_TRACE_RESET, "closed", CLOSED_TEXT},
};

static void tell(otr_mqtt_reason *out, const char *word, const char *text, const char *hint)
{
    out->word = word;
    snprintf(out->text, sizeof out->text, "%s%s%.150s%s", text, hint[0] != '\0' ? " (" : "", hint,
             hint[0] != '\0' ? ")" : "");
}

static void tell_code(otr_mqtt_reason *out, int code)
{
    const struct code *found = find_code(code);
    out->word = found != NULL ? found->word : "refused_by_broker";
    snprintf(out->text, sizeof out->text, "%s (reason code 0x%02x)", otr_mqtt_code_text(code),
             (unsigned)code);
}

static void tell_connect(const otr_mqtt_failure *failure, otr_mqtt_reason *out)
{
    if (failure->code > 0) {
        tell_code(out, failure->code);
        return;
    }
    if (strstr(failure->message, "timeout") != NULL) {
        tell(out, "timeout", "no answer from the broker in time", "");
        return;
    }
    for (size_t i = 0; i < sizeof symptoms / sizeof symptoms[0]; i++)
        if (strstr(failure->hint, symptoms[i].sign) != NULL) {
            tell(out, symptoms[i].word, symptoms[i].text, failure->hint);
            return;
        }
    if (strstr(failure->message, "completion") != NULL)
        tell(out, "closed", CLOSED_TEXT, "");
    else if (failure->hint[0] != '\0')
        tell(out, "tls", "the connection failed", failure->hint);
    else
        tell(out, "refused", "the connection was refused or the broker can't be reached", "");
}

void otr_mqtt_reason_of(const otr_mqtt_failure *failure, const char *host, otr_mqtt_reason *out)
{
    switch (failure->stage) {
    case OTR_MQTT_STAGE_RESOLVE:
        out->word = "dns";
        snprintf(out->text, sizeof out->text, "the name %.120s does not resolve: %s", host,
                 gai_strerror(failure->code));
        break;
    case OTR_MQTT_STAGE_CONNECT:
        tell_connect(failure, out);
        break;
    case OTR_MQTT_STAGE_TIMEOUT:
        tell(out, "timeout", "no answer from the broker in time", "");
        break;
    case OTR_MQTT_STAGE_LOST:
        tell(out, "lost", "the connection broke", failure->hint);
        break;
    case OTR_MQTT_STAGE_DISCONNECT:
        tell_code(out, failure->code);
        break;
    case OTR_MQTT_STAGE_SILENT:
        tell(out, "silent", "the broker acknowledges nothing any more", "");
        break;
    }
}
