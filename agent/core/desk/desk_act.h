/*
 * What the service desk answers to a ticket. An act is a journaled input like an operator's command
 * (core/command/command.h) and names itself as one does. That whoever sends it has the ticket, its token has
 * shown before it comes here (driver/act.c); over the control socket the right to use that is enough.
 */
#ifndef OTR_CORE_DESK_ACT_H
#define OTR_CORE_DESK_ACT_H

#include "base/buffer.h"
#include "base/hash.h"
#include "base/time.h"

/*
 * X(number in the journal, NAME, word, what it must name, what it may name besides)
 * `who` is that of the command. Texts stay in the case's conversation.
 */
/* clang-format off */
#define OTR_DESK_ACTS(X)                                                                                     \
    X(1, RECEIVED, "received", 0, OTR_DESK_REVISION) /* the desk has the ticket: it is not sent again */     \
    X(2, ACKNOWLEDGED, "acknowledged", 0, OTR_DESK_TEXT) /* somebody looks at it */                          \
    X(3, ASSIGNED, "assigned", OTR_DESK_TO, OTR_DESK_TEXT) /* to a person */                                 \
    X(4, TRANSFERRED, "transferred", OTR_DESK_QUEUE, OTR_DESK_TO | OTR_DESK_TEXT)                            \
    X(5, NOTE, "note", OTR_DESK_TEXT, 0)                                                                     \
    X(6, PROMISED, "promised", OTR_DESK_WHAT | OTR_DESK_BY, OTR_DESK_TEXT) /* again: a new time */           \
    X(7, KEPT, "kept", OTR_DESK_WHAT, OTR_DESK_TEXT) /* what was promised is done */                         \
    X(8, RESOLVED, "resolved", OTR_DESK_WHAT, OTR_DESK_TEXT) /* what: the resolution's code */               \
    X(9, HAD_TO_ASK, "had_to_ask", OTR_DESK_FIELDS, OTR_DESK_TEXT) /* what the ticket should have said */    \
    X(10, WRONG_QUEUE, "wrong_queue", 0, OTR_DESK_QUEUE | OTR_DESK_TEXT) /* and where it belongs */          \
    X(11, NOT_NEEDED, "not_needed", 0, OTR_DESK_TEXT) /* nobody had to do anything */                        \
    X(12, REMEDY, "remedy", OTR_DESK_WHAT, OTR_DESK_TEXT) /* one of the pack's; who may is its matter */     \
    X(13, MERGED, "merged", OTR_DESK_INTO, OTR_DESK_TEXT) /* it is the trouble of another case */
/* clang-format on */

enum {
    OTR_DESK_TO = 1,
    OTR_DESK_QUEUE = 2,
    OTR_DESK_WHAT = 4,
    OTR_DESK_BY = 8,
    OTR_DESK_TEXT = 16,
    OTR_DESK_FIELDS = 32,
    OTR_DESK_REVISION = 64,
    OTR_DESK_INTO = 128,
};

typedef enum otr_desk_action {
#define X(number, name, ...) OTR_DESK_##name = (number),
    OTR_DESK_ACTS(X)
#undef X
} otr_desk_action;

/* Who gives the command, as far as that limits what it may do. Numbers are in the journal. */
#define OTR_ROLES(X)                                                                                         \
    X(0, OPERATOR, "operator")                                                                               \
    X(1, VIEWER, "viewer")                                                                                   \
    X(2, ENGINEER, "engineer")                                                                               \
    X(3, DESK, "desk")                                                                                       \
    X(4, RELAY, "relay")
typedef enum otr_role {
#define X(number, name, word) OTR_ROLE_##name = (number),
    OTR_ROLES(X)
#undef X
        OTR_ROLE_COUNT
} otr_role;

/* Views. */
typedef struct otr_desk_act {
    otr_desk_action action;
    otr_role role;
    otr_id ticket;     /* or the id of its case */
    otr_id into;       /* another ticket, or the id of its case; zero: none */
    otr_str to;        /* a person or a team, as the desk calls them */
    otr_str queue;     /* a slug */
    otr_str what;      /* a slug: what is promised, the resolution's code, the remedy */
    otr_time by;       /* UTC, or NONE */
    otr_str text;      /* for people */
    otr_str fields;    /* names, separated by commas */
    uint32_t revision; /* of the ticket; 0: all that was sent so far */
} otr_desk_act;

/* A case has one ticket. */
static inline otr_id otr_ticket_of(otr_id case_id)
{
    return otr_hash128('t', 0, case_id.bytes, sizeof case_id.bytes);
}

bool otr_desk_action_parse(otr_str word, otr_desk_action *out);
/* The word; NULL for a number that is none. */
const char *otr_desk_action_text(otr_desk_action action);
bool otr_role_parse(otr_str word, otr_role *out);
const char *otr_role_text(otr_role role);

/* INVALID or LIMIT with the reason. */
otr_status otr_desk_act_check(const otr_desk_act *act, otr_error *error);
void otr_desk_act_encode(otr_buffer *out, const otr_desk_act *act);
/* What it reads is still to be checked. */
void otr_desk_act_decode(otr_reader *reader, otr_desk_act *out);

#endif
