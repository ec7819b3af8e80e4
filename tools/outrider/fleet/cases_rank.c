#include "tools/outrider/fleet/cases_rank.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHY_BYTES = 160, EFFORT = 2 /* more than one of these a reader will remember */ };
#define SOON OTR_HOUR

typedef struct ranked {
    json_t *one;
    int weight;
    int priority;
    otr_time due; /* of the promise, where it decides */
    otr_time opened;
    const char *id;
    char why[WHY_BYTES];
} ranked;

static const char *text_of(const json_t *one, const char *name)
{
    const char *text = json_string_value(json_object_get(one, name));
    return text != NULL ? text : "";
}

static otr_time time_of(const json_t *one, const char *name)
{
    otr_time at;
    return otr_time_parse(otr_str_of(text_of(one, name)), &at) ? at : OTR_TIME_NONE;
}

static void say_span(otr_time span, char out[OTR_TIME_TEXT_BYTES])
{
    (void)otr_span_format(span - span % OTR_MINUTE, out);
}

static int priority_of(const char *word)
{
    static const char *const words[] = {"low", "medium", "high", "critical"};
    for (int i = 0; i < 4; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    return 0;
}

static void weigh(ranked *r, otr_time now)
{
    char span[OTR_TIME_TEXT_BYTES];
    const json_t *one = r->one;
    otr_time by = time_of(one, "by");
    long long transfers = json_integer_value(json_object_get(one, "transfers"));
    long long reopened = json_integer_value(json_object_get(one, "reopened"));
    const char *promised = text_of(one, "promised");
    bool missed = json_is_true(json_object_get(one, "missed")) || (by != OTR_TIME_NONE && by < now);
    r->due = OTR_TIME_NEVER;
    if (missed) {
        r->weight = 5;
        r->due = by != OTR_TIME_NONE ? by : now;
        say_span(now > r->due ? now - r->due : 0, span);
        (void)snprintf(r->why, WHY_BYTES, "%.60s was promised and is %s late", promised, span);
    } else if (by != OTR_TIME_NONE && by - now < SOON) {
        r->weight = 4;
        r->due = by;
        say_span(by - now, span);
        (void)snprintf(r->why, WHY_BYTES, "%.60s is promised within %s", promised, span);
    } else if (json_is_true(json_object_get(one, "asked"))) {
        r->weight = 3;
        (void)snprintf(r->why, WHY_BYTES, "the customer asks for people");
    } else if (transfers + reopened >= EFFORT) {
        r->weight = 2;
        (void)snprintf(r->why, WHY_BYTES,
                       "the customer had to try again: passed on %lld times, reopened %lld times", transfers,
                       reopened);
    } else if (text_of(one, "assignee")[0] == '\0' && strcmp(text_of(one, "state"), "open") == 0) {
        r->weight = 1;
        say_span(r->opened != OTR_TIME_NONE && now > r->opened ? now - r->opened : 0, span);
        (void)snprintf(r->why, WHY_BYTES, "nobody has it, for %s", span);
    } else {
        (void)snprintf(r->why, WHY_BYTES, "%s",
                       strcmp(text_of(one, "state"), "open") == 0 ? "somebody has it"
                                                                  : "it is being verified");
    }
}

static int compare(const void *a, const void *b)
{
    const ranked *left = a;
    const ranked *right = b;
    if (left->weight != right->weight)
        return left->weight > right->weight ? -1 : 1;
    if (left->due != right->due)
        return left->due < right->due ? -1 : 1;
    if (left->priority != right->priority)
        return left->priority > right->priority ? -1 : 1;
    if (left->opened != right->opened)
        return left->opened < right->opened ? -1 : 1;
    return strcmp(left->id, right->id);
}

bool otr_cases_rank(json_t *cases, otr_time now)
{
    size_t count = json_array_size(cases);
    ranked *list = calloc(count + 1, sizeof *list);
    if (list == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        json_t *one = json_array_get(cases, i);
        list[i] = (ranked){.one = json_incref(one),
                           .priority = priority_of(text_of(one, "priority")),
                           .opened = time_of(one, "opened"),
                           .id = text_of(one, "case")};
        weigh(&list[i], now);
    }
    qsort(list, count, sizeof *list, compare);
    (void)json_array_clear(cases);
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        ok &= json_object_set_new(list[i].one, "rank", json_integer((json_int_t)i + 1)) == 0;
        ok &= json_object_set_new(list[i].one, "why", json_string(list[i].why)) == 0;
        ok &= json_array_append_new(cases, list[i].one) == 0;
    }
    free(list);
    return ok;
}
