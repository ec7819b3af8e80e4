/*
 * Commands and assignments of the past in a replay: a core lives through a real store, assigned to, operated
 * and answered while devices report; the replay of its journal under the same pack makes the same alarms and
 * notices with the same ids, from the whole of it, from a part of it, and from what is left of it. Under
 * another pack it says which commands had no effect.
 */
#include "store_fixture.h"

#include "core/core.h"
#include "tools/outrider/replay/replay_base.h"
#include "tools/outrider/replay/replay_input.h"
#include "tools/outrider/replay/replay_past.h"
#include "tools/outrider/replay/replay_side.h"

#include <stdio.h>

#define T0 (1700000000 * OTR_SECOND)

static const char pack[] = "pack: p\n"
                           "version: 1\n"
                           "rules:\n"
                           "  - alert: Warm\n"
                           "    expr: temperature > 8.0\n"
                           "    latch: true\n"
                           "    notify: {to: customer, message: warm, on: [raised, cleared]}\n"
                           "  - {alert: Hot, expr: temperature > 20.0, for: 10m}\n"
                           "messages:\n"
                           "  warm: {en: {raised: \"warm\", cleared: \"well again\"}}\n";
static const char other[] = "pack: p\nversion: 2\nrules: [{alert: Hot, expr: temperature > 20.0}]\n";
static const char stated[] = "version: 1\nassets: [{asset: a, class: x, devices: [d0]}]\n";
static const char form[] = "version: 1\n"
                           "assignment: {version: %d}\n"
                           "customers: [{customer: c%d, zone: UTC}]\n"
                           "assets: [{asset: box-%d, class: x, customer: c%d, devices: [t%d]}]\n";

typedef struct seen {
    otr_id ids[2000];
    size_t count;
} seen;

static void see(seen *all, otr_id id, uint32_t revision)
{
    if (revision != 1)
        return;
    assert_true(all->count < sizeof all->ids / sizeof all->ids[0]);
    all->ids[all->count++] = id;
}

/* A core with its journal in a store. */
typedef struct gateway {
    fixture *f;
    otr_core *core;
    otr_effects effects;
    otr_buffer snapshot;
    otr_turn now;
    uint64_t commands;
    seen alarms;
    seen told; /* notices that were */
    otr_id last_alarm;
    otr_id last_notice;
} gateway;

static void commit(gateway *g)
{
    otr_effects *e = &g->effects;
    otr_outbox_fate fates[64];
    assert_true(e->outbox.count <= sizeof fates / sizeof fates[0]);
    for (size_t i = 0; i < e->alarms.count; i++)
        see(&g->alarms, g->last_alarm = e->alarms.list[i].id, e->alarms.list[i].revision);
    for (size_t i = 0; i < e->notices.count; i++)
        if (e->notices.list[i].outbox_seq > 0)
            see(&g->told, g->last_notice = e->notices.list[i].id, e->notices.list[i].revision);
    otr_commit all = {.first_seq = e->first_seq,
                      .input_count = e->input_count,
                      .reading_count = e->reading_count,
                      .core_time = e->core_time,
                      .batch = e->input_count > 0 ? otr_buffer_bytes(&e->batch) : (otr_bytes){NULL, 0},
                      .devices = e->devices.list,
                      .device_count = e->devices.count,
                      .names = e->names.list,
                      .name_count = e->names.count,
                      .contents = e->contents.list,
                      .content_count = e->contents.count,
                      .alarms = e->alarms.list,
                      .alarm_count = e->alarms.count,
                      .outbox = e->outbox.list,
                      .outbox_count = e->outbox.count,
                      .notices = e->notices.list,
                      .notice_count = e->notices.count,
                      .served = e->served.list,
                      .served_count = e->served.count,
                      .fates = fates};
    if (e->activated) { /* as the driver does */
        otr_buffer_clear(&g->snapshot);
        assert_int_equal(otr_core_snapshot(g->core, &g->snapshot), OTR_OK);
        all.snapshot = otr_buffer_bytes(&g->snapshot);
    }
    assert_int_equal(fixture_commit(g->f, &all), OTR_OK);
    otr_effects_clear(e);
}

static void step(gateway *g, const otr_input *inputs, size_t count)
{
    assert_int_equal(otr_core_step(g->core, &g->now, inputs, count, &g->effects), OTR_OK);
    commit(g);
}

static void pass(gateway *g, otr_time span)
{
    otr_time at = g->now.core + span;
    while (otr_core_next(g->core) < at) {
        otr_time next = otr_core_next(g->core);
        if (next > g->now.core) {
            g->now.utc += next - g->now.core;
            g->now.core = next;
        }
        step(g, NULL, 0);
    }
    g->now.utc += at - g->now.core;
    g->now.core = at;
}

static void activate(gateway *g, const char *slot, const char *hash, const char *text)
{
    otr_input input = {.kind = OTR_INPUT_CONTENT,
                       .content = {otr_str_of(slot), otr_str_of(hash), otr_str_of(text)}};
    otr_error error = {.status = OTR_OK};
    if (otr_core_content_check(g->core, input.content.slot, input.content.bytes, &error) != OTR_OK)
        fail_msg("%s: %s", slot, error.text);
    step(g, &input, 1);
}

static void assign(gateway *g, int box, int version)
{
    char slot[32];
    char hash[32];
    char text[512];
    (void)snprintf(slot, sizeof slot, "assignment/box-%d", box);
    (void)snprintf(hash, sizeof hash, "box%d.%d", box, version);
    (void)snprintf(text, sizeof text, form, version, box, box, box, box);
    activate(g, slot, hash, text);
}

static void order(gateway *g, otr_command command)
{
    otr_input input = {.kind = OTR_INPUT_COMMAND, .command = command};
    input.command.id = fixture_id(1000 + g->commands++);
    input.command.until = OTR_TIME_NONE;
    assert_int_equal(otr_command_check(&input.command, NULL), OTR_OK);
    step(g, &input, 1);
}

/* Two readings in one turn: a tick that went ahead of both would raise under another number. */
static void report(gateway *g, const char *device, double temperature)
{
    otr_reading one = {.metric = OTR_STR("temperature"), .kind = OTR_KIND_NUMBER, .number = temperature};
    otr_reading two = {.metric = OTR_STR("temperature"), .kind = OTR_KIND_NUMBER, .number = 1};
    one.at_us = two.at_us = g->now.utc;
    otr_input inputs[] = {
        {.kind = OTR_INPUT_READINGS, .upload = {.message = {OTR_STR("d0"), &two, 1}}},
        {.kind = OTR_INPUT_READINGS, .upload = {.message = {otr_str_of(device), &one, 1}}},
    };
    step(g, inputs, 2);
}

static void start(gateway *g, fixture *f)
{
    static const otr_input boot = {.kind = OTR_INPUT_BOOT};
    otr_core_config config = {.group = {"g", 1},
                              .gateway = {"one", 3},
                              .incarnation = f->got.incarnation,
                              .next_seq = 1,
                              .next_outbox_seq = 1};
    g->f = f;
    g->now = (otr_turn){.core = 5 * OTR_SECOND, .utc = T0, .synced = true};
    assert_int_equal(otr_core_create(&config, &g->core), OTR_OK);
    step(g, &boot, 1);
    activate(g, "pack/p", "aa", pack);
    activate(g, "assignments", "bb", stated);
}

/* Four hours: each box comes by command, is too warm, and is operated. */
static gateway *live(fixture *f)
{
    gateway *g = calloc(1, sizeof *g);
    assert_non_null(g);
    start(g, f);
    pass(g, OTR_MINUTE);
    report(g, "t1", 30); /* nobody's yet */
    pass(g, OTR_MINUTE);
    assign(g, 1, 1);
    pass(g, OTR_MINUTE);
    report(g, "t1", 9); /* Warm */
    pass(g, OTR_MINUTE);
    order(g, (otr_command){.kind = OTR_COMMAND_ACKNOWLEDGE, .alarm = g->last_alarm});
    order(g, (otr_command){.kind = OTR_COMMAND_CUSTOMER,
                           .customer = {.action = OTR_CUSTOMER_STOP,
                                        .notification = g->last_notice,
                                        .from = OTR_TIME_NONE,
                                        .to = OTR_TIME_NONE}});
    report(g, "t1", 25);
    pass(g, 10 * OTR_MINUTE - OTR_SECOND / 5);
    g->now.core += OTR_SECOND / 2; /* busy: Hot is raised after what came meanwhile */
    g->now.utc += OTR_SECOND / 2;
    report(g, "t1", 26);
    pass(g, OTR_MINUTE);
    report(g, "t1", 5);
    pass(g, 2 * OTR_HOUR);
    report(g, "t1", 9); /* nobody is told: they want no more of it */
    pass(g, OTR_MINUTE);
    assign(g, 2, 1);
    order(g, (otr_command){.kind = OTR_COMMAND_SHELVE,
                           .rule = OTR_STR("Hot"),
                           .asset = OTR_STR("box-2"),
                           .span = 2 * OTR_HOUR});
    report(g, "t2", 25);
    pass(g, OTR_HOUR);
    report(g, "t2", 26);
    pass(g, 2 * OTR_HOUR); /* Hot is told when its shelf is over */
    order(g, (otr_command){.kind = OTR_COMMAND_REPLACE, .rule = OTR_STR("t2"), .asset = OTR_STR("t9")});
    report(g, "t9", 5);
    pass(g, OTR_MINUTE);
    report(g, "t9", 9);
    pass(g, OTR_MINUTE);
    order(g, (otr_command){.kind = OTR_COMMAND_UNASSIGN, .asset = OTR_STR("box-1")});
    report(g, "t1", 30); /* nobody's any more */
    pass(g, OTR_MINUTE);
    report(g, "t9", 5);
    pass(g, OTR_MINUTE);
    assign(g, 2, 2);
    order(g, (otr_command){.kind = OTR_COMMAND_SHELVE,
                           .rule = OTR_STR("Warm"),
                           .asset = OTR_STR("box-2"),
                           .span = OTR_HOUR});
    pass(g, OTR_MINUTE);
    report(g, "t9", 9); /* shelved */
    pass(g, OTR_MINUTE);
    return g;
}

/* ---- the replay ---- */

typedef struct replayed {
    otr_replay_side sides[2]; /* the first comes first: its listener has it as its context */
    otr_replay_journal *journal;
    otr_replay_past past;
    bool begun;
    bool compares;
    seen alarms;
    seen told;
    size_t shelved; /* alarms that were raised on a shelf */
    otr_error error;
} replayed;

static void see_row(void *context, const otr_row_alarm *row)
{
    replayed *r = context;
    see(&r->alarms, row->id, row->revision);
    r->shelved += row->revision == 1 && row->state == OTR_ALARM_SHELVED;
}

static void see_notice(void *context, const otr_row_notice *row)
{
    replayed *r = context;
    if (row->outbox_seq > 0)
        see(&r->told, row->id, row->revision);
}

static otr_status take(void *context, const otr_replay_turn *turn)
{
    replayed *r = context;
    otr_status status = OTR_OK;
    if (!r->begun)
        status =
            otr_replay_base(otr_replay_journal_reader(r->journal), turn->first_seq, r->sides, 2, &r->error);
    r->begun = true;
    for (int i = 0; i < (r->compares ? 2 : 1) && status == OTR_OK; i++) {
        status = otr_replay_side_take(&r->sides[i], turn);
        if (i == 0) {
            r->sides[0].bench.listener.notice = see_notice;
            r->sides[0].bench.listener.alarm = see_row;
        }
    }
    otr_replay_past_take(&r->past, turn, &r->sides[0], r->compares ? &r->sides[1] : NULL);
    return status;
}

static replayed *replay(const gateway *g, const char *text, otr_time from, bool as_it_is, bool compares)
{
    replayed *r = calloc(1, sizeof *r);
    otr_replay_range range = {from, OTR_TIME_NEVER};
    otr_replay_sink sink = {r, take};
    assert_non_null(r);
    r->compares = compares;
    assert_int_equal(otr_replay_journal_open(g->f->config.folder, &r->journal, &r->error), OTR_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            otr_replay_side_add(&r->sides[i], otr_str_of(i == 0 ? text : pack), false, &r->error), OTR_OK);
        assert_int_equal(otr_replay_side_begin(&r->sides[i], T0, g->now.utc), OTR_OK);
        r->sides[i].identity =
            (otr_core_config){.group = {"g", 1}, .gateway = {"one", 3}, .next_seq = 1, .next_outbox_seq = 1};
        assert_int_equal(otr_store_reader_incarnation(otr_replay_journal_reader(r->journal),
                                                      &r->sides[i].identity.incarnation, &r->error),
                         OTR_OK);
        if (!as_it_is)
            r->sides[i].identity.group.size = 0;
    }
    if (!as_it_is)
        otr_replay_journal_name_alarms(r->journal);
    if (otr_replay_journal_run(r->journal, &range, &sink, &r->error) != OTR_OK)
        fail_msg("%s", r->error.text);
    return r;
}

static void replay_done(replayed *r)
{
    otr_replay_side_done(&r->sides[0]);
    otr_replay_side_done(&r->sides[1]);
    otr_replay_journal_close(r->journal);
    free(r);
}

static void assert_same(const seen *then, size_t first, const seen *now, const char *what)
{
    if (then->count - first != now->count)
        fail_msg("%s: %zu then, %zu now", what, then->count - first, now->count);
    for (size_t i = 0; i < now->count; i++)
        if (!otr_id_equal(then->ids[first + i], now->ids[i]))
            fail_msg("%s %zu has another id", what, i);
}

static void commands_do_what_they_did(void **state)
{
    const gateway *g = *state;
    replayed *r = replay(g, pack, OTR_TIME_NONE, true, false);
    assert_true(g->alarms.count >= 5 && g->told.count >= 2);
    assert_same(&g->alarms, 0, &r->alarms, "alarm");
    assert_same(&g->told, 0, &r->told, "notice");
    assert_int_equal(r->past.taken, 10); /* four assignments among them */
    assert_int_equal(r->past.unfit, 0);
    assert_int_equal(otr_replay_journal_gaps(r->journal).later, 0);
    assert_int_equal(otr_replay_journal_gaps(r->journal).missing, 0);
    replay_done(r);
}

static void without_its_name_customers_are_not_understood(void **state)
{
    const gateway *g = *state;
    replayed *r = replay(g, pack, OTR_TIME_NONE, false, false);
    assert_int_equal(r->alarms.count, g->alarms.count);
    assert_int_equal(r->past.unfit, 1); /* the acknowledgement is understood by rule and asset */
    assert_non_null(strstr(r->past.texts[0], "stop of a customer to notification"));
    assert_non_null(strstr(r->past.texts[0], "no such notification"));
    assert_true(r->told.count > g->told.count); /* so they are told more */
    replay_done(r);
}

static void what_does_not_fit_another_pack_is_said(void **state)
{
    const gateway *g = *state;
    replayed *r = replay(g, other, OTR_TIME_NONE, true, true);
    assert_true(r->alarms.count > 0);
    assert_int_equal(r->told.count, 0);
    assert_int_equal(r->past.vain, 0);
    assert_int_equal(r->past.unfit, 3); /* acknowledgement, stop, and the shelf of a rule that is gone */
    assert_non_null(strstr(r->past.texts[0], ": there is no such alarm, open or standing"));
    assert_non_null(strstr(r->past.texts[2], "shelve Warm on box-2: no such rule watches that asset"));
    replay_done(r);
}

/* From after the second assignment's shelf and replacement on: all of that held. */
static void a_part_begins_with_what_held_then(void **state)
{
    const gateway *g = *state;
    replayed *r = replay(g, pack, g->now.utc - 5 * OTR_MINUTE, true, false);
    const otr_workbench *bench = &r->sides[0].bench;
    assert_int_equal(r->sides[0].assigned_count, 2);
    assert_int_equal(r->sides[0].replaced_count, 1); /* t9 in the place of t2 */
    assert_true(otr_core_knows_device(bench->core, OTR_STR("t9")));
    assert_int_equal(r->past.unfit, 0);
    replay_done(r);
    /* Hot is raised again, for nothing is known of before, and its shelf hides it. */
    r = replay(g, pack, g->now.utc - 3 * OTR_HOUR, true, false);
    assert_int_equal(r->sides[0].assigned_count, 2);
    assert_int_equal(r->shelved, 2); /* Warm later too */
    assert_int_equal(r->sides[0].replaced_count, 0);
    replay_done(r);
}

static void what_ended_before_does_not_hold(void **state)
{
    const gateway *g = *state;
    replayed *r = replay(g, pack, g->now.utc - 2 * OTR_MINUTE, true, false);
    assert_int_equal(r->sides[0].assigned_count, 1); /* box-1 was unassigned */
    assert_true(otr_str_is(r->sides[0].assigned[0].slot, "assignment/box-2"));
    replay_done(r);
}

static int setup(void **state)
{
    fixture *f = fixture_create();
    f->config.quota_bytes = 64 << 20;
    fixture_start(f);
    *state = live(f);
    return 0;
}

static int teardown(void **state)
{
    gateway *g = *state;
    fixture_free(g->f);
    otr_core_free(g->core);
    otr_effects_done(&g->effects);
    otr_buffer_done(&g->snapshot);
    free(g);
    return 0;
}

/* ---- what the store keeps of the past ---- */

static int64_t versions(const gateway *g)
{
    return fixture_number(g->f, "SELECT COUNT(*) FROM activations WHERE slot = 'assignment/box-2'");
}

static void contents_are_kept_while_the_journal_came_under_them(void **state)
{
    gateway *g = *state;
    for (int version = 3; version < 9; version++)
        assign(g, 2, version);
    assert_int_equal(versions(g), 8);
    assert_int_equal(fixture_number(g->f, "SELECT COUNT(*) FROM contents WHERE hash LIKE 'box2.%'"), 8);
    /* the journal lost its begin: what held at its first row is needed, nothing of before */
    (void)fixture_number(g->f, "DELETE FROM journal WHERE seq < (SELECT MAX(seq) FROM activations WHERE slot "
                               "= 'assignment/box-2') RETURNING 1");
    assign(g, 2, 9);
    assign(g, 2, 10);
    assign(g, 2, 11);
    assert_int_equal(versions(g), 5); /* 7, which held until version 8 came, to 11 */
    replayed *r = replay(g, pack, OTR_TIME_NONE, true, false);
    assert_int_equal(otr_replay_journal_gaps(r->journal).missing, 0);
    assert_int_equal(r->sides[0].replaced_count, 1);
    replay_done(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_do_what_they_did),
        cmocka_unit_test(without_its_name_customers_are_not_understood),
        cmocka_unit_test(what_does_not_fit_another_pack_is_said),
        cmocka_unit_test(a_part_begins_with_what_held_then),
        cmocka_unit_test(what_ended_before_does_not_hold),
        cmocka_unit_test(contents_are_kept_while_the_journal_came_under_them),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
