/* Questions as such, and what is remembered of those who were asked. For the files of questions alone. */
#ifndef OTR_CORE_QUESTION_MEMORY_H
#define OTR_CORE_QUESTION_MEMORY_H

#include "core/state.h"

/* Of the questions themselves, for who wants none. */
#define OTR_QUESTION_CATEGORY "questions"

/* What is remembered of the customer (a label), made when it is not there; NULL when memory is out, and when
 * there is no room for another one. */
otr_questioned *otr_questioned_of(otr_core *core, uint32_t customer);
/* NULL when nothing is remembered. */
otr_questioned *otr_questioned_find(otr_core *core, uint32_t customer);
bool otr_questioned_has(const otr_questioned *person, uint64_t asset);
void otr_questioned_add(otr_core *core, otr_questioned *person, uint64_t asset);
/* The asset, as a customer's memory has it. */
uint64_t otr_question_asset(const otr_core *core, uint32_t label);

/* The notification with which a poor answer's reason is asked for. */
otr_id otr_question_second(const otr_question *question);
/* A free place for one; NULL when memory is out. The caller has looked that there is room. */
otr_question *otr_question_make(otr_core *core);
/* Its deadline has changed. */
void otr_question_schedule(otr_core *core, const otr_question *question);
void otr_question_drop(otr_core *core, otr_question *question);

/* Its case while that is kept; NULL. */
otr_case *otr_question_case(otr_core *core, const otr_question *question);
/* What the customer wishes; NULL: they are nobody any more. */
const otr_contact *otr_question_wishes(const otr_core *core, const otr_question *question);
/* Reasons of a poor answer that are on record before it is asked for: bit by reason. */
uint8_t otr_question_known(otr_core *core, const otr_case *one, const otr_notice *thread);

#endif
