/* Verbs that read the state folder of a gateway on this machine: --state FOLDER, or --config FILE that names
 * it. */
#ifndef OTR_TOOLS_STATE_FLAGS_H
#define OTR_TOOLS_STATE_FLAGS_H

#include "tools/outrider/flags.h"

typedef struct otr_state_flags {
    const char *state;  /* NULL: as the configuration says, else /var/lib/outrider */
    const char *config; /* NULL: none */
} otr_state_flags;

/* out is a struct otr_state_flags. */
otr_flag_group otr_state_flag_group(otr_state_flags *out);
/* Calls run with the folder, and returns what it returns; 1 with the reason on stderr when the configuration
 * does not read. */
int otr_state_run(const otr_state_flags *flags, int (*run)(void *context, const char *folder), void *context);

#endif
