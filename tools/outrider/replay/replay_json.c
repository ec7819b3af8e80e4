/* A replay's report as one JSON object. Spans are seconds. */
#include "tools/outrider/replay/replay_report.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static json_t *text(otr_str value)
{
    return json_stringn(value.data != NULL ? value.data : "", value.size);
}

static json_t *instant(otr_time at)
{
    char buffer[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(at, buffer);
    return json_string(buffer);
}

static json_t *seconds(otr_time span)
{
    return json_real((double)span / (double)OTR_SECOND);
}

static json_t *rule_of(const otr_replay_rule *rule)
{
    double share = rule->spans.total > 0 ? rule->covered_us / (double)rule->spans.total : 1;
    return json_pack("{s:o, s:o, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:f, s:I, s:I}", "pack", text(rule->pack),
                     "rule", text(rule->name), "alarms", (json_int_t)rule->spans.count, "open",
                     (json_int_t)rule->open, "historical", (json_int_t)rule->historical, "retracted",
                     (json_int_t)rule->retracted, "total_s", seconds(rule->spans.total), "median_s",
                     seconds(otr_replay_spans_median(&rule->spans)), "longest_s",
                     seconds(rule->spans.longest), "covered_percent", floor(share * 1000 + 0.5) / 10,
                     "notices", (json_int_t)rule->notices, "tickets", (json_int_t)rule->tickets);
}

static json_t *tally_of(const otr_replay_tally *tally)
{
    json_t *rules = json_array();
    for (uint32_t i = 0; i < tally->rule_names.count; i++)
        (void)json_array_append_new(rules, rule_of(&tally->rules[i]));
    return json_pack("{s:o, s:I, s:I, s:I, s:I}", "rules", rules, "notices", (json_int_t)tally->notices,
                     "customers", (json_int_t)tally->customers.count, "notices_in_one_day",
                     (json_int_t)tally->day_notices_max, "tickets", (json_int_t)tally->tickets);
}

static json_t *singles_of(const otr_replay_pairs *pairs, unsigned side)
{
    json_t *list = json_array();
    for (size_t i = 0; i < pairs->single_count[side]; i++) {
        const otr_replay_single *single = &pairs->singles[side][i];
        (void)json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "alarm",
                                                    text(otr_names_get(&pairs->names, single->name)), "onset",
                                                    instant(single->onset), "seconds",
                                                    seconds(single->ended - single->onset)));
    }
    return list;
}

static json_t *difference_of(const otr_replay_report *report)
{
    const otr_replay_pairs *pairs = report->pairs;
    return json_pack("{s:s, s:o, s:I, s:I, s:I, s:o, s:o}", "name", report->against_name, "result",
                     tally_of(report->against), "both", (json_int_t)pairs->both[0], "only_here",
                     (json_int_t)pairs->only[0], "only_there", (json_int_t)pairs->only[1], "here",
                     singles_of(pairs, 0), "there", singles_of(pairs, 1));
}

static json_t *past_of(const otr_replay_past *past)
{
    json_t *list = json_array();
    for (size_t i = 0; i < past->unfit && i < OTR_REPLAY_PAST_SHOWN; i++)
        (void)json_array_append_new(list, json_string(past->texts[i]));
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}", "commands", (json_int_t)past->taken, "commands_unfit",
                     (json_int_t)past->unfit, "commands_vain", (json_int_t)past->vain, "assignments_later",
                     (json_int_t)past->gaps.later, "assignments_missing", (json_int_t)past->gaps.missing,
                     "unfit", list);
}

bool otr_replay_report_json(otr_buffer *out, const otr_replay_report *report)
{
    json_t *root =
        json_pack("{s:o, s:o, s:I, s:I, s:I, s:o}", "from", instant(report->from), "to", instant(report->to),
                  "readings", (json_int_t)report->readings, "uploads", (json_int_t)report->uploads,
                  "rows_refused", (json_int_t)report->refused, "result", tally_of(report->tally));
    if (root != NULL)
        (void)json_object_set_new(root, "past", past_of(&report->past));
    if (root != NULL && report->against != NULL)
        (void)json_object_set_new(root, "against", difference_of(report));
    char *dumped = root != NULL ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(12)) : NULL;
    json_decref(root);
    if (dumped == NULL)
        return false;
    otr_buffer_add_format(out, "%s\n", dumped);
    free(dumped);
    return !out->failed;
}
