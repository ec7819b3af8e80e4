/* Messages made up from a seed: every kind, catalogue names and others, times from the microsecond to years
 * apart. */
#ifndef OTR_TESTS_CODEC_RANDOM_MESSAGE_H
#define OTR_TESTS_CODEC_RANDOM_MESSAGE_H

#include "base/arena.h"
#include "base/reading.h"

/* Valid for every format when plain; else also what only the protobuf can tell (bad readings, times before
 * 1978). */
otr_message random_message(otr_arena *arena, uint64_t *seed, bool plain);
uint64_t random_next(uint64_t *seed);

#endif
