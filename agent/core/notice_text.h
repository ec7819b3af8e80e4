/* What a notice says, in the reader's language: the only place where notices meet the texts of packs. */
#ifndef OTR_CORE_NOTICE_TEXT_H
#define OTR_CORE_NOTICE_TEXT_H

#include "codec/service.h"
#include "core/state.h"

/* The facts are those of the moment at which it was made, and live in the effects' memory. */
typedef struct otr_notice_saying {
    bool made;
    otr_service_event event;
    const otr_template *text;
} otr_notice_saying;

/* Whether there are words for it. That something goes on, or was wrong, can always be said. */
bool otr_notice_has_text(const otr_bound_rule *bound, otr_str persona, otr_str locale, otr_notice_what what);
/* There are words for it. */
otr_notice_saying otr_notice_say(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                                 otr_str persona, otr_str locale, otr_notice_what what);
/* One line of a digest; data NULL when memory is out. */
otr_str otr_notice_line(otr_core *core, const otr_notice_saying *saying);
/* What stands for many things at once. items: their lines. */
otr_notice_saying otr_notice_say_digest(otr_core *core, const otr_contact *wishes, bool flood, otr_str items,
                                        size_t count);
/* The answer to an answer; not made: there is none. wishes may be NULL. */
otr_notice_saying otr_notice_say_answer(otr_core *core, const otr_contact *wishes, const otr_notice *thread,
                                        otr_customer_action action);
/* The word of the event. */
otr_str otr_notice_what_text(otr_notice_what what);
/* The word of the row. */
otr_str otr_notice_what_row(otr_notice_what what);
/* What the reader may answer. Returns how many. */
size_t otr_notice_answers(otr_notice_what what, const otr_action **out);

#endif
