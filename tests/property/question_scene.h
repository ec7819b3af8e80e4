/* Customers with boxes that are warm or wet now and then over some months, and what they answer when they are
 * asked. */
#ifndef OTR_PROPERTY_QUESTION_SCENE_H
#define OTR_PROPERTY_QUESTION_SCENE_H

#include "choices.h"
#include "core/question/question_kind.h"
#include "world.h"

enum { PEOPLE = 3, BOXES = 24, VARIANTS = 2, STEPS = 90, SCENE_TEXT = 8192 };
#define SCENE_START ((otr_time)1767225600 * OTR_SECOND) /* 2026-01-01 */

typedef struct scene_wishes {
    int days; /* between two questions; 0: never */
    int share;
    bool opted_out; /* of questions */
    bool deaf;      /* hears nothing of what is warm */
    int quiet_from; /* hour of UTC; equal: none */
    int quiet_to;
} scene_wishes;

typedef enum scene_kind {
    STEP_TROUBLE,   /* begins, and is over after span */
    STEP_DISMISSED, /* the same, and the desk says that nothing is needed */
    STEP_BEGINS,
    STEP_ENDS,
    STEP_MILESTONE,
    STEP_ANSWER,
    STEP_STOP,
    STEP_CLOCK, /* is lost, or found again */
    STEP_WISHES,
    STEP_KINDS
} scene_kind;

typedef struct scene_step {
    otr_time sleep; /* before */
    scene_kind kind;
    int box;
    bool wet; /* else warm */
    otr_time span;
    unsigned pick; /* which question */
    int score;     /* below 0: none */
    int reason;    /* otr_question_reason */
} scene_step;

typedef struct scene {
    scene_wishes wishes[VARIANTS][PEOPLE];
    char assignments[VARIANTS][SCENE_TEXT];
    scene_step steps[STEPS];
    size_t count;
} scene;

void scene_make(scene *s, uint64_t seed);
void scene_print(const scene *s);
extern const char scene_pack[];
/* A box is of the customer, and the next one ships it. */
static inline int scene_customer(int box)
{
    return box % PEOPLE;
}
static inline int scene_shipper(int box)
{
    return (box + 1) % PEOPLE;
}
/* -1: no number behind that letter. */
int scene_number(const char *name, char letter);

#endif
