#include "tools/load/bench_assign.h"

#include "core/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ASSETS = 10000, RUNS = 7 };

static void check(otr_status status, const char *what)
{
    if (status == OTR_OK)
        return;
    fprintf(stderr, "outrider-bench-core: assign: %s: %s\n", what, otr_status_text(status));
    exit(1);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void tell(const char *name, double took)
{
    printf("{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"ms\"}\n", name, took * 1e3);
}

static otr_core *start(void)
{
    otr_core_config config = {
        .group = OTR_STR("bench"), .gateway = OTR_STR("gw"), .next_seq = 1, .next_outbox_seq = 1};
    otr_core *core;
    otr_error error;
    otr_row_content row = {
        .slot = OTR_STR("pack/bench"),
        .hash = OTR_STR("p"),
        .bytes = OTR_STR("pack: bench\nversion: 1\nrules: [{alert: Warm, expr: temperature > 8.0}]\n")};
    check(otr_core_create(&config, &core), "core");
    check(otr_core_load_content(core, &row, &error), "pack");
    return core;
}

/* The number-th asset with a device and a customer of its own. */
static void render(otr_buffer *slot, otr_buffer *yaml, unsigned number, unsigned version)
{
    otr_buffer_clear(slot);
    otr_buffer_clear(yaml);
    otr_buffer_add_format(slot, "assignment/load-%u", number);
    otr_buffer_add_format(yaml,
                          "version: 1\nassignment: {version: %u}\ncustomers: [{customer: c%u}]\n"
                          "assets: [{asset: load-%u, class: c, customer: c%u, devices: [trk-%u]}]\n",
                          version, number, number, number, number);
}

static void load_file(otr_core *core)
{
    otr_buffer yaml = {0};
    otr_error error;
    otr_buffer_add_format(&yaml, "version: 1\ncustomers:\n");
    for (unsigned i = 0; i < ASSETS; i++)
        otr_buffer_add_format(&yaml, "  - {customer: c%u}\n", i);
    otr_buffer_add_format(&yaml, "assets:\n");
    for (unsigned i = 0; i < ASSETS; i++)
        otr_buffer_add_format(&yaml, "  - {asset: load-%u, class: c, customer: c%u, devices: [trk-%u]}\n", i,
                              i, i);
    otr_row_content row = {
        .slot = OTR_STR("assignments"), .hash = OTR_STR("a"), .bytes = otr_buffer_text(&yaml)};
    check(otr_core_load_content(core, &row, &error), "file");
    otr_buffer_done(&yaml);
}

static void load_commands(otr_core *core)
{
    otr_buffer slot = {0};
    otr_buffer yaml = {0};
    otr_error error;
    for (unsigned i = 0; i < ASSETS; i++) {
        render(&slot, &yaml, i, 1);
        otr_row_content row = {
            .slot = otr_buffer_text(&slot), .hash = OTR_STR("h"), .bytes = otr_buffer_text(&yaml)};
        check(otr_core_load_content(core, &row, &error), "assignment");
    }
    otr_buffer_done(&slot);
    otr_buffer_done(&yaml);
}

/* The step, and the snapshot that goes with it. */
static double assign_one(otr_core *core)
{
    otr_buffer slot = {0};
    otr_buffer yaml = {0};
    otr_buffer snapshot = {0};
    otr_effects effects = {0};
    otr_turn turn = {1700000000 * OTR_SECOND, 1700000000 * OTR_SECOND, true};
    double best = 1e9;
    for (unsigned run = 1; run <= RUNS; run++) {
        render(&slot, &yaml, ASSETS, run);
        otr_input input = {
            .kind = OTR_INPUT_CONTENT,
            .content = {otr_buffer_text(&slot), otr_buffer_text(&yaml), otr_buffer_text(&yaml)}};
        double began = seconds();
        check(otr_core_step(core, &turn, &input, 1, &effects), "step");
        check(otr_core_snapshot(core, &snapshot), "snapshot");
        double took = seconds() - began;
        best = took < best ? took : best;
        otr_effects_clear(&effects);
        otr_buffer_clear(&snapshot);
    }
    otr_effects_done(&effects);
    otr_buffer_done(&slot);
    otr_buffer_done(&yaml);
    otr_buffer_done(&snapshot);
    return best;
}

void otr_bench_assign(void)
{
    otr_core *core = start();
    load_file(core);
    check(otr_core_finish_load(core), "load");
    tell("assign_among_10000_ms", assign_one(core));
    otr_core_free(core);

    core = start();
    double began = seconds();
    load_commands(core);
    check(otr_core_finish_load(core), "load");
    tell("start_10000_assigned_ms", seconds() - began);
    tell("assign_among_10000_assigned_ms", assign_one(core));
    otr_core_free(core);
}
