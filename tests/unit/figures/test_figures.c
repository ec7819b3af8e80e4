/* What a console makes of gateways' days: each once, who is missing, what stands, and the three views. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "tools/outrider/figures/accounts.h"
#include "tools/outrider/figures/figures.h"
#include "tools/outrider/figures/figures_say.h"
#include "tools/outrider/figures/stats.h"
#include "tools/outrider/figures/voice.h"

#include <stdio.h>
#include <stdlib.h>

enum { DAY = 19844 }; /* 2024-05-01 */

static char from_stdin[] = "-";
static char *no_files[] = {from_stdin};
static otr_figures_options week = {.verb = "stats",
                                   .files = no_files,
                                   .file_count = 1,
                                   .days = 7,
                                   .before = 0,
                                   .until = OTR_FIGURES_DAY_NONE,
                                   .wants = {true, true, true, true, true, true, true}};

static otr_status take_line(otr_figures *figures, const char *line, otr_error *error)
{
    return otr_figures_take_json(figures, &week, (otr_bytes){(const uint8_t *)line, strlen(line)}, error);
}

static void take(otr_figures *figures, const char *gateway, int32_t day, uint32_t revision, unsigned alarms)
{
    char text[16];
    char line[400];
    otr_error error = {.text = ""};
    otr_figures_day_text(day, text);
    (void)snprintf(
        line, sizeof line,
        "{\"group\":\"g\",\"gateway\":\"%s\",\"day\":\"%s\",\"revision\":%u,\"cells\":[{\"by\":\"total\","
        "\"counts\":{\"alarms\":%u,\"backlog\":%u}}]}",
        gateway, text, revision, alarms, alarms);
    if (take_line(figures, line, &error) != OTR_OK)
        fail_msg("%s: %s", line, error.text);
}

static uint64_t sum_of(const otr_figures *figures, otr_bucket_count count)
{
    otr_bucket sum;
    assert_true(otr_figures_sum(figures, &week, &sum, NULL));
    uint64_t value = otr_figures_count(otr_bucket_find(&sum, OTR_BY_TOTAL, OTR_STR("")), count);
    otr_bucket_done(&sum);
    return value;
}

static void each_gateways_day_counts_once_by_its_newest_revision(void **state)
{
    (void)state;
    otr_figures figures = {.refused = 0};
    take(&figures, "a", DAY, 2, 10);
    take(&figures, "a", DAY, 1, 99);
    take(&figures, "b", DAY, 1, 5);
    take(&figures, "a", DAY, 2, 10);
    otr_figures_settle(&figures, &week, 0);
    assert_int_equal(figures.last, DAY);
    assert_int_equal(sum_of(&figures, OTR_COUNT_ALARMS), 15);
    otr_figures_done(&figures);
}

static void days_outside_are_not_counted(void **state)
{
    (void)state;
    otr_figures figures = {.refused = 0};
    for (int32_t day = DAY - 9; day <= DAY; day++)
        take(&figures, "a", day, 1, 1);
    otr_figures_settle(&figures, &week, 0);
    assert_int_equal(sum_of(&figures, OTR_COUNT_ALARMS), 7);
    otr_figures_done(&figures);
}

static void what_stands_is_that_of_each_gateways_newest_day(void **state)
{
    (void)state;
    otr_figures figures = {.refused = 0};
    take(&figures, "a", DAY - 1, 1, 40);
    take(&figures, "a", DAY, 1, 3);
    take(&figures, "b", DAY - 1, 1, 4);
    static const char queue[] =
        "{\"group\":\"g\",\"gateway\":\"a\",\"day\":\"2024-04-28\",\"revision\":1,\"cells\":[{\"by\":"
        "\"queue\",\"key\":\"q\",\"counts\":{\"backlog\":9}}]}"; /* it has emptied since */
    assert_int_equal(take_line(&figures, queue, NULL), OTR_OK);
    otr_figures_settle(&figures, &week, 0);
    otr_bucket sum;
    assert_true(otr_figures_sum(&figures, &week, &sum, NULL));
    assert_int_equal(otr_figures_count(otr_bucket_find(&sum, OTR_BY_QUEUE, OTR_STR("q")), OTR_COUNT_BACKLOG),
                     0);
    otr_bucket_done(&sum);
    assert_int_equal(sum_of(&figures, OTR_COUNT_BACKLOG), 7);
    assert_int_equal(sum_of(&figures, OTR_COUNT_ALARMS), 47);
    otr_figures_done(&figures);
}

static void assert_missing(otr_figures *figures, const char *gateway, const char *why)
{
    otr_buffer text = {0};
    const otr_figures_gateway *one = otr_figures_gateway_at(figures, OTR_STR("g"), otr_str_of(gateway));
    assert_true(otr_figures_missing(figures, one, &text) == (why != NULL));
    if (why != NULL && !otr_str_is(otr_buffer_text(&text), why))
        fail_msg("%s: %.*s", gateway, (int)text.size, (const char *)text.data);
    otr_buffer_done(&text);
}

static void gateways_that_are_missing_are_named_with_why(void **state)
{
    (void)state;
    otr_figures figures = {.refused = 0};
    for (int32_t day = DAY - 6; day <= DAY; day++)
        take(&figures, "whole", day, 1, 1);
    take(&figures, "stopped", DAY - 2, 1, 1);
    take(&figures, "old", DAY - 20, 1, 1);
    take(&figures, "new", DAY, 1, 1); /* it began today: nothing is missing */
    take(&figures, "gap", DAY - 3, 1, 1);
    take(&figures, "gap", DAY, 1, 1);
    otr_figures_gateway_at(&figures, OTR_STR("g"), OTR_STR("never"))->expected = true;
    otr_figures_gateway_at(&figures, OTR_STR("g"), OTR_STR("due"))->expected = true;
    take(&figures, "due", DAY, 1, 1);
    otr_figures_settle(&figures, &week, 0);
    assert_missing(&figures, "whole", NULL);
    assert_missing(&figures, "new", NULL);
    assert_missing(&figures, "stopped", "nothing after 2024-04-29");
    assert_missing(&figures, "old", "nothing after 2024-04-11");
    assert_missing(&figures, "gap", "2 of 4 days");
    assert_missing(&figures, "never", "no figures");
    assert_missing(&figures, "due", "6 of 7 days");
    otr_figures_done(&figures);
}

static void a_gateway_known_by_its_status_alone_is_missing(void **state)
{
    (void)state;
    otr_figures figures = {.refused = 0};
    otr_error error = {.text = ""};
    assert_int_equal(
        take_line(&figures,
                  "{\"topic\":\"outrider/v1/g/quiet/status\",\"group\":\"g\",\"gateway\":\"quiet\","
                  "\"data\":{\"kind\":\"status\",\"what\":\"online\"}}",
                  &error),
        OTR_OK);
    otr_figures_settle(&figures, &week, DAY);
    assert_missing(&figures, "quiet", "no figures");
    otr_figures_done(&figures);
}

static void what_is_no_bucket_is_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "{}",
        "[]",
        "{\"day\":1}",
        "{\"group\":\"g\",\"gateway\":\"a\",\"day\":\"2024-13-01\",\"revision\":1,\"cells\":[]}",
        "{\"group\":\"g/h\",\"gateway\":\"a\",\"data\":{\"kind\":\"status\",\"what\":\"online\"}}",
        "{\"data\":{\"kind\":\"status\"}}",
        /* a bucket of another gateway than its topic */
        "{\"group\":\"g\",\"gateway\":\"b\",\"data\":{\"kind\":\"figures\",\"what\":\"updated\",\"figures\":{"
        "\"group\":\"g\","
        "\"gateway\":\"a\",\"day\":\"2024-05-01\",\"revision\":1,\"cells\":[]}}}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        otr_figures figures = {.refused = 0};
        otr_error error = {.text = ""};
        if (take_line(&figures, lines[i], &error) == OTR_OK || error.text[0] == '\0')
            fail_msg("taken: %s", lines[i]);
        assert_int_equal(figures.buckets.count, 0);
        otr_figures_done(&figures);
    }
}

static otr_bucket some_sum(void)
{
    otr_bucket sum = {.oldest = DAY * OTR_DAY};
    otr_bucket_cell *all = otr_bucket_at(&sum, OTR_BY_TOTAL, OTR_STR(""));
    otr_bucket_add_count(all, OTR_COUNT_BACKLOG, 4);
    otr_bucket_add_count(all, OTR_COUNT_CLOSED, 10);
    otr_bucket_add_count(all, OTR_COUNT_FIRST_CONTACT, 7);
    otr_bucket_add_count(all, OTR_COUNT_OPENED, 2); /* less than were in a wrong queue: opened before */
    otr_bucket_add_count(all, OTR_COUNT_WRONG_QUEUE, 3);
    otr_bucket_add_count(all, OTR_COUNT_TOLD, 9);
    otr_bucket_add_count(all, OTR_COUNT_DROPPED_QUIET, 1);
    otr_bucket_add_score(all, OTR_SCORE_SATISFACTION, 4);
    otr_bucket_add_score(all, OTR_SCORE_SATISFACTION, 5);
    otr_bucket_cell *rule = otr_bucket_at(&sum, OTR_BY_RULE, OTR_STR("p/=1+\"x\",y"));
    otr_bucket_add_count(rule, OTR_COUNT_ALARMS, 12);
    return sum;
}

static void assert_has(const otr_buffer *text, const char *part)
{
    otr_buffer copy = {0};
    otr_buffer_add(&copy, text->data, text->size);
    otr_buffer_add_u8(&copy, '\0');
    if (strstr((const char *)copy.data, part) == NULL)
        fail_msg("no \"%s\" in:\n%s", part, (const char *)copy.data);
    otr_buffer_done(&copy);
}

static void no_line_is_wider_than_eighty_columns(const otr_buffer *text)
{
    size_t width = 0;
    for (size_t i = 0; i < text->size; i++) {
        width = text->data[i] == '\n' ? 0 : width + ((text->data[i] & 0xC0) != 0x80);
        assert_true(width <= 80);
    }
}

static void each_view_has_its_figures_with_sample_and_interval(void **state)
{
    (void)state;
    static const struct {
        otr_stats_view view;
        const char *parts[5];
    } rows[] = {
        {OTR_STATS_DESK, {"tickets open           4, the oldest for 2.0 d", "promises due           0"}},
        {OTR_STATS_MANAGER,
         {"  10  70 % (40-89)", "2  inconsistent: 3", "  2  4.5 (2.1-5.0)", "not told 1: 10 % (2-40)",
          "quiet hours"}},
        {OTR_STATS_ANALYST, {"p/=1+\"x\",y", "12"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_bucket sum = some_sum();
        otr_buffer text = {0};
        otr_stats_say(&sum, rows[i].view, OTR_BY_RULE, (DAY + 2) * OTR_DAY, &text);
        for (size_t k = 0; k < 5 && rows[i].parts[k] != NULL; k++)
            assert_has(&text, rows[i].parts[k]);
        no_line_is_wider_than_eighty_columns(&text);
        otr_buffer_done(&text);
        otr_bucket_done(&sum);
    }
}

/* As a share that would be 100 % nobody would look at it. */
static void what_is_no_share_is_called_inconsistent(void **state)
{
    (void)state;
    static const struct {
        otr_bucket_count part;
        otr_bucket_count whole;
        const char *word;
        int64_t shown;
    } rows[] = {
        {OTR_COUNT_REOPENED_SYMPTOM, OTR_COUNT_RESOLVED, "reopened", 7},
        {OTR_COUNT_FIRST_CONTACT_LOST, OTR_COUNT_CLOSED, "first_contact", -7},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_bucket sum = {.oldest = OTR_TIME_NEVER};
        otr_buffer text = {0};
        otr_bucket_cell *all = otr_bucket_at(&sum, OTR_BY_TOTAL, OTR_STR(""));
        char shown[32];
        otr_bucket_add_count(all, rows[i].part, 7);
        otr_bucket_add_count(all, rows[i].whole, 5);
        otr_stats_say(&sum, OTR_STATS_MANAGER, OTR_BY_RULE, DAY * OTR_DAY, &text);
        (void)snprintf(shown, sizeof shown, "  5  inconsistent: %d\n", (int)rows[i].shown);
        assert_has(&text, shown);
        assert_has(&text, "begun before these days");
        no_line_is_wider_than_eighty_columns(&text);
        json_t *root = json_object();
        otr_stats_put(&sum, OTR_STATS_MANAGER, OTR_BY_RULE, root);
        const json_t *share = json_object_get(json_object_get(root, "shares"), rows[i].word);
        assert_int_equal(json_integer_value(json_object_get(share, "n")), 5);
        assert_int_equal(json_integer_value(json_object_get(share, "part")), rows[i].shown);
        assert_true(json_is_true(json_object_get(share, "inconsistent")));
        assert_null(json_object_get(share, "value"));
        json_decref(root);
        otr_buffer_done(&text);
        otr_bucket_done(&sum);
    }
}

/* Of many gateways that all claim the greatest number there is. */
static void the_greatest_numbers_can_be_looked_at(void **state)
{
    (void)state;
    otr_bucket sum = {.oldest = OTR_TIME_NEVER};
    otr_bucket_cell *cells[] = {otr_bucket_at(&sum, OTR_BY_TOTAL, OTR_STR("")),
                                otr_bucket_at(&sum, OTR_BY_RULE, OTR_STR("p/r"))};
    otr_buffer text = {0};
    json_t *root = json_object();
    for (size_t i = 0; i < 2; i++) {
        for (int n = 0; n < OTR_COUNT_COUNT; n++)
            if (otr_bucket_count_text((otr_bucket_count)n) != NULL)
                otr_bucket_add_count(cells[i], (otr_bucket_count)n, UINT64_MAX);
        for (int n = 0; n < OTR_SCORE_COUNT; n++)
            for (size_t value = 0; value < OTR_BUCKET_SCORE_VALUES; value++)
                cells[i]->scores[n][value] =
                    otr_bucket_score_has((otr_bucket_score)n, value) ? UINT32_MAX : 0;
        for (int n = 0; n < OTR_SPREAD_COUNT; n++) {
            memset(cells[i]->spreads[n].bins, 0xFF, sizeof cells[i]->spreads[n].bins);
            cells[i]->spreads[n].sum = OTR_BUCKET_SUM_MAX;
        }
    }
    for (int view = 0; view < OTR_STATS_VIEWS; view++) {
        otr_stats_say(&sum, (otr_stats_view)view, OTR_BY_RULE, DAY * OTR_DAY, &text);
        otr_stats_put(&sum, (otr_stats_view)view, OTR_BY_RULE, root);
    }
    assert_has(&text, "9007199254740992");
    const json_t *kept = json_object_get(json_object_get(root, "shares"), "promises_kept");
    assert_int_equal(json_integer_value(json_object_get(kept, "n")), 2 * OTR_BUCKET_SUM_MAX);
    otr_proposal list[8];
    assert_true(otr_voice_propose(&sum, list, 8) > 0);
    json_decref(root);
    otr_buffer_done(&text);
    otr_bucket_done(&sum);
}

static void a_spreadsheet_reads_no_formula(void **state)
{
    (void)state;
    otr_bucket sum = {.oldest = OTR_TIME_NEVER};
    otr_buffer text = {0};
    otr_bucket_add_count(otr_bucket_at(&sum, OTR_BY_LOT, OTR_STR("=HYPERLINK(\"x\")")), OTR_COUNT_CASES, 3);
    otr_stats_csv(&sum, OTR_BY_LOT, &text);
    assert_has(&text, "lot,alarms,retracted,historical,cases,");
    assert_has(&text, "\r\n\"'=HYPERLINK(\"\"x\"\")\",0,0,0,3,");
    otr_buffer_done(&text);
    otr_bucket_done(&sum);
}

static void programs_get_the_same_with_sample_and_interval(void **state)
{
    (void)state;
    otr_bucket sum = some_sum();
    json_t *root = json_object();
    otr_stats_put(&sum, OTR_STATS_MANAGER, OTR_BY_RULE, root);
    const json_t *share = json_object_get(json_object_get(root, "shares"), "first_contact");
    assert_int_equal(json_integer_value(json_object_get(share, "n")), 10);
    assert_true(json_real_value(json_object_get(share, "low")) > 0.39);
    assert_true(json_real_value(json_object_get(share, "value")) == 0.7);
    const json_t *effort = json_object_get(json_object_get(root, "scores"), "effort");
    assert_int_equal(json_object_size(effort), 1); /* n: 0 */
    json_decref(root);
    otr_bucket_done(&sum);
}

static void a_table_gives_way_in_its_first_column(void **state)
{
    (void)state;
    otr_table table = {.columns = 0};
    otr_buffer text = {0};
    otr_table_head(&table, "name|>number");
    otr_table_text(
        &table,
        OTR_STR(
            "a very long name that goes on and on until nobody could read it any more, \xc3\xa4h, TheEnd"));
    otr_table_add(&table, "%d", 7);
    otr_table_text(&table, OTR_STR("\x1b[31mred"));
    otr_table_add(&table, "%d", 1234);
    otr_table_print(&table, &text);
    no_line_is_wider_than_eighty_columns(&text);
    assert_has(&text, "\xc3\xa4h, TheEnd       7\n");
    assert_has(&text, "\\x1b[31mred");
    otr_table_done(&table);
    otr_buffer_done(&text);
}

static void customer(otr_figures *figures, const char *gateway, const char *to, const char *state,
                     const char *onset)
{
    char line[500];
    otr_error error = {.text = ""};
    (void)snprintf(
        line, sizeof line,
        "{\"group\":\"g\",\"gateway\":\"%s\",\"data\":{\"kind\":\"customer\",\"what\":\"%s\",\"to\":\"%s\","
        "\"onset\":\"%s\",\"facts\":[{\"name\":\"state\",\"value\":\"%s\"},{\"name\":\"reason\",\"value\":"
        "\"a promise was "
        "missed\"},{\"name\":\"reason\",\"value\":\"reopened\"},{\"name\":\"hold_promotions\","
        "\"value\":\"%s\"}]}}",
        gateway, state[0] != '\0' ? "updated" : "cleared", to, onset, state,
        strcmp(state, "at risk") == 0 ? "true" : "false");
    if (take_line(figures, line, &error) != OTR_OK)
        fail_msg("%s: %s", line, error.text);
}

static void accounts_at_risk_come_first_with_their_reasons(void **state)
{
    (void)state;
    otr_figures figures = {.refused = 0};
    otr_accounts accounts;
    otr_buffer text = {0};
    customer(&figures, "a", "cust-1", "well", "2024-05-01T10:00:00Z");
    customer(&figures, "a", "cust-2", "in trouble", "2024-05-01T10:00:00Z");
    customer(&figures, "a", "cust-3", "recovering", "2024-04-01T10:00:00Z");
    customer(&figures, "a", "cust-4", "at risk", "2024-05-01T10:00:00Z");
    customer(&figures, "b", "cust-3", "at risk", "2024-05-02T10:00:00Z");
    customer(&figures, "b", "cust-4", "well", "2024-05-03T10:00:00Z");
    customer(&figures, "b", "cust-5", "at risk", "2024-05-03T10:00:00Z");
    customer(&figures, "b", "cust-5", "", "2024-05-03T10:00:00Z"); /* forgotten */
    assert_int_equal(otr_accounts_gather(&figures, false, &accounts), OTR_OK);
    assert_int_equal(accounts.count, 3);
    static const char *const order[] = {"cust-4", "cust-3", "cust-2"};
    for (size_t i = 0; i < 3; i++)
        assert_true(otr_str_is(accounts.list[i].reference, order[i]));
    assert_int_equal(accounts.list[1].told_count, 2);
    assert_true(accounts.list[0].hold && !accounts.list[2].hold);
    otr_accounts_say(&accounts, &text);
    assert_has(&text, "cust-4: at risk since 2024-05-01T10:00:00Z, hold promotions\n"
                      "    g/a: at risk: a promise was missed; reopened\n");
    otr_accounts_done(&accounts);
    assert_int_equal(otr_accounts_gather(&figures, true, &accounts), OTR_OK);
    assert_int_equal(accounts.count, 4);
    otr_accounts_done(&accounts);
    otr_buffer_done(&text);
    otr_figures_done(&figures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_gateways_day_counts_once_by_its_newest_revision),
        cmocka_unit_test(days_outside_are_not_counted),
        cmocka_unit_test(what_stands_is_that_of_each_gateways_newest_day),
        cmocka_unit_test(gateways_that_are_missing_are_named_with_why),
        cmocka_unit_test(a_gateway_known_by_its_status_alone_is_missing),
        cmocka_unit_test(what_is_no_bucket_is_refused),
        cmocka_unit_test(each_view_has_its_figures_with_sample_and_interval),
        cmocka_unit_test(what_is_no_share_is_called_inconsistent),
        cmocka_unit_test(the_greatest_numbers_can_be_looked_at),
        cmocka_unit_test(a_spreadsheet_reads_no_formula),
        cmocka_unit_test(programs_get_the_same_with_sample_and_interval),
        cmocka_unit_test(accounts_at_risk_come_first_with_their_reasons),
        cmocka_unit_test(a_table_gives_way_in_its_first_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
