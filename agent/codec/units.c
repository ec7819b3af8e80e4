#include "codec/units.h"

#include <math.h>

/* Standard gravity is 9.80665 m/s2 exactly, here in 1e-5 m/s2. */
enum { GRAVITY = 980665, GRAVITY_DIVISOR = 100000 };

typedef struct scale {
    const char *name;
    const char *primary;
    double multiply;
    double divide;
    double add;
} scale;

/* RFC 8798 section 3; Kelvin besides, so that temperatures have one unit; "%" is SenML's other spelling of
 * "/". */
static const scale secondary[] = {
    {"ms", "s", 1, 1e3, 0},
    {"min", "s", 60, 1, 0},
    {"h", "s", 3600, 1, 0},
    {"MHz", "Hz", 1e6, 1, 0},
    {"kW", "W", 1e3, 1, 0},
    {"kVA", "VA", 1e3, 1, 0},
    {"kvar", "var", 1e3, 1, 0},
    {"Ah", "C", 3600, 1, 0},
    {"Wh", "J", 3600, 1, 0},
    {"kWh", "J", 3600000, 1, 0},
    {"varh", "vars", 3600, 1, 0},
    {"kvarh", "vars", 3600000, 1, 0},
    {"kVAh", "VAs", 3600000, 1, 0},
    {"Wh/km", "J/m", 3.6, 1, 0},
    {"KiB", "B", 1024, 1, 0},
    {"GB", "B", 1e9, 1, 0},
    {"Mbit/s", "bit/s", 1e6, 1, 0},
    {"B/s", "bit/s", 8, 1, 0},
    {"MB/s", "bit/s", 8e6, 1, 0},
    {"mV", "V", 1, 1e3, 0},
    {"mA", "A", 1, 1e3, 0},
    {"dBm", "dBW", 1, 1, -30},
    {"ug/m3", "kg/m3", 1, 1e9, 0},
    {"mm/h", "m/s", 1, 3600000, 0},
    {"m/h", "m/s", 1, 3600, 0},
    {"ppm", "/", 1, 1e6, 0},
    {"/100", "/", 1, 100, 0},
    {"/1000", "/", 1, 1000, 0},
    {"hPa", "Pa", 100, 1, 0},
    {"mm", "m", 1, 1e3, 0},
    {"cm", "m", 1, 100, 0},
    {"km", "m", 1e3, 1, 0},
    {"km/h", "m/s", 1, 3.6, 0},
    {"K", "Cel", 1, 1, -273.15},
    {"%", "/", 1, 1, 0},
};
enum { SECONDARY = sizeof secondary / sizeof secondary[0] };

/* To a unit of the catalogue that is no primary one, or from a spelling that only its metric makes plain. */
static const struct {
    const char *unit;
    scale from;
} special[] = {
    {"g", {"m/s2", "g", GRAVITY_DIVISOR, GRAVITY, 0}},
    {"m/s2", {"g", "m/s2", GRAVITY, GRAVITY_DIVISOR, 0}},
    {"dBm", {"dBW", "dBm", 1, 1, 30}},
    {"deg", {"rad", "deg", 180, 3.14159265358979323846, 0}},
    {"%RH", {"/100", "%RH", 1, 1, 0}},
    {"%EL", {"/100", "%EL", 1, 1, 0}},
};
enum { SPECIAL = sizeof special / sizeof special[0] };

/* Often sent, in neither registry; a guess at their meaning would be silent. */
static const struct {
    const char *name;
    const char *instead;
} foreign[] = {
    {"degF", "Cel"}, {"degC", "Cel"}, {"bar", "hPa or Pa"}, {"psi", "hPa or Pa"}, {"mph", "km/h or m/s"},
};
enum { FOREIGN = sizeof foreign / sizeof foreign[0] };

static void convert_by(otr_conversion *out, const scale *by)
{
    *out = (otr_conversion){.unit = otr_str_of(by->primary),
                            .multiply = by->multiply,
                            .divide = by->divide,
                            .add = by->add,
                            .plain = by->multiply == 1 && by->divide == 1 && by->add == 0};
}

static void keep(otr_conversion *out, otr_str unit)
{
    *out = (otr_conversion){.unit = unit, .multiply = 1, .divide = 1, .plain = true};
}

static otr_status check(otr_str unit, otr_error *error)
{
    if (unit.size > OTR_UNIT_BYTES)
        return otr_fail(error, OTR_INVALID, "a unit of %zu bytes is none of SenML's", unit.size);
    for (size_t i = 0; i < unit.size; i++)
        if (unit.data[i] <= ' ' || unit.data[i] > '~')
            return otr_fail(error, OTR_INVALID, "the unit has a byte that no SenML unit has");
    for (int i = 0; i < FOREIGN; i++)
        if (otr_str_is(unit, foreign[i].name))
            return otr_fail(error, OTR_INVALID, "unit %s is none of SenML's; send %s", foreign[i].name,
                            foreign[i].instead);
    return OTR_OK;
}

static const scale *find_secondary(otr_str name)
{
    for (int i = 0; i < SECONDARY; i++)
        if (otr_str_is(name, secondary[i].name))
            return &secondary[i];
    return NULL;
}

static bool find_special(otr_str name, const char *wanted, otr_conversion *out)
{
    for (int i = 0; i < SPECIAL; i++) {
        if (strcmp(special[i].unit, wanted) == 0 && otr_str_is(name, special[i].from.name)) {
            convert_by(out, &special[i].from);
            return true;
        }
    }
    bool percent = strcmp(wanted, "%RH") == 0 || strcmp(wanted, "%EL") == 0;
    if (percent && (otr_str_is(name, "/") || otr_str_is(name, "%"))) {
        *out = (otr_conversion){.unit = otr_str_of(wanted), .multiply = 100, .divide = 1, .ratio = true};
        return true;
    }
    return false;
}

otr_status otr_unit_conversion(otr_str unit_given, const otr_metric *known, otr_conversion *out,
                               otr_error *error)
{
    const char *wanted = known != NULL ? known->unit : "";
    if (unit_given.size == 0 || (wanted[0] != '\0' && otr_str_is(unit_given, wanted))) {
        keep(out, otr_str_of(wanted));
        return OTR_OK;
    }
    otr_status status = check(unit_given, error);
    if (status != OTR_OK)
        return status;
    if (wanted[0] != '\0' && find_special(unit_given, wanted, out))
        return OTR_OK;
    const scale *by = find_secondary(unit_given);
    if (by != NULL && (wanted[0] == '\0' || strcmp(by->primary, wanted) == 0)) {
        convert_by(out, by);
        return OTR_OK;
    }
    if (wanted[0] != '\0')
        return otr_fail(error, OTR_INVALID, "unit %.*s does not fit %s, which is in %s",
                        OTR_STR_ARG(unit_given), known->name, wanted);
    keep(out, unit_given);
    return OTR_OK;
}

bool otr_unit_convert(const otr_conversion *conversion, double value, double *out)
{
    if (conversion->ratio && !(value >= 0 && value <= 1))
        return false;
    if (!conversion->plain)
        value = value * conversion->multiply / conversion->divide + conversion->add;
    *out = value;
    return isfinite(value);
}
