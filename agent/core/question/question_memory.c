#include "core/question/question_memory.h"

#include "base/limits.h"

#include <stdlib.h>

/* ---- people ---- */

static void forget_person(otr_questions *all, uint32_t number)
{
    free(all->people[number].assets);
    all->people_count--;
    memmove(&all->people[number], &all->people[number + 1],
            (all->people_count - number) * sizeof *all->people);
}

/* Who is nobody any more and was not asked for so long that no budget remembers it. */
static bool make_room(otr_core *core)
{
    otr_questions *all = &core->questions;
    for (uint32_t i = 0; i < all->people_count; i++) {
        const otr_questioned *person = &all->people[i];
        bool lately = person->asked != OTR_TIME_NONE &&
                      core->now.utc < otr_time_add(person->asked, OTR_LIMIT_QUESTION_BUDGET_DAYS * OTR_DAY);
        if (!lately && otr_assignments_contact(core->assignments,
                                               otr_names_get(&core->labels, person->customer)) == NULL) {
            forget_person(all, i);
            return true;
        }
    }
    return false;
}

otr_questioned *otr_questioned_find(otr_core *core, uint32_t customer)
{
    otr_questions *all = &core->questions;
    for (uint32_t i = 0; i < all->people_count; i++)
        if (all->people[i].customer == customer)
            return &all->people[i];
    return NULL;
}

otr_questioned *otr_questioned_of(otr_core *core, uint32_t customer)
{
    otr_questions *all = &core->questions;
    otr_questioned *found = otr_questioned_find(core, customer);
    if (found != NULL)
        return found;
    if (all->people_count == OTR_LIMIT_QUESTIONED && !make_room(core))
        return NULL;
    if (!otr_core_grow((void **)&all->people, &all->people_capacity, all->people_count + 1,
                       sizeof *all->people)) {
        core->failed = true;
        return NULL;
    }
    otr_questioned *person = &all->people[all->people_count++];
    *person = (otr_questioned){.customer = customer, .asked = OTR_TIME_NONE, .nps = OTR_TIME_NONE};
    return person;
}

uint64_t otr_question_asset(const otr_core *core, uint32_t label)
{
    otr_str asset = otr_names_get(&core->labels, label);
    return otr_hash64('q', 0, asset.data, asset.size);
}

bool otr_questioned_has(const otr_questioned *person, uint64_t asset)
{
    for (uint32_t i = 0; i < person->asset_count; i++)
        if (person->assets[i] == asset)
            return true;
    return false;
}

void otr_questioned_add(otr_core *core, otr_questioned *person, uint64_t asset)
{
    if (person->asset_count == OTR_LIMIT_QUESTIONED_ASSETS) {
        person->asset_count--;
        memmove(person->assets, person->assets + 1, person->asset_count * sizeof *person->assets);
    }
    if (!otr_core_grow((void **)&person->assets, &person->asset_capacity, person->asset_count + 1,
                       sizeof *person->assets)) {
        core->failed = true;
        return;
    }
    person->assets[person->asset_count++] = asset;
}

/* ---- questions ---- */

otr_id otr_question_second(const otr_question *question)
{
    return otr_hash128('q', 2, question->id.bytes, sizeof question->id.bytes);
}

otr_question *otr_question_find(otr_core *core, otr_id notification)
{
    otr_questions *all = &core->questions;
    for (uint32_t i = 0; i < all->capacity; i++)
        if (all->list[i].used && (otr_id_equal(all->list[i].id, notification) ||
                                  otr_id_equal(otr_question_second(&all->list[i]), notification)))
            return &all->list[i];
    return NULL;
}

otr_question *otr_question_make(otr_core *core)
{
    otr_questions *all = &core->questions;
    uint32_t number = otr_numbers_take(&all->numbers);
    if (number == OTR_NONE ||
        !otr_core_grow((void **)&all->list, &all->capacity, number + 1, sizeof *all->list)) {
        core->failed = true;
        return NULL;
    }
    all->count++;
    return &all->list[number];
}

void otr_question_schedule(otr_core *core, const otr_question *question)
{
    if (!otr_timers_set(&core->questions.civil, (uint32_t)(question - core->questions.list), question->due))
        core->failed = true;
}

void otr_question_drop(otr_core *core, otr_question *question)
{
    otr_questions *all = &core->questions;
    uint32_t number = (uint32_t)(question - all->list);
    (void)otr_timers_set(&all->civil, number, OTR_TIME_NEVER);
    otr_numbers_give(&all->numbers, number);
    all->count--;
    *question = (otr_question){.used = false};
}

const otr_contact *otr_question_wishes(const otr_core *core, const otr_question *question)
{
    return otr_assignments_contact(core->assignments, otr_names_get(&core->labels, question->customer));
}

/* ---- forgetting ---- */

/* Nobody answers it any more. */
static void give_up(otr_core *core, otr_question *one)
{
    core->questions.counts[one->kind].expired += one->state == OTR_QUESTION_ASKED;
    otr_question_drop(core, one);
}

static void remove_asset(otr_questioned *person, uint64_t asset)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < person->asset_count; i++)
        if (person->assets[i] != asset)
            person->assets[kept++] = person->assets[i];
    person->asset_count = kept;
}

void otr_question_forget(otr_core *core, otr_str customer)
{
    otr_questions *all = &core->questions;
    uint32_t label = otr_names_find(&core->labels, customer);
    for (uint32_t i = 0; i < all->capacity && label != OTR_NAME_NONE; i++) {
        if (all->list[i].used && all->list[i].customer == label)
            give_up(core, &all->list[i]);
    }
    for (uint32_t i = 0; i < all->people_count; i++)
        if (all->people[i].customer == label)
            forget_person(all, i--);
}

void otr_question_forget_asset(otr_core *core, uint32_t asset)
{
    otr_questions *all = &core->questions;
    uint64_t hash = otr_question_asset(core, asset);
    for (uint32_t i = 0; i < all->capacity; i++)
        if (all->list[i].used && all->list[i].asset == asset)
            give_up(core, &all->list[i]);
    for (uint32_t i = 0; i < all->people_count; i++)
        remove_asset(&all->people[i], hash);
}

void otr_question_forget_case(otr_core *core, otr_id case_id)
{
    otr_questions *all = &core->questions;
    for (uint32_t i = 0; i < all->capacity; i++)
        if (all->list[i].used && otr_id_equal(all->list[i].case_id, case_id))
            give_up(core, &all->list[i]);
}

void otr_questions_done(otr_core *core)
{
    otr_questions *all = &core->questions;
    while (all->people_count > 0)
        forget_person(all, all->people_count - 1);
    free(all->people);
    free(all->list);
    otr_numbers_done(&all->numbers);
    otr_timers_done(&all->civil);
    *all = (otr_questions){0};
}
