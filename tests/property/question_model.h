/*
 * What ought to come of a case that has closed, told from what was seen of the core alone: alarms, messages,
 * and rows of decisions. Knows the core's promises, and nothing of how it keeps them.
 */
#ifndef OTR_PROPERTY_QUESTION_MODEL_H
#define OTR_PROPERTY_QUESTION_MODEL_H

#include "core/question/question.h"
#include "question_scene.h"

enum { MODEL_ASKED = 512, MODEL_DISMISSED = 128 };

typedef struct model_asked {
    otr_id id;
    otr_id second; /* zero: none */
    int person;
    otr_question_kind kind;
    otr_time until; /* nobody answers it any more */
    bool lapsed;    /* it is, and the clock was known since */
    bool answered;
    bool poor;
    bool done;
    unsigned score;
} model_asked;

typedef struct model {
    const scene *scene;
    int variant;
    bool synced;
    size_t notices; /* looked at so far */
    size_t events;
    otr_time last[PEOPLE]; /* UTC of the last question; 0: none */
    otr_time nps[PEOPLE];
    unsigned heard[PEOPLE]; /* cases that have closed */
    bool of[PEOPLE][BOXES];
    bool stopped[PEOPLE];
    model_asked asked[MODEL_ASKED];
    size_t asked_count;
    otr_id dismissed[MODEL_DISMISSED];
    size_t dismissed_count;
    size_t thanked;
    size_t drawn[2];    /* of a share of half: not, and so */
    size_t verdicts[8]; /* how often something was decided, by kind of decision */
} model;

void model_begin(model *m, const scene *s);
/* What came since the last look. NULL, or what is wrong with it. */
const char *model_look(model *m, const world *w);
/* The answer to the pick-th of the newest questions; NULL: there is none. */
model_asked *model_pick(model *m, unsigned pick, bool *second, otr_id *notification);
otr_refusal model_answer(const world *w, model_asked *one, bool second, const scene_step *step);
otr_refusal model_stop(model *m, model_asked *one);
/* All is over: whether somebody was forgotten, and whether the figures agree. */
const char *model_end(model *m, const world *w);

#endif
