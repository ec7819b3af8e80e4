/*
 * Numbers that are given out and come back: always the lowest free one, so that the same history, or a
 * snapshot of it, gives the same numbers. 64 numbers a step; a number that comes back makes the next search
 * begin at it.
 */
#ifndef OTR_CORE_NUMBERS_H
#define OTR_CORE_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

/* Zero-initialise to use. */
typedef struct otr_numbers {
    uint64_t *words; /* bit set: given out */
    uint32_t word_count;
    uint32_t first; /* no word before this one has a free number */
} otr_numbers;

/* The lowest free number; UINT32_MAX when memory is out. */
uint32_t otr_numbers_take(otr_numbers *numbers);
/* Gives out this very number, which is free: for a snapshot. False when memory is out. */
bool otr_numbers_mark(otr_numbers *numbers, uint32_t number);
/* The number is free again. */
void otr_numbers_give(otr_numbers *numbers, uint32_t number);
void otr_numbers_done(otr_numbers *numbers);

#endif
