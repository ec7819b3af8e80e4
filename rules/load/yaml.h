/*
 * A strict YAML document as a tree with positions, for packs, configuration and assignments. Anchors,
 * aliases, tags, duplicate keys, a second document and non-scalar keys are refused. Scalars stay text;
 * callers read them as they need.
 */
#ifndef OTR_RULES_YAML_H
#define OTR_RULES_YAML_H

#include "base/arena.h"
#include "base/status.h"
#include "base/time.h"

typedef enum otr_yaml_kind { OTR_YAML_SCALAR, OTR_YAML_LIST, OTR_YAML_MAP } otr_yaml_kind;
typedef enum otr_yaml_style {
    OTR_YAML_PLAIN,
    OTR_YAML_SINGLE_QUOTED,
    OTR_YAML_DOUBLE_QUOTED,
    OTR_YAML_LITERAL,
    OTR_YAML_FOLDED
} otr_yaml_style;

typedef struct otr_yaml {
    otr_yaml_kind kind;
    otr_yaml_style style; /* of a scalar */
    int line;    /* of its first byte, quote included (a block scalar: of its first text line), from 1 */
    int column;  /* in bytes, from 1 */
    bool exact;  /* of a scalar: otr_yaml_place can find each byte of the text in the file */
    otr_str key; /* when it is an entry of a map */
    int key_line;
    int key_column;
    otr_str text;           /* of a scalar */
    struct otr_yaml *first; /* of a list or map */
    struct otr_yaml *next;  /* sibling */
} otr_yaml;

/* Parses bytes (at most OTR_LIMIT_PACK_BYTES) into the arena. An empty document gives an empty map. */
otr_status otr_yaml_parse(otr_arena *arena, otr_str bytes, otr_yaml **root, otr_error *error);
/* The same with limits of the caller's, for larger files. */
otr_status otr_yaml_parse_within(otr_arena *arena, otr_str bytes, size_t bytes_max, size_t nodes_max,
                                 otr_yaml **root, otr_error *error);

/* The entry of a map, or NULL (also when the node is no map). */
const otr_yaml *otr_yaml_get(const otr_yaml *map, const char *key);
/* The entry of a map that must have it; INVALID at the map's place when it is missing. */
otr_status otr_yaml_need(const otr_yaml *map, const char *key, const otr_yaml **out, otr_error *error);
/* How many entries a list or map has. */
size_t otr_yaml_count(const otr_yaml *node);
/* Where a byte of a scalar's text stands in the file; the scalar's own place when it is not exact. */
void otr_yaml_place(const otr_yaml *node, size_t offset, int *line, int *column);
/* INVALID with a place when the map has a key that is not in the NULL-terminated list; names the nearest
 * known key. */
otr_status otr_yaml_only(const otr_yaml *map, const char *const *known, otr_error *error);

/* Typed readers: each fails with the node's place and what was expected. A plain `true`/`false` is a bool, a
 * plain number a number; quoted scalars are text only. */
otr_status otr_yaml_text(const otr_yaml *node, otr_str *out, otr_error *error);
/* A copy in the memory of the text under the key, without the line ends of a block; *out stays as it is when
 * the key is not there. INVALID when it is empty, LIMIT above `most` bytes. */
otr_status otr_yaml_copy_text(otr_arena *memory, const otr_yaml *map, const char *key, size_t most,
                              otr_str *out, otr_error *error);
otr_status otr_yaml_bool(const otr_yaml *node, bool *out, otr_error *error);
otr_status otr_yaml_double(const otr_yaml *node, double *out, otr_error *error);
otr_status otr_yaml_i64(const otr_yaml *node, int64_t low, int64_t high, int64_t *out, otr_error *error);
otr_status otr_yaml_span(const otr_yaml *node, otr_time *out, otr_error *error);
otr_status otr_yaml_kind_is(const otr_yaml *node, otr_yaml_kind kind, otr_error *error);

#endif
