/*
 * Units of RFC 8428 section 12.1 and RFC 8798, converted to the primary unit or, for a metric of the
 * catalogue, to the unit that the catalogue states. Pure; nothing is allocated.
 */
#ifndef OTR_CODEC_UNITS_H
#define OTR_CODEC_UNITS_H

#include "base/metric.h"
#include "base/status.h"

/* A unit outside both registries is accepted for metrics outside the catalogue, up to this size. */
enum { OTR_UNIT_BYTES = 16 };

/* value * multiply / divide + add, in this order: a division by 1000 rounds right where a product with 0.001
 * does not. */
typedef struct otr_conversion {
    otr_str unit; /* of the result; static text, or the text given */
    double multiply;
    double divide;
    double add;
    bool plain; /* the value stays as it is */
    bool ratio; /* the value must lie in 0..1 */
} otr_conversion;

/*
 * How a number in unit becomes the number to keep. known is the metric's entry in the catalogue or NULL. An
 * empty unit means the catalogue's, or none. INVALID when the unit is malformed, none of SenML's, or does not
 * fit the metric.
 */
otr_status otr_unit_conversion(otr_str unit, const otr_metric *known, otr_conversion *out, otr_error *error);
/* False when the result is not finite or a ratio is out of range. */
bool otr_unit_convert(const otr_conversion *conversion, double value, double *out);

#endif
