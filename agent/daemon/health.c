#include "daemon/health.h"

#include <stdio.h>

#include "base/limits.h"
#include "codec/service.h"
#include "daemon/daemon.h"
#include "daemon/uplink.h"
#include "platform/linux/system/certificate.h"

/* Between two looks, and between two tellings of the same: 400 bytes each, 40 KB a day. */
#define LOOK OTR_MINUTE
#define TELL (15 * OTR_MINUTE)
enum {
    FACTS_MAX = 16,
    VALUE_BYTES = 64,
    CERTIFICATE_DAYS_FEW = 14, /* two weeks to renew it are little where somebody has to travel */
    NAMES_MANY = OTR_LIMIT_DEVICES / 8 * 7,
    READINGS_FEW = 200, /* of fewer nobody can say how the journal grows */
    EVENTS_FEW = 10,    /* between two looks: chance, or one sender that tries again */
    UNTRACKED_TOKEN = -1,
};

typedef struct report {
    otr_fact facts[FACTS_MAX];
    char values[FACTS_MAX][VALUE_BYTES];
    size_t count;
    unsigned complaints;
} report;

const char *otr_complaint_text(unsigned complaint)
{
    static const char *const texts[] = {
#define X(name, text, blamed) text,
        OTR_COMPLAINT_LIST(X)
#undef X
    };
    OTR_ASSERT(complaint < OTR_COMPLAINTS);
    return texts[complaint];
}

static void add(report *r, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void add(report *r, const char *name, const char *format, ...)
{
    va_list arguments;
    OTR_ASSERT(r->count < FACTS_MAX);
    va_start(arguments, format);
    (void)vsnprintf(r->values[r->count], VALUE_BYTES, format, arguments);
    va_end(arguments);
    r->facts[r->count] = (otr_fact){otr_str_of(name), otr_str_of(r->values[r->count])};
    r->count++;
}

/* The complaints in words, or "ok". */
static void say(unsigned complaints, char word[OTR_HEALTH_WORD_BYTES])
{
    size_t used = 0;
    (void)snprintf(word, OTR_HEALTH_WORD_BYTES, "ok");
    for (unsigned i = 0; i < OTR_COMPLAINTS; i++)
        if ((complaints >> i & 1) != 0 && used < OTR_HEALTH_WORD_BYTES)
            used += (size_t)snprintf(word + used, OTR_HEALTH_WORD_BYTES - used, "%s%s", used > 0 ? ", " : "",
                                     otr_complaint_text(i));
}

/* Hours of readings that the store can hold, as they have come so far; negative: not known yet. */
static double hours_of_buffer(otr_health *health, const otr_store_figures *store, uint64_t readings,
                              double hours)
{
    if (!health->measures) {
        health->measures = true;
        health->readings = readings;
        health->bytes = store->journal_bytes;
        health->evicted = store->evicted_readings;
    }
    uint64_t grown = readings - health->readings;
    if (grown >= READINGS_FEW && store->evicted_readings == health->evicted &&
        store->journal_bytes > health->bytes)
        health->bytes_per_reading = (double)(store->journal_bytes - health->bytes) / (double)grown;
    if (!(health->bytes_per_reading > 0) || readings == 0 || !(hours > 0))
        return -1;
    uint64_t room = store->journal_bytes + store->free_bytes;
    if (store->quota_bytes > 0 && store->quota_bytes < room)
        room = store->quota_bytes;
    return (double)room / ((double)readings / hours * health->bytes_per_reading);
}

static void look_at_clock(report *r, otr_daemon *daemon)
{
    otr_time utc = OTR_TIME_NONE;
    bool synced = otr_driver_utc(daemon->driver, &utc) == OTR_CLOCK_SYNCED;
    bool drifts = otr_clock_is_drifting(&daemon->clock);
    add(r, "clock", "%s", !synced ? "not set" : drifts ? "drifts" : "set");
    if (!synced)
        r->complaints |= OTR_COMPLAINT_BIT(CLOCK_UNSET);
    else if (drifts)
        r->complaints |= OTR_COMPLAINT_BIT(CLOCK_DRIFTS);
}

static void look_at_certificate(report *r, const otr_config *config)
{
    otr_certificate certificate;
    if (config->mqtt.cert.size == 0 ||
        otr_certificate_read(config->mqtt.cert.data, &certificate, NULL) != OTR_OK)
        return;
    add(r, "certificate.days", "%d", certificate.days_left);
    if (certificate.days_left < 0)
        r->complaints |= OTR_COMPLAINT_BIT(CERTIFICATE_OVER);
    else if (certificate.days_left < CERTIFICATE_DAYS_FEW)
        r->complaints |= OTR_COMPLAINT_BIT(CERTIFICATE_SOON);
}

static void look_at_store(report *r, otr_daemon *daemon, otr_time mono)
{
    const otr_store_figures *store = otr_driver_store_figures(daemon->driver);
    uint64_t readings = otr_driver_counters(daemon->driver)->readings;
    double hours = (double)mono / (double)OTR_HOUR; /* mono begins with the start */
    double buffer = hours_of_buffer(&daemon->health, store, readings, hours);
    if (buffer >= 0)
        add(r, "buffer.hours", "%.0f", buffer < 1e6 ? buffer : 1e6);
    add(r, "disk.free_mb", "%llu", (unsigned long long)(store->free_bytes >> 20));
    add(r, "readings", "%llu", (unsigned long long)readings);
    add(r, "readings.lost", "%llu", (unsigned long long)store->evicted_readings);
    if (store->free_bytes < (uint64_t)daemon->config->state.ballast + (16 << 20))
        r->complaints |= OTR_COMPLAINT_BIT(DISK);
}

bool otr_health_names_run_out(size_t devices, size_t *room)
{
    *room = devices < OTR_LIMIT_DEVICES ? OTR_LIMIT_DEVICES - devices : 0;
    return devices >= NAMES_MANY;
}

static void look_at_devices(report *r, const otr_daemon *daemon)
{
    size_t devices = otr_driver_device_count(daemon->driver);
    size_t room;
    if (otr_health_names_run_out(devices, &room))
        r->complaints |= OTR_COMPLAINT_BIT(NAMES);
    add(r, "devices", "%zu", devices);
    add(r, "devices.room", "%zu", room);
}

static void count_active(void *context, otr_str slot, otr_str hash)
{
    (void)hash;
    *(unsigned *)context += slot.size > 5 && memcmp(slot.data, "pack/", 5) == 0;
}

static void look(otr_daemon *daemon, const otr_clock_sample *now, report *r)
{
    char started[OTR_TIME_TEXT_BYTES];
    unsigned packs = 0;
    otr_driver_active(daemon->driver, count_active, &packs);
    (void)otr_time_format(daemon->started - daemon->started % OTR_SECOND, started);
    add(r, "version", "%s", OTR_VERSION);
    add(r, "started", "%s", started);
    look_at_devices(r, daemon);
    add(r, "alarms", "%zu", (size_t)otr_driver_open_alarms(daemon->driver));
    add(r, "packs", "%u", packs);
    add(r, "outbox", "%zu", otr_driver_outbox_depth(daemon->driver));
    look_at_store(r, daemon, now->mono);
    look_at_clock(r, daemon);
    look_at_certificate(r, daemon->config);
    if (daemon->reload.refused)
        r->complaints |= OTR_COMPLAINT_BIT(REFUSED);
    if (!daemon->link_is_up)
        r->complaints |= OTR_COMPLAINT_BIT(LINK_DOWN);
    r->complaints |= daemon->health.rates;
}

unsigned otr_health_rates(const otr_health_sums *before, const otr_health_sums *now)
{
    uint64_t held_back = now->held_back - before->held_back;
    uint64_t failed = now->failed - before->failed;
    unsigned complaints = 0;
    if (held_back >= EVENTS_FEW && held_back * 10 >= now->requests - before->requests)
        complaints |= OTR_COMPLAINT_BIT(HELD_BACK);
    if (failed >= EVENTS_FEW && failed * 100 >= now->evaluations - before->evaluations)
        complaints |= OTR_COMPLAINT_BIT(RULES_FAIL);
    if (now->lost > before->lost)
        complaints |= OTR_COMPLAINT_BIT(LOST);
    return complaints;
}

/* What happened since the last look. Telemetry that begins anew is offline for a moment: twice is long. */
static unsigned take_rates(otr_daemon *daemon)
{
    otr_health *health = &daemon->health;
    const otr_counters *counters = otr_driver_counters(daemon->driver);
    uint64_t held_back = counters->requests_too_fast + counters->uploads_pushed_back;
    otr_health_sums sums = {counters->uploads + held_back, held_back, counters->evaluations,
                            counters->evaluation_errors, counters->outbox_evicted};
    bool offline = daemon->uplink != NULL && daemon->link_is_up &&
                   !otr_telemetry_look(otr_uplink_telemetry(daemon->uplink)).online;
    unsigned rates = otr_health_rates(&health->sums, &sums);
    if (offline && health->was_offline)
        rates |= OTR_COMPLAINT_BIT(TELEMETRY_DOWN);
    health->sums = sums;
    health->was_offline = offline;
    return rates;
}

static otr_clock_sample sample(otr_daemon *daemon)
{
    otr_clock_sample now;
    otr_clock_port clock = otr_clock_port_of(&daemon->clock);
    clock.read(clock.self, &now);
    return now;
}

unsigned otr_health_now(otr_daemon *daemon)
{
    otr_clock_sample now = sample(daemon);
    report r = {.count = 0};
    look(daemon, &now, &r);
    return r.complaints | daemon->health.complaints;
}

static otr_status publish(otr_daemon *daemon, const otr_clock_sample *now, const report *r)
{
    otr_str group = daemon->config->gateway.group;
    otr_str gateway = daemon->config->gateway.name;
    otr_payload form = daemon->config->mqtt.payload != 0 ? OTR_PAYLOAD_JSON : OTR_PAYLOAD_PROTOBUF;
    otr_service_event event = {.kind = OTR_SERVICE_STATUS,
                               .what = OTR_STR("health"),
                               .revision = ++daemon->health.revision,
                               .decided = now->utc,
                               .onset = OTR_TIME_NONE,
                               .raised = OTR_TIME_NONE,
                               .ended = OTR_TIME_NONE,
                               .detected = OTR_TIME_NONE,
                               .expires = OTR_TIME_NEVER,
                               .next_by = OTR_TIME_NONE,
                               .coverage_percent = -1,
                               .facts = r->facts,
                               .fact_count = r->count};
    event.entity = otr_hash128('h', (uint64_t)daemon->started, gateway.data, gateway.size);
    event.event = otr_hash128('e', event.revision, event.entity.bytes, sizeof event.entity.bytes);
    otr_arena arena = {0};
    otr_buffer payload = {0};
    otr_attribute attributes[OTR_ATTRIBUTES_MAX];
    otr_property properties[OTR_ATTRIBUTES_MAX];
    otr_status status = otr_service_encode(&payload, form, &event, NULL);
    size_t count = otr_service_attributes(&arena, &event, group, gateway, attributes);
    for (size_t i = 0; i < count; i++)
        properties[i] = (otr_property){attributes[i].name, attributes[i].value};
    otr_publication publication = {
        .token = (uint64_t)UNTRACKED_TOKEN,
        .topic = otr_topic_tail(&arena, group, gateway, OTR_STR("status"), OTR_STR("health")),
        .content_type = otr_str_of(otr_service_content_type(form)),
        .payload = otr_buffer_bytes(&payload),
        .properties = properties,
        .property_count = count,
        .qos = 1,
        .retain = true,
    };
    if (count == 0 || publication.topic.data == NULL)
        status = OTR_MEMORY;
    if (status == OTR_OK)
        status = otr_daemon_publish(daemon, &publication);
    otr_arena_done(&arena);
    otr_buffer_done(&payload);
    return status;
}

int64_t otr_health_wait_us(otr_daemon *daemon)
{
    otr_time mono = sample(daemon).mono;
    otr_time due = daemon->health.looked_at + LOOK;
    return otr_clock_real_us(&daemon->clock, due > mono ? due - mono : 0);
}

void otr_health_turn(otr_daemon *daemon)
{
    otr_health *health = &daemon->health;
    otr_clock_sample now = sample(daemon);
    report r = {.count = 0};
    char word[OTR_HEALTH_WORD_BYTES];
    bool is_time = now.mono - health->looked_at >= LOOK;
    if (!is_time && !(health->due && daemon->link_is_up))
        return;
    if (is_time)
        health->rates = take_rates(daemon);
    look(daemon, &now, &r);
    if (is_time) {
        health->looked_at = now.mono;
        health->complaints = r.complaints;
        health->looks++;
    }
    say(r.complaints, word);
    bool tells = health->due || now.mono - health->told_at >= TELL || strcmp(word, health->word) != 0;
    if (!daemon->link_is_up || !tells)
        return;
    r.facts[r.count++] = (otr_fact){OTR_STR("health"), otr_str_of(word)};
    health->due = publish(daemon, &now, &r) != OTR_OK; /* a link that is full: with the next turn */
    if (health->due)
        return;
    health->told_at = now.mono;
    memcpy(health->word, word, sizeof word);
}
