/* Assignments by command: they wait, hold and end, also over a restart at every step; a device that is
 * swapped in mid-assignment keeps alarm and history; who is forgotten is in no snapshot. */
#include "base/limits.h"
#include "core/asset/assigned_merge.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define START ((otr_time)1767225600 * OTR_SECOND) /* 2026-01-01T00:00:00Z */

static const char pack[] = "pack: p\n"
                           "version: 1\n"
                           "rules:\n"
                           "  - alert: Warm\n"
                           "    expr: temperature > 8.0\n"
                           "    ticket: {queue: q}\n"
                           "  - alert: Mean\n"
                           "    expr: temperature.avg(\"1h\") > 6.0\n"
                           "  - alert: There\n"
                           "    expr: delivered\n"
                           "    ends: delivered\n";
static const char stated[] = "version: 1\n"
                             "profiles: {tracker: {metrics: {temperature: {valid_for: 2h}}}}\n"
                             "customers: [{customer: cust-1}]\n"
                             "assets: [{asset: fridge, class: fridge, devices: [f-1]}]\n";
static const char file[] = "version: 1\ncustomers: [{customer: cust-1}]\nassets:\n"
                           "  - {asset: fridge, class: fridge, devices: [f-1]}\n";

#define BOX(asset, terms, device, customer)                                                                  \
    "version: 1\nassignment: {" terms "}\ncustomers: [{customer: " customer "}]\n"                           \
    "assets: [{asset: " asset ", class: box, profile: tracker, customer: " customer ", devices: [" device    \
    "]}]\n"

static int setup(void **state)
{
    *state = world_create(pack, stated, START);
    return 0;
}

static int teardown(void **state)
{
    world_free(*state);
    return 0;
}

typedef struct wanted {
    const char *asset;
    bool found;
    otr_assigned_view view;
    char reason[32];
} wanted;

static void look(void *context, const otr_assigned_view *one)
{
    wanted *w = context;
    if (!otr_str_is(one->asset, w->asset))
        return;
    w->found = true;
    w->view = *one;
    (void)snprintf(w->reason, sizeof w->reason, "%.*s", OTR_STR_ARG(one->reason));
}

static void expect(world *w, const char *asset, int state, const char *reason)
{
    wanted found = {.asset = asset};
    otr_core_assigned(w->core, look, &found);
    if (state < 0) {
        assert_false(found.found);
        return;
    }
    assert_true(found.found);
    assert_int_equal(found.view.state, state);
    assert_string_equal(found.reason, reason);
}

static otr_refusal command(world *w, otr_command_kind kind, const char *rule, const char *asset)
{
    otr_command one = {
        .kind = kind, .rule = otr_str_of(rule), .asset = otr_str_of(asset), .until = OTR_TIME_NONE};
    return world_command(w, one).refusal;
}

static void judged(otr_status status, const otr_error *error, const char *reason)
{
    char text[600];
    assert_int_equal(status, reason == NULL ? OTR_OK : OTR_INVALID);
    (void)snprintf(text, sizeof text, "%d:%d: %s", error->line, error->column, error->text);
    if (reason != NULL && strstr(text, reason) == NULL)
        fail_msg("%s, not %s", text, reason);
}

static void check(world *w, const char *asset, const char *yaml, const char *reason)
{
    otr_assignments *loaded;
    otr_error error = {0};
    if (otr_assignments_load(otr_str_of(yaml), &loaded, &error) != OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    otr_status status = otr_assigned_check(w->core, otr_str_of(asset), loaded, &error);
    otr_assignments_free(loaded);
    judged(status, &error, reason);
}

static void one_holds_at_once_and_its_profile_stands_in_the_file(void **state)
{
    world *w = *state;
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 1", "trk-1", "c-1"));
    expect(w, "box-1", OTR_ASSIGNED_ACTIVE, "");
    world_report(w, "trk-1", "temperature", 9, START + OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 1);
    world_restart(w, true);
    expect(w, "box-1", OTR_ASSIGNED_ACTIVE, "");
    world_report(w, "trk-1", "temperature", 5, START + 2 * OTR_MINUTE);
    assert_true(world_get(w, "Warm", 0)->ended != OTR_TIME_NONE);
    world_report(w, "f-1", "temperature", 9, START + 3 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 2);
}

static void one_waits_for_its_time_and_ends_by_it(void **state)
{
    world *w = *state;
    world_activate(
        w, "assignment/box-1",
        BOX("box-1", "version: 1, from: 2026-01-01T01:00:00Z, until: 2026-01-01T03:00:00Z", "trk-1", "c-1"));
    expect(w, "box-1", OTR_ASSIGNED_WAITING, "");
    world_report(w, "trk-1", "temperature", 9, START + OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 0);
    world_restart(w, true);
    expect(w, "box-1", OTR_ASSIGNED_WAITING, "");
    world_sleep(w, OTR_HOUR);
    expect(w, "box-1", OTR_ASSIGNED_ACTIVE, "");
    world_report(w, "trk-1", "temperature", 9, w->utc);
    assert_int_equal(world_count(w, "Warm"), 1);
    world_restart(w, true);
    expect(w, "box-1", OTR_ASSIGNED_ACTIVE, "");
    world_sleep(w, 2 * OTR_HOUR);
    expect(w, "box-1", OTR_ASSIGNED_ENDED, "expired");
    assert_true(world_get(w, "Warm", 0)->ended != OTR_TIME_NONE);
    assert_int_equal(world_events(w, OTR_SERVICE_STATUS, "assignment"), 3);
    world_restart(w, true);
    expect(w, "box-1", OTR_ASSIGNED_ENDED, "expired");
}

static void one_that_ended_is_known_for_so_many_days(void **state)
{
    world *w = *state;
    otr_time kept = OTR_LIMIT_ASSIGNMENT_KEPT_DAYS * OTR_DAY;
    world_activate(w, "assignment/box-1",
                   BOX("box-1", "version: 1, until: 2026-01-01T01:00:00Z", "trk-1", "c-1"));
    world_sleep(w, OTR_HOUR);
    expect(w, "box-1", OTR_ASSIGNED_ENDED, "expired");
    world_sleep(w, kept - OTR_MINUTE);
    expect(w, "box-1", OTR_ASSIGNED_ENDED, "expired");
    world_sleep(w, OTR_MINUTE);
    expect(w, "box-1", -1, "");
}

static void the_next_on_a_device_begins_when_the_first_is_delivered(void **state)
{
    world *w = *state;
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 1", "trk-1", "c-1"));
    world_activate(w, "assignment/box-2", BOX("box-2", "version: 1, from: after box-1", "trk-1", "c-2"));
    expect(w, "box-2", OTR_ASSIGNED_WAITING, "");
    world_report(w, "trk-1", "temperature", 9, START + OTR_MINUTE);
    world_restart(w, true);
    world_report_flag(w, "trk-1", "delivered", true, START + 2 * OTR_MINUTE);
    expect(w, "box-1", OTR_ASSIGNED_ENDED, "delivered");
    expect(w, "box-2", OTR_ASSIGNED_ACTIVE, "");
    assert_true(world_get(w, "Warm", 0)->ended != OTR_TIME_NONE);
    /* it was measured on other goods */
    assert_int_equal(world_count(w, "Warm"), 1);
    world_restart(w, true);
    expect(w, "box-1", OTR_ASSIGNED_ENDED, "delivered");
    expect(w, "box-2", OTR_ASSIGNED_ACTIVE, "");
    world_report(w, "trk-1", "temperature", 9, START + 3 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 2);
    assert_string_equal(world_get(w, "Warm", 1)->asset, "box-2");
}

static void one_of_the_file_ends_by_delivery_until_the_file_says_otherwise(void **state)
{
    world *w = *state;
    world_report_flag(w, "f-1", "delivered", true, START + OTR_MINUTE);
    expect(w, "fridge", OTR_ASSIGNED_ENDED, "delivered");
    world_restart(w, true);
    expect(w, "fridge", OTR_ASSIGNED_ENDED, "delivered");
    world_report(w, "f-1", "temperature", 9, START + 2 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 0);
    static char again[512];
    (void)snprintf(again, sizeof again, "%s# other bytes, the same assets\n", stated);
    world_activate(w, "assignments", again);
    expect(w, "fridge", OTR_ASSIGNED_ENDED, "delivered");
    (void)snprintf(again, sizeof again, "%s", stated);
    world_rewrite(again, "class: fridge", "class: icebox");
    world_activate(w, "assignments", again);
    expect(w, "fridge", OTR_ASSIGNED_ACTIVE, "");
}

static void a_command_takes_it_back(void **state)
{
    world *w = *state;
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 1", "trk-1", "c-1"));
    world_report(w, "trk-1", "temperature", 9, START + OTR_MINUTE);
    assert_int_equal(command(w, OTR_COMMAND_ASSIGNED, "", "box-1"), OTR_REFUSAL_ACCEPTED);
    world_activate(w, "assignment/box-1", "");
    expect(w, "box-1", -1, "");
    assert_true(world_get(w, "Warm", 0)->ended != OTR_TIME_NONE);
    assert_int_equal(command(w, OTR_COMMAND_ASSIGNED, "", "box-1"), OTR_REFUSAL_NOT_ASSIGNED);
    world_restart(w, true);
    expect(w, "box-1", -1, "");
}

static void a_new_version_goes_on_with_what_runs(void **state)
{
    world *w = *state;
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 1", "trk-1", "c-1"));
    world_report(w, "trk-1", "temperature", 9, START + OTR_MINUTE);
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 2", "trk-1, trk-2", "c-1"));
    expect(w, "box-1", OTR_ASSIGNED_ACTIVE, "");
    assert_true(world_get(w, "Warm", 0)->ended == OTR_TIME_NONE);
    world_report(w, "trk-1", "temperature", 5, START + 2 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 1);
}

static void a_swapped_device_keeps_the_alarm_and_the_past(void **state)
{
    world *w = *state;
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 1", "trk-1", "c-1"));
    world_report(w, "trk-1", "temperature", 9, START + OTR_MINUTE);
    world_report(w, "trk-1", "temperature", 9, START + 11 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Mean"), 1);
    otr_id before = world_get(w, "Warm", 0)->case_id;
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "trk-1", "trk-9"), OTR_REFUSAL_ACCEPTED);
    assert_true(world_get(w, "Warm", 0)->ended == OTR_TIME_NONE);
    world_restart(w, true);
    /* alone, 5 would be no mean above 6 */
    world_report(w, "trk-9", "temperature", 5, START + 12 * OTR_MINUTE);
    assert_true(world_get(w, "Warm", 0)->ended != OTR_TIME_NONE);
    assert_true(world_get(w, "Mean", 0)->ended == OTR_TIME_NONE);
    assert_int_equal(world_count(w, "Mean"), 1);
    world_report(w, "trk-9", "temperature", 9, START + 13 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 2);
    assert_true(otr_id_equal(world_get(w, "Warm", 1)->case_id, before));
    world_report(w, "trk-1", "temperature", 1, START + 14 * OTR_MINUTE); /* it is nobody's now */
    assert_true(world_get(w, "Warm", 1)->ended == OTR_TIME_NONE);
}

static void a_swap_and_the_way_back_leave_nothing(void **state)
{
    world *w = *state;
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 1", "trk-1", "c-1"));
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "trk-1", "trk-8"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "trk-8", "trk-9"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(w->core->assigned.replaced_count, 1);
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "trk-8", "trk-7"), OTR_REFUSAL_NO_DEVICE);
    world_restart(w, true);
    world_report(w, "trk-9", "temperature", 9, START + OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "trk-9", "trk-1"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(w->core->assigned.replaced_count, 0);
    world_report(w, "trk-1", "temperature", 5, START + 2 * OTR_MINUTE);
    assert_true(world_get(w, "Warm", 0)->ended != OTR_TIME_NONE);
}

static void a_swap_lasts_while_the_assignment_names_the_old_device(void **state)
{
    world *w = *state;
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 1", "trk-1", "c-1"));
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "trk-1", "trk-9"), OTR_REFUSAL_ACCEPTED);
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 2", "trk-1", "c-2"));
    world_report(w, "trk-9", "temperature", 9, START + OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 1);
    check(w, "box-1", BOX("box-1", "version: 3", "trk-1, trk-9", "c-2"), NULL);
    world_activate(w, "assignment/box-2", BOX("box-2", "version: 1", "trk-1", "c-2"));
    check(w, "box-1", BOX("box-1", "version: 3", "trk-1, trk-2", "c-2"), NULL);
    check(w, "box-1", BOX("box-1", "version: 3", "trk-1, trk-9", "c-2"), "trk-1 belongs to box-2");
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 3", "trk-1, trk-2", "c-2"));
    assert_int_equal(w->core->assigned.replaced_count, 1);
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 4", "trk-2, trk-9", "c-2"));
    assert_int_equal(w->core->assigned.replaced_count, 0);
    world_report(w, "trk-9", "temperature", 5, START + 2 * OTR_MINUTE);
    assert_true(world_get(w, "Warm", 0)->ended != OTR_TIME_NONE);
}

static void a_swap_of_the_file_lasts_while_the_file_names_the_old_device(void **state)
{
    world *w = *state;
    static char again[512];
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "f-1", "f-9"), OTR_REFUSAL_ACCEPTED);
    (void)snprintf(again, sizeof again, "%s", stated);
    world_rewrite(again, "class: fridge", "class: icebox");
    world_activate(w, "assignments", again);
    world_restart(w, true);
    world_report(w, "f-9", "temperature", 9, START + OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 1);
    static char other[512];
    (void)snprintf(other, sizeof other, "%s", again);
    world_rewrite(other, "[f-1]", "[f-2]");
    world_activate(w, "assignments", other);
    assert_int_equal(w->core->assigned.replaced_count, 0);
    world_report(w, "f-2", "temperature", 5, START + 2 * OTR_MINUTE);
    assert_true(world_get(w, "Warm", 0)->ended != OTR_TIME_NONE);
}

static void one_whose_device_is_not_free_waits_for_it(void **state)
{
    world *w = *state;
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 1", "trk-1", "c-1"));
    world_activate(w, "assignment/box-2",
                   BOX("box-2", "version: 1, from: 2026-01-01T01:00:00Z", "trk-1", "c-2"));
    world_sleep(w, 2 * OTR_HOUR);
    expect(w, "box-2", OTR_ASSIGNED_WAITING, "");
    world_restart(w, true);
    expect(w, "box-2", OTR_ASSIGNED_WAITING, "");
    assert_int_equal(command(w, OTR_COMMAND_UNASSIGN, "", "box-1"), OTR_REFUSAL_ACCEPTED);
    world_step(w, NULL, 0);
    expect(w, "box-1", OTR_ASSIGNED_ENDED, "command");
    expect(w, "box-2", OTR_ASSIGNED_ACTIVE, "");
    /* a device that took a place counts as well, and one of the file */
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "trk-1", "trk-9"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "f-1", "f-9"), OTR_REFUSAL_ACCEPTED);
    world_activate(w, "assignment/box-3", BOX("box-3", "version: 1", "trk-9", "c-2"));
    world_activate(w, "assignment/box-4", BOX("box-4", "version: 1", "f-9", "c-2"));
    world_activate(w, "assignment/box-5", BOX("box-5", "version: 1", "trk-1, f-1", "c-2"));
    expect(w, "box-3", OTR_ASSIGNED_WAITING, "");
    expect(w, "box-4", OTR_ASSIGNED_WAITING, "");
    expect(w, "box-5", OTR_ASSIGNED_ACTIVE, "");
}

static void two_that_come_at_once_do_not_share_a_device(void **state)
{
    world *w = *state;
    static const char first[] = BOX("box-1", "version: 1", "trk-1", "c-1");
    static const char second[] = BOX("box-2", "version: 1", "trk-1", "c-2");
    otr_input inputs[2] = {
        {.kind = OTR_INPUT_CONTENT, .content = {OTR_STR("assignment/box-2"), OTR_STR("2"), OTR_STR(second)}},
        {.kind = OTR_INPUT_CONTENT, .content = {OTR_STR("assignment/box-1"), OTR_STR("1"), OTR_STR(first)}}};
    world_step(w, inputs, 2);
    expect(w, "box-2", OTR_ASSIGNED_ACTIVE, "");
    expect(w, "box-1", OTR_ASSIGNED_WAITING, "");
    world_report_flag(w, "trk-1", "delivered", true, START + OTR_MINUTE);
    expect(w, "box-2", OTR_ASSIGNED_ENDED, "delivered");
    expect(w, "box-1", OTR_ASSIGNED_ACTIVE, "");
}

static void one_that_ended_goes_on_by_the_file(void **state)
{
    world *w = *state;
    static char more[512];
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 1", "trk-1", "c-1"));
    world_report_flag(w, "trk-1", "delivered", true, START + OTR_MINUTE);
    expect(w, "box-1", OTR_ASSIGNED_ENDED, "delivered");
    (void)snprintf(more, sizeof more, "%s  - {asset: box-1, class: box, devices: [trk-1]}\n", file);
    world_activate(w, "assignments", more);
    expect(w, "box-1", OTR_ASSIGNED_ACTIVE, "");
    world_restart(w, true);
    expect(w, "box-1", OTR_ASSIGNED_ACTIVE, "");
    world_report(w, "trk-1", "temperature", 9, START + 2 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 1);
}

static void a_swap_that_is_none_is_refused(void **state)
{
    world *w = *state;
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "trk-7", "trk-9"), OTR_REFUSAL_NO_DEVICE);
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 1", "trk-1", "c-1"));
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "trk-1", "f-1"), OTR_REFUSAL_DEVICE_TAKEN);
}

static void check_file(world *w, const char *more, const char *reason)
{
    char text[512];
    otr_error error = {0};
    (void)snprintf(text, sizeof text, "%s%s", file, more);
    judged(otr_core_content_check(w->core, OTR_STR("assignments"), otr_str_of(text), &error), &error, reason);
}

static void the_file_takes_nothing_from_what_is_assigned(void **state)
{
    world *w = *state;
    world_activate(w, "assignment/box-1",
                   BOX("box-1", "version: 1, until: 2026-01-02T00:00:00Z", "trk-1", "c-1"));
    world_activate(w, "assignment/box-2", BOX("box-2", "version: 1, from: after box-1", "trk-1", "c-1"));
    check_file(w, "", NULL);
    check_file(w, "  - {asset: box-1, class: x}\n", "5:5: box-1 is assigned by command");
    check_file(w, "  - {asset: box-2, class: x}\n", "5:5: box-2 is assigned by command");
    check_file(w, "  - {asset: box-3, class: x, devices: [trk-1]}\n", "5:5: trk-1 belongs to box-1");
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "trk-1", "trk-9"), OTR_REFUSAL_ACCEPTED);
    check_file(w, "  - {asset: box-3, class: x, devices: [trk-1]}\n", NULL);
    check_file(w, "  - {asset: box-3, class: x, devices: [trk-9]}\n", "5:5: trk-9 belongs to box-1");
    check(w, "box-4", BOX("box-4", "version: 1", "trk-9", "c-1"),
          "trk-9 belongs to box-1 until 2026-01-02T00:00:00Z");
    assert_int_equal(command(w, OTR_COMMAND_UNASSIGN, "", "box-1"), OTR_REFUSAL_ACCEPTED);
    check_file(w, "  - {asset: box-1, class: x}\n", NULL);
}

static void what_does_not_fit_is_refused(void **state)
{
    world *w = *state;
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 3", "trk-1", "c-1"));
    check(w, "box-1", BOX("box-1", "version: 3", "trk-1", "c-1"), "2:23: version 3 of box-1 is there");
    check(w, "box-1", BOX("box-1", "version: 2", "trk-1", "c-1"), "version 3 of box-1 is there");
    check(w, "box-1", BOX("box-1", "version: 4", "trk-1", "c-1"), NULL);
    check(w, "box-2", BOX("box-2", "version: 1", "trk-1", "c-1"), "4:10: trk-1 belongs to box-1");
    check(w, "box-2", BOX("box-2", "version: 1, from: after box-1", "trk-1", "c-1"), NULL);
    check(w, "fridge", BOX("fridge", "version: 1", "trk-2", "c-1"), "stands in the assignments");
    check(w, "box-3", BOX("box-2", "version: 1", "trk-2", "c-1"), "is of box-3");
    check(w, "box-2",
          "version: 1\nassignment: {version: 1}\nassets: [{asset: box-2, class: x, profile: other}]\n",
          "there is no profile other");
    check(w, "box-2",
          "version: 1\nassignment: {version: 1}\nassets: [{asset: box-2, class: x, customer: cust-1}]\n",
          NULL);
    check(w, "box-2",
          "version: 1\nassignment: {version: 1}\nassets: [{asset: box-2, class: x, customer: cust-7}]\n",
          "there is no customer cust-7");
}

static void nothing_begins_before_the_clock_is_known(void **state)
{
    world *w = *state;
    w->synced = false;
    world_activate(w, "assignment/box-1",
                   BOX("box-1", "version: 1, from: 2026-01-01T00:30:00Z", "trk-1", "c-1"));
    world_sleep(w, OTR_HOUR);
    expect(w, "box-1", OTR_ASSIGNED_WAITING, "");
    w->synced = true;
    assert_true(otr_core_next_civil(w->core) <= w->utc);
    world_step(w, NULL, 0);
    expect(w, "box-1", OTR_ASSIGNED_ACTIVE, "");
}

static bool snapshot_has(world *w, const char *text)
{
    world_snapshot(w);
    return memmem(w->snapshot.data, w->snapshot.size, text, strlen(text)) != NULL;
}

static void who_is_forgotten_is_in_no_snapshot_and_others_go_on(void **state)
{
    world *w = *state;
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 1", "trk-1", "cust-9"));
    world_activate(w, "assignment/box-2", BOX("box-2", "version: 1", "trk-2", "cust-8"));
    world_report(w, "trk-1", "temperature", 9, START + OTR_MINUTE);
    world_report(w, "trk-2", "temperature", 9, START + OTR_MINUTE);
    assert_true(snapshot_has(w, "box-1"));
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "trk-1", "trk-9"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(command(w, OTR_COMMAND_FORGET, "", "cust-9"), OTR_REFUSAL_ACCEPTED);
    static const char *const gone[] = {"box-1", "cust-9"};
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        assert_false(snapshot_has(w, gone[i]));
    for (size_t i = w->snapshot_batches - 1; i < w->batch_count; i++)
        assert_null(memmem(w->batches[i].data, w->batches[i].size, "cust-9", 6));
    expect(w, "box-1", -1, "");
    expect(w, "box-2", OTR_ASSIGNED_ACTIVE, "");
    assert_true(world_get(w, "Warm", 1)->ended == OTR_TIME_NONE);
    assert_int_equal(command(w, OTR_COMMAND_FORGET, "", "cust-1"), OTR_REFUSAL_IN_FILE);
}

static void what_was_swapped_goes_with_its_assignment(void **state)
{
    world *w = *state;
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 1", "trk-1", "cust-9"));
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "trk-1", "trk-9"), OTR_REFUSAL_ACCEPTED);
    world_restart(w, true);
    assert_int_equal(command(w, OTR_COMMAND_UNASSIGN, "", "box-1"), OTR_REFUSAL_ACCEPTED);
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 2", "trk-1", "cust-9"));
    world_report(w, "trk-1", "temperature", 9, START + OTR_MINUTE); /* the one that the new one names */
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "trk-1", "trk-9"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(command(w, OTR_COMMAND_FORGET, "", "cust-9"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(w->core->assigned.replaced_count, 0);
    assert_false(snapshot_has(w, "box-1"));
}

static void what_was_swapped_goes_with_its_line_in_the_file(void **state)
{
    world *w = *state;
    assert_int_equal(command(w, OTR_COMMAND_REPLACE, "f-1", "f-2"), OTR_REFUSAL_ACCEPTED);
    world_activate(w, "assignments",
                   "version: 1\nassets: [{asset: fridge, class: fridge, devices: [f-1, f-3]}]\n");
    assert_int_equal(w->core->assigned.replaced_count, 1);
    world_activate(w, "assignments", "version: 1\nassets: [{asset: stove, class: fridge, devices: [f-1]}]\n");
    assert_int_equal(w->core->assigned.replaced_count, 0);
    world_report(w, "f-1", "temperature", 9, START + OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 1);
    world_restart(w, true);
}

/* Memory was out before what holds could be put together. */
static void who_has_failed_frees_the_file_once(void **state)
{
    (void)state;
    world *w = world_create(pack, stated, START);
    world_activate(w, "assignment/box-1", BOX("box-1", "version: 1", "trk-1", "c-1"));
    w->core->failed = true;
    otr_assigned_merge(w->core);
    assert_false(w->core->assigned.merged);
    assert_ptr_equal(w->core->assignments, w->core->assigned.stated);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_holds_at_once_and_its_profile_stands_in_the_file, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(one_waits_for_its_time_and_ends_by_it, setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_ended_is_known_for_so_many_days, setup, teardown),
        cmocka_unit_test_setup_teardown(the_next_on_a_device_begins_when_the_first_is_delivered, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(one_of_the_file_ends_by_delivery_until_the_file_says_otherwise, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_command_takes_it_back, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_version_goes_on_with_what_runs, setup, teardown),
        cmocka_unit_test_setup_teardown(a_swapped_device_keeps_the_alarm_and_the_past, setup, teardown),
        cmocka_unit_test_setup_teardown(a_swap_and_the_way_back_leave_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_swap_lasts_while_the_assignment_names_the_old_device, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_swap_of_the_file_lasts_while_the_file_names_the_old_device, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(one_whose_device_is_not_free_waits_for_it, setup, teardown),
        cmocka_unit_test_setup_teardown(two_that_come_at_once_do_not_share_a_device, setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_ended_goes_on_by_the_file, setup, teardown),
        cmocka_unit_test_setup_teardown(the_file_takes_nothing_from_what_is_assigned, setup, teardown),
        cmocka_unit_test_setup_teardown(a_swap_that_is_none_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(what_does_not_fit_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_begins_before_the_clock_is_known, setup, teardown),
        cmocka_unit_test_setup_teardown(who_is_forgotten_is_in_no_snapshot_and_others_go_on, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_swapped_goes_with_its_assignment, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_swapped_goes_with_its_line_in_the_file, setup, teardown),
        cmocka_unit_test(who_has_failed_frees_the_file_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
