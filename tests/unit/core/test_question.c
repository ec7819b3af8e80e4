/* Questions once a case has closed: who is asked, what is drawn, and what stays. */
#include "question_fixture.h"

/* ---- who is asked, and when ---- */

static void who_heard_of_a_case_is_asked_once_it_has_closed(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "c1", "temperature", 9, AT(0));
    world_report(w, "c1", "temperature", 3, AT(10));
    world_sleep(w, 59 * OTR_MINUTE);
    assert_int_equal(asked(w), 0);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_int_equal(asked(w), 1);
    const world_event *event = question(w, 0);
    assert_string_equal(event->to, "c");
    world_begins(event->text,
                 "The fridge: this case is closed. Thinking of how we looked after things at your home:");
    assert_non_null(strstr(event->text, "Answering is voluntary."));
    assert_non_null(strstr(event->brief, "voluntary"));
    const world_notice *row = world_notice_get(w, OTR_NOTICE_TOLD, "Warm", "");
    assert_string_equal(row->what, "asked");
    world_free(w);
}

static void one_question_in_so_many_days_and_none_twice_of_one_asset(void **state)
{
    (void)state;
    world *w = start();
    trouble(w, "f1");
    trouble(w, "f2");
    assert_int_equal(asked(w), 1);
    assert_int_equal(dropped(w, "question-budget"), 1);
    world_sleep(w, 5 * OTR_DAY);
    trouble(w, "f2");
    assert_int_equal(dropped(w, "question-budget"), 2);
    world_sleep(w, 2 * OTR_DAY);
    trouble(w, "f1");
    assert_int_equal(dropped(w, "asked-before"), 1);
    trouble(w, "f2");
    assert_int_equal(asked(w), 2);
    world_sleep(w, 400 * OTR_DAY);
    trouble(w, "f2");
    assert_int_equal(asked(w), 2);
    assert_int_equal(dropped(w, "asked-before"), 2);
    world_free(w);
}

static void a_clock_that_was_far_ahead_ends_no_questions(void **state)
{
    (void)state;
    world *w = start();
    w->utc += 1000 * OTR_DAY;
    trouble(w, "f1");
    assert_int_equal(asked(w), 1);
    w->utc -= 1000 * OTR_DAY;
    trouble(w, "f2"); /* since when is not known: the days begin anew */
    assert_int_equal(dropped(w, "question-budget"), 1);
    world_restart(w, true);
    world_sleep(w, 6 * OTR_DAY);
    trouble(w, "f2");
    assert_int_equal(asked(w), 1);
    world_sleep(w, OTR_DAY);
    trouble(w, "f2");
    assert_int_equal(asked(w), 2);
    world_free(w);
}

static void nothing_is_asked_while_something_of_theirs_is_not_over(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "f2", "humidity", 95, w->utc);
    trouble(w, "f1");
    assert_int_equal(asked(w), 0);
    assert_int_equal(dropped(w, "case-open"), 1);
    world_report(w, "f2", "humidity", 40, w->utc); /* verified still, when the next one closes */
    world_sleep(w, 30 * OTR_MINUTE);
    assert_int_equal(asked(w), 0);
    world_sleep(w, 31 * OTR_MINUTE);
    assert_int_equal(asked(w), 1);
    world_free(w);
}

/* A list is a case of all its boxes, named by its customer and group; of which the desk alone knows here. */
static void a_list_of_theirs_is_theirs(void **state)
{
    (void)state;
    static const char lists[] = "pack: test\n"
                                "version: 1\n"
                                "rules:\n"
                                "  - {alert: Warm, expr: temperature > 8.0, labels: {category: cold},\n"
                                "     notify: {to: customer, message: m, on: [raised]}}\n"
                                "  - {alert: Low, expr: level < 3.0, labels: {category: stock},\n"
                                "     notify: {to: desk, message: list, on: [raised], gather: 30m}}\n"
                                "messages:\n"
                                "  m: {en: {raised: there it is}}\n"
                                "  list: {en: {raised: \"buy {{ items }}\", item: one}}\n";
    static const char boxes[] = "version: 1\n"
                                "customers: [{customer: f}, {customer: ff}]\n"
                                "assets:\n"
                                "  - {asset: f1, class: x, devices: [f1], customer: f}\n"
                                "  - {asset: f2, class: x, devices: [f2], customer: f, group: shelf}\n"
                                "  - {asset: g1, class: x, devices: [g1], customer: ff}\n";
    world *w = world_create(lists, boxes, T0);
    world_report(w, "f2", "level", 1, w->utc);
    world_sleep(w, OTR_HOUR);
    trouble(w, "f1");
    assert_int_equal(asked(w), 0);
    assert_int_equal(dropped(w, "case-open"), 1);
    trouble(w, "g1"); /* whose name only begins like that */
    assert_int_equal(asked(w), 1);
    world_free(w);
}

static void in_quiet_hours_a_question_waits(void **state)
{
    (void)state;
    world *w = start();
    world_sleep(w, 13 * OTR_HOUR); /* 21:00 */
    trouble(w, "c1");
    assert_int_equal(asked(w), 0);
    const world_notice *row = world_notice_get(w, OTR_NOTICE_HELD, "Warm", "quiet");
    assert_int_equal(row->due, AT(23 * 60));
    world_report(w, "c2", "noise", 90, w->utc); /* critical, so it is told at night */
    world_report(w, "c2", "noise", 30, w->utc + OTR_MINUTE);
    world_sleep(w, 61 * OTR_MINUTE);
    assert_int_equal(world_notices(w, OTR_NOTICE_HELD, "Loud", "quiet"), 1);
    world_restart(w, true);
    world_sleep(w, 10 * OTR_HOUR);
    assert_int_equal(asked(w), 1);
    assert_int_equal(question(w, 0)->decided, AT(23 * 60));
    assert_int_equal(world_notices(w, OTR_NOTICE_DROPPED, "Loud", "question-budget"), 1);
    world_free(w);
}

static void what_waited_is_not_asked_while_the_case_is_open_again(void **state)
{
    (void)state;
    world *w = start();
    world_sleep(w, 13 * OTR_HOUR);
    trouble(w, "c1");
    world_sleep(w, 8 * OTR_HOUR);
    world_report(w, "c2", "temperature", 9, w->utc);
    world_sleep(w, 3 * OTR_HOUR);
    assert_int_equal(asked(w), 0);
    assert_int_equal(dropped(w, "case-open"), 1);
    world_free(w);
}

static void without_a_clock_a_question_waits_for_it(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "f1", "temperature", 9, AT(0));
    world_report(w, "f1", "temperature", 3, AT(1));
    w->synced = false;
    world_sleep(w, 2 * OTR_HOUR);
    assert_int_equal(asked(w), 0);
    assert_int_equal(world_notices(w, OTR_NOTICE_HELD, "Warm", "unsynced"), 1);
    w->synced = true;
    world_report(w, "f2", "humidity", 40, w->utc);
    world_sleep(w, OTR_MINUTE);
    assert_int_equal(asked(w), 1);
    world_free(w);
}

static void who_wants_no_questions_has_none(void **state)
{
    (void)state;
    world *w = start();
    trouble(w, "n1");
    trouble(w, "o1");
    assert_int_equal(dropped(w, "opted-out"), 2);
    trouble(w, "z1");
    assert_int_equal(dropped(w, "not-drawn"), 1);
    assert_int_equal(asked(w), 0);
    world_free(w);
}

static void a_case_of_which_nobody_heard_is_not_asked_about(void **state)
{
    (void)state;
    world *w = start();
    trouble(w, "u1");
    assert_int_equal(asked(w), 0);
    assert_int_equal(dropped(w, "unheard"), 1);
    world_free(w);
}

static void neither_is_good_news(void **state)
{
    (void)state;
    world *w = start();
    world_report_flag(w, "f1", "door", true, AT(0));
    world_report_flag(w, "f1", "door", false, AT(1));
    world_sleep(w, 2 * OTR_HOUR);
    assert_int_equal(asked(w), 0);
    assert_int_equal(world_notices(w, OTR_NOTICE_DROPPED, "Here", "not-needed"), 1);
    world_free(w);
}

static void neither_is_what_turned_out_not_to_need_anything(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "f1", "temperature", 9, AT(0));
    otr_command help = {.kind = OTR_COMMAND_CUSTOMER,
                        .customer = {.action = OTR_CUSTOMER_HELP,
                                     .notification = notice_get(w, "raised", 0)->entity,
                                     .from = OTR_TIME_NONE,
                                     .to = OTR_TIME_NONE}};
    (void)world_command(w, help);
    otr_command act = {.kind = OTR_COMMAND_DESK,
                       .until = OTR_TIME_NONE,
                       .desk = {.action = OTR_DESK_NOT_NEEDED,
                                .ticket = world_event_get(w, OTR_SERVICE_TICKET, "opened", 0)->entity,
                                .by = OTR_TIME_NONE}};
    assert_int_equal(world_command(w, act).refusal, OTR_REFUSAL_ACCEPTED);
    world_report(w, "f1", "temperature", 3, AT(10));
    world_sleep(w, 2 * OTR_HOUR);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 1);
    assert_int_equal(asked(w), 0);
    assert_int_equal(dropped(w, "not-needed"), 1);
    world_free(w);
}

/* ---- what is drawn ---- */

enum { MANY = 60 };

static world *many(int share)
{
    static otr_buffer text;
    otr_buffer_clear(&text);
    otr_buffer_add_format(&text, "version: 1\ncustomers:\n");
    for (int i = 0; i < MANY; i++)
        otr_buffer_add_format(&text, "  - {customer: m%d, questions: {share: %d}}\n", i, share);
    otr_buffer_add_format(&text, "assets:\n");
    for (int i = 0; i < MANY; i++)
        otr_buffer_add_format(&text, "  - {asset: m%d, class: x, devices: [m%d], customer: m%d}\n", i, i, i);
    otr_buffer_add_u8(&text, '\0');
    world *w = world_create(notice_pack, (const char *)text.data, T0);
    for (int i = 0; i < MANY; i++) {
        char device[16];
        (void)snprintf(device, sizeof device, "m%d", i);
        world_report(w, device, "temperature", 9, w->utc);
        world_report(w, device, "temperature", 3, w->utc + OTR_MINUTE);
    }
    world_sleep(w, 2 * OTR_HOUR);
    otr_buffer_done(&text);
    return w;
}

static void a_share_of_them_is_asked_the_same_each_time(void **state)
{
    (void)state;
    world *first = many(40);
    world *again = many(40);
    assert_in_range(asked(first), MANY / 4, MANY * 11 / 20);
    assert_int_equal(asked(first) + dropped(first, "not-drawn"), MANY);
    assert_int_equal(asked(first), asked(again));
    for (size_t i = 0; i < asked(first); i++)
        assert_string_equal(question(first, i)->text, question(again, i)->text);
    world_free(first);
    world_free(again);
}

static void there_are_samples_of_each_but_the_rare_one_at_first(void **state)
{
    (void)state;
    world *w = many(100);
    const otr_question_counts *all = w->core->questions.counts;
    assert_int_equal(asked(w), MANY);
    assert_true(all[OTR_QUESTION_SATISFACTION].asked > MANY / 4);
    assert_true(all[OTR_QUESTION_EFFORT].asked > MANY / 5);
    assert_int_equal(all[OTR_QUESTION_NPS].asked, 0); /* of one case nobody recommends anybody */
    world_free(w);
}

/* ---- what stays ---- */

static void a_restart_changes_nothing(void **state)
{
    (void)state;
    for (int with_snapshot = 0; with_snapshot < 2; with_snapshot++) {
        world *w = start();
        trouble(w, "f1");
        otr_id id = question(w, 0)->entity;
        uint8_t poor = scale_of(w, id).poor;
        (void)answer(w, id, poor, OTR_QUESTION_NO_REASON);
        if (with_snapshot)
            world_snapshot(w);
        otr_buffer before = {0};
        otr_buffer after = {0};
        otr_questions_write(w->core, &before);
        world_restart(w, true);
        otr_questions_write(w->core, &after);
        assert_int_equal(before.size, after.size);
        assert_memory_equal(before.data, after.data, before.size);
        otr_buffer_done(&before);
        otr_buffer_done(&after);
        assert_int_equal(answer(w, question(w, 1)->entity, -1, OTR_QUESTION_REASON_LATE),
                         OTR_REFUSAL_ACCEPTED);
        trouble(w, "f2");
        assert_int_equal(dropped(w, "question-budget"), 1);
        world_sleep(w, 7 * OTR_DAY);
        trouble(w, "f2");
        assert_int_equal(asked(w), 3);
        world_free(w);
    }
}

static void nothing_of_a_customer_stays_but_the_counts(void **state)
{
    (void)state;
    world *w = start();
    trouble(w, "f1");
    otr_id id = question(w, 0)->entity;
    uint8_t kind = kept(w, id)->kind;
    assert_int_equal(w->core->questions.people_count, 1);
    otr_question_forget(w->core, OTR_STR("f"));
    assert_null(kept(w, id));
    assert_int_equal(w->core->questions.people_count, 0);
    assert_int_equal(w->core->questions.counts[kind].asked, 1);
    assert_int_equal(w->core->questions.counts[kind].expired, 1);
    world_free(w);
}

static void nothing_of_a_forgotten_asset_stays_with_others(void **state)
{
    (void)state;
    world *w = start();
    trouble(w, "f1");
    otr_question_forget_asset(w->core, otr_names_find(&w->core->labels, OTR_STR("f2")));
    assert_int_equal(w->core->questions.count, 1);
    otr_question_forget_asset(w->core, otr_names_find(&w->core->labels, OTR_STR("f1")));
    assert_int_equal(w->core->questions.count, 0);
    assert_int_equal(w->core->questions.people[0].asset_count, 0);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_heard_of_a_case_is_asked_once_it_has_closed),
        cmocka_unit_test(one_question_in_so_many_days_and_none_twice_of_one_asset),
        cmocka_unit_test(a_clock_that_was_far_ahead_ends_no_questions),
        cmocka_unit_test(nothing_is_asked_while_something_of_theirs_is_not_over),
        cmocka_unit_test(a_list_of_theirs_is_theirs),
        cmocka_unit_test(in_quiet_hours_a_question_waits),
        cmocka_unit_test(what_waited_is_not_asked_while_the_case_is_open_again),
        cmocka_unit_test(without_a_clock_a_question_waits_for_it),
        cmocka_unit_test(who_wants_no_questions_has_none),
        cmocka_unit_test(a_case_of_which_nobody_heard_is_not_asked_about),
        cmocka_unit_test(neither_is_good_news),
        cmocka_unit_test(neither_is_what_turned_out_not_to_need_anything),
        cmocka_unit_test(a_share_of_them_is_asked_the_same_each_time),
        cmocka_unit_test(there_are_samples_of_each_but_the_rare_one_at_first),
        cmocka_unit_test(a_restart_changes_nothing),
        cmocka_unit_test(nothing_of_a_customer_stays_but_the_counts),
        cmocka_unit_test(nothing_of_a_forgotten_asset_stays_with_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
