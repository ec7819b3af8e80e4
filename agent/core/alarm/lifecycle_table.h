/*
 * The lifecycle of alarms (ISA-18.2, IEC 62682) as data: the core runs it, LIFECYCLE.md shows it and the test
 * walks it. Every pair of state and event has a cell, and each cell is one of
 *   GO(state, event, next, said)   it changes, and that is said
 *   STAY(state, event)             it happened, and changes nothing
 *   NO(state, event, refusal)      an operator asked for it, and is refused with the reason
 *   NEVER(state, event)            cannot happen: the core asserts it
 */
#ifndef OTR_CORE_LIFECYCLE_TABLE_H
#define OTR_CORE_LIFECYCLE_TABLE_H

/* clang-format off */

/* One occurrence of a rule's condition on one asset. X(number in the rows, NAME, word, meaning); a number is
 * for good: databases hold it. An occurrence begins in NORMAL. */
#define OTR_ALARM_STATES(X)                                                                                  \
    X(0, UNACKNOWLEDGED, "unacknowledged", "the condition holds; nobody has acknowledged it")                \
    X(1, ACKNOWLEDGED, "acknowledged", "the condition holds; somebody knows")                                \
    X(2, RETURNED, "returned", "the condition has gone; nobody has acknowledged it")                         \
    X(3, NORMAL, "normal", "over, and known")                                                                \
    X(4, WITHDRAWN, "withdrawn", "its rule or asset is gone")                                                \
    X(5, SHELVED, "shelved", "the condition holds; told nobody, because its point is shelved")               \
    X(6, SUPPRESSED, "suppressed", "the same, because its rule is suppressed by design")                     \
    X(7, OUT_OF_SERVICE, "out of service", "the same, because its point is out of service")                  \
    X(8, LATCHED, "latched", "the condition has gone; waits to be acknowledged and reset")                   \
    X(9, LATCHED_ACKNOWLEDGED, "latched, acknowledged", "the condition has gone; waits to be reset")         \
    X(10, UNTOLD, "over, untold", "over, and nobody was ever told")                                          \
    X(11, RETRACTED, "retracted", "late data showed that it never was")

/* Of an occurrence. X(NAME, word, meaning). A *_SILENT event happens where the point is silent: SILENT as next
 * is the state that names the reason. A *_LATCH event is that of a rule that latches. */
#define OTR_ALARM_EVENTS(X)                                                                                  \
    X(RAISE, "raise", "the condition holds")                                                                 \
    X(RAISE_SILENT, "raise, silent", "the same, at a silent point")                                          \
    X(HISTORY, "history", "the condition held in the past and is over: raised and ended at once")            \
    X(HISTORY_LATCH, "history, latching", "the same, of a rule that latches")                                \
    X(HISTORY_SILENT, "history, silent", "the same, at a silent point")                                      \
    X(RETURN, "return", "the condition has gone")                                                            \
    X(RETURN_LATCH, "return, latching", "the same, of a rule that latches")                                  \
    X(ACKNOWLEDGE, "acknowledge", "an operator knows")                                                       \
    X(RESET, "reset", "an operator lets a latch go")                                                         \
    X(SPEAK, "speak", "its point is no longer silent")                                                       \
    X(SILENCE, "silence", "its point is silent, or for another reason than before")                          \
    X(CORRECT, "correct", "late data moved its begin or its end")                                            \
    X(REOPEN, "reopen", "late data showed that the condition had not gone")                                  \
    X(REOPEN_SILENT, "reopen, silent", "the same, at a silent point")                                        \
    X(WITHDRAW, "withdraw", "its rule or asset is gone")                                                     \
    X(RETRACT, "retract", "late data showed that the condition never held")                                  \
    X(LAPSE, "lapse", "it stood too long, or too many stand")

/* What people learn of a change. X(NAME, word). The word is the alarm event's `what`; notifications' ids
 * are made of the numbers, so new ones go to the end. */
#define OTR_ALARM_SAYINGS(X)                                                                                 \
    X(NOTHING, "")                                                                                           \
    X(RAISED, "raised")                                                                                      \
    X(CLEARED, "cleared")                                                                                    \
    X(WITHDRAWN, "withdrawn")                                                                                \
    X(HISTORICAL, "historical")                                                                              \
    X(CORRECTED, "corrected")                                                                                \
    X(RETRACTED, "retracted")                                                                                \
    X(ACKNOWLEDGED, "acknowledged")                                                                          \
    X(RESET, "reset")                                                                                        \
    X(LAPSED, "lapsed")                                                                                      \
    X(SHELVED, "shelved")                                                                                    \
    X(UNSHELVED, "unshelved")                                                                                \
    X(OUT_OF_SERVICE, "out-of-service")                                                                      \
    X(IN_SERVICE, "in-service")

/* Why a command of an operator or a customer is refused. X(number in the journal's answers, NAME, text) */
#define OTR_REFUSALS(X)                                                                                      \
    X(0, ACCEPTED, "")                                                                                       \
    X(1, OVER, "the alarm is over")                                                                          \
    X(2, KNOWN, "it is acknowledged already")                                                                \
    X(3, UNTOLD, "nobody was told of it, so there is nothing to acknowledge")                                \
    X(4, HOLDS, "the condition still holds")                                                                 \
    X(5, NOT_LATCHED, "it is not latched; acknowledge it")                                                   \
    X(6, UNACKNOWLEDGED, "it is latched and nobody has acknowledged it yet")                                 \
    X(7, NOT_SHELVED, "it is not shelved")                                                                   \
    X(8, OUT_OF_SERVICE, "it is out of service")                                                             \
    X(9, IN_SERVICE, "it is in service")                                                                     \
    X(10, NO_ALARM, "there is no such alarm, open or standing")                                              \
    X(11, NO_RULE, "no such rule watches that asset")                                                        \
    X(12, AMBIGUOUS, "several packs have a rule of that name; write PACK/RULE")                              \
    X(13, NO_CLOCK, "the gateway does not know the time; shelve for a span")                                 \
    X(14, PAST, "that time is over")                                                                         \
    X(15, TOO_LONG, "a shelf lasts 30 days at most; take it out of service instead")                         \
    X(16, FULL, "too many points are shelved or out of service")                                             \
    X(17, NONE_STANDS, "no alarm of that rule stands on that asset")\
    X(18, NO_NOTIFICATION, "there is no such notification, or it is too old")\
    X(19, NOT_SERVED, "this gateway does not do that")\
    X(20, NO_DEVICE, "no asset has that device")\
    X(21, DEVICE_TAKEN, "the new device belongs to an asset")\
    X(22, IN_FILE, "the customer stands in the assignments of the configuration; take them out there first, and reload")\
    X(23, NOT_ASSIGNED, "no assignment of that asset came by command")\
    X(24, NO_CATEGORY, "no rule is of that category")\
    X(25, NO_CASE, "there is no such ticket or case, or it closed too long ago")\
    X(26, CASE_CLOSED, "the case is closed")\
    X(27, NO_PROMISE, "that was not promised, or is done already")\
    X(28, PROMISES_FULL, "too much is promised in this case already")\
    X(29, NO_REMEDY, "no pack of this case lists such a remedy")\
    X(30, NOT_THEIRS, "that role may not do this")\
    X(31, SAME_QUEUE, "it is in that queue already")\
    X(32, NO_ANSWER, "that is none of the answers that were asked for")\
    X(33, USED_UP, "it was used in this case as often as its pack allows")\
    X(34, NO_OPEN_ALARM, "it gives a command to a device, and no alarm of this case is open")\
    X(35, COMMAND_HELD, "the device may not be given its command now; a status event says why")\
    X(36, SAME_RESOLUTION, "it is resolved so already")\
    X(37, REPLAYED, "replayed: the key has counted further")\
    X(38, SAME_CASE, "that is the case itself")\
    X(39, NOT_OF_ONE, "the two cases are not of one asset and customer")\
    X(40, IS_RESOLVED, "one of the two is resolved; resolve the other as well")\
    X(41, MERGED_FULL, "too many cases are merged into it already")\
    X(42, NO_WORDS, "nobody has words for that promise, which its customer reads")\
    X(43, NO_CODE, "no pack of this case lists such a resolution")

/*
 * What was told is finished: a told alarm that is over is said to be over, and is corrected or retracted,
 * whatever its point is now. What was told to nobody ends in silence and asks for no acknowledgement; even a
 * latch has nothing to hold there.
 */
#define OTR_ALARM_CELLS(GO, STAY, NO, NEVER)                                                                 \
    GO(NORMAL, RAISE, UNACKNOWLEDGED, RAISED)                                                                \
    NEVER(UNACKNOWLEDGED, RAISE)                                                                             \
    NEVER(ACKNOWLEDGED, RAISE)                                                                               \
    NEVER(RETURNED, RAISE) /* a condition that comes again is a new occurrence */                            \
    NEVER(LATCHED, RAISE)                                                                                    \
    NEVER(LATCHED_ACKNOWLEDGED, RAISE)                                                                       \
    NEVER(SHELVED, RAISE)                                                                                    \
    NEVER(SUPPRESSED, RAISE)                                                                                 \
    NEVER(OUT_OF_SERVICE, RAISE)                                                                             \
    NEVER(UNTOLD, RAISE)                                                                                     \
    NEVER(WITHDRAWN, RAISE)                                                                                  \
    NEVER(RETRACTED, RAISE)                                                                                  \
                                                                                                             \
    GO(NORMAL, RAISE_SILENT, SILENT, NOTHING)                                                                \
    NEVER(UNACKNOWLEDGED, RAISE_SILENT)                                                                      \
    NEVER(ACKNOWLEDGED, RAISE_SILENT)                                                                        \
    NEVER(RETURNED, RAISE_SILENT)                                                                            \
    NEVER(LATCHED, RAISE_SILENT)                                                                             \
    NEVER(LATCHED_ACKNOWLEDGED, RAISE_SILENT)                                                                \
    NEVER(SHELVED, RAISE_SILENT)                                                                             \
    NEVER(SUPPRESSED, RAISE_SILENT)                                                                          \
    NEVER(OUT_OF_SERVICE, RAISE_SILENT)                                                                      \
    NEVER(UNTOLD, RAISE_SILENT)                                                                              \
    NEVER(WITHDRAWN, RAISE_SILENT)                                                                           \
    NEVER(RETRACTED, RAISE_SILENT)                                                                           \
                                                                                                             \
    GO(NORMAL, HISTORY, RETURNED, HISTORICAL)                                                                \
    NEVER(UNACKNOWLEDGED, HISTORY)                                                                           \
    NEVER(ACKNOWLEDGED, HISTORY)                                                                             \
    NEVER(RETURNED, HISTORY)                                                                                 \
    NEVER(LATCHED, HISTORY)                                                                                  \
    NEVER(LATCHED_ACKNOWLEDGED, HISTORY)                                                                     \
    NEVER(SHELVED, HISTORY)                                                                                  \
    NEVER(SUPPRESSED, HISTORY)                                                                               \
    NEVER(OUT_OF_SERVICE, HISTORY)                                                                           \
    NEVER(UNTOLD, HISTORY)                                                                                   \
    NEVER(WITHDRAWN, HISTORY)                                                                                \
    NEVER(RETRACTED, HISTORY)                                                                                \
                                                                                                             \
    GO(NORMAL, HISTORY_LATCH, LATCHED, HISTORICAL) /* as it would be, had the data come in time */           \
    NEVER(UNACKNOWLEDGED, HISTORY_LATCH)                                                                     \
    NEVER(ACKNOWLEDGED, HISTORY_LATCH)                                                                       \
    NEVER(RETURNED, HISTORY_LATCH)                                                                           \
    NEVER(LATCHED, HISTORY_LATCH)                                                                            \
    NEVER(LATCHED_ACKNOWLEDGED, HISTORY_LATCH)                                                               \
    NEVER(SHELVED, HISTORY_LATCH)                                                                            \
    NEVER(SUPPRESSED, HISTORY_LATCH)                                                                         \
    NEVER(OUT_OF_SERVICE, HISTORY_LATCH)                                                                     \
    NEVER(UNTOLD, HISTORY_LATCH)                                                                             \
    NEVER(WITHDRAWN, HISTORY_LATCH)                                                                          \
    NEVER(RETRACTED, HISTORY_LATCH)                                                                          \
                                                                                                             \
    GO(NORMAL, HISTORY_SILENT, UNTOLD, NOTHING)                                                              \
    NEVER(UNACKNOWLEDGED, HISTORY_SILENT)                                                                    \
    NEVER(ACKNOWLEDGED, HISTORY_SILENT)                                                                      \
    NEVER(RETURNED, HISTORY_SILENT)                                                                          \
    NEVER(LATCHED, HISTORY_SILENT)                                                                           \
    NEVER(LATCHED_ACKNOWLEDGED, HISTORY_SILENT)                                                              \
    NEVER(SHELVED, HISTORY_SILENT)                                                                           \
    NEVER(SUPPRESSED, HISTORY_SILENT)                                                                        \
    NEVER(OUT_OF_SERVICE, HISTORY_SILENT)                                                                    \
    NEVER(UNTOLD, HISTORY_SILENT)                                                                            \
    NEVER(WITHDRAWN, HISTORY_SILENT)                                                                         \
    NEVER(RETRACTED, HISTORY_SILENT)                                                                         \
                                                                                                             \
    NEVER(NORMAL, RETURN)                                                                                    \
    GO(UNACKNOWLEDGED, RETURN, RETURNED, CLEARED)                                                            \
    GO(ACKNOWLEDGED, RETURN, NORMAL, CLEARED)                                                                \
    NEVER(RETURNED, RETURN)                                                                                  \
    NEVER(LATCHED, RETURN)                                                                                   \
    NEVER(LATCHED_ACKNOWLEDGED, RETURN)                                                                      \
    GO(SHELVED, RETURN, UNTOLD, NOTHING)                                                                     \
    GO(SUPPRESSED, RETURN, UNTOLD, NOTHING)                                                                  \
    GO(OUT_OF_SERVICE, RETURN, UNTOLD, NOTHING)                                                              \
    NEVER(UNTOLD, RETURN)                                                                                    \
    NEVER(WITHDRAWN, RETURN)                                                                                 \
    NEVER(RETRACTED, RETURN)                                                                                 \
                                                                                                             \
    NEVER(NORMAL, RETURN_LATCH)                                                                              \
    GO(UNACKNOWLEDGED, RETURN_LATCH, LATCHED, CLEARED)                                                       \
    GO(ACKNOWLEDGED, RETURN_LATCH, LATCHED_ACKNOWLEDGED, CLEARED)                                            \
    NEVER(RETURNED, RETURN_LATCH)                                                                            \
    NEVER(LATCHED, RETURN_LATCH)                                                                             \
    NEVER(LATCHED_ACKNOWLEDGED, RETURN_LATCH)                                                                \
    GO(SHELVED, RETURN_LATCH, UNTOLD, NOTHING)                                                               \
    GO(SUPPRESSED, RETURN_LATCH, UNTOLD, NOTHING)                                                            \
    GO(OUT_OF_SERVICE, RETURN_LATCH, UNTOLD, NOTHING)                                                        \
    NEVER(UNTOLD, RETURN_LATCH)                                                                              \
    NEVER(WITHDRAWN, RETURN_LATCH)                                                                           \
    NEVER(RETRACTED, RETURN_LATCH)                                                                           \
                                                                                                             \
    NO(NORMAL, ACKNOWLEDGE, OVER)                                                                            \
    GO(UNACKNOWLEDGED, ACKNOWLEDGE, ACKNOWLEDGED, ACKNOWLEDGED)                                              \
    NO(ACKNOWLEDGED, ACKNOWLEDGE, KNOWN)                                                                     \
    GO(RETURNED, ACKNOWLEDGE, NORMAL, ACKNOWLEDGED)                                                          \
    GO(LATCHED, ACKNOWLEDGE, LATCHED_ACKNOWLEDGED, ACKNOWLEDGED)                                             \
    NO(LATCHED_ACKNOWLEDGED, ACKNOWLEDGE, KNOWN)                                                             \
    NO(SHELVED, ACKNOWLEDGE, UNTOLD)                                                                         \
    NO(SUPPRESSED, ACKNOWLEDGE, UNTOLD)                                                                      \
    NO(OUT_OF_SERVICE, ACKNOWLEDGE, UNTOLD)                                                                  \
    NO(UNTOLD, ACKNOWLEDGE, OVER)                                                                            \
    NO(WITHDRAWN, ACKNOWLEDGE, OVER)                                                                         \
    NO(RETRACTED, ACKNOWLEDGE, OVER)                                                                         \
                                                                                                             \
    NO(NORMAL, RESET, OVER)                                                                                  \
    NO(UNACKNOWLEDGED, RESET, HOLDS)                                                                         \
    NO(ACKNOWLEDGED, RESET, HOLDS)                                                                           \
    NO(RETURNED, RESET, NOT_LATCHED)                                                                         \
    NO(LATCHED, RESET, UNACKNOWLEDGED)                                                                       \
    GO(LATCHED_ACKNOWLEDGED, RESET, NORMAL, RESET)                                                           \
    NO(SHELVED, RESET, HOLDS)                                                                                \
    NO(SUPPRESSED, RESET, HOLDS)                                                                             \
    NO(OUT_OF_SERVICE, RESET, HOLDS)                                                                         \
    NO(UNTOLD, RESET, OVER)                                                                                  \
    NO(WITHDRAWN, RESET, OVER)                                                                               \
    NO(RETRACTED, RESET, OVER)                                                                               \
                                                                                                             \
    STAY(NORMAL, SPEAK)                                                                                      \
    STAY(UNACKNOWLEDGED, SPEAK) /* told before the shelf, and not told twice */                              \
    STAY(ACKNOWLEDGED, SPEAK)                                                                                \
    STAY(RETURNED, SPEAK)                                                                                    \
    STAY(LATCHED, SPEAK)                                                                                     \
    STAY(LATCHED_ACKNOWLEDGED, SPEAK)                                                                        \
    GO(SHELVED, SPEAK, UNACKNOWLEDGED, RAISED)                                                               \
    GO(SUPPRESSED, SPEAK, UNACKNOWLEDGED, RAISED)                                                            \
    GO(OUT_OF_SERVICE, SPEAK, UNACKNOWLEDGED, RAISED)                                                        \
    STAY(UNTOLD, SPEAK) /* over before anybody wanted to hear of it */                                       \
    STAY(WITHDRAWN, SPEAK)                                                                                   \
    STAY(RETRACTED, SPEAK)                                                                                   \
                                                                                                             \
    STAY(NORMAL, SILENCE)                                                                                    \
    STAY(UNACKNOWLEDGED, SILENCE) /* told: what follows of it is told, too */                                \
    STAY(ACKNOWLEDGED, SILENCE)                                                                              \
    STAY(RETURNED, SILENCE)                                                                                  \
    STAY(LATCHED, SILENCE)                                                                                   \
    STAY(LATCHED_ACKNOWLEDGED, SILENCE)                                                                      \
    GO(SHELVED, SILENCE, SILENT, NOTHING)                                                                    \
    GO(SUPPRESSED, SILENCE, SILENT, NOTHING)                                                                 \
    GO(OUT_OF_SERVICE, SILENCE, SILENT, NOTHING)                                                             \
    STAY(UNTOLD, SILENCE)                                                                                    \
    STAY(WITHDRAWN, SILENCE)                                                                                 \
    STAY(RETRACTED, SILENCE)                                                                                 \
                                                                                                             \
    GO(NORMAL, CORRECT, NORMAL, CORRECTED)                                                                   \
    GO(UNACKNOWLEDGED, CORRECT, UNACKNOWLEDGED, CORRECTED)                                                   \
    GO(ACKNOWLEDGED, CORRECT, ACKNOWLEDGED, CORRECTED)                                                       \
    GO(RETURNED, CORRECT, RETURNED, CORRECTED)                                                               \
    GO(LATCHED, CORRECT, LATCHED, CORRECTED)                                                                 \
    GO(LATCHED_ACKNOWLEDGED, CORRECT, LATCHED_ACKNOWLEDGED, CORRECTED)                                       \
    GO(SHELVED, CORRECT, SHELVED, NOTHING)                                                                   \
    GO(SUPPRESSED, CORRECT, SUPPRESSED, NOTHING)                                                             \
    GO(OUT_OF_SERVICE, CORRECT, OUT_OF_SERVICE, NOTHING)                                                     \
    GO(UNTOLD, CORRECT, UNTOLD, NOTHING)                                                                     \
    NEVER(WITHDRAWN, CORRECT) /* nothing judges it any more */                                               \
    NEVER(RETRACTED, CORRECT)                                                                                \
                                                                                                             \
    GO(NORMAL, REOPEN, UNACKNOWLEDGED, CORRECTED) /* who knew was told that it is over */                    \
    NEVER(UNACKNOWLEDGED, REOPEN)                                                                            \
    NEVER(ACKNOWLEDGED, REOPEN)                                                                              \
    GO(RETURNED, REOPEN, UNACKNOWLEDGED, CORRECTED)                                                          \
    GO(LATCHED, REOPEN, UNACKNOWLEDGED, CORRECTED)                                                           \
    GO(LATCHED_ACKNOWLEDGED, REOPEN, UNACKNOWLEDGED, CORRECTED)                                              \
    NEVER(SHELVED, REOPEN)                                                                                   \
    NEVER(SUPPRESSED, REOPEN)                                                                                \
    NEVER(OUT_OF_SERVICE, REOPEN)                                                                            \
    GO(UNTOLD, REOPEN, UNACKNOWLEDGED, RAISED)                                                               \
    NEVER(WITHDRAWN, REOPEN)                                                                                 \
    NEVER(RETRACTED, REOPEN) /* what proves true after all is raised anew */                                 \
                                                                                                             \
    GO(NORMAL, REOPEN_SILENT, UNACKNOWLEDGED, CORRECTED) /* the correction is owed all the same */           \
    NEVER(UNACKNOWLEDGED, REOPEN_SILENT)                                                                     \
    NEVER(ACKNOWLEDGED, REOPEN_SILENT)                                                                       \
    GO(RETURNED, REOPEN_SILENT, UNACKNOWLEDGED, CORRECTED)                                                   \
    GO(LATCHED, REOPEN_SILENT, UNACKNOWLEDGED, CORRECTED)                                                    \
    GO(LATCHED_ACKNOWLEDGED, REOPEN_SILENT, UNACKNOWLEDGED, CORRECTED)                                       \
    NEVER(SHELVED, REOPEN_SILENT)                                                                            \
    NEVER(SUPPRESSED, REOPEN_SILENT)                                                                         \
    NEVER(OUT_OF_SERVICE, REOPEN_SILENT)                                                                     \
    GO(UNTOLD, REOPEN_SILENT, SILENT, NOTHING)                                                               \
    NEVER(WITHDRAWN, REOPEN_SILENT)                                                                          \
    NEVER(RETRACTED, REOPEN_SILENT)                                                                          \
                                                                                                             \
    STAY(NORMAL, WITHDRAW)                                                                                   \
    GO(UNACKNOWLEDGED, WITHDRAW, WITHDRAWN, WITHDRAWN)                                                       \
    GO(ACKNOWLEDGED, WITHDRAW, WITHDRAWN, WITHDRAWN)                                                         \
    STAY(RETURNED, WITHDRAW) /* it happened: it stands until somebody knows */                               \
    STAY(LATCHED, WITHDRAW)                                                                                  \
    STAY(LATCHED_ACKNOWLEDGED, WITHDRAW)                                                                     \
    GO(SHELVED, WITHDRAW, WITHDRAWN, NOTHING)                                                                \
    GO(SUPPRESSED, WITHDRAW, WITHDRAWN, NOTHING)                                                             \
    GO(OUT_OF_SERVICE, WITHDRAW, WITHDRAWN, NOTHING)                                                         \
    STAY(UNTOLD, WITHDRAW)                                                                                   \
    NEVER(WITHDRAWN, WITHDRAW)                                                                               \
    NEVER(RETRACTED, WITHDRAW)                                                                               \
                                                                                                             \
    GO(NORMAL, RETRACT, RETRACTED, RETRACTED)                                                                \
    GO(UNACKNOWLEDGED, RETRACT, RETRACTED, RETRACTED)                                                        \
    GO(ACKNOWLEDGED, RETRACT, RETRACTED, RETRACTED)                                                          \
    GO(RETURNED, RETRACT, RETRACTED, RETRACTED)                                                              \
    GO(LATCHED, RETRACT, RETRACTED, RETRACTED)                                                               \
    GO(LATCHED_ACKNOWLEDGED, RETRACT, RETRACTED, RETRACTED)                                                  \
    GO(SHELVED, RETRACT, RETRACTED, NOTHING)                                                                 \
    GO(SUPPRESSED, RETRACT, RETRACTED, NOTHING)                                                              \
    GO(OUT_OF_SERVICE, RETRACT, RETRACTED, NOTHING)                                                          \
    GO(UNTOLD, RETRACT, RETRACTED, NOTHING)                                                                  \
    NEVER(WITHDRAWN, RETRACT)                                                                                \
    NEVER(RETRACTED, RETRACT)                                                                                \
                                                                                                             \
    NEVER(NORMAL, LAPSE)                                                                                     \
    NEVER(UNACKNOWLEDGED, LAPSE)                                                                             \
    NEVER(ACKNOWLEDGED, LAPSE)                                                                               \
    GO(RETURNED, LAPSE, NORMAL, LAPSED)                                                                      \
    GO(LATCHED, LAPSE, NORMAL, LAPSED)                                                                       \
    GO(LATCHED_ACKNOWLEDGED, LAPSE, NORMAL, LAPSED)                                                          \
    NEVER(SHELVED, LAPSE)                                                                                    \
    NEVER(SUPPRESSED, LAPSE)                                                                                 \
    NEVER(OUT_OF_SERVICE, LAPSE)                                                                             \
    NEVER(UNTOLD, LAPSE)                                                                                     \
    NEVER(WITHDRAWN, LAPSE)                                                                                  \
    NEVER(RETRACTED, LAPSE)

/* A point: one rule on one asset, as operators set it. X(NAME, word, silent, suppressed): the state of an
 * occurrence that is raised there, and where the rule is suppressed by design as well. */
#define OTR_POINT_STATES(X)                                                                                  \
    X(SPEAKING, "speaking", NORMAL, SUPPRESSED)                                                              \
    X(SHELVED, "shelved", SHELVED, SUPPRESSED)                                                               \
    X(OUT_OF_SERVICE, "out of service", OUT_OF_SERVICE, OUT_OF_SERVICE)

#define OTR_POINT_EVENTS(X)                                                                                  \
    X(SHELVE, "shelve", "an operator wants to hear nothing of it for a while")                               \
    X(UNSHELVE, "unshelve", "an operator wants to hear of it again")                                         \
    X(EXPIRE, "expire", "the shelf's time is over")                                                          \
    X(TAKE_OUT, "out of service", "it is being worked on, for as long as that takes")                        \
    X(PUT_IN, "in service", "the work is done")

#define OTR_POINT_CELLS(GO, STAY, NO, NEVER)                                                                 \
    GO(SPEAKING, SHELVE, SHELVED, SHELVED)                                                                   \
    GO(SHELVED, SHELVE, SHELVED, SHELVED) /* until another time */                                           \
    NO(OUT_OF_SERVICE, SHELVE, OUT_OF_SERVICE)                                                               \
    NO(SPEAKING, UNSHELVE, NOT_SHELVED)                                                                      \
    GO(SHELVED, UNSHELVE, SPEAKING, UNSHELVED)                                                               \
    NO(OUT_OF_SERVICE, UNSHELVE, NOT_SHELVED)                                                                \
    NEVER(SPEAKING, EXPIRE)                                                                                  \
    GO(SHELVED, EXPIRE, SPEAKING, UNSHELVED)                                                                 \
    NEVER(OUT_OF_SERVICE, EXPIRE)                                                                            \
    GO(SPEAKING, TAKE_OUT, OUT_OF_SERVICE, OUT_OF_SERVICE)                                                   \
    GO(SHELVED, TAKE_OUT, OUT_OF_SERVICE, OUT_OF_SERVICE) /* the shelf is forgotten */                       \
    NO(OUT_OF_SERVICE, TAKE_OUT, OUT_OF_SERVICE)                                                             \
    NO(SPEAKING, PUT_IN, IN_SERVICE)                                                                         \
    NO(SHELVED, PUT_IN, IN_SERVICE)                                                                          \
    GO(OUT_OF_SERVICE, PUT_IN, SPEAKING, IN_SERVICE)

/* clang-format on */

#endif
