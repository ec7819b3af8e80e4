/*
 * Device keys: one file per device in a folder, FOLDER/DEVICE.psk, mode 0600, holding 32 hex digits (128
 * bits) and a newline. A key file that others can read is refused.
 */
#ifndef OTR_PLATFORM_KEYS_H
#define OTR_PLATFORM_KEYS_H

#include "base/status.h"
#include "base/str.h"

enum { OTR_KEY_BYTES = 16, OTR_KEY_BYTES_MAX = 32 };

typedef struct otr_key {
    uint8_t bytes[OTR_KEY_BYTES_MAX];
    size_t size;
} otr_key;

/* NOT_FOUND when the device has none; DENIED when the file's mode lets others read it; INVALID when it is
 * malformed. */
otr_status otr_key_load(otr_str folder, otr_str device, otr_key *out, otr_error *error);
/* Makes a new random key and writes it durably (new file, fsync, rename, fsync of the folder). With replace
 * false an existing key is INVALID. */
otr_status otr_key_create(otr_str folder, otr_str device, bool replace, otr_key *out, otr_error *error);
void otr_key_wipe(otr_key *key);

#endif
