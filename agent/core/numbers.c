#include "core/numbers.h"

#include <stdlib.h>
#include <string.h>

static bool hold(otr_numbers *numbers, uint32_t word)
{
    if (word < numbers->word_count)
        return true;
    uint32_t count = word < numbers->word_count * 2 ? numbers->word_count * 2 : word + 1;
    uint64_t *words = realloc(numbers->words, count * sizeof *words);
    if (words == NULL)
        return false;
    memset(words + numbers->word_count, 0, (count - numbers->word_count) * sizeof *words);
    numbers->words = words;
    numbers->word_count = count;
    return true;
}

uint32_t otr_numbers_take(otr_numbers *numbers)
{
    while (numbers->first < numbers->word_count && numbers->words[numbers->first] == UINT64_MAX)
        numbers->first++;
    if (!hold(numbers, numbers->first))
        return UINT32_MAX;
    uint64_t *word = &numbers->words[numbers->first];
    uint32_t bit = (uint32_t)__builtin_ctzll(~*word);
    *word |= UINT64_C(1) << bit;
    return numbers->first * 64 + bit;
}

bool otr_numbers_mark(otr_numbers *numbers, uint32_t number)
{
    if (!hold(numbers, number / 64))
        return false;
    numbers->words[number / 64] |= UINT64_C(1) << (number % 64);
    return true;
}

void otr_numbers_give(otr_numbers *numbers, uint32_t number)
{
    numbers->words[number / 64] &= ~(UINT64_C(1) << (number % 64));
    if (number / 64 < numbers->first)
        numbers->first = number / 64;
}

void otr_numbers_done(otr_numbers *numbers)
{
    free(numbers->words);
    *numbers = (otr_numbers){0};
}
