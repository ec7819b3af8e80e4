/* Reading a knowledge file. */
#include "rules/load/knowledge.h"

#include "base/limits.h"
#include "rules/load/words.h"
#include "rules/load/yaml.h"

#include <stdlib.h>

enum { CODE_BYTES = 32, WEIGHT_MAX = OTR_LIMIT_CONTACT_WEIGHT };

typedef struct reading {
    otr_knowledge *out;
    otr_error *error;
} reading;

static otr_status out_of_memory(const reading *r)
{
    return otr_fail(r->error, OTR_MEMORY, "out of memory");
}

static otr_status refuse(const reading *r, const otr_yaml *at, const char *why)
{
    return otr_fail_at(r->error, OTR_INVALID, at->line, at->column, "%s", why);
}

/* ---- values ---- */

static otr_status read_text(const reading *r, const otr_yaml *map, const char *key, otr_str *out)
{
    return otr_yaml_copy_text(&r->out->memory, map, key, OTR_LIMIT_KNOWLEDGE_TEXT_BYTES, out, r->error);
}

static otr_status read_slug(const reading *r, const otr_yaml *map, const char *key, otr_str *out)
{
    otr_status status = read_text(r, map, key, out);
    if (status == OTR_OK && out->data != NULL && !otr_word_is_slug(*out))
        return refuse(r, otr_yaml_get(map, key), "expected small letters, digits, _ and - only, at most 64");
    return status;
}

static bool is_code(otr_str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] <= ' ' || text.data[i] == ',' || text.data[i] == ';' || text.data[i] == 0x7F)
            return false;
    return text.size > 0 && text.size <= CODE_BYTES && text.data[0] != 'x';
}

static otr_status read_code(const reading *r, const otr_yaml *node, otr_str *out)
{
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, r->error);
    if (status != OTR_OK)
        return status;
    if (!is_code(text))
        return refuse(r, node, "expected a fault code such as P0301, P03xx or SPN110/FMI0");
    *out = otr_arena_copy(&r->out->memory, text);
    return out->data != NULL ? OTR_OK : out_of_memory(r);
}

static otr_status read_rule(const reading *r, const otr_yaml *map, otr_knowledge_subject *out)
{
    const otr_yaml *node = otr_yaml_get(map, "rule");
    otr_str text = {NULL, 0};
    otr_status status = read_text(r, map, "rule", &text);
    if (status != OTR_OK || node == NULL)
        return status;
    const char *slash = memchr(text.data, '/', text.size);
    if (slash == NULL)
        return refuse(r, node, "expected PACK/RULE");
    out->pack = (otr_str){text.data, (size_t)(slash - text.data)};
    out->rule = (otr_str){slash + 1, text.size - out->pack.size - 1};
    return otr_word_is_slug(out->pack) && otr_word_is_identifier(out->rule)
               ? OTR_OK
               : refuse(r, node, "expected PACK/RULE");
}

static otr_status read_lots(const reading *r, const otr_yaml *map, otr_knowledge_subject *out)
{
    static const char *const known[] = {"from", "to", NULL};
    const otr_yaml *lots = otr_yaml_get(map, "lots");
    const otr_yaml *need;
    if (lots == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_kind_is(lots, OTR_YAML_MAP, r->error);
    if (status == OTR_OK)
        status = otr_yaml_only(lots, known, r->error);
    if (status == OTR_OK)
        status = otr_yaml_need(lots, "from", &need, r->error);
    if (status == OTR_OK)
        status = otr_yaml_need(lots, "to", &need, r->error);
    if (status == OTR_OK)
        status = read_text(r, lots, "from", &out->lot_from);
    if (status == OTR_OK)
        status = read_text(r, lots, "to", &out->lot_to);
    if (status == OTR_OK && otr_str_compare(out->lot_from, out->lot_to) > 0)
        return refuse(r, lots, "the first lot comes after the last one, in the order of their bytes");
    return status;
}

static otr_status read_subject(const reading *r, const otr_yaml *map, otr_knowledge_subject *out)
{
    const otr_yaml *code = otr_yaml_get(map, "code");
    otr_status status = code != NULL ? read_code(r, code, &out->code) : OTR_OK;
    if (status == OTR_OK)
        status = read_rule(r, map, out);
    if (status == OTR_OK)
        status = read_text(r, map, "class", &out->class);
    if (status == OTR_OK)
        status = read_text(r, map, "model", &out->model);
    return status == OTR_OK ? read_lots(r, map, out) : status;
}

/* ---- entries ---- */

static otr_status read_remedies(const reading *r, const otr_yaml *map, otr_knowledge_entry *out)
{
    const otr_yaml *node = otr_yaml_get(map, "remedies");
    if (node == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, r->error);
    size_t count = otr_yaml_count(node);
    if (status != OTR_OK)
        return status;
    if (count > OTR_LIMIT_KNOWLEDGE_REMEDIES)
        return otr_fail_at(r->error, OTR_LIMIT, node->line, node->column, "more than %d remedies",
                           OTR_LIMIT_KNOWLEDGE_REMEDIES);
    otr_str *list = otr_arena_array(&r->out->memory, count + 1, sizeof *list);
    if (list == NULL)
        return out_of_memory(r);
    out->remedies = list;
    for (const otr_yaml *entry = node->first; entry != NULL; entry = entry->next) {
        otr_str word;
        status = otr_yaml_text(entry, &word, r->error);
        if (status != OTR_OK)
            return status;
        if (!otr_word_is_slug(word))
            return refuse(r, entry, "expected small letters, digits, _ and - only, at most 64");
        list[out->remedy_count] = otr_arena_copy(&r->out->memory, word);
        if (list[out->remedy_count++].data == NULL)
            return out_of_memory(r);
    }
    return OTR_OK;
}

static otr_status read_entry(const reading *r, const otr_yaml *map, otr_knowledge_entry *out)
{
    static const char *const known[] = {"code",    "rule",  "class",  "model",    "lots",
                                        "title",   "cause", "advice", "remedies", "known_problem",
                                        "trouble", "queue", NULL};
    const otr_yaml *title;
    otr_status status = otr_yaml_kind_is(map, OTR_YAML_MAP, r->error);
    if (status == OTR_OK)
        status = otr_yaml_only(map, known, r->error);
    if (status == OTR_OK)
        status = read_subject(r, map, &out->subject);
    if (status == OTR_OK && out->subject.code.size == 0 && out->subject.rule.size == 0 &&
        out->subject.model.size == 0)
        return refuse(r, map, "an entry is about a code, a rule or a model");
    if (status == OTR_OK)
        status = otr_yaml_need(map, "title", &title, r->error);
    if (status == OTR_OK)
        status = read_text(r, map, "title", &out->title);
    if (status == OTR_OK)
        status = read_text(r, map, "cause", &out->cause);
    if (status == OTR_OK)
        status = read_text(r, map, "advice", &out->advice);
    if (status == OTR_OK)
        status = read_text(r, map, "known_problem", &out->known_problem);
    if (status == OTR_OK)
        status = read_slug(r, map, "trouble", &out->trouble);
    if (status == OTR_OK)
        status = read_slug(r, map, "queue", &out->queue);
    return status == OTR_OK ? read_remedies(r, map, out) : status;
}

/* ---- routes ---- */

static otr_status read_route(const reading *r, const otr_yaml *map, otr_route_line *out)
{
    static const char *const known[] = {"code",     "rule",   "class",  "model", "lots", "category",
                                        "language", "region", "weight", "queue", "to",   NULL};
    const otr_yaml *need;
    otr_status status = otr_yaml_kind_is(map, OTR_YAML_MAP, r->error);
    out->line = map->line;
    out->column = map->column;
    if (status == OTR_OK)
        status = otr_yaml_only(map, known, r->error);
    if (status == OTR_OK)
        status = read_subject(r, map, &out->subject);
    if (status == OTR_OK)
        status = read_slug(r, map, "category", &out->category);
    if (status == OTR_OK)
        status = read_text(r, map, "language", &out->language);
    if (status == OTR_OK && out->language.data != NULL && !otr_word_is_locale(out->language))
        return refuse(r, otr_yaml_get(map, "language"), "expected a language such as de or pt-BR");
    if (status == OTR_OK)
        status = read_text(r, map, "region", &out->region);
    const otr_yaml *weight = otr_yaml_get(map, "weight");
    if (status == OTR_OK && weight != NULL)
        status = otr_yaml_double(weight, &out->weight, r->error);
    if (status == OTR_OK && weight != NULL && !(out->weight > 0 && out->weight <= WEIGHT_MAX))
        return refuse(r, weight, "a weight is more than 0 and at most 100");
    if (status == OTR_OK)
        status = otr_yaml_need(map, "queue", &need, r->error);
    if (status == OTR_OK)
        status = read_slug(r, map, "queue", &out->queue);
    return status == OTR_OK ? read_text(r, map, "to", &out->assignee) : status;
}

/* The list under the key with room for its items; *list is NULL when there is none. */
static otr_status begin_list(const reading *r, const otr_yaml *root, const char *key, size_t most,
                             size_t size, const otr_yaml **first, void **list)
{
    const otr_yaml *node = otr_yaml_get(root, key);
    *first = NULL;
    *list = NULL;
    if (node == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, r->error);
    size_t count = otr_yaml_count(node);
    if (status != OTR_OK)
        return status;
    if (count > most)
        return otr_fail_at(r->error, OTR_LIMIT, node->line, node->column, "more than %zu %s", most, key);
    *first = node->first;
    *list = otr_arena_array(&r->out->memory, count + 1, size);
    return *list != NULL ? OTR_OK : out_of_memory(r);
}

static otr_status read_entries(const reading *r, const otr_yaml *root)
{
    const otr_yaml *first;
    void *memory;
    otr_status status = begin_list(r, root, "entries", OTR_LIMIT_KNOWLEDGE_ENTRIES,
                                   sizeof(otr_knowledge_entry), &first, &memory);
    otr_knowledge_entry *list = memory;
    r->out->entries = list;
    for (const otr_yaml *entry = first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = read_entry(r, entry, &list[r->out->entry_count++]);
    return status;
}

static otr_status read_routes(const reading *r, const otr_yaml *root)
{
    const otr_yaml *first;
    void *memory;
    otr_status status =
        begin_list(r, root, "routes", OTR_LIMIT_ROUTE_LINES, sizeof(otr_route_line), &first, &memory);
    otr_route_line *list = memory;
    r->out->routes = list;
    for (const otr_yaml *entry = first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = read_route(r, entry, &list[r->out->route_count++]);
    return status;
}

/* ---- the file ---- */

static int by_code(const void *a, const void *b)
{
    const otr_knowledge_entry *left = *(const otr_knowledge_entry *const *)a;
    const otr_knowledge_entry *right = *(const otr_knowledge_entry *const *)b;
    int order = otr_str_compare(left->subject.code, right->subject.code);
    return order != 0 ? order : (left > right) - (left < right);
}

static otr_status index_codes(const reading *r)
{
    otr_knowledge *out = r->out;
    out->by_code = otr_arena_array(&out->memory, out->entry_count + 1, sizeof(void *));
    out->others = otr_arena_array(&out->memory, out->entry_count + 1, sizeof(void *));
    if (out->by_code == NULL || out->others == NULL)
        return out_of_memory(r);
    for (size_t i = 0; i < out->entry_count; i++) {
        otr_str code = out->entries[i].subject.code;
        bool plain = code.size > 0 && code.data[code.size - 1] != 'x';
        if (plain)
            out->by_code[out->by_code_count++] = &out->entries[i];
        else
            out->others[out->other_count++] = &out->entries[i];
    }
    qsort(out->by_code, out->by_code_count, sizeof(void *), by_code);
    return OTR_OK;
}

static otr_status read_root(const reading *r, const otr_yaml *root)
{
    static const char *const known[] = {"knowledge", "version", "entries", "routes", "problems", NULL};
    const otr_yaml *node = NULL;
    otr_status status = otr_yaml_kind_is(root, OTR_YAML_MAP, r->error);
    if (status == OTR_OK)
        status = otr_yaml_only(root, known, r->error);
    if (status == OTR_OK)
        status = otr_yaml_need(root, "knowledge", &node, r->error);
    if (status == OTR_OK)
        status = read_slug(r, root, "knowledge", &r->out->name);
    if (status == OTR_OK)
        status = otr_yaml_need(root, "version", &node, r->error);
    if (status == OTR_OK)
        status = otr_yaml_i64(node, 1, INT32_MAX, &r->out->version, r->error);
    if (status == OTR_OK)
        status = read_entries(r, root);
    if (status == OTR_OK)
        status = read_routes(r, root);
    if (status == OTR_OK)
        status = otr_problems_read(&r->out->memory, otr_yaml_get(root, "problems"), &r->out->problems,
                                   &r->out->problem_count, r->error);
    return status == OTR_OK ? index_codes(r) : status;
}

bool otr_knowledge_claims(otr_str yaml)
{
    static const otr_str key = {"knowledge:", 10};
    for (size_t at = 0; at < yaml.size;) {
        if (otr_str_starts((otr_str){yaml.data + at, yaml.size - at}, key))
            return true;
        const char *end = memchr(yaml.data + at, '\n', yaml.size - at);
        at = end != NULL ? (size_t)(end - yaml.data) + 1 : yaml.size;
    }
    return false;
}

otr_status otr_knowledge_load(otr_str yaml, otr_knowledge **out, otr_error *error)
{
    otr_arena scratch = {0};
    otr_yaml *root = NULL;
    otr_knowledge *made = calloc(1, sizeof *made);
    *out = NULL;
    if (made == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    const reading r = {made, error};
    otr_status status = otr_yaml_parse(&scratch, yaml, &root, error);
    if (status == OTR_OK)
        status = read_root(&r, root);
    if (scratch.failed || made->memory.failed)
        status = otr_fail(error, OTR_MEMORY, "out of memory");
    otr_arena_done(&scratch);
    if (status == OTR_OK)
        *out = made;
    else
        otr_knowledge_free(made);
    return status;
}

void otr_knowledge_free(otr_knowledge *knowledge)
{
    if (knowledge == NULL)
        return;
    otr_arena_done(&knowledge->memory);
    free(knowledge);
}
