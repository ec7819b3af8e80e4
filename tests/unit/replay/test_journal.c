/*
 * A journal as a replay's input: a core writes its journal through the real store, and the replay of it under
 * the same packs raises the same alarms, restarts and a clock that was not known at first included.
 */
#include "store_fixture.h"

#include "core/core.h"
#include "tools/outrider/replay/replay_input.h"
#include "tools/outrider/replay/replay_side.h"

#include <stdio.h>

#define T0 (1700000000 * OTR_SECOND)

static const char pack[] =
    "pack: p\n"
    "version: 1\n"
    "rules:\n"
    "  - {alert: Warm, expr: temperature > 8.0, for: 10m, keep_firing_for: 3m, gap: reset}\n"
    "  - {alert: Open, expr: door}\n"
    "  - {alert: Coded, expr: 'fault != \"\"'}\n"
    "  - {alert: Near, expr: location.distance(\"home\") < 5000.0}\n"
    "  - {alert: Silent, silent_for: 30m}\n";
static const char narrow[] = "pack: p\n"
                             "version: 2\n"
                             "rules: [{alert: Warm, expr: temperature > 100.0}]\n";
/* The zone is known to the state folder alone, to no machine. */
static const char assignments[] = "version: 1\n"
                                  "customers: [{customer: c, zone: Middle/Earth}]\n"
                                  "profiles: {p: {metrics: {temperature: {expected_interval: 5m}}}}\n"
                                  "assets:\n"
                                  "  - {asset: a, class: x, profile: p, devices: [d0], places: {home: "
                                  "{latitude: 50, longitude: 8, radius: 100}}}\n"
                                  "  - {asset: b, class: x, devices: [d1, d2]}\n";

/* A core with its journal in a store. */
typedef struct gateway {
    fixture *f;
    otr_core *core;
    otr_effects effects;
    otr_turn now;
    uint64_t random;
    size_t readings;
    struct {
        char rule[16];
        char asset[8];
        otr_time onset;
        otr_time ended;
    } rows[6000]; /* of alarms, in the order of decision */
    size_t row_count;
} gateway;

static uint64_t draw(gateway *g, uint64_t below)
{
    g->random = g->random * 6364136223846793005U + 1442695040888963407U;
    return (g->random >> 33) % below;
}

static void commit(gateway *g)
{
    otr_effects *e = &g->effects;
    otr_outbox_fate fates[64]; /* of entries that take another one's place */
    assert_true(e->outbox.count <= sizeof fates / sizeof fates[0]);
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
                      .fates = fates};
    assert_int_equal(fixture_commit(g->f, &all), OTR_OK);
    for (size_t i = 0; i < e->alarms.count; i++) {
        const otr_row_alarm *row = &e->alarms.list[i];
        assert_true(g->row_count < sizeof g->rows / sizeof g->rows[0]);
        (void)snprintf(g->rows[g->row_count].rule, 16, "%.*s", OTR_STR_ARG(row->rule));
        (void)snprintf(g->rows[g->row_count].asset, 8, "%.*s", OTR_STR_ARG(row->asset));
        g->rows[g->row_count].onset = row->onset;
        g->rows[g->row_count++].ended = row->ended;
    }
    otr_effects_clear(e);
}

static void step(gateway *g, const otr_input *inputs, size_t count)
{
    assert_int_equal(otr_core_step(g->core, &g->now, inputs, count, &g->effects), OTR_OK);
    if (draw(g, 3) > 0 || otr_effects_any(&g->effects) == false) /* several turns a batch */
        commit(g);
}

/* Deadlines come at their own time, as the driver has it. */
static void sleep_until(gateway *g, otr_time at)
{
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

static void activate(gateway *g, const char *slot, const char *hash, otr_str bytes)
{
    otr_input input = {.kind = OTR_INPUT_CONTENT, .content = {otr_str_of(slot), otr_str_of(hash), bytes}};
    otr_error error = {.status = OTR_OK};
    if (otr_content_check(input.content.slot, bytes, &error) != OTR_OK)
        fail_msg("%s: %s", slot, error.text);
    assert_int_equal(otr_core_step(g->core, &g->now, &input, 1, &g->effects), OTR_OK);
    commit(g);
}

static void activate_zone(gateway *g)
{
    char path[512];
    char bytes[4096];
    (void)snprintf(path, sizeof path, "%s/tests/fuzz/seeds/zone/rule-only", getenv("OUTRIDER_SOURCE"));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    activate(g, "zone/Middle/Earth", "cc", (otr_str){bytes, size});
}

static void report(gateway *g)
{
    static const char *const devices[] = {"d0", "d1", "d2"};
    otr_reading readings[4];
    size_t count = 1 + draw(g, 4);
    for (size_t i = 0; i < count; i++) {
        otr_reading *r = &readings[i];
        *r = (otr_reading){.at_us = g->now.utc - (otr_time)draw(g, 3) * OTR_SECOND};
        if (!g->now.synced) {
            r->stamp = OTR_STAMP_RELATIVE;
            r->at_us = -(otr_time)draw(g, 3) * OTR_SECOND;
        }
        switch (draw(g, 4)) {
        case 0:
            r->metric = OTR_STR("door");
            r->kind = OTR_KIND_BOOL;
            r->flag = draw(g, 2) == 0;
            break;
        case 1:
            r->metric = OTR_STR("fault");
            r->kind = OTR_KIND_TEXT;
            r->text = draw(g, 2) == 0 ? OTR_STR("E1") : OTR_STR("");
            break;
        case 2:
            r->metric = OTR_STR("location");
            r->kind = OTR_KIND_LOCATION;
            r->location.latitude = 50.0 + (double)draw(g, 100) / 1000;
            r->location.longitude = 8;
            break;
        default:
            r->metric = OTR_STR("temperature");
            r->kind = OTR_KIND_NUMBER;
            r->number = (double)draw(g, 100) / 8;
            break;
        }
    }
    g->readings += count;
    otr_input input = {.kind = OTR_INPUT_READINGS,
                       .upload = {.message = {otr_str_of(devices[draw(g, 3)]), readings, count}}};
    step(g, &input, 1);
}

/* A gateway's life: a start without a clock, days of readings with silences, a second start. */
static gateway *live(fixture *f)
{
    static const otr_input boot = {.kind = OTR_INPUT_BOOT};
    otr_core_config config = {.group = {"g", 1}, .gateway = {"g", 1}, .next_seq = 1, .next_outbox_seq = 1};
    gateway *g = calloc(1, sizeof *g);
    assert_non_null(g);
    g->f = f;
    g->random = 4711;
    g->now = (otr_turn){.core = 5 * OTR_SECOND, .utc = T0 - OTR_DAY, .synced = false};
    assert_int_equal(otr_core_create(&config, &g->core), OTR_OK);
    step(g, &boot, 1);
    activate(g, "pack/p", "aa", OTR_STR(pack));
    activate_zone(g);
    activate(g, "assignments", "bb", OTR_STR(assignments));
    for (int i = 0; i < 3000; i++) {
        otr_time pause = draw(g, 50) == 0 ? 45 * OTR_MINUTE : (otr_time)draw(g, 240) * OTR_SECOND;
        sleep_until(g, g->now.core + pause + 1);
        if (i == 20) {
            g->now.utc = T0 + 20 * OTR_MINUTE; /* the first sync */
            g->now.synced = true;
        }
        if (i == 1500) { /* off for two hours */
            commit(g);
            g->now.core += 2 * OTR_HOUR;
            g->now.utc += 2 * OTR_HOUR;
            step(g, &boot, 1);
        }
        report(g);
    }
    commit(g);
    return g;
}

static void end(gateway *g)
{
    otr_core_free(g->core);
    otr_effects_done(&g->effects);
    free(g);
}

typedef struct replayed {
    const gateway *g;
    otr_replay_side side;
    size_t readings;
    size_t matched;
} replayed;

static otr_status take(void *context, const otr_replay_turn *turn)
{
    replayed *r = context;
    for (size_t i = 0; i < turn->count; i++)
        if (turn->inputs[i].kind == OTR_INPUT_READINGS)
            r->readings += turn->inputs[i].upload.message.count;
    return otr_replay_side_take(&r->side, turn);
}

static void see_row(void *context, const otr_row_alarm *row)
{
    replayed *r = context;
    if (r->matched >= r->g->row_count)
        fail_msg("%.*s was not raised then", OTR_STR_ARG(row->rule));
    assert_true(otr_str_is(row->rule, r->g->rows[r->matched].rule));
    assert_true(otr_str_is(row->asset, r->g->rows[r->matched].asset));
    assert_int_equal(row->onset, r->g->rows[r->matched].onset);
    assert_int_equal(row->ended, r->g->rows[r->matched].ended);
    r->matched++;
}

static void ignore_event(void *context, const otr_service_event *event)
{
    (void)context, (void)event;
}

static otr_status take_watched(void *context, const otr_replay_turn *turn)
{
    replayed *r = context;
    otr_status status = take(r, turn);
    r->side.bench.listener = (otr_workbench_listener){r, see_row, ignore_event, NULL, NULL};
    return status;
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
    end(g);
    return 0;
}

static void the_same_packs_raise_the_same_alarms(void **state)
{
    const gateway *g = *state;
    otr_replay_journal *journal;
    otr_replay_range range;
    otr_error error = {0};
    static replayed r;
    r = (replayed){.g = g};
    assert_true(g->row_count > 1000);
    assert_int_equal(otr_replay_side_add(&r.side, OTR_STR(pack), false, &error), OTR_OK);
    assert_int_equal(otr_replay_side_add(&r.side, OTR_STR(assignments), true, &error), OTR_OK);
    assert_int_equal(otr_replay_journal_open(g->f->config.folder, &journal, &error), OTR_OK);
    assert_int_equal(otr_replay_journal_range(journal, &range, &error), OTR_OK);
    assert_int_equal(range.first, T0 - OTR_DAY);
    assert_int_equal(range.last, g->now.utc);
    otr_replay_range all = {OTR_TIME_NONE, OTR_TIME_NEVER};
    assert_int_equal(otr_replay_side_begin(&r.side, range.first, range.last), OTR_OK);
    otr_replay_sink sink = {&r, take_watched};
    otr_replay_journal_leave_assignments(journal);
    if (otr_replay_journal_run(journal, &all, &sink, &error) != OTR_OK)
        fail_msg("%s", error.text);
    assert_int_equal(r.readings, g->readings);
    assert_int_equal(r.matched, g->row_count);
    otr_replay_side_done(&r.side);
    otr_replay_journal_close(journal);
}

static void a_part_of_the_time_is_replayed_alone(void **state)
{
    const gateway *g = *state;
    otr_replay_journal *journal;
    otr_error error = {0};
    static replayed r;
    r = (replayed){.g = g};
    otr_replay_range part = {T0 + OTR_DAY, T0 + 2 * OTR_DAY};
    assert_int_equal(otr_replay_side_add(&r.side, OTR_STR(pack), false, &error), OTR_OK);
    assert_int_equal(otr_replay_side_add(&r.side, OTR_STR(assignments), true, &error), OTR_OK);
    assert_int_equal(otr_replay_journal_open(g->f->config.folder, &journal, &error), OTR_OK);
    assert_int_equal(otr_replay_side_begin(&r.side, part.first, part.last), OTR_OK);
    otr_replay_sink sink = {&r, take};
    otr_replay_journal_leave_assignments(journal);
    assert_int_equal(otr_replay_journal_run(journal, &part, &sink, &error), OTR_OK);
    assert_int_equal(otr_replay_side_finish(&r.side, part.last), OTR_OK);
    assert_true(r.readings > 100 && r.readings < g->readings);
    assert_true(r.side.bench.now.utc <= part.last);
    otr_replay_side_done(&r.side);
    otr_replay_journal_close(journal);
}

/* The program on the folder of a store that is open: against the packs that are active in it. */
static int run_program(const gateway *g, const char *arguments, const char *pack_text, char *out, size_t size)
{
    char command[1024];
    const char *bin = getenv("OUTRIDER_BIN");
    assert_non_null(bin);
    const char *path = fixture_path(g->f, "replay-pack.yaml");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(pack_text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    (void)snprintf(command, sizeof command, "'%s/outrider' replay --pack '%s' --state '%s' %s 2>&1", bin,
                   path, g->f->folder, arguments);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t got = fread(out, 1, size - 1, pipe);
    out[got] = '\0';
    return pclose(pipe) >> 8;
}

static void a_state_folder_knows_what_runs_and_who_watches_what(void **state)
{
    const gateway *g = *state;
    static char out[65536];
    assert_int_equal(run_program(g, "", pack, out, sizeof out), 0);
    if (strstr(out, "0 alarms only here, 0 only with the running packs, ") == NULL)
        fail_msg("a difference to itself: %s", out);
    assert_int_equal(run_program(g, "", narrow, out, sizeof out), 0);
    const char *difference = strstr(out, "The difference: 0 alarms only here, ");
    assert_non_null(difference);
    assert_true(strtol(difference + strlen("The difference: 0 alarms only here, "), NULL, 10) > 300);
    assert_non_null(strstr(difference, "only with the running packs, 0 in both"));
}

/* The assignments of the folder name a zone that this machine cannot have: it is read back from the folder.
 * Where assignments are given it is read back too, and one that the folder has not either is refused at its
 * name. */
static void time_zones_are_those_that_were_active_there(void **state)
{
    const gateway *g = *state;
    static char out[65536];
    char arguments[300];
    for (int known = 1; known >= 0; known--) {
        const char *path = fixture_path(g->f, "replay-assignments.yaml");
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        (void)fprintf(file, "version: 1\ncustomers: [{customer: c, zone: Middle/%s}]\n%s",
                      known ? "Earth" : "March", "assets: [{asset: b, class: x, devices: [d1]}]\n");
        assert_int_equal(fclose(file), 0);
        (void)snprintf(arguments, sizeof arguments, "--assignments '%s'", path);
        assert_int_equal(run_program(g, arguments, pack, out, sizeof out), known ? 0 : 1);
    }
    assert_non_null(strstr(out, "replay-assignments.yaml:2:33: time zone Middle/March: "));
    assert_int_equal(run_program(g, "", pack, out, sizeof out), 0);
}

static void a_pack_that_does_not_run_there_is_compared_with_nothing(void **state)
{
    const gateway *g = *state;
    static char out[65536];
    assert_int_equal(
        run_program(g, "", "pack: other\nversion: 1\nrules: [{alert: A, expr: door}]\n", out, sizeof out), 0);
    assert_null(strstr(out, "The difference"));
    assert_non_null(strstr(out, "other/A"));
    assert_int_equal(run_program(g, "--from 2030-01-01T00:00:00Z", narrow, out, sizeof out), 1);
    assert_non_null(strstr(out, "there are no readings of that time"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_packs_raise_the_same_alarms),
        cmocka_unit_test(a_part_of_the_time_is_replayed_alone),
        cmocka_unit_test(a_state_folder_knows_what_runs_and_who_watches_what),
        cmocka_unit_test(time_zones_are_those_that_were_active_there),
        cmocka_unit_test(a_pack_that_does_not_run_there_is_compared_with_nothing),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
