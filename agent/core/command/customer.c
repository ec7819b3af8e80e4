#include "core/command/customer.h"

#include "base/limits.h"
#include "core/command/command.h"
#include "core/question/question.h"
#include "core/state.h"

typedef struct action {
    const char *word; /* NULL: a number that is none */
    bool once;
    unsigned names;
} action;

static const action actions[] = {
#define X(number, name, word, once, names) [number] = {word, once, names},
    OTR_CUSTOMER_ACTIONS(X)
#undef X
};
enum { ACTIONS = sizeof actions / sizeof actions[0] };

const char *otr_customer_action_text(otr_customer_action number)
{
    return (unsigned)number < ACTIONS ? actions[number].word : NULL;
}

bool otr_customer_action_parse(otr_str word, otr_customer_action *out)
{
    for (size_t i = 0; i < ACTIONS; i++)
        if (actions[i].word != NULL && otr_str_is(word, actions[i].word)) {
            *out = (otr_customer_action)i;
            return true;
        }
    return false;
}

otr_status otr_customer_check(const otr_customer_act *customer, otr_error *error)
{
    const char *word = otr_customer_action_text(customer->action);
    bool spanned = customer->from != OTR_TIME_NONE || customer->to != OTR_TIME_NONE;
    if (word == NULL || otr_id_is_zero(customer->notification))
        return otr_fail(error, OTR_INVALID, "no action, or no notification");
    unsigned names = actions[customer->action].names;
    if (customer->category.size > 0 && (names & OTR_NAMES_CATEGORY) == 0)
        return otr_fail(error, OTR_INVALID, "%s takes no category", word);
    if (spanned && (names & OTR_NAMES_SPAN) == 0)
        return otr_fail(error, OTR_INVALID, "%s takes no times", word);
    if (customer->from != OTR_TIME_NONE && customer->to != OTR_TIME_NONE && customer->from >= customer->to)
        return otr_fail(error, OTR_INVALID, "\"from\" is before \"to\"");
    if (customer->category.size > OTR_LIMIT_COMMAND_TEXT_BYTES)
        return otr_fail(error, OTR_LIMIT, "the category has more than %d bytes",
                        OTR_LIMIT_COMMAND_TEXT_BYTES);
    bool answers = customer->scored || customer->reason != OTR_QUESTION_NO_REASON;
    if (answers != ((names & OTR_NAMES_SCORE) != 0))
        return otr_fail(error, OTR_INVALID, "%s %s", word,
                        answers ? "takes no score and no reason" : "needs a score or a reason");
    if (customer->score >= OTR_QUESTION_SCORES || (unsigned)customer->reason >= OTR_QUESTION_REASON_COUNT)
        return otr_fail(error, OTR_INVALID, "a score is 0 to %d", OTR_QUESTION_SCORES - 1);
    if (!otr_str_is_utf8(customer->category))
        return otr_fail(error, OTR_INVALID, "the category is not UTF-8 without NUL");
    return OTR_OK;
}

void otr_customer_encode(otr_buffer *out, const otr_customer_act *customer)
{
    otr_buffer_add_u8(out, (uint8_t)customer->action);
    otr_buffer_add_id(out, customer->notification);
    otr_buffer_add_str(out, customer->category);
    otr_buffer_add_signed(out, customer->from);
    otr_buffer_add_signed(out, customer->to);
    if (customer->action != OTR_CUSTOMER_SCORE)
        return;
    otr_buffer_add_u8(out, customer->scored ? (uint8_t)(customer->score + 1) : 0);
    otr_buffer_add_u8(out, (uint8_t)customer->reason);
}

void otr_customer_decode(otr_reader *reader, otr_customer_act *out)
{
    unsigned number = otr_reader_u8(reader);
    out->action = (otr_customer_action)number;
    out->notification = otr_reader_id(reader);
    out->category = otr_reader_str(reader);
    out->from = otr_reader_signed(reader);
    out->to = otr_reader_signed(reader);
    uint8_t score = out->action == OTR_CUSTOMER_SCORE ? otr_reader_u8(reader) : 0;
    unsigned reason = out->action == OTR_CUSTOMER_SCORE ? otr_reader_u8(reader) : 0;
    out->scored = score > 0;
    out->score = (uint8_t)(score - (score > 0));
    out->reason = (otr_question_reason)reason;
}

/* Stands among the commands that were seen for "this action on this notification was done"; whether it is
 * solved may be said again of each resolution. */
static otr_id deed_of(otr_customer_action what, otr_id notification, uint64_t round)
{
    bool of_resolution = what == OTR_CUSTOMER_SOLVED || what == OTR_CUSTOMER_NOT_SOLVED;
    return otr_hash128('a', (uint64_t)what ^ (of_resolution ? round : 0) << 8, notification.bytes,
                       sizeof notification.bytes);
}

/* When to call may be said anew, as often as it changes. */
static uint32_t named_by(const otr_customer_act *customer)
{
    otr_time span[] = {customer->from, customer->to};
    return customer->action == OTR_CUSTOMER_CALL_ME ? (uint32_t)otr_hash64('a', 0, span, sizeof span) : 0;
}

bool otr_customer_has_done(otr_core *core, otr_customer_action what, otr_id notification)
{
    uint64_t round = otr_notice_round(core, notification);
    return otr_seen_find(&core->seen, deed_of(what, notification, 0)) != NULL ||
           otr_seen_find(&core->seen, deed_of(what, notification, round)) != NULL;
}

/* What belongs to a question goes there, the rest to notices. */
static otr_refusal take(otr_core *core, const otr_customer_act *customer)
{
    bool may = customer->action == OTR_CUSTOMER_SCORE || customer->action == OTR_CUSTOMER_STOP;
    otr_question *question = may ? otr_question_find(core, customer->notification) : NULL;
    if (question != NULL)
        return otr_question_take(core, question, customer);
    if (customer->action == OTR_CUSTOMER_SCORE)
        return OTR_REFUSAL_NO_NOTIFICATION;
    return otr_notice_action(core, customer->notification, customer->action, customer->category,
                             customer->from, customer->to);
}

void otr_customer_take(otr_core *core, const otr_command *command, otr_command_result *result)
{
    const otr_customer_act *customer = &command->customer;
    bool once = actions[customer->action].once;
    uint64_t round = once ? otr_notice_round(core, customer->notification) : 0;
    /* A deed has no alarms; what it named stands in their place. */
    otr_command_result deed = {.id = deed_of(customer->action, customer->notification, round),
                               .alarms = named_by(customer)};
    const otr_command_result *before = once ? otr_seen_find(&core->seen, deed.id) : NULL;
    if (before != NULL && before->alarms == deed.alarms) {
        result->refusal = OTR_REFUSAL_ACCEPTED;
        return;
    }
    result->refusal = take(core, customer);
    if (once && result->refusal == OTR_REFUSAL_ACCEPTED)
        otr_seen_add(&core->seen, &deed);
}
