/* From the configuration of a session that is kept up to what one attempt to connect needs, and the secrets
 * behind it. */
#ifndef OTR_PLATFORM_MQTT_OPTIONS_H
#define OTR_PLATFORM_MQTT_OPTIONS_H

#include "platform/linux/mqtt/mqtt.h"
#include "platform/linux/mqtt/mqtt_credentials.h"
#include "platform/linux/mqtt/mqtt_files.h"
#include "platform/linux/mqtt/mqtt_session.h"

typedef struct otr_mqtt_secrets {
    char password[OTR_MQTT_PASSWORD_BYTES];
    uint8_t psk[OTR_MQTT_PSK_BYTES];
    otr_mqtt_credentials credentials;
} otr_mqtt_secrets;

void otr_mqtt_secrets_init(otr_mqtt_secrets *secrets);
/* Sets the options that the configuration decides; they point into memory and *secrets. INVALID, NOT_FOUND,
 * DENIED, IO or LIMIT with the file or the value that is no good. */
otr_status otr_mqtt_options_of(const otr_mqtt_config *config, otr_arena *memory, otr_mqtt_secrets *secrets,
                               otr_mqtt_options *options, otr_error *error);
/* Before each attempt: takes what was renewed on disk. False when there is nothing to connect with. */
bool otr_mqtt_secrets_renew(otr_mqtt_secrets *secrets, otr_mqtt_options *options, otr_error *error);
void otr_mqtt_secrets_done(otr_mqtt_secrets *secrets);

#endif
