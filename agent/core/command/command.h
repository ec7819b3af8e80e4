/*
 * What operators ask of alarms and of assignments, what customers answer to what they were told
 * (core/command/customer.h), and what the desk answers to its tickets (core/desk/desk_act.h). REPLACE: the
 * device `rule` by the device `asset`; FORGET: the customer `asset`; UNASSIGN the asset; ASSIGNED: whether
 * the asset is assigned by command, answered once what was asked before is durable. A command is a journaled
 * input; it names itself, so that one that is sent again has its effect once and gets the same answer.
 */
#ifndef OTR_CORE_COMMAND_H
#define OTR_CORE_COMMAND_H

#include "base/buffer.h"
#include "base/time.h"
#include "core/alarm/lifecycle.h"
#include "core/command/customer.h"
#include "core/command/order_book.h"
#include "core/desk/desk_act.h"
#include "core/figures/voice.h"

/* X(number in the journal, NAME, word of the control socket) */
/* clang-format off */
#define OTR_COMMANDS(X)                                                                                      \
    X(1, ACKNOWLEDGE, "ack")                                                                                 \
    X(2, RESET, "reset")                                                                                     \
    X(3, SHELVE, "shelve")                                                                                   \
    X(4, UNSHELVE, "unshelve")                                                                               \
    X(5, OUT_OF_SERVICE, "out-of-service")                                                                   \
    X(6, IN_SERVICE, "in-service")                                                                        \
    X(8, REPLACE, "replace")                                                                                \
    X(9, FORGET, "forget")                                                                                  \
    X(10, ASSIGNED, "assigned")                                                                              \
    X(11, UNASSIGN, "unassign")
/* clang-format on */

typedef enum otr_command_kind {
#define X(number, name, word) OTR_COMMAND_##name = (number),
    OTR_COMMANDS(X)
#undef X
        OTR_COMMAND_CUSTOMER = 7, /* has no word: it comes with a token, not with the right to operate */
    OTR_COMMAND_DESK = 12,        /* neither: its act has one */
    OTR_COMMAND_VOICE = 14,       /* a sign, core/figures/voice.h */
    OTR_COMMAND_SET = 16,         /* of a Sparkplug host: the device `asset` is to have `rule` = `reason` */
    OTR_COMMAND_ORDER = 15,       /* that an order was taken or refused, core/command/order_book.h */
} otr_command_kind;

/* Views. */
struct otr_command {
    otr_id id; /* of the command, not zero: the sender's choice, the same when it sends it again */
    otr_command_kind kind;
    /* whom it concerns: an alarm, or else a rule ("Rule" or "pack/Rule") on an asset */
    otr_id alarm;
    otr_str rule;
    otr_str asset;
    /* SHELVE: one of the two */
    otr_time until; /* UTC, or NONE */
    otr_time span;  /* or 0 */
    otr_str who;
    otr_str reason;            /* may be empty */
    otr_customer_act customer; /* CUSTOMER: this, and none of the others but id */
    otr_desk_act desk;         /* DESK: this, and none of the others but id and who */
    otr_voice_act voice;       /* VOICE: this, with id, rule, asset and who */
    otr_order_note order;      /* ORDER: this, and none of the others but id */
};

/* The answer, once it is committed. */
struct otr_command_result {
    otr_id id;
    otr_refusal refusal; /* ACCEPTED: it had its effect */
    uint32_t alarms;     /* that it changed */
    otr_str known;       /* in the effects' memory: what could be named instead of what is not known; or empty */
};

/* Whether it is well formed; INVALID or LIMIT with the reason. Whether it is accepted shows when it is taken.
 */
otr_status otr_command_check(const otr_command *command, otr_error *error);
/* Why it was refused, for people: the reason, and what is known instead. */
void otr_command_say_refusal(const otr_command_result *result, otr_buffer *out);
/* The kind of that word; false when there is none. */
bool otr_command_kind_parse(otr_str word, otr_command_kind *out);

/* For the journal: 30 bytes and the texts. */
void otr_command_encode(otr_buffer *out, const otr_command *command);
/* False for bytes that are no command. */
bool otr_command_decode(otr_reader *reader, otr_command *out);

#endif
