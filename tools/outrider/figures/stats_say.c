#include <math.h>
#include <stdlib.h>

#include "tools/outrider/figures/figures_say.h"
#include "tools/outrider/figures/stats.h"

static const char *const views[OTR_STATS_VIEWS] = {"desk", "manager", "analyst"};

bool otr_stats_view_parse(otr_str word, otr_stats_view *out)
{
    for (int view = 0; view < OTR_STATS_VIEWS; view++)
        if (otr_str_is(word, views[view])) {
            *out = (otr_stats_view)view;
            return true;
        }
    return false;
}

/* ---- shares ---- */

typedef struct ratio {
    const char *word;         /* in JSON */
    const char *title;        /* for people */
    otr_bucket_count part[3]; /* added up; the first COUNT ends them */
    otr_bucket_count whole[3];
    const otr_bucket_count *less; /* of the part, taken back since; NULL: nothing is */
} ratio;

#define END OTR_COUNT_COUNT
static const otr_bucket_count first_contact_lost = OTR_COUNT_FIRST_CONTACT_LOST;
static const ratio ratios[] = {
    {"first_contact",
     "closed at first contact",
     {OTR_COUNT_FIRST_CONTACT, END},
     {OTR_COUNT_CLOSED, END},
     &first_contact_lost},
    {"reopened",
     "reopened after a resolution",
     {OTR_COUNT_REOPENED_SYMPTOM, OTR_COUNT_REOPENED_CUSTOMER, END},
     {OTR_COUNT_RESOLVED, END},
     NULL},
    {"confirmed", "confirmed by the customer", {OTR_COUNT_CONFIRMED, END}, {OTR_COUNT_CLOSED, END}, NULL},
    {"wrong_queue", "in the wrong queue", {OTR_COUNT_WRONG_QUEUE, END}, {OTR_COUNT_OPENED, END}, NULL},
    {"had_to_ask", "where the desk had to ask", {OTR_COUNT_INCOMPLETE, END}, {OTR_COUNT_OPENED, END}, NULL},
    {"not_needed", "that needed nobody", {OTR_COUNT_NOT_NEEDED, END}, {OTR_COUNT_OPENED, END}, NULL},
    {"promises_kept",
     "promises kept",
     {OTR_COUNT_PROMISE_KEPT, END},
     {OTR_COUNT_PROMISE_KEPT, OTR_COUNT_PROMISE_MISSED, END},
     NULL},
};
enum { RATIOS = sizeof ratios / sizeof ratios[0] };

static uint64_t add_up(const otr_bucket_cell *cell, const otr_bucket_count counts[3])
{
    uint64_t sum = 0;
    for (int i = 0; i < 3 && counts[i] != END; i++)
        sum += otr_figures_count(cell, counts[i]);
    return sum;
}

/* Of a whole. It may be none of it: what is counted in these days may belong to what was opened before the
 * first of them, and what gateways say may be wrong. */
typedef struct portion {
    int64_t part;
    int64_t whole;
} portion;

static portion portion_of(const otr_bucket_cell *cell, const ratio *one)
{
    uint64_t less = one->less != NULL ? otr_figures_count(cell, *one->less) : 0;
    return (portion){(int64_t)add_up(cell, one->part) - (int64_t)less, (int64_t)add_up(cell, one->whole)};
}

static bool fits(portion one)
{
    return one.part >= 0 && one.part <= one.whole;
}

static const char *say_portion(portion one, char out[OTR_SAY_BYTES])
{
    if (!fits(one)) {
        (void)snprintf(out, OTR_SAY_BYTES, "inconsistent: %lld", (long long)one.part);
        return out;
    }
    otr_estimate share = otr_estimate_share((uint64_t)one.part, (uint64_t)one.whole);
    return otr_say_share(&share, out);
}

static json_t *put_portion(portion one)
{
    if (fits(one)) {
        otr_estimate share = otr_estimate_share((uint64_t)one.part, (uint64_t)one.whole);
        return otr_put_estimate(&share);
    }
    return json_pack("{s:I, s:I, s:b}", "n", (json_int_t)one.whole, "part", (json_int_t)one.part,
                     "inconsistent", true);
}

typedef struct suppressed {
    const char *title;
    otr_bucket_count count;
} suppressed;

static const suppressed dropped[] = {
    {"told by another message", OTR_COUNT_DROPPED_GROUPED},
    {"budget", OTR_COUNT_DROPPED_BUDGET},
    {"quiet hours", OTR_COUNT_DROPPED_QUIET},
    {"told before", OTR_COUNT_DROPPED_REPEATED},
    {"no longer so", OTR_COUNT_DROPPED_STALE},
    {"stopped by the reader", OTR_COUNT_DROPPED_STOPPED},
    {"other", OTR_COUNT_DROPPED_OTHER},
};
enum { DROPPED = sizeof dropped / sizeof dropped[0] };

static uint64_t all_dropped(const otr_bucket_cell *cell)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < DROPPED; i++)
        sum += otr_figures_count(cell, dropped[i].count);
    return sum;
}

/* ---- for people ---- */

static void say_spread(const otr_bucket_cell *cell, otr_bucket_spread spread, const char *title,
                       otr_buffer *out)
{
    char mean[OTR_SAY_BYTES];
    char most[OTR_SAY_BYTES];
    if (cell == NULL)
        return;
    otr_bucket_moments moments = otr_bucket_spread_moments(cell, spread);
    if (moments.n == 0)
        return;
    int64_t end = otr_bucket_spread_share(cell, spread, 0.9);
    otr_buffer_add_format(
        out, "%-22s mean %s, 90 %% within %s, of %llu\n", title, otr_say_span(moments.mean, mean),
        end == INT64_MAX ? "more" : otr_say_span((double)end, most), (unsigned long long)moments.n);
}

static void say_desk(const otr_bucket *sum, otr_time now, otr_buffer *out)
{
    const otr_bucket_cell *all = otr_bucket_find(sum, OTR_BY_TOTAL, OTR_STR(""));
    const otr_bucket_cell **list = calloc(sum->count + 1, sizeof(void *));
    otr_table table = {.columns = 0};
    char age[OTR_SAY_BYTES];
    otr_buffer_add_format(out, "\ntickets open           %llu",
                          (unsigned long long)otr_figures_count(all, OTR_COUNT_BACKLOG));
    if (sum->oldest != OTR_TIME_NEVER && sum->oldest <= now)
        otr_buffer_add_format(out, ", the oldest for %s",
                              otr_say_span((double)(now - sum->oldest) / OTR_SECOND, age));
    otr_buffer_add_format(out, "\npromises due           %llu, missed in these days %llu\n",
                          (unsigned long long)otr_figures_count(all, OTR_COUNT_DUE),
                          (unsigned long long)otr_figures_count(all, OTR_COUNT_PROMISE_MISSED));
    say_spread(all, OTR_SPREAD_TO_ACKNOWLEDGE, "to the first act", out);
    say_spread(all, OTR_SPREAD_TO_RESOLVE, "to a resolution", out);
    size_t count = list != NULL ? otr_figures_cells(sum, OTR_BY_QUEUE, list) : 0;
    otr_table_head(&table, "queue|>open|>due|>missed|>opened|>resolved|>closed|>reopened");
    for (size_t i = 0; i < count; i++) {
        static const otr_bucket_count columns[] = {OTR_COUNT_BACKLOG,        OTR_COUNT_DUE,
                                                   OTR_COUNT_PROMISE_MISSED, OTR_COUNT_OPENED,
                                                   OTR_COUNT_RESOLVED,       OTR_COUNT_CLOSED};
        otr_table_text(&table, otr_figures_key(list[i]));
        for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
            otr_table_add(&table, "%llu", (unsigned long long)list[i]->counts[columns[k]]);
        uint64_t reopened =
            list[i]->counts[OTR_COUNT_REOPENED_SYMPTOM] + list[i]->counts[OTR_COUNT_REOPENED_CUSTOMER];
        otr_table_add(&table, "%llu", (unsigned long long)reopened);
    }
    if (count > 0) {
        otr_buffer_add_u8(out, '\n');
        otr_table_print(&table, out);
    }
    otr_table_done(&table);
    free((void *)list);
}

static void say_ratios(const otr_bucket_cell *all, otr_buffer *out)
{
    otr_table table = {.columns = 0};
    char text[OTR_SAY_BYTES];
    bool fit = true;
    otr_table_head(&table, "of the desk|>n|share");
    for (size_t i = 0; i < RATIOS; i++) {
        portion one = portion_of(all, &ratios[i]);
        fit = fit && fits(one);
        otr_table_add(&table, "%s", ratios[i].title);
        otr_table_add(&table, "%lld", (long long)one.whole);
        otr_table_add(&table, "%s", say_portion(one, text));
    }
    otr_table_print(&table, out);
    otr_table_done(&table);
    if (!fit)
        otr_buffer_add_format(out,
                              "inconsistent: begun before these days, or a gateway's figures are wrong\n");
}

static void say_manager(const otr_bucket *sum, otr_buffer *out)
{
    const otr_bucket_cell *all = otr_bucket_find(sum, OTR_BY_TOTAL, OTR_STR(""));
    otr_table table = {.columns = 0};
    char text[OTR_SAY_BYTES];
    otr_buffer_add_format(out, "\n");
    say_ratios(all, out);
    otr_buffer_add_format(out, "\n");
    otr_table_head(&table, "of customers|>n|score");
    for (int score = 0; score < OTR_SCORE_COUNT; score++) {
        otr_estimate mean = otr_figures_score(all, (otr_bucket_score)score);
        otr_table_add(&table, "%s", otr_bucket_score_text((otr_bucket_score)score));
        otr_table_add(&table, "%llu", (unsigned long long)mean.n);
        otr_table_add(&table, "%s", otr_say_mean(&mean, text));
    }
    portion answered = {(int64_t)otr_figures_count(all, OTR_COUNT_ANSWERED),
                        (int64_t)otr_figures_count(all, OTR_COUNT_ASKED)};
    otr_table_add(&table, "questions answered");
    otr_table_add(&table, "%lld", (long long)answered.whole);
    otr_table_add(&table, "%s", say_portion(answered, text));
    otr_table_print(&table, out);
    otr_table_done(&table);
    uint64_t told = otr_figures_count(all, OTR_COUNT_TOLD);
    uint64_t not_told = all_dropped(all);
    otr_estimate share = otr_estimate_share(not_told, told + not_told);
    otr_buffer_add_format(out, "\nmessages told %llu, not told %llu: %s\n", (unsigned long long)told,
                          (unsigned long long)not_told, otr_say_share(&share, text));
    for (size_t i = 0; i < DROPPED; i++)
        if (otr_figures_count(all, dropped[i].count) > 0)
            otr_buffer_add_format(out, "  %-24s %llu\n", dropped[i].title,
                                  (unsigned long long)otr_figures_count(all, dropped[i].count));
}

static void say_analyst(const otr_bucket *sum, otr_bucket_dimension by, otr_buffer *out)
{
    static const otr_bucket_count columns[] = {OTR_COUNT_ALARMS, OTR_COUNT_RETRACTED, OTR_COUNT_CASES,
                                               OTR_COUNT_TOLD,   OTR_COUNT_USEFUL,    OTR_COUNT_KNOWN,
                                               OTR_COUNT_WRONG,  OTR_COUNT_LATE};
    const otr_bucket_cell **list = calloc(sum->count + 1, sizeof(void *));
    size_t count = list != NULL ? otr_figures_cells(sum, by, list) : 0;
    otr_table table = {.columns = 0};
    char head[160];
    (void)snprintf(head, sizeof head, "%s|>alarms|>retracted|>cases|>told|>useful|>known|>wrong|>late",
                   otr_bucket_dimension_text(by));
    otr_table_head(&table, head);
    for (size_t i = 0; i < count; i++) {
        otr_table_text(&table, otr_figures_key(list[i]));
        for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
            otr_table_add(&table, "%llu", (unsigned long long)list[i]->counts[columns[k]]);
    }
    otr_buffer_add_u8(out, '\n');
    otr_table_print(&table, out);
    otr_buffer_add_format(out, "\n--csv and --json have all counts\n");
    otr_table_done(&table);
    free((void *)list);
}

void otr_stats_say(const otr_bucket *sum, otr_stats_view view, otr_bucket_dimension by, otr_time now,
                   otr_buffer *out)
{
    if (view == OTR_STATS_DESK)
        say_desk(sum, now, out);
    else if (view == OTR_STATS_MANAGER)
        say_manager(sum, out);
    else
        say_analyst(sum, by, out);
}

/* ---- for programs ---- */

static json_t *put_spreads(const otr_bucket_cell *cell)
{
    json_t *out = json_object();
    for (int spread = 0; cell != NULL && spread < OTR_SPREAD_COUNT; spread++) {
        otr_bucket_moments moments = otr_bucket_spread_moments(cell, (otr_bucket_spread)spread);
        if (moments.n == 0)
            continue;
        json_t *one = json_object();
        json_object_set_new(one, "n", json_integer((json_int_t)moments.n));
        json_object_set_new(one, "mean", json_real(moments.mean));
        int64_t end = otr_bucket_spread_share(cell, (otr_bucket_spread)spread, 0.9);
        if (end >= 0 && end != INT64_MAX)
            json_object_set_new(one, "within_90_percent", json_integer(end));
        json_object_set_new(out, otr_bucket_spread_text((otr_bucket_spread)spread), one);
    }
    return out;
}

static json_t *put_scores(const otr_bucket_cell *cell)
{
    json_t *out = json_object();
    for (int score = 0; score < OTR_SCORE_COUNT; score++) {
        otr_estimate mean = otr_figures_score(cell, (otr_bucket_score)score);
        json_object_set_new(out, otr_bucket_score_text((otr_bucket_score)score), otr_put_estimate(&mean));
    }
    return out;
}

void otr_stats_put(const otr_bucket *sum, otr_stats_view view, otr_bucket_dimension by, json_t *root)
{
    const otr_bucket_cell *all = otr_bucket_find(sum, OTR_BY_TOTAL, OTR_STR(""));
    const otr_bucket_cell **list = calloc(sum->count + 1, sizeof(void *));
    otr_bucket_dimension dimension = view == OTR_STATS_ANALYST ? by : OTR_BY_QUEUE;
    size_t count = list != NULL ? otr_figures_cells(sum, dimension, list) : 0;
    json_t *keys = json_array();
    char oldest[OTR_TIME_TEXT_BYTES];
    json_object_set_new(root, "for", json_string(views[view]));
    json_object_set_new(root, "counts", otr_put_counts(all));
    json_object_set_new(root, "spreads", put_spreads(all));
    if (sum->oldest != OTR_TIME_NEVER) {
        otr_time_format(sum->oldest, oldest);
        json_object_set_new(root, "oldest", json_string(oldest));
    }
    if (view == OTR_STATS_MANAGER) {
        json_t *shares = json_object();
        for (size_t i = 0; i < RATIOS; i++)
            json_object_set_new(shares, ratios[i].word, put_portion(portion_of(all, &ratios[i])));
        uint64_t told = otr_figures_count(all, OTR_COUNT_TOLD);
        otr_estimate share = otr_estimate_share(all_dropped(all), told + all_dropped(all));
        json_object_set_new(shares, "not_told", otr_put_estimate(&share));
        json_object_set_new(root, "shares", shares);
        json_object_set_new(root, "scores", put_scores(all));
    }
    for (size_t i = 0; i < count; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "key", json_stringn(list[i]->key, list[i]->key_size));
        json_object_set_new(one, "counts", otr_put_counts(list[i]));
        json_object_set_new(one, "scores", put_scores(list[i]));
        json_object_set_new(one, "spreads", put_spreads(list[i]));
        json_array_append_new(keys, one);
    }
    json_object_set_new(root, "by", json_string(otr_bucket_dimension_text(dimension)));
    json_object_set_new(root, "keys", keys);
    free((void *)list);
}

/* In quotes where a comma, a quote or an end of line is in it; a spreadsheet must not read a formula. */
static void add_csv(otr_buffer *out, otr_str text)
{
    bool formula = text.size > 0 && text.data[0] != '\0' && strchr("=+-@", text.data[0]) != NULL;
    otr_buffer_add_u8(out, '"');
    if (formula)
        otr_buffer_add_u8(out, '\'');
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"')
            otr_buffer_add_u8(out, '"');
        otr_buffer_add_u8(out, (uint8_t)text.data[i]);
    }
    otr_buffer_add_u8(out, '"');
}

void otr_stats_csv(const otr_bucket *sum, otr_bucket_dimension by, otr_buffer *out)
{
    const otr_bucket_cell **list = calloc(sum->count + 1, sizeof(void *));
    size_t keys = list != NULL ? otr_figures_cells(sum, by, list) : 0;
    out->failed |= list == NULL;
    otr_buffer_add_format(out, "%s", otr_bucket_dimension_text(by));
    for (int count = 0; count < OTR_COUNT_COUNT; count++)
        if (otr_bucket_count_text((otr_bucket_count)count) != NULL)
            otr_buffer_add_format(out, ",%s", otr_bucket_count_text((otr_bucket_count)count));
    otr_buffer_add_format(out, "\r\n");
    for (size_t i = 0; i < keys; i++) {
        add_csv(out, otr_figures_key(list[i]));
        for (int count = 0; count < OTR_COUNT_COUNT; count++)
            if (otr_bucket_count_text((otr_bucket_count)count) != NULL)
                otr_buffer_add_format(out, ",%llu", (unsigned long long)list[i]->counts[count]);
        otr_buffer_add_format(out, "\r\n");
    }
    free((void *)list);
}
