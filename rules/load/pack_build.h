/* The parts of loading a pack; used by pack*.c alone. */
#ifndef OTR_RULES_PACK_BUILD_H
#define OTR_RULES_PACK_BUILD_H

#include "rules/load/pack.h"
#include "rules/load/yaml.h"

/* A metric named in a text that the catalogue does not know, or with a role: some rule of the pack must name
 * them too. */
typedef struct otr_pending_metric {
    struct otr_pending_metric *next;
    otr_str role; /* empty: of any device */
    otr_str name;
    otr_str path; /* as written */
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
    const otr_yaml *cards; /* as messages */
} otr_pack_build;

/* INVALID at the node's place. */
#define otr_pack_fail(build, node, ...)                                                                      \
    otr_fail_at((build)->error, OTR_INVALID, (node)->line, (node)->column, __VA_ARGS__)
otr_status otr_pack_memory(const otr_pack_build *build);
/* A copy of the node's text in the pack's memory. */
otr_status otr_pack_text(const otr_pack_build *build, const otr_yaml *node, otr_str *out);
/* The same for a slug (rules/load/words.h). */
otr_status otr_pack_slug(const otr_pack_build *build, const otr_yaml *node, otr_str *out);

/* Facts that only some texts have. */
enum {
    OTR_KNOWN_ENDED = 1, /* told only after the alarm has cleared */
    OTR_KNOWN_ITEMS = 2, /* of a list */
    OTR_KNOWN_NEXT = 4,  /* of a case that is open, to a reader who hears more of it */
};
/* known: bits of OTR_KNOWN_. */
otr_status otr_pack_template(otr_pack_build *build, const otr_yaml *node, unsigned known, otr_template *out);
typedef enum otr_path_kind {
    OTR_PATH_FACT,
    OTR_PATH_COUNT, /* a fact that is a number */
    OTR_PATH_FIELD, /* of the asset */
    OTR_PATH_METRIC
} otr_path_kind;
/* Whether a placeholder's path is known; a metric of the pack's own, or with a role, is looked for in the
 * end. */
otr_status otr_pack_path(otr_pack_build *build, otr_str path, unsigned known, int line, int column,
                         otr_path_kind *kind);
/* What stands between braces, trimmed: path and filters. text: the whole text; node: the scalar that it comes
 * from, for places. */
otr_status otr_pack_placeholder(otr_pack_build *build, const otr_yaml *node, otr_str text, otr_str inner,
                                unsigned known, otr_piece *out);
/* After all rules are loaded: each metric that a text names is one that the pack knows. */
otr_status otr_pack_check_pending(const otr_pack_build *build);

/* Compiles a condition in the pack's memory: BOOL, its symbols among the pack's. */
otr_status otr_pack_expression(const otr_pack_build *build, const otr_yaml *node, otr_scope scope,
                               otr_expression **out);
/* defaults: fields for assets that do not have them. */
otr_status otr_pack_defaults(otr_pack_build *build, const otr_yaml *node);
/* After all rules and messages are loaded: each default is read by one of them. */
otr_status otr_pack_check_defaults(const otr_pack_build *build, const otr_yaml *node);

/* How many texts a map by locale makes: one for anybody in each language, and those under for. */
size_t otr_pack_count_texts(const otr_yaml *locales);
/* The map by locale has English, and each key of it the form of a locale. */
otr_status otr_pack_check_locales(const otr_pack_build *build, const otr_yaml *locales, otr_str name);
/* A locale's `for`: *out its first entry, or NULL; each key is a persona. */
otr_status otr_pack_personas(const otr_pack_build *build, const otr_yaml *node, const otr_yaml **out);
/* A word or a list of words that say who is told. */
otr_status otr_pack_readers(const otr_pack_build *build, const otr_yaml *node, const otr_str **out,
                            size_t *out_count);
/* cards: advice. */
otr_status otr_pack_cards(otr_pack_build *build, const otr_yaml *node);
otr_status otr_pack_messages(otr_pack_build *build, const otr_yaml *node);
/* A map by locale of texts that name fields of the asset alone. */
otr_status otr_pack_catalogue_texts(otr_pack_build *build, const otr_yaml *locales, otr_catalogue_entry *out);
/* resolutions: how cases are resolved. */
otr_status otr_pack_resolutions(otr_pack_build *build, const otr_yaml *node);
/* promises: what is promised. */
otr_status otr_pack_promises(otr_pack_build *build, const otr_yaml *node);
/* remedies. */
otr_status otr_pack_remedies(otr_pack_build *build, const otr_yaml *node);
/* do, of a remedy: given when somebody asks for it. */
otr_status otr_pack_remedy_deed(const otr_pack_build *build, const otr_yaml *map, const otr_deed **out);
otr_status otr_pack_rule(otr_pack_build *build, const otr_yaml *node, otr_rule *out);
/* The parts of a rule that say what follows from it: labels, annotations, fault, ends, notify, ticket. */
otr_status otr_pack_consequences(otr_pack_build *build, const otr_yaml *node, otr_rule *out);
/* notify; after the labels, for defaults go by the priority. */
otr_status otr_pack_notify(const otr_pack_build *build, const otr_yaml *rule, otr_rule *out);
/* latch and suppress. */
otr_status otr_pack_lifecycle(otr_pack_build *build, const otr_yaml *node, otr_rule *out);
/* After all rules are loaded: who inhibits whom, and the order that follows from it. */
otr_status otr_pack_inhibitors(otr_pack_build *build, const otr_yaml *rules);
/* do. */
otr_status otr_pack_deed(otr_pack_build *build, const otr_yaml *node, otr_rule *out);

#endif
