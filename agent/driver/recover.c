/* Rebuilding the core from the store: at start, and after a commit that failed. */
#include "base/log.h"
#include "driver/internal.h"
#include "driver/telemetry.h"

#include <stdio.h>

typedef struct recovery {
    otr_driver *driver;
    otr_core *core;
    otr_error *error;
    otr_id incarnation;
    otr_time last_core;
    otr_time turn_core; /* of the batch at hand */
    uint64_t next_seq;
    otr_buffer uplink;
    uint64_t inputs;
    uint64_t replayed_bytes;
    unsigned snapshots_refused; /* the store begins anew after each */
    bool snapshot_taken;
    size_t queued_before; /* inputs that waited when the recovery began */
} recovery;

static otr_status take_meta(void *opaque, otr_id incarnation, uint64_t next_seq, uint64_t next_outbox_seq,
                            otr_time last_core_time)
{
    recovery *state = opaque;
    otr_core_config config = {
        .group = state->driver->config.group,
        .gateway = state->driver->config.gateway,
        .incarnation = incarnation,
        .next_seq = next_seq > 0 ? next_seq : 1,
        .next_outbox_seq = next_outbox_seq > 0 ? next_outbox_seq : 1,
        .sha256 = state->driver->config.sha256,
    };
    bool same = state->core != NULL && otr_id_equal(state->incarnation, incarnation);
    state->snapshots_refused = same ? state->snapshots_refused + 1 : 0;
    state->snapshot_taken = false;
    state->incarnation = incarnation;
    state->next_seq = config.next_seq;
    state->last_core = last_core_time;
    /* what an earlier attempt handed over is void */
    otr_duplicates_done(&state->driver->duplicates);
    otr_driver_shorten_pending(state->driver, state->queued_before);
    state->inputs = 0;
    otr_buffer_clear(&state->uplink);
    state->replayed_bytes = 0;
    otr_core_free(state->core);
    otr_status status = otr_core_create(&config, &state->core);
    return status == OTR_OK ? OTR_OK : otr_fail(state->error, status, "no memory for the core");
}

static otr_status take_name(void *opaque, const otr_row_name *row)
{
    recovery *state = opaque;
    otr_status status = otr_core_load_name(state->core, row);
    return status == OTR_OK ? OTR_OK : otr_fail(state->error, status, "name %u does not fit", row->number);
}

/* A content that was taken back while the agent was down: what counts in its place is in force from here, and
 * is activated as an input of its own after the recovery. */
static bool stands_in(const recovery *state, otr_row_content *row)
{
    const otr_driver_config *config = &state->driver->config;
    otr_str bytes = {NULL, 0};
    if (config->instead == NULL || !config->instead(config->instead_context, row->slot, row->hash, &bytes))
        return false;
    row->bytes = bytes;
    return true;
}

/* A content that no longer loads (a newer version is stricter) must not keep the agent from starting. */
static otr_status take_content(void *opaque, const otr_row_content *row)
{
    recovery *state = opaque;
    otr_row_content taken = *row;
    otr_error why;
    if (stands_in(state, &taken) && taken.bytes.data == NULL)
        return OTR_OK;
    otr_status status = otr_core_load_content(state->core, &taken, &why);
    if (status == OTR_MEMORY)
        return otr_fail(state->error, status, "no memory for %.*s", OTR_STR_ARG(row->slot));
    if (status != OTR_OK) {
        char text[400];
        int size = snprintf(text, sizeof text, "%.*s:%d:%d: %s", OTR_STR_ARG(row->slot), why.line, why.column,
                            why.text);
        otr_log(OTR_LOG_ERROR, "content_refused", "slot=%.*s line=%d column=%d reason=\"%s\"",
                OTR_STR_ARG(row->slot), why.line, why.column, why.text);
        otr_driver_report(state->driver, OTR_STR("refused"),
                          (otr_str){text, (size_t)size < sizeof text ? (size_t)size : sizeof text - 1});
    }
    return OTR_OK;
}

static otr_status take_snapshot(void *opaque, otr_bytes snapshot, uint64_t last_seq)
{
    recovery *state = opaque;
    (void)last_seq;
    otr_status status = otr_core_load_snapshot(state->core, snapshot, state->error);
    state->snapshot_taken = status == OTR_OK;
    return status;
}

static otr_status take_alarm(void *opaque, const otr_row_alarm *row)
{
    recovery *state = opaque;
    return otr_core_keep_alarm(state->core, row);
}

static otr_status take_case(void *opaque, const otr_row_case *row)
{
    recovery *state = opaque;
    return otr_core_keep_case(state->core, row);
}

static otr_status learn_turn(void *opaque, const otr_turn *turn)
{
    recovery *state = opaque;
    state->turn_core = turn->core;
    return OTR_OK;
}

/* How recent a key is that came at that core time. Core time jumps at a start, by what UTC says, and UTC may
 * have been set: what was recent where the life before ended is as recent as our start. */
static otr_time recent_at(const recovery *state, otr_time at)
{
    const otr_driver *driver = state->driver;
    if (driver->booted && at < driver->boot_core && at + OTR_DUPLICATE_LIFETIME >= driver->boot_from)
        return driver->boot_core;
    return at;
}

static bool is_recent(const recovery *state, otr_time at)
{
    return recent_at(state, at) + OTR_DUPLICATE_LIFETIME >= state->last_core;
}

static otr_status learn_record(void *opaque, uint64_t seq, const otr_record *record)
{
    recovery *state = opaque;
    (void)seq;
    state->inputs++;
    if (record->kind != OTR_INPUT_READINGS || record->readings.key == 0 ||
        !is_recent(state, state->turn_core))
        return OTR_OK;
    return otr_duplicates_add(&state->driver->duplicates, record->readings.key,
                              recent_at(state, state->turn_core), true)
               ? OTR_OK
               : OTR_MEMORY;
}

static otr_status take_batch(void *opaque, uint64_t first_seq, uint32_t input_count, otr_time core_time,
                             otr_bytes batch, bool replay)
{
    recovery *state = opaque;
    (void)input_count;
    otr_status status = OTR_OK;
    if (!replay || is_recent(state, core_time)) {
        otr_journal_visitor keys = {state, learn_turn, learn_record};
        status = otr_journal_read(batch, first_seq, &keys, state->error);
    }
    state->replayed_bytes += replay ? batch.size : 0;
    if (status == OTR_OK && replay)
        status = otr_core_replay(state->core, first_seq, batch, state->error);
    return status;
}

static otr_status take_loss(void *opaque, const otr_loss *loss)
{
    recovery *state = opaque;
    otr_input input = {.kind = OTR_INPUT_LOSS, .loss = *loss};
    return otr_driver_queue(state->driver, &input);
}

static otr_status take_secret(void *opaque, const otr_digest *secret)
{
    recovery *state = opaque;
    otr_core_load_secret(state->core, *secret);
    return OTR_OK;
}

static otr_status take_proof(void *opaque, const otr_row_proof_head *row)
{
    recovery *state = opaque;
    return otr_core_keep_proof(state->core, row);
}

static otr_status take_uplink(void *opaque, otr_bytes uplink)
{
    recovery *state = opaque;
    otr_buffer_add(&state->uplink, uplink.data, uplink.size);
    return state->uplink.failed ? OTR_MEMORY : OTR_OK;
}

static void add_stats(otr_stats *sum, const otr_stats *more)
{
    sum->readings += more->readings;
    sum->readings_late += more->readings_late;
    sum->readings_too_late += more->readings_too_late;
    sum->alarms_retracted += more->alarms_retracted;
    sum->recounts += more->recounts;
    sum->readings_bad += more->readings_bad;
    sum->evaluations += more->evaluations;
    sum->evaluation_errors += more->evaluation_errors;
    sum->alarms_raised += more->alarms_raised;
    sum->alarms_cleared += more->alarms_cleared;
    sum->notifications += more->notifications;
    sum->tickets += more->tickets;
    sum->commands_given += more->commands_given;
    sum->commands_done += more->commands_done;
    sum->commands_failed += more->commands_failed;
    sum->commands_cancelled += more->commands_cancelled;
    sum->commands_held += more->commands_held;
    sum->commands_shadow += more->commands_shadow;
}

/* A commit that failed may be there all the same: then what nobody would send again is not sent again. The
 * losses that are not reported yet were handed over anew. */
static void settle_pending(otr_driver *driver, const recovery *state)
{
    size_t before = state->queued_before;
    if (driver->doubtful_seq != 0 && otr_id_equal(driver->incarnation, state->incarnation) &&
        state->next_seq > driver->doubtful_seq) {
        before -= otr_driver_forget_but_commands(driver, driver->pending_committing);
    }
    driver->doubtful_seq = 0;
    driver->pending_committing = 0;
    otr_driver_forget_losses(driver, before);
}

/* Core time goes on where the journal ends, ahead by our downtime where both ends of that are known. */
static void start_clock(otr_driver *driver, otr_time last_core)
{
    otr_turn last = otr_core_last_turn(driver->core);
    otr_clock_sample *now = &driver->sample;
    otr_time build = driver->config.build_time;
    driver->ports.clock.read(driver->ports.clock.self, now);
    otr_time core = last.core > last_core ? last.core : last_core;
    if (core == 0)
        core = now->quality == OTR_CLOCK_SYNCED ? now->utc : build;
    else if (!driver->booted && last.synced && now->quality == OTR_CLOCK_SYNCED && now->utc > last.utc)
        core = otr_time_add(core, now->utc - last.utc);
    driver->core_base = core > driver->core_now ? core : driver->core_now;
    driver->core_now = driver->core_base;
    if (!driver->booted) {
        driver->boot_from = last_core;
        driver->boot_core = driver->core_base;
    }
    driver->mono_base = now->mono;
    driver->utc_floor = last.utc > build ? last.utc : build;
}

static void adopt(otr_driver *driver, recovery *state)
{
    settle_pending(driver, state);
    if (driver->core != NULL)
        add_stats(&driver->carried, otr_core_stats(driver->core));
    otr_core_free(driver->core);
    driver->core = state->core;
    if (!otr_id_equal(driver->incarnation, state->incarnation)) {
        /* another journal: its outbox counts anew, and nothing of the old one is in it */
        otr_outbox_window_done(&driver->window);
        driver->window = (otr_outbox_window){0};
        driver->left.count = 0;
        driver->mark_due = false;
        memset(driver->kept, 0, sizeof driver->kept);
        driver->incarnation = state->incarnation;
    }
    /* a commit that was reported as failed may be there all the same, with outbox rows that are not in the
     * window, and without some that are */
    otr_outbox_window_forget_unsent(&driver->window);
    otr_driver_shed_anew(driver);
    for (int i = 0; i < OTR_OUTBOX_CLASSES; i++)
        driver->window.waiting[i] = true;
    start_clock(driver, state->last_core);
    otr_driver_read_clock(driver);
    if (!driver->booted)
        otr_duplicates_renew(&driver->duplicates, driver->core_now);
}

/* What the journal no longer has is lost with a snapshot. */
static void report_refused(otr_driver *driver, const recovery *state)
{
    char text[200];
    if (state->snapshots_refused == 0)
        return;
    int size = snprintf(text, sizeof text, "%u snapshot%s did not read back: the state is rebuilt from %s",
                        state->snapshots_refused, state->snapshots_refused == 1 ? "" : "s",
                        state->snapshot_taken ? "an older one and the journal"
                                              : "the journal alone, as far as it goes");
    otr_driver_report(driver, OTR_STR("loss"), (otr_str){text, (size_t)size});
}

otr_status otr_driver_recover(otr_driver *driver, otr_error *error)
{
    recovery state = {.driver = driver, .error = error};
    otr_recovery hooks = {&state,    take_meta,  take_name, take_content, take_snapshot, take_alarm,
                          take_case, take_batch, take_loss, take_secret,  take_proof,    take_uplink};
    state.queued_before = driver->pending.count;
    otr_status status = driver->ports.store.recover(driver->ports.store.self, &hooks, error);
    if (status == OTR_OK)
        status = otr_core_finish_load(state.core);
    if (status == OTR_OK && driver->telemetry != NULL)
        status = otr_telemetry_recovered(driver->telemetry, state.core, state.incarnation, state.next_seq,
                                         otr_buffer_bytes(&state.uplink));
    otr_buffer_done(&state.uplink);
    if (status != OTR_OK) {
        otr_core_free(state.core);
        otr_driver_shorten_pending(driver, state.queued_before);
        return status;
    }
    adopt(driver, &state);
    report_refused(driver, &state);
    driver->broken = false;
    driver->read_void = true;
    if (driver->left.count > 0 || driver->mark_due)
        driver->staged_at = driver->sample.mono;
    driver->bytes_since_snapshot = state.replayed_bytes;
    if (state.snapshots_refused > 0) /* one that reads back comes with the next commit */
        driver->bytes_since_snapshot = driver->config.snapshot_bytes;
    otr_log(OTR_LOG_NOTICE, "recovered", "devices=%zu open_alarms=%zu inputs_read=%llu",
            otr_core_device_count(driver->core), otr_core_open_alarms(driver->core),
            (unsigned long long)state.inputs);
    if (!driver->booted) {
        otr_input boot = {.kind = OTR_INPUT_BOOT};
        status = otr_driver_queue(driver, &boot);
        driver->booted = status == OTR_OK;
    }
    return status;
}
