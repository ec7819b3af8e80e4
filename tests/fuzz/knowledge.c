/* A knowledge file from any bytes. Besides not crashing: a refusal has a reason and a place in the file, and
 * what loads can be asked for each of its own subjects: an entry that fits is found, a route that is reached
 * takes what it asks for, and a problem fits what it is about. */
#include "rules/load/knowledge.h"

#include "base/limits.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static otr_knowledge_case case_of(const otr_knowledge_subject *subject)
{
    return (otr_knowledge_case){.code = subject->code,
                                .pack = subject->pack,
                                .rule = subject->rule,
                                .class = subject->class,
                                .model = subject->model,
                                .lot = subject->lot_from,
                                .weight = 1.0};
}

static void check_entry(const otr_knowledge *knowledge, const otr_knowledge_entry *entry)
{
    unsigned fit;
    otr_knowledge_case asked = case_of(&entry->subject);
    OTR_ASSERT(entry->title.size > 0 && entry->remedy_count <= OTR_LIMIT_KNOWLEDGE_REMEDIES);
    OTR_ASSERT(otr_knowledge_fit(&entry->subject, &asked) > 0);
    const otr_knowledge_entry *found = otr_knowledge_find(knowledge, &asked, &fit);
    OTR_ASSERT(found != NULL && fit >= otr_knowledge_fit(&entry->subject, &asked));
    otr_str spn;
    otr_str fmi;
    if (otr_fault_code_split(entry->subject.code, &spn, &fmi))
        OTR_ASSERT(spn.size + fmi.size + 1 == entry->subject.code.size);
}

static void check_route(const otr_knowledge *knowledge, const otr_route_line *line)
{
    otr_knowledge_case asked = case_of(&line->subject);
    asked.category = line->category;
    asked.language = line->language;
    asked.region = line->region;
    asked.weight = line->weight;
    OTR_ASSERT(line->queue.size > 0 && line->line >= 1 && line->column >= 1);
    OTR_ASSERT(otr_route_fits(line, &asked));
    const otr_route_line *shadow = otr_route_shadow(knowledge, line);
    OTR_ASSERT(shadow == NULL || (shadow < line && otr_route_fits(shadow, &asked)));
}

static void check_problem(const otr_problem *problem)
{
    OTR_ASSERT(problem->id.size > 0 && problem->text.size > 0 && problem->state < OTR_PROBLEM_STATE_COUNT);
    OTR_ASSERT(problem->state != OTR_PROBLEM_FIXED || problem->fixed_version > 0);
    OTR_ASSERT(problem->case_count <= OTR_LIMIT_PROBLEM_CASES);
    OTR_ASSERT(otr_problem_fits(problem, &problem->subject));
    OTR_ASSERT(!otr_problem_fits(problem, &(otr_problem_subject){.category = {NULL, 0}}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_knowledge *knowledge;
    otr_error error = {0};
    otr_str text = {(const char *)data, size};
    otr_str code;
    otr_status status = otr_knowledge_load(text, &knowledge, &error);
    if (status != OTR_OK) {
        OTR_ASSERT(knowledge == NULL && error.status == status && error.text[0] != '\0');
        OTR_ASSERT(error.line >= 0 && error.column >= 0);
    } else {
        OTR_ASSERT(knowledge->name.size > 0);
        for (size_t i = 0; i < knowledge->entry_count && i < 64; i++)
            check_entry(knowledge, &knowledge->entries[i]);
        for (size_t i = 0; i < knowledge->route_count && i < 64; i++)
            check_route(knowledge, &knowledge->routes[i]);
        for (size_t i = 0; i < knowledge->problem_count; i++)
            check_problem(&knowledge->problems[i]);
        otr_knowledge_free(knowledge);
    }
    while (otr_fault_code_next(&text, &code))
        OTR_ASSERT(code.size > 0);
    return 0;
}
