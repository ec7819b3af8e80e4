/* Threads as such: made, found, followed by their timers, forgotten. For the files of notices alone. */
#ifndef OTR_CORE_NOTICE_THREAD_H
#define OTR_CORE_NOTICE_THREAD_H

#include "core/state.h"

/* Of an alarm and a contact; with its place among those of the asset and of the contact. NULL when memory is
 * out. Nobody keeps the pointer over another one's making. */
otr_notice *otr_thread_make(otr_core *core, otr_id first_alarm, uint32_t contact, uint32_t asset);
/* Puts a new one before those of its asset and of its contact; core->failed for want of memory. */
void otr_thread_list(otr_core *core, uint32_t number);
void otr_thread_forget(otr_core *core, uint32_t number);
uint32_t otr_thread_number(const otr_core *core, const otr_notice *thread);
/* Of an asset by its label, the newest first; OTR_NONE. */
uint32_t otr_thread_of_asset(const otr_core *core, uint32_t asset);
uint32_t otr_thread_older(const otr_core *core, uint32_t number);
uint32_t otr_thread_of_contact(const otr_core *core, uint32_t contact);
uint32_t otr_thread_older_of_contact(const otr_core *core, uint32_t number);
otr_notice *otr_thread_find(otr_core *core, otr_id id);
/* The thread's alarm of that id; NULL. */
otr_notice_alarm *otr_thread_alarm(otr_notice *thread, otr_id alarm);
bool otr_thread_is_open(const otr_notice *thread);
unsigned otr_thread_priority(const otr_notice *thread);
/* Its deadlines have changed. */
void otr_thread_schedule(otr_core *core, otr_notice *thread);
/* Nothing is held any more. */
void otr_thread_release(otr_notice *thread);
/* Nothing more will be said of its own accord: it is kept for answers, then forgotten. */
void otr_thread_close(otr_core *core, otr_notice *thread);
/* Takes back what was promised. */
void otr_thread_unpromise(otr_core *core, otr_notice *thread);

/* What a person calls what it is about, where that is no asset that they have: of a list what it names. */
otr_str otr_thread_name(otr_core *core, const otr_notice *thread);

/* Where the leading alarm is found now. */
typedef struct otr_thread_subject {
    otr_asset_state *asset; /* NULL: its asset or its rule is gone */
    uint32_t rule;
    const otr_alarm *alarm; /* NULL: settled for good */
} otr_thread_subject;
otr_thread_subject otr_thread_subject_of(otr_core *core, otr_notice *thread);

#endif
