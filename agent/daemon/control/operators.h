/*
 * The keys of those who may give orders over MQTT: a folder with one small YAML file a key,
 *   name: kim
 *   role: operator        # viewer, operator, engineer, desk, relay
 *   key: BASE64           # 32 bytes, the public half of an Ed25519 key
 *   revoked: true          # may be left out
 * A person may have several at once, which is how a key is renewed. A key that is no longer to be used is
 * revoked rather than removed: whoever uses it is then told so.
 */
#ifndef OTR_DAEMON_OPERATORS_H
#define OTR_DAEMON_OPERATORS_H

#include "base/arena.h"
#include "driver/permit.h"

/* Zero-initialise; otr_operators_done frees it, also after a failure. */
typedef struct otr_operators {
    otr_arena memory;
    otr_operator *list; /* in the order of the files' names */
    size_t count;
    otr_str refused; /* after a failure: the file at fault, NUL-terminated */
} otr_operators;

/* Nothing for an empty folder name. DENIED when somebody else may write the folder or a file; IO, INVALID
 * with place and reason, LIMIT, MEMORY. */
otr_status otr_operators_load(otr_str folder, otr_operators *out, otr_error *error);
/* One file's text; for the tests and for who writes such files. Views into text and the arena. */
otr_status otr_operator_read(otr_arena *arena, otr_str text, otr_operator *out, otr_error *error);
void otr_operators_done(otr_operators *operators);
/* The id of a public key. */
otr_status otr_operator_key_id(const uint8_t open[OTR_OPERATOR_KEY_BYTES], otr_id *out, otr_error *error);

#endif
