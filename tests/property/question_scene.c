#include "question_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const char scene_pack[] =
    "pack: test\n"
    "version: 1\n"
    "rules:\n"
    "  - {alert: Warm, expr: temperature > 8.0, labels: {category: cold},\n"
    "     notify: {to: customer, message: m, on: [raised], cooldown: 0s}, ticket: {queue: q}}\n"
    "  - {alert: Wet, expr: humidity > 90.0, labels: {category: wet},\n"
    "     notify: {to: [customer, shipper], message: m, on: [raised, cleared], cooldown: 0s}}\n"
    "  - {alert: Here, expr: door, labels: {category: way},\n"
    "     notify: {to: customer, message: m, on: [raised], once: true}}\n"
    "messages:\n"
    "  m: {en: {raised: there it is, cleared: gone}}\n";

int scene_number(const char *name, char letter)
{
    return name[0] == letter ? atoi(name + 1) : -1;
}

static void make_wishes(choices *from, scene_wishes *out)
{
    static const int days[] = {7, 14, 30};
    static const int shares[] = {100, 100, 50, 0};
    *out = (scene_wishes){.days = days[choose(from, 3)], .share = shares[choose(from, 4)]};
    if (chance(from, 8))
        out->days = 0;
    out->opted_out = chance(from, 8);
    out->deaf = chance(from, 6);
    if (chance(from, 2)) {
        out->quiet_from = (int)choose(from, 24);
        out->quiet_to = (out->quiet_from + 1 + (int)choose(from, 12)) % 24;
    }
}

static void write_assignments(const scene_wishes *wishes, char *text)
{
    size_t size = (size_t)snprintf(text, SCENE_TEXT, "version: 1\ncustomers:\n");
    for (int i = 0; i < PEOPLE; i++) {
        const scene_wishes *one = &wishes[i];
        size += (size_t)snprintf(text + size, SCENE_TEXT - size,
                                 "  - {customer: p%d, budget: {day: 999, week: 999}, opt_out: [none%s%s]", i,
                                 one->opted_out ? ", questions" : "", one->deaf ? ", cold" : "");
        if (one->quiet_from != one->quiet_to)
            size +=
                (size_t)snprintf(text + size, SCENE_TEXT - size, ", quiet: {from: '%02d:00', to: '%02d:00'}",
                                 one->quiet_from, one->quiet_to);
        if (one->days == 0)
            size += (size_t)snprintf(text + size, SCENE_TEXT - size, ", questions: never}\n");
        else
            size += (size_t)snprintf(text + size, SCENE_TEXT - size,
                                     ", questions: {per_days: %d, share: %d}}\n", one->days, one->share);
    }
    size += (size_t)snprintf(text + size, SCENE_TEXT - size, "assets:\n");
    for (int i = 0; i < BOXES; i++)
        size += (size_t)snprintf(
            text + size, SCENE_TEXT - size,
            "  - {asset: b%d, class: x, devices: [d%d], customer: p%d, contacts: {shipper: p%d}}\n", i, i,
            scene_customer(i), scene_shipper(i));
    OTR_ASSERT(size < SCENE_TEXT);
}

static void make_step(choices *from, scene_step *out)
{
    static const scene_kind kinds[] = {STEP_TROUBLE, STEP_TROUBLE, STEP_TROUBLE, STEP_TROUBLE,
                                       STEP_TROUBLE, STEP_TROUBLE, STEP_TROUBLE, STEP_DISMISSED,
                                       STEP_BEGINS,  STEP_ENDS,    STEP_ENDS,    STEP_MILESTONE,
                                       STEP_ANSWER,  STEP_ANSWER,  STEP_ANSWER,  STEP_ANSWER};
    static const otr_time sleeps[] = {90 * OTR_MINUTE, 3 * OTR_HOUR, 9 * OTR_HOUR,
                                      OTR_DAY,         3 * OTR_DAY,  8 * OTR_DAY};
    *out = (scene_step){.kind = kinds[choose(from, sizeof kinds / sizeof kinds[0])]};
    if (chance(from, 40))
        out->kind = (scene_kind)(STEP_STOP + choose(from, 3));
    /* seconds of their own: nothing falls into one moment by chance */
    out->sleep = sleeps[choose(from, 6)] + choose(from, 251) * OTR_SECOND + choose(from, 251);
    out->box = (int)choose(from, BOXES);
    out->wet = chance(from, 3);
    out->span = (12 + choose(from, 90)) * OTR_MINUTE + choose(from, 59) * OTR_SECOND;
    out->pick = choose(from, 6);
    out->score = (int)choose(from, 12) - 1;
    out->reason = chance(from, 3) ? 1 + (int)choose(from, OTR_QUESTION_REASON_COUNT - 1) : 0;
}

void scene_make(scene *s, uint64_t seed)
{
    choices from = choices_of_seed(seed);
    for (int v = 0; v < VARIANTS; v++) {
        for (int i = 0; i < PEOPLE; i++)
            make_wishes(&from, &s->wishes[v][i]);
        write_assignments(s->wishes[v], s->assignments[v]);
    }
    s->count = STEPS;
    for (size_t i = 0; i < s->count; i++)
        make_step(&from, &s->steps[i]);
}

void scene_print(const scene *s)
{
    static const char *const kinds[STEP_KINDS] = {"trouble", "dismissed", "begins", "ends",  "milestone",
                                                  "answer",  "stop",      "clock",  "wishes"};
    for (int v = 0; v < VARIANTS; v++)
        print_message("%.*s", (int)(strstr(s->assignments[v], "assets:") - s->assignments[v]),
                      s->assignments[v]);
    for (size_t i = 0; i < s->count; i++)
        print_message("%3zu +%.2f h %s b%d %s for %.0f min, pick %u, score %d, reason %d\n", i,
                      (double)s->steps[i].sleep / (double)OTR_HOUR, kinds[s->steps[i].kind], s->steps[i].box,
                      s->steps[i].wet ? "wet" : "warm", (double)s->steps[i].span / (double)OTR_MINUTE,
                      s->steps[i].pick, s->steps[i].score, s->steps[i].reason);
}
