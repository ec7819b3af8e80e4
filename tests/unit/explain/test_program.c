/* `outrider explain` on a store that is open: the list, one alarm by the begin of its id, the newest, and
 * refusals. */
#include "store_fixture.h"

#include "core/outbox/outbox.h"
#include "core/rule/explanation.h"

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

/* A trouble told, then over: raised was accepted after 20 minutes, its end waits for the morning. And a thing
 * that the contact does not want to hear. */
static void put_notices(fixture *f)
{
    otr_service_event event = {.kind = OTR_SERVICE_NOTIFICATION,
                               .what = OTR_STR("raised"),
                               .onset = T0,
                               .raised = T0,
                               .ended = OTR_TIME_NONE,
                               .expires = OTR_TIME_NEVER,
                               .locale = OTR_STR("en"),
                               .line = OTR_STR("box: \"too warm\"")};
    otr_piece pieces[] = {
        {.kind = OTR_PIECE_LITERAL, .text = OTR_STR("too warm for ")},
        {.kind = OTR_PIECE_VALUE, .text = OTR_STR("duration"), .name = OTR_STR("duration")}};
    otr_template text = {pieces, 2};
    otr_buffer body = {0};
    otr_outbox_encode(&body, &event, &text);
    otr_row_notice told = {.id = {{0x3F, 0x01}},
                           .revision = 1,
                           .seq = 5,
                           .contact = OTR_STR("cust-1"),
                           .asset = OTR_STR("box"),
                           .pack = OTR_STR("cold"),
                           .rule = OTR_STR("Warm"),
                           .alarm = {{0xAB, 0xCD}},
                           .case_id = {{0x77}},
                           .category = OTR_STR("cooling"),
                           .what = OTR_STR("raised"),
                           .state = OTR_NOTICE_TOLD,
                           .decided = T0 + 10 * OTR_MINUTE,
                           .due = T0 + 4 * OTR_HOUR,
                           .outbox_seq = 1,
                           .body = otr_buffer_text(&body)};
    otr_row_notice held = told;
    held.revision = 2;
    held.what = OTR_STR("cleared");
    held.state = OTR_NOTICE_HELD;
    held.reason = OTR_STR("quiet");
    held.decided = T0 + OTR_HOUR;
    held.due = T0 + 8 * OTR_HOUR;
    held.outbox_seq = 0;
    held.body = (otr_str){NULL, 0};
    otr_row_notice dropped = held;
    dropped.id = (otr_id){{0x3E}};
    dropped.revision = 1;
    dropped.asset = OTR_STR("crate");
    dropped.what = OTR_STR("raised");
    dropped.state = OTR_NOTICE_DROPPED;
    dropped.reason = OTR_STR("opted-out");
    dropped.decided = T0 + 2 * OTR_HOUR;
    dropped.due = OTR_TIME_NONE;
    otr_row_notice rows[] = {told, held, dropped};
    otr_row_outbox entry = {.seq = 1, .event = {{1}}, .body = told.body};
    otr_commit commit = {.notices = rows, .notice_count = 3, .outbox = &entry, .outbox_count = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    otr_outbox_left left = {1, OTR_LEFT_ACCEPTED, T0 + 20 * OTR_MINUTE};
    commit = (otr_commit){.left = &left, .left_count = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    otr_buffer_done(&body);
}

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
    put_notices(f);
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
    assert_non_null(strstr(out, "there is no such alarm or notification"));
    assert_int_equal(run(*state, "AB", out, sizeof out), 1);
    assert_non_null(strstr(out, "several alarms begin with AB"));
    assert_int_equal(run(*state, "warm", out, sizeof out), 2);
    assert_int_equal(run(*state, "--last abcd", out, sizeof out), 2);
    assert_int_equal(run(*state, "--help", out, sizeof out), 0);
    assert_int_equal(run(*state, "--config /nowhere", out, sizeof out), 1);
}

static void a_notification_is_told_with_all_that_was_said_in_it(void **state)
{
    char out[4096];
    assert_int_equal(run(*state, "3f", out, sizeof out), 0);
    assert_string_equal(out, "3f010000000000000000000000000000, revision 1\n"
                             "  raised to cust-1: Warm on box, cooling\n"
                             "  decided   2023-11-14T22:23:20Z\n"
                             "  accepted  it was accepted by the broker\n"
                             "  next by   2023-11-15T02:13:20Z\n"
                             "  left      2023-11-14T22:33:20Z\n"
                             "  alarm     abcd0000\n"
                             "  case      77000000\n"
                             "  entry     1\n"
                             "  line      box: \"too warm\"\n"
                             "  text      too warm for 20 minutes\n"
                             "\n"
                             "3f010000000000000000000000000000, revision 2\n"
                             "  cleared to cust-1: Warm on box, cooling\n"
                             "  decided   2023-11-14T23:13:20Z\n"
                             "  held      it waits\n"
                             "  reason    quiet: you asked for quiet at that time\n"
                             "  until     2023-11-15T06:13:20Z\n"
                             "  alarm     abcd0000\n"
                             "  case      77000000\n");
}

static void notices_are_listed_by_asset_and_by_contact(void **state)
{
    char out[4096];
    static const char told[] =
        "3f010000  2023-11-14T22:23:20Z     accepted   -            raised    cust-1, Warm on box\n";
    static const char held[] =
        "3f010000  2023-11-14T23:13:20Z     held       quiet        cleared   cust-1, Warm on box\n";
    static const char dropped[] =
        "3e000000  2023-11-15T00:13:20Z     dropped    opted-out    raised    cust-1, Warm on crate\n";
    char expected[1024];
    assert_int_equal(run(*state, "--notices box", out, sizeof out), 0);
    (void)snprintf(expected, sizeof expected, "%s%s", told, held);
    assert_string_equal(out, expected);
    assert_int_equal(run(*state, "--contact cust-1", out, sizeof out), 0);
    (void)snprintf(expected, sizeof expected, "%s%s%s", dropped, held, told);
    assert_string_equal(out, expected);
    assert_int_equal(run(*state, "--contact nobody", out, sizeof out), 0);
    assert_string_equal(out, "no notices\n");
}

static void the_person_is_told_in_plain_words(void **state)
{
    char out[4096];
    assert_int_equal(run(*state, "--contact cust-1 --for customer", out, sizeof out), 0);
    assert_string_equal(
        out,
        "About crate: We did not write to you on 2023-11-15 at 00:13 UTC, because you asked for no messages "
        "of "
        "this kind.\n"
        "About box: There was something to tell you on 2023-11-14 at 23:13 UTC, and we have not written yet, "
        "because you asked for quiet at that time. If it still matters then, we write by 2023-11-15 at 06:13 "
        "UTC.\n"
        "About box: We wrote to you on 2023-11-14 at 22:33 UTC. You hear from us again by 2023-11-15 at "
        "02:13 "
        "UTC. We wrote: \"too warm for 20 minutes\"\n");
}

static void programs_get_a_list(void **state)
{
    char out[4096];
    assert_int_equal(run(*state, "3f --json", out, sizeof out), 0);
    assert_non_null(strstr(out, "[{\"id\":\"3f010000000000000000000000000000\",\"revision\":1,\"entry\":1,"));
    assert_non_null(strstr(out, "\"fate\":\"accepted\",\"reason\":null,\"why\":null"));
    assert_non_null(strstr(out, "\"left\":\"2023-11-14T22:33:20Z\",\"line\":\"box: \\\"too warm\\\"\""));
    assert_non_null(strstr(out, ",\n{\"id\""));
    assert_int_equal(run(*state, "--contact nobody --json", out, sizeof out), 0);
    assert_string_equal(out, "[]\n");
}

static void questions_that_make_no_sense_are_refused(void **state)
{
    char out[4096];
    static const char *const wrong[] = {"--for nobody abcd",    "--json",        "--for customer --json 3f",
                                        "--notices box 3f",     "--last --json", "--contact a --notices b",
                                        "--for customer --last"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (run(*state, wrong[i], out, sizeof out) != 2)
            fail_msg("%s: %s", wrong[i], out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_an_id_the_newest_are_listed),
        cmocka_unit_test(an_alarm_is_told_with_its_rule_as_it_was),
        cmocka_unit_test(what_is_gone_is_said),
        cmocka_unit_test(ids_that_fit_none_or_several_are_refused),
        cmocka_unit_test(a_notification_is_told_with_all_that_was_said_in_it),
        cmocka_unit_test(notices_are_listed_by_asset_and_by_contact),
        cmocka_unit_test(the_person_is_told_in_plain_words),
        cmocka_unit_test(programs_get_a_list),
        cmocka_unit_test(questions_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
