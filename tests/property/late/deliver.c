#include "deliver.h"

#include <stdio.h>
#include <stdlib.h>

enum { UPLOADS = 4 * SCENE_INSTANTS, PIECE = 24 };

/* One upload of one device. */
typedef struct upload {
    otr_time at;
    uint32_t number; /* of one time, in this order */
    uint32_t device;
    size_t count;
    size_t instants[PIECE];
} upload;

typedef struct plan {
    upload list[UPLOADS];
    size_t count;
} plan;

static upload *add(plan *p, otr_time at, uint32_t device)
{
    if (p->count == UPLOADS)
        abort();
    p->list[p->count] = (upload){.at = at, .number = (uint32_t)p->count, .device = device};
    return &p->list[p->count++];
}

static void add_one(plan *p, otr_time at, const scene *s, size_t instant)
{
    upload *one = add(p, at, s->instants[instant].device);
    one->instants[one->count++] = instant;
}

/* What a device stored while it was out of coverage. */
typedef struct backlog {
    size_t list[SCENE_INSTANTS];
    size_t count;
} backlog;

/* In pieces of some size from at on: first to last, last to first, or in any order; some of them twice. */
static void catch_up(plan *p, dice *from, const backlog *stored, uint32_t device, otr_time at)
{
    size_t size = 1 + roll(from, PIECE);
    size_t pieces = (stored->count + size - 1) / size;
    uint32_t order = roll(from, 3);
    otr_time pause = (otr_time)roll(from, 3) * (otr_time)roll(from, 25) * OTR_SECOND;
    for (size_t i = 0; i < pieces; i++) {
        size_t which = order == 0 ? i : pieces - 1 - i;
        otr_time when = at + (otr_time)i * pause;
        if (order == 2)
            when = at + (otr_time)roll(from, (uint32_t)pieces) * pause + (otr_time)roll(from, 5);
        for (uint32_t copies = roll(from, 5) == 0 ? 2 : 1; copies > 0; copies--) {
            upload *one = add(p, when, device);
            for (size_t k = which * size; k < stored->count && k < (which + 1) * size; k++)
                one->instants[one->count++] = stored->list[k];
        }
    }
}

static otr_time delayed(dice *from, otr_time at)
{
    return roll(from, 3) > 0 ? at : at + (otr_time)roll(from, 200) * OTR_SECOND;
}

/* The device loses coverage now and then. */
static void plan_device(plan *p, dice *from, const scene *s, uint32_t device, size_t end)
{
    backlog stored = {.count = 0};
    bool away = false;
    for (size_t i = 0; i < end; i++) {
        const scene_instant *instant = &s->instants[i];
        if (instant->device != device)
            continue;
        if (roll(from, away ? 20 : 12) == 0)
            away = !away;
        if (away) {
            stored.list[stored.count++] = i;
            continue;
        }
        otr_time at = delayed(from, instant->at);
        bool newest_first = roll(from, 3) > 0;
        if (newest_first)
            add_one(p, at, s, i);
        if (stored.count > 0)
            catch_up(p, from, &stored, device, at + (otr_time)roll(from, 90) * OTR_SECOND);
        stored.count = 0;
        if (!newest_first)
            add_one(p, at, s, i);
    }
    if (stored.count > 0)
        catch_up(p, from, &stored, device, s->instants[end - 1].at + OTR_MINUTE);
}

static int by_time(const void *a, const void *b)
{
    const upload *left = a;
    const upload *right = b;
    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    return (left->number > right->number) - (left->number < right->number);
}

static void make_plan(plan *p, const scene *s, delivery how)
{
    dice from = {~s->seed};
    size_t end = s->count - 2 * (size_t)s->device_count;
    p->count = 0;
    for (uint32_t device = 0; device < s->device_count && how != DELIVER_ON_TIME && end > 0; device++)
        plan_device(p, &from, s, device, end);
    for (size_t i = how == DELIVER_ON_TIME ? 0 : end; i < s->count; i++)
        add_one(p, s->instants[i].at, s, i);
    qsort(p->list, p->count, sizeof *p->list, by_time);
}

/* ---- the journey ---- */

/* To just before the instant, so that a reading and a deadline of the same instant come in one turn. */
static void sleep_until(world *w, otr_time at)
{
    if (at <= w->utc)
        return;
    world_sleep(w, at - w->utc - 1);
    w->utc++;
    w->core_time++;
}

static void print_upload(const scene *s, const upload *one)
{
    char at[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(one->at, at);
    (void)fprintf(stderr, "at %s %s:", at, scene_device(one->device));
    for (size_t i = 0; i < one->count; i++)
        (void)fprintf(stderr, " %zu", one->instants[i]);
    (void)fprintf(stderr, "\n");
    (void)s;
}

static void arrive(world *w, const scene *s, const upload *one)
{
    otr_reading readings[PIECE * SCENE_READINGS];
    size_t count = 0;
    for (size_t i = 0; i < one->count; i++) {
        const scene_instant *instant = &s->instants[one->instants[i]];
        memcpy(readings + count, instant->readings, instant->count * sizeof *readings);
        count += instant->count;
    }
    world_upload(w, scene_device(one->device), readings, count);
}

world *deliver(const scene *s, delivery how, bool print)
{
    static plan p;
    dice from = {s->seed};
    make_plan(&p, s, how);
    world *w = world_create(s->pack, s->assignments, SCENE_START - OTR_MINUTE);
    for (size_t i = 0; i < p.count; i++) {
        if (print)
            print_upload(s, &p.list[i]);
        if (how == DELIVER_RESTARTED) {
            if (p.list[i].at > w->utc)
                sleep_until(w, w->utc + (p.list[i].at - w->utc) / 2);
            if (roll(&from, 7) == 0)
                world_snapshot(w);
            world_restart(w, false);
        }
        sleep_until(w, p.list[i].at);
        arrive(w, s, &p.list[i]);
        if (how == DELIVER_RESTARTED)
            world_restart(w, false);
    }
    world_sleep(w, OTR_DAY);
    return w;
}
