/* Readings as compact bytes, 4 to 8 each in bulk: in the journal, and where the core keeps readings that late
 * ones may still join. */
#ifndef OTR_CORE_ENTRIES_H
#define OTR_CORE_ENTRIES_H

#include "base/buffer.h"
#include "base/reading.h"

/* A reading with numbers for names and its time resolved. */
typedef struct otr_entry {
    uint32_t metric;
    uint8_t kind;    /* otr_kind */
    uint8_t quality; /* otr_quality */
    bool unsynced;   /* at is core time: the clock was not known when it was taken */
    otr_time at;
    union {
        double number;
        bool flag;
        otr_str text;
        struct {
            double latitude;
            double longitude;
        } location;
    };
} otr_entry;

/* The shortest reading, so that a count that the bytes cannot hold is known before memory is taken. */
enum { OTR_ENTRY_BYTES_MIN = 2 };

void otr_entries_write(otr_buffer *out, const otr_entry *entries, size_t count);
/* Exactly count readings; texts are views into the bytes. Fails the reader when they are not there. */
void otr_entries_read(otr_reader *reader, otr_entry *entries, size_t count);

#endif
