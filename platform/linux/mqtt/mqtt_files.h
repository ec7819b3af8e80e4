/* Certificates, keys and passwords, checked before a session starts, so that the reason names the file. */
#ifndef OTR_PLATFORM_MQTT_FILES_H
#define OTR_PLATFORM_MQTT_FILES_H

#include "base/status.h"
#include "base/str.h"

/*
 * All NUL-terminated; cert and key may both be NULL. NOT_FOUND or IO: a file can't be read; INVALID: not PEM,
 * no certificate in it, an encrypted key, a key that does not belong to the certificate; DENIED: the key can
 * be read by group or others. A certificate that has expired is no error here: the gateway's clock may not be
 * set yet.
 */
otr_status otr_mqtt_files_check(const char *ca, const char *cert, const char *key, otr_error *error);

/* Whether a secret file can be read by its owner and by nobody else. NOT_FOUND, IO, DENIED. */
otr_status otr_mqtt_private_check(const char *role, const char *path, otr_error *error);

enum { OTR_MQTT_PASSWORD_BYTES = 256 };
/* The first line of the file, which only its owner may read. LIMIT when it is longer than the buffer. */
otr_status otr_mqtt_password_read(const char *file, char out[OTR_MQTT_PASSWORD_BYTES], otr_error *error);

enum { OTR_MQTT_PSK_BYTES = 64, OTR_MQTT_PSK_BYTES_MIN = 16 };
/* The first line of the file, which only its owner may read: hex digits of a key of 16 to 64 bytes. INVALID
 * when it is no such line. */
otr_status otr_mqtt_psk_read(const char *file, uint8_t out[OTR_MQTT_PSK_BYTES], size_t *size,
                             otr_error *error);

#endif
