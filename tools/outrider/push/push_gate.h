/*
 * The gate of a rollout: comparisons of what a rehearsal told, all of which must hold.
 *   notices_per_day < 2 && alarms_per_day <= running.alarms_per_day && days >= 7
 * It reads as CEL does. Names are the figures of the pushed pack; with "running." those of the one that runs.
 */
#ifndef OTR_TOOLS_PUSH_GATE_H
#define OTR_TOOLS_PUSH_GATE_H

#include <jansson.h>

#include "base/buffer.h"
#include "base/status.h"

enum { OTR_GATE_TERMS = 16, OTR_GATE_NAME_BYTES = 40 };

typedef struct otr_gate_operand {
    char name[OTR_GATE_NAME_BYTES]; /* empty: a number */
    bool running;
    double number;
} otr_gate_operand;

typedef struct otr_gate_term {
    otr_gate_operand left;
    otr_gate_operand right;
    char comparison[3]; /* < <= > >= == != */
} otr_gate_term;

typedef struct otr_gate {
    otr_gate_term terms[OTR_GATE_TERMS];
    size_t count; /* 0: always open */
} otr_gate;

/* An empty text is an open gate. INVALID with line 1 and the column; LIMIT. */
otr_status otr_gate_parse(otr_str text, otr_gate *out, otr_error *error);
/* Whether it holds by a gateway's figures (daemon/push/rehearse.h); why: the first term that does not, with
 * its values. */
bool otr_gate_holds(const otr_gate *gate, const json_t *figures, otr_buffer *why);

#endif
