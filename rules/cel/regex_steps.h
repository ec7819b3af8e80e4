/* The steps that regex.c makes and regex_run.c walks through. */
#ifndef OTR_RULES_REGEX_STEPS_H
#define OTR_RULES_REGEX_STEPS_H

#include "rules/cel/regex.h"

typedef enum otr_regex_code {
    OTR_REGEX_CHARACTER,
    OTR_REGEX_ANY,
    OTR_REGEX_ANY_BUT_LINE,
    OTR_REGEX_CLASS, /* x: the first of y ranges */
    /* of no length */
    OTR_REGEX_TEXT_START,
    OTR_REGEX_TEXT_END,
    OTR_REGEX_LINE_START,
    OTR_REGEX_LINE_END,
    OTR_REGEX_WORD, /* between a word's character and another */
    OTR_REGEX_NO_WORD,
    OTR_REGEX_SPLIT, /* goes on at x and at y, both from here */
    OTR_REGEX_JUMP,  /* x */
    OTR_REGEX_MATCH,
} otr_regex_code;

typedef struct otr_regex_step {
    uint8_t code;
    bool negated;
    union {
        uint32_t point;
        struct {
            int16_t x;
            int16_t y;
        };
    };
} otr_regex_step;

typedef struct otr_regex_range {
    uint32_t low;
    uint32_t high;
} otr_regex_range;

struct otr_regex {
    const otr_regex_step *steps;
    const otr_regex_range *ranges;
    size_t count;
};

/* The character at *at, which moves past it; U+FFFD for a byte that is no UTF-8. */
int32_t otr_regex_decode(otr_str text, size_t *at);

#endif
