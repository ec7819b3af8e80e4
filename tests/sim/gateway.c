/* The process of the gateway, and what happens to its disk, its clock, its link and its power. */
#include "guests.h"
#include "real.h"
#include "uplink.h"

#include <stdio.h>

static const uint64_t token_key[2] = {5, 7};

/* ---- fates ---- */

static otr_sim_fate commit_fate(void *context)
{
    sim *s = context;
    otr_sim_fate fate = {.delay = OTR_MS + (otr_time)otr_dice_roll(&s->ways, 20) * OTR_MS};
    if (sim_happens(s, SIM_SLOW, SIM_FAULT_COMMIT_SLOW, 25))
        fate.delay += otr_dice_span(&s->dice[SIM_SLOW], OTR_SECOND, OTR_MINUTE);
    if (s->clock.now < s->full_until && !s->calm) {
        fate.status = OTR_FULL;
    } else if (sim_happens(s, SIM_FULL, SIM_FAULT_DISK_FULL, 150)) {
        s->full_until = s->clock.now + otr_dice_span(&s->dice[SIM_FULL], OTR_SECOND, 20 * OTR_MINUTE);
        fate.status = OTR_FULL;
    } else if (sim_happens(s, SIM_COMMIT, SIM_FAULT_COMMIT_FAILED, 40)) {
        fate.status = OTR_IO;
    } else if (sim_happens(s, SIM_COMMIT, SIM_FAULT_COMMIT_DOUBTFUL, 40)) {
        fate.status = OTR_IO;
        fate.there = true;
    }
    fate.evict_to = s->has[SIM_QUOTA] ? s->quota_rows : 0;
    return fate;
}

static otr_sim_fate read_fate(void *context)
{
    sim *s = context;
    otr_sim_fate fate = {.delay = OTR_MS};
    if (sim_happens(s, SIM_READ, SIM_FAULT_READ_FAILED, 15))
        fate.status = OTR_IO;
    return fate;
}

static otr_status recover_fate(void *context, size_t *skip)
{
    sim *s = context;
    if (sim_happens(s, SIM_RECOVER, SIM_FAULT_RECOVER_FAILED, 6))
        return OTR_IO;
    /* the older one serves while the journal since then is there */
    const otr_disk *disk = s->store.disk;
    if (disk->snapshots.count == 2 &&
        (disk->first_batch >= disk->batches.count ||
         disk->batches.list[disk->first_batch].first_seq <= disk->snapshots.list[0].last_seq + 1) &&
        !s->snapshot_after_content && !s->plan.real && sim_happens(s, SIM_RECOVER, SIM_FAULT_SNAPSHOT_BAD, 5))
        *skip = 1;
    return OTR_OK;
}

/* What is kept beside an event goes as the event does: a broker that takes the one and refuses the other is
 * not known of here. */
static otr_sim_link_fate link_fate(void *context, const otr_publication *publication)
{
    sim *s = context;
    otr_sim_link_fate fate = {(otr_time)(10 + otr_dice_roll(&s->ways, 200)) * OTR_MS,
                              (otr_time)(10 + otr_dice_roll(&s->ways, 200)) * OTR_MS, false, OTR_OK};
    if (sim_happens(s, SIM_LINK, SIM_FAULT_LINK_SLOW, 40))
        fate.there += otr_dice_span(&s->dice[SIM_LINK], OTR_SECOND, 30 * OTR_SECOND);
    if (publication->token == UINT64_MAX)
        return fate;
    fate.refused = sim_happens(s, SIM_REFUSE, SIM_FAULT_MESSAGE_REFUSED, 30);
    if (sim_happens(s, SIM_REFUSE, SIM_FAULT_MESSAGE_UNFIT, 40))
        fate.now = otr_dice_one_in(&s->dice[SIM_REFUSE], 2) ? OTR_LIMIT : OTR_INVALID;
    return fate;
}

/* ---- ports of the driver ---- */

static void durable(void *context, const otr_commit *commit)
{
    sim *s = context;
    s->figures.commits++;
    s->figures.readings += commit->reading_count;
    sim_say(s, "durable: %u inputs from %llu, %zu entries, %zu alarms%s", commit->input_count,
            (unsigned long long)commit->first_seq, commit->outbox_count, commit->alarm_count,
            commit->snapshot.size > 0 ? ", a snapshot" : "");
    if (commit->snapshot.size > 0)
        s->snapshot_after_content = commit->content_count > 0 || commit->forgotten.size > 0;
    sim_real_durable(s, commit);
    if (commit->forgotten.size > 0)
        sim_guests_forgotten(s);
    sim_guests_durable(s, commit);
    sim_fleet_durable(s, commit);
    sim_telling_durable(s, commit);
}

static void committed(void *context, const otr_commit_result *result)
{
    sim *s = context;
    if (result->loss_count > 0)
        s->figures.faults[SIM_FAULT_EVICTION]++;
    otr_driver_committed(s->driver, result);
    sim_limits_check(s);
    if (s->plan.watch)
        sim_reference_compare(s);
}

static void outbox_read(void *context, otr_status status, const otr_row_outbox *rows, size_t count)
{
    otr_driver_outbox_read(((sim *)context)->driver, status, rows, count);
}

static otr_status publish(void *self, const otr_publication *publication)
{
    sim *s = self;
    sim_broker_handed(s, publication);
    otr_link_port link = otr_sim_link_port(&s->link);
    return link.publish(link.self, publication);
}

static void answer(void *self, uint64_t handle, otr_answer_kind kind, unsigned max_age_s)
{
    (void)max_age_s;
    sim_fleet_answer(self, handle, kind);
}

static void deliver(void *self, uint64_t handle, unsigned format, otr_bytes commands)
{
    sim_fleet_deliver(self, handle, format, commands);
}

static void answer_command(void *self, uint64_t handle, const otr_command_result *result)
{
    sim_people_answer(self, handle, result);
}

/* No MAC, but another one for each message. */
static otr_status mac(void *self, otr_bytes message, uint8_t out[OTR_MAC_BYTES])
{
    (void)self;
    otr_id id = otr_hash128(token_key[0], token_key[1], message.data, message.size);
    memcpy(out, id.bytes, sizeof id.bytes);
    return OTR_OK;
}

/* ---- the link's owner ---- */

static void link_up(void *context)
{
    sim *s = context;
    sim_say(s, "link up");
    otr_driver_link_up(s->driver, 1 + otr_dice_roll(&s->ways, 20));
}

static void link_down(void *context)
{
    sim *s = context;
    sim_say(s, "link down");
    otr_driver_link_down(s->driver);
}

static void published(void *context, uint64_t token, otr_status status)
{
    otr_driver_published(((sim *)context)->driver, token, status);
}

static void arrived(void *context, const otr_sim_message *message)
{
    sim_broker_arrived(context, message);
}

/* ---- life ---- */

static void plan_crash(sim *s)
{
    s->crash_at = OTR_TIME_NEVER;
    if (s->has[SIM_CRASH] && !s->calm)
        s->crash_at = s->clock.now + otr_dice_span(&s->dice[SIM_CRASH], OTR_SECOND, 6 * OTR_HOUR);
    s->crash_in_commit = otr_dice_one_in(&s->dice[SIM_CRASH], 2);
}

static void plan_cut(sim *s)
{
    s->cut_at = OTR_TIME_NEVER;
    if (s->has[SIM_LINK] && !s->calm)
        s->cut_at = s->clock.now + otr_dice_span(&s->dice[SIM_LINK], OTR_SECOND, 3 * OTR_HOUR);
}

static void plan_step(sim *s)
{
    s->step_at = OTR_TIME_NEVER;
    if (s->has[SIM_CLOCK] && !s->calm)
        s->step_at = s->clock.now + otr_dice_span(&s->dice[SIM_CLOCK], OTR_MINUTE, 12 * OTR_HOUR);
}

static void plan_contents(sim *s)
{
    s->contents_at = OTR_TIME_NEVER;
    if (s->has[SIM_CONTENTS] && !s->calm)
        s->contents_at = s->clock.now + otr_dice_span(&s->dice[SIM_CONTENTS], OTR_MINUTE, 10 * OTR_HOUR);
}

static void boot_machine(sim *s)
{
    otr_sim_clock_boot(&s->clock);
    if (!s->has[SIM_CLOCK] || s->calm)
        return;
    s->clock.drift_ppm = (int)otr_dice_roll(&s->dice[SIM_CLOCK], 201) - 100;
    s->clock.synced = !sim_happens(s, SIM_CLOCK, SIM_FAULT_CLOCK_UNKNOWN, 3);
    s->clock.utc_error = 0;
    s->sync_at = s->clock.synced
                     ? OTR_TIME_NEVER
                     : s->clock.now + otr_dice_span(&s->dice[SIM_CLOCK], OTR_SECOND, 2 * OTR_HOUR);
}

static bool activate(sim *s)
{
    otr_buffer assignments = {0};
    char hash[2][16];
    otr_error error;
    sim_assignments(s, s->assignments_version, &assignments);
    (void)snprintf(hash[0], sizeof hash[0], "a%u-%u", s->assignments_version, s->plan.devices);
    (void)snprintf(hash[1], sizeof hash[1], "p%u", s->pack_version);
    otr_status status = otr_driver_activate(s->driver, OTR_STR("assignments"), otr_str_of(hash[0]),
                                            otr_buffer_text(&assignments), &error);
    if (status == OTR_OK)
        status = otr_driver_activate(s->driver, OTR_STR("pack/sim"), otr_str_of(hash[1]),
                                     otr_str_of(sim_pack(s->pack_version)), &error);
    if (status != OTR_OK)
        sim_fail(s, "contents are refused: %d:%d: %s", error.line, error.column, error.text);
    otr_buffer_done(&assignments);
    return status == OTR_OK;
}

static void leave_process(sim *s)
{
    otr_driver_free(s->driver);
    s->driver = NULL;
    sim_uplink_free(s);
    otr_sim_link_leave(&s->link);
    sim_fleet_forsaken(s);
    sim_people_forsaken(s);
}

static void start(sim *s)
{
    otr_error error;
    otr_driver_config config = {.group = OTR_STR("g"),
                                .gateway = OTR_STR("w"),
                                .linger_us = 500 * OTR_MS,
                                .snapshot_bytes = s->snapshot_bytes,
                                .build_time = SIM_BEGIN - 30 * OTR_DAY,
                                .outbox_rows = s->outbox_rows};
    otr_driver_ports ports = {otr_sim_clock_port(&s->clock), otr_sim_store_port(&s->store),
                              {s, answer, deliver},          {s, publish},
                              {s, answer_command},           {s, mac, NULL}};
    s->figures.lives++;
    if (otr_driver_create(&config, &ports, &s->driver, &error) != OTR_OK) {
        sim_fail(s, "no driver: %s", error.text);
        return;
    }
    sim_uplink_begin(s);
    if (otr_driver_recover(s->driver, &error) != OTR_OK) {
        sim_say(s, "start failed: %s", error.text);
        leave_process(s);
        s->starts_at = s->clock.now + OTR_SECOND + otr_dice_span(&s->ways, 0, OTR_MINUTE);
        return;
    }
    sim_say(s, "started");
    sim_uplink_began(s);
    sim_guests_check_core(s);
    if (activate(s))
        otr_sim_link_begin(&s->link, otr_dice_span(&s->ways, OTR_SECOND, 20 * OTR_SECOND));
    plan_crash(s);
}

static void end_life(sim *s, bool in_order)
{
    sim_uplink_end(s, in_order);
    s->figures.rebuilds += otr_driver_counters(s->driver)->rebuilds;
    s->figures.alarms += otr_driver_counters(s->driver)->alarms_raised;
    leave_process(s);
    s->stopping = false;
}

static void crash(sim *s)
{
    otr_dice *dice = &s->dice[SIM_CRASH];
    bool power = otr_dice_one_in(dice, 2);
    bool there = otr_dice_one_in(dice, 2);
    if (!sim_happens(s, SIM_CRASH, power ? SIM_FAULT_POWER : SIM_FAULT_KILL, 1)) {
        plan_crash(s);
        return;
    }
    sim_say(s, "%s%s", power ? "power cut" : "killed",
            s->store.commit == NULL ? ""
            : there                 ? ", during a commit that may be there"
                                    : ", during a commit");
    otr_sim_store_cut(&s->store, power ? OTR_SIM_POWER_CUT : OTR_SIM_KILLED, there);
    end_life(s, false);
    s->starts_at =
        s->clock.now + otr_dice_span(dice, OTR_SECOND, otr_dice_one_in(dice, 3) ? 4 * OTR_HOUR : OTR_MINUTE);
    s->power_cut = power;
}

void sim_gateway_stop(sim *s)
{
    if (s->driver == NULL || s->stopping)
        return;
    sim_say(s, "stops");
    s->stopping = true;
    otr_driver_stop(s->driver);
}

static void run_contents(sim *s)
{
    otr_dice *dice = &s->dice[SIM_CONTENTS];
    plan_contents(s);
    if (s->driver == NULL || s->stopping)
        return;
    if (otr_dice_one_in(dice, 2))
        s->pack_version = otr_dice_roll(dice, SIM_PACKS);
    else
        s->assignments_version = otr_dice_roll(dice, SIM_ASSIGNMENTS);
    sim_say(s, "contents: pack %u, assignments %u", s->pack_version, s->assignments_version);
    (void)activate(s);
}

static void run_clock(sim *s)
{
    if (s->clock.now >= s->sync_at) {
        s->clock.synced = true;
        s->sync_at = OTR_TIME_NEVER;
        sim_say(s, "the clock is set");
    }
    if (s->clock.now >= s->step_at) {
        otr_dice *dice = &s->dice[SIM_CLOCK];
        plan_step(s);
        if (s->clock.synced && sim_happens(s, SIM_CLOCK, SIM_FAULT_CLOCK_STEP, 1)) {
            otr_time step = otr_dice_span(dice, OTR_SECOND, 3 * OTR_HOUR);
            s->clock.utc_error += otr_dice_one_in(dice, 2) ? step : -step;
            s->sync_at = s->clock.now + OTR_HOUR;
        }
    }
}

static void cut_link(sim *s)
{
    otr_dice *dice = &s->dice[SIM_LINK];
    bool dead = otr_dice_one_in(dice, 2);
    bool away = otr_dice_one_in(dice, 3);
    otr_time noticed = dead ? otr_dice_span(dice, OTR_SECOND, 90 * OTR_SECOND) : 0;
    otr_time back = otr_dice_span(dice, OTR_SECOND, away ? 8 * OTR_HOUR : OTR_MINUTE);
    sim_fault fault = away ? SIM_FAULT_LINK_AWAY : dead ? SIM_FAULT_LINK_DEAD : SIM_FAULT_LINK_CUT;
    plan_cut(s);
    if (s->link.is_up && sim_happens(s, SIM_LINK, fault, 1))
        otr_sim_link_cut(&s->link, noticed, back);
}

void sim_gateway_init(sim *s)
{
    otr_dice dice = otr_dice_of(s->plan.seed, "gateway", 0);
    s->clock = (otr_sim_clock){.now = SIM_BEGIN, .booted = SIM_BEGIN, .synced = true};
    s->store.disk = otr_disk_create(s->plan.seed);
    s->store.clock = &s->clock;
    s->store.owner =
        (otr_sim_store_owner){s, commit_fate, read_fate, recover_fate, durable, committed, outbox_read};
    if (s->plan.real)
        sim_real_init(s);
    s->link.clock = &s->clock;
    s->link.owner = (otr_sim_link_owner){s, link_fate, link_up, link_down, published, arrived};
    s->link.down_at = OTR_TIME_NEVER;
    s->snapshot_bytes = 500U << otr_dice_roll(&dice, 8);
    s->outbox_rows = s->has[SIM_ROOM] ? 20 + otr_dice_roll(&dice, 80) : 0;
    s->quota_rows = 20 + otr_dice_roll(&dice, 200);
    s->sync_at = OTR_TIME_NEVER;
    s->starts_at = s->clock.now;
    s->away_since = s->clock.now;
    s->ways = otr_dice_of(s->plan.seed, "ways", 0);
    plan_crash(s);
    plan_cut(s);
    plan_step(s);
    plan_contents(s);
    boot_machine(s);
    sim_uplink_init(s);
}

void sim_gateway_done(sim *s)
{
    if (s->driver != NULL)
        end_life(s, true);
    sim_uplink_done(s);
    otr_sim_link_done(&s->link);
    sim_real_done(s);
    otr_disk_free(s->store.disk);
}

static otr_time sooner(otr_time a, otr_time b)
{
    return a < b ? a : b;
}

otr_time sim_gateway_next(sim *s)
{
    otr_time next = sooner(sooner(s->step_at, s->sync_at), sooner(s->contents_at, s->cut_at));
    next = sooner(next, sim_uplink_next(s));
    if (s->driver == NULL)
        return sooner(next, s->starts_at);
    if (!s->crash_in_commit || s->store.commit != NULL)
        next = sooner(next, s->crash_at);
    next = sooner(next, otr_sim_store_next(&s->store));
    next = sooner(next, otr_sim_link_next(&s->link));
    return sooner(next, otr_sim_clock_after(&s->clock, otr_driver_wait(s->driver)));
}

void sim_gateway_run(sim *s)
{
    run_clock(s);
    if (s->driver == NULL && s->clock.now >= s->starts_at) {
        if (s->power_cut)
            boot_machine(s);
        s->power_cut = false;
        start(s);
    }
    if (s->clock.now >= s->contents_at)
        run_contents(s);
    if (s->clock.now >= s->cut_at)
        cut_link(s);
    sim_uplink_run(s);
    if (s->driver == NULL)
        return;
    otr_sim_store_run(&s->store);
    otr_sim_link_run(&s->link);
    otr_driver_turn(s->driver);
    if (s->stopping && otr_driver_stopped(s->driver)) {
        sim_say(s, "stopped");
        otr_sim_store_cut(&s->store, OTR_SIM_STOPPED, false);
        end_life(s, true);
        s->starts_at = s->clock.now + OTR_SECOND;
    } else if (s->clock.now >= s->crash_at && (!s->crash_in_commit || s->store.commit != NULL)) {
        if (otr_dice_one_in(&s->dice[SIM_CRASH], 4)) {
            sim_gateway_stop(s);
            s->crash_at = OTR_TIME_NEVER;
        } else {
            crash(s);
        }
    }
}

void sim_gateway_calm(sim *s)
{
    s->crash_at = OTR_TIME_NEVER;
    s->cut_at = OTR_TIME_NEVER;
    s->step_at = OTR_TIME_NEVER;
    s->contents_at = OTR_TIME_NEVER;
    if (s->driver == NULL)
        s->starts_at = sooner(s->starts_at, s->clock.now + OTR_SECOND);
    if (!s->clock.synced)
        s->sync_at = s->clock.now + OTR_SECOND;
    s->link.up_at = sooner(s->link.up_at, s->clock.now + OTR_SECOND);
    sim_uplink_calm(s);
}
