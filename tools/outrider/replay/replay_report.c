#include "tools/outrider/replay/replay_report.h"

#include <stdio.h>

static void add_span(otr_buffer *out, int width, otr_time span)
{
    char text[OTR_TIME_TEXT_BYTES];
    (void)otr_span_format(span, text);
    otr_buffer_add_format(out, " %*s", width, text);
}

static void add_rule(otr_buffer *out, const otr_replay_rule *rule)
{
    char name[128];
    (void)snprintf(name, sizeof name, "%.*s/%.*s", OTR_STR_ARG(rule->pack), OTR_STR_ARG(rule->name));
    otr_buffer_add_format(out, "  %-38s %6llu %5llu", name, (unsigned long long)rule->spans.count,
                          (unsigned long long)rule->open);
    if (rule->spans.count == 0) {
        otr_buffer_add_format(out, "\n");
        return;
    }
    add_span(out, 9, rule->spans.total);
    add_span(out, 9, otr_replay_spans_median(&rule->spans));
    add_span(out, 9, rule->spans.longest);
    double share = rule->spans.total > 0 ? rule->covered_us / (double)rule->spans.total : 1;
    otr_buffer_add_format(out, " %6.0f %% %8llu %9llu %8llu %8llu\n", share * 100,
                          (unsigned long long)rule->historical, (unsigned long long)rule->retracted,
                          (unsigned long long)rule->notices, (unsigned long long)rule->tickets);
}

static double days(const otr_replay_report *report)
{
    otr_time span = report->to - report->from;
    return span > 0 ? (double)span / (double)OTR_DAY : 0;
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void add_tally(otr_buffer *out, const otr_replay_report *report, const otr_replay_tally *tally)
{
    otr_buffer_add_format(out, "  %-38s %6s %5s %9s %9s %9s %8s %8s %9s %8s %8s\n", "", "alarms", "open",
                          "total", "median", "longest", "covered", "history", "retracted", "notices",
                          "tickets");
    for (uint32_t i = 0; i < tally->rule_names.count; i++)
        add_rule(out, &tally->rules[i]);
    otr_buffer_add_format(out, "  %llu notice%s to %u customer%s", (unsigned long long)tally->notices,
                          plural(tally->notices), tally->customers.count, plural(tally->customers.count));
    if (days(report) >= 1)
        otr_buffer_add_format(out, ", %.1f a day", (double)tally->notices / days(report));
    otr_buffer_add_format(out, ", at most %llu in one day (UTC); %llu ticket%s\n",
                          (unsigned long long)tally->day_notices_max, (unsigned long long)tally->tickets,
                          plural(tally->tickets));
}

static void add_singles(otr_buffer *out, const otr_replay_pairs *pairs, unsigned side, const char *title)
{
    if (pairs->only[side] == 0)
        return;
    otr_buffer_add_format(out, "  %s:\n", title);
    for (size_t i = 0; i < pairs->single_count[side]; i++) {
        const otr_replay_single *single = &pairs->singles[side][i];
        char onset[OTR_TIME_TEXT_BYTES];
        char span[OTR_TIME_TEXT_BYTES];
        (void)otr_time_format(single->onset, onset);
        (void)otr_span_format(single->ended - single->onset, span);
        otr_str name = otr_names_get(&pairs->names, single->name);
        otr_buffer_add_format(out, "    %-44.*s %s for %s\n", OTR_STR_ARG(name), onset, span);
    }
    if (pairs->only[side] > pairs->single_count[side])
        otr_buffer_add_format(out, "    and %llu more\n",
                              (unsigned long long)(pairs->only[side] - pairs->single_count[side]));
}

static void add_past(otr_buffer *out, const otr_replay_past *past, bool compares)
{
    if (past->unfit > 0) {
        otr_buffer_add_format(out, "\n%llu of %llu command%s of then had no effect here%s:\n",
                              (unsigned long long)past->unfit, (unsigned long long)past->taken,
                              plural(past->taken), compares ? ", but with the other packs" : "");
        for (size_t i = 0; i < past->unfit && i < OTR_REPLAY_PAST_SHOWN; i++)
            otr_buffer_add_format(out, "  %s\n", past->texts[i]);
        if (past->unfit > OTR_REPLAY_PAST_SHOWN)
            otr_buffer_add_format(out, "  and %llu more\n",
                                  (unsigned long long)(past->unfit - OTR_REPLAY_PAST_SHOWN));
    }
    if (past->gaps.later > 0)
        otr_buffer_add_format(out, "\n%llu assignment%s as %s later: the version of then is not kept\n",
                              (unsigned long long)past->gaps.later, plural(past->gaps.later),
                              past->gaps.later == 1 ? "it was" : "they were");
    if (past->gaps.missing > 0)
        otr_buffer_add_format(out, "\n%llu assignment%s of then %s kept no more, and missing here\n",
                              (unsigned long long)past->gaps.missing, plural(past->gaps.missing),
                              past->gaps.missing == 1 ? "is" : "are");
}

void otr_replay_report_text(otr_buffer *out, const otr_replay_report *report)
{
    char from[OTR_TIME_TEXT_BYTES];
    char to[OTR_TIME_TEXT_BYTES];
    char span[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(report->from, from);
    (void)otr_time_format(report->to, to);
    (void)otr_span_format(report->to - report->from, span);
    otr_buffer_add_format(out, "%s to %s (%s): %llu readings in %llu uploads", from, to, span,
                          (unsigned long long)report->readings, (unsigned long long)report->uploads);
    if (report->refused > 0)
        otr_buffer_add_format(out, ", %llu row%s refused", (unsigned long long)report->refused,
                              plural(report->refused));
    otr_buffer_add_format(out, "\n\nThis would have been raised:\n");
    add_tally(out, report, report->tally);
    add_past(out, &report->past, report->against != NULL);
    if (report->against == NULL)
        return;
    const otr_replay_pairs *pairs = report->pairs;
    otr_buffer_add_format(out, "\nWith %s:\n", report->against_name);
    add_tally(out, report, report->against);
    otr_buffer_add_format(out, "\nThe difference: %llu alarm%s only here, %llu only with %s, %llu in both\n",
                          (unsigned long long)pairs->only[0], plural(pairs->only[0]),
                          (unsigned long long)pairs->only[1], report->against_name,
                          (unsigned long long)pairs->both[0]);
    char title[160];
    (void)snprintf(title, sizeof title, "only with %s", report->against_name);
    add_singles(out, pairs, 0, "only here");
    add_singles(out, pairs, 1, title);
}
