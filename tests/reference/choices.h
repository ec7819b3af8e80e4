/*
 * Where a generator's choices come from: a fuzzer's bytes, which then steer it, or a seed. When the bytes are
 * used up, every choice is the first one, so that generators put first what ends soonest.
 */
#ifndef OTR_REFERENCE_CHOICES_H
#define OTR_REFERENCE_CHOICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct choices {
    const uint8_t *bytes; /* NULL: from state */
    size_t size;
    size_t at;
    uint64_t state;
} choices;

choices choices_of_seed(uint64_t seed);
choices choices_of_bytes(const uint8_t *bytes, size_t size);

/* 0..count-1; count is 1 to 256. */
uint32_t choose(choices *from, uint32_t count);
/* True once in so many. */
bool chance(choices *from, uint32_t once_in);

#endif
