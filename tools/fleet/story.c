#include "tools/fleet/story.h"

#include "base/metric.h"
#include "rules/load/yaml.h"

typedef struct loading {
    otr_arena *arena;
    otr_error *error;
} loading;

static otr_status refuse(const loading *load, const otr_yaml *node, const char *reason)
{
    return otr_fail_at(load->error, OTR_INVALID, node->line, node->column, "%s", reason);
}

static otr_status no_memory(const loading *load)
{
    return otr_fail(load->error, OTR_MEMORY, "out of memory");
}

/* The key of an entry as an instant later than the one before. */
static otr_status read_instant(const loading *load, const otr_yaml *entry, otr_time before, otr_time *out)
{
    if (!otr_span_parse(entry->key, out))
        return otr_fail_at(load->error, OTR_INVALID, entry->key_line, entry->key_column,
                           "expected a time since the begin such as 12m or 1h30m");
    if (*out <= before)
        return otr_fail_at(load->error, OTR_INVALID, entry->key_line, entry->key_column,
                           "expected a time later than the one before");
    return OTR_OK;
}

static otr_status read_location(const loading *load, const otr_yaml *node, otr_story_point *out)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, load->error);
    if (status == OTR_OK && otr_yaml_count(node) != 2)
        status = refuse(load, node, "expected [latitude, longitude]");
    if (status == OTR_OK)
        status = otr_yaml_double(node->first, &out->value, load->error);
    if (status == OTR_OK)
        status = otr_yaml_double(node->first->next, &out->longitude, load->error);
    return status;
}

static otr_status read_value(const loading *load, const otr_yaml *node, otr_kind kind, otr_story_point *out)
{
    bool flag = false;
    otr_status status;
    switch (kind) {
    case OTR_KIND_NUMBER:
        return otr_yaml_double(node, &out->value, load->error);
    case OTR_KIND_LOCATION:
        return read_location(load, node, out);
    case OTR_KIND_TEXT:
        status = otr_yaml_text(node, &out->text, load->error);
        if (status == OTR_OK)
            out->text = otr_arena_copy(load->arena, out->text);
        return status == OTR_OK && out->text.data == NULL ? no_memory(load) : status;
    default:
        status = otr_yaml_bool(node, &flag, load->error);
        out->value = flag ? 1 : 0;
        return status;
    }
}

static otr_status read_course(const loading *load, const otr_yaml *node, bool step, otr_story_course *out)
{
    const otr_metric *metric = otr_metric_find(node->key);
    bool steps_only = metric != NULL && (metric->kind == OTR_KIND_TEXT || metric->kind == OTR_KIND_BOOL);
    if (metric == NULL || (steps_only && !step))
        return otr_fail_at(load->error, OTR_INVALID, node->key_line, node->key_column,
                           "no metric of the catalogue that can have such a course");
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, load->error);
    if (status == OTR_OK && node->first == NULL)
        status = refuse(load, node, "expected at least one TIME: VALUE");
    if (status != OTR_OK)
        return status;
    *out =
        (otr_story_course){.metric = otr_arena_copy(load->arena, node->key),
                           .unit = otr_str_of(metric->unit),
                           .kind = metric->kind,
                           .step = step,
                           .points = otr_arena_array(load->arena, otr_yaml_count(node), sizeof *out->points)};
    if (out->metric.data == NULL || out->points == NULL)
        return no_memory(load);
    otr_time before = -1;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        otr_story_point *point = &out->points[out->count++];
        status = read_instant(load, entry, before, &point->at);
        if (status == OTR_OK)
            status = read_value(load, entry, out->kind, point);
        before = point->at;
    }
    return status;
}

static otr_status read_courses(const loading *load, const otr_yaml *map, bool step, otr_story_device *out)
{
    if (map == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_kind_is(map, OTR_YAML_MAP, load->error);
    for (const otr_yaml *entry = status == OTR_OK ? map->first : NULL; entry != NULL && status == OTR_OK;
         entry = entry->next) {
        if (out->course_count == OTR_STORY_METRICS_MAX)
            return refuse(load, entry, "a device has at most 8 metrics");
        status = read_course(load, entry, step, &out->courses[out->course_count++]);
    }
    return status;
}

static otr_status read_away(const loading *load, const otr_yaml *node, otr_story_device *out)
{
    static const char *const known[] = {"from", "to", NULL};
    const otr_yaml *from = NULL;
    const otr_yaml *to = NULL;
    out->away_from = OTR_TIME_NEVER;
    out->away_to = OTR_TIME_NEVER;
    if (node == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_need(node, "from", &from, load->error);
    if (status == OTR_OK)
        status = otr_yaml_need(node, "to", &to, load->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, load->error);
    if (status == OTR_OK)
        status = otr_yaml_span(from, &out->away_from, load->error);
    if (status == OTR_OK)
        status = otr_yaml_span(to, &out->away_to, load->error);
    return status;
}

static otr_status read_lines(const loading *load, const otr_yaml *node, otr_story_device *out)
{
    if (node == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, load->error);
    if (status != OTR_OK)
        return status;
    out->lines = otr_arena_array(load->arena, otr_yaml_count(node) + 1, sizeof *out->lines);
    if (out->lines == NULL)
        return no_memory(load);
    otr_time before = -1;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        otr_story_line *line = &out->lines[out->line_count++];
        status = read_instant(load, entry, before, &line->at);
        if (status == OTR_OK)
            status = otr_yaml_text(entry, &line->text, load->error);
        line->text = otr_arena_copy(load->arena, line->text);
        if (status == OTR_OK && line->text.data == NULL)
            status = no_memory(load);
        before = line->at;
    }
    return status;
}

static otr_status read_device(const loading *load, const otr_yaml *node, otr_story_device *out)
{
    static const char *const known[] = {"device", "every",        "clock", "ramp",
                                        "step",   "out_of_reach", "says",  NULL};
    const otr_yaml *name = NULL;
    const otr_yaml *every = NULL;
    const otr_yaml *clock = otr_yaml_get(node, "clock");
    otr_status status = otr_yaml_need(node, "device", &name, load->error);
    if (status == OTR_OK)
        status = otr_yaml_need(node, "every", &every, load->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, load->error);
    if (status == OTR_OK)
        status = otr_yaml_text(name, &out->name, load->error);
    if (status == OTR_OK && !otr_device_name_ok(out->name))
        status = refuse(load, name, "no device name");
    if (status == OTR_OK)
        status = otr_yaml_span(every, &out->every, load->error);
    if (status == OTR_OK && out->every <= 0)
        status = refuse(load, every, "expected more than 0");
    out->clock = true;
    if (status == OTR_OK && clock != NULL)
        status = otr_yaml_bool(clock, &out->clock, load->error);
    if (status == OTR_OK)
        status = read_courses(load, otr_yaml_get(node, "ramp"), false, out);
    if (status == OTR_OK)
        status = read_courses(load, otr_yaml_get(node, "step"), true, out);
    if (status == OTR_OK)
        status = read_away(load, otr_yaml_get(node, "out_of_reach"), out);
    if (status == OTR_OK)
        status = read_lines(load, otr_yaml_get(node, "says"), out);
    if (status != OTR_OK)
        return status;
    out->name = otr_arena_copy(load->arena, out->name);
    return out->name.data != NULL ? OTR_OK : no_memory(load);
}

static otr_status read_story(const loading *load, const otr_yaml *root, otr_story *out)
{
    static const char *const known[] = {"length", "devices", NULL};
    const otr_yaml *length = NULL;
    const otr_yaml *devices = NULL;
    otr_status status = otr_yaml_need(root, "length", &length, load->error);
    if (status == OTR_OK)
        status = otr_yaml_need(root, "devices", &devices, load->error);
    if (status == OTR_OK)
        status = otr_yaml_only(root, known, load->error);
    if (status == OTR_OK)
        status = otr_yaml_span(length, &out->length, load->error);
    if (status == OTR_OK)
        status = otr_yaml_kind_is(devices, OTR_YAML_LIST, load->error);
    if (status != OTR_OK)
        return status;
    size_t count = otr_yaml_count(devices);
    if (count == 0 || count > OTR_STORY_DEVICES_MAX)
        return refuse(load, devices, "expected 1 to 64 devices");
    out->devices = otr_arena_array(load->arena, count, sizeof *out->devices);
    if (out->devices == NULL)
        return no_memory(load);
    for (const otr_yaml *entry = devices->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = read_device(load, entry, &out->devices[out->device_count++]);
    return status;
}

otr_status otr_story_load(otr_arena *arena, otr_str yaml, otr_story *out, otr_error *error)
{
    otr_arena scratch = {0};
    loading load = {arena, error};
    otr_yaml *root = NULL;
    *out = (otr_story){0};
    otr_status status = otr_yaml_parse(&scratch, yaml, &root, error);
    if (status == OTR_OK)
        status = read_story(&load, root, out);
    otr_arena_done(&scratch);
    return status;
}

otr_time otr_story_next(const otr_story_device *device, otr_time after)
{
    otr_time next = after < 0 ? 0 : (after / device->every + 1) * device->every;
    for (size_t i = 0; i < device->course_count; i++) {
        const otr_story_course *course = &device->courses[i];
        for (size_t j = 0; course->step && j < course->count; j++)
            if (course->points[j].at > after && course->points[j].at < next)
                next = course->points[j].at;
    }
    return next;
}

/* To a tenth, as sensors tell it; of a degree of latitude that would be 11 km. */
static double round_to(double value, double parts)
{
    double scaled = value * parts;
    return (double)(int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5) / parts;
}

static otr_story_point value_at(const otr_story_course *course, otr_time at)
{
    size_t i = 0;
    while (i + 1 < course->count && course->points[i + 1].at <= at)
        i++;
    otr_story_point value = course->points[i];
    if (course->step || i + 1 == course->count)
        return value;
    const otr_story_point *next = &course->points[i + 1];
    double share = (double)(at - value.at) / (double)(next->at - value.at);
    value.value += (next->value - value.value) * share;
    value.longitude += (next->longitude - value.longitude) * share;
    return value;
}

size_t otr_story_sample(const otr_story_device *device, otr_time at, otr_reading *out)
{
    size_t count = 0;
    for (size_t i = 0; i < device->course_count; i++) {
        const otr_story_course *course = &device->courses[i];
        if (at < course->points[0].at)
            continue;
        otr_story_point value = value_at(course, at);
        otr_reading *reading = &out[count++];
        *reading =
            (otr_reading){.metric = course->metric, .unit = course->unit, .kind = (uint8_t)course->kind};
        if (course->kind == OTR_KIND_BOOL) {
            reading->flag = value.value != 0;
        } else if (course->kind == OTR_KIND_TEXT) {
            reading->text = value.text;
        } else if (course->kind == OTR_KIND_NUMBER) {
            reading->number = round_to(value.value, 10);
        } else {
            reading->location.latitude = round_to(value.value, 1e5);
            reading->location.longitude = round_to(value.longitude, 1e5);
        }
    }
    return count;
}

bool otr_story_away(const otr_story_device *device, otr_time at)
{
    return at >= device->away_from && at < device->away_to;
}
