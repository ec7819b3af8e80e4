/*
 * The lifecycle of alarms: the page shows the table that the core runs, and every cell obeys laws that are
 * written here a second time, as a person would say them. `test_lifecycle --print` prints the page's tables;
 * where the page differs, the test prints the part that it should have.
 */
#include "base/buffer.h"
#include "core/alarm/lifecycle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- the page ---- */

static void add_cell(otr_buffer *out, const otr_cell *cell, const char *next)
{
    switch (cell->kind) {
    case OTR_CELL_GO:
        otr_buffer_add_format(out, " %s%s%s |", next, cell->said == OTR_SAY_NOTHING ? "" : "; says ",
                              otr_saying_text(cell->said));
        break;
    case OTR_CELL_STAY:
        otr_buffer_add_format(out, " stays |");
        break;
    case OTR_CELL_NO:
        otr_buffer_add_format(out, " *%s* |", otr_refusal_text(cell->refusal));
        break;
    default:
        otr_buffer_add_format(out, " |");
        break;
    }
}

static void add_occurrences(otr_buffer *out)
{
    static const char *const meanings[] = {
#define X(number, name, word, meaning) [OTR_ALARM_##name] = (meaning),
        OTR_ALARM_STATES(X)
#undef X
    };
    static const char *const events[] = {
#define X(name, word, meaning) meaning,
        OTR_ALARM_EVENTS(X)
#undef X
    };
    otr_buffer_add_format(out, "| number | state | |\n|---|---|---|\n");
    for (int s = 0; s < OTR_ALARM_STATE_COUNT; s++)
        otr_buffer_add_format(out, "| %d | %s | %s |\n", s, otr_alarm_state_text((otr_alarm_state)s),
                              meanings[s]);
    otr_buffer_add_format(out, "\n| event | |\n|---|---|\n");
    for (int e = 0; e < OTR_EVENT_COUNT; e++)
        otr_buffer_add_format(out, "| %s | %s |\n", otr_alarm_event_text((otr_alarm_event)e), events[e]);
    otr_buffer_add_format(out, "\n| event | in | goes to |\n|---|---|---|\n");
    for (int e = 0; e < OTR_EVENT_COUNT; e++) {
        const char *event = otr_alarm_event_text((otr_alarm_event)e);
        for (int s = 0; s < OTR_ALARM_STATE_COUNT; s++) {
            otr_cell cell = otr_lifecycle((otr_alarm_state)s, (otr_alarm_event)e, OTR_ALARM_SHELVED);
            otr_cell other = otr_lifecycle((otr_alarm_state)s, (otr_alarm_event)e, OTR_ALARM_SUPPRESSED);
            if (cell.kind == OTR_CELL_NEVER)
                continue;
            otr_buffer_add_format(out, "| %s | %s |", event, otr_alarm_state_text((otr_alarm_state)s));
            add_cell(out, &cell,
                     cell.next != other.next ? "the point's reason"
                                             : otr_alarm_state_text((otr_alarm_state)cell.next));
            otr_buffer_add_format(out, "\n");
            event = "";
        }
    }
}

static void add_points(otr_buffer *out)
{
    static const char *const meanings[] = {
#define X(name, word, meaning) meaning,
        OTR_POINT_EVENTS(X)
#undef X
    };
    otr_buffer_add_format(out, "| event | |");
    for (int s = 0; s < OTR_POINT_STATE_COUNT; s++)
        otr_buffer_add_format(out, " in %s |", otr_point_state_text((otr_point_state)s));
    otr_buffer_add_format(out, "\n|---|---|---|---|---|\n");
    for (int e = 0; e < OTR_POINT_EVENT_COUNT; e++) {
        otr_buffer_add_format(out, "| %s | %s |", otr_point_event_text((otr_point_event)e), meanings[e]);
        for (int s = 0; s < OTR_POINT_STATE_COUNT; s++) {
            otr_cell cell = otr_point_lifecycle((otr_point_state)s, (otr_point_event)e);
            add_cell(out, &cell, otr_point_state_text((otr_point_state)cell.next));
        }
        otr_buffer_add_format(out, "\n");
    }
    otr_buffer_add_format(out, "\n| what is raised | at a point that is | and suppressed by design too |\n"
                               "|---|---|---|\n");
    for (int s = 0; s < OTR_POINT_STATE_COUNT; s++) {
        otr_alarm_state alone = otr_point_silence((otr_point_state)s, false);
        otr_buffer_add_format(out, "| %s | %s | %s |\n", otr_point_state_text((otr_point_state)s),
                              alone == OTR_ALARM_NORMAL ? "told" : otr_alarm_state_text(alone),
                              otr_alarm_state_text(otr_point_silence((otr_point_state)s, true)));
    }
}

static char *read_page(void)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/agent/core/alarm/LIFECYCLE.md", getenv("OUTRIDER_SOURCE"));
    FILE *file = fopen(path, "re");
    if (file == NULL)
        fail_msg("%s is not there", path);
    char *text = calloc(1, 1 << 16);
    assert_true(fread(text, 1, (1 << 16) - 1, file) > 0);
    (void)fclose(file);
    return text;
}

static void assert_page_has(void (*add)(otr_buffer *out))
{
    otr_buffer wanted = {0};
    char *page = read_page();
    add(&wanted);
    otr_buffer_add_u8(&wanted, '\0');
    if (strstr(page, (const char *)wanted.data) == NULL)
        fail_msg("LIFECYCLE.md differs from the table; it should have:\n%s", (const char *)wanted.data);
    free(page);
    otr_buffer_done(&wanted);
}

static void the_page_shows_the_table_of_occurrences(void **state)
{
    (void)state;
    assert_page_has(add_occurrences);
}

static void the_page_shows_the_table_of_points(void **state)
{
    (void)state;
    assert_page_has(add_points);
}

/* ---- laws of every cell ---- */

static bool condition_holds(otr_alarm_state state)
{
    return state == OTR_ALARM_UNACKNOWLEDGED || state == OTR_ALARM_ACKNOWLEDGED ||
           otr_alarm_is_withheld(state);
}

/* Somebody may have been told: an occurrence in NORMAL has either ended or is about to begin. */
static bool was_told(otr_alarm_state state)
{
    return !otr_alarm_is_withheld(state) && state != OTR_ALARM_UNTOLD;
}

static bool is_command(otr_alarm_event event)
{
    return event == OTR_EVENT_ACKNOWLEDGE || event == OTR_EVENT_RESET;
}

static bool is_begin(otr_alarm_event event)
{
    return event <= OTR_EVENT_HISTORY_SILENT;
}

/* What the event says of the condition: 1 it holds, -1 it does not, 0 nothing. */
static int condition_after(otr_alarm_event event)
{
    switch (event) {
    case OTR_EVENT_RAISE:
    case OTR_EVENT_RAISE_SILENT:
    case OTR_EVENT_REOPEN:
    case OTR_EVENT_REOPEN_SILENT:
        return 1;
    case OTR_EVENT_HISTORY:
    case OTR_EVENT_HISTORY_LATCH:
    case OTR_EVENT_HISTORY_SILENT:
    case OTR_EVENT_RETURN:
    case OTR_EVENT_RETURN_LATCH:
    case OTR_EVENT_WITHDRAW:
    case OTR_EVENT_RETRACT:
    case OTR_EVENT_LAPSE:
        return -1;
    default:
        return 0;
    }
}

static void check_cell(otr_alarm_state from, otr_alarm_event event, otr_alarm_state silent)
{
    otr_cell cell = otr_lifecycle(from, event, silent);
    otr_alarm_state next = (otr_alarm_state)cell.next;
    int condition = condition_after(event);
    assert_int_not_equal(cell.kind, OTR_CELL_MISSING);
    assert_true(next < OTR_ALARM_STATE_COUNT);
    if (cell.kind != OTR_CELL_GO)
        assert_true(next == from && cell.said == OTR_SAY_NOTHING);
    /* an operator gets an answer in every state; nobody else is ever refused */
    assert_int_equal(cell.kind == OTR_CELL_NO, cell.refusal != OTR_REFUSAL_ACCEPTED);
    if (is_command(event))
        assert_true(cell.kind == OTR_CELL_GO || cell.kind == OTR_CELL_NO);
    else
        assert_int_not_equal(cell.kind, OTR_CELL_NO);
    /* an occurrence begins once */
    if (is_begin(event))
        assert_int_equal(cell.kind == OTR_CELL_GO, from == OTR_ALARM_NORMAL);
    if (cell.kind == OTR_CELL_NEVER)
        return;
    /* the state follows the condition, and only what judges it or an end changes that */
    if (condition != 0)
        assert_int_equal(condition_holds(next), condition > 0);
    else
        assert_int_equal(condition_holds(next), condition_holds(from));
    /* what was told stays told; what was not is told only where the point speaks */
    if (!is_begin(event) && was_told(from))
        assert_true(was_told(next));
    if (!was_told(from) && cell.said != OTR_SAY_NOTHING)
        assert_true(cell.said == OTR_SAY_RAISED && next == OTR_ALARM_UNACKNOWLEDGED &&
                    (event == OTR_EVENT_SPEAK || event == OTR_EVENT_REOPEN));
    /* each change of what was told is said */
    if (cell.kind == OTR_CELL_GO && was_told(from) && was_told(next))
        assert_int_not_equal(cell.said, OTR_SAY_NOTHING);
    /* where an end leads */
    if (event == OTR_EVENT_LAPSE)
        assert_int_equal(next, OTR_ALARM_NORMAL);
    if (event == OTR_EVENT_RETRACT)
        assert_int_equal(next, OTR_ALARM_RETRACTED);
    if (event == OTR_EVENT_WITHDRAW && condition_holds(from))
        assert_int_equal(next, OTR_ALARM_WITHDRAWN);
    /* nothing leaves the end */
    if (from == OTR_ALARM_RETRACTED || from == OTR_ALARM_WITHDRAWN)
        assert_true(next == from);
}

static void every_cell_obeys_the_laws(void **state)
{
    static const otr_alarm_state reasons[] = {OTR_ALARM_SHELVED, OTR_ALARM_SUPPRESSED,
                                              OTR_ALARM_OUT_OF_SERVICE};
    (void)state;
    for (int s = 0; s < OTR_ALARM_STATE_COUNT; s++)
        for (int e = 0; e < OTR_EVENT_COUNT; e++)
            for (int r = 0; r < 3; r++)
                check_cell((otr_alarm_state)s, (otr_alarm_event)e, reasons[r]);
}

/* The reason makes no difference but in the name of the state. */
static void all_reasons_of_silence_are_alike(void **state)
{
    (void)state;
    for (int e = 0; e < OTR_EVENT_COUNT; e++) {
        otr_cell first = otr_lifecycle(OTR_ALARM_SHELVED, (otr_alarm_event)e, OTR_ALARM_SHELVED);
        for (int s = OTR_ALARM_SUPPRESSED; s <= OTR_ALARM_OUT_OF_SERVICE; s++) {
            otr_cell cell = otr_lifecycle((otr_alarm_state)s, (otr_alarm_event)e, (otr_alarm_state)s);
            assert_int_equal(cell.kind, first.kind);
            assert_int_equal(cell.said, first.said);
            assert_int_equal(cell.refusal, first.refusal);
            assert_int_equal(cell.next == s, first.next == OTR_ALARM_SHELVED);
        }
    }
}

/* ---- whole lives ---- */

typedef struct life {
    otr_alarm_state state;
    otr_alarm_state silent;
    char said[200];
} life;

static void live(life *one, otr_alarm_event event)
{
    otr_cell cell = otr_lifecycle(one->state, event, one->silent);
    assert_int_not_equal(cell.kind, OTR_CELL_NEVER);
    one->state = (otr_alarm_state)cell.next;
    size_t used = strlen(one->said);
    if (cell.said != OTR_SAY_NOTHING)
        (void)snprintf(one->said + used, sizeof one->said - used, "%s ", otr_saying_text(cell.said));
}

static void assert_life(otr_alarm_state silent, const otr_alarm_event *events, size_t count,
                        otr_alarm_state end, const char *said)
{
    life one = {OTR_ALARM_NORMAL, silent, ""};
    for (size_t i = 0; i < count; i++)
        live(&one, events[i]);
    assert_int_equal(one.state, end);
    assert_string_equal(one.said, said);
}
#define LIFE(silent, end, said, ...)                                                                         \
    assert_life(silent, (const otr_alarm_event[]){__VA_ARGS__},                                              \
                sizeof((const otr_alarm_event[]){__VA_ARGS__}) / sizeof(otr_alarm_event), end, said)

static void an_alarm_is_acknowledged_before_or_after_it_returns(void **state)
{
    (void)state;
    LIFE(OTR_ALARM_SHELVED, OTR_ALARM_NORMAL, "raised acknowledged cleared ", OTR_EVENT_RAISE,
         OTR_EVENT_ACKNOWLEDGE, OTR_EVENT_RETURN);
    LIFE(OTR_ALARM_SHELVED, OTR_ALARM_NORMAL, "raised cleared acknowledged ", OTR_EVENT_RAISE,
         OTR_EVENT_RETURN, OTR_EVENT_ACKNOWLEDGE);
}

static void a_latch_waits_for_both_acknowledgement_and_reset(void **state)
{
    (void)state;
    LIFE(OTR_ALARM_SHELVED, OTR_ALARM_LATCHED, "raised cleared ", OTR_EVENT_RAISE, OTR_EVENT_RETURN_LATCH,
         OTR_EVENT_RESET);
    LIFE(OTR_ALARM_SHELVED, OTR_ALARM_NORMAL, "raised cleared acknowledged reset ", OTR_EVENT_RAISE,
         OTR_EVENT_RETURN_LATCH, OTR_EVENT_ACKNOWLEDGE, OTR_EVENT_RESET);
}

static void what_is_shelved_is_told_when_the_shelf_ends_and_only_then(void **state)
{
    (void)state;
    LIFE(OTR_ALARM_SHELVED, OTR_ALARM_UNACKNOWLEDGED, "raised ", OTR_EVENT_RAISE_SILENT, OTR_EVENT_SPEAK);
    LIFE(OTR_ALARM_SHELVED, OTR_ALARM_UNTOLD, "", OTR_EVENT_RAISE_SILENT, OTR_EVENT_RETURN, OTR_EVENT_SPEAK);
    LIFE(OTR_ALARM_SHELVED, OTR_ALARM_RETURNED, "raised cleared ", OTR_EVENT_RAISE, OTR_EVENT_SILENCE,
         OTR_EVENT_RETURN, OTR_EVENT_SPEAK);
}

/* shelved × historical × retracted: who was told is owed the correction, whatever the point is then. */
static void history_on_a_shelf_that_late_data_retracts_is_never_told(void **state)
{
    (void)state;
    LIFE(OTR_ALARM_SHELVED, OTR_ALARM_RETRACTED, "", OTR_EVENT_HISTORY_SILENT, OTR_EVENT_RETRACT,
         OTR_EVENT_SPEAK);
    LIFE(OTR_ALARM_SHELVED, OTR_ALARM_RETRACTED, "", OTR_EVENT_HISTORY_SILENT, OTR_EVENT_SPEAK,
         OTR_EVENT_RETRACT);
    LIFE(OTR_ALARM_SHELVED, OTR_ALARM_RETRACTED, "historical retracted ", OTR_EVENT_HISTORY,
         OTR_EVENT_SILENCE, OTR_EVENT_RETRACT);
    LIFE(OTR_ALARM_SHELVED, OTR_ALARM_RETRACTED, "historical acknowledged retracted ", OTR_EVENT_HISTORY,
         OTR_EVENT_ACKNOWLEDGE, OTR_EVENT_SILENCE, OTR_EVENT_RETRACT);
    LIFE(OTR_ALARM_SHELVED, OTR_ALARM_SHELVED, "", OTR_EVENT_HISTORY_SILENT, OTR_EVENT_REOPEN_SILENT);
    LIFE(OTR_ALARM_SHELVED, OTR_ALARM_UNACKNOWLEDGED, "historical corrected ", OTR_EVENT_HISTORY,
         OTR_EVENT_REOPEN_SILENT);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--print") == 0) {
        otr_buffer out = {0};
        add_occurrences(&out);
        otr_buffer_add_format(&out, "\n");
        add_points(&out);
        (void)fwrite(out.data, 1, out.size, stdout);
        otr_buffer_done(&out);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_shows_the_table_of_occurrences),
        cmocka_unit_test(the_page_shows_the_table_of_points),
        cmocka_unit_test(every_cell_obeys_the_laws),
        cmocka_unit_test(all_reasons_of_silence_are_alike),
        cmocka_unit_test(an_alarm_is_acknowledged_before_or_after_it_returns),
        cmocka_unit_test(a_latch_waits_for_both_acknowledgement_and_reset),
        cmocka_unit_test(what_is_shelved_is_told_when_the_shelf_ends_and_only_then),
        cmocka_unit_test(history_on_a_shelf_that_late_data_retracts_is_never_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
