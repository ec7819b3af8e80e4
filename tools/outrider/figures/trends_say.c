#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/outrider/figures/figures_say.h"
#include "tools/outrider/figures/trends.h"

/* ---- cases ---- */

/* Whether a case is one of the key's, as far as its events say. */
static bool is_of(const otr_figures_case *one, const otr_bucket_cell *cell)
{
    otr_str key = otr_bucket_key(cell);
    switch (cell->dimension) {
    case OTR_BY_RULE:
        return otr_str_equal(one->rule, key);
    case OTR_BY_CAUSE:
        return otr_str_equal(one->cause.size > 0 ? one->cause : one->category, key);
    case OTR_BY_QUEUE:
        return otr_str_equal(one->queue, key);
    default:
        return false;
    }
}

/* Calls put for the first that there is room for; returns how many there are. */
static size_t each_case(const otr_figures *figures, const otr_trend *trend, size_t most,
                        void (*put)(void *context, const char *id), void *context)
{
    size_t count = 0;
    for (size_t i = 0; i < figures->case_count; i++) {
        char id[OTR_ID_TEXT_BYTES];
        if (!is_of(&figures->cases[i], trend->cell))
            continue;
        otr_id_format(figures->cases[i].id, id);
        if (count++ < most)
            put(context, id);
    }
    return count;
}

/* ---- for people ---- */

static void say_ratio(const otr_trend *trend, char out[OTR_SAY_BYTES])
{
    if (isfinite(trend->ratio.value))
        (void)snprintf(out, OTR_SAY_BYTES, "%.3g (%.3g-%.3g)", trend->ratio.value, trend->ratio.low,
                       trend->ratio.high);
    else
        (void)snprintf(out, OTR_SAY_BYTES, "new (over %.3g)", trend->ratio.low);
}

static void say_table(const otr_trends *trends, otr_buffer *out)
{
    otr_table table = {.columns = 0};
    otr_table_head(&table, "what rose|by|count|>now|>expected|times as many|problem");
    for (size_t i = 0; i < trends->count; i++) {
        const otr_trend *one = &trends->list[i];
        char ratio[OTR_SAY_BYTES];
        say_ratio(one, ratio);
        otr_table_text(&table, otr_bucket_key(one->cell));
        otr_table_add(&table, "%s", otr_bucket_dimension_text(one->cell->dimension));
        otr_table_add(&table, "%s", otr_bucket_count_text(one->count));
        otr_table_add(&table, "%llu", (unsigned long long)one->now);
        otr_table_add(&table, "%.1f", one->expected);
        otr_table_add(&table, "%s", ratio);
        otr_table_add(&table, "%u", one->problem + 1);
    }
    otr_table_print(&table, out);
    otr_table_done(&table);
}

static void count_only(void *context, const char *id)
{
    (void)context;
    (void)id;
}

static void say_problem(const otr_trend *lead, const otr_figures *figures, const otr_problem *known,
                        otr_buffer *out)
{
    otr_buffer line = {0};
    size_t cases = each_case(figures, lead, 0, count_only, NULL);
    otr_buffer_add_format(&line, "%u: %s %.*s, ", lead->problem + 1,
                          otr_bucket_dimension_text(lead->cell->dimension),
                          OTR_STR_ARG(otr_bucket_key(lead->cell)));
    if (known == NULL)
        otr_buffer_add_format(&line, "not known yet");
    else if (known->state == OTR_PROBLEM_FIXED)
        otr_buffer_add_format(&line, "%.*s is back: it was fixed by %.*s version %lld",
                              OTR_STR_ARG(known->id), OTR_STR_ARG(known->fixed_pack),
                              (long long)known->fixed_version);
    else
        otr_buffer_add_format(&line, "known as %.*s, %s, %.*s", OTR_STR_ARG(known->id),
                              otr_problem_state_text(known->state),
                              OTR_STR_ARG(known->owner.size > 0 ? known->owner : OTR_STR("nobody's")));
    if (cases > 0)
        otr_buffer_add_format(&line, "; %zu cases seen", cases);
    otr_table_wrap(out, otr_buffer_text(&line), 2);
    otr_buffer_done(&line);
}

void otr_trends_say(const otr_trends *trends, const otr_figures *figures, const otr_knowledge *knowledge,
                    otr_buffer *out)
{
    otr_buffer_add_u8(out, '\n');
    if (trends->count == 0) {
        otr_buffer_add_format(out, "nothing rose\n");
        return;
    }
    say_table(trends, out);
    otr_buffer_add_format(out, "\n%u problem%s\n", trends->problems, trends->problems == 1 ? "" : "s");
    for (size_t i = 0; i < trends->count; i++)
        if (trends->list[i].leads)
            say_problem(&trends->list[i], figures, otr_trend_known(&trends->list[i], knowledge), out);
}

/* ---- for programs ---- */

static json_t *put_trend(const otr_trend *one)
{
    json_t *out = json_object();
    json_object_set_new(out, "by", json_string(otr_bucket_dimension_text(one->cell->dimension)));
    json_object_set_new(out, "key", json_stringn(one->cell->key, one->cell->key_size));
    json_object_set_new(out, "count", json_string(otr_bucket_count_text(one->count)));
    json_object_set_new(out, "now", json_integer((json_int_t)one->now));
    json_object_set_new(out, "expected", json_real(one->expected));
    if (isfinite(one->ratio.value))
        json_object_set_new(out, "times", json_real(one->ratio.value));
    json_object_set_new(out, "low", json_real(one->ratio.low));
    if (isfinite(one->ratio.high))
        json_object_set_new(out, "high", json_real(one->ratio.high));
    return out;
}

static void put_case(void *context, const char *id)
{
    json_array_append_new(context, json_string(id));
}

void otr_trends_put(const otr_trends *trends, const otr_figures *figures, const otr_knowledge *knowledge,
                    json_t *root)
{
    json_t *problems = json_array();
    json_t *seen = NULL;
    for (size_t i = 0; i < trends->count; i++) {
        const otr_trend *one = &trends->list[i];
        json_t *trend = put_trend(one);
        if (!one->leads) { /* behind its lead */
            json_array_append_new(seen, trend);
            continue;
        }
        const otr_problem *known = otr_trend_known(one, knowledge);
        json_t *problem = json_object();
        json_t *cases = json_array();
        char id[65];
        seen = json_array();
        otr_trend_id(one, id);
        json_object_set_new(problem, "problem",
                            known != NULL ? json_stringn(known->id.data, known->id.size) : json_string(id));
        json_object_set_new(problem, "state",
                            json_string(known != NULL ? otr_problem_state_text(known->state) : "new"));
        if (known != NULL && known->owner.size > 0)
            json_object_set_new(problem, "owner", json_stringn(known->owner.data, known->owner.size));
        json_object_set_new(problem, "about", trend);
        json_object_set_new(problem, "seen_in", seen);
        (void)each_case(figures, one, OTR_LIMIT_PROBLEM_CASES, put_case, cases);
        json_object_set_new(problem, "cases", cases);
        json_array_append_new(problems, problem);
    }
    json_object_set_new(root, "problems", problems);
}

/* ---- as a file ---- */

/* A scalar in double quotes, which JSON and YAML write alike. */
static void add_quoted(otr_buffer *out, otr_str text)
{
    json_t *value = json_stringn(text.data, text.size);
    char *quoted = value != NULL ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    if (quoted != NULL)
        otr_buffer_add(out, quoted, strlen(quoted));
    else
        out->failed = true;
    free(quoted);
    json_decref(value);
}

static void add_case(void *context, const char *id)
{
    otr_buffer *out = context;
    bool first = out->size > 0 && out->data[out->size - 1] == '[';
    otr_buffer_add_format(out, "%s\"%s\"", first ? "" : ", ", id);
}

static void add_problem(const otr_trends *trends, size_t lead, const otr_figures *figures, otr_buffer *out)
{
    const otr_trend *one = &trends->list[lead];
    otr_buffer text = {0};
    char id[65];
    char first[16];
    otr_trend_id(one, id);
    otr_figures_day_text(figures->first, first);
    otr_buffer_add_format(&text, "%llu %s from %s on, where %.1f were to be expected: %s %.*s.",
                          (unsigned long long)one->now, otr_bucket_count_text(one->count), first,
                          one->expected, otr_bucket_dimension_text(one->cell->dimension),
                          OTR_STR_ARG(otr_bucket_key(one->cell)));
    otr_buffer_add_format(out, "  - problem: %s\n    state: proposed\n    since: %s\n    %s: ", id, first,
                          otr_bucket_dimension_text(one->cell->dimension));
    add_quoted(out, otr_bucket_key(one->cell));
    otr_buffer_add_format(out, "\n    text: ");
    add_quoted(out, otr_buffer_text(&text));
    otr_buffer_add_u8(out, '\n');
    for (size_t i = lead + 1; i < trends->count && !trends->list[i].leads; i++) {
        otr_buffer_add_format(out, "    # seen in %s ",
                              otr_bucket_dimension_text(trends->list[i].cell->dimension));
        add_quoted(out, otr_bucket_key(trends->list[i].cell));
        otr_buffer_add_format(out, ": %llu\n", (unsigned long long)trends->list[i].now);
    }
    otr_buffer cases = {0};
    otr_buffer_add_format(&cases, "    cases: [");
    if (each_case(figures, one, OTR_LIMIT_PROBLEM_CASES, add_case, &cases) > 0) {
        otr_buffer_add(out, cases.data, cases.size);
        otr_buffer_add_format(out, "]\n");
    }
    out->failed |= text.failed || cases.failed;
    otr_buffer_done(&cases);
    otr_buffer_done(&text);
}

/* Copies the file with its version one up; false when problems could not be added at its end. */
static bool copy_up(otr_str yaml, int64_t version, bool has_problems, otr_buffer *out)
{
    otr_str last = {NULL, 0};
    bool raised = false;
    for (size_t at = 0; at < yaml.size;) {
        const char *end = memchr(yaml.data + at, '\n', yaml.size - at);
        otr_str line = {yaml.data + at, end != NULL ? (size_t)(end - yaml.data) - at : yaml.size - at};
        at += line.size + 1;
        if (line.size > 0 && strchr(" #\r-", line.data[0]) == NULL)
            last = line;
        if (!raised && otr_str_starts(line, OTR_STR("version:"))) {
            otr_buffer_add_format(out, "version: %lld\n", (long long)version + 1);
            raised = true;
            continue;
        }
        otr_buffer_add(out, line.data, line.size);
        otr_buffer_add_u8(out, '\n');
    }
    if (!has_problems)
        otr_buffer_add_format(out, "problems:\n");
    else if (!otr_str_is(last, "problems:"))
        return false;
    return raised;
}

/* Control characters (C0, DEL, C1) stand in no YAML of ours. */
static bool is_plain(otr_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = (uint8_t)text.data[i];
        if (c < 0x20 || c == 0x7F || (c == 0xC2 && i + 1 < text.size && (uint8_t)text.data[i + 1] < 0xA0))
            return false;
    }
    return true;
}

static otr_status propose(const otr_trends *trends, const otr_figures *figures,
                          const otr_knowledge *knowledge, otr_str yaml, otr_buffer *out, size_t *added,
                          otr_error *error)
{
    if (knowledge == NULL)
        otr_buffer_add_format(
            out, "# What many cases have in common. `outrider trends` adds to it; owner, state and text are "
                 "yours.\nknowledge: problems\nversion: 1\nproblems:\n");
    else if (!copy_up(yaml, knowledge->version, knowledge->problem_count > 0, out))
        return otr_fail(error, OTR_INVALID,
                        "version and problems do not begin lines of their own, problems as the last "
                        "key, with its list below it");
    for (size_t i = 0; i < trends->count; i++)
        if (trends->list[i].leads && is_plain(otr_bucket_key(trends->list[i].cell)) &&
            otr_trend_known(&trends->list[i], knowledge) == NULL) {
            add_problem(trends, i, figures, out);
            ++*added;
        }
    return out->failed ? otr_fail(error, OTR_MEMORY, "out of memory") : OTR_OK;
}

otr_status otr_trends_propose(const otr_trends *trends, const otr_figures *figures, otr_str yaml,
                              otr_buffer *out, size_t *added, otr_error *error)
{
    otr_knowledge *before = NULL;
    otr_knowledge *after = NULL;
    otr_status status = yaml.size > 0 ? otr_knowledge_load(yaml, &before, error) : OTR_OK;
    *added = 0;
    if (status == OTR_OK)
        status = propose(trends, figures, before, yaml, out, added, error);
    if (status == OTR_OK && *added > 0) {
        size_t had = before != NULL ? before->problem_count : 0;
        status = otr_knowledge_load(otr_buffer_text(out), &after, error);
        if (status == OTR_OK && after->problem_count != had + *added)
            status = otr_fail(error, OTR_INVALID, "the proposals do not stand where they should");
    }
    otr_knowledge_free(before);
    otr_knowledge_free(after);
    return status;
}
