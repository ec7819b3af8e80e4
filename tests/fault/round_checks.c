/* What must hold after a round. */
#include "round.h"

#include "core/journal/journal.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef struct kept {
    int count[DEVICES][READINGS];
    uint32_t numbers[DEVICES];
    int device;
} kept;

static otr_status see_turn(void *context, const otr_turn *turn)
{
    (void)context, (void)turn;
    return OTR_OK;
}

static otr_status see_record(void *context, uint64_t seq, const otr_record *record)
{
    kept *k = context;
    (void)seq;
    if (record->kind != OTR_INPUT_READINGS || record->readings.device != k->numbers[k->device])
        return OTR_OK;
    for (size_t i = 0; i < record->readings.count; i++) {
        int index = (int)(record->readings.entries[i].at / OTR_SECOND - T0 / OTR_SECOND);
        assert_in_range(index, 0, READINGS - 1);
        assert_true(record->readings.entries[i].number == round_value_of(index));
        k->count[k->device][index]++;
    }
    return OTR_OK;
}

static otr_status see_batch(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch)
{
    otr_journal_visitor visitor = {context, see_turn, see_record};
    (void)core_time;
    return otr_journal_read(batch, first_seq, &visitor, NULL);
}

static otr_status see_name(void *context, const otr_row_name *row)
{
    kept *k = context;
    if (row->space == OTR_NAME_DEVICE && row->name.size == 2)
        k->numbers[row->name.data[1] - '0'] = row->number;
    return OTR_OK;
}

static otr_status skip_meta(void *c, otr_id i, uint64_t s, uint64_t o, otr_time t)
{
    (void)c, (void)i, (void)s, (void)o, (void)t;
    return OTR_OK;
}
static otr_status skip_content(void *c, const otr_row_content *row)
{
    (void)c, (void)row;
    return OTR_OK;
}
static otr_status skip_snapshot(void *c, otr_bytes s, uint64_t l)
{
    (void)c, (void)s, (void)l;
    return OTR_OK;
}
static otr_status skip_alarm(void *c, const otr_row_alarm *row)
{
    (void)c, (void)row;
    return OTR_OK;
}
static otr_status skip_case(void *c, const otr_row_case *row)
{
    (void)c, (void)row;
    return OTR_OK;
}
static otr_status skip_batch(void *c, uint64_t f, uint32_t n, otr_time t, otr_bytes b, bool r)
{
    (void)c, (void)f, (void)n, (void)t, (void)b, (void)r;
    return OTR_OK;
}
static otr_status no_loss(void *c, const otr_loss *loss)
{
    (void)c;
    fail_msg("a loss: %.*s", OTR_STR_ARG(loss->reason));
    return OTR_OK;
}

void round_check_journal(round *r)
{
    static kept k;
    otr_error error;
    otr_store_config config = round_store_config(r);
    otr_store_owner owner = {r, round_committed, round_outbox_read};
    otr_recovery visit = {&k,        skip_meta,  see_name, skip_content, skip_snapshot, skip_alarm,
                          skip_case, skip_batch, no_loss,  NULL,         NULL,          NULL};
    k = (kept){0};
    assert_int_equal(otr_store_open(&config, &owner, &r->store, &error), OTR_OK);
    otr_store_port port = otr_store_port_of(r->store);
    assert_int_equal(port.recover(port.self, &visit, &error), OTR_OK);
    for (k.device = 0; k.device < DEVICES; k.device++) {
        assert_int_equal(
            otr_store_history(&config, k.numbers[k.device], 0, OTR_TIME_NEVER - 1, see_batch, &k, &error),
            OTR_OK);
        for (int i = 0; i < READINGS; i++) {
            assert_true(r->devices[k.device].acknowledged[i]);
            if (k.count[k.device][i] != 1)
                fail_msg("seed %u: reading %d of device %d is kept %d times", r->seed, i, k.device,
                         k.count[k.device][i]);
        }
    }
    otr_store_close(r->store);
    r->store = NULL;
}

/* Every second reading raises one alarm: each reached the broker, under one id. */
void round_check_broker(const round *r)
{
    int raised = 0;
    int cleared = 0;
    int opened = 0;
    for (size_t i = 0; i < r->event_count; i++) {
        raised += otr_str_is(r->what[i], "alarm.raised");
        cleared += otr_str_is(r->what[i], "alarm.cleared");
        opened += otr_str_is(r->what[i], "ticket.opened");
        for (size_t j = 0; j < i && otr_str_is(r->what[i], "alarm.raised"); j++)
            if (otr_str_equal(r->what[j], r->what[i]) && r->onsets[i] == r->onsets[j] &&
                strcmp(r->assets[i], r->assets[j]) == 0)
                fail_msg("seed %u: one alarm under two ids", r->seed);
    }
    if (raised != DEVICES * READINGS / 2 || cleared != DEVICES * READINGS / 2 || opened != DEVICES)
        fail_msg("seed %u: %d raised, %d cleared, %d tickets opened", r->seed, raised, cleared, opened);
}
