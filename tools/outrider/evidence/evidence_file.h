/*
 * Files of evidence: one proof as lines of JSON, one an entry, and a signed last line. Each line has one
 * spelling only, so that whatever byte is changed shows. Knows no file and no clock; OpenSSL does the hashes
 * and signatures. Any thread.
 *
 *   header,"hash":HEX}                                            the first line, number 0
 *   header,"salt":HEX,"content":{...},"hash":HEX[,"signature":HEX]}
 *   header,"erased":HEX,"hash":HEX[,"signature":HEX]}             HEX in place of salt and content: their
 * SHA-256
 *   {"entries":COUNT,"head":HEX,"file":HEX,"exported":TIME,"key":HEX,"signature":HEX}
 *
 * hash is the head of core/proof/proof.h. "file" is SHA-256 of all bytes before the last line; what is signed
 * there is OTR_EVIDENCE_FILE_SIGNED and the line up to `,"signature"`.
 */
#ifndef OTR_TOOLS_EVIDENCE_FILE_H
#define OTR_TOOLS_EVIDENCE_FILE_H

#include "base/buffer.h"
#include "platform/linux/store/store_proof.h"
#include "platform/linux/system/evidence_key.h"

#define OTR_EVIDENCE_FILE_SIGNED "outrider evidence file\n"

/* ---- writing ---- */

void otr_evidence_write_entry(otr_buffer *out, const otr_proof_entry_found *entry);
/* After all entries, of which head is the last one's. MEMORY. */
otr_status otr_evidence_write_end(otr_buffer *out, uint64_t entries, const otr_digest *head, otr_time now,
                                  otr_evidence_key *key);

/* ---- checking ---- */

typedef struct otr_evidence_report {
    bool whole;       /* nothing is wrong */
    size_t line;      /* of what is wrong, from 1 */
    char wrong[280];  /* in a sentence */
    uint64_t entries; /* that are right, the first line not counted */
    uint64_t erased;
    uint64_t signed_heads;
    bool ended;                        /* its last entry ends it */
    char chain[OTR_ID_TEXT_BYTES];     /* empty where the first line is not right */
    uint8_t key[OTR_PUBLIC_KEY_BYTES]; /* of the last line, when there is one */
    bool has_end;
    char exported[OTR_TIME_TEXT_BYTES];
} otr_evidence_report;

/* key: the gateway's, from elsewhere; NULL: the file's own is taken, which whoever forges it can put there.
 */
void otr_evidence_check(otr_bytes file, const uint8_t *key, otr_evidence_report *report);

#endif
