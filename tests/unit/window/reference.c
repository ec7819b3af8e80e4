#include "reference.h"

#include "base/geo.h"

#include <math.h>
#include <stdlib.h>

const char *bug_name(bug planted)
{
    static const char *const names[] = {"none",
#define X(name) #name,
                                        BUG_LIST(X)
#undef X
    };
    return names[planted];
}

size_t history_first(history past, otr_time start)
{
    size_t first = 0;
    while (first < past.count && past.list[first].at <= start)
        first++;
    return first;
}

static double seconds(otr_time span)
{
    return (double)span / 1e6;
}

static otr_status number(double value, otr_value *out)
{
    *out = (otr_value){.type = OTR_TYPE_DOUBLE, .number = value};
    return OTR_OK;
}

static otr_status duration(otr_time value, otr_value *out)
{
    *out = (otr_value){.type = OTR_TYPE_DURATION, .time = value};
    return OTR_OK;
}

static double value_of(history past, size_t index)
{
    return past.list[index].value.number;
}

static double deviation(history past, size_t first, bug planted)
{
    long double mean = 0;
    long double squares = 0;
    size_t count = past.count - first;
    for (size_t i = first; i < past.count; i++)
        mean += value_of(past, i);
    mean /= count;
    for (size_t i = first; i < past.count; i++)
        squares += (value_of(past, i) - mean) * (value_of(past, i) - mean);
    if (count == 1)
        return 0;
    return (double)sqrtl(squares / (count - (planted != BUG_DEVIATION_OF_POPULATION)));
}

static otr_status ask_stats(history past, const question *asked, size_t first, bug planted, otr_value *out)
{
    size_t count = past.count - first;
    if (asked->use.function == OTR_FUNCTION_COUNT) {
        *out = (otr_value){.type = OTR_TYPE_INT,
                           .integer = (int64_t)(planted == BUG_COUNT_OF_EVERYTHING ? past.count : count)};
        return OTR_OK;
    }
    if (count == 0)
        return OTR_UNKNOWN;
    long double sum = 0;
    double least = INFINITY;
    double most = -INFINITY;
    double peak = 0;
    for (size_t i = first; i < past.count; i++) {
        double value = value_of(past, i);
        sum += value;
        least = fmin(least, value);
        most = fmax(most, value);
        peak = fmax(peak, planted == BUG_PEAK_WITH_SIGN ? value : fabs(value));
    }
    double delta = value_of(past, past.count - 1) - value_of(past, first);
    otr_time apart = past.list[past.count - 1].at - past.list[first].at;
    switch (asked->use.function) {
    case OTR_FUNCTION_AVG:
        return number((double)(sum / count), out);
    case OTR_FUNCTION_SUM:
        return number((double)sum, out);
    case OTR_FUNCTION_MIN:
        return number(least, out);
    case OTR_FUNCTION_MAX:
        return number(most, out);
    case OTR_FUNCTION_PEAK:
        return number(peak, out);
    case OTR_FUNCTION_DELTA:
        return number(planted == BUG_DELTA_REVERSED ? -delta : delta, out);
    case OTR_FUNCTION_RATE:
        if (apart == 0)
            return OTR_UNKNOWN;
        if (planted == BUG_RATE_OVER_SPAN)
            apart = asked->use.span;
        return number(delta / seconds(apart) * (planted == BUG_RATE_PER_MINUTE ? 60 : 1), out);
    default:
        if (count < 2 && planted != BUG_DEVIATION_OF_ONE)
            return OTR_UNKNOWN;
        return number(deviation(past, first, planted), out);
    }
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static otr_status ask_median(history past, size_t first, bug planted, otr_value *out)
{
    size_t count = past.count - first;
    if (count == 0)
        return OTR_UNKNOWN;
    double *sorted = malloc(count * sizeof *sorted);
    if (sorted == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        sorted[i] = value_of(past, first + i);
    qsort(sorted, count, sizeof *sorted, by_size);
    double lower = sorted[(count - 1) / 2];
    double upper = sorted[count / 2];
    free(sorted);
    if (planted == BUG_MEDIAN_LOWER)
        upper = lower;
    if (planted == BUG_MEDIAN_UPPER)
        lower = upper;
    return number((lower + upper) / 2, out);
}

static bool equal_values(const otr_value *a, const otr_value *b)
{
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case OTR_TYPE_BOOL:
        return a->flag == b->flag;
    case OTR_TYPE_STRING:
        return otr_str_compare(a->text, b->text) == 0;
    case OTR_TYPE_LOCATION:
        return a->location.latitude == b->location.latitude && a->location.longitude == b->location.longitude;
    default:
        return a->number == b->number;
    }
}

static otr_status ask_changed(history past, size_t first, bug planted, otr_value *out)
{
    if (past.count == 0)
        return OTR_UNKNOWN;
    *out = (otr_value){.type = OTR_TYPE_BOOL, .flag = planted == BUG_CHANGED_BY_FIRST && first == 0};
    for (size_t i = first; i < past.count; i++) {
        size_t before = planted == BUG_CHANGED_FROM_OLDEST ? first : i - 1;
        if (i > 0 && !equal_values(&past.list[i].value, &past.list[before].value))
            out->flag = true;
    }
    return OTR_OK;
}

static otr_status ask_predict(history past, const question *asked, otr_time now, size_t first, bug planted,
                              otr_value *out)
{
    size_t count = past.count - first;
    if (count < (planted == BUG_PREDICT_FROM_TWO ? 2 : 3))
        return OTR_UNKNOWN;
    otr_time oldest = past.list[first].at;
    otr_time newest = past.list[past.count - 1].at;
    if (planted != BUG_PREDICT_FROM_SHORT && 2 * (newest - oldest) < asked->use.span)
        return OTR_UNKNOWN;
    long double time = 0;
    long double value = 0;
    long double squares = 0;
    long double products = 0;
    for (size_t i = first; i < past.count; i++) {
        time += seconds(past.list[i].at - oldest) / (long double)count;
        value += value_of(past, i) / (long double)count;
    }
    for (size_t i = first; i < past.count; i++) {
        long double later = seconds(past.list[i].at - oldest) - time;
        squares += later * later;
        products += later * (value_of(past, i) - value);
    }
    if (squares == 0)
        return OTR_UNKNOWN;
    if (planted == BUG_PREDICT_THROUGH_ENDS) {
        products = (value_of(past, past.count - 1) - value_of(past, first)) / seconds(newest - oldest);
        squares = 1;
    }
    otr_time at = (planted == BUG_PREDICT_FROM_NEWEST ? newest : now) +
                  (planted == BUG_PREDICT_NOT_AHEAD ? 0 : asked->use.ahead);
    return number((double)(value + products / squares * (seconds(at - oldest) - time)), out);
}

/* Until when the reading counts, no further than now. */
static otr_time held_until(history past, size_t index, otr_time now, bug planted)
{
    otr_time until = now;
    if (index + 1 < past.count)
        until = past.list[index + 1].at;
    else if (planted == BUG_HOLDS_NOT_UNTIL_NOW)
        until = past.list[index].at;
    otr_time valid_for = past.list[index].valid_for;
    if (valid_for > 0 && planted != BUG_HOLDS_FOR_EVER && past.list[index].at + valid_for < until)
        until = past.list[index].at + valid_for;
    return until;
}

static bool is_stale(history past, otr_time start, bug planted)
{
    const otr_window_reading *newest = &past.list[past.count - 1];
    return planted != BUG_STALE_IS_KNOWN && newest->valid_for > 0 && newest->at + newest->valid_for <= start;
}

static bool is_beyond(const question *asked, double value, bug planted)
{
    otr_function function = asked->use.function;
    bool below = function == OTR_FUNCTION_TIME_BELOW || function == OTR_FUNCTION_LONGEST_BELOW;
    if (function == OTR_FUNCTION_DURATION && planted != BUG_LIMIT_WITH_SIGN)
        value = fabs(value);
    if (planted == BUG_LIMIT_REACHED_IS_BEYOND && value == asked->limit)
        return true;
    return below && planted != BUG_LIMIT_BELOW_IS_ABOVE ? value < asked->limit : value > asked->limit;
}

static otr_status ask_limit(history past, const question *asked, otr_time now, otr_time start, bug planted,
                            otr_value *out)
{
    otr_time sum = 0;
    otr_time longest = 0;
    otr_time run = 0;
    otr_time run_end = 0;
    if (past.count == 0 || is_stale(past, start, planted))
        return OTR_UNKNOWN;
    for (size_t i = 0; i < past.count; i++) {
        otr_time from = past.list[i].at;
        otr_time to = held_until(past, i, now, planted);
        if (to <= start)
            continue;
        if (from < start && planted != BUG_TIME_NOT_CUT)
            from = start;
        if (!is_beyond(asked, value_of(past, i), planted)) {
            run = 0;
            continue;
        }
        if ((run > 0 && run_end < from && planted != BUG_LONGEST_ACROSS_GAPS) ||
            planted == BUG_LONGEST_PER_READING)
            run = 0;
        run += to - from;
        run_end = to;
        sum += to - from;
        if (run > longest)
            longest = run;
    }
    bool total =
        asked->use.function == OTR_FUNCTION_TIME_ABOVE || asked->use.function == OTR_FUNCTION_TIME_BELOW;
    return duration(total || planted == BUG_LONGEST_IS_SUM ? sum : longest, out);
}

static otr_status ask_mkt(history past, otr_time now, otr_time start, size_t first, bug planted,
                          otr_value *out)
{
    const double kelvin = 83.144e3 / 8.3144;
    long double harm = 0;
    long double degrees = 0;
    long double covered = 0;
    for (size_t i = 0; i < past.count; i++) {
        otr_time from = past.list[i].at;
        otr_time to = held_until(past, i, now, planted);
        if (from < start && planted != BUG_MKT_NOT_CUT)
            from = start;
        if (to <= start || to <= from)
            continue;
        double share = planted == BUG_MKT_BY_READINGS ? 1 : seconds(to - from);
        covered += share;
        degrees += share * value_of(past, i);
        harm += share * expl(-kelvin / (value_of(past, i) + 273.15L));
    }
    if (covered == 0) {
        if (first == past.count)
            return OTR_UNKNOWN;
        return number(value_of(past, past.count - 1), out);
    }
    if (planted == BUG_MKT_IS_MEAN)
        return number((double)(degrees / covered), out);
    return number((double)(kelvin / -logl(harm / covered) - 273.15L), out);
}

static double apart_m(const otr_value *from, double latitude, double longitude)
{
    return otr_geo_distance_m(from->location.latitude, from->location.longitude, latitude, longitude);
}

static double between_m(const otr_value *from, const otr_value *to)
{
    return apart_m(from, to->location.latitude, to->location.longitude);
}

static double left_m(const otr_value *from, const otr_window_place *place)
{
    return apart_m(from, place->latitude, place->longitude);
}

static otr_status ask_dwell(history past, const question *asked, otr_time now, bug planted, otr_value *out)
{
    otr_time since = OTR_TIME_NONE;
    if (past.count == 0)
        return OTR_UNKNOWN;
    for (size_t i = 0; i < past.count; i++) {
        bool inside = left_m(&past.list[i].value, &asked->place) <= asked->place.radius_m;
        if (!inside && planted != BUG_DWELL_SINCE_EVER)
            since = OTR_TIME_NONE;
        else if (inside && (since == OTR_TIME_NONE || planted == BUG_DWELL_FROM_NEWEST))
            since = past.list[i].at;
    }
    return duration(since == OTR_TIME_NONE ? 0 : now - since, out);
}

static otr_status ask_speed(history past, const question *asked, size_t first, bug planted, otr_value *out)
{
    double way = 0;
    const otr_window_reading *oldest = &past.list[first];
    const otr_window_reading *newest = &past.list[past.count - 1];
    if (newest->at == oldest->at)
        return OTR_UNKNOWN;
    for (size_t i = first + (planted != BUG_SPEED_FROM_BEFORE); i < past.count; i++)
        way += i == 0 ? 0 : between_m(&past.list[i - 1].value, &past.list[i].value);
    if (planted == BUG_SPEED_STRAIGHT)
        way = between_m(&oldest->value, &newest->value);
    return number(way / seconds(planted == BUG_SPEED_OVER_SPAN ? asked->use.span : newest->at - oldest->at),
                  out);
}

static otr_status ask_heading(const otr_value *from, const otr_value *to, bug planted, otr_value *out)
{
    if (between_m(from, to) < 10 && planted != BUG_HEADING_OF_SCATTER)
        return OTR_UNKNOWN;
    if (planted == BUG_HEADING_BACK) {
        const otr_value *other = from;
        from = to;
        to = other;
    }
    return number(otr_geo_bearing_degrees(from->location.latitude, from->location.longitude,
                                          to->location.latitude, to->location.longitude),
                  out);
}

static otr_status ask_eta(history past, const question *asked, size_t first, bug planted, otr_value *out)
{
    const otr_window_reading *oldest = &past.list[first];
    const otr_window_reading *newest = &past.list[past.count - 1];
    double left = left_m(&newest->value, &asked->place);
    double passed = seconds(newest->at - oldest->at);
    double speed = passed > 0 ? (left_m(&oldest->value, &asked->place) - left) / passed : 0;
    if (left <= asked->place.radius_m && planted != BUG_ETA_INSIDE)
        return duration(0, out);
    if (!(speed > (planted == BUG_ETA_OF_CRAWL ? 0 : 0.1)))
        return OTR_UNKNOWN;
    return duration(
        (otr_time)((left - (planted == BUG_ETA_TO_EDGE ? asked->place.radius_m : 0)) / speed * 1e6), out);
}

static bool in_run(const question *asked, double value, bug planted)
{
    if (planted != BUG_PULSE_WITH_SIGN)
        value = fabs(value);
    if (asked->use.function == OTR_FUNCTION_DELTA_V)
        return value > asked->limit;
    return value * asked->unit < (planted == BUG_FALL_BY_A_TENTH ? 0.5 : 0.4) * 9.80665;
}

/* The largest run that ends after start: change of velocity, or height fallen. */
static otr_status ask_runs(history past, const question *asked, otr_time start, bug planted, otr_value *out)
{
    double largest = 0;
    double sum = 0;
    bool falls = asked->use.function == OTR_FUNCTION_DROP_HEIGHT;
    if (past.count == 0 || past.list[past.count - 1].at <= start)
        return OTR_UNKNOWN;
    for (size_t i = 0; i < past.count;) {
        size_t last = i;
        double size = 0;
        if (!in_run(asked, value_of(past, i), planted)) {
            i++;
            continue;
        }
        while (last + 1 < past.count && in_run(asked, value_of(past, last + 1), planted) &&
               (past.list[last + 1].at - past.list[last].at <= 250000 || planted == BUG_PULSE_ACROSS_GAPS)) {
            double passed = seconds(past.list[last + 1].at - past.list[last].at);
            double before = fabs(value_of(past, last));
            double after = fabs(value_of(past, last + 1));
            double mean = planted == BUG_PULSE_OF_STEPS ? before : (before + after) / 2;
            size += falls ? passed : mean * passed * (planted == BUG_PULSE_WITHOUT_UNIT ? 1 : asked->unit);
            last++;
        }
        if (past.list[last].at > start) {
            largest = fmax(largest, size);
            sum += size;
        }
        i = last + 1;
    }
    if (planted == BUG_PULSE_SUMMED)
        largest = sum;
    return number(falls ? 9.80665 * largest * largest * (planted == BUG_FALL_NOT_HALVED ? 1 : 0.5) : largest,
                  out);
}

otr_status reference_ask(history past, const question *asked, otr_time now, otr_time start, size_t first,
                         bug planted, otr_value *out)
{
    if (planted == BUG_WINDOW_HOLDS_ITS_START && first > 0 && past.list[first - 1].at == start)
        first--;
    if (planted == BUG_OLDEST_LEFT_OUT && first < past.count)
        first++;
    if (planted == BUG_NEWEST_LEFT_OUT && past.count > first)
        past.count--;
    if (past.count == 0)
        return OTR_UNKNOWN;
    switch (asked->use.function) {
    case OTR_FUNCTION_MEDIAN:
        return ask_median(past, first, planted, out);
    case OTR_FUNCTION_CHANGED:
        return ask_changed(past, first, planted, out);
    case OTR_FUNCTION_PREDICT:
        return ask_predict(past, asked, now, first, planted, out);
    case OTR_FUNCTION_TIME_ABOVE:
    case OTR_FUNCTION_TIME_BELOW:
    case OTR_FUNCTION_LONGEST_ABOVE:
    case OTR_FUNCTION_LONGEST_BELOW:
    case OTR_FUNCTION_DURATION:
        return ask_limit(past, asked, now, start, planted, out);
    case OTR_FUNCTION_MKT:
        return ask_mkt(past, now, start, first, planted, out);
    case OTR_FUNCTION_DWELL:
        return ask_dwell(past, asked, now, planted, out);
    case OTR_FUNCTION_DELTA_V:
    case OTR_FUNCTION_DROP_HEIGHT:
        return ask_runs(past, asked, start, planted, out);
    case OTR_FUNCTION_SPEED:
    case OTR_FUNCTION_HEADING:
    case OTR_FUNCTION_ETA:
        if (first == past.count)
            return OTR_UNKNOWN;
        if (asked->use.function == OTR_FUNCTION_SPEED)
            return ask_speed(past, asked, first, planted, out);
        if (asked->use.function == OTR_FUNCTION_HEADING)
            return ask_heading(&past.list[first].value, &past.list[past.count - 1].value, planted, out);
        return ask_eta(past, asked, first, planted, out);
    default:
        return ask_stats(past, asked, first, planted, out);
    }
}
