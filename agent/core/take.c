#include "core/take.h"

#include "base/limits.h"
#include "core/asset/served.h"
#include "core/bind.h"
#include "core/case/case.h"
#include "core/command/device_command.h"
#include "core/desk/desk_device.h"
#include "core/device/arrival.h"
#include "core/notice/blind.h"
#include "core/outbox/event.h"
#include "core/rule/evaluate.h"
#include "core/went_back.h"

#include <stdlib.h>

void otr_take_drop_waiting(otr_core *core)
{
    for (size_t i = 0; i < core->waiting_count; i++)
        if (core->waiting[i].entry.kind == OTR_KIND_TEXT)
            free((char *)core->waiting[i].entry.text.data);
    core->waiting_count = 0;
}

static void tell_down(otr_core *core)
{
    otr_blind_down(core);
    if (core->down_to != OTR_TIME_NONE)
        otr_proof_down(core, core->down_from, core->down_to);
}

void otr_take_boot(otr_core *core)
{
    core->boot = core->now.core;
    core->down_from = core->traced.utc;
    core->down_to =
        core->traced.utc != OTR_TIME_NONE ? core->now.utc : OTR_TIME_NONE; /* the first start of all */
    core->boot_unsynced = !core->now.synced;
    otr_proof_start(core);
    if (core->now.synced)
        tell_down(core);
    otr_desk_device_touch(core);
    for (uint32_t i = 0; i < core->asset_count; i++) {
        otr_evaluate_pause(core, i);
        if (core->assets[i].since_seq > 0)
            continue;
        core->assets[i].since_seq = 1; /* since before that was kept */
        otr_served_tell(core, &core->assets[i], UINT64_MAX);
    }
}

static void wait_for_clock(otr_core *core, uint32_t device, const otr_entry *entry)
{
    if (core->waiting_count == OTR_LIMIT_PENDING_UNSYNCED) {
        core->stats.readings_bad++; /* kept in the journal, not judged */
        return;
    }
    if (core->waiting_count == core->waiting_capacity) {
        size_t capacity = core->waiting_capacity == 0 ? 64 : core->waiting_capacity * 2;
        struct otr_waiting *waiting = realloc(core->waiting, capacity * sizeof *waiting);
        if (waiting == NULL) {
            core->failed = true;
            return;
        }
        core->waiting = waiting;
        core->waiting_capacity = capacity;
    }
    struct otr_waiting *one = &core->waiting[core->waiting_count];
    *one = (struct otr_waiting){device, *entry};
    if (entry->kind == OTR_KIND_TEXT) {
        char *copy = malloc(entry->text.size + 1);
        if (copy == NULL) {
            core->failed = true;
            return;
        }
        memcpy(copy, entry->text.data, entry->text.size);
        one->entry.text.data = copy;
    }
    core->waiting_count++;
}

/* What is dated ahead of a time that is only a floor may be right, or may be the device's wrong clock. */
static bool must_wait(const otr_core *core, const otr_entry *entry)
{
    if (core->now.synced || entry->quality == OTR_QUALITY_FUTURE)
        return false;
    return entry->unsynced || otr_time_is_ahead(entry->at, core->now.utc);
}

void otr_take_readings(otr_core *core, uint32_t device, const otr_entry *entries, size_t count)
{
    size_t first = 0;
    for (size_t i = 0; i < count; i++) {
        if (!must_wait(core, &entries[i]))
            continue;
        if (i > first)
            otr_arrival_take(core, device, entries + first, i - first);
        wait_for_clock(core, device, &entries[i]);
        first = i + 1;
    }
    if (count > first)
        otr_arrival_take(core, device, entries + first, count - first);
    else
        otr_arrival_heard(core, device);
}

static void stamp(const otr_core *core, const struct otr_waiting *waiting, otr_entry *out)
{
    *out = waiting->entry;
    if (out->unsynced)
        out->at += core->now.utc - core->now.core;
    out->unsynced = false;
    if (otr_time_is_ahead(out->at, core->now.utc))
        out->quality = OTR_QUALITY_FUTURE;
}

/* The clock is known now: what waited gets its stamp and is judged in order, what one device sent in a row
 * together. */
static void stamp_waiting(otr_core *core)
{
    if (!otr_core_need_entries(core, core->waiting_count))
        return;
    for (size_t i = 0; i < core->waiting_count && !core->failed;) {
        uint32_t device = core->waiting[i].device;
        size_t count = 0;
        for (; i < core->waiting_count && core->waiting[i].device == device; i++)
            stamp(core, &core->waiting[i], &core->entries[count++]);
        otr_arrival_take(core, device, core->entries, count);
    }
    otr_take_drop_waiting(core);
}

void otr_take_next(otr_core *core)
{
    core->seq = core->next_seq++;
    core->raised_in_seq = 0;
}

/* Before the first deadline fires, and then no more. */
static void call_once(void (**first)(otr_core *core), otr_core *core)
{
    if (*first != NULL)
        (*first)(core);
    *first = NULL;
}

void otr_take_due(otr_core *core, void (*first)(otr_core *core))
{
    uint32_t number;
    if (!core->failed && otr_assigned_is_due(core)) {
        call_once(&first, core);
        otr_assigned_due(core);
    }
    /* shelves first: what is raised in the same moment is told at once */
    while (!core->failed && otr_points_next_due(core) <= core->now.core) {
        call_once(&first, core);
        (void)otr_points_expire_one(core);
    }
    while (!core->failed && otr_timers_next(&core->asset_timers) <= core->now.core) {
        otr_time at = otr_timers_next(&core->asset_timers);
        (void)otr_timers_take(&core->asset_timers, core->now.core, &number);
        /* A timer may have been early. It then waits for its turn by its exact time, so that the order in
         * which assets fire never depends on when they were looked at. */
        if (!otr_evaluate_is_due(core, number) || otr_timers_get(&core->asset_timers, number) > at)
            continue;
        call_once(&first, core);
        otr_evaluate_due(core, number);
    }
    while (!core->failed && otr_timers_take(&core->case_timers, core->now.core, &number)) {
        call_once(&first, core);
        otr_case_due(core, number);
    }
    while (!core->failed && otr_desk_next_due(core) <= core->now.core) {
        call_once(&first, core);
        if (!otr_desk_due_one(core))
            break;
    }
    if (!core->failed && otr_desk_device_next_due(core) <= core->now.core) {
        call_once(&first, core);
        otr_desk_device_report(core);
    }
    if (!core->failed && otr_fares_next_due(core) <= core->now.core) {
        call_once(&first, core);
        otr_fares_due(core);
    }
    if (!core->failed && otr_day_figures_next_due(core) <= core->now.core) {
        call_once(&first, core);
        otr_day_figures_due(core);
    }
    while (!core->failed && otr_standing_next_due(core) <= core->now.core) {
        call_once(&first, core);
        otr_standing_lapse(core);
    }
    while (!core->failed && otr_timers_take(&core->command_timers, core->now.core, &number)) {
        call_once(&first, core);
        otr_device_command_due(core, number);
    }
    otr_notice_flush(core); /* what was raised now comes before what was held */
    while (!core->failed && otr_notice_next_due(core) <= core->now.core) {
        call_once(&first, core);
        if (!otr_notice_due_one(core))
            break;
    }
    otr_notice_flush(core);
    while (!core->failed && otr_question_next_due(core) <= core->now.core) {
        call_once(&first, core);
        if (!otr_question_due_one(core))
            break;
    }
    if (!core->failed && core->assigned.ending) { /* by an alarm that one of these raised */
        call_once(&first, core);
        otr_assigned_due(core);
        otr_notice_flush(core);
    }
    if (!core->failed && otr_asset_views_next_due(core) <= core->now.core) {
        call_once(&first, core);
        otr_asset_views_flush(core);
    }
}

bool otr_take_sync_pending(const otr_core *core)
{
    return core->now.synced && (core->boot_unsynced || core->waiting_count > 0);
}

void otr_take_tick(otr_core *core)
{
    if (otr_take_sync_pending(core)) {
        if (core->boot_unsynced && core->down_to != OTR_TIME_NONE)
            core->down_to =
                core->now.utc - (core->now.core - core->boot); /* when we started, as it turns out */
        bool started_blind = core->boot_unsynced;
        core->boot_unsynced = false;
        if (started_blind)
            tell_down(core);
        stamp_waiting(core);
        otr_notice_synced(core);
    }
    otr_take_due(core, NULL);
}

void otr_take_loss(otr_core *core, const otr_loss *loss)
{
    otr_buffer text = {0};
    char from[OTR_TIME_TEXT_BYTES];
    char to[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(loss->first_core, from);
    (void)otr_time_format(loss->last_core, to);
    otr_buffer_add_format(&text, "%llu readings lost (%.*s), received %s to %s, inputs %llu to %llu",
                          (unsigned long long)loss->readings, OTR_STR_ARG(loss->reason), from, to,
                          (unsigned long long)loss->first_seq, (unsigned long long)loss->last_seq);
    otr_event_status(core, OTR_STR("loss"), otr_buffer_text(&text));
    if (otr_str_is(loss->reason, "rollback"))
        otr_went_back(core);
    otr_blind_lost(core, loss);
    otr_proof_lost(core, loss);
    core->failed |= text.failed;
    otr_buffer_done(&text);
}
