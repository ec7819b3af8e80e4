#include "platform/linux/mqtt/mqtt_options.h"

#include "base/log.h"

enum {
    KEEPALIVE_DEFAULT_S = 30,
    CONNECT_TIMEOUT_MIN_S = 3,
    CONNECT_TIMEOUT_MAX_S = 20, /* a TLS handshake with client certificates over a bad radio link */
};

void otr_mqtt_secrets_init(otr_mqtt_secrets *secrets)
{
    *secrets = (otr_mqtt_secrets){.password = ""};
    otr_mqtt_credentials_init(&secrets->credentials, NULL, NULL, NULL);
}

static const char *copy(otr_arena *memory, otr_str text, bool *failed)
{
    if (text.size == 0)
        return NULL;
    const char *data = otr_arena_copy(memory, text).data;
    *failed |= data == NULL;
    return data;
}

static otr_status read_psk(const char *file, otr_mqtt_secrets *secrets, otr_mqtt_options *options,
                           otr_error *error)
{
    if (file == NULL || options->psk_identity == NULL)
        return otr_fail(error, OTR_INVALID,
                        "a shared key and its identity belong together: the %s is missing",
                        file == NULL ? "key" : "identity");
    if (!options->address.tls)
        return otr_fail(error, OTR_INVALID, "a shared key needs mqtts://");
    size_t size = 0;
    otr_status status = otr_mqtt_psk_read(file, secrets->psk, &size, error);
    options->psk = (otr_bytes){secrets->psk, size};
    return status;
}

static otr_status read_secrets(const otr_mqtt_config *config, otr_arena *memory, otr_mqtt_secrets *secrets,
                               otr_mqtt_options *options, otr_error *error)
{
    bool failed = false;
    const char *ca = copy(memory, config->ca_file, &failed);
    const char *cert = copy(memory, config->cert_file, &failed);
    const char *key = copy(memory, config->key_file, &failed);
    const char *psk_file = copy(memory, config->psk_file, &failed);
    const char *password_file = copy(memory, config->password_file, &failed);
    options->psk_identity = copy(memory, config->psk_identity, &failed);
    if (failed)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_status status = OTR_OK;
    if (password_file != NULL) {
        status = otr_mqtt_password_read(password_file, secrets->password, error);
        options->password = secrets->password;
    }
    otr_mqtt_credentials_init(&secrets->credentials, ca, cert, key);
    if (status == OTR_OK && (psk_file != NULL || options->psk_identity != NULL))
        return read_psk(psk_file, secrets, options, error);
    if (status == OTR_OK && options->address.tls &&
        otr_mqtt_credentials_renew(&secrets->credentials, error) != OTR_MQTT_RENEWED)
        return error->status;
    return status;
}

otr_status otr_mqtt_options_of(const otr_mqtt_config *config, otr_arena *memory, otr_mqtt_secrets *secrets,
                               otr_mqtt_options *options, otr_error *error)
{
    otr_status status = otr_mqtt_address_parse(config->url, &options->address, error);
    if (status != OTR_OK)
        return status;
    if (config->client_id.size == 0) /* the broker would invent one, and with it lose the session */
        return otr_fail(error, OTR_INVALID, "the broker session needs a client id");
    bool failed = false;
    options->client_id = copy(memory, config->client_id, &failed);
    options->alpn = copy(memory, config->alpn, &failed);
    options->username = copy(memory, config->username, &failed);
    options->version = config->speaks == OTR_MQTT_SPEAKS_3_1_1 ? OTR_MQTT_3_1_1 : OTR_MQTT_5;
    options->session_expiry_s = config->session_expiry_s;
    options->keepalive_s = config->keepalive_s > 0 ? config->keepalive_s : KEEPALIVE_DEFAULT_S;
    options->timeout_s = options->keepalive_s < CONNECT_TIMEOUT_MIN_S   ? CONNECT_TIMEOUT_MIN_S
                         : options->keepalive_s > CONNECT_TIMEOUT_MAX_S ? CONNECT_TIMEOUT_MAX_S
                                                                        : options->keepalive_s;
    if (failed)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    return read_secrets(config, memory, secrets, options, error);
}

bool otr_mqtt_secrets_renew(otr_mqtt_secrets *secrets, otr_mqtt_options *options, otr_error *error)
{
    if (!options->address.tls || options->psk_identity != NULL)
        return true;
    otr_mqtt_renewal renewal = otr_mqtt_credentials_renew(&secrets->credentials, error);
    if (renewal == OTR_MQTT_RENEWED)
        otr_log(OTR_LOG_NOTICE, "mqtt_credentials", "result=renewed");
    if (renewal == OTR_MQTT_KEPT)
        otr_log(OTR_LOG_WARNING, "mqtt_credentials", "result=kept reason=\"%s\"", error->text);
    options->ca_file = otr_mqtt_credentials_path(&secrets->credentials, 0);
    options->cert_file = otr_mqtt_credentials_path(&secrets->credentials, 1);
    options->key_file = otr_mqtt_credentials_path(&secrets->credentials, 2);
    return renewal != OTR_MQTT_NONE;
}

void otr_mqtt_secrets_done(otr_mqtt_secrets *secrets)
{
    explicit_bzero(secrets->password, sizeof secrets->password);
    explicit_bzero(secrets->psk, sizeof secrets->psk);
    otr_mqtt_credentials_done(&secrets->credentials);
}
