/* How customers fare over all gateways, by opaque references. No I/O in here. */
#ifndef OTR_TOOLS_ACCOUNTS_H
#define OTR_TOOLS_ACCOUNTS_H

#include <jansson.h>

#include "base/buffer.h"
#include "core/figures/customer_fare.h"
#include "tools/outrider/figures/figures.h"

/* A customer, whoever tells of them: the worst that any gateway says. Views into the figures. */
typedef struct otr_account {
    otr_str reference;
    otr_fare_state state; /* COUNT: a word of newer gateways */
    otr_str word;         /* of the state */
    bool hold;            /* no promotions now, says one */
    otr_time since;
    const otr_figures_customer **told; /* by gateway */
    size_t told_count;
} otr_account;

typedef struct otr_accounts {
    otr_arena memory;
    otr_account *list; /* worst first, then by since, oldest first, then by reference */
    size_t count;
} otr_accounts;

/* all: also who is well. MEMORY. */
otr_status otr_accounts_gather(const otr_figures *figures, bool all, otr_accounts *out);
void otr_accounts_done(otr_accounts *accounts);
void otr_accounts_say(const otr_accounts *accounts, otr_buffer *out);
void otr_accounts_put(const otr_accounts *accounts, json_t *root);

#endif
