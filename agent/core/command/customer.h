/*
 * What the reader of a notification may answer with. An action is a journaled input like an operator's
 * command (core/command/command.h) and names itself as one does. That the notification was sent, with that
 * action, its token has shown before it comes here (driver/act.c).
 */
#ifndef OTR_CORE_CUSTOMER_H
#define OTR_CORE_CUSTOMER_H

#include "base/buffer.h"
#include "base/hash.h"
#include "base/time.h"
#include "core/alarm/lifecycle.h"
#include "core/question/question_kind.h"

typedef struct otr_core otr_core;
typedef struct otr_command otr_command;
typedef struct otr_command_result otr_command_result;

/*
 * X(number in the journal, NAME, word, once, what it may name besides the notification)
 * once: a second one for the same notification is accepted and has no further effect, whatever its id.
 */
/* clang-format off */
#define OTR_CUSTOMER_ACTIONS(X)                                                                              \
    X(1, STATUS, "status", true, 0)                                                                          \
    X(2, HELP, "help", true, 0)                                                                              \
    X(3, CALL_ME, "call-me", true, OTR_NAMES_SPAN)                                                           \
    X(4, NOT_SOLVED, "not-solved", true, 0)                                                                  \
    X(5, USEFUL, "useful", true, 0)                                                                          \
    X(6, KNOWN, "known", true, 0)                                                                            \
    X(7, WRONG, "wrong", true, 0)                                                                            \
    X(8, LATE, "late", true, 0)                                                                              \
    X(9, STOP, "stop", false, OTR_NAMES_CATEGORY | OTR_NAMES_SPAN)                                           \
    X(10, RESUME, "resume", false, OTR_NAMES_CATEGORY)                                                       \
    X(11, MY_DATA, "my-data", true, OTR_NAMES_SPAN)                                                          \
    X(12, FORGET_ME, "forget-me", true, 0)                                                                   \
    X(13, SOLVED, "solved", true, 0)                                                                         \
    X(14, SCORE, "score", true, OTR_NAMES_SCORE) /* answers a question of core/question/question.h */
/* clang-format on */

enum { OTR_NAMES_CATEGORY = 1, OTR_NAMES_SPAN = 2, OTR_NAMES_SCORE = 4 };

typedef enum otr_customer_action {
#define X(number, name, ...) OTR_CUSTOMER_##name = (number),
    OTR_CUSTOMER_ACTIONS(X)
#undef X
} otr_customer_action;

/* Views. */
typedef struct otr_customer_act {
    otr_customer_action action;
    otr_id notification; /* its entity, whichever revision was answered */
    otr_str category;    /* empty: all */
    otr_time from;       /* UTC, or NONE */
    otr_time to;         /* UTC, or NONE */
    bool scored;
    uint8_t score;              /* when scored */
    otr_question_reason reason; /* of a poor score; NO_REASON */
} otr_customer_act;

bool otr_customer_action_parse(otr_str word, otr_customer_action *out);
/* The word; NULL for a number that is no action. */
const char *otr_customer_action_text(otr_customer_action action);

/* INVALID or LIMIT with the reason, for the fields that an action has. */
otr_status otr_customer_check(const otr_customer_act *customer, otr_error *error);
void otr_customer_encode(otr_buffer *out, const otr_customer_act *customer);
/* What it reads is still to be checked. */
void otr_customer_decode(otr_reader *reader, otr_customer_act *out);

/* Whether that was answered to that notification, as far as it is remembered. */
bool otr_customer_has_done(otr_core *core, otr_customer_action what, otr_id notification);
/* Has the command's effect, once. */
void otr_customer_take(otr_core *core, const otr_command *command, otr_command_result *result);

#endif
