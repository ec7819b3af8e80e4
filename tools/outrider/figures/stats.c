/* `outrider stats`: the same sums as the desk, its manager and an analyst look at them. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tools/outrider/figures/figures.h"
#include "tools/outrider/figures/figures_say.h"
#include "tools/outrider/figures/stats.h"
#include "tools/outrider/verbs.h"

static const char usage[] =
    "usage: outrider stats [--for desk|manager|analyst] [options]\n"
    "\n"
    "Sums what the gateways say of their days. For the desk: what waits, what is due, how old the oldest "
    "is.\n"
    "For a manager: first contact, reopened, wrong queues, promises, scores, and who was not told why. For "
    "an\n"
    "analyst: all counts of each rule, with --by of another dimension, with --csv for a spreadsheet.\n"
    "\n"
    "  --for WHO        desk, manager or analyst; default desk\n"
    "  --by DIMENSION   analyst: rule, product, lot, lane, cause, queue or step\n"
    "  --csv            analyst: a line a key, a column a count\n";

typedef struct request {
    otr_stats_view view;
    otr_bucket_dimension by;
    bool csv;
} request;

enum { FOR = 0x100, BY, CSV };

static bool take(void *context, int option, const char *argument)
{
    request *r = context;
    switch (option) {
    case FOR:
        return otr_stats_view_parse(otr_str_of(argument), &r->view);
    case BY:
        return otr_bucket_dimension_parse(otr_str_of(argument), &r->by) && r->by != OTR_BY_TOTAL;
    default:
        r->csv = true;
        return true;
    }
}

int otr_verb_stats(int argc, char **argv)
{
    static const struct option extra[] = {{"for", required_argument, NULL, FOR},
                                          {"by", required_argument, NULL, BY},
                                          {"csv", no_argument, NULL, CSV},
                                          {NULL, 0, NULL, 0}};
    request r = {.view = OTR_STATS_DESK, .by = OTR_BY_RULE};
    otr_figures figures = {.refused = 0};
    otr_figures_options options = {.wants = {[OTR_SERVICE_FIGURES] = true, [OTR_SERVICE_STATUS] = true}};
    otr_bucket sum = {.day = 0};
    otr_buffer text = {0};
    int code = otr_figures_parse(argc, argv, usage, extra, take, &r, &options);
    if (code >= 0)
        return code;
    if (r.csv && (r.view != OTR_STATS_ANALYST || options.json)) {
        (void)fputs("outrider stats: --csv is of --for analyst, and not with --json\n", stderr);
        return 2;
    }
    code = otr_figures_gather(&figures, &options);
    if (code < 0 && !otr_figures_sum(&figures, &options, &sum, NULL))
        code = 1;
    if (code < 0) {
        json_t *root = NULL;
        otr_time now = (otr_time)time(NULL) * OTR_SECOND;
        if (options.json) {
            root = json_object();
            otr_figures_put_head(&figures, root);
            otr_stats_put(&sum, r.view, r.by, root);
        } else if (r.csv) {
            otr_stats_csv(&sum, r.by, &text);
        } else {
            otr_figures_head(&figures, &text);
            otr_stats_say(&sum, r.view, r.by, now, &text);
        }
        code = otr_figures_print(&options, &text, root);
        if (code == 0 && figures.refused > 0)
            code = 1;
    }
    otr_buffer_done(&text);
    otr_bucket_done(&sum);
    otr_figures_done(&figures);
    return code;
}
