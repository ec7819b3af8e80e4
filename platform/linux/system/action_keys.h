/*
 * The keys under which tokens of actions are made: 32 random bytes in STATE/actions.key, made at the first
 * start, mode 0600, outside the journal. A key is changed by moving the file to actions.key.old and starting
 * again: tokens under the old one count until that file is removed.
 */
#ifndef OTR_PLATFORM_ACTION_KEYS_H
#define OTR_PLATFORM_ACTION_KEYS_H

#include "driver/port.h"

typedef struct otr_action_keys otr_action_keys;

/* folder exists. DENIED when others may read a key or it is no regular file of ours; CORRUPT when it has not
 * its 32 bytes; IO. */
otr_status otr_action_keys_open(otr_str folder, otr_action_keys **out, otr_error *error);
/* Wipes them. NULL is allowed. */
void otr_action_keys_close(otr_action_keys *keys);
otr_signature_port otr_action_keys_port(otr_action_keys *keys);

#endif
