#include "core/alarm/lifecycle.h"

#include "base/status.h"

/* A pair that is written twice is a compiler error, one that is missing an assertion below. */
static const otr_cell alarm_cells[OTR_ALARM_STATE_COUNT][OTR_EVENT_COUNT] = {
#define GO(state, event, after, say)                                                                         \
    [OTR_ALARM_##                                                                                            \
        state][OTR_EVENT_##event] = {OTR_CELL_GO, OTR_ALARM_##after, OTR_SAY_##say, OTR_REFUSAL_ACCEPTED},
#define STAY(state, event)                                                                                   \
    [OTR_ALARM_##state][OTR_EVENT_##event] = {OTR_CELL_STAY, OTR_ALARM_##state, OTR_SAY_NOTHING,             \
                                              OTR_REFUSAL_ACCEPTED},
#define NO(state, event, why)                                                                                \
    [OTR_ALARM_##                                                                                            \
        state][OTR_EVENT_##event] = {OTR_CELL_NO, OTR_ALARM_##state, OTR_SAY_NOTHING, OTR_REFUSAL_##why},
#define NEVER(state, event)                                                                                  \
    [OTR_ALARM_##state][OTR_EVENT_##event] = {OTR_CELL_NEVER, OTR_ALARM_##state, OTR_SAY_NOTHING,            \
                                              OTR_REFUSAL_ACCEPTED},
    OTR_ALARM_CELLS(GO, STAY, NO, NEVER)
#undef GO
#undef STAY
#undef NO
#undef NEVER
};

static const otr_cell point_cells[OTR_POINT_STATE_COUNT][OTR_POINT_EVENT_COUNT] = {
#define GO(state, event, after, say)                                                                         \
    [OTR_POINT_##state][OTR_POINT_EVENT_##event] = {OTR_CELL_GO, OTR_POINT_##after, OTR_SAY_##say,           \
                                                    OTR_REFUSAL_ACCEPTED},
#define STAY(state, event)                                                                                   \
    [OTR_POINT_##state][OTR_POINT_EVENT_##event] = {OTR_CELL_STAY, OTR_POINT_##state, OTR_SAY_NOTHING,       \
                                                    OTR_REFUSAL_ACCEPTED},
#define NO(state, event, why)                                                                                \
    [OTR_POINT_##state][OTR_POINT_EVENT_##event] = {OTR_CELL_NO, OTR_POINT_##state, OTR_SAY_NOTHING,         \
                                                    OTR_REFUSAL_##why},
#define NEVER(state, event)                                                                                  \
    [OTR_POINT_##state][OTR_POINT_EVENT_##event] = {OTR_CELL_NEVER, OTR_POINT_##state, OTR_SAY_NOTHING,      \
                                                    OTR_REFUSAL_ACCEPTED},
    OTR_POINT_CELLS(GO, STAY, NO, NEVER)
#undef GO
#undef STAY
#undef NO
#undef NEVER
};

#define ONE(...) +1 /* NOLINT(bugprone-macro-parentheses): a term of a sum */
_Static_assert((0 OTR_ALARM_CELLS(ONE, ONE, ONE, ONE)) == OTR_ALARM_STATE_COUNT * OTR_EVENT_COUNT,
               "every pair of an alarm's state and event has a cell");
_Static_assert((0 OTR_POINT_CELLS(ONE, ONE, ONE, ONE)) == OTR_POINT_STATE_COUNT * OTR_POINT_EVENT_COUNT,
               "every pair of a point's state and event has a cell");

otr_cell otr_lifecycle(otr_alarm_state state, otr_alarm_event event, otr_alarm_state silent)
{
    OTR_ASSERT(state < OTR_ALARM_STATE_COUNT && event < OTR_EVENT_COUNT);
    otr_cell cell = alarm_cells[state][event];
    if (cell.next == OTR_ALARM_SILENT) {
        OTR_ASSERT(otr_alarm_is_withheld(silent));
        cell.next = silent;
    }
    return cell;
}

otr_cell otr_point_lifecycle(otr_point_state state, otr_point_event event)
{
    OTR_ASSERT(state < OTR_POINT_STATE_COUNT && event < OTR_POINT_EVENT_COUNT);
    return point_cells[state][event];
}

otr_alarm_state otr_point_silence(otr_point_state state, bool suppressed)
{
    static const otr_alarm_state reasons[OTR_POINT_STATE_COUNT][2] = {
#define X(name, word, silent, by_design) [OTR_POINT_##name] = {OTR_ALARM_##silent, OTR_ALARM_##by_design},
        OTR_POINT_STATES(X)
#undef X
    };
    OTR_ASSERT(state < OTR_POINT_STATE_COUNT);
    return reasons[state][suppressed];
}

/* ---- words ---- */

const char *otr_alarm_state_text(otr_alarm_state state)
{
    static const char *const words[] = {
#define X(number, name, word, meaning) [OTR_ALARM_##name] = (word),
        OTR_ALARM_STATES(X)
#undef X
    };
    OTR_ASSERT(state < OTR_ALARM_STATE_COUNT);
    return words[state];
}

const char *otr_alarm_event_text(otr_alarm_event event)
{
    static const char *const words[] = {
#define X(name, word, meaning) word,
        OTR_ALARM_EVENTS(X)
#undef X
    };
    OTR_ASSERT(event < OTR_EVENT_COUNT);
    return words[event];
}

const char *otr_saying_text(otr_saying said)
{
    static const char *const words[] = {
#define X(name, word) word,
        OTR_ALARM_SAYINGS(X)
#undef X
    };
    OTR_ASSERT(said < OTR_SAY_COUNT);
    return words[said];
}

const char *otr_refusal_text(otr_refusal refusal)
{
    static const char *const words[] = {
#define X(number, name, word) [OTR_REFUSAL_##name] = (word),
        OTR_REFUSALS(X)
#undef X
    };
    OTR_ASSERT(refusal < OTR_REFUSAL_COUNT);
    return words[refusal];
}

const char *otr_point_state_text(otr_point_state state)
{
    static const char *const words[] = {
#define X(name, word, ...) word,
        OTR_POINT_STATES(X)
#undef X
    };
    OTR_ASSERT(state < OTR_POINT_STATE_COUNT);
    return words[state];
}

const char *otr_point_event_text(otr_point_event event)
{
    static const char *const words[] = {
#define X(name, word, meaning) word,
        OTR_POINT_EVENTS(X)
#undef X
    };
    OTR_ASSERT(event < OTR_POINT_EVENT_COUNT);
    return words[event];
}
