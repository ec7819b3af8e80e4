/*
 * Fields: scalars with a path, such as limit.temperature_max. An asset has them from its assignment, a pack
 * gives some for assets that do not have them. Read from YAML the same way for both: a map of scalars is a
 * group, and what is in it has the group's name before its own.
 */
#ifndef OTR_RULES_FIELD_H
#define OTR_RULES_FIELD_H

#include "rules/cel/value.h"
#include "rules/load/yaml.h"

typedef struct otr_field {
    otr_str path;    /* after "asset.": "class", "limit.temperature_max" */
    otr_value value; /* NULL: `none` stands there; the asset has no such field, whatever a pack gives */
} otr_field;

/* The fields of one map while they are gathered; list has room for all of them. */
typedef struct otr_field_list {
    otr_arena *memory; /* of paths and texts */
    otr_error *error;
    otr_field *list;
    size_t count;
} otr_field_list;

/* How many fields the entries of the map make at most. */
size_t otr_fields_count(const otr_yaml *map);
/* INVALID when an entry's key is no identifier, or one slip away from a key that assets have. */
otr_status otr_fields_check_key(const otr_field_list *fields, const otr_yaml *entry);
/* Whether the key is one of those that assets have, free ones excepted. */
bool otr_fields_key_is_fixed(otr_str key);
/* The entry as one field, or as a group; numbers: one whose values are numbers, true or false, as limits are.
 */
otr_status otr_fields_add(otr_field_list *fields, const otr_yaml *entry, bool numbers);
/* A text that stands in no file, or under another key; the key is not copied. */
void otr_fields_add_text(otr_field_list *fields, const char *key, otr_str text);
/* group.key, likewise. */
otr_status otr_fields_add_number(otr_field_list *fields, const char *group, const char *key, double number);
void otr_fields_sort(otr_field_list *fields);

/* The field of that path in a sorted list, or NULL. */
const otr_value *otr_field_find(const otr_field *list, size_t count, otr_str path);

#endif
