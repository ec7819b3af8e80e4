/*
 * One turn: take what the inbox holds, step the core, commit, and after the commit answer and publish. While
 * a commit is under way the inbox fills, so the size of a group adapts to the disk by itself.
 */
#include "driver/driver.h"

#include "base/limits.h"
#include "base/log.h"
#include "core/outbox/outbox.h"
#include "driver/internal.h"
#include "driver/telemetry.h"

#include <stdlib.h>

/* A staged group goes at once when this many uploads wait for it, whatever the linger: half a second's worth
 * of 1,000 devices that report every second, so that they share commits and leave the disk to alarms. */
enum { ANSWERS_HURRY = 512, LEFT_HURRY = 64 };
#define REBUILD_DELAY_MIN (OTR_SECOND / 10)
#define REBUILD_DELAY_MAX (30 * OTR_SECOND)
/* Telemetry waits while the broker has service events to acknowledge, for so long: both share a line. */
#define SERVICE_FIRST (2 * OTR_SECOND)

otr_status otr_driver_create(const otr_driver_config *config, const otr_driver_ports *ports, otr_driver **out,
                             otr_error *error)
{
    otr_driver *driver = calloc(1, sizeof *driver);
    *out = NULL;
    if (driver == NULL)
        return otr_fail(error, OTR_MEMORY, "no memory for the driver");
    driver->config = *config;
    driver->pace.rate = config->device_rate;
    driver->ports = *ports;
    driver->config.group = otr_arena_copy(&driver->config_memory, config->group);
    driver->config.gateway = otr_arena_copy(&driver->config_memory, config->gateway);
    driver->staged_at = OTR_TIME_NONE;
    driver->service_since = OTR_TIME_NONE;
    driver->presence_due = OTR_TIME_NEVER;
    for (int i = 0; i < OTR_OUTBOX_CLASSES; i++)
        driver->window.waiting[i] = true;
    if (driver->config.group.data == NULL || driver->config.gateway.data == NULL) {
        otr_driver_free(driver);
        return otr_fail(error, OTR_MEMORY, "no memory for the driver");
    }
    *out = driver;
    return OTR_OK;
}

void otr_driver_tune(otr_driver *driver, otr_time linger_us, unsigned device_rate)
{
    driver->config.linger_us = linger_us;
    driver->config.device_rate = device_rate;
    driver->pace.rate = device_rate;
}

void otr_driver_free(otr_driver *driver)
{
    if (driver == NULL)
        return;
    otr_core_free(driver->core);
    otr_effects_done(&driver->effects);
    otr_arena_done(&driver->inbox_memory);
    free(driver->inbox.list);
    free(driver->unstepped.list);
    free(driver->answers.list);
    otr_driver_forget_pending(driver, driver->pending.count);
    free(driver->pending.list);
    free(driver->left.list);
    free(driver->leaving.list);
    free(driver->fates.list);
    free(driver->handed.list);
    otr_duplicates_done(&driver->duplicates);
    otr_outbox_window_done(&driver->window);
    otr_buffer_done(&driver->snapshot);
    otr_buffer_done(&driver->uplink);
    otr_arena_done(&driver->config_memory);
    free(driver);
}

void otr_driver_follow(otr_driver *driver, otr_telemetry *telemetry)
{
    driver->telemetry = telemetry;
}

/* Core time runs with the monotonic clock and with nothing else: a sync or a step of UTC moves no deadline
 * that is a span. Without a clock UTC is a floor: certificates need a time that is at least not absurd. */
void otr_driver_read_clock(otr_driver *driver)
{
    otr_clock_sample *sample = &driver->sample;
    driver->ports.clock.read(driver->ports.clock.self, sample);
    otr_time elapsed = sample->mono - driver->mono_base;
    if (driver->core_base + elapsed > driver->core_now)
        driver->core_now = driver->core_base + elapsed;
    if (sample->quality != OTR_CLOCK_SYNCED && sample->utc < driver->utc_floor + elapsed)
        sample->utc = driver->utc_floor + elapsed;
}

void otr_driver_stage(otr_driver *driver)
{
    if (driver->staged_at == OTR_TIME_NONE)
        driver->staged_at = driver->sample.mono;
}

otr_time otr_driver_known_utc(const otr_driver *driver)
{
    return driver->sample.quality == OTR_CLOCK_SYNCED ? driver->sample.utc : OTR_TIME_NONE;
}

void otr_driver_break_down(otr_driver *driver, const char *event, const otr_error *error)
{
    otr_log(OTR_LOG_ERROR, event, "status=\"%s\" reason=\"%s\"", otr_status_text(error->status), error->text);
    driver->broken = true;
    driver->rebuild_delay = driver->rebuild_delay == 0 ? REBUILD_DELAY_MIN : driver->rebuild_delay * 2;
    if (driver->rebuild_delay > REBUILD_DELAY_MAX)
        driver->rebuild_delay = REBUILD_DELAY_MAX;
    driver->rebuild_at = otr_time_add(driver->sample.mono, driver->rebuild_delay);
    otr_driver_push_back_all(driver);
    driver->staged_at = OTR_TIME_NONE;
}

static void rebuild(otr_driver *driver)
{
    otr_error error = {.text = "not said"};
    driver->counters.rebuilds++;
    otr_status status = otr_driver_recover(driver, &error);
    if (status != OTR_OK)
        otr_driver_break_down(driver, "rebuild_failed", &error);
}

/* ---- step ---- */

static otr_str device_of(const otr_input *input)
{
    if (input->kind == OTR_INPUT_READINGS)
        return input->upload.message.device;
    return input->kind == OTR_INPUT_DEVICE_FETCH ? input->fetch.device : input->confirm.device;
}

/* The first count uploads of the inbox are stepped: they are answered when that is committed. */
static void move_answers(otr_driver *driver, size_t count)
{
    const otr_input *inputs = count > 0 ? &driver->inbox.list[driver->taken - count] : NULL;
    bool commands = otr_core_open_commands(driver->core) > 0;
    for (size_t i = 0; i < count; i++) {
        otr_asker *asker = OTR_LIST_ADD(driver->answers);
        if (asker == NULL) {
            driver->ports.source.answer(driver->ports.source.self, driver->unstepped.list[i].handle,
                                        OTR_ANSWER_FULL, 5);
            continue;
        }
        *asker = driver->unstepped.list[i];
        if (commands)
            asker->device = otr_core_device_number(driver->core, device_of(&inputs[i]));
    }
    driver->unstepped.count -= count;
    if (driver->unstepped.count > 0)
        memmove(driver->unstepped.list, driver->unstepped.list + count,
                driver->unstepped.count * sizeof *driver->unstepped.list);
}

/* In one step, so that contents that were asked for together change together. */
static otr_status step_pending(otr_driver *driver, const otr_turn *turn)
{
    size_t count = driver->pending.count - driver->pending_stepped;
    otr_input *inputs = calloc(count, sizeof *inputs);
    if (inputs == NULL)
        return OTR_MEMORY;
    for (size_t i = 0; i < count; i++)
        inputs[i] = driver->pending.list[driver->pending_stepped + i].input;
    otr_status status = otr_core_step(driver->core, turn, inputs, count, &driver->effects);
    driver->pending_stepped = driver->pending.count;
    free(inputs);
    return status;
}

static void step(otr_driver *driver)
{
    otr_turn turn = {driver->core_now, driver->sample.utc, driver->sample.quality == OTR_CLOCK_SYNCED};
    otr_status status = OTR_OK;
    size_t count = driver->inbox.count - driver->taken;
    count = count < OTR_LIMIT_TURN_INPUTS ? count : OTR_LIMIT_TURN_INPUTS;
    driver->counters.turns++;
    /* contents first: an upload is judged by the rules that were asked for before it came */
    if (driver->pending_stepped < driver->pending.count)
        status = step_pending(driver, &turn);
    const otr_input *inputs = count > 0 ? &driver->inbox.list[driver->taken] : NULL;
    if (status == OTR_OK)
        status = otr_core_step(driver->core, &turn, inputs, count, &driver->effects);
    driver->taken += count;
    if (status != OTR_OK) {
        otr_error error;
        (void)otr_fail(&error, status, "no memory for a turn");
        otr_driver_break_down(driver, "turn_failed", &error);
        return;
    }
    move_answers(driver, count);
    otr_driver_tidy_inbox(driver); /* a burst's memory does not wait for the next upload */
    if (otr_effects_any(&driver->effects))
        otr_driver_stage(driver);
}

/* ---- commit ---- */

static bool snapshot_wanted(const otr_driver *driver)
{
    if (driver->stopping)
        return !driver->final_snapshot_done;
    return driver->effects.activated || (driver->snapshot_forced && otr_effects_any(&driver->effects)) ||
           (driver->config.snapshot_bytes > 0 &&
            driver->bytes_since_snapshot >= driver->config.snapshot_bytes);
}

/* Mono: when the telemetry wants its state kept at the latest. */
static otr_time uplink_due(const otr_driver *driver)
{
    return driver->telemetry != NULL ? otr_telemetry_save_by(driver->telemetry) : OTR_TIME_NEVER;
}

static bool commit_is_due(const otr_driver *driver)
{
    if (snapshot_wanted(driver) || uplink_due(driver) <= driver->sample.mono)
        return true;
    bool any = otr_effects_any(&driver->effects) || driver->left.count > 0 || driver->mark_due;
    if (driver->staged_at == OTR_TIME_NONE || !any)
        return false;
    return driver->hurry || driver->effects.outbox.count > 0 || driver->answers.count >= ANSWERS_HURRY ||
           driver->left.count >= LEFT_HURRY ||
           driver->sample.mono - driver->staged_at >= driver->config.linger_us;
}

/* A turn takes so many inputs at the most: the rest of the inbox is not in its commit. */
static size_t unstepped_keys(const otr_driver *driver)
{
    size_t count = 0;
    for (size_t i = driver->taken; i < driver->inbox.count; i++)
        count += driver->inbox.list[i].kind == OTR_INPUT_READINGS && driver->inbox.list[i].upload.key != 0;
    return count;
}

/* What has left so far goes with this commit; acknowledgements that come meanwhile go with the next. */
static void begin_leaving(otr_driver *driver)
{
    otr_outbox_left *list = driver->leaving.list;
    size_t capacity = driver->leaving.capacity;
    OTR_ASSERT(driver->leaving.count == 0);
    driver->leaving.list = driver->left.list;
    driver->leaving.count = driver->left.count;
    driver->leaving.capacity = driver->left.capacity;
    driver->left.list = list;
    driver->left.count = 0;
    driver->left.capacity = capacity;
}

/* The commit failed: they leave with a later one. */
static void return_leaving(otr_driver *driver)
{
    for (size_t i = 0; i < driver->leaving.count; i++) {
        otr_outbox_left *left = OTR_LIST_ADD(driver->left);
        if (left != NULL) /* else the entry is sent again, under the same id */
            *left = driver->leaving.list[i];
    }
    driver->leaving.count = 0;
}

/* False when the commit cannot be without one: a replay takes contents as active from its snapshot on. Else
 * the next start reads more of the journal, and as much again is written before the next attempt. */
static bool make_snapshot(otr_driver *driver)
{
    const otr_effects *effects = &driver->effects;
    driver->snapshot_committing = snapshot_wanted(driver);
    otr_buffer_clear(&driver->snapshot);
    if (!driver->snapshot_committing || otr_core_snapshot(driver->core, &driver->snapshot) == OTR_OK)
        return true;
    driver->snapshot_committing = false;
    otr_buffer_done(&driver->snapshot);
    if (effects->activated || effects->forgotten.size > 0)
        return false;
    otr_log(OTR_LOG_WARNING, "snapshot_failed", "reason=\"no memory\"");
    driver->bytes_since_snapshot = 0;
    driver->final_snapshot_done = driver->stopping;
    return true;
}

static void submit(otr_driver *driver)
{
    otr_effects *effects = &driver->effects;
    if (!make_snapshot(driver) || !otr_driver_outbox_prepare(driver)) {
        otr_error error;
        (void)otr_fail(&error, OTR_MEMORY, "no memory for a commit");
        otr_driver_outbox_failed(driver);
        otr_driver_break_down(driver, "commit_failed", &error);
        return;
    }
    begin_leaving(driver);
    bool with_batch = otr_effects_any(effects);
    otr_commit *commit = &driver->commit;
    *commit = (otr_commit){
        .first_seq = effects->first_seq,
        .input_count = effects->input_count,
        .reading_count = effects->reading_count,
        .core_time = driver->core_now,
        .utc = otr_driver_known_utc(driver),
        .devices = effects->devices.list,
        .device_count = effects->devices.count,
        .names = effects->names.list,
        .name_count = effects->names.count,
        .contents = effects->contents.list,
        .content_count = effects->contents.count,
        .alarms = effects->alarms.list,
        .alarm_count = effects->alarms.count,
        .cases = effects->cases.list,
        .case_count = effects->cases.count,
        .outbox = effects->outbox.list,
        .outbox_count = effects->outbox.count,
        .fates = driver->fates.list,
        .left = driver->leaving.list,
        .left_count = driver->leaving.count,
        .handed = driver->handed.list,
        .handed_count = driver->handed.count,
        .served = effects->served.list,
        .served_count = effects->served.count,
        .forgotten = effects->forgotten,
        .erase = otr_journal_erase,
        .remains = otr_outbox_remains,
        .notices = effects->notices.list,
        .notice_count = effects->notices.count,
        .remarks = effects->remarks.list,
        .remark_count = effects->remarks.count,
        .proofs = effects->proofs.list,
        .proof_count = effects->proofs.count,
        .orders = effects->orders.list,
        .order_count = effects->orders.count,
    };
    if (with_batch) {
        commit->core_time = effects->core_time;
        commit->batch = otr_buffer_bytes(&effects->batch);
        driver->bytes_since_snapshot += commit->batch.size;
    }
    if (driver->snapshot_committing)
        commit->snapshot = otr_buffer_bytes(&driver->snapshot);
    otr_buffer_clear(&driver->uplink);
    if (driver->telemetry != NULL)
        otr_telemetry_save(driver->telemetry, &driver->uplink);
    commit->uplink = driver->uplink.failed ? (otr_bytes){NULL, 0} : otr_buffer_bytes(&driver->uplink);
    driver->pending_committing = driver->pending_stepped;
    otr_duplicates_stage(&driver->duplicates, unstepped_keys(driver));
    driver->committing = true;
    driver->hurry = false;
    driver->staged_at = OTR_TIME_NONE;
    driver->ports.store.submit(driver->ports.store.self, commit);
}

static void report_losses(otr_driver *driver, const otr_commit_result *result)
{
    for (size_t i = 0; i < result->loss_count; i++) {
        otr_input input = {.kind = OTR_INPUT_LOSS, .loss = result->losses[i]};
        if (otr_driver_queue(driver, &input) != OTR_OK)
            otr_log(OTR_LOG_ERROR, "loss_not_reported", "readings=%llu",
                    (unsigned long long)result->losses[i].readings);
    }
}

void otr_driver_committed(otr_driver *driver, const otr_commit_result *result)
{
    driver->committing = false;
    driver->figures = result->figures;
    if (driver->telemetry != NULL)
        otr_telemetry_saved(driver->telemetry, result->status == OTR_OK && driver->commit.uplink.size > 0);
    if (result->status != OTR_OK) {
        return_leaving(driver);
        otr_driver_outbox_failed(driver);
        otr_driver_read_clock(driver);
        driver->counters.commits_failed++;
        if (driver->commit.batch.size > 0)
            driver->doubtful_seq = driver->commit.first_seq;
        otr_driver_break_down(driver, "commit_failed", &result->error);
        driver->snapshot_forced |= result->status == OTR_FULL; /* what a snapshot covers can be evicted */
        return;
    }
    driver->counters.commits++;
    driver->rebuild_delay = 0;
    otr_duplicates_commit(&driver->duplicates);
    otr_driver_answer_commands(driver, driver->pending_committing);
    otr_driver_forget_pending(driver, driver->pending_committing);
    driver->leaving.count = 0;
    otr_driver_outbox_committed(driver);
    if (driver->commit.forgotten.size > 0) { /* the store has erased what named them */
        otr_outbox_window_forget(&driver->window);
        driver->read_void |= driver->reading_outbox;
    }
    if (driver->snapshot_committing) {
        driver->bytes_since_snapshot = 0;
        driver->snapshot_forced = false;
        driver->final_snapshot_done = driver->stopping;
        otr_buffer_done(&driver->snapshot); /* hours pass before the next */
    }
    if (driver->telemetry != NULL)
        otr_telemetry_committed(driver->telemetry, &driver->commit);
    otr_effects_clear(&driver->effects);
    report_losses(driver, result);
    if (driver->left.count > 0 || driver->mark_due)
        driver->staged_at = driver->sample.mono;
    /* Alarms first: the answers of a large group take milliseconds. */
    otr_driver_read_clock(driver);
    otr_driver_pump(driver);
    otr_driver_refresh_presence(driver);
    for (size_t i = 0; i < driver->answers.count; i++)
        otr_driver_answer(driver, &driver->answers.list[i]);
    driver->answers.count = 0;
}

/* ---- the turn ---- */

/* A deadline of the core has come: by core time, or a civil one that UTC reached by a step of its own. */
static bool core_is_due(const otr_driver *driver)
{
    return otr_core_next(driver->core) <= driver->core_now ||
           (driver->sample.quality == OTR_CLOCK_SYNCED &&
            otr_core_next_civil(driver->core) <= driver->sample.utc);
}

void otr_driver_turn(otr_driver *driver)
{
    otr_driver_read_clock(driver);
    if (driver->broken && !driver->committing && driver->sample.mono >= driver->rebuild_at)
        rebuild(driver);
    if (!driver->broken && !driver->committing) {
        if (driver->inbox.count > driver->taken || driver->pending.count > driver->pending_stepped ||
            core_is_due(driver))
            step(driver);
        if (!driver->broken && commit_is_due(driver))
            submit(driver);
    }
    otr_driver_pump(driver);
    if (driver->sample.mono >= driver->presence_due)
        otr_driver_refresh_presence(driver);
    if (driver->telemetry == NULL || driver->core == NULL)
        return;
    if (!driver->link_up || !otr_outbox_window_goes_first(&driver->window))
        driver->service_since = OTR_TIME_NONE;
    else if (driver->service_since == OTR_TIME_NONE)
        driver->service_since = driver->sample.mono;
    otr_telemetry_yield(driver->telemetry, driver->service_since == OTR_TIME_NONE
                                               ? OTR_TIME_NONE
                                               : otr_time_add(driver->service_since, SERVICE_FIRST));
    otr_telemetry_turn(driver->telemetry, &driver->sample, driver->core_now);
}

static otr_time until(otr_time at, otr_time now)
{
    if (at == OTR_TIME_NEVER)
        return OTR_TIME_NEVER;
    return at > now ? at - now : 0;
}

static otr_time sooner(otr_time a, otr_time b)
{
    return a < b ? a : b;
}

otr_time otr_driver_wait(otr_driver *driver)
{
    otr_time soonest = OTR_TIME_NEVER;
    otr_time wait = OTR_TIME_NEVER;
    otr_driver_read_clock(driver);
    if (driver->link_up && driver->window.sent < driver->link_window) {
        (void)otr_outbox_window_next(&driver->window, OTR_TIME_NONE, &soonest);
        wait = until(soonest, driver->sample.mono);
    }
    if (driver->link_up && driver->core != NULL)
        wait = sooner(wait, until(driver->presence_due, driver->sample.mono));
    if (driver->telemetry != NULL)
        wait = sooner(wait, until(otr_telemetry_next(driver->telemetry), driver->sample.mono));
    if (driver->committing)
        return wait;
    if (!driver->broken && !driver->reading_outbox && driver->read_again_at > driver->sample.mono)
        wait = sooner(wait, driver->read_again_at - driver->sample.mono);
    if (driver->broken)
        return sooner(wait, until(driver->rebuild_at, driver->sample.mono));
    if (driver->inbox.count > driver->taken || driver->pending.count > driver->pending_stepped ||
        commit_is_due(driver) || core_is_due(driver))
        return 0;
    if (driver->staged_at != OTR_TIME_NONE)
        wait = sooner(wait, until(driver->staged_at + driver->config.linger_us, driver->sample.mono));
    wait = sooner(wait, until(uplink_due(driver), driver->sample.mono));
    return sooner(wait, until(otr_core_next(driver->core), driver->core_now));
}

void otr_driver_stop(otr_driver *driver)
{
    driver->stopping = true;
}

bool otr_driver_stopped(otr_driver *driver)
{
    return driver->stopping && !driver->committing && (driver->final_snapshot_done || driver->broken);
}

/* ---- figures ---- */

const otr_counters *otr_driver_counters(const otr_driver *constant)
{
    otr_driver *driver = (otr_driver *)constant;
    otr_stats stats = driver->carried;
    const otr_stats *now = driver->core != NULL ? otr_core_stats(driver->core) : NULL;
    otr_counters *counters = &driver->counters;
#define SUM(name) (counters->name = stats.name + (now != NULL ? now->name : 0))
    SUM(readings);
    SUM(readings_late);
    SUM(readings_too_late);
    SUM(alarms_retracted);
    SUM(recounts);
    SUM(readings_bad);
    SUM(evaluations);
    SUM(evaluation_errors);
    SUM(alarms_raised);
    SUM(alarms_cleared);
    SUM(notifications);
    SUM(tickets);
    SUM(commands_given);
    SUM(commands_done);
    SUM(commands_failed);
    SUM(commands_cancelled);
    SUM(commands_held);
    SUM(commands_shadow);
    SUM(customer_actions);
#undef SUM
    return counters;
}

const otr_store_figures *otr_driver_store_figures(const otr_driver *driver)
{
    return &driver->figures;
}

otr_clock_quality otr_driver_utc(otr_driver *driver, otr_time *out)
{
    otr_driver_read_clock(driver);
    *out = driver->sample.utc;
    return driver->sample.quality;
}
