/* The parts of reading a map; used by feed_map*.c alone. All errors have the place in the map. */
#ifndef OTR_TOOLS_FEED_MAP_BUILD_H
#define OTR_TOOLS_FEED_MAP_BUILD_H

#include "rules/load/yaml.h"
#include "tools/outrider/feed/feed_map.h"

/* INVALID at the node. */
otr_status otr_feed_map_fail(const otr_yaml *node, otr_error *error, const char *text);
/* INVALID at the map that lacks the key. */
otr_status otr_feed_map_missing(const otr_yaml *map, const char *key, otr_error *error);
/* A copy in the map's memory. */
otr_status otr_feed_map_copy(otr_feed_map *map, otr_str text, otr_str *out, otr_error *error);
/* A column by name, or by number when it is a plain number; each column once in the map. *out is its index.
 */
otr_status otr_feed_map_column(otr_feed_map *map, const otr_yaml *node, size_t *out, otr_error *error);
/* A list of scalars in the map's memory. */
otr_status otr_feed_map_list(otr_feed_map *map, const otr_yaml *node, const otr_str **out, size_t *count,
                             otr_error *error);
/* The entry "metrics". */
otr_status otr_feed_map_metrics(otr_feed_map *map, const otr_yaml *root, otr_error *error);

#endif
