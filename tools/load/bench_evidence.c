#include "tools/load/bench_evidence.h"

#include "core/core.h"
#include "platform/linux/system/evidence_key.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 7, UPLOADS = 200, READINGS = 100, SHIPMENTS = 1000 };

static void check(otr_status status, const char *what)
{
    if (status == OTR_OK)
        return;
    fprintf(stderr, "outrider-bench-core: evidence: %s: %s\n", what, otr_status_text(status));
    exit(1);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void activate(otr_core *core, otr_effects *effects, otr_str slot, otr_str bytes)
{
    otr_turn turn = {1700000000 * OTR_SECOND, 1700000000 * OTR_SECOND, true};
    otr_input input = {.kind = OTR_INPUT_CONTENT, .content = {slot, slot, bytes}};
    check(otr_core_step(core, &turn, &input, 1, effects), "content");
    otr_effects_clear(effects);
}

/* So many shipments with a device each and one rule; sha256 NULL: without evidence. */
static otr_core *start(otr_digest_function *sha256, unsigned shipments, otr_effects *effects)
{
    otr_core_config config = {.group = OTR_STR("bench"),
                              .gateway = OTR_STR("gw"),
                              .next_seq = 1,
                              .next_outbox_seq = 1,
                              .sha256 = sha256};
    otr_core *core;
    otr_buffer yaml = {0};
    check(otr_core_create(&config, &core), "core");
    activate(core, effects, OTR_STR("pack/bench"),
             OTR_STR("pack: bench\nversion: 1\nrules: [{alert: Warm, expr: temperature > 88.0}]\n"));
    otr_buffer_add_format(&yaml, "version: 1\nassets:\n");
    for (unsigned i = 0; i < shipments; i++)
        otr_buffer_add_format(&yaml,
                              "  - {asset: s%u, class: shipment, devices: [d%u], limit: {temperature_max: 8, "
                              "minutes_above_max: 60, mkt_max: 8}}\n",
                              i, i);
    activate(core, effects, OTR_STR("assignments"), otr_buffer_text(&yaml));
    otr_buffer_done(&yaml);
    return core;
}

/* Of one reading a second, in uploads of a hundred: the whole step. */
static double reading_s(otr_digest_function *sha256)
{
    otr_effects effects = {0};
    otr_core *core = start(sha256, 1, &effects);
    otr_reading readings[READINGS];
    otr_turn turn = {1700000000 * OTR_SECOND, 1700000000 * OTR_SECOND, true};
    double best = 1e9;
    for (int run = 0; run < RUNS; run++) {
        double began = seconds();
        for (int upload = 0; upload < UPLOADS; upload++) {
            for (int i = 0; i < READINGS; i++) {
                turn.core += OTR_SECOND;
                turn.utc += OTR_SECOND;
                readings[i] = (otr_reading){.metric = OTR_STR("temperature"),
                                            .at_us = turn.utc,
                                            .kind = OTR_KIND_NUMBER,
                                            .number = 4.0 + i / 64.0};
            }
            otr_input input = {
                .kind = OTR_INPUT_READINGS,
                .upload = {{.device = OTR_STR("d0"), .readings = readings, .count = READINGS}, 0}};
            check(otr_core_step(core, &turn, &input, 1, &effects), "step");
            otr_effects_clear(&effects);
        }
        double took = seconds() - began;
        best = took < best ? took : best;
    }
    otr_core_free(core);
    otr_effects_done(&effects);
    return best / (UPLOADS * READINGS);
}

static size_t heap_of(otr_digest_function *sha256)
{
    otr_effects effects = {0};
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    otr_core *core = start(sha256, SHIPMENTS, &effects);
    otr_effects_done(&effects);
    size_t heap = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    otr_core_free(core);
    return heap;
}

void otr_bench_evidence(void)
{
    double without = reading_s(NULL);
    double with = reading_s(otr_sha256);
    printf("{\"name\": \"evidence_ns_per_reading\", \"value\": %.1f, \"unit\": \"ns\"}\n",
           (with - without) * 1e9);
    double more = (double)heap_of(otr_sha256) - (double)heap_of(NULL);
    printf("{\"name\": \"evidence_bytes_per_shipment\", \"value\": %.0f, \"unit\": \"B\"}\n",
           more / SHIPMENTS);
}
