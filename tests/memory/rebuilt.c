#include "rebuilt.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SLOTS = 64, ROWS = 4096, NAMES = 4096, BATCHES = 20000 };

/* Texts live in the arena until kept_begin. */
static struct {
    otr_arena memory;
    otr_row_name names[NAMES];
    size_t name_count;
    otr_row_content contents[SLOTS];
    size_t content_count;
    otr_row_alarm alarms[ROWS]; /* the newest row of each */
    size_t alarm_count;
    otr_row_case cases[ROWS];
    size_t case_count;
    otr_buffer snapshot;
    struct {
        uint64_t first_seq;
        otr_str bytes;
    } batches[BATCHES]; /* after the snapshot */
    size_t batch_count;
} kept;

static otr_str keep(otr_str text)
{
    otr_str copy = otr_arena_copy(&kept.memory, text);
    assert_non_null(copy.data);
    return copy;
}

void kept_begin(void)
{
    otr_arena_done(&kept.memory);
    otr_buffer_done(&kept.snapshot);
    kept.name_count = 0;
    kept.content_count = 0;
    kept.alarm_count = 0;
    kept.case_count = 0;
    kept.batch_count = 0;
}

static void keep_content(const otr_row_content *row)
{
    size_t at = 0;
    while (at < kept.content_count && !otr_str_equal(kept.contents[at].slot, row->slot))
        at++;
    assert_true(at < SLOTS);
    kept.contents[at] = (otr_row_content){keep(row->slot), row->seq, keep(row->hash), keep(row->bytes)};
    kept.content_count += at == kept.content_count;
}

static void keep_alarm(const otr_row_alarm *row)
{
    size_t at = 0;
    while (at < kept.alarm_count && !otr_id_equal(kept.alarms[at].id, row->id))
        at++;
    assert_true(at < ROWS);
    kept.alarms[at] = *row;
    kept.alarms[at].pack = keep(row->pack);
    kept.alarms[at].rule = keep(row->rule);
    kept.alarms[at].asset = keep(row->asset);
    kept.alarms[at].device = keep(row->device);
    kept.alarms[at].body = (otr_str){NULL, 0};
    kept.alarm_count += at == kept.alarm_count;
}

static void keep_case(const otr_row_case *row)
{
    size_t at = 0;
    while (at < kept.case_count && !otr_id_equal(kept.cases[at].id, row->id))
        at++;
    assert_true(at < ROWS);
    kept.cases[at] = *row;
    kept.cases[at].asset = keep(row->asset);
    kept.cases[at].category = keep(row->category);
    kept.cases[at].customer = keep(row->customer);
    kept.cases[at].body = (otr_str){NULL, 0};
    kept.case_count += at == kept.case_count;
}

void kept_step(const otr_core *core, const otr_effects *effects)
{
    for (size_t i = 0; i < effects->names.count; i++) {
        const otr_row_name *row = &effects->names.list[i];
        assert_true(kept.name_count < NAMES);
        kept.names[kept.name_count++] = (otr_row_name){row->space, row->number, keep(row->name)};
    }
    for (size_t i = 0; i < effects->contents.count; i++)
        keep_content(&effects->contents.list[i]);
    for (size_t i = 0; i < effects->alarms.count; i++)
        keep_alarm(&effects->alarms.list[i]);
    for (size_t i = 0; i < effects->cases.count; i++)
        keep_case(&effects->cases.list[i]);
    if (!otr_effects_any(effects))
        return;
    assert_true(kept.batch_count < BATCHES);
    kept.batches[kept.batch_count].first_seq = effects->first_seq;
    kept.batches[kept.batch_count++].bytes = keep(otr_buffer_text(&effects->batch));
    if (!effects->activated)
        return;
    kept.batch_count = 0;
    otr_buffer_clear(&kept.snapshot);
    assert_int_equal(otr_core_snapshot(core, &kept.snapshot), OTR_OK);
}

static otr_status load(otr_core *core)
{
    otr_error error = {.text = ""};
    otr_status status = OTR_OK;
    for (size_t i = 0; i < kept.name_count && status == OTR_OK; i++)
        status = otr_core_load_name(core, &kept.names[i]);
    for (size_t i = 0; i < kept.content_count && status == OTR_OK; i++)
        if (kept.contents[i].hash.size > 0)
            status = otr_core_load_content(core, &kept.contents[i], &error);
    if (status == OTR_OK)
        status = otr_core_load_snapshot(core, otr_buffer_bytes(&kept.snapshot), &error);
    for (size_t i = 0; i < kept.alarm_count && status == OTR_OK; i++)
        if (kept.alarms[i].open || kept.alarms[i].ended == OTR_TIME_NONE)
            status = otr_core_keep_alarm(core, &kept.alarms[i]);
    for (size_t i = 0; i < kept.case_count && status == OTR_OK; i++)
        if (kept.cases[i].state != OTR_CASE_CLOSED)
            status = otr_core_keep_case(core, &kept.cases[i]);
    for (size_t i = 0; i < kept.batch_count && status == OTR_OK; i++) {
        otr_bytes batch = {(const uint8_t *)kept.batches[i].bytes.data, kept.batches[i].bytes.size};
        status = otr_core_replay(core, kept.batches[i].first_seq, batch, &error);
    }
    if (status != OTR_OK && status != OTR_MEMORY)
        print_error("%s\n", error.text);
    return status == OTR_OK ? otr_core_finish_load(core) : status;
}

otr_status kept_rebuild(const otr_core_config *config, const otr_core *live, bool *same)
{
    otr_core *core = NULL;
    otr_buffer expected = {0};
    otr_buffer got = {0};
    otr_status status = otr_core_create(config, &core);
    if (status == OTR_OK)
        status = load(core);
    if (status == OTR_OK)
        status = otr_core_snapshot(live, &expected);
    if (status == OTR_OK)
        status = otr_core_snapshot(core, &got);
    *same = status == OTR_OK && got.size == expected.size && memcmp(got.data, expected.data, got.size) == 0;
    otr_buffer_done(&expected);
    otr_buffer_done(&got);
    otr_core_free(core);
    return status;
}
