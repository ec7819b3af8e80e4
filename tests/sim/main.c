/* tests/sim/run: simulates seeds; one that fails is repeated with less and less of it, and told in words. */
#include "options.h"
#include "shrink.h"

#include <stdio.h>
#include <stdlib.h>

enum { TWICE_EVERY = 40, TOLD_LINES = 60 };

static void add(sim_figures *sum, const sim_figures *more)
{
    const uint64_t *from = (const uint64_t *)more;
    for (size_t i = 0; i < sizeof *sum / sizeof *from; i++)
        ((uint64_t *)sum)[i] += from[i];
}

static void print_figures(const sim_figures *f)
{
    printf(
        "%llu seeds, %.0f simulated hours, %llu lives of the process, %llu rebuilds of its core\n"
        "%llu uploads, %llu readings kept, %llu commits, %llu alarms, %llu events, %llu commands\nfaults:\n",
        (unsigned long long)f->seeds, (double)f->time / (double)OTR_HOUR, (unsigned long long)f->lives,
        (unsigned long long)f->rebuilds, (unsigned long long)f->uploads, (unsigned long long)f->readings,
        (unsigned long long)f->commits, (unsigned long long)f->alarms, (unsigned long long)f->events,
        (unsigned long long)f->commands);
    for (int i = 0; i < SIM_FAULT_COUNT; i++)
        printf("%s%7llu %-32s%s", i % 2 == 0 ? "  " : "", (unsigned long long)f->faults[i],
               sim_fault_text((sim_fault)i), i % 2 == 1 || i + 1 == SIM_FAULT_COUNT ? "\n" : "");
}

/* The end of its trace. */
static void tell(const sim_plan *plan)
{
    char command[400];
    char self[400] = "";
    FILE *link = popen("readlink /proc/$PPID/exe", "r");
    if (link != NULL && fgets(self, sizeof self, link) != NULL)
        self[strcspn(self, "\n")] = '\0';
    if (link != NULL)
        (void)pclose(link);
    sim_plan_print(plan, command, sizeof command);
    char line[1000];
    (void)snprintf(line, sizeof line, "'%s' %s --say 2>/dev/null | grep -v '^ ' | tail -n %d", self, command,
                   TOLD_LINES);
    (void)fflush(stdout);
    FILE *trace = popen(line, "r");
    while (trace != NULL && fgets(line, sizeof line, trace) != NULL)
        (void)fputs(line, stdout);
    if (trace != NULL)
        (void)pclose(trace);
}

static void fail(const sim_options *options, sim_plan plan, sim_outcome outcome)
{
    char command[400];
    sim_plan_print(&plan, command, sizeof command);
    printf("seed %llu FAILED: %s\n  repeat it: tests/sim/run %s\n", (unsigned long long)plan.seed,
           outcome.failure, command);
    (void)fflush(stdout);
    if (!options->shrink || plan.say)
        return;
    sim_shrink(&plan, &outcome);
    sim_plan_print(&plan, command, sizeof command);
    printf("  smaller: tests/sim/run %s --say\n  then: %s\n", command, outcome.failure);
    tell(&plan);
}

int main(int argc, char **argv)
{
    sim_options options;
    sim_figures sum = {0};
    if (!sim_options_read(&options, argc, argv))
        return 2;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (!options.less.say && freopen("/dev/null", "w", stderr) == NULL)
        return 2;
    for (uint64_t seed = options.first; options.years > 0 ? sum.time < options.years : seed <= options.last;
         seed++) {
        sim_plan plan = sim_options_plan(&options, seed);
        sim_outcome outcome;
        sim_run_apart(&plan, &outcome);
        if (outcome.failure[0] == '\0' && seed % TWICE_EVERY == 0) {
            sim_outcome again;
            sim_run_apart(&plan, &again);
            if (again.hash != outcome.hash)
                (void)snprintf(outcome.failure, sizeof outcome.failure, "it is not the same twice");
        }
        if (options.hashes)
            printf("%llu %016llx\n", (unsigned long long)seed, (unsigned long long)outcome.hash);
        add(&sum, &outcome.figures);
        if (outcome.failure[0] != '\0') {
            fail(&options, plan, outcome);
            return 1;
        }
    }
    print_figures(&sum);
    return 0;
}
