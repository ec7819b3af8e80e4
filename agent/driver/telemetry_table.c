/* The newest value of each metric of each device, and what was told of it. */
#include "core/view/last_values.h"
#include "driver/telemetry_inside.h"

#include <stdlib.h>

otr_telemetry_device *otr_telemetry_device_get(otr_telemetry *telemetry, uint32_t number)
{
    /* an assignment's may be beyond OTR_LIMIT_DEVICES */
    if (number >= otr_core_device_count(telemetry->core))
        return NULL;
    if (number >= telemetry->device_count) {
        uint32_t count = telemetry->device_count < 16 ? 16 : telemetry->device_count * 2;
        count = count > number ? count : number + 1;
        otr_telemetry_device *devices = realloc(telemetry->devices, count * sizeof *devices);
        if (devices == NULL)
            return NULL;
        telemetry->devices = devices;
        for (uint32_t i = telemetry->device_count; i < count; i++)
            devices[i] = (otr_telemetry_device){.heard = OTR_TIME_NONE};
        telemetry->device_count = count;
    }
    return &telemetry->devices[number];
}

static bool grow(otr_telemetry_device *device)
{
    size_t capacity = device->capacity < 4 ? 4 : (size_t)device->capacity * 2;
    otr_telemetry_point *points = realloc(device->points, capacity * sizeof *points);
    if (points == NULL)
        return false;
    device->points = points;
    device->capacity = (uint16_t)capacity;
    return true;
}

static double deadband_of(const otr_telemetry *telemetry, uint32_t metric)
{
    otr_str name = otr_core_metric_name(telemetry->core, metric);
    double width = 0;
    for (size_t i = 0; i < telemetry->config.deadband_count; i++)
        if (otr_str_equal(telemetry->config.deadbands[i].metric, name))
            width = telemetry->config.deadbands[i].width;
    return width;
}

otr_status otr_telemetry_tune(otr_telemetry *telemetry, const otr_telemetry_config *config, otr_error *error)
{
    otr_arena memory = {0};
    otr_deadband *deadbands = otr_arena_array(&memory, config->deadband_count + 1, sizeof *deadbands);
    otr_sparkplug_compression *compressions =
        otr_arena_array(&memory, telemetry->config.servers, sizeof *compressions);
    for (size_t i = 0; i < config->deadband_count && !memory.failed; i++)
        deadbands[i] =
            (otr_deadband){otr_arena_copy(&memory, config->deadbands[i].metric), config->deadbands[i].width};
    if (memory.failed) {
        otr_arena_done(&memory);
        return otr_fail(error, OTR_MEMORY, "no memory for the telemetry");
    }
    for (unsigned i = 0; i < telemetry->config.servers; i++)
        compressions[i] = config->compressions != NULL ? config->compressions[i] : OTR_SPARKPLUG_PLAIN;
    otr_arena_done(&telemetry->tuned);
    telemetry->tuned = memory;
    telemetry->config.compressions = compressions;
    telemetry->config.deadbands = deadbands;
    telemetry->config.deadband_count = config->deadband_count;
    telemetry->config.device_timeout = config->device_timeout;
    for (uint32_t d = 0; d < telemetry->device_count; d++)
        for (uint16_t i = 0; i < telemetry->devices[d].count; i++)
            telemetry->devices[d].points[i].deadband =
                deadband_of(telemetry, telemetry->devices[d].points[i].metric);
    return OTR_OK;
}

otr_telemetry_point *otr_telemetry_point_get(otr_telemetry *telemetry, otr_telemetry_device *device,
                                             uint32_t metric)
{
    for (uint16_t i = 0; i < device->count; i++)
        if (device->points[i].metric == metric)
            return &device->points[i];
    if (device->count == OTR_LIMIT_METRICS || (device->count == device->capacity && !grow(device)))
        return NULL;
    otr_telemetry_point *point = &device->points[device->count++];
    *point = (otr_telemetry_point){
        .metric = metric, .at = OTR_TIME_NONE, .told_at = OTR_TIME_NONE, .alias = telemetry->next_alias};
    point->deadband = deadband_of(telemetry, metric);
    telemetry->next_alias += 2; /* a location has two, and what is a number now may be one tomorrow */
    return point;
}

static void drop_value(otr_telemetry_point *point)
{
    if (point->kind == OTR_KIND_TEXT)
        free(point->text.data);
    point->kind = OTR_KIND_ANY;
    point->undated = false;
    point->at = OTR_TIME_NONE;
}

/* What is dated in the future is only better than nothing, or than a value of a kind that the metric has no
 * longer. */
static bool replaces(const otr_telemetry_point *point, const otr_entry *entry)
{
    if (entry->quality == OTR_QUALITY_FUTURE)
        return entry->kind != point->kind;
    if (entry->unsynced != point->undated) /* no telling which is newer: the one that came last */
        return true;
    return point->quality == OTR_QUALITY_FUTURE || entry->at >= point->at;
}

bool otr_telemetry_learn(otr_telemetry_point *point, const otr_entry *entry)
{
    if (point->kind != OTR_KIND_ANY && !replaces(point, entry))
        return true;
    char *text = NULL;
    if (entry->kind == OTR_KIND_TEXT) {
        text = malloc(entry->text.size + 1);
        if (text == NULL)
            return false;
        if (entry->text.size > 0)
            memcpy(text, entry->text.data, entry->text.size);
    }
    drop_value(point);
    point->kind = entry->kind;
    point->quality = entry->quality;
    point->undated = entry->unsynced;
    point->at = entry->at;
    if (entry->kind == OTR_KIND_NUMBER) {
        point->number = entry->number;
    } else if (entry->kind == OTR_KIND_BOOL) {
        point->flag = entry->flag;
    } else if (entry->kind == OTR_KIND_TEXT) {
        point->text.data = text;
        point->text.size = entry->text.size;
    } else {
        point->location.latitude = entry->location.latitude;
        point->location.longitude = entry->location.longitude;
    }
    return true;
}

void otr_telemetry_date_values(otr_telemetry *telemetry)
{
    for (uint32_t d = 0; telemetry->undated && d < telemetry->device_count; d++)
        for (uint16_t i = 0; i < telemetry->devices[d].count; i++) {
            otr_telemetry_point *point = &telemetry->devices[d].points[i];
            if (point->undated)
                point->at = otr_time_add(point->at, telemetry->now.utc - telemetry->core_now);
            point->undated = false;
        }
    telemetry->undated = false;
}

void otr_telemetry_forget_values(otr_telemetry *telemetry)
{
    for (uint32_t d = 0; d < telemetry->device_count; d++)
        for (uint16_t i = 0; i < telemetry->devices[d].count; i++)
            drop_value(&telemetry->devices[d].points[i]);
}

bool otr_telemetry_lacks_values(const otr_telemetry *telemetry)
{
    for (uint32_t d = 0; d < telemetry->device_count; d++)
        for (uint16_t i = 0; i < telemetry->devices[d].count; i++) {
            const otr_telemetry_point *point = &telemetry->devices[d].points[i];
            if (point->born != OTR_KIND_ANY && point->kind == OTR_KIND_ANY)
                return true;
        }
    return false;
}

void otr_telemetry_table_done(otr_telemetry *telemetry)
{
    otr_telemetry_forget_values(telemetry);
    for (uint32_t d = 0; d < telemetry->device_count; d++) {
        otr_buffer_done(&telemetry->devices[d].gather);
        free(telemetry->devices[d].points);
    }
    free(telemetry->devices);
    free(telemetry->gathering);
    telemetry->devices = NULL;
    telemetry->device_count = 0;
    telemetry->behind = 0;
    telemetry->gathering = NULL;
    telemetry->gathering_count = 0;
    telemetry->gathering_capacity = 0;
}

static bool seed_one(void *context, uint32_t number, const otr_entry *entry)
{
    otr_telemetry *telemetry = context;
    otr_telemetry_device *device = otr_telemetry_device_get(telemetry, number);
    otr_telemetry_point *point =
        device != NULL ? otr_telemetry_point_get(telemetry, device, entry->metric) : NULL;
    return point != NULL && otr_telemetry_learn(point, entry);
}

bool otr_telemetry_seed(otr_telemetry *telemetry)
{
    return otr_core_last_values(telemetry->core, telemetry, seed_one);
}
