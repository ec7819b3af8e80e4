#include "tools/load/bench_ticket.h"

#include "core/core.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TIMED = 1000, OPEN = 10000, RUNS = 12, BEFORE = 60 };

static const char pack[] =
    "pack: bench\nversion: 1\nrules:\n"
    "  - {alert: Warm, expr: temperature > asset.limit.temperature_max, labels: {priority: high, category: "
    "cold},\n"
    "     annotations: {cause: 'above {{ asset.limit.temperature_max }} °C since {{ onset }}, now {{ "
    "temperature }} "
    "°C'},\n"
    "     notify: {to: customer, message: m, on: [raised, cleared], cooldown: 0s},\n"
    "     ticket: {queue: cold, evidence: [temperature, humidity, location], last: 6h}}\n"
    "messages:\n"
    "  m:\n"
    "    en:\n"
    "      raised: {line: \"{{ asset.name }}: {{ temperature | Cel }}\",\n"
    "        brief: \"{{ asset.name }} is too warm since {{ onset }}: {{ temperature | Cel }}.\",\n"
    "        happened: \"{{ asset.name }} is too warm since {{ onset }}: {{ temperature | Cel }}.\",\n"
    "        means: \"The goods may suffer.\", doing: \"We look after it.\", you: \"Please leave it "
    "closed.\"}\n"
    "      cleared: \"{{ asset.name }} is cold again, after {{ duration }}.\"\n";

static const char knowledge[] = "knowledge: bench\nversion: 1\nentries:\n"
                                "  - {rule: bench/Warm, title: Too warm, cause: A lid that is open, advice: "
                                "Shut it, remedies: [replace], "
                                "trouble: warm}\n"
                                "  - {code: P03xx, title: Ignition}\n"
                                "routes:\n"
                                "  - {class: vehicle, queue: vehicles}\n"
                                "  - {language: de, queue: german}\n";

typedef struct world {
    otr_core *core;
    otr_effects effects;
    otr_time now;
    unsigned assets;
} world;

static void check(otr_status status, const char *what, const otr_error *error)
{
    if (status == OTR_OK)
        return;
    fprintf(stderr, "outrider-bench-core: ticket: %s: %s\n", what, error != NULL ? error->text : "failed");
    exit(1);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
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

static void open_world(world *w, unsigned assets)
{
    otr_core_config config = {
        .group = OTR_STR("bench"), .gateway = OTR_STR("gw"), .next_seq = 1, .next_outbox_seq = 1};
    otr_buffer yaml = {0};
    *w = (world){.now = 1700000000 * OTR_SECOND, .assets = assets};
    check(otr_core_create(&config, &w->core), "core", NULL);
    otr_buffer_add_format(&yaml, "version: 1\ncustomers:\n");
    for (unsigned i = 0; i < assets; i++)
        otr_buffer_add_format(&yaml, "  - {customer: c%u, budget: {day: 99, week: 600}}\n", i);
    otr_buffer_add_format(&yaml, "assets:\n");
    for (unsigned i = 0; i < assets; i++)
        otr_buffer_add_format(
            &yaml,
            "  - {asset: box-%u, name: Box %u, class: c, devices: [dev-%u], customer: c%u,\n"
            "     limit: {temperature_max: 8}, model: M%u, serial: S%u, lot: L7}\n",
            i, i, i, i, i % 5, i);
    activate(w, OTR_STR("pack/bench"), otr_str_of(pack));
    activate(w, OTR_STR("knowledge/bench"), otr_str_of(knowledge));
    activate(w, OTR_STR("assignments"), otr_buffer_text(&yaml));
    otr_buffer_done(&yaml);
}

static void close_world(world *w)
{
    otr_core_free(w->core);
    otr_effects_done(&w->effects);
}

/* Each asset reports once, in one step; returns how long that took. */
static double report(world *w, double temperature)
{
    otr_input *inputs = calloc(w->assets, sizeof *inputs);
    otr_reading *readings = calloc((size_t)w->assets * 2, sizeof *readings);
    char(*names)[16] = calloc(w->assets, sizeof *names);
    if (inputs == NULL || readings == NULL || names == NULL)
        check(OTR_MEMORY, "memory", NULL);
    w->now += OTR_MINUTE;
    for (unsigned i = 0; i < w->assets; i++) {
        otr_reading *own = &readings[(size_t)i * 2];
        (void)snprintf(names[i], sizeof names[i], "dev-%u", i);
        own[0] = (otr_reading){.metric = OTR_STR("temperature"),
                               .at_us = w->now,
                               .kind = OTR_KIND_NUMBER,
                               .number = temperature + i % 7 / 8.0};
        own[1] = own[0];
        own[1].metric = OTR_STR("humidity");
        inputs[i] = (otr_input){.kind = OTR_INPUT_READINGS,
                                .upload = {{.device = otr_str_of(names[i]), .readings = own, .count = 2}, 0}};
    }
    double start = seconds();
    step(w, inputs, w->assets);
    double took = seconds() - start;
    free(inputs);
    free(readings);
    free(names);
    return took;
}

/* Reading, alarm, notice and ticket, composed; the assets have a past to enclose. */
static void measure_time(void)
{
    world w;
    double best = 1e9;
    open_world(&w, TIMED);
    for (int i = 0; i < BEFORE; i++) {
        (void)report(&w, 5);
        otr_effects_clear(&w.effects);
    }
    for (int run = 0; run < RUNS; run++) {
        uint64_t before = otr_core_stats(w.core)->tickets;
        double took = report(&w, 9);
        if (otr_core_stats(w.core)->tickets - before != TIMED)
            check(OTR_INVALID, "not each has a ticket", NULL);
        best = took < best ? took : best;
        otr_effects_clear(&w.effects);
        (void)report(&w, 5);
        otr_effects_clear(&w.effects);
        w.now += 2 * OTR_HOUR; /* verified and closed */
        step(&w, NULL, 0);
        otr_effects_clear(&w.effects);
    }
    printf("{\"name\": \"alarm_to_ticket_us\", \"value\": %.3f, \"unit\": \"us\"}\n", best / TIMED * 1e6);
    close_world(&w);
}

static size_t heap(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* What the core holds more with as many open cases, alarms and what their customers were told included. */
static void measure_bytes(void)
{
    world w;
    open_world(&w, OPEN);
    (void)report(&w, 5);
    otr_effects_done(&w.effects);
    w.effects = (otr_effects){0};
    size_t before = heap();
    (void)report(&w, 9);
    otr_effects_done(&w.effects);
    w.effects = (otr_effects){0};
    if (otr_core_open_alarms(w.core) != OPEN)
        check(OTR_INVALID, "not each has a case", NULL);
    printf("{\"name\": \"bytes_per_case\", \"value\": %.0f, \"unit\": \"B\"}\n",
           (double)(heap() - before) / OPEN);
    close_world(&w);
}

void otr_bench_ticket(void)
{
    measure_bytes();
    measure_time();
}
