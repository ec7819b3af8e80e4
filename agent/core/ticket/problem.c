#include "core/ticket/problem.h"

#include "core/figures/figure_about.h"

/* Whether the pack is active in that version or a later one. */
static bool is_fixed(const otr_core *core, const otr_problem *problem)
{
    for (size_t i = 0; problem->fixed_pack.size > 0 && i < core->content_count; i++) {
        const otr_loaded_pack *loaded = core->contents[i].loaded;
        if (loaded != NULL && otr_str_equal(loaded->pack->name, problem->fixed_pack))
            return loaded->pack->version >= problem->fixed_version;
    }
    return false;
}

static otr_problem_subject subject_of(const otr_core *core, const otr_case *one, otr_figure_about *about)
{
    static const otr_bucket_dimension dimensions[OTR_PROBLEM_KEY_COUNT] = {
        [OTR_PROBLEM_RULE] = OTR_BY_RULE,   [OTR_PROBLEM_PRODUCT] = OTR_BY_PRODUCT,
        [OTR_PROBLEM_LOT] = OTR_BY_LOT,     [OTR_PROBLEM_LANE] = OTR_BY_LANE,
        [OTR_PROBLEM_CAUSE] = OTR_BY_CAUSE, [OTR_PROBLEM_QUEUE] = OTR_BY_QUEUE,
        [OTR_PROBLEM_STEP] = OTR_BY_STEP,
    };
    otr_problem_subject subject = {.category = otr_names_get(&core->labels, one->category)};
    otr_figure_of_case(core, one, about);
    for (int key = 0; key < OTR_PROBLEM_KEY_COUNT; key++)
        subject.keys[key] = about->keys[dimensions[key]];
    return subject;
}

const otr_problem *otr_problem_of(const otr_core *core, const otr_case *one)
{
    otr_figure_about about;
    otr_problem_subject subject;
    bool known = false; /* what the case is about is looked up once there is something to compare with */
    for (size_t i = 0; i < core->content_count; i++) {
        const otr_knowledge *knowledge = core->contents[i].knowledge;
        for (size_t k = 0; knowledge != NULL && k < knowledge->problem_count; k++) {
            const otr_problem *problem = &knowledge->problems[k];
            if (problem->state != OTR_PROBLEM_OPEN || is_fixed(core, problem))
                continue;
            if (!known)
                subject = subject_of(core, one, &about);
            known = true;
            if (otr_problem_fits(problem, &subject))
                return problem;
        }
    }
    return NULL;
}
