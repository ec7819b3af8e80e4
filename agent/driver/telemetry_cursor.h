/*
 * What of the journal is with the broker: everything up to a sequence number, and some stretches after it,
 * because what is new goes before the backlog. A set with few pieces; sequence numbers are those of journal
 * inputs.
 */
#ifndef OTR_DRIVER_TELEMETRY_CURSOR_H
#define OTR_DRIVER_TELEMETRY_CURSOR_H

#include "base/buffer.h"
#include "base/limits.h"

typedef struct otr_stretch {
    uint64_t first;
    uint64_t last;
} otr_stretch;

/* Zero-initialise: nothing is. */
typedef struct otr_telemetry_cursor {
    uint64_t until; /* all up to it */
    size_t count;
    otr_stretch after[OTR_LIMIT_TELEMETRY_STRETCHES]; /* in order, apart from each other and from until */
} otr_telemetry_cursor;

/* False when it would be a piece too many: then the stretch is sent once more. */
bool otr_telemetry_cursor_add(otr_telemetry_cursor *cursor, uint64_t first, uint64_t last);
/* Adds all that other has, as far as there is room. */
void otr_telemetry_cursor_join(otr_telemetry_cursor *cursor, const otr_telemetry_cursor *other);
/* Takes a stretch out. When there is no room for the pieces, what comes after it goes too. */
void otr_telemetry_cursor_remove(otr_telemetry_cursor *cursor, uint64_t first, uint64_t last);
/* The first stretch up to newest that is not in it; false when there is none. */
bool otr_telemetry_cursor_gap(const otr_telemetry_cursor *cursor, uint64_t newest, otr_stretch *out);
/* How many of the sequence numbers up to newest are not in it. */
uint64_t otr_telemetry_cursor_missing(const otr_telemetry_cursor *cursor, uint64_t newest);

void otr_telemetry_cursor_write(const otr_telemetry_cursor *cursor, otr_buffer *out);
/* reader->failed when the bytes are none. */
void otr_telemetry_cursor_read(otr_telemetry_cursor *cursor, otr_reader *reader);

#endif
