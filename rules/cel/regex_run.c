/* All states of a pattern at once over the text: each step is in the list of a position at most once. */
#include "rules/cel/regex_steps.h"

int32_t otr_regex_decode(otr_str text, size_t *at)
{
    const uint8_t *p = (const uint8_t *)text.data + *at;
    size_t left = text.size - *at;
    uint8_t lead = p[0];
    size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (length > left || (lead >= 0x80 && lead < 0xC2) || lead > 0xF4)
        length = 0;
    for (size_t i = 1; i < length; i++)
        if ((p[i] & 0xC0) != 0x80)
            length = 0;
    *at += length > 0 ? length : 1;
    switch (length) {
    case 1:
        return lead;
    case 2:
        return (lead & 0x1F) << 6 | (p[1] & 0x3F);
    case 3:
        return (lead & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    case 4:
        return (lead & 0x07) << 18 | (p[1] & 0x3F) << 12 | (p[2] & 0x3F) << 6 | (p[3] & 0x3F);
    default:
        return 0xFFFD;
    }
}

enum { NO_CHARACTER = -1 };

typedef struct states {
    uint16_t list[OTR_REGEX_STEPS_MAX];
    uint32_t count;
} states;

typedef struct walk {
    const otr_regex *regex;
    uint32_t marks[OTR_REGEX_STEPS_MAX]; /* the position after which a step was listed last */
    uint32_t position;
    int32_t before; /* the characters around it */
    int32_t after;
} walk;

static bool is_word(int32_t c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool holds(const walk *w, otr_regex_code code)
{
    switch (code) {
    case OTR_REGEX_TEXT_START:
        return w->before == NO_CHARACTER;
    case OTR_REGEX_TEXT_END:
        return w->after == NO_CHARACTER;
    case OTR_REGEX_LINE_START:
        return w->before == NO_CHARACTER || w->before == '\n';
    case OTR_REGEX_LINE_END:
        return w->after == NO_CHARACTER || w->after == '\n';
    case OTR_REGEX_WORD:
        return is_word(w->before) != is_word(w->after);
    default:
        return is_word(w->before) == is_word(w->after);
    }
}

/* Follows what takes no character from the step on; true when that ends in a match. */
static bool add(walk *w, states *to, uint32_t first)
{
    uint16_t stack[OTR_REGEX_STEPS_MAX]; /* each step is pushed once a position */
    uint32_t depth = 0;
    if (w->marks[first] == w->position)
        return false;
    w->marks[first] = w->position;
    stack[depth++] = (uint16_t)first;
    while (depth > 0) {
        uint32_t at = stack[--depth];
        const otr_regex_step *step = &w->regex->steps[at];
        int targets[2] = {0, 0};
        int count = 0;
        if (step->code == OTR_REGEX_MATCH)
            return true;
        if (step->code < OTR_REGEX_TEXT_START) {
            to->list[to->count++] = (uint16_t)at;
        } else if (step->code == OTR_REGEX_SPLIT || step->code == OTR_REGEX_JUMP) {
            targets[count++] = (int)at + step->x;
            if (step->code == OTR_REGEX_SPLIT)
                targets[count++] = (int)at + step->y;
        } else if (holds(w, (otr_regex_code)step->code)) {
            targets[count++] = (int)at + 1;
        }
        while (count-- > 0) {
            if (w->marks[targets[count]] == w->position)
                continue;
            w->marks[targets[count]] = w->position;
            stack[depth++] = (uint16_t)targets[count];
        }
    }
    return false;
}

static bool takes(const otr_regex *regex, const otr_regex_step *step, int32_t c)
{
    switch (step->code) {
    case OTR_REGEX_CHARACTER:
        return (uint32_t)c == step->point;
    case OTR_REGEX_ANY:
        return true;
    case OTR_REGEX_ANY_BUT_LINE:
        return c != '\n';
    default:
        for (int i = 0; i < step->y; i++)
            if ((uint32_t)c >= regex->ranges[step->x + i].low &&
                (uint32_t)c <= regex->ranges[step->x + i].high)
                return !step->negated;
        return step->negated;
    }
}

bool otr_regex_search(const otr_regex *regex, otr_str text)
{
    walk w = {.regex = regex, .position = 1, .before = NO_CHARACTER};
    states lists[2];
    states *now = &lists[0];
    states *next = &lists[1];
    size_t at = 0;
    now->count = 0;
    w.after = text.size > 0 ? otr_regex_decode(text, &at) : NO_CHARACTER;
    for (;;) {
        /* A match may begin at each position. */
        if (add(&w, now, 0))
            return true;
        if (w.after == NO_CHARACTER)
            return false;
        int32_t c = w.after;
        w.before = c;
        w.after = at < text.size ? otr_regex_decode(text, &at) : NO_CHARACTER;
        w.position++;
        next->count = 0;
        for (uint32_t i = 0; i < now->count; i++) {
            if (takes(regex, &regex->steps[now->list[i]], c) && add(&w, next, now->list[i] + 1U))
                return true;
        }
        states *swap = now;
        now = next;
        next = swap;
    }
}
