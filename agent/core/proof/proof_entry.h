/* One entry more. Only the proof's files include it. */
#ifndef OTR_CORE_PROOF_ENTRY_H
#define OTR_CORE_PROOF_ENTRY_H

#include "core/proof/proof.h"
#include "core/state.h"

typedef struct otr_proof_entry {
    const char *kind;
    otr_time event; /* event time */
    bool sign;
    bool ends;
} otr_proof_entry;

/* Number 0 of a new one, whose id and key are set. */
void otr_proof_open(otr_core *core, otr_asset_state *asset);
/* The chain is as long as one may be: it ends, and the proof goes on in another one. */
void otr_proof_go_on(otr_core *core, otr_asset_state *asset);
/* Appends, with what was gathered before it; to another chain where OTR_LIMIT_PROOF_ENTRIES are reached.
 * content is a JSON object. */
void otr_proof_enter(otr_core *core, otr_asset_state *asset, const otr_proof_entry *entry,
                     const otr_buffer *content);
/* What was gathered becomes an entry, if anything was. */
void otr_proof_close_gathered(otr_core *core, otr_asset_state *asset);
/* `,"stability":{...}`, where the asset has limits for it. */
void otr_proof_add_stability(const otr_asset_state *asset, otr_buffer *out);

/* ---- JSON ---- */

/* `,"key":` in front of the value; after `{` no comma. */
void otr_proof_put_text(otr_buffer *out, const char *key, otr_str text);
void otr_proof_put_time(otr_buffer *out, const char *key, otr_time at); /* RFC 3339; null where it is none */
void otr_proof_put_count(otr_buffer *out, const char *key, uint64_t count);
void otr_proof_put_number(otr_buffer *out, const char *key, double number); /* null where it is no number */
void otr_proof_put_hex(otr_buffer *out, const char *key, const uint8_t *bytes, size_t size);
void otr_proof_put_begin(otr_buffer *out, const char *key, char bracket);
/* A text in a list. */
void otr_proof_put_item(otr_buffer *out, otr_str text);

#endif
