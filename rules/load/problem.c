#include "rules/load/problem.h"

#include "base/date.h"
#include "base/limits.h"
#include "rules/load/words.h"

#include <stdio.h>

static const char *const states[OTR_PROBLEM_STATE_COUNT] = {
#define X(name, word) word,
    OTR_PROBLEM_STATES(X)
#undef X
};
static const char *const keys[OTR_PROBLEM_KEY_COUNT] = {
#define X(name, word) word,
    OTR_PROBLEM_KEYS(X)
#undef X
};

const char *otr_problem_state_text(otr_problem_state state)
{
    OTR_ASSERT(state >= 0 && state < OTR_PROBLEM_STATE_COUNT);
    return states[state];
}

const char *otr_problem_key_text(otr_problem_key key)
{
    OTR_ASSERT(key >= 0 && key < OTR_PROBLEM_KEY_COUNT);
    return keys[key];
}

typedef struct reading {
    otr_arena *memory;
    otr_error *error;
} reading;

static otr_status refuse(const reading *r, const otr_yaml *at, const char *why)
{
    return otr_fail_at(r->error, OTR_INVALID, at->line, at->column, "%s", why);
}

static otr_status read_text(const reading *r, const otr_yaml *map, const char *key, size_t most, otr_str *out)
{
    return otr_yaml_copy_text(r->memory, map, key, most, out, r->error);
}

bool otr_problem_day_ok(otr_str text)
{
    char copy[11];
    int year;
    int month;
    int day;
    char more;
    if (text.size != sizeof copy - 1)
        return false;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    for (size_t i = 0; i < text.size; i++)
        if (i == 4 || i == 7 ? copy[i] != '-' : copy[i] < '0' || copy[i] > '9')
            return false;
    return sscanf(copy, "%d-%d-%d%c", &year, &month, &day, &more) == 3 && month >= 1 && month <= 12 &&
           day >= 1 && day <= otr_date_month_days(year, month);
}

static otr_status read_state(const reading *r, const otr_yaml *map, otr_problem_state *out)
{
    const otr_yaml *node;
    otr_str word;
    otr_status status = otr_yaml_need(map, "state", &node, r->error);
    if (status == OTR_OK)
        status = otr_yaml_text(node, &word, r->error);
    for (int state = 0; status == OTR_OK && state < OTR_PROBLEM_STATE_COUNT; state++)
        if (otr_str_is(word, states[state])) {
            *out = (otr_problem_state)state;
            return OTR_OK;
        }
    return status != OTR_OK ? status : refuse(r, node, "expected proposed, open or fixed");
}

static otr_status read_fix(const reading *r, const otr_yaml *map, otr_problem *out)
{
    static const char *const known[] = {"pack", "version", NULL};
    const otr_yaml *fix = otr_yaml_get(map, "fixed_by");
    const otr_yaml *node;
    if (fix == NULL)
        return out->state == OTR_PROBLEM_FIXED
                   ? refuse(r, map, "what is fixed has the version of a pack that fixed it: fixed_by")
                   : OTR_OK;
    otr_status status = otr_yaml_kind_is(fix, OTR_YAML_MAP, r->error);
    if (status == OTR_OK)
        status = otr_yaml_only(fix, known, r->error);
    if (status == OTR_OK)
        status = otr_yaml_need(fix, "pack", &node, r->error);
    if (status == OTR_OK)
        status = read_text(r, fix, "pack", OTR_LIMIT_KNOWLEDGE_TEXT_BYTES, &out->fixed_pack);
    if (status == OTR_OK && !otr_word_is_slug(out->fixed_pack))
        return refuse(r, node, "expected the name of a pack");
    if (status == OTR_OK)
        status = otr_yaml_need(fix, "version", &node, r->error);
    return status == OTR_OK ? otr_yaml_i64(node, 1, INT32_MAX, &out->fixed_version, r->error) : status;
}

static otr_status read_cases(const reading *r, const otr_yaml *map, otr_problem *out)
{
    const otr_yaml *node = otr_yaml_get(map, "cases");
    if (node == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, r->error);
    if (status != OTR_OK)
        return status;
    if (otr_yaml_count(node) > OTR_LIMIT_PROBLEM_CASES)
        return otr_fail_at(r->error, OTR_LIMIT, node->line, node->column, "more than %d cases",
                           OTR_LIMIT_PROBLEM_CASES);
    otr_id *list = otr_arena_array(r->memory, otr_yaml_count(node) + 1, sizeof *list);
    if (list == NULL)
        return otr_fail(r->error, OTR_MEMORY, "out of memory");
    out->cases = list;
    for (const otr_yaml *entry = node->first; entry != NULL; entry = entry->next) {
        otr_str text;
        status = otr_yaml_text(entry, &text, r->error);
        if (status != OTR_OK)
            return status;
        if (!otr_id_parse(text, &list[out->case_count++]))
            return refuse(r, entry, "expected the id of a case: 32 hex digits");
    }
    return OTR_OK;
}

static otr_status read_problem(const reading *r, const otr_yaml *map, otr_problem *out)
{
    static const char *const known[] = {"problem",
                                        "state",
                                        "owner",
                                        "since",
                                        "text",
#define X(name, word) word,
                                        OTR_PROBLEM_KEYS(X)
#undef X
                                            "fixed_by",
                                        "cases",
                                        NULL};
    const otr_yaml *node;
    bool about = false;
    otr_status status = otr_yaml_kind_is(map, OTR_YAML_MAP, r->error);
    out->line = map->line;
    out->column = map->column;
    if (status == OTR_OK)
        status = otr_yaml_only(map, known, r->error);
    if (status == OTR_OK)
        status = otr_yaml_need(map, "problem", &node, r->error);
    if (status == OTR_OK)
        status = read_text(r, map, "problem", OTR_LIMIT_KNOWLEDGE_TEXT_BYTES, &out->id);
    if (status == OTR_OK && !otr_word_is_slug(out->id))
        return refuse(r, node, "expected small letters, digits, _ and - only, at most 64");
    if (status == OTR_OK)
        status = read_state(r, map, &out->state);
    if (status == OTR_OK)
        status = read_text(r, map, "owner", OTR_LIMIT_BUCKET_KEY_BYTES, &out->owner);
    if (status == OTR_OK)
        status = read_text(r, map, "since", OTR_LIMIT_KNOWLEDGE_TEXT_BYTES, &out->since);
    if (status == OTR_OK && out->since.data != NULL && !otr_problem_day_ok(out->since))
        return refuse(r, otr_yaml_get(map, "since"), "expected a day: 2024-05-01");
    if (status == OTR_OK)
        status = otr_yaml_need(map, "text", &node, r->error);
    if (status == OTR_OK)
        status = read_text(r, map, "text", OTR_LIMIT_KNOWLEDGE_TEXT_BYTES, &out->text);
    for (int key = 0; key < OTR_PROBLEM_KEY_COUNT && status == OTR_OK; key++) {
        status =
            read_text(r, map, keys[key], (size_t)2 * OTR_LIMIT_BUCKET_KEY_BYTES, &out->subject.keys[key]);
        about = about || out->subject.keys[key].size > 0;
    }
    if (status == OTR_OK && !about)
        return refuse(r, map, "a problem is about a rule, product, lot, lane, cause, queue or step");
    if (status == OTR_OK)
        status = read_fix(r, map, out);
    return status == OTR_OK ? read_cases(r, map, out) : status;
}

otr_status otr_problems_read(otr_arena *memory, const otr_yaml *node, const otr_problem **out, size_t *count,
                             otr_error *error)
{
    const reading r = {memory, error};
    *out = NULL;
    *count = 0;
    if (node == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, error);
    if (status != OTR_OK)
        return status;
    if (otr_yaml_count(node) > OTR_LIMIT_PROBLEMS)
        return otr_fail_at(error, OTR_LIMIT, node->line, node->column, "more than %d problems",
                           OTR_LIMIT_PROBLEMS);
    otr_problem *list = otr_arena_array(memory, otr_yaml_count(node) + 1, sizeof *list);
    if (list == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    *out = list;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        status = read_problem(&r, entry, &list[*count]);
        for (size_t i = 0; i < *count && status == OTR_OK; i++)
            if (otr_str_equal(list[i].id, list[*count].id))
                return refuse(&r, entry, "a problem of that name stands above");
        ++*count;
    }
    return status;
}

bool otr_problem_fits(const otr_problem *problem, const otr_problem_subject *of)
{
    for (int key = 0; key < OTR_PROBLEM_KEY_COUNT; key++) {
        otr_str want = problem->subject.keys[key];
        if (want.size == 0 || otr_str_equal(want, of->keys[key]))
            continue;
        if (key != OTR_PROBLEM_CAUSE || !otr_str_equal(want, of->category))
            return false;
    }
    return true;
}
