/* The telemetry of the gateway: its ports, its life, and what happens to its line, its servers and its host.
 */
#include "uplink.h"

#include "codec/sparkplug.h"
#include "driver/telemetry_inside.h"

#include <stdio.h>
#include <stdlib.h>

enum { HEADER_BYTES = 8, WINDOW_FIRST = 4096 };

/* ---- the port ---- */

static otr_status do_connect(void *self, unsigned server, const otr_publication *will, const otr_str *filters,
                             size_t count, otr_error *error)
{
    sim *s = self;
    sim_uplink *u = s->uplink;
    uint64_t bdseq = sim_host_bdseq(will->payload);
    otr_reader kept = otr_reader_of((otr_bytes){s->store.disk->uplink.data, s->store.disk->uplink.size});
    (void)filters;
    (void)otr_reader_u8(&kept);
    (void)otr_reader_id(&kept);
    if (count != (u->has_host ? 3 : 2) || server >= u->servers)
        sim_fail(s, "server %u is called with %zu filters", server, count);
    if (otr_reader_u8(&kept) != bdseq || kept.failed)
        sim_fail(s, "bdSeq %llu is used before it is durable", (unsigned long long)bdseq);
    /* one more; a process that ended may have kept the next one before it used it */
    uint64_t raised = (bdseq - (uint64_t)u->bdseq) & 255;
    if (u->bdseq >= 0 && (raised < 1 || raised > 1 + s->figures.lives - u->lives_then))
        sim_fail(s, "bdSeq %llu follows %d", (unsigned long long)bdseq, u->bdseq);
    u->bdseq = (int)bdseq;
    u->lives_then = s->figures.lives;
    otr_status status = otr_sim_session_connect(&u->session, server, will);
    sim_say(s, "calls server %u with bdSeq %llu%s", server, (unsigned long long)bdseq,
            status == OTR_OK ? "" : ", in vain");
    if (status != OTR_OK)
        return otr_fail(error, status, "not now");
    sim_host_called(s, u->session.number, bdseq);
    return OTR_OK;
}

static void do_leave(void *self)
{
    sim *s = self;
    sim_say(s, "the telemetry leaves");
    otr_sim_session_leave(&s->uplink->session);
}

/* What is not proven stays below a second of the measured rate, but for one message that is larger. */
static void check_window(sim *s, size_t bytes)
{
    const sim_uplink *u = s->uplink;
    double rate = otr_telemetry_look(u->telemetry).rate;
    double most = rate > WINDOW_FIRST ? rate : WINDOW_FIRST;
    uint64_t unproven = u->sent - u->proven;
    if (unproven > 0 && (double)(unproven + bytes) > most)
        sim_fail(s, "%llu bytes are not proven at %.0f a second, and %zu follow",
                 (unsigned long long)unproven, rate, bytes);
}

/* What came in now goes before what waits since long. */
static void check_order(sim *s, const otr_publication *publication)
{
    const otr_telemetry_item *newest = s->uplink->telemetry->live.first;
    if (newest == NULL || newest->metrics.size == 0 || strstr(publication->topic.data, "/DDATA/") == NULL)
        return;
    if (memmem(publication->payload.data, publication->payload.size, newest->metrics.data,
               newest->metrics.size) == NULL)
        sim_fail(s, "the backlog is told while something new waits");
}

static void note_barrier(sim_uplink *u, uint64_t token)
{
    size_t at = 0;
    while (u->barriers[at][0] != 0)
        OTR_ASSERT(++at < sizeof u->barriers / sizeof *u->barriers);
    u->barriers[at][0] = token;
    u->barriers[at][1] = u->sent;
}

static otr_status do_publish(void *self, const otr_publication *publication)
{
    sim *s = self;
    sim_uplink *u = s->uplink;
    size_t bytes = publication->topic.size + publication->payload.size + HEADER_BYTES;
    bool death = publication->token == OTR_TELEMETRY_DEATH_TOKEN;
    bool barrier = publication->qos == 1 && !death;
    if (u->session.phase == OTR_SIM_SESSION_UP && !barrier && !death) {
        check_window(s, bytes);
        check_order(s, publication);
        if (!u->may_tell)
            sim_fail(s, "%s is told while the primary host is not there", publication->topic.data);
    }
    otr_status status = otr_sim_session_publish(&u->session, publication);
    if (status != OTR_OK)
        return status;
    u->sent += bytes;
    if (barrier)
        note_barrier(u, publication->token);
    return OTR_OK;
}

static otr_status do_read(void *self, uint64_t first, uint64_t last, void *context,
                          otr_status (*each)(void *context, uint64_t first_seq, otr_time core_time,
                                             otr_bytes batch),
                          otr_error *error)
{
    sim *s = self;
    if (sim_happens(s, SIM_READ, SIM_FAULT_JOURNAL_UNREADABLE, 4))
        return otr_fail(error, OTR_IO, "the journal does not read now");
    return otr_disk_read_batches(s->store.disk, first, last, 1 + otr_dice_roll(&s->uplink->ways, 50), context,
                                 each);
}

static void do_set(void *self, otr_id id, otr_str device, otr_str metric, otr_str value)
{
    (void)id, (void)device, (void)metric, (void)value;
    sim_fail(self, "nobody has set anything");
}

static otr_status do_seek(void *self, otr_time core_time, uint64_t *seq, otr_error *error)
{
    const otr_disk *disk = ((sim *)self)->store.disk;
    for (size_t i = disk->first_batch; i < disk->batches.count; i++)
        if (disk->batches.list[i].core >= core_time) {
            *seq = disk->batches.list[i].first_seq;
            return OTR_OK;
        }
    return otr_fail(error, OTR_NOT_FOUND, "nothing is of that time or later");
}

/* ---- the session's owner ---- */

static otr_sim_session_fate fate(void *context, const otr_publication *publication)
{
    sim *s = context;
    sim_uplink *u = s->uplink;
    otr_sim_session_fate out = {.there = (otr_time)(1 + otr_dice_roll(&u->ways, 150)) * OTR_MS,
                                .back = (otr_time)(1 + otr_dice_roll(&u->ways, 150)) * OTR_MS};
    if (u->servers > 1) /* PASSED_ON is more than that */
        out.pass_for = (otr_time)otr_dice_roll(&u->ways, 950) * OTR_MS;
    if (sim_happens(s, SIM_LINE, SIM_FAULT_LINE_SLOW, 100))
        out.there += otr_dice_span(&s->dice[SIM_LINE], OTR_SECOND, 30 * OTR_SECOND);
    if (sim_happens(s, SIM_LINE, SIM_FAULT_LINE_FULL, 60))
        out.now = OTR_FULL;
    else if (publication->qos == 1 && publication->token != OTR_TELEMETRY_DEATH_TOKEN)
        out.refused = sim_happens(s, SIM_LINE, SIM_FAULT_BARRIER_REFUSED, 100);
    return out;
}

static otr_sim_call_fate call_fate(void *context, unsigned server)
{
    sim *s = context;
    sim_uplink *u = s->uplink;
    otr_sim_call_fate out = {.after = otr_dice_span(&u->ways, 10 * OTR_MS, 5 * OTR_SECOND)};
    if (s->clock.now < u->server_back[server] && !s->calm) {
        out.refused = true;
    } else if (sim_happens(s, SIM_LINE, SIM_FAULT_LINE_REFUSED, 8)) {
        out.refused = true;
        out.again = otr_dice_one_in(&s->dice[SIM_LINE], 3);
        if (otr_dice_one_in(&s->dice[SIM_LINE], 4))
            out.now = OTR_IO;
    }
    return out;
}

static void add_state(sim_uplink *u, otr_time at)
{
    sim_state_message *state = OTR_DISK_ADD(u->states);
    *state = (sim_state_message){at, u->host_online, u->host_since};
}

static void on_up(void *context)
{
    sim *s = context;
    sim_uplink *u = s->uplink;
    sim_say(s, "telemetry up");
    u->sent = u->proven = 0;
    memset(u->barriers, 0, sizeof u->barriers);
    u->may_tell = !u->has_host;
    u->states.count = 0;
    if (u->has_host && (u->host_online || otr_dice_one_in(&u->ways, 2)))
        add_state(u, s->clock.now + (otr_time)otr_dice_roll(&u->ways, 300) * OTR_MS);
    otr_telemetry_up(u->telemetry);
}

static void on_down(void *context, bool again)
{
    sim *s = context;
    sim_say(s, "telemetry down");
    s->uplink->states.count = 0;
    otr_telemetry_down(s->uplink->telemetry, again);
}

static void on_published(void *context, uint64_t token, otr_status status)
{
    sim_uplink *u = ((sim *)context)->uplink;
    for (size_t i = 0; token != 0 && i < sizeof u->barriers / sizeof *u->barriers; i++)
        if (u->barriers[i][0] == token) {
            u->proven = status != OTR_IO ? u->barriers[i][1] : u->proven;
            u->barriers[i][0] = 0;
        }
    otr_telemetry_published(u->telemetry, token, status);
}

static void on_arrived(void *context, const otr_sim_passing *message)
{
    sim_host_arrived(context, message);
}

/* ---- life ---- */

static void plan_cut(sim *s)
{
    s->uplink->cut_at = OTR_TIME_NEVER;
    if (s->has[SIM_LINE] && !s->calm)
        s->uplink->cut_at = s->clock.now + otr_dice_span(&s->dice[SIM_LINE], OTR_SECOND, 2 * OTR_HOUR);
}

static void plan_hosts(sim *s)
{
    sim_uplink *u = s->uplink;
    otr_dice *dice = &s->dice[SIM_HOSTS];
    bool any = s->has[SIM_HOSTS] && !s->calm;
    if (u->host_turns <= s->clock.now)
        u->host_turns = !any || !u->has_host
                            ? OTR_TIME_NEVER
                            : s->clock.now + otr_dice_span(dice, OTR_SECOND,
                                                           u->host_online ? 2 * OTR_HOUR : 20 * OTR_MINUTE);
    if (u->birth_asked_at <= s->clock.now)
        u->birth_asked_at =
            any ? s->clock.now + otr_dice_span(dice, OTR_SECOND, 3 * OTR_HOUR) : OTR_TIME_NEVER;
    if (u->resend_at <= s->clock.now)
        u->resend_at = any ? s->clock.now + otr_dice_span(dice, OTR_MINUTE, 6 * OTR_HOUR) : OTR_TIME_NEVER;
}

void sim_uplink_init(sim *s)
{
    static const unsigned rates[] = {3000, 8000, 30000, 200000, 2000000};
    if (!s->plan.telemetry)
        return;
    sim_uplink *u = calloc(1, sizeof *u);
    OTR_ASSERT(u != NULL);
    s->uplink = u;
    u->ways = otr_dice_of(s->plan.seed, "uplink", 0);
    u->servers = otr_dice_one_in(&u->ways, 2) ? 1 : 2 + otr_dice_roll(&u->ways, OTR_SIM_SERVERS - 1);
    u->has_host = otr_dice_one_in(&u->ways, 2);
    u->device_timeout = otr_dice_one_in(&u->ways, 3) ? 10 * OTR_MINUTE : 0;
    u->host_online = true;
    u->host_since = SIM_BEGIN;
    u->bdseq = -1;
    u->session.clock = &s->clock;
    u->session.owner = (otr_sim_session_owner){s, fate, call_fate, on_up, on_down, on_published, on_arrived};
    u->session.bytes_per_s = rates[otr_dice_roll(&u->ways, sizeof rates / sizeof *rates)];
    u->session.bunch = otr_dice_one_in(&u->ways, 2) ? (otr_time)otr_dice_roll(&u->ways, 2000) * OTR_MS : 0;
    u->session.down_at = OTR_TIME_NEVER;
    plan_cut(s);
    plan_hosts(s);
}

void sim_uplink_done(sim *s)
{
    if (s->uplink == NULL)
        return;
    otr_sim_session_done(&s->uplink->session);
    free(s->uplink->states.list);
    sim_host_done(s);
    sim_telling_done(s);
    free(s->uplink);
}

void sim_uplink_begin(sim *s)
{
    sim_uplink *u = s->uplink;
    otr_error error;
    if (u == NULL)
        return;
    otr_telemetry_config config = {.group = OTR_STR("g"),
                                   .gateway = OTR_STR("w"),
                                   .primary_host = u->has_host ? OTR_STR("h") : OTR_STR(""),
                                   .servers = u->servers,
                                   .reconnect_min = OTR_SECOND,
                                   .reconnect_max = OTR_MINUTE,
                                   .device_timeout = u->device_timeout};
    otr_telemetry_port port = {
        otr_sim_clock_port(&s->clock), s, do_connect, do_leave, do_publish, do_read, do_set, do_seek, NULL};
    if (otr_telemetry_create(&config, &port, &u->telemetry, &error) != OTR_OK)
        sim_fail(s, "no telemetry: %s", error.text);
    else
        otr_driver_follow(s->driver, u->telemetry);
}

/* It goes on where the last process was, as far as that is kept. */
void sim_uplink_began(sim *s)
{
    sim_uplink *u = s->uplink;
    if (u == NULL || s->store.disk->uplink.size == 0)
        return;
    uint64_t meant = otr_telemetry_cursor_missing(&u->kept, s->store.disk->next_seq - 1);
    uint64_t is = otr_telemetry_look(u->telemetry).backlog;
    if (is != meant)
        sim_fail(s, "after a start %llu inputs are to be told, and by what is kept %llu",
                 (unsigned long long)is, (unsigned long long)meant);
}

void sim_uplink_end(sim *s, bool in_order)
{
    sim_uplink *u = s->uplink;
    otr_arena memory = {0};
    otr_publication farewell;
    if (u == NULL || u->telemetry == NULL)
        return;
    bool told = in_order && otr_telemetry_farewell(u->telemetry, &memory, &farewell);
    otr_sim_session_end(&u->session, told ? &farewell : NULL,
                        in_order ? 0 : otr_dice_span(&u->ways, OTR_MS, 90 * OTR_SECOND));
    u->states.count = 0;
    otr_arena_done(&memory);
}

void sim_uplink_free(sim *s)
{
    if (s->uplink == NULL)
        return;
    otr_telemetry_free(s->uplink->telemetry);
    s->uplink->telemetry = NULL;
}

/* ---- what happens ---- */

static otr_time sooner(otr_time a, otr_time b)
{
    return a < b ? a : b;
}

otr_time sim_uplink_next(const sim *s)
{
    const sim_uplink *u = s->uplink;
    if (u == NULL)
        return OTR_TIME_NEVER;
    otr_time next = sooner(otr_sim_session_next(&u->session), sooner(u->cut_at, u->host_turns));
    if (u->states.count > 0)
        next = sooner(next, u->states.list[0].at);
    return sooner(next, sooner(u->birth_asked_at, u->resend_at));
}

static void cut(sim *s)
{
    sim_uplink *u = s->uplink;
    otr_dice *dice = &s->dice[SIM_LINE];
    bool dead = otr_dice_one_in(dice, 2);
    bool dies = otr_dice_one_in(dice, 2);
    otr_time noticed = dead ? otr_dice_span(dice, OTR_MS, 90 * OTR_SECOND) : 0;
    otr_time missed = otr_dice_span(dice, OTR_MS, 90 * OTR_SECOND);
    otr_time away = otr_dice_span(dice, OTR_MS, otr_dice_one_in(dice, 3) ? 4 * OTR_HOUR : OTR_MINUTE);
    plan_cut(s);
    if (u->session.phase != OTR_SIM_SESSION_UP || u->session.dead)
        return;
    if (!sim_happens(s, SIM_LINE,
                     dies   ? SIM_FAULT_SERVER_DIED
                     : dead ? SIM_FAULT_LINE_DEAD
                            : SIM_FAULT_LINE_CUT,
                     1))
        return;
    if (dies) {
        otr_sim_session_kill_server(&u->session, noticed, missed);
        u->server_back[u->session.server] = s->clock.now + away;
    } else {
        otr_sim_session_cut(&u->session, noticed, missed);
        for (unsigned i = 0; i < u->servers; i++)
            u->server_back[i] = s->clock.now + away;
    }
}

static void turn_host(sim *s)
{
    sim_uplink *u = s->uplink;
    if (u->host_online && !sim_happens(s, SIM_HOSTS, SIM_FAULT_HOST_AWAY, 1))
        return;
    u->host_online = !u->host_online;
    if (u->host_online)
        u->host_since = s->clock.now;
    sim_say(s, "the primary host is %s", u->host_online ? "there" : "away");
    if (u->session.phase == OTR_SIM_SESSION_UP && !u->session.dead)
        add_state(u, s->clock.now + 300 * OTR_MS);
}

static void ask_birth(sim *s)
{
    sim_uplink *u = s->uplink;
    otr_buffer payload = {0};
    otr_sparkplug_metric rebirth = {.name = OTR_STR("Node Control/Rebirth"),
                                    .at = s->clock.now,
                                    .type = OTR_SPARKPLUG_BOOLEAN,
                                    .flag = true};
    if (u->telemetry == NULL || u->session.phase != OTR_SIM_SESSION_UP || u->session.dead ||
        !sim_happens(s, SIM_HOSTS, SIM_FAULT_BIRTH_ASKED, 1))
        return;
    otr_sparkplug_begin(&payload, s->clock.now);
    otr_sparkplug_add(&payload, &rebirth);
    otr_telemetry_received(u->telemetry, OTR_STR("spBv1.0/g/NCMD/w"), otr_buffer_bytes(&payload), false);
    otr_buffer_done(&payload);
}

static void ask_again(sim *s)
{
    otr_dice *dice = &s->dice[SIM_HOSTS];
    otr_time to = s->clock.now - otr_dice_span(dice, OTR_SECOND, OTR_HOUR);
    otr_time from = to - otr_dice_span(dice, OTR_SECOND, OTR_HOUR);
    uint64_t count = 0;
    otr_error error;
    if (s->uplink->telemetry == NULL || !sim_happens(s, SIM_HOSTS, SIM_FAULT_RESEND, 1))
        return;
    if (otr_telemetry_resend(s->uplink->telemetry, from, to, &count, &error) == OTR_OK)
        sim_say(s, "%llu inputs are to be told again", (unsigned long long)count);
}

static void run_states(sim *s)
{
    sim_uplink *u = s->uplink;
    char text[80];
    if (u->states.count == 0 || u->states.list[0].at > s->clock.now)
        return;
    sim_state_message state = u->states.list[0];
    u->states.count--;
    memmove(u->states.list, u->states.list + 1, u->states.count * sizeof state);
    int size = snprintf(text, sizeof text, "{\"online\":%s,\"timestamp\":%lld}",
                        state.online ? "true" : "false", (long long)(state.stamp / OTR_MS));
    u->may_tell = state.online;
    otr_telemetry_received(u->telemetry, OTR_STR("spBv1.0/STATE/h"),
                           (otr_bytes){(const uint8_t *)text, (size_t)size}, false);
}

void sim_uplink_run(sim *s)
{
    sim_uplink *u = s->uplink;
    if (u == NULL)
        return;
    u->loose |= !s->clock.synced || s->clock.utc_error != 0;
    otr_sim_session_run(&u->session);
    run_states(s);
    if (s->clock.now >= u->cut_at)
        cut(s);
    if (s->clock.now >= u->host_turns)
        turn_host(s);
    if (s->clock.now >= u->birth_asked_at)
        ask_birth(s);
    if (s->clock.now >= u->resend_at)
        ask_again(s);
    plan_hosts(s);
}

/* What a server has refused to prove is proven on another connection. */
void sim_uplink_calm(sim *s)
{
    sim_uplink *u = s->uplink;
    if (u == NULL)
        return;
    u->cut_at = OTR_TIME_NEVER;
    u->host_turns = u->birth_asked_at = u->resend_at = OTR_TIME_NEVER;
    if (!u->host_online) {
        u->host_online = true;
        u->host_since = s->clock.now;
        if (u->session.phase == OTR_SIM_SESSION_UP && !u->session.dead)
            add_state(u, s->clock.now + OTR_SECOND);
    }
    otr_sim_session_cut(&u->session, OTR_SECOND, OTR_SECOND);
}

bool sim_uplink_is_quiet(const sim *s)
{
    const sim_uplink *u = s->uplink;
    if (u == NULL)
        return true;
    return u->telemetry != NULL && u->session.phase == OTR_SIM_SESSION_UP && u->session.flight.count == 0 &&
           u->session.passing.count == 0 && otr_telemetry_look(u->telemetry).online &&
           otr_telemetry_look(u->telemetry).backlog == 0 &&
           otr_telemetry_cursor_missing(&u->kept, s->store.disk->next_seq - 1) == 0;
}
