/* Files of evidence as a gateway exports them, of a shipment in a small world. */
#ifndef OTR_TESTS_EVIDENCE_FIXTURE_H
#define OTR_TESTS_EVIDENCE_FIXTURE_H

#include "base/buffer.h"
#include "tools/outrider/evidence/evidence_file.h"
#include "world.h"

typedef struct evidence_made {
    world *w;
    char folder[64]; /* of the key */
    otr_evidence_key *key;
    uint8_t open[OTR_PUBLIC_KEY_BYTES];
    otr_buffer file;
} evidence_made;

/* A key of its own, and a shipment that lived through so many hours; delivered: it has ended. */
void evidence_make(evidence_made *made, int hours, bool delivered);
/* Writes the file anew; erased: as it is when its customer was forgotten. */
void evidence_export(evidence_made *made, bool erased);
void evidence_done(evidence_made *made);

/* Line n from 1, with its end. */
otr_str evidence_line_get(const otr_buffer *file, size_t n);
size_t evidence_lines(const otr_buffer *file);
/* The number of the line that the byte is in. */
size_t evidence_line_of(const otr_buffer *file, size_t at);

#endif
