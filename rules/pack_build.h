/* The parts of loading a pack; used by pack*.c alone. */
#ifndef OTR_RULES_PACK_BUILD_H
#define OTR_RULES_PACK_BUILD_H

#include "rules/pack.h"
#include "rules/yaml.h"

/* A metric named in a text that the catalogue does not know: some rule of the pack must name it too. */
typedef struct otr_pending_metric {
    struct otr_pending_metric *next;
    otr_str name;
    int line;
    int column;
} otr_pending_metric;

typedef struct otr_pack_build {
    otr_pack *pack;
    otr_arena *scratch; /* gone after loading, with the YAML tree in it */
    otr_error *error;
    const otr_yaml
        *messages; /* the tree behind pack->messages, in the same order; NULL when there are none */
    otr_pending_metric *pending;
    otr_pending_metric **pending_end;
    bool items_known; /* {{ items }} may stand in the text at hand */
} otr_pack_build;

/* INVALID at the node's place. */
#define otr_pack_fail(build, node, ...)                                                                      \
    otr_fail_at((build)->error, OTR_INVALID, (node)->line, (node)->column, __VA_ARGS__)
otr_status otr_pack_memory(const otr_pack_build *build);
/* A copy of the node's text in the pack's memory. */
otr_status otr_pack_text(const otr_pack_build *build, const otr_yaml *node, otr_str *out);
/* The same for a slug (rules/words.h). */
otr_status otr_pack_slug(const otr_pack_build *build, const otr_yaml *node, otr_str *out);

/* ended_known: whether the text is told only after the alarm has cleared. */
otr_status otr_pack_template(otr_pack_build *build, const otr_yaml *node, bool ended_known,
                             otr_template *out);
/* After all rules are loaded: each metric that a text names is one that the pack knows. */
otr_status otr_pack_check_pending(const otr_pack_build *build);

/* Compiles a condition in the pack's memory: BOOL, its symbols among the pack's. */
otr_status otr_pack_expression(const otr_pack_build *build, const otr_yaml *node, otr_scope scope,
                               otr_expression **out);
/* defaults: fields for assets that do not have them. */
otr_status otr_pack_defaults(otr_pack_build *build, const otr_yaml *node);
/* After all rules and messages are loaded: each default is read by one of them. */
otr_status otr_pack_check_defaults(const otr_pack_build *build, const otr_yaml *node);

/* Compiles a condition in the pack's memory: BOOL, its symbols among the pack's. */
otr_status otr_pack_expression(const otr_pack_build *build, const otr_yaml *node, otr_scope scope,
                               otr_expression **out);
otr_status otr_pack_messages(otr_pack_build *build, const otr_yaml *node);
otr_status otr_pack_rule(otr_pack_build *build, const otr_yaml *node, otr_rule *out);
/* The parts of a rule that say what follows from it: labels, annotations, notify, ticket. */
otr_status otr_pack_consequences(otr_pack_build *build, const otr_yaml *node, otr_rule *out);
/* latch and suppress. */
otr_status otr_pack_lifecycle(otr_pack_build *build, const otr_yaml *node, otr_rule *out);
/* After all rules are loaded: who inhibits whom, and the order that follows from it. */
otr_status otr_pack_inhibitors(otr_pack_build *build, const otr_yaml *rules);
/* do. */
otr_status otr_pack_deed(otr_pack_build *build, const otr_yaml *node, otr_rule *out);

#endif
