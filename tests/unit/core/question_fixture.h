/* People who want to be asked in all manners, and how they answer. */
#ifndef OTR_TESTS_CORE_QUESTION_FIXTURE_H
#define OTR_TESTS_CORE_QUESTION_FIXTURE_H

#include "core/state.h"
#include "notice_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* c: quiet from 22 to 7 in Berlin, with two boxes; f is asked every week, n never; o has stopped questions.
 */
static const char people[] =
    "version: 1\n"
    "customers:\n"
    "  - {customer: c, persona: householder, zone: Europe/Berlin, quiet: {from: \"22:00\", to: \"07:00\"}}\n"
    "  - {customer: f, questions: {per_days: 7}}\n"
    "  - {customer: n, questions: never}\n"
    "  - {customer: o, opt_out: [questions]}\n"
    "  - {customer: u, opt_out: [cold]}\n"
    "  - {customer: z, questions: {share: 0}}\n"
    "staff: {duty: {}}\n"
    "assets:\n"
    "  - {asset: c1, name: The fridge, class: x, devices: [c1], customer: c}\n"
    "  - {asset: c2, class: x, devices: [c2], customer: c}\n"
    "  - {asset: f1, class: x, devices: [f1], customer: f}\n"
    "  - {asset: f2, class: x, devices: [f2], customer: f}\n"
    "  - {asset: n1, class: x, devices: [n1], customer: n}\n"
    "  - {asset: o1, class: x, devices: [o1], customer: o}\n"
    "  - {asset: u1, class: x, devices: [u1], customer: u}\n"
    "  - {asset: z1, class: x, devices: [z1], customer: z}\n";

static inline world *start(void)
{
    world *w = world_create(notice_pack, people, T0);
    world_zone(w, "Europe/Berlin");
    world_snapshot(w);
    return w;
}

/* Warm for ten minutes from now on; an hour later the case closes. */
static inline void trouble(world *w, const char *device)
{
    world_report(w, device, "temperature", 9, w->utc);
    world_report(w, device, "temperature", 3, w->utc + 10 * OTR_MINUTE);
    world_sleep(w, 61 * OTR_MINUTE);
}

static inline size_t asked(const world *w)
{
    return notice_told(w, "asked");
}

static inline const world_event *question(const world *w, size_t n)
{
    return notice_get(w, "asked", n);
}

static inline size_t dropped(const world *w, const char *reason)
{
    return world_notices(w, OTR_NOTICE_DROPPED, "Warm", reason);
}

static inline const otr_question *kept(const world *w, otr_id notification)
{
    return otr_question_find(w->core, notification);
}

/* score below 0: none. */
static inline otr_refusal answer(world *w, otr_id notification, int score, otr_question_reason reason)
{
    otr_command command = {.kind = OTR_COMMAND_CUSTOMER,
                           .customer = {.action = OTR_CUSTOMER_SCORE,
                                        .notification = notification,
                                        .from = OTR_TIME_NONE,
                                        .to = OTR_TIME_NONE,
                                        .scored = score >= 0,
                                        .score = (uint8_t)(score >= 0 ? score : 0),
                                        .reason = reason}};
    return world_command(w, command).refusal;
}

static inline otr_refusal stop(world *w, otr_id notification, const char *category)
{
    otr_command command = {.kind = OTR_COMMAND_CUSTOMER,
                           .customer = {.action = OTR_CUSTOMER_STOP,
                                        .notification = notification,
                                        .category = otr_str_of(category),
                                        .from = OTR_TIME_NONE,
                                        .to = OTR_TIME_NONE}};
    return world_command(w, command).refusal;
}

static inline otr_question_scale scale_of(const world *w, otr_id notification)
{
    return otr_question_scale_of((otr_question_kind)kept(w, notification)->kind);
}

static inline otr_question_counts counts(const world *w, otr_id notification)
{
    return w->core->questions.counts[kept(w, notification)->kind];
}

#endif
