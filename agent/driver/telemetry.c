/* The session's life: away, saving the next bdSeq, calling, births, online, and away again, with the next
 * server of the list. */
#include "driver/telemetry.h"

#include "base/log.h"
#include "driver/telemetry_inside.h"

#include <stdlib.h>

#define SAVE_WITHIN (10 * OTR_SECOND) /* what was proven may be sent again for so long after a power cut */
#define LEAVE_WITHIN (2 * OTR_SECOND)
#define HOST_WITHIN OTR_MINUTE  /* with several servers: then the primary host may be on another */
#define STABLE_AFTER OTR_MINUTE /* online that long: the next pause is the shortest again */
#define BLOCKED_AGAIN OTR_SECOND

enum { KEPT_VERSION = 1 };

otr_status otr_telemetry_create(const otr_telemetry_config *config, const otr_telemetry_port *port,
                                otr_telemetry **out, otr_error *error)
{
    otr_telemetry *telemetry = calloc(1, sizeof *telemetry);
    *out = NULL;
    if (telemetry == NULL)
        return otr_fail(error, OTR_MEMORY, "no memory for the telemetry");
    OTR_ASSERT(config->servers > 0);
    telemetry->config = *config;
    telemetry->port = *port;
    telemetry->config.group = otr_arena_copy(&telemetry->memory, config->group);
    telemetry->config.gateway = otr_arena_copy(&telemetry->memory, config->gateway);
    telemetry->config.primary_host = otr_arena_copy(&telemetry->memory, config->primary_host);
    bool failed = telemetry->config.primary_host.data == NULL || telemetry->config.gateway.data == NULL ||
                  telemetry->config.group.data == NULL ||
                  otr_telemetry_tune(telemetry, config, NULL) != OTR_OK;
    telemetry->next_alias = 1;
    telemetry->bdseq = 255; /* the first is 0 */
    telemetry->dirty_at = OTR_TIME_NONE;
    telemetry->rebirth_from = OTR_TIME_NONE;
    telemetry->past_again = OTR_TIME_NONE;
    telemetry->awaited_at = OTR_TIME_NONE;
    telemetry->yields_until = OTR_TIME_NONE;
    if (failed) {
        otr_telemetry_free(telemetry);
        return otr_fail(error, OTR_MEMORY, "no memory for the telemetry");
    }
    *out = telemetry;
    return OTR_OK;
}

void otr_telemetry_free(otr_telemetry *telemetry)
{
    if (telemetry == NULL)
        return;
    otr_telemetry_queue_clear(&telemetry->live);
    otr_telemetry_queue_clear(&telemetry->past);
    otr_telemetry_table_done(telemetry);
    otr_arena_done(&telemetry->tuned);
    otr_arena_done(&telemetry->memory);
    free(telemetry);
}

void otr_telemetry_read_clock(otr_telemetry *telemetry)
{
    otr_clock_sample before = telemetry->now;
    telemetry->port.clock.read(telemetry->port.clock.self, &telemetry->now);
    telemetry->core_now += before.mono > 0 ? telemetry->now.mono - before.mono : 0;
}

/* ---- what is kept ---- */

void otr_telemetry_dirty(otr_telemetry *telemetry)
{
    telemetry->version++;
    if (telemetry->dirty_at == OTR_TIME_NONE)
        telemetry->dirty_at = telemetry->now.mono;
}

otr_time otr_telemetry_save_by(const otr_telemetry *telemetry)
{
    if (telemetry->saving > telemetry->saved || telemetry->version == telemetry->saved)
        return OTR_TIME_NEVER;
    return telemetry->phase == OTR_TELEMETRY_SAVING ? OTR_TIME_NONE
                                                    : otr_time_add(telemetry->dirty_at, SAVE_WITHIN);
}

void otr_telemetry_save(otr_telemetry *telemetry, otr_buffer *out)
{
    if (telemetry->version == telemetry->saved)
        return;
    otr_buffer_add_u8(out, KEPT_VERSION);
    otr_buffer_add_id(out, telemetry->incarnation);
    otr_buffer_add_u8(out, telemetry->bdseq);
    otr_telemetry_cursor_write(&telemetry->proven, out);
    telemetry->saving = telemetry->version;
}

void otr_telemetry_saved(otr_telemetry *telemetry, bool ok)
{
    if (ok && telemetry->saving > telemetry->saved)
        telemetry->saved = telemetry->saving;
    telemetry->saving = telemetry->saved;
    telemetry->dirty_at = telemetry->version == telemetry->saved ? OTR_TIME_NONE : telemetry->now.mono;
}

static void take_kept(otr_telemetry *telemetry, otr_id incarnation, uint64_t next_seq, otr_bytes kept)
{
    otr_reader reader = otr_reader_of(kept);
    bool known = otr_reader_u8(&reader) == KEPT_VERSION;
    otr_id of = otr_reader_id(&reader);
    uint8_t bdseq = otr_reader_u8(&reader);
    otr_telemetry_cursor cursor = {0};
    otr_telemetry_cursor_read(&cursor, &reader);
    known &= !reader.failed;
    telemetry->bdseq = known ? bdseq : telemetry->bdseq;
    if (!known) /* the first time: what came before is told on request */
        cursor = (otr_telemetry_cursor){.until = next_seq - 1};
    else if (!otr_id_equal(of, incarnation)) /* another journal: nothing of it is told */
        cursor = (otr_telemetry_cursor){0};
    telemetry->proven = cursor;
}

/* Another journal's numbers are those of other devices and metrics. */
static void drop_all(otr_telemetry *telemetry)
{
    otr_telemetry_queue_clear(&telemetry->live);
    otr_telemetry_queue_clear(&telemetry->past);
    otr_telemetry_table_done(telemetry);
}

otr_status otr_telemetry_recovered(otr_telemetry *telemetry, const otr_core *core, otr_id incarnation,
                                   uint64_t next_seq, otr_bytes kept)
{
    const otr_core *before = telemetry->core;
    bool first = before == NULL;
    bool another = !first && !otr_id_equal(telemetry->incarnation, incarnation);
    bool online = telemetry->phase == OTR_TELEMETRY_BIRTH || telemetry->phase == OTR_TELEMETRY_ONLINE;
    telemetry->core = core;
    if (another)
        drop_all(telemetry);
    else /* a forgetting may be durable although its commit was reported as failed */
        otr_telemetry_forget_values(telemetry);
    if (!otr_telemetry_seed(telemetry)) {
        if (another)
            drop_all(telemetry);
        telemetry->core = before;
        return OTR_MEMORY;
    }
    telemetry->newest = next_seq - 1;
    telemetry->saving = telemetry->saved;
    if (first) {
        otr_telemetry_read_clock(telemetry);
        take_kept(telemetry, incarnation, next_seq, kept);
        telemetry->reached = telemetry->proven;
        telemetry->incarnation = incarnation;
        otr_telemetry_dirty(telemetry);
    } else if (another) {
        telemetry->incarnation = incarnation;
        telemetry->proven = telemetry->reached = (otr_telemetry_cursor){0};
        telemetry->epoch++;
        otr_telemetry_dirty(telemetry);
    }
    if (online && (another || otr_telemetry_lacks_values(telemetry)))
        otr_telemetry_births_begin(telemetry);
    return OTR_OK;
}

/* ---- the journal ---- */

void otr_telemetry_committed(otr_telemetry *telemetry, const otr_commit *commit)
{
    otr_telemetry_read_clock(telemetry);
    if (commit->batch.size > 0) {
        uint64_t last = commit->first_seq + commit->input_count - 1;
        bool told =
            telemetry->phase == OTR_TELEMETRY_ONLINE && telemetry->live.bytes < OTR_LIMIT_TELEMETRY_QUEUE;
        telemetry->newest = last;
        if (telemetry->now.quality == OTR_CLOCK_SYNCED)
            otr_telemetry_date_values(telemetry);
        bool read = otr_telemetry_say(telemetry, commit->first_seq, commit->batch, told);
        otr_telemetry_flush(telemetry, false, (otr_stretch){told && read ? commit->first_seq : 0, last});
    }
    if (commit->forgotten.size > 0) { /* values of theirs go, here as everywhere */
        otr_telemetry_forget_values(telemetry);
        (void)otr_telemetry_seed(telemetry);
        if (telemetry->phase == OTR_TELEMETRY_BIRTH || telemetry->phase == OTR_TELEMETRY_ONLINE)
            otr_telemetry_births_begin(telemetry);
    }
}

otr_status otr_telemetry_resend(otr_telemetry *telemetry, otr_time from, otr_time to, uint64_t *count,
                                otr_error *error)
{
    uint64_t first = 0;
    uint64_t after = 0;
    otr_telemetry_read_clock(telemetry);
    otr_time offset = telemetry->now.utc - telemetry->core_now;
    *count = 0;
    if (from >= to)
        return otr_fail(error, OTR_INVALID, "the begin is not before the end");
    if (telemetry->now.quality != OTR_CLOCK_SYNCED)
        return otr_fail(error, OTR_UNKNOWN, "the clock is not known");
    otr_status status = telemetry->port.seek(telemetry->port.self, from - offset, &first, error);
    if (status == OTR_OK)
        status = telemetry->port.seek(telemetry->port.self, to - offset + 1, &after, error);
    if (status == OTR_NOT_FOUND && first > 0) {
        after = telemetry->newest + 1;
        status = OTR_OK;
    }
    if (status == OTR_OK && first >= after)
        status = OTR_NOT_FOUND;
    if (status != OTR_OK)
        return status == OTR_NOT_FOUND ? otr_fail(error, status, "nothing came in then") : status;
    telemetry->epoch++; /* what is on its way says nothing of this */
    otr_telemetry_cursor_remove(&telemetry->proven, first, after - 1);
    otr_telemetry_cursor_remove(&telemetry->reached, first, after - 1);
    telemetry->past_next = 0;
    *count = after - first;
    otr_telemetry_dirty(telemetry);
    return OTR_OK;
}

/* ---- the session ---- */

static otr_status build_death(const otr_telemetry *telemetry, otr_arena *arena, otr_publication *out)
{
    otr_buffer metrics = {0};
    otr_telemetry_death_metrics(telemetry, &metrics);
    *out = (otr_publication){.token = OTR_TELEMETRY_DEATH_TOKEN,
                             .topic = otr_sparkplug_topic(arena, telemetry->config.group, "NDEATH",
                                                          telemetry->config.gateway, OTR_STR("")),
                             .qos = 1};
    otr_str payload = otr_arena_copy(arena, otr_buffer_text(&metrics));
    out->payload = (otr_bytes){(const uint8_t *)payload.data, payload.size};
    bool ok = !metrics.failed && out->topic.data != NULL && payload.data != NULL;
    otr_buffer_done(&metrics);
    return ok ? OTR_OK : OTR_MEMORY;
}

bool otr_telemetry_farewell(otr_telemetry *telemetry, otr_arena *arena, otr_publication *out)
{
    bool known = telemetry->node_born &&
                 (telemetry->phase == OTR_TELEMETRY_BIRTH || telemetry->phase == OTR_TELEMETRY_ONLINE);
    return known && build_death(telemetry, arena, out) == OTR_OK;
}

static otr_time pause(const otr_telemetry *telemetry)
{
    otr_time most = telemetry->config.reconnect_min;
    for (unsigned i = 1; i < telemetry->attempts && most < telemetry->config.reconnect_max; i++)
        most *= 2;
    most = most < telemetry->config.reconnect_max ? most : telemetry->config.reconnect_max;
    /* between half and all of it, so that a fleet does not return in step */
    uint64_t some = otr_hash64((uint64_t)telemetry->now.mono, telemetry->attempts,
                               telemetry->config.gateway.data, telemetry->config.gateway.size);
    return most / 2 + (otr_time)(some % (uint64_t)(most / 2 + 1));
}

/* again: the same server has one more turn, which is no attempt more. */
static void go_away(otr_telemetry *telemetry, bool again)
{
    bool stable =
        telemetry->phase >= OTR_TELEMETRY_BIRTH && telemetry->now.mono - telemetry->online_at >= STABLE_AFTER;
    if (!again) {
        telemetry->server = (telemetry->server + 1) % telemetry->config.servers;
        telemetry->attempts = stable ? 1 : telemetry->attempts + (telemetry->server == 0);
    }
    telemetry->due = telemetry->now.mono + pause(telemetry);
    telemetry->phase = OTR_TELEMETRY_AWAY;
    telemetry->node_born = false;
    otr_telemetry_drop_gathered(telemetry);
    otr_telemetry_queue_clear(&telemetry->live);
    otr_telemetry_queue_clear(&telemetry->past);
    otr_telemetry_line_reset(telemetry);
}

static void call(otr_telemetry *telemetry)
{
    otr_arena memory = {0};
    otr_publication will;
    otr_error error = {.text = "out of memory"};
    otr_str filters[3];
    size_t count = 2;
    otr_str all = OTR_STR("+");
    filters[0] =
        otr_sparkplug_topic(&memory, telemetry->config.group, "NCMD", telemetry->config.gateway, OTR_STR(""));
    filters[1] =
        otr_sparkplug_topic(&memory, telemetry->config.group, "DCMD", telemetry->config.gateway, all);
    filters[2] = otr_sparkplug_state_topic(&memory, telemetry->config.primary_host);
    if (telemetry->config.primary_host.size > 0)
        count = 3;
    telemetry->host_known = false;
    telemetry->host_online = false;
    otr_status status = build_death(telemetry, &memory, &will);
    if (status == OTR_OK && (filters[0].data == NULL || filters[1].data == NULL || filters[2].data == NULL))
        status = OTR_MEMORY;
    telemetry->phase = OTR_TELEMETRY_CALLING;
    if (status == OTR_OK)
        status =
            telemetry->port.connect(telemetry->port.self, telemetry->server, &will, filters, count, &error);
    otr_arena_done(&memory);
    if (status == OTR_OK)
        return;
    otr_log(OTR_LOG_WARNING, "telemetry_connect", "server=%u reason=\"%s\"", telemetry->server, error.text);
    go_away(telemetry, false);
}

static void begin_births(otr_telemetry *telemetry)
{
    telemetry->online_at = telemetry->now.mono;
    otr_telemetry_births_begin(telemetry);
}

void otr_telemetry_up(otr_telemetry *telemetry)
{
    otr_telemetry_read_clock(telemetry);
    if (telemetry->phase != OTR_TELEMETRY_CALLING)
        return;
    otr_telemetry_line_reset(telemetry);
    if (telemetry->config.primary_host.size == 0 || telemetry->host_online) {
        begin_births(telemetry);
        return;
    }
    telemetry->phase = OTR_TELEMETRY_HOST;
    telemetry->due = telemetry->config.servers > 1 ? telemetry->now.mono + HOST_WITHIN : OTR_TIME_NEVER;
}

void otr_telemetry_down(otr_telemetry *telemetry, bool again)
{
    otr_telemetry_read_clock(telemetry);
    if (telemetry->phase >= OTR_TELEMETRY_CALLING)
        go_away(telemetry, again && telemetry->config.servers > 1);
}

void otr_telemetry_leave(otr_telemetry *telemetry)
{
    otr_arena memory = {0};
    otr_publication death;
    bool told = telemetry->node_born && build_death(telemetry, &memory, &death) == OTR_OK &&
                telemetry->port.publish(telemetry->port.self, &death) == OTR_OK;
    otr_arena_done(&memory);
    telemetry->phase = OTR_TELEMETRY_LEAVING;
    telemetry->due = telemetry->now.mono + LEAVE_WITHIN;
    telemetry->node_born = false;
    if (!told)
        telemetry->port.leave(telemetry->port.self);
}

void otr_telemetry_published(otr_telemetry *telemetry, uint64_t token, otr_status status)
{
    otr_telemetry_read_clock(telemetry);
    telemetry->blocked = false;
    if (token == OTR_TELEMETRY_DEATH_TOKEN) {
        if (telemetry->phase == OTR_TELEMETRY_LEAVING && status != OTR_IO)
            telemetry->port.leave(telemetry->port.self);
    } else if (token != OTR_TELEMETRY_NO_TOKEN) {
        otr_telemetry_proved(telemetry, token, status);
    }
}

void otr_telemetry_yield(otr_telemetry *telemetry, otr_time until)
{
    telemetry->yields_until = until;
}

void otr_telemetry_turn(otr_telemetry *telemetry, const otr_clock_sample *now, otr_time core_now)
{
    telemetry->now = *now;
    telemetry->core_now = core_now;
    telemetry->blocked = false;
    otr_time mono = now->mono;
    if (telemetry->core == NULL)
        return;
    if (telemetry->phase == OTR_TELEMETRY_AWAY && mono >= telemetry->due &&
        now->quality == OTR_CLOCK_SYNCED) {
        telemetry->bdseq++;
        otr_telemetry_dirty(telemetry);
        telemetry->connect_version = telemetry->version;
        telemetry->phase = OTR_TELEMETRY_SAVING;
    }
    if (telemetry->phase == OTR_TELEMETRY_SAVING && telemetry->saved >= telemetry->connect_version)
        call(telemetry);
    if (telemetry->phase == OTR_TELEMETRY_HOST && mono >= telemetry->due)
        otr_telemetry_leave(telemetry);
    if (telemetry->phase == OTR_TELEMETRY_LEAVING && mono >= telemetry->due) {
        telemetry->due = mono + LEAVE_WITHIN;
        telemetry->port.leave(telemetry->port.self);
    }
    if (telemetry->rebirth_asked && telemetry->phase == OTR_TELEMETRY_ONLINE &&
        mono >= telemetry->rebirth_from) {
        telemetry->counters.rebirths++;
        telemetry->rebirth_from = mono + OTR_LIMIT_TELEMETRY_REBIRTH_S * OTR_SECOND;
        otr_telemetry_births_begin(telemetry);
    }
    otr_telemetry_pump(telemetry);
    otr_telemetry_sweep(telemetry);
}

static bool has_more(const otr_telemetry *telemetry)
{
    otr_stretch gap;
    return telemetry->phase == OTR_TELEMETRY_BIRTH || telemetry->live.first != NULL ||
           telemetry->past.first != NULL || telemetry->behind < telemetry->device_count ||
           (telemetry->now.mono >= telemetry->past_again &&
            otr_telemetry_cursor_gap(&telemetry->reached, telemetry->newest, &gap));
}

static otr_time sooner(otr_time a, otr_time b)
{
    return a < b ? a : b;
}

otr_time otr_telemetry_next(const otr_telemetry *telemetry)
{
    otr_time next = OTR_TIME_NEVER;
    switch (telemetry->phase) {
    case OTR_TELEMETRY_AWAY:
        return telemetry->now.quality == OTR_CLOCK_SYNCED ? telemetry->due : OTR_TIME_NEVER;
    case OTR_TELEMETRY_SAVING: /* the commit's end is an event */
    case OTR_TELEMETRY_CALLING:
        return OTR_TIME_NEVER;
    case OTR_TELEMETRY_HOST:
    case OTR_TELEMETRY_LEAVING:
        return telemetry->due;
    case OTR_TELEMETRY_BIRTH:
    case OTR_TELEMETRY_ONLINE:
        break;
    }
    if (telemetry->blocked)
        return telemetry->now.mono + BLOCKED_AGAIN;
    if (!telemetry->held && has_more(telemetry))
        return telemetry->yields_until > telemetry->now.mono ? telemetry->yields_until : OTR_TIME_NONE;
    if (telemetry->past_again > telemetry->now.mono)
        next = sooner(next, telemetry->past_again);
    bool online = telemetry->phase == OTR_TELEMETRY_ONLINE; /* only then is one of them done */
    if (online && telemetry->rebirth_asked)
        next = sooner(next, telemetry->rebirth_from);
    if (online && telemetry->config.device_timeout > 0)
        next = sooner(next, telemetry->sweep_at);
    return sooner(next, otr_telemetry_barrier_at(telemetry));
}

/* ---- for people ---- */

otr_telemetry_view otr_telemetry_look(const otr_telemetry *telemetry)
{
    static const char *const words[] = {"away",   "saving", "calling", "waits for its host",
                                        "births", "online", "leaving"};
    return (otr_telemetry_view){
        .phase = words[telemetry->phase],
        .server = telemetry->server,
        .online = telemetry->phase == OTR_TELEMETRY_ONLINE,
        .backlog = otr_telemetry_cursor_missing(&telemetry->proven, telemetry->newest),
        .rate = telemetry->rate,
        .unproven = (size_t)(telemetry->sent - telemetry->arrived),
    };
}

const otr_telemetry_counters *otr_telemetry_counted(const otr_telemetry *telemetry)
{
    return &telemetry->counters;
}
