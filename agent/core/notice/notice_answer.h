/* An answer to what a reader did, while it is put together. For the files of notices alone. */
#ifndef OTR_CORE_NOTICE_ANSWER_H
#define OTR_CORE_NOTICE_ANSWER_H

#include "core/notice/compose.h"

enum { OTR_ANSWER_FACTS = 8 };

typedef struct otr_answer {
    otr_core *core;
    otr_audience to;
    const otr_contact *wishes;
    const otr_asset_state *asset; /* NULL: it is not watched any more */
    const otr_notice *thread;     /* of what was answered to */
    otr_phrase_fact facts[OTR_ANSWER_FACTS];
    size_t fact_count;
    otr_buffer parts; /* sentences behind the first */
} otr_answer;

void otr_answer_fact(otr_answer *answer, const char *name, otr_str text);
/* A sentence behind the first. */
void otr_answer_part(otr_answer *answer, otr_phrase phrase, const otr_phrase_fact *facts, size_t count);

/* How the asset is doing: adds what the first sentence needs and those behind it. */
otr_phrase otr_answer_status(otr_answer *answer);
/* What is stored of the reader: adds the items. */
void otr_answer_data(otr_answer *answer);

#endif
