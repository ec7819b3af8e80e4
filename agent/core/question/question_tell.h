/* What is said of a question, and the row of each decision. For the files of questions alone. */
#ifndef OTR_CORE_QUESTION_TELL_H
#define OTR_CORE_QUESTION_TELL_H

#include "core/question/question_memory.h"

/* The decision's row, of a question that is not asked, or not yet. */
void otr_question_row(otr_core *core, const otr_question *question, otr_notice_state state,
                      otr_notice_reason reason);
/* The question goes out: the first, or the second after a poor answer. wishes are the customer's. */
void otr_question_tell(otr_core *core, const otr_question *question, const otr_contact *wishes);
/* The customer is thanked. */
void otr_question_thank(otr_core *core, const otr_question *question, const otr_contact *wishes);
/* They are told that they are asked no more; until: UTC, or NONE. */
void otr_question_confirm_stop(otr_core *core, const otr_question *question, const otr_contact *wishes,
                               otr_time until);

#endif
