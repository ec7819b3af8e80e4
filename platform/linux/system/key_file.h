/* A file of 32 secret bytes in the state folder, mode 0600. */
#ifndef OTR_PLATFORM_KEY_FILE_H
#define OTR_PLATFORM_KEY_FILE_H

#include "base/status.h"
#include "base/str.h"

enum { OTR_KEY_FILE_BYTES = 32 };

/* *out is a descriptor, to be closed. */
otr_status otr_key_folder_open(otr_str folder, int *out, otr_error *error);
/* NOT_FOUND when there is no such file; DENIED when others may read it or it is no regular file of ours;
 * CORRUPT when it has not its 32 bytes; IO. */
otr_status otr_key_file_read(int folder, const char *name, uint8_t key[OTR_KEY_FILE_BYTES], otr_error *error);
/* A new one, random; whole or not at all, also when the power fails. name has at most 48 bytes. */
otr_status otr_key_file_make(int folder, const char *name, uint8_t key[OTR_KEY_FILE_BYTES], otr_error *error);

#endif
