#include "rules/load/journey_map.h"

#include "base/limits.h"
#include "rules/load/words.h"
#include "rules/load/yaml.h"

#include <stdlib.h>

typedef struct journey_build {
    otr_journey_map *map;
    otr_error *error;
} journey_build;

/* How a word must look. */
typedef enum word_form { WORD_SLUG, WORD_RULE, WORD_READER } word_form;

static otr_status no_memory(const journey_build *build)
{
    return otr_fail(build->error, OTR_MEMORY, "out of memory");
}

static otr_status refuse(const journey_build *build, const otr_yaml *node, const char *why)
{
    return otr_fail_at(build->error, OTR_INVALID, node->line, node->column, "%s", why);
}

/* staff.ROLE, or a slug. */
static bool is_reader(otr_str text)
{
    static const otr_str staff = {"staff.", 6};
    if (otr_str_starts(text, staff))
        text = (otr_str){text.data + staff.size, text.size - staff.size};
    return otr_word_is_slug(text);
}

static const char *fault_of(otr_str text, word_form form)
{
    switch (form) {
    case WORD_RULE:
        return otr_word_is_identifier(text) ? NULL
                                            : "a rule's name has letters, digits and _ only, at most 64";
    case WORD_READER:
        return is_reader(text) ? NULL : "expected customer, a persona, or staff.ROLE";
    default:
        return otr_word_is_slug(text) ? NULL
                                      : "this name has small letters, digits, - and _ only, at most 64";
    }
}

static otr_status read_word(const journey_build *build, const otr_yaml *node, word_form form,
                            otr_journey_word *out)
{
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, build->error);
    if (status != OTR_OK)
        return status;
    const char *fault = fault_of(text, form);
    if (fault != NULL)
        return refuse(build, node, fault);
    out->text = otr_arena_copy(&build->map->memory, text);
    out->line = node->line;
    out->column = node->column;
    return out->text.data != NULL ? OTR_OK : no_memory(build);
}

/* The word behind a key; the place of the map when there is none. */
static otr_status read_key(const journey_build *build, const otr_yaml *map, const char *key, word_form form,
                           otr_journey_word *out)
{
    const otr_yaml *node = otr_yaml_get(map, key);
    *out = (otr_journey_word){.line = map->line, .column = map->column};
    return node != NULL ? read_word(build, node, form, out) : OTR_OK;
}

static otr_status read_list(const journey_build *build, const otr_yaml *node, word_form form,
                            const otr_journey_word **out, size_t *count)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, build->error);
    if (status != OTR_OK)
        return status;
    otr_journey_word *list = otr_arena_array(&build->map->memory, otr_yaml_count(node), sizeof *list);
    if (list == NULL)
        return no_memory(build);
    *out = list;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = read_word(build, entry, form, &list[(*count)++]);
    return status;
}

static otr_status read_goal(const journey_build *build, const otr_yaml *map, otr_journey_step *out)
{
    const otr_yaml *node = otr_yaml_get(map, "told_within");
    out->told = (otr_journey_word){.line = map->line, .column = map->column};
    if (node == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_span(node, &out->told_within, build->error);
    if (status != OTR_OK)
        return status;
    if (out->told_within <= 0)
        return refuse(build, node, "told_within is more than 0");
    out->told = (otr_journey_word){otr_arena_copy(&build->map->memory, node->text), node->line, node->column};
    return out->told.text.data != NULL ? OTR_OK : no_memory(build);
}

/* node: what is behind the key, or the whole step when it is not there. */
static otr_status read_stage(const journey_build *build, const otr_yaml *node, otr_journey_step *out)
{
    static const char *const known[] = {"rule", "message", "card", "told_within", "to", NULL};
    const otr_yaml *stage = otr_yaml_get(node, "on_stage");
    const otr_yaml *from = stage != NULL ? stage : node;
    otr_status status = OTR_OK;
    if (stage != NULL)
        status = otr_yaml_kind_is(stage, OTR_YAML_MAP, build->error);
    if (stage != NULL && status == OTR_OK)
        status = otr_yaml_only(stage, known, build->error);
    if (status == OTR_OK)
        status = read_key(build, from, "rule", WORD_RULE, &out->rule);
    if (status == OTR_OK)
        status = read_key(build, from, "message", WORD_SLUG, &out->message);
    if (status == OTR_OK)
        status = read_key(build, from, "card", WORD_SLUG, &out->card);
    if (status == OTR_OK)
        status = read_key(build, from, "to", WORD_READER, &out->to);
    return status == OTR_OK ? read_goal(build, from, out) : status;
}

static otr_status read_backstage(const journey_build *build, const otr_yaml *node, otr_journey_step *out)
{
    static const char *const known[] = {"queue", "owner", "rules", NULL};
    const otr_yaml *stage = otr_yaml_get(node, "backstage");
    const otr_yaml *from = stage != NULL ? stage : node;
    const otr_yaml *rules = otr_yaml_get(from, "rules");
    otr_status status = OTR_OK;
    if (stage != NULL)
        status = otr_yaml_kind_is(stage, OTR_YAML_MAP, build->error);
    if (stage != NULL && status == OTR_OK)
        status = otr_yaml_only(stage, known, build->error);
    if (status == OTR_OK)
        status = read_key(build, from, "queue", WORD_SLUG, &out->queue);
    if (status == OTR_OK)
        status = read_key(build, from, "owner", WORD_SLUG, &out->owner);
    if (status == OTR_OK && rules != NULL)
        status = read_list(build, rules, WORD_RULE, &out->rules, &out->rule_count);
    return status;
}

static otr_status read_step(const journey_build *build, const otr_yaml *node, otr_journey_step *out)
{
    static const char *const known[] = {"step", "on_stage", "backstage", NULL};
    const otr_yaml *name;
    otr_status status = otr_yaml_need(node, "step", &name, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, build->error);
    if (status == OTR_OK)
        status = read_word(build, name, WORD_SLUG, &out->name);
    for (const otr_journey_step *other = build->map->steps; other < out && status == OTR_OK; other++)
        if (otr_str_equal(other->name.text, out->name.text))
            return otr_fail_at(build->error, OTR_INVALID, name->line, name->column,
                               "the step %.*s is here twice, first in line %d", OTR_STR_ARG(out->name.text),
                               other->name.line);
    if (status == OTR_OK)
        status = read_stage(build, node, out);
    return status == OTR_OK ? read_backstage(build, node, out) : status;
}

static otr_status read_steps(const journey_build *build, const otr_yaml *node)
{
    otr_journey_map *map = build->map;
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, build->error);
    size_t count = otr_yaml_count(node);
    if (status == OTR_OK && count == 0)
        return refuse(build, node, "a journey has at least one step");
    if (status == OTR_OK && count > OTR_LIMIT_JOURNEY_STEPS)
        return otr_fail_at(build->error, OTR_LIMIT, node->line, node->column, "more than %d steps",
                           OTR_LIMIT_JOURNEY_STEPS);
    if (status != OTR_OK)
        return status;
    otr_journey_step *steps = otr_arena_array(&map->memory, count, sizeof *steps);
    if (steps == NULL)
        return no_memory(build);
    map->steps = steps;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = read_step(build, entry, &steps[map->step_count++]);
    return status;
}

/* `pack: NAME`, or `packs: [NAME, ...]`. */
static otr_status read_packs(const journey_build *build, const otr_yaml *root)
{
    otr_journey_map *map = build->map;
    const otr_yaml *list = otr_yaml_get(root, "packs");
    const otr_yaml *one = NULL;
    if (list != NULL && otr_yaml_get(root, "pack") != NULL)
        return refuse(build, list, "a journey has pack or packs, not both");
    if (list != NULL)
        return read_list(build, list, WORD_SLUG, &map->packs, &map->pack_count);
    otr_status status = otr_yaml_need(root, "pack", &one, build->error);
    if (status != OTR_OK)
        return status;
    otr_journey_word *word = otr_arena_array(&map->memory, 1, sizeof *word);
    if (word == NULL)
        return no_memory(build);
    map->packs = word;
    map->pack_count = 1;
    return read_word(build, one, WORD_SLUG, word);
}

static otr_status read_all(const journey_build *build, const otr_yaml *root)
{
    static const char *const known[] = {"journey", "pack", "packs", "steps", NULL};
    const otr_yaml *name;
    const otr_yaml *steps = NULL;
    otr_journey_word word = {.line = 0};
    otr_status status = otr_yaml_need(root, "journey", &name, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(root, known, build->error);
    if (status == OTR_OK)
        status = read_word(build, name, WORD_SLUG, &word);
    build->map->name = word.text;
    if (status == OTR_OK)
        status = read_packs(build, root);
    if (status == OTR_OK)
        status = otr_yaml_need(root, "steps", &steps, build->error);
    return status == OTR_OK ? read_steps(build, steps) : status;
}

otr_status otr_journey_load(otr_str yaml, otr_journey_map **out, otr_error *error)
{
    otr_arena scratch = {0};
    otr_yaml *root = NULL;
    *out = NULL;
    otr_journey_map *map = calloc(1, sizeof *map);
    if (map == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    journey_build build = {.map = map, .error = error};
    otr_status status = otr_yaml_parse(&scratch, yaml, &root, error);
    if (status == OTR_OK)
        status = read_all(&build, root);
    if (scratch.failed || map->memory.failed)
        status = otr_fail(error, OTR_MEMORY, "out of memory");
    otr_arena_done(&scratch);
    if (status != OTR_OK) {
        otr_journey_free(map);
        return status;
    }
    *out = map;
    return OTR_OK;
}

void otr_journey_free(otr_journey_map *map)
{
    if (map == NULL)
        return;
    otr_arena_done(&map->memory);
    free(map);
}

const otr_journey_step *otr_journey_step_of(const otr_journey_map *map, otr_str rule)
{
    for (size_t i = 0; i < map->step_count; i++)
        if (otr_str_equal(map->steps[i].rule.text, rule))
            return &map->steps[i];
    return NULL;
}
