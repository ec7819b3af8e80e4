#include "tools/outrider/test/test_setup.h"

#include "base/metric.h"
#include "core/asset/assigned.h"
#include "rules/load/knowledge.h"
#include "rules/load/nearest.h"
#include "rules/load/pack.h"

#include <stdio.h>

enum { CONTENTS_MAX = 64 };

typedef struct check {
    const otr_test_file *file;
    const otr_test_loader *loader;
    otr_test_setup *setup;
    otr_pack *packs[CONTENTS_MAX];
    size_t pack_count;
    otr_assignments *assignments[CONTENTS_MAX];
    size_t assignments_count;
    otr_error *error;
} check;

static bool has_zone(const otr_test_setup *setup, otr_str name)
{
    static const size_t prefix = sizeof "zone/" - 1;
    for (size_t i = 0; i < setup->zone_count; i++) {
        otr_str slot = setup->zones[i].slot;
        if (otr_str_equal((otr_str){slot.data + prefix, slot.size - prefix}, name))
            return true;
    }
    return false;
}

/* The zones that the assignments name and no earlier ones did. */
static otr_status add_zones(check *c, const otr_assignments *assignments)
{
    otr_test_setup *setup = c->setup;
    otr_status status = OTR_OK;
    for (size_t i = 0; i < assignments->zone_count && status == OTR_OK; i++) {
        const otr_zone_use *use = &assignments->zones[i];
        if (c->loader->zone == NULL || has_zone(setup, use->name))
            continue;
        if (setup->zone_count == OTR_LIMIT_ZONES)
            return otr_fail_at(c->error, OTR_LIMIT, use->line, use->column, "more than %d time zones",
                               OTR_LIMIT_ZONES);
        status = c->loader->zone(c->loader->context, use, &setup->zones[setup->zone_count], c->error);
        setup->zone_count += status == OTR_OK;
    }
    return status;
}

/* prefix and name, in the setup's memory; without data when there is none. */
static otr_str slot_of(check *c, const char *prefix, otr_str name)
{
    size_t size = strlen(prefix) + name.size + 1;
    char *slot = otr_arena_alloc(&c->setup->memory, size);
    if (slot == NULL)
        return (otr_str){NULL, 0};
    return (otr_str){slot, (size_t)snprintf(slot, size, "%s%.*s", prefix, OTR_STR_ARG(name))};
}

static otr_status add_assignments(check *c, otr_workbench_content *content)
{
    otr_status status = otr_assignments_load(content->bytes, &c->assignments[c->assignments_count], c->error);
    if (status != OTR_OK)
        return status;
    const otr_assignments *loaded = c->assignments[c->assignments_count++];
    if (loaded->terms.given)
        content->slot = slot_of(c, "assignment/", loaded->assets[0].id);
    if (content->slot.data == NULL)
        return otr_fail(c->error, OTR_MEMORY, "out of memory");
    status = otr_content_check(content->slot, content->bytes, c->error);
    return status == OTR_OK ? add_zones(c, loaded) : status;
}

static otr_status add_knowledge(check *c, otr_workbench_content *content)
{
    otr_knowledge *knowledge = NULL;
    otr_status status = otr_knowledge_load(content->bytes, &knowledge, c->error);
    if (status != OTR_OK)
        return status;
    content->slot = slot_of(c, "knowledge/", knowledge->name);
    otr_knowledge_free(knowledge);
    return content->slot.data != NULL ? OTR_OK : otr_fail(c->error, OTR_MEMORY, "out of memory");
}

/* Loads one content and keeps it; what it is refused for has its place in its own file. */
static otr_status add(check *c, otr_str path, otr_str bytes, bool assignments)
{
    otr_test_setup *setup = c->setup;
    setup->refused = path;
    if (setup->count == CONTENTS_MAX)
        return otr_fail(c->error, OTR_LIMIT, "more than %d files in one test file", CONTENTS_MAX);
    otr_workbench_content content = {OTR_STR("assignments"), bytes};
    otr_status status;
    if (assignments) {
        status = add_assignments(c, &content);
    } else if (otr_knowledge_claims(bytes)) {
        status = add_knowledge(c, &content);
    } else {
        status = otr_pack_load(bytes, &c->packs[c->pack_count], c->error);
        if (status == OTR_OK) {
            content.slot = slot_of(c, "pack/", c->packs[c->pack_count++]->name);
            if (content.slot.data == NULL)
                return otr_fail(c->error, OTR_MEMORY, "out of memory");
        }
    }
    if (status != OTR_OK)
        return status;
    setup->contents[setup->count++] = (otr_test_content){path, content};
    setup->refused = (otr_str){NULL, 0};
    return OTR_OK;
}

static otr_status add_file(check *c, const otr_test_word *path, bool assignments)
{
    otr_str bytes;
    otr_error why = {0};
    otr_status status = c->loader->load(c->loader->context, path->text, &bytes, &why);
    if (status != OTR_OK)
        return otr_fail_at(c->error, status, path->line, path->column, "%.*s: %s", OTR_STR_ARG(path->text),
                           why.text);
    return add(c, path->text, bytes, assignments);
}

/* assign and assignment differ in what their file is. */
static otr_status add_step(check *c, const otr_test_step *step)
{
    const otr_workbench_content *content = otr_test_setup_get(c->setup, step->word.text);
    otr_status status = content == NULL ? add_file(c, &step->word, step->assignments) : OTR_OK;
    if (status != OTR_OK || !step->assignments)
        return status;
    content = otr_test_setup_get(c->setup, step->word.text);
    if (otr_slot_is_assignment(content->slot) == step->by_command)
        return OTR_OK;
    return otr_fail_at(c->error, OTR_INVALID, step->word.line, step->word.column,
                       step->by_command ? "%.*s has no key assignment: it is for assign"
                                        : "%.*s has a key assignment: it is for assignment",
                       OTR_STR_ARG(step->word.text));
}

static otr_status add_steps(check *c)
{
    otr_status status = OTR_OK;
    for (size_t i = 0; i < c->file->case_count && status == OTR_OK; i++) {
        const otr_test_case *test = &c->file->cases[i];
        for (size_t s = 0; s < test->step_count && status == OTR_OK; s++)
            if (test->steps[s].kind == OTR_TEST_ACTIVATE)
                status = add_step(c, &test->steps[s]);
    }
    return status;
}

static otr_status refuse(check *c, int line, int column, const char *what, otr_str word, otr_nearest nearest)
{
    return otr_fail_at(c->error, OTR_INVALID, line, column, "%s %.*s%s%.*s%s", what, OTR_STR_ARG(word),
                       OTR_NEAREST_ARG(nearest));
}

/* One that takes the place of another. */
static bool comes_in(const otr_test_file *file, otr_str device)
{
    for (size_t i = 0; i < file->case_count; i++)
        for (size_t s = 0; s < file->cases[i].step_count; s++) {
            const otr_test_step *step = &file->cases[i].steps[s];
            if (step->kind == OTR_TEST_ASSIGNED && step->command.kind == OTR_COMMAND_REPLACE &&
                otr_str_equal(step->command.asset, device))
                return true;
        }
    return false;
}

static otr_status check_device(check *c, const otr_test_word *device)
{
    otr_nearest nearest = {0};
    if (comes_in(c->file, device->text))
        return OTR_OK;
    for (size_t a = 0; a < c->assignments_count; a++) {
        if (otr_assignments_find(c->assignments[a], device->text) != NULL)
            return OTR_OK;
        for (size_t i = 0; i < c->assignments[a]->device_count; i++)
            otr_nearest_offer(&nearest, device->text, c->assignments[a]->devices[i].device);
    }
    return refuse(c, device->line, device->column, "no assignment has a device", device->text, nearest);
}

static otr_status check_metric(check *c, const otr_test_word *metric)
{
    otr_nearest nearest = {0};
    size_t known;
    const otr_metric *catalogue = otr_metric_list(&known);
    if (otr_metric_find(metric->text) != NULL)
        return OTR_OK;
    for (size_t p = 0; p < c->pack_count; p++)
        for (size_t s = 0; s < c->packs[p]->symbols.count; s++) {
            const otr_symbol *symbol = &c->packs[p]->symbols.list[s];
            if (symbol->kind == OTR_SYMBOL_METRIC && otr_str_equal(symbol->path, metric->text))
                return OTR_OK;
            if (symbol->kind == OTR_SYMBOL_METRIC)
                otr_nearest_offer(&nearest, metric->text, symbol->path);
        }
    for (size_t i = 0; i < known; i++)
        otr_nearest_offer(&nearest, metric->text, otr_str_of(catalogue[i].name));
    return refuse(c, metric->line, metric->column, "no rule reads a metric", metric->text, nearest);
}

static otr_status check_rule(check *c, int line, int column, otr_str name)
{
    otr_nearest nearest = {0};
    for (size_t p = 0; p < c->pack_count; p++)
        for (size_t r = 0; r < c->packs[p]->rule_count; r++) {
            if (otr_str_equal(c->packs[p]->rules[r].name, name))
                return OTR_OK;
            otr_nearest_offer(&nearest, name, c->packs[p]->rules[r].name);
        }
    return refuse(c, line, column, "no pack has a rule", name, nearest);
}

static otr_status check_case(check *c, const otr_test_case *test)
{
    otr_status status = OTR_OK;
    for (size_t i = 0; i < test->step_count && status == OTR_OK; i++)
        if (test->steps[i].kind == OTR_TEST_UPLOAD)
            status = check_device(c, &test->steps[i].word);
    for (size_t i = 0; i < test->step_count && status == OTR_OK; i++)
        if (test->steps[i].kind == OTR_TEST_COMMAND)
            status = check_rule(c, test->steps[i].word.line, test->steps[i].word.column,
                                test->steps[i].command.rule);
    for (size_t i = 0; i < test->rule_count && status == OTR_OK; i++)
        status = check_rule(c, test->rules[i].line, test->rules[i].column, test->rules[i].text);
    /* the rule is the first field of each sort */
    for (int sort = 0; sort < OTR_TEST_SORTS; sort++)
        for (size_t i = 0; i < test->expect[sort].count && status == OTR_OK; i++) {
            const otr_test_record *record = &test->expect[sort].list[i];
            if (record->fields[0].data != NULL)
                status = check_rule(c, record->line, record->column, record->fields[0]);
        }
    return status;
}

static otr_status load(check *c)
{
    const otr_test_file *file = c->file;
    otr_status status = OTR_OK;
    c->setup->contents = otr_arena_array(&c->setup->memory, CONTENTS_MAX, sizeof *c->setup->contents);
    if (c->setup->contents == NULL)
        return otr_fail(c->error, OTR_MEMORY, "out of memory");
    for (size_t i = 0; i < file->pack_count && status == OTR_OK; i++)
        status = add_file(c, &file->packs[i], false);
    if (status == OTR_OK)
        status = file->assignments_file.text.size > 0 ? add_file(c, &file->assignments_file, true)
                                                      : add(c, (otr_str){"", 0}, file->assignments, true);
    c->setup->first_count = c->setup->count;
    if (status == OTR_OK)
        status = add_steps(c);
    for (size_t i = 0; i < file->metric_count && status == OTR_OK; i++)
        status = check_metric(c, &file->metrics[i]);
    for (size_t i = 0; i < file->case_count && status == OTR_OK; i++)
        status = check_case(c, &file->cases[i]);
    return status;
}

otr_status otr_test_setup_load(const otr_test_file *file, const otr_test_loader *loader, otr_test_setup *out,
                               otr_error *error)
{
    check c = {.file = file, .loader = loader, .setup = out, .error = error};
    otr_status status = load(&c);
    for (size_t i = 0; i < c.pack_count; i++)
        otr_pack_free(c.packs[i]);
    for (size_t i = 0; i < c.assignments_count; i++)
        otr_assignments_free(c.assignments[i]);
    return status;
}

void otr_test_setup_done(otr_test_setup *setup)
{
    otr_arena_done(&setup->memory);
    *setup = (otr_test_setup){0};
}

const otr_workbench_content *otr_test_setup_get(const otr_test_setup *setup, otr_str path)
{
    for (size_t i = 0; i < setup->count; i++)
        if (setup->contents[i].path.size > 0 && otr_str_equal(setup->contents[i].path, path))
            return &setup->contents[i].content;
    return NULL;
}
