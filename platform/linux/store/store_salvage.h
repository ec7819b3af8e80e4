/*
 * What of one database still reads back, row by row into another: of a corrupt one, and of one that a newer
 * version wrote. Every failure just ends the table at hand. Private to the store.
 */
#ifndef OTR_PLATFORM_STORE_SALVAGE_H
#define OTR_PLATFORM_STORE_SALVAGE_H

#include "platform/linux/store/store_database.h"

/* Zero-initialise but for the floors and the loss' reason and times. */
typedef struct otr_salvage {
    otr_sql old;
    otr_sql *fresh; /* within a transaction */
    otr_id incarnation;
    otr_loss loss;
    otr_store_floors floors;
    unsigned rows; /* saved */
} otr_salvage;

typedef enum otr_salvage_table {
    OTR_SALVAGE_ALARMS, /* open ones */
    OTR_SALVAGE_CASES,
    OTR_SALVAGE_OUTBOX,       /* as far as any version has it */
    OTR_SALVAGE_OUTBOX_WHOLE, /* as this version and later ones have it */
    OTR_SALVAGE_LOSSES,       /* not reported */
    OTR_SALVAGE_PROOFS,
    OTR_SALVAGE_PROOF_ENTRIES,
} otr_salvage_table;

/* What the journal had, from its own rows and from the totals of its chunks: the loss and the floors. */
void otr_salvage_measure(otr_salvage *from);
/* Into fresh; raises the floors above what it meets. Fails when fresh takes no more, or when there is no
 * memory: then what could be read would be missing. */
otr_status otr_salvage_rows(otr_salvage *from, otr_salvage_table table, otr_error *error);
/* Whether all of the table can be read. */
bool otr_salvage_reads(otr_salvage *from, otr_salvage_table table);

#endif
