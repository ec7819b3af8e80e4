/* `outrider explain` on a store that is open: the list, one alarm by the begin of its id, the newest, and
 * refusals. */
#include "store_fixture.h"

#include "core/explanation.h"

#include <stdio.h>

#define T0 (1700000000 * OTR_SECOND)

static const char old_pack[] = "pack: cold\n"
                               "version: 3\n"
                               "rules:\n"
                               "  - alert: Warm\n"
                               "    expr: temperature > 8.0   # as it was\n"
                               "\n"
                               "    for: 10m\n"
                               "\n"
                               "  - alert: Other\n"
                               "    expr: door\n";
static const char new_pack[] = "pack: cold\n"
                               "version: 4\n"
                               "rules:\n"
                               "  - {alert: Warm, expr: temperature > 9.0}\n";

static int setup(void **state)
{
    fixture *f = fixture_create();
    fixture_start(f);
    otr_buffer body = {0};
    otr_value warm = {.type = OTR_TYPE_DOUBLE, .number = 8.5};
    otr_explanation_add(&body, OTR_STR("temperature"), &warm, T0 + 10 * OTR_MINUTE);
    otr_row_content contents[] = {{OTR_STR("pack/cold"), 1, OTR_STR("aa"), OTR_STR(old_pack)},
                                  {OTR_STR("pack/cold"), 20, OTR_STR("bb"), OTR_STR(new_pack)}};
    otr_row_alarm alarms[] = {{.id = {{0xAB, 0xCD}},
                               .case_id = {{0x77}},
                               .seq = 5,
                               .revision = 1,
                               .open = true,
                               .pack = OTR_STR("cold"),
                               .rule = OTR_STR("Warm"),
                               .asset = OTR_STR("box"),
                               .device = OTR_STR("d"),
                               .priority = 2,
                               .onset = T0,
                               .raised = T0 + 10 * OTR_MINUTE,
                               .detected = T0 + 11 * OTR_MINUTE,
                               .ended = OTR_TIME_NONE,
                               .body = otr_buffer_text(&body)},
                              {.id = {{0xAB, 0xCE}},
                               .seq = 25,
                               .revision = 1,
                               .open = true,
                               .pack = OTR_STR("gone"),
                               .rule = OTR_STR("Lost"),
                               .asset = OTR_STR("crate"),
                               .onset = T0,
                               .raised = T0,
                               .detected = T0,
                               .ended = OTR_TIME_NONE}};
    otr_row_case cases[] = {
        {.id = {{0x77}}, .seq = 5, .asset = OTR_STR("box"), .category = OTR_STR("cooling")}};
    otr_commit commit = {.contents = contents,
                         .content_count = 2,
                         .alarms = alarms,
                         .alarm_count = 2,
                         .cases = cases,
                         .case_count = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    /* it ends: that revision has no explanation of its own */
    alarms[0].revision = 2;
    alarms[0].open = false;
    alarms[0].state = OTR_ALARM_RETURNED;
    alarms[0].ended = T0 + OTR_HOUR;
    alarms[0].body = (otr_str){NULL, 0};
    commit = (otr_commit){.alarms = alarms, .alarm_count = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    otr_buffer_done(&body);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

static int run(const fixture *f, const char *arguments, char *out, size_t size)
{
    char command[1024];
    const char *bin = getenv("OUTRIDER_BIN");
    assert_non_null(bin);
    (void)snprintf(command, sizeof command, "'%s/outrider' explain --state '%s' %s 2>&1", bin, f->folder,
                   arguments);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t got = fread(out, 1, size - 1, pipe);
    out[got] = '\0';
    return pclose(pipe) >> 8;
}

static void without_an_id_the_newest_are_listed(void **state)
{
    char out[4096];
    assert_int_equal(run(*state, "", out, sizeof out), 0);
    assert_string_equal(out, "abce0000  2023-11-14T22:13:20Z     open       Lost crate\n"
                             "abcd0000  2023-11-14T22:13:20Z     1h         Warm box\n");
}

static void an_alarm_is_told_with_its_rule_as_it_was(void **state)
{
    char out[4096];
    assert_int_equal(run(*state, "abcd", out, sizeof out), 0);
    assert_string_equal(
        out, "abcd0000000000000000000000000000\n"
             "  Warm on box, device d\n"
             "  priority  high\n"
             "  state     returned\n"
             "  onset     2023-11-14T22:13:20Z\n"
             "  raised    2023-11-14T22:23:20Z, 10m after the onset\n"
             "  detected  2023-11-14T22:24:20Z, 1m after that\n"
             "  ended     2023-11-14T23:13:20Z, 1h after the onset\n"
             "  case      77000000, cooling, open\n"
             "\n"
             "  the rule, in version 3 of cold:\n"
             "      - alert: Warm\n"
             "        expr: temperature > 8.0   # as it was\n"
             "\n"
             "        for: 10m\n"
             "\n"
             "  what it saw when it was raised:\n"
             "    temperature                                  8.5 Cel, at 2023-11-14T22:23:20Z\n");
}

static void what_is_gone_is_said(void **state)
{
    char out[4096];
    if (run(*state, "--last", out, sizeof out) != 0)
        fail_msg("%s", out);
    assert_non_null(strstr(out, "Lost on crate\n"));
    assert_non_null(strstr(out, "the rule is no longer there: its version of gone is gone\n"));
    assert_non_null(strstr(out, "nothing was kept of it\n"));
}

static void ids_that_fit_none_or_several_are_refused(void **state)
{
    char out[4096];
    assert_int_equal(run(*state, "12", out, sizeof out), 1);
    assert_non_null(strstr(out, "there is no such alarm"));
    assert_int_equal(run(*state, "AB", out, sizeof out), 1);
    assert_non_null(strstr(out, "several alarms begin with AB"));
    assert_int_equal(run(*state, "warm", out, sizeof out), 2);
    assert_int_equal(run(*state, "--last abcd", out, sizeof out), 2);
    assert_int_equal(run(*state, "--help", out, sizeof out), 0);
    assert_int_equal(run(*state, "--config /nowhere", out, sizeof out), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_an_id_the_newest_are_listed),
        cmocka_unit_test(an_alarm_is_told_with_its_rule_as_it_was),
        cmocka_unit_test(what_is_gone_is_said),
        cmocka_unit_test(ids_that_fit_none_or_several_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
