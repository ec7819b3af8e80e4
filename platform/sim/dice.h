/*
 * A seeded source of chance. Each part of a simulation draws from dice of its own, named after it: taking one
 * part away leaves what the others do as it was, which is what makes a failing seed shrink.
 */
#ifndef OTR_SIM_DICE_H
#define OTR_SIM_DICE_H

#include "base/time.h"

typedef struct otr_dice {
    uint64_t state;
} otr_dice;

otr_dice otr_dice_of(uint64_t seed, const char *name, uint64_t number);
uint64_t otr_dice_draw(otr_dice *dice);
/* 0 to sides - 1. */
uint32_t otr_dice_roll(otr_dice *dice, uint32_t sides);
/* True once in so many times; 0: never. */
bool otr_dice_one_in(otr_dice *dice, uint32_t times);
/* From `least` up to but without `most`; small spans as often as large ones. */
otr_time otr_dice_span(otr_dice *dice, otr_time least, otr_time most);

#endif
