/* What was measured, one JSON object a line. */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>

void load_report_latency(load_report *report, int64_t latency_us)
{
    if (report->latency_count == report->latency_capacity) {
        size_t capacity = report->latency_capacity > 0 ? 2 * report->latency_capacity : 1 << 16;
        uint32_t *grown = realloc(report->latency_us, capacity * sizeof *grown);
        if (grown == NULL)
            return;
        report->latency_us = grown;
        report->latency_capacity = capacity;
    }
    report->latency_us[report->latency_count++] = (uint32_t)latency_us;
}

static int compare(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static double quantile_ms(const load_report *report, double quantile)
{
    if (report->latency_count == 0)
        return 0.0;
    return (double)report->latency_us[(size_t)(quantile * (double)(report->latency_count - 1))] / 1000.0;
}

static void line(const char *name, double value, const char *unit)
{
    printf("{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\"}\n", name, value, unit);
}

void load_report_print(const load *run)
{
    const load_report *report = &run->report;
    double rps = (double)report->answered / report->elapsed_s;
    if (report->latency_count > 0)
        qsort(report->latency_us, report->latency_count, sizeof *report->latency_us, compare);
    if (run->options.dtls)
        line("handshakes_per_s",
             run->options.devices / (report->handshake_s > 0 ? report->handshake_s : 1e-9), "1/s");
    line("rps", rps, "1/s");
    line("readings_per_s", rps * run->options.readings, "1/s");
    line("ack_latency_p50_ms", quantile_ms(report, 0.5), "ms");
    line("ack_latency_p99_ms", quantile_ms(report, 0.99), "ms");
    line("ack_latency_max_ms", quantile_ms(report, 1.0), "ms");
    line("answered", (double)report->answered, "1");
    line("retransmits", (double)report->retransmits, "1");
    line("given_up", (double)report->given_up, "1");
    for (int code = 0; code < 256; code++) {
        char name[32];
        if (report->codes[code] == 0 || code >> 5 == 2)
            continue;
        (void)snprintf(name, sizeof name, "answers_%d.%02d", code >> 5, code & 31);
        line(name, (double)report->codes[code], "1");
    }
    line("generator_cpu_share", report->cpu_s / report->elapsed_s, "cores");
}
