#include "platform/sim/dice.h"

#include "base/hash.h"

otr_dice otr_dice_of(uint64_t seed, const char *name, uint64_t number)
{
    return (otr_dice){otr_hash64(seed, number, name, strlen(name))};
}

/* splitmix64 (Steele, Lea and Flood, 2014). */
uint64_t otr_dice_draw(otr_dice *dice)
{
    uint64_t mixed = dice->state += 0x9E3779B97F4A7C15ULL;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31);
}

uint32_t otr_dice_roll(otr_dice *dice, uint32_t sides)
{
    return (uint32_t)((otr_dice_draw(dice) >> 32) * sides >> 32);
}

bool otr_dice_one_in(otr_dice *dice, uint32_t times)
{
    return times > 0 && otr_dice_roll(dice, times) == 0;
}

otr_time otr_dice_span(otr_dice *dice, otr_time least, otr_time most)
{
    otr_time width = most - least;
    while (width > 1 && otr_dice_roll(dice, 2) == 0)
        width /= 2;
    return width <= 1 ? least : least + (otr_time)(otr_dice_draw(dice) % (uint64_t)width);
}
