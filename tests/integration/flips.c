/* flips FILE: each bit of a file of evidence flipped, each of its lines taken out, each tail cut off: "BITS
 * LINES CUTS" when all of that was found, and by its line; else the first one that was not. For the tests
 * beside it. */
#include "tools/outrider/evidence/evidence_file.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILE_BYTES = 1 << 20 };

static bool whole(const uint8_t *data, size_t size, size_t *line)
{
    otr_evidence_report report;
    otr_evidence_check((otr_bytes){data, size}, NULL, &report);
    *line = report.line;
    return report.whole;
}

static bool each_bit(uint8_t *data, size_t size)
{
    size_t at_line = 1;
    size_t line = 0;
    for (size_t at = 0; at < size; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            data[at] ^= (uint8_t)(1U << bit);
            bool missed = whole(data, size, &line) || line != at_line;
            data[at] ^= (uint8_t)(1U << bit);
            if (missed) {
                printf("bit %u of byte %zu in line %zu: line %zu\n", bit, at, at_line, line);
                return false;
            }
        }
        at_line += data[at] == '\n';
    }
    return true;
}

static bool each_line(const uint8_t *data, size_t size, size_t *lines)
{
    uint8_t *less = malloc(size);
    bool found = less != NULL;
    size_t line = 0;
    for (size_t begin = 0; begin < size && found; (*lines)++) {
        const uint8_t *end = memchr(data + begin, '\n', size - begin);
        size_t next = end != NULL ? (size_t)(end - data) + 1 : size;
        memcpy(less, data, begin);
        memcpy(less + begin, data + next, size - next);
        found = !whole(less, size - (next - begin), &line) && line == *lines + 1;
        begin = next;
    }
    free(less);
    if (!found)
        printf("line %zu taken out: line %zu\n", *lines, line);
    return found;
}

static bool each_cut(const uint8_t *data, size_t size)
{
    size_t line = 0;
    for (size_t left = 0; left < size; left++)
        if (whole(data, left, &line)) {
            printf("cut after %zu bytes\n", left);
            return false;
        }
    return true;
}

int main(int count, char **words)
{
    static uint8_t data[FILE_BYTES];
    FILE *file = count == 2 ? fopen(words[1], "rb") : NULL;
    if (file == NULL)
        return 2;
    size_t size = fread(data, 1, sizeof data, file);
    size_t lines = 0;
    size_t line = 0;
    (void)fclose(file);
    if (!whole(data, size, &line)) {
        printf("it is not whole: line %zu\n", line);
        return 1;
    }
    if (!each_bit(data, size) || !each_line(data, size, &lines) || !each_cut(data, size))
        return 1;
    printf("%zu %zu %zu\n", 8 * size, lines, size);
    return 0;
}
