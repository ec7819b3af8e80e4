/* What a notice says, in the reader's language: the only place where notices meet the texts of packs. */
#ifndef OTR_CORE_NOTICE_TEXT_H
#define OTR_CORE_NOTICE_TEXT_H

#include "codec/service.h"
#include "core/notice/compose.h"
#include "core/state.h"

/* The facts are those of the moment at which it was made, and live in the effects' memory. */
typedef struct otr_notice_saying {
    bool made;
    otr_service_event event;  /* line and brief are there, unless they say when more is heard */
    const otr_template *text; /* the full text, but for what otr_notice_complete adds; NULL: event.text */
    const otr_template *line; /* NULL: event has it */
    const otr_template *brief;
    otr_str also; /* lines of what is told along with it */
    otr_fault fault;
    bool dated; /* its text says by when something comes: no sentence of its own does */
} otr_notice_saying;

/* Whether there are words for it. That something goes on, or was wrong, can always be said. */
bool otr_notice_has_text(const otr_bound_rule *bound, otr_str persona, otr_str locale, otr_notice_what what);
/* There are words for it. */
otr_notice_saying otr_notice_say(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                                 otr_str persona, const otr_contact *wishes, otr_notice_what what);
/* What one message of the list says. items: all of them, or as many as are named; count: all. */
otr_notice_saying otr_notice_say_list(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                                      otr_str persona, const otr_contact *wishes, otr_str items,
                                      size_t count);
/* One item of a list. */
otr_str otr_notice_item(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_str persona,
                        const otr_contact *wishes);
/* An advice card. */
otr_notice_saying otr_notice_say_card(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                                      otr_str persona, const otr_contact *wishes, const otr_card *card);
/* That assets were not watched from one UTC to another: BLIND_DOWN or BLIND_LOST. */
otr_notice_saying otr_notice_say_blind(otr_core *core, const otr_contact *wishes, otr_phrase phrase,
                                       otr_time from, otr_time to, otr_str assets);
/* Another thing is told along with it. */
void otr_notice_add_also(otr_core *core, otr_notice_saying *saying, const otr_notice_saying *other);
/* All is decided: the three lengths are there, with whose fault it was, how sure we are, when more is heard
 * and why the reader gets it. event.next_by is set. Once for each saying that is encoded. */
void otr_notice_complete(otr_core *core, otr_notice_saying *saying, const otr_contact *wishes,
                         otr_str persona);
/* One line of a digest, without its full stop; data NULL when memory is out. */
otr_str otr_notice_line(otr_core *core, const otr_notice_saying *saying);
/* Why many things are one message. */
typedef enum otr_many { OTR_MANY_DIGEST, OTR_MANY_FLOOD, OTR_MANY_FLOOD_OVER } otr_many;
/* A message of the agent's own, complete; its category is what. */
otr_notice_saying otr_notice_say_own(otr_core *core, const otr_audience *to, otr_str what, otr_phrase phrase,
                                     const otr_phrase_fact *facts, size_t count);
/* What stands for many things at once. items: their lines; since: UTC of the first; next: of the summary of a
 * flood.
 */
otr_notice_saying otr_notice_say_digest(otr_core *core, const otr_contact *wishes, otr_many why,
                                        otr_str items, size_t count, otr_time since, otr_time next);
/* The answer to an answer; not made: there is none. wishes may be NULL. from, to: as the reader gave them, or
 * NONE. */
otr_notice_saying otr_notice_say_answer(otr_core *core, const otr_contact *wishes, const otr_notice *thread,
                                        otr_customer_action action, otr_str category, otr_time from,
                                        otr_time to);
/* The word of the event. */
otr_str otr_notice_what_text(otr_notice_what what);
/* The word of the row. */
otr_str otr_notice_what_row(otr_notice_what what);
/* What the reader may answer; WHATS: to a message of no trouble, only what they think of it. Returns how
 * many. */
size_t otr_notice_answers(otr_notice_what what, const otr_action **out);

#endif
