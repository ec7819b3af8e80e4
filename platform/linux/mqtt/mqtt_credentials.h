/*
 * The files that a session's TLS is made of, as they were last good. Certificates are renewed on disk by
 * others, one file after another; what is there when the next attempt to connect begins is taken as a whole
 * or not at all.
 */
#ifndef OTR_PLATFORM_MQTT_CREDENTIALS_H
#define OTR_PLATFORM_MQTT_CREDENTIALS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/status.h"

enum {
    OTR_MQTT_CREDENTIALS = 3,               /* CA, certificate, key */
    OTR_MQTT_CREDENTIAL_BYTES_MAX = 262144, /* of a file: Debian's bundle of all authorities has 220 KB */
};

typedef struct otr_mqtt_credentials {
    const char *files[OTR_MQTT_CREDENTIALS]; /* as configured; NULL: none */
    struct stat seen[OTR_MQTT_CREDENTIALS];  /* what they were when they were last looked at */
    bool looked;
    bool good;
    int copies[OTR_MQTT_CREDENTIALS]; /* in memory, not on a disk */
    char paths[OTR_MQTT_CREDENTIALS][32];
} otr_mqtt_credentials;

typedef enum otr_mqtt_renewal {
    OTR_MQTT_UNCHANGED,
    OTR_MQTT_RENEWED,
    OTR_MQTT_KEPT, /* what is there now is no good, for the reason in *error: what was good before is used on
                    */
    OTR_MQTT_NONE, /* nothing was ever good; error->status as otr_mqtt_files_check has it */
} otr_mqtt_renewal;

/* NUL-terminated names that outlive it, or NULL. */
void otr_mqtt_credentials_init(otr_mqtt_credentials *credentials, const char *ca, const char *cert,
                               const char *key);
/* Looks at the files. UNCHANGED also when they are as they were when they were found no good. */
otr_mqtt_renewal otr_mqtt_credentials_renew(otr_mqtt_credentials *credentials, otr_error *error);
/* Names that open what was last good; NULL where no file is configured. Change with each renewal. */
const char *otr_mqtt_credentials_path(const otr_mqtt_credentials *credentials, int which);
void otr_mqtt_credentials_done(otr_mqtt_credentials *credentials);

#endif
