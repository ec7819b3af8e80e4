/* One line of a file of evidence, taken apart by its only spelling. Views into the line. */
#ifndef OTR_TOOLS_EVIDENCE_LINE_H
#define OTR_TOOLS_EVIDENCE_LINE_H

#include "base/hash.h"
#include "driver/port.h"
#include "platform/linux/system/evidence_key.h"

typedef struct otr_evidence_line {
    uint64_t number;
    otr_str kind;
    otr_str header;
    bool erased;
    otr_id salt;
    otr_str content;
    otr_digest sealed; /* where it is erased */
    otr_digest hash;
    bool has_signature;
    uint8_t signature[OTR_SIGNATURE_BYTES];
} otr_evidence_line;

typedef struct otr_evidence_end {
    uint64_t entries;
    otr_digest head;
    otr_digest file;
    otr_str exported;
    uint8_t key[OTR_PUBLIC_KEY_BYTES];
    otr_str covered; /* by the signature */
    uint8_t signature[OTR_SIGNATURE_BYTES];
} otr_evidence_end;

/* Without the line's end. False: it is no such line. chain is set to its name in the first line. */
bool otr_evidence_first_line(otr_str line, otr_evidence_line *out, otr_str *chain);
bool otr_evidence_entry_line(otr_str line, otr_evidence_line *out);
bool otr_evidence_end_line(otr_str line, otr_evidence_end *out);

#endif
