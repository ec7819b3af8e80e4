#include "tools/outrider/test/workbench.h"

#include "core/outbox/outbox.h"

#include <stdio.h>

static otr_status tell_event(otr_workbench *bench, otr_str body)
{
    otr_service_event event;
    otr_arena_reset(&bench->memory);
    otr_status status = otr_outbox_render(&bench->memory, body, bench->now.utc, &event, NULL);
    if (status == OTR_OK)
        bench->listener.event(bench->listener.context, &event);
    return status;
}

otr_status otr_workbench_uplink(otr_workbench *bench, bool down)
{
    otr_status status = OTR_OK;
    for (size_t i = 0; i < bench->uplink.count && !down && status == OTR_OK; i++)
        status = tell_event(bench, otr_uplink_get(&bench->uplink, i));
    if (!down)
        otr_uplink_done(&bench->uplink);
    bench->uplink.down = down;
    return status;
}

/* Hands over what a step decided. */
static otr_status tell(otr_workbench *bench)
{
    otr_status status = OTR_OK;
    const otr_effects *effects = &bench->effects;
    for (size_t i = 0; i < effects->alarms.count; i++)
        bench->listener.alarm(bench->listener.context, &effects->alarms.list[i]);
    for (size_t i = 0; i < effects->notices.count && bench->listener.notice != NULL; i++)
        bench->listener.notice(bench->listener.context, &effects->notices.list[i]);
    for (size_t i = 0; i < effects->outbox.count && status == OTR_OK; i++) {
        const otr_row_outbox *row = &effects->outbox.list[i];
        if (row->again)
            continue; /* under its id it has been told */
        status = bench->uplink.down ? otr_uplink_keep(&bench->uplink, row) : tell_event(bench, row->body);
    }
    for (size_t i = 0; i < effects->results.count && bench->listener.result != NULL; i++)
        bench->listener.result(bench->listener.context, &effects->results.list[i]);
    if (effects->results.count > 0)
        bench->refused = effects->results.list[effects->results.count - 1].refusal;
    otr_effects_clear(&bench->effects);
    return status;
}

otr_status otr_workbench_step(otr_workbench *bench, const otr_input *inputs, size_t count)
{
    otr_status status = otr_core_step(bench->core, &bench->now, inputs, count, &bench->effects);
    return status == OTR_OK ? tell(bench) : status;
}

otr_status otr_workbench_start(otr_workbench *bench, const otr_turn *now,
                               const otr_workbench_listener *listener)
{
    static const otr_core_config config = {
        .group = {"bench", 5}, .gateway = {"bench", 5}, .next_seq = 1, .next_outbox_seq = 1};
    return otr_workbench_start_as(bench, &config, now, listener);
}

otr_status otr_workbench_start_as(otr_workbench *bench, const otr_core_config *config, const otr_turn *now,
                                  const otr_workbench_listener *listener)
{
    static const otr_input boot = {.kind = OTR_INPUT_BOOT};
    bench->now = *now;
    bench->listener = *listener;
    otr_status status = otr_core_create(config, &bench->core);
    return status == OTR_OK ? otr_workbench_step(bench, &boot, 1) : status;
}

void otr_workbench_done(otr_workbench *bench)
{
    otr_core_free(bench->core);
    otr_uplink_done(&bench->uplink);
    otr_effects_done(&bench->effects);
    otr_arena_done(&bench->memory);
    *bench = (otr_workbench){0};
}

otr_status otr_workbench_activate(otr_workbench *bench, const otr_workbench_content *contents, size_t count)
{
    otr_arena memory = {0};
    otr_input *inputs = otr_arena_array(&memory, count, sizeof *inputs);
    for (size_t i = 0; inputs != NULL && i < count; i++) {
        char hash[24];
        (void)snprintf(hash, sizeof hash, "%016llx",
                       (unsigned long long)otr_hash64(0, 0, contents[i].bytes.data, contents[i].bytes.size));
        inputs[i] = (otr_input){.kind = OTR_INPUT_CONTENT,
                                .content = {.slot = contents[i].slot,
                                            .hash = otr_arena_copy(&memory, otr_str_of(hash)),
                                            .bytes = contents[i].bytes}};
    }
    otr_status status = inputs != NULL ? otr_workbench_step(bench, inputs, count) : OTR_MEMORY;
    otr_arena_done(&memory);
    return status;
}

static void move_to(otr_workbench *bench, otr_time at)
{
    if (at <= bench->now.core)
        return;
    bench->now.utc += at - bench->now.core;
    bench->now.core = at;
}

otr_status otr_workbench_advance(otr_workbench *bench, otr_time at)
{
    otr_status status = OTR_OK;
    for (otr_time next = otr_core_next(bench->core); next < at && status == OTR_OK;
         next = otr_core_next(bench->core)) {
        move_to(bench, next);
        status = otr_workbench_step(bench, NULL, 0);
    }
    if (status == OTR_OK)
        move_to(bench, at);
    return status;
}

otr_status otr_workbench_turn(otr_workbench *bench, const otr_turn *now)
{
    if (now->core < bench->now.core)
        return OTR_CORRUPT;
    otr_status status = otr_workbench_advance(bench, now->core);
    bench->now.utc = now->utc;
    bench->now.synced = now->synced;
    return status;
}

otr_status otr_workbench_skip(otr_workbench *bench, const otr_turn *now)
{
    if (now->core < bench->now.core)
        return OTR_CORRUPT;
    bench->now = *now;
    return OTR_OK;
}

otr_status otr_workbench_catch_up(otr_workbench *bench, const otr_turn *now)
{
    otr_status status = otr_workbench_advance(bench, now->core - OTR_SECOND);
    return status == OTR_OK ? otr_workbench_skip(bench, now) : status;
}

otr_status otr_workbench_finish(otr_workbench *bench, otr_time at)
{
    otr_status status = otr_workbench_advance(bench, at);
    return status == OTR_OK ? otr_workbench_step(bench, NULL, 0) : status;
}

otr_status otr_workbench_restart(otr_workbench *bench, const otr_turn *now)
{
    static const otr_input boot = {.kind = OTR_INPUT_BOOT};
    otr_status status = otr_workbench_skip(bench, now);
    return status == OTR_OK ? otr_workbench_step(bench, &boot, 1) : status;
}
