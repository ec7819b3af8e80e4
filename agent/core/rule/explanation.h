/*
 * Why an alarm was raised: the values that its rule saw then, as bytes for the body of the alarm's row. Knows
 * neither rules nor the core's state; core/rule/explain.h gathers what it holds.
 *
 *   body  := version:u8 entry*
 *   entry := name:text at:signed type:u8 value
 */
#ifndef OTR_CORE_EXPLANATION_H
#define OTR_CORE_EXPLANATION_H

#include "base/buffer.h"
#include "rules/cel/value.h"

enum {
    OTR_EXPLANATION_MAX = 64, /* entries: more names are in no condition that anybody reads */
    OTR_EXPLANATION_NAME_BYTES =
        160, /* `cargo.temperature.time_above(asset.limit.temperature_max, "24h")` fits */
};

/*
 * Appends one value, which begins the body when it is empty. name: as it stands in the rule,
 * `temperature.avg("10m")`; value: NULL where it had none; at: of the reading, OTR_TIME_NONE for what is no
 * reading. Of a list or map only that it was one is kept.
 */
void otr_explanation_add(otr_buffer *body, otr_str name, const otr_value *value, otr_time at);

typedef struct otr_explained {
    otr_str name;
    otr_value value; /* DYN: it had none */
    otr_time at;
} otr_explained;

/* Begins to read a body; false when it is empty or of an unknown form. */
bool otr_explanation_open(otr_str body, otr_reader *reader);
/* The next entry; views into the body. False at the end, and when the rest does not read back
 * (reader->failed). */
bool otr_explanation_next(otr_reader *reader, otr_explained *out);

/* The unit of a name where the catalogue of metrics knows it, "" where not: of a metric, of a function that
 * keeps the unit of its metric, of a limit of a metric (asset.limit.temperature_max). */
const char *otr_explanation_unit(otr_str name);

#endif
