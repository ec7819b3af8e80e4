/*
 * outrider-bench-core PACK: what the parts without I/O cost: expressions, the core's step and replay, the
 * CBOR decoder. PACK has 50 rules, four of them on temperature. Each figure is the best of several runs,
 * since whatever else runs on the machine can only add. One thread.
 */
#include "codec/readings.h"
#include "core/core.h"
#include "core/window/window.h"
#include "rules/load/pack.h"
#include "tools/load/bench_assign.h"
#include "tools/load/bench_evidence.h"
#include "tools/load/bench_ticket.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 7, EVALUATIONS = 2000000, DEVICES = 1000, PACK_READINGS = 130 };

static void fail(const char *what, const otr_error *error)
{
    fprintf(stderr, "outrider-bench-core: %s: %s\n", what, error != NULL ? error->text : "failed");
    exit(1);
}

static void check(otr_status status, const char *what, const otr_error *error)
{
    if (status != OTR_OK)
        fail(what, error);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void line(const char *name, double value, const char *unit)
{
    printf("{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\"}\n", name, value, unit);
}

/* ---- expressions, with a host that has its values in an array ---- */

static otr_status load_value(void *context, uint32_t symbol, otr_value *out)
{
    *out = ((const otr_value *)context)[symbol];
    return OTR_OK;
}

static void measure_expression(const char *name, const char *text)
{
    otr_arena arena = {0};
    otr_symbols symbols = {0};
    otr_origin origin = {.first_line = 1, .first_column = 1, .next_column = 1};
    otr_expression *expression = NULL;
    otr_error error;
    otr_value values[16];
    double best = 1e9;
    check(otr_expression_compile(&arena, otr_str_of(text), &origin, OTR_SCOPE_ALL, OTR_TYPE_BOOL, &symbols,
                                 &expression, &error),
          text, &error);
    for (uint32_t i = 0; i < 16; i++)
        values[i] = (otr_value){.type = OTR_TYPE_DOUBLE, .number = 20.0 + i};
    otr_host host = {.context = values, .load = load_value};
    for (int run = 0; run < RUNS; run++) {
        unsigned held = 0;
        double start = seconds();
        for (int i = 0; i < EVALUATIONS; i++) {
            otr_value out;
            values[0].number = i % 50;
            if (otr_expression_evaluate(expression, &host, &out, NULL) == OTR_OK)
                held += out.flag;
        }
        double took = seconds() - start;
        if (held == 0)
            fail(text, NULL);
        best = took < best ? took : best;
    }
    line(name, best / EVALUATIONS * 1e9, "ns");
    otr_arena_done(&arena);
}

/* ---- the past of a metric: a reading goes in, a condition over ten minutes of them is judged ---- */

typedef struct past {
    otr_window_shape shape;
    const otr_symbols *symbols;
    void *state;
    otr_time now;
} past;

static otr_status load_nothing(void *context, uint32_t symbol, otr_value *out)
{
    (void)context, (void)symbol, (void)out;
    return OTR_UNKNOWN;
}

static otr_status ask_window(void *context, uint32_t use, otr_value *out)
{
    const past *asked = context;
    return otr_window_ask(&asked->shape, asked->state, &asked->symbols->uses[use], NULL, asked->now, out);
}

static void measure_window(void)
{
    static const char text[] = "temperature.avg(\"10m\") > 8.0";
    otr_arena arena = {0};
    otr_symbols symbols = {0};
    otr_expression *expression = NULL;
    otr_error error;
    double best = 1e9;
    check(otr_expression_compile(&arena, otr_str_of(text), NULL, OTR_SCOPE_ALL, OTR_TYPE_BOOL, &symbols,
                                 &expression, &error),
          text, &error);
    past asked = {.shape = otr_window_shape_of(&symbols.uses[0], 0, NULL, 1), .symbols = &symbols};
    asked.state = otr_arena_alloc(&arena, otr_window_bytes(&asked.shape));
    otr_window_init(&asked.shape, asked.state);
    otr_host host = {.context = &asked, .load = load_nothing, .call = ask_window};
    for (int run = 0; run < RUNS; run++) {
        unsigned held = 0;
        double start = seconds();
        for (int i = 0; i < EVALUATIONS; i++) {
            otr_value out;
            asked.now += 10 * OTR_SECOND;
            otr_window_reading reading = {.at = asked.now,
                                          .value = {.type = OTR_TYPE_DOUBLE, .number = i / 64 % 16}};
            otr_window_add(&asked.shape, asked.state, &reading);
            if (otr_expression_evaluate(expression, &host, &out, NULL) == OTR_OK)
                held += out.flag;
        }
        double took = seconds() - start;
        if (held == 0)
            fail(text, NULL);
        best = took < best ? took : best;
    }
    line("window_avg_ns", best / EVALUATIONS * 1e9, "ns");
    otr_arena_done(&arena);
}

/* ---- a core with devices and rules ---- */

typedef struct world {
    otr_core *core;
    otr_effects effects;
    otr_time now;
    otr_buffer assignments; /* the core copies what it keeps; activation wants the bytes for its row only */
} world;

static otr_str render_assignments(otr_buffer *out, unsigned devices)
{
    otr_buffer_add_format(out, "version: 1\nassets:\n");
    for (unsigned i = 0; i < devices; i++)
        otr_buffer_add_format(out,
                              "  - asset: box-%u\n    class: cold-chain\n    limit: {temperature_min: 2.0, "
                              "temperature_max: 60.0}\n"
                              "    devices: [dev-%u]\n",
                              i, i);
    return otr_buffer_text(out);
}

static void step(world *w, const otr_input *inputs, size_t count)
{
    otr_turn turn = {w->now, w->now, true};
    check(otr_core_step(w->core, &turn, inputs, count, &w->effects), "step", NULL);
}

static void activate(world *w, otr_str slot, otr_str bytes)
{
    otr_error error;
    otr_input input = {.kind = OTR_INPUT_CONTENT, .content = {slot, slot, bytes}};
    check(otr_content_check(slot, bytes, &error), "content", &error);
    step(w, &input, 1);
    otr_effects_clear(&w->effects);
}

static void world_open(world *w, otr_str pack, unsigned devices)
{
    otr_core_config config = {
        .group = OTR_STR("bench"), .gateway = OTR_STR("gw"), .next_seq = 1, .next_outbox_seq = 1};
    otr_input boot = {.kind = OTR_INPUT_BOOT};
    *w = (world){.now = 1700000000 * OTR_SECOND};
    check(otr_core_create(&config, &w->core), "core", NULL);
    step(w, &boot, 1);
    activate(w, OTR_STR("pack/bench"), pack);
    activate(w, OTR_STR("assignments"), render_assignments(&w->assignments, devices));
}

static void world_close(world *w)
{
    otr_core_free(w->core);
    otr_effects_done(&w->effects);
    otr_buffer_done(&w->assignments);
}

static otr_str render_rules(otr_buffer *out, unsigned count)
{
    otr_buffer_add_format(out, "pack: bench\nversion: 1\nrules:\n");
    for (unsigned i = 0; i < count; i++)
        otr_buffer_add_format(out, "  - alert: R%u\n    expr: temperature > %u.5\n    for: 1m\n", i, 100 + i);
    return otr_buffer_text(out);
}

/* 300 rules on one metric, one device that reports it, through the whole step: journal, instants, states. */
static void measure_many_rules(void)
{
    enum { RULES = 300, READINGS = 100, UPLOADS = 60 };
    otr_buffer pack = {0};
    world w;
    otr_reading readings[READINGS];
    double best = 1e9;
    world_open(&w, render_rules(&pack, RULES), 1);
    uint64_t before = otr_core_stats(w.core)->evaluations;
    for (int run = 0; run < RUNS; run++) {
        double start = seconds();
        for (int upload = 0; upload < UPLOADS; upload++) {
            for (int i = 0; i < READINGS; i++) {
                w.now += OTR_SECOND;
                readings[i] = (otr_reading){.metric = OTR_STR("temperature"),
                                            .at_us = w.now,
                                            .kind = OTR_KIND_NUMBER,
                                            .number = 20.0 + i / 64.0};
            }
            otr_input input = {
                .kind = OTR_INPUT_READINGS,
                .upload = {{.device = OTR_STR("dev-0"), .readings = readings, .count = READINGS}, 0}};
            step(&w, &input, 1);
            otr_effects_clear(&w.effects);
        }
        double took = seconds() - start;
        best = took < best ? took : best;
    }
    double evaluations = (double)(otr_core_stats(w.core)->evaluations - before) / RUNS;
    line("rule_evals_per_s_300", evaluations / best, "1/s");
    world_close(&w);
    otr_buffer_done(&pack);
}

/* Heap of 200 rules on each of 1,000 devices less that of 100. */
static void measure_state(void)
{
    size_t heap[2];
    for (unsigned i = 0; i < 2; i++) {
        otr_buffer pack = {0};
        world w;
        size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
        world_open(&w, render_rules(&pack, 100 * (i + 1)), DEVICES);
        otr_buffer_done(&pack);
        otr_buffer_done(&w.assignments);
        otr_effects_done(&w.effects);
        heap[i] = mallinfo2().uordblks + mallinfo2().hblkhd - before;
        world_close(&w);
    }
    line("state_bytes_per_rule_device", (double)(heap[1] - heap[0]) / (100.0 * DEVICES), "B");
}

/* ---- fences: 10,000 assets around the edge of one, each with a fix in and a fix out ---- */

static otr_str render_fences(otr_buffer *out, unsigned devices)
{
    otr_buffer_add_format(out, "version: 1\nassets:\n");
    for (unsigned i = 0; i < devices; i++)
        otr_buffer_add_format(
            out,
            "  - asset: box-%u\n    class: c\n    devices: [dev-%u]\n"
            "    route: {origin: {name: a, latitude: 53, longitude: 10, radius: 500}, stops: "
            "[{name: hub, latitude: 53.5, longitude: 10, radius: 500}],"
            " destination: {name: b, latitude: 54, longitude: 10, radius: 500}}\n",
            i, i);
    return otr_buffer_text(out);
}

static void measure_fences(void)
{
    enum { ASSETS = 10000, ROUNDS = 10 };
    static const char pack[] = "pack: bench\nversion: 1\nrules:\n"
                               "  - {alert: Inside, expr: 'location.inside(\"hub\")', for: 10m}\n"
                               "  - {alert: AtStop, expr: 'location.at_stop() && location.overstay() > "
                               "duration(\"10m\")'}\n"
                               "  - {alert: Away, expr: 'location.off_route() > 5000.0'}\n"
                               "  - {alert: Still, expr: 'location.stopped() > duration(\"4h\")'}\n";
    world w;
    otr_buffer assignments = {0};
    otr_reading *readings = calloc(ASSETS, sizeof *readings);
    otr_input *inputs = calloc(ASSETS, sizeof *inputs);
    char(*names)[16] = calloc(ASSETS, sizeof *names);
    double best = 1e9;
    if (readings == NULL || inputs == NULL || names == NULL)
        fail("memory", NULL);
    world_open(&w, OTR_STR(pack), 1); /* replaced at once */
    activate(&w, OTR_STR("assignments"), render_fences(&assignments, ASSETS));
    for (int round = 0; round < ROUNDS; round++) {
        w.now += OTR_MINUTE;
        for (int i = 0; i < ASSETS; i++) {
            (void)snprintf(names[i], sizeof names[i], "dev-%d", i);
            readings[i] =
                (otr_reading){.metric = OTR_STR("location"), .at_us = w.now, .kind = OTR_KIND_LOCATION};
            readings[i].location.latitude = 53.5 + ((i + round) % 2 == 0 ? 0.0044 : 0.0046);
            readings[i].location.longitude = 10;
            inputs[i] = (otr_input){
                .kind = OTR_INPUT_READINGS,
                .upload = {{.device = otr_str_of(names[i]), .readings = &readings[i], .count = 1}, 0}};
        }
        double start = seconds();
        for (int i = 0; i < ASSETS; i += DEVICES)
            step(&w, inputs + i, DEVICES);
        double took = seconds() - start;
        otr_effects_clear(&w.effects);
        best = took < best ? took : best;
    }
    line("fence_10000_assets_ns", best / ASSETS * 1e9, "ns");
    world_close(&w);
    otr_buffer_done(&assignments);
    free(readings);
    free(inputs);
    free(names);
}

/* ---- notices: each asset's alarm begins and ends, and its customer is told or not ---- */

static otr_str render_customers(otr_buffer *out, unsigned count)
{
    otr_buffer_add_format(out, "version: 1\ncustomers:\n");
    for (unsigned i = 0; i < count; i++)
        otr_buffer_add_format(out,
                              "  - {customer: c%u, locale: de, quiet: {from: \"03:00\", to: \"03:01\"}, "
                              "budget: {day: 99, week: 600}}\n",
                              i);
    otr_buffer_add_format(out, "assets:\n");
    for (unsigned i = 0; i < count; i++)
        otr_buffer_add_format(out, "  - {asset: box-%u, class: c, devices: [dev-%u], customer: c%u}\n", i, i,
                              i);
    return otr_buffer_text(out);
}

static void measure_notices(void)
{
    enum { ROUNDS = 20 };
    static const char pack[] =
        "pack: bench\nversion: 1\nrules:\n"
        "  - {alert: Warm, expr: temperature > 8.0, fault: ours, labels: {priority: medium},\n"
        "     notify: {to: customer, message: m, on: [raised, cleared], cooldown: 0s}}\n"
        "messages:\n"
        "  m:\n"
        "    de:\n"
        "      raised: {line: \"{{ asset.name }}: {{ temperature | Cel }}\",\n"
        "        brief: \"{{ asset.name }} ist seit {{ onset }} zu warm: {{ temperature | Cel }}.\",\n"
        "        happened: \"{{ asset.name }} ist seit {{ onset }} zu warm: {{ temperature | Cel }}.\",\n"
        "        means: \"Die Ware kann Schaden nehmen.\", doing: \"Wir kümmern uns darum.\",\n"
        "        you: \"Bitte lassen Sie die Kiste geschlossen.\"}\n"
        "      cleared: \"{{ asset.name }} ist wieder kalt, nach {{ duration }}.\"\n"
        "    en: {raised: \"{{ asset.name }}: {{ temperature | Cel }}\", cleared: \"{{ asset.name }}: "
        "over\"}\n";
    static char names[DEVICES][16];
    static otr_reading readings[DEVICES];
    static otr_input inputs[DEVICES];
    world w;
    otr_buffer assignments = {0};
    double best = 1e9;
    world_open(&w, OTR_STR(pack), 1); /* replaced at once */
    activate(&w, OTR_STR("assignments"), render_customers(&assignments, DEVICES));
    for (int round = 0; round < ROUNDS; round++) {
        w.now += OTR_HOUR;
        for (unsigned i = 0; i < DEVICES; i++) {
            (void)snprintf(names[i], sizeof names[i], "dev-%u", i);
            readings[i] = (otr_reading){.metric = OTR_STR("temperature"),
                                        .at_us = w.now,
                                        .kind = OTR_KIND_NUMBER,
                                        .number = round % 2 == 0 ? 9 : 5};
            inputs[i] = (otr_input){
                .kind = OTR_INPUT_READINGS,
                .upload = {{.device = otr_str_of(names[i]), .readings = &readings[i], .count = 1}, 0}};
        }
        double start = seconds();
        step(&w, inputs, DEVICES);
        double took = seconds() - start;
        otr_effects_clear(&w.effects);
        if (round % 2 == 0) /* alarms are raised */
            best = took < best ? took : best;
    }
    line("alarm_to_notice_us", best / DEVICES * 1e6, "us");
    world_close(&w);
    otr_buffer_done(&assignments);
}

/* ---- views: 1,000 assets report each minute what a person would see, with and without somebody to see it
 * ---- */

static double measure_minute(otr_str pack, bool customers)
{
    enum { ROUNDS = 20 };
    static char names[DEVICES][16];
    static otr_reading readings[DEVICES];
    static otr_input inputs[DEVICES];
    world w;
    otr_buffer assignments = {0};
    double best = 1e9;
    world_open(&w, pack, DEVICES);
    if (customers)
        activate(&w, OTR_STR("assignments"), render_customers(&assignments, DEVICES));
    for (int round = 0; round < ROUNDS; round++) {
        w.now += OTR_MINUTE;
        for (unsigned i = 0; i < DEVICES; i++) {
            (void)snprintf(names[i], sizeof names[i], "dev-%u", i);
            readings[i] = (otr_reading){.metric = OTR_STR("temperature"),
                                        .at_us = w.now,
                                        .kind = OTR_KIND_NUMBER,
                                        .number = round % 5};
            inputs[i] = (otr_input){
                .kind = OTR_INPUT_READINGS,
                .upload = {{.device = otr_str_of(names[i]), .readings = &readings[i], .count = 1}, 0}};
        }
        double start = seconds();
        step(&w, inputs, DEVICES);
        double took = seconds() - start;
        otr_effects_clear(&w.effects);
        best = took < best ? took : best;
    }
    world_close(&w);
    otr_buffer_done(&assignments);
    return best / DEVICES * 1e6;
}

static void measure_views(void)
{
    otr_str pack = OTR_STR("pack: bench\nversion: 1\nrules:\n  - {alert: Warm, expr: temperature > 8.0}\n");
    line("report_without_view_us", measure_minute(pack, false), "us");
    line("report_with_view_us", measure_minute(pack, true), "us");
}

/* ---- replay: the journal of single-reading uploads of 1,000 devices, under the rules of the pack ---- */

static void measure_replay(otr_str pack)
{
    enum { ROUNDS = 200 };
    world w;
    char names[DEVICES][16];
    otr_reading readings[DEVICES];
    otr_input inputs[DEVICES];
    otr_buffer batches[ROUNDS];
    uint64_t firsts[ROUNDS];
    otr_buffer snapshot = {0};
    otr_error error;
    double best = 1e9;
    world_open(&w, pack, DEVICES);
    check(otr_core_snapshot(w.core, &snapshot), "snapshot", NULL);
    for (int round = 0; round < ROUNDS; round++) {
        w.now += OTR_SECOND;
        for (int i = 0; i < DEVICES; i++) {
            (void)snprintf(names[i], sizeof names[i], "dev-%d", i);
            readings[i] = (otr_reading){.metric = OTR_STR("temperature"),
                                        .at_us = w.now,
                                        .kind = OTR_KIND_NUMBER,
                                        .number = 18.0 + (i * 7 + round * 3) % 768 / 64.0};
            inputs[i] =
                (otr_input){.kind = OTR_INPUT_READINGS,
                            .upload = {{.device = otr_str_of(names[i]), .readings = &readings[i], .count = 1},
                                       (uint64_t)(round * DEVICES + i + 1)}};
        }
        step(&w, inputs, DEVICES);
        batches[round] = (otr_buffer){0};
        firsts[round] = w.effects.first_seq;
        otr_buffer_add(&batches[round], w.effects.batch.data, w.effects.batch.size);
        otr_effects_clear(&w.effects);
    }
    uint64_t evaluations = otr_core_stats(w.core)->evaluations;
    world_close(&w);
    for (int run = 0; run < RUNS; run++) {
        world_open(&w, pack, DEVICES);
        for (int i = 0; i < DEVICES; i++) {
            otr_row_name row = {OTR_NAME_DEVICE, (uint32_t)i, otr_str_of(names[i])};
            (void)otr_core_load_name(w.core, &row);
        }
        otr_row_name metric = {OTR_NAME_METRIC, 0, OTR_STR("temperature")};
        (void)otr_core_load_name(w.core, &metric);
        double start = seconds();
        for (int round = 0; round < ROUNDS; round++)
            check(otr_core_replay(w.core, firsts[round], otr_buffer_bytes(&batches[round]), &error), "replay",
                  &error);
        double took = seconds() - start;
        if (otr_core_stats(w.core)->evaluations != evaluations)
            fail("replay: rules were evaluated more or less often than when the readings came", NULL);
        best = took < best ? took : best;
        world_close(&w);
    }
    if (evaluations == 0)
        (void)fputs(
            "outrider-bench-core: no rule of the pack watches the temperature of the class cold-chain\n",
            stderr);
    line("replay_readings_rps", ROUNDS * DEVICES / best, "1/s");
    for (int round = 0; round < ROUNDS; round++)
        otr_buffer_done(&batches[round]);
    otr_buffer_done(&snapshot);
}

/* ---- the decoder, a pack that fills one datagram ---- */

static void measure_decode(void)
{
    enum { PACKS = 2000 };
    otr_reading readings[PACK_READINGS];
    otr_buffer bytes = {0};
    otr_arena arena = {0};
    otr_error error;
    otr_message message = {.device = OTR_STR("load-0001"), .readings = readings, .count = PACK_READINGS};
    double best = 1e9;
    for (int i = 0; i < PACK_READINGS; i++)
        readings[i] = (otr_reading){.metric = OTR_STR("temperature"),
                                    .at_us = (1700000000 + i) * OTR_SECOND,
                                    .kind = OTR_KIND_NUMBER,
                                    .number = 18.0 + i / 64.0};
    check(otr_readings_encode(&bytes, OTR_FORMAT_SENML_CBOR, &message, &error), "encode", &error);
    for (int run = 0; run < RUNS; run++) {
        double start = seconds();
        for (int i = 0; i < PACKS; i++) {
            otr_message out;
            check(otr_readings_decode(&arena, OTR_FORMAT_SENML_CBOR, otr_buffer_bytes(&bytes), message.device,
                                      &out, &error),
                  "decode", &error);
            if (out.count != PACK_READINGS)
                fail("decode: readings are missing", NULL);
            otr_arena_reset(&arena);
        }
        double took = seconds() - start;
        best = took < best ? took : best;
    }
    line("senml_cbor_decode_ns", best / (PACKS * PACK_READINGS) * 1e9, "ns");
    otr_buffer_done(&bytes);
    otr_arena_done(&arena);
}

static otr_str read_file(const char *path, otr_buffer *out)
{
    char part[4096];
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail(path, NULL);
    for (size_t got = 0; (got = fread(part, 1, sizeof part, file)) > 0;)
        otr_buffer_add(out, part, got);
    (void)fclose(file);
    return otr_buffer_text(out);
}

int main(int argc, char **argv)
{
    otr_buffer pack = {0};
    if (argc != 2) {
        fputs("usage: outrider-bench-core PACK\n", stderr);
        return 2;
    }
    measure_state(); /* first, while the heap is empty */
    measure_expression("eval_compare_ns", "temperature > 30.0");
    measure_expression("eval_three_terms_ns", "temperature > 10.0 && humidity < 80.0 && pressure >= 12.0");
    measure_window();
    measure_many_rules();
    measure_decode();
    measure_fences();
    measure_notices();
    measure_views();
    otr_bench_ticket();
    otr_bench_assign();
    otr_bench_evidence();
    measure_replay(read_file(argv[1], &pack));
    otr_buffer_done(&pack);
    return 0;
}
