/* Proofs as they stand in the store, for who exports them. */
#ifndef OTR_PLATFORM_STORE_PROOF_H
#define OTR_PLATFORM_STORE_PROOF_H

#include "core/rows.h"

/* What is signed of a head is this text and its 32 bytes, without a NUL between. */
#define OTR_PROOF_HEAD_SIGNED "outrider evidence head\n"

typedef struct otr_proof_found {
    otr_id proof;
    otr_str asset; /* empty: forgotten */
    otr_str customer;
    bool ended;
    uint64_t entries;
} otr_proof_found;

typedef struct otr_proof_entry_found {
    otr_id proof;
    uint64_t number;
    otr_str header;
    otr_bytes salt; /* 16 bytes; none where the content was erased, and of number 0 */
    otr_str content;
    otr_digest sealed;
    otr_digest head;
    otr_bytes signature; /* 64 bytes, or none */
} otr_proof_entry_found;

#endif
