/*
 * What gateways tell of their days, gathered by a console without a server: buckets, who is there, how
 * customers fare, and the alarms that are open. From the broker's retained messages, or from files.
 */
#ifndef OTR_TOOLS_FIGURES_H
#define OTR_TOOLS_FIGURES_H

#include <jansson.h>

#include "codec/bucket_set.h"
#include "tools/outrider/fleet/broker.h"
#include "tools/outrider/table.h"

enum {
    OTR_FIGURES_DAYS_MAX = 31, /* that gateways keep at the broker */
    OTR_FIGURES_DAY_NONE = INT32_MIN,
    OTR_FIGURES_NAME_BYTES = 2 * OTR_BUCKET_NAME_BYTES + 2, /* GROUP/GATEWAY and NUL */
};

typedef struct otr_figures_options {
    const char *verb;
    otr_broker broker;
    const char *expect; /* file of gateways that should be there; NULL: none */
    char **files;       /* --from; NULL: from the broker */
    int file_count;
    int days;         /* in the figures */
    int before;       /* days before these that they are compared with; 0: none */
    int32_t until;    /* the last day; NONE: today, of files the newest in them */
    double timeout_s; /* for all of it */
    double quiet_s;   /* nothing more came for so long: that was all */
    bool json;
    bool wants[OTR_SERVICE_KINDS];
} otr_figures_options;

typedef struct otr_figures_gateway {
    char name[OTR_FIGURES_NAME_BYTES]; /* GROUP/GATEWAY */
    bool expected;
    int32_t oldest; /* of its days in the figures and before; NONE: there are none */
    int32_t newest;
    int present; /* days in the figures */
    int before;  /* and of those before */
} otr_figures_gateway;

/* How a customer fares, as one gateway sees it. Texts in the memory. */
typedef struct otr_figures_customer {
    otr_str gateway;
    otr_str reference;
    otr_str state; /* in trouble, recovering, at risk, well; empty when the gateway says nothing */
    otr_str reason;
    bool hold; /* no promotions now */
    otr_time since;
} otr_figures_customer;

/* An alarm that is open, or a ticket of which was told. */
typedef struct otr_figures_case {
    otr_id id;
    otr_str rule; /* PACK/RULE */
    otr_str asset;
    otr_str category;
    otr_str queue;
    otr_str cause;
    otr_time onset;
} otr_figures_case;

/* Zero-initialise to use. */
typedef struct otr_figures {
    otr_arena memory;
    otr_bucket_set buckets;
    otr_figures_gateway *gateways; /* by name */
    size_t gateway_count;
    size_t gateway_capacity;
    otr_figures_customer *customers; /* by gateway and reference */
    size_t customer_count;
    size_t customer_capacity;
    otr_figures_case *cases; /* by id, each once */
    size_t case_count;
    size_t case_capacity;
    int32_t first; /* days of the figures, both included */
    int32_t last;
    int32_t before_first; /* those before: up to first - 1; first: none */
    unsigned refused;     /* messages that were not understood, told on stderr */
} otr_figures;

/* ---- taking ---- */

/* A gateway that is there, or should be. NULL: memory, or the limit of gateways. */
otr_figures_gateway *otr_figures_gateway_at(otr_figures *figures, otr_str group, otr_str gateway);
/* INVALID: the event is not what its topic says, or its figures are none. */
otr_status otr_figures_take(otr_figures *figures, otr_str group, otr_str gateway,
                            const otr_service_event *event, otr_error *error);
/* A bucket as JSON, or a line of `outrider watch --json`; wants as in the options. */
otr_status otr_figures_take_json(otr_figures *figures, const otr_figures_options *options, otr_bytes line,
                                 otr_error *error);
/* After all was taken: the days, and whose figures are there. today: for options without --until. */
void otr_figures_settle(otr_figures *figures, const otr_figures_options *options, int32_t today);
void otr_figures_done(otr_figures *figures);

/* ---- gathering ---- */

/* All of options and sources. -1: go on; else an exit code, and the reason is told on stderr. */
int otr_figures_gather(otr_figures *figures, const otr_figures_options *options);
/* From the broker, until it is quiet. 0, or an exit code. */
int otr_figures_listen(otr_figures *figures, const otr_figures_options *options);

/* Options that all these verbs have; usage is the verb's own, printed before them. extra: getopt's of the
 * verb alone, whose values are given to take; both may be NULL. -1: go on; else an exit code. */
struct option;
typedef bool otr_figures_extra(void *context, int value, const char *argument);
int otr_figures_parse(int argc, char **argv, const char *usage, const struct option *extra,
                      otr_figures_extra *take, void *context, otr_figures_options *out);

/* ---- reading ---- */

/* Sums of the days, and of those before; of what stands, each gateway's newest. False: told on stderr. */
bool otr_figures_sum(const otr_figures *figures, const otr_figures_options *options, otr_bucket *now,
                     otr_bucket *before);
/* Whether its figures are not all there; out: why, in a few words. */
bool otr_figures_missing(const otr_figures *figures, const otr_figures_gateway *gateway, otr_buffer *out);
/* Days of gateways that there are figures of. */
double otr_figures_exposure(const otr_figures *figures, bool before);
/* Which days, of whom, and who is missing. */
void otr_figures_head(const otr_figures *figures, otr_buffer *out);
/* The same as members of an object. */
void otr_figures_put_head(const otr_figures *figures, json_t *root);
/* Prints the text, or root as JSON and gives it back. Returns the exit code. */
int otr_figures_print(const otr_figures_options *options, otr_buffer *text, json_t *root);

void otr_figures_day_text(int32_t day, char out[16]);
bool otr_figures_day_parse(otr_str text, int32_t *out);

#endif
