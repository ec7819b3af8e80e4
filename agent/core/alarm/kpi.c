#include "core/alarm/kpi.h"

/* A longer pause leaves nothing in either window. */
static const int64_t walk_max = 25 * INT64_C(60);

/* ---- windows ---- */

static uint32_t sum(const uint32_t *counts, int size)
{
    uint32_t total = 0;
    for (int i = 0; i < size; i++)
        total += counts[i];
    return total;
}

static void halve_sources(otr_kpi *kpi)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < kpi->source_count; i++) {
        otr_kpi_source source = kpi->sources[i];
        source.count /= 2;
        source.error /= 2;
        if (source.count > 0)
            kpi->sources[kept++] = source;
    }
    kpi->source_count = kept;
}

static void check_flood(otr_kpi *kpi, otr_time now)
{
    uint32_t count = sum(kpi->minutes, OTR_KPI_MINUTES);
    if (!kpi->flood && count > OTR_KPI_FLOOD_BEGINS) {
        kpi->flood = true;
        kpi->flood_since = now;
        kpi->floods++;
    } else if (kpi->flood && count < OTR_KPI_FLOOD_ENDS) {
        kpi->flood = false;
    }
}

/* Minutes and hours that begin are empty. */
static void advance(otr_kpi *kpi, otr_time now)
{
    int64_t minute = now / OTR_MINUTE;
    if (kpi->minute == 0 || minute - kpi->minute > walk_max) {
        memset(kpi->minutes, 0, sizeof kpi->minutes);
        memset(kpi->hours, 0, sizeof kpi->hours);
        kpi->flood = false;
        for (int64_t day = kpi->minute / 1440; kpi->source_count > 0 && day < minute / 1440; day++)
            halve_sources(kpi);
        kpi->minute = minute;
    }
    while (kpi->minute < minute) {
        kpi->minute++;
        kpi->minutes[kpi->minute % OTR_KPI_MINUTES] = 0;
        if (kpi->minute % 60 == 0)
            kpi->hours[kpi->minute / 60 % OTR_KPI_HOURS] = 0;
        if (kpi->minute % 1440 == 0)
            halve_sources(kpi);
        check_flood(kpi, kpi->minute * OTR_MINUTE);
    }
}

/* ---- points ---- */

static void count_source(otr_kpi *kpi, otr_point_key key)
{
    uint32_t least = 0;
    for (uint32_t i = 0; i < kpi->source_count; i++) {
        if (otr_point_key_equal(kpi->sources[i].key, key)) {
            kpi->sources[i].count++;
            return;
        }
        if (kpi->sources[i].count < kpi->sources[least].count)
            least = i;
    }
    if (kpi->source_count < OTR_KPI_SOURCES) {
        kpi->sources[kpi->source_count++] = (otr_kpi_source){key, 1, 0};
        return;
    }
    uint64_t count = kpi->sources[least].count;
    kpi->sources[least] = (otr_kpi_source){key, count + 1, count};
}

void otr_kpi_raised(otr_kpi *kpi, otr_time now, otr_point_key key)
{
    advance(kpi, now);
    kpi->minutes[kpi->minute % OTR_KPI_MINUTES]++;
    kpi->hours[kpi->minute / 60 % OTR_KPI_HOURS]++;
    check_flood(kpi, now);
    count_source(kpi, key);
}

/* Its place, or that of the point that changed longest ago. */
static struct otr_kpi_point *point_of(otr_kpi *kpi, otr_point_key key)
{
    static const struct otr_kpi_point fresh = {.last = {OTR_TIME_NONE, OTR_TIME_NONE, OTR_TIME_NONE},
                                               .chattered = OTR_TIME_NONE};
    uint32_t at = 0;
    uint32_t oldest = 0;
    for (; at < kpi->point_count; at++) {
        if (otr_point_key_equal(kpi->points[at].key, key))
            return &kpi->points[at];
        if (kpi->points[at].last[0] < kpi->points[oldest].last[0])
            oldest = at;
    }
    if (at < OTR_KPI_POINTS)
        kpi->point_count++;
    else
        at = oldest;
    kpi->points[at] = fresh;
    kpi->points[at].key = key;
    return &kpi->points[at];
}

void otr_kpi_changed(otr_kpi *kpi, otr_time now, otr_point_key key)
{
    struct otr_kpi_point *point = point_of(kpi, key);
    memmove(point->last + 1, point->last, (OTR_KPI_CHATTER - 1) * sizeof *point->last);
    point->last[0] = now;
    otr_time first = point->last[OTR_KPI_CHATTER - 1];
    if (first != OTR_TIME_NONE && now - first <= OTR_MINUTE)
        point->chattered = now;
}

void otr_kpi_forget(otr_kpi *kpi, uint32_t asset)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < kpi->source_count; i++)
        if (kpi->sources[i].key.asset != asset)
            kpi->sources[kept++] = kpi->sources[i];
    kpi->source_count = kept;
    kept = 0;
    for (uint32_t i = 0; i < kpi->point_count; i++)
        if (kpi->points[i].key.asset != asset)
            kpi->points[kept++] = kpi->points[i];
    kpi->point_count = kept;
}

otr_kpi_figures otr_kpi_get(const otr_kpi *kpi, otr_time now)
{
    otr_kpi copy = *kpi;
    advance(&copy, now);
    otr_kpi_figures out = {
        .per_10_minutes = sum(copy.minutes, OTR_KPI_MINUTES),
        .per_day = sum(copy.hours, OTR_KPI_HOURS),
        .flood = copy.flood,
        .flood_since = copy.flood_since,
        .floods = copy.floods,
    };
    for (uint32_t i = 0; i < copy.point_count; i++)
        out.chattering += copy.points[i].chattered != OTR_TIME_NONE &&
                          now - copy.points[i].chattered < OTR_KPI_MINUTES * OTR_MINUTE;
    for (uint32_t i = 0; i < copy.source_count; i++) {
        uint32_t at = out.top_count++;
        for (; at > 0 && out.top[at - 1].count < copy.sources[i].count; at--)
            out.top[at] = out.top[at - 1];
        out.top[at] = copy.sources[i];
    }
    return out;
}

/* ---- snapshot ---- */

static void write_key(otr_point_key key, const otr_names *names, otr_buffer *out)
{
    otr_buffer_add_str(out, otr_names_get(names, key.asset));
    otr_buffer_add_str(out, otr_names_get(names, key.pack));
    otr_buffer_add_str(out, otr_names_get(names, key.rule));
}

static otr_point_key read_key(otr_names *names, otr_reader *reader)
{
    otr_str asset = otr_reader_str(reader);
    otr_str pack = otr_reader_str(reader);
    otr_str rule = otr_reader_str(reader);
    if (reader->failed)
        return (otr_point_key){OTR_NAME_NONE, OTR_NAME_NONE, OTR_NAME_NONE};
    return (otr_point_key){otr_names_put(names, asset, NULL), otr_names_put(names, pack, NULL),
                           otr_names_put(names, rule, NULL)};
}

static bool key_ok(otr_point_key key)
{
    return key.asset != OTR_NAME_NONE && key.pack != OTR_NAME_NONE && key.rule != OTR_NAME_NONE;
}

void otr_kpi_write(const otr_kpi *kpi, const otr_names *names, otr_buffer *out)
{
    otr_buffer_add_signed(out, kpi->minute);
    for (int i = 0; i < OTR_KPI_MINUTES; i++)
        otr_buffer_add_varint(out, kpi->minutes[i]);
    for (int i = 0; i < OTR_KPI_HOURS; i++)
        otr_buffer_add_varint(out, kpi->hours[i]);
    otr_buffer_add_u8(out, kpi->flood ? 1 : 0);
    otr_buffer_add_signed(out, kpi->flood_since);
    otr_buffer_add_varint(out, kpi->floods);
    otr_buffer_add_varint(out, kpi->source_count);
    for (uint32_t i = 0; i < kpi->source_count; i++) {
        write_key(kpi->sources[i].key, names, out);
        otr_buffer_add_varint(out, kpi->sources[i].count);
        otr_buffer_add_varint(out, kpi->sources[i].error);
    }
    otr_buffer_add_varint(out, kpi->point_count);
    for (uint32_t i = 0; i < kpi->point_count; i++) {
        write_key(kpi->points[i].key, names, out);
        for (int t = 0; t < OTR_KPI_CHATTER; t++)
            otr_buffer_add_signed(out, kpi->points[i].last[t]);
        otr_buffer_add_signed(out, kpi->points[i].chattered);
    }
}

/* A count of at most limit, or failed. */
static uint32_t read_count(otr_reader *reader, uint32_t limit)
{
    uint64_t count = otr_reader_varint(reader);
    if (count > limit)
        reader->failed = true;
    return reader->failed ? 0 : (uint32_t)count;
}

bool otr_kpi_read(otr_kpi *kpi, otr_names *names, otr_reader *reader)
{
    bool ok = true;
    kpi->minute = otr_reader_signed(reader);
    if (kpi->minute < 0 || kpi->minute > INT64_MAX / OTR_MINUTE - 1)
        reader->failed = true;
    for (int i = 0; i < OTR_KPI_MINUTES; i++)
        kpi->minutes[i] = (uint32_t)otr_reader_varint(reader);
    for (int i = 0; i < OTR_KPI_HOURS; i++)
        kpi->hours[i] = (uint32_t)otr_reader_varint(reader);
    kpi->flood = otr_reader_u8(reader) != 0;
    kpi->flood_since = otr_reader_signed(reader);
    kpi->floods = otr_reader_varint(reader);
    kpi->source_count = read_count(reader, OTR_KPI_SOURCES);
    for (uint32_t i = 0; i < kpi->source_count && ok && !reader->failed; i++) {
        kpi->sources[i].key = read_key(names, reader);
        ok = reader->failed || key_ok(kpi->sources[i].key);
        kpi->sources[i].count = otr_reader_varint(reader);
        kpi->sources[i].error = otr_reader_varint(reader);
    }
    kpi->point_count = read_count(reader, OTR_KPI_POINTS);
    for (uint32_t i = 0; i < kpi->point_count && ok && !reader->failed; i++) {
        kpi->points[i].key = read_key(names, reader);
        ok = reader->failed || key_ok(kpi->points[i].key);
        for (int t = 0; t < OTR_KPI_CHATTER; t++)
            kpi->points[i].last[t] = otr_reader_signed(reader);
        kpi->points[i].chattered = otr_reader_signed(reader);
    }
    return ok;
}
