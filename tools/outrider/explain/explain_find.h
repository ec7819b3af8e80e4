/* What `outrider explain` was asked. */
#ifndef OTR_TOOLS_EXPLAIN_FIND_H
#define OTR_TOOLS_EXPLAIN_FIND_H

#include "platform/linux/store/store_reader.h"
#include "tools/outrider/explain/explain_notice.h"

typedef struct otr_explain_options {
    const char *folder;
    const char *id;      /* the begin of an alarm's or a notification's; NULL: none */
    const char *asset;   /* its notices; NULL: not asked */
    const char *contact; /* the newest for it; NULL: not asked */
    bool last;
    const char *reader; /* --for */
    bool plain;         /* for the person concerned */
    bool json;
} otr_explain_options;

/* Those of an asset or for a contact. Returns the exit code. */
int otr_explain_notices(otr_store_reader *store, const otr_explain_options *options);
/* One notification with all that was said in it. */
int otr_explain_notice(otr_store_reader *store, const otr_explain_options *options);

#endif
