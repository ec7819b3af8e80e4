/*
 * From journal batches to messages. Readings of one device gather in one message until the batch, or the part
 * of the backlog, is through. A value is told when it differs from the one told before by more than the
 * metric's deadband; what is older than a value already told, or comes from the backlog, is historical. Of a
 * device that reported while the queue was full the newest values are told once the queue is empty; the
 * backlog has them all.
 */
#include "base/metric.h"
#include "core/journal/journal.h"
#include "core/view/last_values.h"
#include "driver/telemetry_inside.h"

#include <math.h>
#include <stdlib.h>

typedef struct batch {
    otr_telemetry *telemetry;
    bool told;
    bool past;
    uint64_t from; /* what is before it was told already */
    uint64_t last; /* that was taken in */
} batch;

/* ---- messages ---- */

static void flush_device(otr_telemetry *telemetry, uint32_t number, bool past)
{
    otr_telemetry_device *device = &telemetry->devices[number];
    if (device->gather.size > 0 && !device->gather.failed)
        (void)otr_telemetry_queue_add(past ? &telemetry->past : &telemetry->live, OTR_ITEM_DATA, number,
                                      &device->gather);
    otr_buffer_done(&device->gather);
    device->message = ++telemetry->messages;
}

static bool list(otr_telemetry *telemetry, otr_telemetry_device *device, uint32_t number)
{
    if (device->listed)
        return true;
    if (telemetry->gathering_count == telemetry->gathering_capacity) {
        size_t capacity = telemetry->gathering_capacity < 16 ? 16 : telemetry->gathering_capacity * 2;
        uint32_t *numbers = realloc(telemetry->gathering, capacity * sizeof *numbers);
        if (numbers == NULL)
            return false;
        telemetry->gathering = numbers;
        telemetry->gathering_capacity = capacity;
    }
    telemetry->gathering[telemetry->gathering_count++] = number;
    device->listed = true;
    device->message = ++telemetry->messages;
    return true;
}

static void cover(otr_telemetry_queue *queue, otr_stretch covers)
{
    otr_telemetry_item *item = queue->last;
    if (item == NULL || (item->covers.first != 0 && item->covers.last + 1 != covers.first))
        item = otr_telemetry_queue_add(queue, OTR_ITEM_MARK, 0, NULL);
    if (item == NULL)
        return; /* sent, and sent again later */
    if (item->covers.first == 0)
        item->covers.first = covers.first;
    item->covers.last = covers.last;
}

void otr_telemetry_flush(otr_telemetry *telemetry, bool past, otr_stretch covers)
{
    for (size_t i = 0; i < telemetry->gathering_count; i++) {
        flush_device(telemetry, telemetry->gathering[i], past);
        telemetry->devices[telemetry->gathering[i]].listed = false;
    }
    telemetry->gathering_count = 0;
    if (covers.first != 0)
        cover(past ? &telemetry->past : &telemetry->live, covers);
}

void otr_telemetry_drop_gathered(otr_telemetry *telemetry)
{
    for (size_t i = 0; i < telemetry->gathering_count; i++) {
        otr_telemetry_device *device = &telemetry->devices[telemetry->gathering[i]];
        otr_buffer_done(&device->gather);
        device->listed = false;
    }
    telemetry->gathering_count = 0;
}

/* ---- values ---- */

static otr_told told_of(const otr_entry *entry)
{
    otr_told told = {.kind = entry->kind, .quality = entry->quality};
    if (entry->kind == OTR_KIND_NUMBER) {
        told.number = entry->number;
    } else if (entry->kind == OTR_KIND_BOOL) {
        told.flag = entry->flag;
    } else if (entry->kind == OTR_KIND_TEXT) {
        told.text = otr_hash64(0, 0, entry->text.data, entry->text.size);
    } else {
        told.location.latitude = entry->location.latitude;
        told.location.longitude = entry->location.longitude;
    }
    return told;
}

static bool near(double a, double b, double width)
{
    return fabs(a - b) <= width;
}

/* An exception is what this does not hold for. */
static bool same(const otr_told *before, const otr_told *now, double deadband)
{
    if (before->kind != now->kind || before->quality != now->quality)
        return false;
    switch ((otr_kind)now->kind) {
    case OTR_KIND_NUMBER:
        return near(before->number, now->number, deadband);
    case OTR_KIND_BOOL:
        return before->flag == now->flag;
    case OTR_KIND_TEXT:
        return before->text == now->text;
    case OTR_KIND_LOCATION:
        return near(before->location.latitude, now->location.latitude, deadband) &&
               near(before->location.longitude, now->location.longitude, deadband);
    case OTR_KIND_ANY:
        break;
    }
    return false;
}

static otr_entry newest_of(const otr_telemetry_point *point)
{
    otr_entry entry = {
        .metric = point->metric, .kind = point->kind, .quality = point->quality, .at = point->at};
    if (point->kind == OTR_KIND_NUMBER) {
        entry.number = point->number;
    } else if (point->kind == OTR_KIND_BOOL) {
        entry.flag = point->flag;
    } else if (point->kind == OTR_KIND_TEXT) {
        entry.text = (otr_str){point->text.data, point->text.size};
    } else {
        entry.location.latitude = point->location.latitude;
        entry.location.longitude = point->location.longitude;
    }
    return entry;
}

/* A location is two metrics, with the point's alias and the next. */
static void write_value(otr_buffer *out, const otr_telemetry_point *point, const otr_entry *entry,
                        otr_str name, otr_sparkplug_metric metric)
{
    static const char *const parts[] = {"/latitude", "/longitude"};
    char whole[OTR_LIMIT_METRIC_NAME_BYTES + 16];
    metric.has_alias = true;
    metric.alias = point->alias;
    metric.at = entry->at;
    if (metric.quality != OTR_SPARKPLUG_STALE)
        metric.quality = entry->quality == OTR_QUALITY_GOOD ? OTR_SPARKPLUG_GOOD : OTR_SPARKPLUG_BAD;
    metric.name = name;
    if (entry->kind == OTR_KIND_NUMBER) {
        metric.type = OTR_SPARKPLUG_DOUBLE;
        metric.number = entry->number;
    } else if (entry->kind == OTR_KIND_BOOL) {
        metric.type = OTR_SPARKPLUG_BOOLEAN;
        metric.flag = entry->flag;
    } else if (entry->kind == OTR_KIND_TEXT) {
        metric.type = OTR_SPARKPLUG_STRING;
        metric.text = entry->text;
    }
    if (entry->kind != OTR_KIND_LOCATION) {
        otr_sparkplug_add(out, &metric);
        return;
    }
    metric.type = OTR_SPARKPLUG_DOUBLE;
    for (size_t i = 0; i < 2; i++) {
        if (name.size > 0) {
            size_t size = strlen(parts[i]);
            OTR_ASSERT(name.size + size <= sizeof whole);
            memcpy(whole, name.data, name.size);
            memcpy(whole + name.size, parts[i], size);
            metric.name = (otr_str){whole, name.size + size};
        }
        metric.alias = point->alias + i;
        metric.number = i == 0 ? entry->location.latitude : entry->location.longitude;
        otr_sparkplug_add(out, &metric);
    }
}

void otr_telemetry_birth(otr_telemetry *telemetry, uint32_t number, otr_buffer *metrics)
{
    otr_telemetry_device *device = &telemetry->devices[number];
    device->revived = otr_telemetry_is_silent(telemetry, device);
    for (uint16_t i = 0; i < device->count; i++) {
        otr_telemetry_point *point = &device->points[i];
        if (point->kind == OTR_KIND_ANY)
            continue; /* it comes with its first value, in another birth */
        otr_entry entry = newest_of(point);
        otr_str name = otr_core_metric_name(telemetry->core, point->metric);
        const otr_metric *known = otr_metric_find(name);
        otr_sparkplug_metric metric = {.tells_type = true,
                                       .quality = device->revived ? OTR_SPARKPLUG_STALE : OTR_SPARKPLUG_GOOD};
        if (known != NULL && entry.kind == OTR_KIND_NUMBER)
            metric.unit = otr_str_of(known->unit);
        write_value(metrics, point, &entry, name, metric);
        point->born = point->kind;
        point->told = told_of(&entry);
        point->told_by_birth = true;
        point->told_at = point->quality == OTR_QUALITY_FUTURE ? OTR_TIME_NONE : point->at;
    }
    device->born = true;
    device->behind = false;
    device->changed = false;
    if (device->heard == OTR_TIME_NONE)
        device->heard = telemetry->now.mono;
}

/* The device's metrics are others than those of its birth: another birth goes before what is new. */
static void bear(otr_telemetry *telemetry, uint32_t number, bool past)
{
    otr_buffer metrics = {0};
    flush_device(telemetry, number, past);
    otr_telemetry_birth(telemetry, number, &metrics);
    if (metrics.failed ||
        otr_telemetry_queue_add(&telemetry->live, OTR_ITEM_BIRTH, number, &metrics) == NULL) {
        telemetry->devices[number].born = false; /* its values wait for a birth that memory allows */
        otr_buffer_done(&metrics);
    }
}

static void add(const batch *b, uint32_t number, otr_telemetry_point *point, const otr_entry *entry,
                bool historical)
{
    otr_telemetry *telemetry = b->telemetry;
    otr_telemetry_device *device = &telemetry->devices[number];
    int64_t ms = entry->at / OTR_MS;
    otr_sparkplug_metric metric = {.is_historical = historical};
    size_t before;
    /* one message has a metric twice only with different times */
    if (point->message == device->message && point->message_ms == ms)
        flush_device(telemetry, number, b->past);
    point->message = device->message;
    point->message_ms = ms;
    before = device->gather.size;
    write_value(&device->gather, point, entry, (otr_str){NULL, 0}, metric);
    telemetry->past_bytes += device->gather.size - before;
    telemetry->counters.values += !historical;
    telemetry->counters.historical += historical;
    if (device->gather.size >= otr_telemetry_message_bytes(telemetry))
        flush_device(telemetry, number, b->past);
}

static bool exception(const batch *b, bool behind, otr_telemetry_point *point, const otr_entry *entry,
                      bool historical)
{
    otr_telemetry *telemetry = b->telemetry;
    otr_told now = told_of(entry);
    if (b->past) {
        bool runs = point->past_run == telemetry->past_run;
        if (entry->quality == OTR_QUALITY_FUTURE || (runs && entry->at < point->past_at))
            return true; /* out of order: nothing that was told says that it was so then */
        if (runs && same(&point->past, &now, point->deadband)) {
            point->past_at = entry->at;
            return false;
        }
        point->past_run = telemetry->past_run;
        point->past = now;
        point->past_at = entry->at;
        return true;
    }
    if (historical)
        return true;
    /* After a start a birth may say what was so before the last that was told: what comes next is told. */
    bool held = !behind && (!point->told_by_birth || point->told_at == entry->at);
    if (held && point->told_at != OTR_TIME_NONE && same(&point->told, &now, point->deadband)) {
        point->told_at = entry->at;
        return false;
    }
    point->told = now;
    point->told_at = entry->at;
    point->told_by_birth = false;
    return true;
}

static bool say(const batch *b, uint32_t number, const otr_entry *entry)
{
    otr_telemetry *telemetry = b->telemetry;
    otr_telemetry_device *device = &telemetry->devices[number];
    if (device->unbearable) {
        telemetry->counters.withheld++;
        return true;
    }
    otr_telemetry_point *point = otr_telemetry_point_get(telemetry, device, entry->metric);
    if (point == NULL || !list(telemetry, device, number))
        return false;
    if (point->kind == OTR_KIND_ANY && !otr_telemetry_learn(point, entry))
        return false;
    if (!device->born || (device->revived && !b->past) ||
        (point->kind != OTR_KIND_ANY && point->born != point->kind))
        bear(telemetry, number, b->past);
    if (!device->born)
        return false;
    if (point->born != entry->kind) {
        telemetry->counters.misfits++;
        return true;
    }
    bool historical = b->past || entry->at < point->told_at || entry->quality == OTR_QUALITY_FUTURE;
    if (exception(b, device->behind, point, entry, historical))
        add(b, number, point, entry, historical);
    else
        telemetry->counters.unchanged++;
    return true;
}

/* ---- what the queue had no room for ---- */

static void fall_behind(otr_telemetry *telemetry, uint32_t number)
{
    telemetry->devices[number].behind = true;
    telemetry->behind = number < telemetry->behind ? number : telemetry->behind;
}

bool otr_telemetry_catch_up(otr_telemetry *telemetry)
{
    batch b = {.telemetry = telemetry, .told = true};
    while (telemetry->behind < telemetry->device_count && !telemetry->devices[telemetry->behind].behind)
        telemetry->behind++;
    if (telemetry->behind >= telemetry->device_count)
        return false;
    uint32_t number = telemetry->behind;
    otr_telemetry_device *device = &telemetry->devices[number];
    bool ok = !otr_telemetry_is_silent(telemetry, device);
    for (uint16_t i = 0; ok && i < device->count; i++) {
        otr_entry entry = newest_of(&device->points[i]);
        if (entry.kind != OTR_KIND_ANY && entry.quality != OTR_QUALITY_FUTURE &&
            entry.at >= device->points[i].told_at)
            ok = say(&b, number, &entry);
    }
    device->behind = false; /* when memory is out as well: the backlog has it */
    otr_telemetry_flush(telemetry, false, (otr_stretch){0, 0});
    return true;
}

/* ---- batches ---- */

static otr_entry resolved(const otr_telemetry *telemetry, const otr_entry *entry)
{
    otr_entry out = *entry;
    if (entry->unsynced) /* taken before the clock was known: by what is known now */
        out.at = otr_time_add(entry->at, telemetry->now.utc - telemetry->core_now);
    out.unsynced = false;
    return out;
}

static otr_status take_turn(void *context, const otr_turn *turn)
{
    (void)context, (void)turn;
    return OTR_OK;
}

static bool learn(otr_telemetry *telemetry, otr_telemetry_device *device, const otr_record *record)
{
    device->heard = telemetry->now.mono;
    device->changed |= device->born;
    for (size_t i = 0; i < record->readings.count; i++) {
        otr_entry entry = record->readings.entries[i];
        if (telemetry->now.quality == OTR_CLOCK_SYNCED)
            entry = resolved(telemetry, &entry);
        telemetry->undated |= entry.unsynced;
        otr_telemetry_point *point = otr_telemetry_point_get(telemetry, device, entry.metric);
        if (point == NULL || !otr_telemetry_learn(point, &entry))
            return false;
    }
    return true;
}

/* The first part is small: its messages are made before it is known how fast the line is. */
static size_t part_bytes(const otr_telemetry *telemetry)
{
    return telemetry->rate > 0.0 ? OTR_LIMIT_TELEMETRY_PART : OTR_LIMIT_TELEMETRY_PART / 64;
}

static otr_status take_record(void *context, uint64_t seq, const otr_record *record)
{
    batch *b = context;
    otr_telemetry *telemetry = b->telemetry;
    if (seq < b->from)
        return OTR_OK;
    if (b->past && telemetry->past_bytes >= part_bytes(telemetry))
        return OTR_FULL;
    if (record->kind == OTR_INPUT_READINGS && record->readings.count > 0) {
        uint32_t number = record->readings.device;
        otr_telemetry_device *device = otr_telemetry_device_get(telemetry, number);
        if (device == NULL || (!b->past && !learn(telemetry, device, record)))
            return OTR_MEMORY;
        for (size_t i = 0; b->told && i < record->readings.count; i++) {
            otr_entry entry = resolved(telemetry, &record->readings.entries[i]);
            if (!say(b, number, &entry))
                return OTR_MEMORY;
        }
        if (!b->told && telemetry->phase == OTR_TELEMETRY_ONLINE)
            fall_behind(telemetry, number);
    }
    b->last = seq;
    return OTR_OK;
}

static otr_status take(batch *b, uint64_t first_seq, otr_bytes bytes)
{
    otr_journal_visitor visitor = {b, take_turn, take_record};
    otr_error error;
    return otr_journal_read(bytes, first_seq, &visitor, &error);
}

bool otr_telemetry_say(otr_telemetry *telemetry, uint64_t first_seq, otr_bytes bytes, bool told)
{
    batch b = {.telemetry = telemetry, .told = told};
    return take(&b, first_seq, bytes) == OTR_OK;
}

otr_status otr_telemetry_say_past(otr_telemetry *telemetry, uint64_t first_seq, otr_bytes bytes,
                                  uint64_t from, uint64_t *last)
{
    batch b = {.telemetry = telemetry, .told = true, .past = true, .from = from};
    otr_status status = take(&b, first_seq, bytes);
    *last = b.last > 0 ? b.last : *last;
    return status;
}
