#include "options.h"

#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
    "usage: run [--seed N | --seeds FROM-TO | --years N] [--minutes N] [--devices N] [--without WHAT]...\n"
    "           [--long N] [--short N] [--store real|model] [--telemetry on|off] [--faults FROM-TO] [--say] "
    "[--watch] [--guests] "
    "[--hashes] "
    "[--no-shrink]\n"
    "what can be taken away:\n";

static void print_usage(void)
{
    (void)fputs(usage, stderr);
    for (int i = 0; i < SIM_FEATURE_COUNT; i++)
        (void)fprintf(stderr, "  %-10s %s\n", sim_feature_word((sim_feature)i),
                      sim_feature_text((sim_feature)i));
}

static bool read_range(const char *text, uint64_t *from, uint64_t *to)
{
    char *end;
    *from = strtoull(text, &end, 10);
    *to = *from;
    if (*end == '-')
        *to = strtoull(end + 1, &end, 10);
    return *end == '\0' && *to >= *from;
}

/* An option without a value; false: it is none. */
static bool read_flag(sim_options *out, const char *word)
{
    if (strcmp(word, "--say") == 0)
        out->less.say = true;
    else if (strcmp(word, "--watch") == 0)
        out->less.watch = true;
    else if (strcmp(word, "--guests") == 0)
        out->less.guests = true;
    else if (strcmp(word, "--hashes") == 0)
        out->hashes = true;
    else if (strcmp(word, "--no-shrink") == 0)
        out->shrink = false;
    else
        return false;
    return true;
}

static bool read_value(sim_options *out, const char *word, const char *value)
{
    sim_feature feature;
    if (strcmp(word, "--seed") == 0 || strcmp(word, "--seeds") == 0)
        return read_range(value, &out->first, &out->last);
    if (strcmp(word, "--faults") == 0)
        return read_range(value, &out->less.fault_first, &out->less.fault_last);
    if (strcmp(word, "--without") == 0 && sim_feature_parse(value, &feature)) {
        out->less.without |= 1U << feature;
        return true;
    }
    if (strcmp(word, "--store") == 0) {
        out->store = true;
        out->less.real = strcmp(value, "real") == 0;
        return out->less.real || strcmp(value, "model") == 0;
    }
    if (strcmp(word, "--telemetry") == 0) {
        out->telemetry = true;
        out->less.telemetry = strcmp(value, "on") == 0;
        return out->less.telemetry || strcmp(value, "off") == 0;
    }
    long number = strtol(value, NULL, 10);
    if (number <= 0)
        return false;
    if (strcmp(word, "--long") == 0) { /* after --seeds: where they end with OUTRIDER_LONG */
        out->last = getenv("OUTRIDER_LONG") != NULL ? (uint64_t)number : out->last;
        return true;
    }
    if (strcmp(word, "--short") == 0) { /* and with OUTRIDER_EVERY */
        out->last = getenv("OUTRIDER_EVERY") != NULL ? (uint64_t)number : out->last;
        return true;
    }
    if (strcmp(word, "--minutes") == 0)
        out->less.span = number * OTR_MINUTE;
    else if (strcmp(word, "--devices") == 0 && number <= SIM_DEVICES)
        out->less.devices = (unsigned)number;
    else if (strcmp(word, "--years") == 0)
        out->years = number * 365 * OTR_DAY;
    else
        return false;
    return true;
}

bool sim_options_read(sim_options *out, int argc, char **argv)
{
    *out = (sim_options){.first = 1, .last = 100, .less = {.fault_last = UINT64_MAX}, .shrink = true};
    for (int i = 1; i < argc; i++) {
        if (read_flag(out, argv[i]))
            continue;
        if (i + 1 == argc || !read_value(out, argv[i], argv[i + 1])) {
            print_usage();
            return false;
        }
        i++;
    }
    return true;
}

sim_plan sim_options_plan(const sim_options *options, uint64_t seed)
{
    sim_plan plan = sim_plan_of(seed);
    const sim_plan *less = &options->less;
    plan.span = less->span > 0 ? less->span : plan.span;
    plan.devices = less->devices > 0 ? less->devices : plan.devices;
    plan.real = options->store ? less->real : plan.real;
    plan.telemetry = options->telemetry ? less->telemetry : plan.telemetry;
    plan.without = less->without;
    plan.fault_first = less->fault_first;
    plan.fault_last = less->fault_last;
    plan.guests |= less->guests;
    plan.say = less->say;
    plan.watch = less->watch;
    return plan;
}
