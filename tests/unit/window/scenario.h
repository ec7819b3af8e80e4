/* A random question to the past of a metric and random readings of it: irregular, in bursts, with gaps, of
 * values that repeat, meet the limit and change sign. */
#ifndef TEST_WINDOW_SCENARIO_H
#define TEST_WINDOW_SCENARIO_H

#include "reference.h"

enum { SCENARIO_READINGS_MAX = 600 };

typedef enum density {
    SPARSE, /* at most 32 readings in any span: answers are exact */
    DENSE,  /* many more: cells are joined */
} density;

typedef struct scenario {
    question asked;
    otr_window_shape shape;
    density density;
    double scale; /* the largest magnitude of a number */
    size_t count;
    otr_window_reading readings[SCENARIO_READINGS_MAX];
} scenario;

/* The functions that have a state. */
extern const otr_function asked_functions[];
extern const size_t asked_function_count;
const char *function_name(otr_function function);

uint64_t random_next(uint64_t *seed);
/* In [low, high]. */
int64_t random_between(uint64_t *seed, int64_t low, int64_t high);

void scenario_make(scenario *made, otr_function function, density wanted, uint64_t seed);
/* The same, asked since the beginning. */
void scenario_ever(scenario *made);
/* The state of the shape, from malloc. */
void *scenario_state(const otr_window_shape *shape);
otr_status scenario_ask(const scenario *made, const void *state, otr_time now, otr_value *out);
/* An instant that is not before reading index and before the next: the reading itself, when a reading leaves
 * the window, or any. */
otr_time scenario_now(const scenario *made, size_t index, uint64_t *seed);

#endif
