#include "rules/load/nearest.h"

enum { WORD_BYTES_MAX = 48 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment over three rows. */
unsigned otr_edit_distance(otr_str a, otr_str b, unsigned limit)
{
    unsigned rows[3][WORD_BYTES_MAX + 1];
    if (a.size > WORD_BYTES_MAX || b.size > WORD_BYTES_MAX)
        return limit + 1;
    unsigned *before = rows[0];
    unsigned *last = rows[1];
    unsigned *row = rows[2];
    for (size_t j = 0; j <= b.size; j++)
        last[j] = (unsigned)j;
    for (size_t i = 1; i <= a.size; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.size; j++) {
            unsigned replaced = last[j - 1] + (a.data[i - 1] != b.data[j - 1]);
            row[j] = least(replaced, least(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        unsigned *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[b.size] <= limit ? last[b.size] : limit + 1;
}

void otr_nearest_offer(otr_nearest *nearest, otr_str wanted, otr_str candidate)
{
    unsigned limit = wanted.size <= 3 ? 1 : wanted.size <= 7 ? 2 : 3;
    if (candidate.size == 0 || candidate.data == NULL)
        return;
    unsigned distance = otr_edit_distance(wanted, candidate, limit);
    if (distance > limit || (nearest->word.data != NULL && distance >= nearest->distance))
        return;
    nearest->word = candidate;
    nearest->distance = distance;
}
