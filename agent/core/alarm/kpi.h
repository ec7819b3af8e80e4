/*
 * Figures of the alarm system, by the terms of ISA-18.2: rate, flood, chattering points, top sources. They
 * count what people were told, by core time. Bounded, and a function of the calls alone; knows no core.
 */
#ifndef OTR_CORE_KPI_H
#define OTR_CORE_KPI_H

#include "base/buffer.h"
#include "base/names.h"
#include "base/time.h"

enum {
    OTR_KPI_MINUTES = 10,
    OTR_KPI_HOURS = 24,
    OTR_KPI_FLOOD_BEGINS = 10, /* more than this in ten minutes: an operator cannot follow (ISA-18.2, 16.5) */
    OTR_KPI_FLOOD_ENDS = 5,    /* fewer than this */
    OTR_KPI_CHATTER = 3,       /* transitions of one point within a minute */
    OTR_KPI_POINTS = 64,       /* watched for chatter: those that changed last */
    OTR_KPI_SOURCES = 16,
};

/* Numbers of names, all of the same otr_names. */
typedef struct otr_point_key {
    uint32_t asset;
    uint32_t pack;
    uint32_t rule;
} otr_point_key;

static inline bool otr_point_key_equal(otr_point_key a, otr_point_key b)
{
    return a.asset == b.asset && a.rule == b.rule && a.pack == b.pack;
}

/* A count by the space-saving algorithm (Metwally et al., 2005): at most error too high. Halved once a day.
 */
typedef struct otr_kpi_source {
    otr_point_key key;
    uint64_t count;
    uint64_t error;
} otr_kpi_source;

/* Zero-initialise to use. */
typedef struct otr_kpi {
    int64_t minute; /* of core time: that of the newest in minutes */
    uint32_t minutes[OTR_KPI_MINUTES];
    uint32_t hours[OTR_KPI_HOURS];
    bool flood;
    otr_time flood_since; /* core time */
    uint64_t floods;      /* so far */
    otr_kpi_source sources[OTR_KPI_SOURCES];
    uint32_t source_count;
    struct otr_kpi_point {
        otr_point_key key;
        otr_time last[OTR_KPI_CHATTER]; /* newest first; NONE: fewer so far */
        otr_time chattered;             /* when it last did; NONE: it has not */
    } points[OTR_KPI_POINTS];
    uint32_t point_count;
} otr_kpi;

typedef struct otr_kpi_figures {
    uint32_t per_10_minutes; /* this minute and the nine before */
    uint32_t per_day;        /* this hour and the 23 before */
    bool flood;
    otr_time flood_since; /* core time */
    uint64_t floods;
    uint32_t chattering; /* points that chattered within the last ten minutes */
    uint32_t top_count;
    otr_kpi_source top[OTR_KPI_SOURCES]; /* most first */
} otr_kpi_figures;

/* An alarm of that point is told. */
void otr_kpi_raised(otr_kpi *kpi, otr_time now, otr_point_key key);
/* It was raised or has cleared. */
void otr_kpi_changed(otr_kpi *kpi, otr_time now, otr_point_key key);
/* Points of that asset are not known any more; the rates stay. */
void otr_kpi_forget(otr_kpi *kpi, uint32_t asset);
otr_kpi_figures otr_kpi_get(const otr_kpi *kpi, otr_time now);

/* Keys by their names. */
void otr_kpi_write(const otr_kpi *kpi, const otr_names *names, otr_buffer *out);
/* False when memory is out. */
bool otr_kpi_read(otr_kpi *kpi, otr_names *names, otr_reader *reader);

#endif
