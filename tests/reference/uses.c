#include "uses.h"

#define HOURS(n) ((n)*OTR_HOUR)
#define MINUTES(n) ((n)*OTR_MINUTE)

const ref_use ref_uses[REF_USES] = {
    {.spellings = {"temperature.avg('10m')", "temperature.avg(duration(\"600s\"))"},
     .letter = 'd',
     .type = OTR_TYPE_DOUBLE,
     .function = OTR_FUNCTION_AVG,
     .metric = "temperature",
     .span = MINUTES(10)},
    {.spellings = {"temperature.avg('11m')", "temperature.avg('10m60s')"},
     .letter = 'd',
     .type = OTR_TYPE_DOUBLE,
     .function = OTR_FUNCTION_AVG,
     .metric = "temperature",
     .span = MINUTES(11)},
    {.spellings = {"cargo.temperature.max('1h')", "cargo.temperature.max(duration('60m'))"},
     .letter = 'd',
     .type = OTR_TYPE_DOUBLE,
     .function = OTR_FUNCTION_MAX,
     .metric = "cargo.temperature",
     .span = HOURS(1)},
    {.spellings = {"axles.count('1d')", "axles.count('24h')"},
     .letter = 'i',
     .type = OTR_TYPE_INT,
     .function = OTR_FUNCTION_COUNT,
     .metric = "axles",
     .span = HOURS(24)},
    {.spellings = {"fault.last()", "(fault).last()"},
     .letter = 's',
     .type = OTR_TYPE_STRING,
     .function = OTR_FUNCTION_LAST,
     .metric = "fault"},
    {.spellings = {"door.age()", "door. age( )"},
     .letter = 'p',
     .type = OTR_TYPE_DURATION,
     .function = OTR_FUNCTION_AGE,
     .metric = "door"},
    {.spellings = {"door.changed('5m')", "door.changed(r'5m')"},
     .letter = 'b',
     .type = OTR_TYPE_BOOL,
     .function = OTR_FUNCTION_CHANGED,
     .metric = "door",
     .span = MINUTES(5)},
    {.spellings = {"humidity.predict('4h', '1h')", "humidity.predict(duration('4h'), '1h')"},
     .letter = 'd',
     .type = OTR_TYPE_DOUBLE,
     .function = OTR_FUNCTION_PREDICT,
     .metric = "humidity",
     .span = HOURS(1),
     .ahead = HOURS(4)},
    {.spellings = {"temperature.time_above(-8, '24h')", "temperature.time_above(-8.0, '1d')"},
     .letter = 'p',
     .type = OTR_TYPE_DURATION,
     .function = OTR_FUNCTION_TIME_ABOVE,
     .metric = "temperature",
     .span = HOURS(24),
     .limit = -8},
    {.spellings = {"temperature.longest_below(asset.limit.max)",
                   "temperature.longest_below( asset.limit.max )"},
     .letter = 'p',
     .type = OTR_TYPE_DURATION,
     .function = OTR_FUNCTION_LONGEST_BELOW,
     .metric = "temperature",
     .limit_field = "asset.limit.max"},
    {.spellings = {"location.distance('depot')", "location.distance(\"depot\")"},
     .letter = 'd',
     .type = OTR_TYPE_DOUBLE,
     .function = OTR_FUNCTION_DISTANCE,
     .metric = "location",
     .place = "depot"},
    {.spellings = {"location.speed()", "location.speed('5m')"},
     .letter = 'd',
     .type = OTR_TYPE_DOUBLE,
     .function = OTR_FUNCTION_SPEED,
     .metric = "location",
     .span = MINUTES(5)},
    {.spellings = {"location.eta('depot')", "location.eta('depot', '30m')"},
     .letter = 'p',
     .type = OTR_TYPE_DURATION,
     .function = OTR_FUNCTION_ETA,
     .metric = "location",
     .place = "depot",
     .span = MINUTES(30)},
};

int ref_use_find(const otr_symbols *symbols, const otr_use *use)
{
    for (int i = 0; i < REF_USES; i++) {
        const ref_use *known = &ref_uses[i];
        otr_str field =
            use->limit_symbol == OTR_USE_NO_SYMBOL ? OTR_STR("") : symbols->list[use->limit_symbol].path;
        if (use->function == known->function && otr_str_is(symbols->list[use->symbol].path, known->metric) &&
            otr_str_is(use->place, known->place != NULL ? known->place : "") && use->span == known->span &&
            use->ahead == known->ahead && use->limit == known->limit &&
            otr_str_is(field, known->limit_field != NULL ? known->limit_field : ""))
            return i;
    }
    return -1;
}
