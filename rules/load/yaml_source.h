/*
 * The bytes of a YAML file and where its lines begin; used by yaml*.c alone. libyaml counts columns in
 * characters, people and editors' jump-to commands here use bytes, so each mark is walked to its byte from
 * the last one seen on the same line: linear over a whole file. Bytes that would make the two disagree about
 * lines (a lone CR, NEL, LS, PS) are refused before libyaml sees them.
 */
#ifndef OTR_RULES_YAML_SOURCE_H
#define OTR_RULES_YAML_SOURCE_H

#include "rules/load/yaml.h"

typedef struct otr_yaml_source {
    otr_str bytes;
    uint32_t *line_starts; /* byte offsets */
    size_t line_count;
    struct {
        size_t line;
        size_t column; /* characters */
        size_t offset; /* bytes */
    } cursor;
} otr_yaml_source;

typedef struct otr_yaml_spot {
    int line;
    int column;
    size_t offset;
} otr_yaml_spot;

/* Finds the lines; refuses what libyaml would refuse without a place and what it counts differently. */
otr_status otr_yaml_source_init(otr_yaml_source *source, otr_str bytes, otr_error *error);
void otr_yaml_source_done(otr_yaml_source *source);
/* The byte of a libyaml mark: line and character, both from 0. */
otr_yaml_spot otr_yaml_source_spot(otr_yaml_source *source, size_t line, size_t column);
/* Whether the scalar's text stands between the offsets byte for byte (single quotes doubled). */
bool otr_yaml_source_exact(const otr_yaml_source *source, const otr_yaml *node, size_t from, size_t to);
/* Moves a block scalar's place from its header to its text. */
void otr_yaml_source_place_block(const otr_yaml_source *source, otr_yaml *node);

#endif
