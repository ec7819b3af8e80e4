#include "core/ticket/known.h"

#include "core/effects.h"
#include "core/rule/evaluate.h"
#include "core/rule/host.h"

static const char *const code_metrics[] = {"dtc", "fault"};

/* ---- fault codes ---- */

static bool reads(const otr_bound_rule *bound, uint32_t metric)
{
    for (size_t i = 0; i < bound->rule->metric_count; i++)
        if (bound->pack->metrics[bound->rule->metrics[i]] == metric)
            return true;
    return false;
}

static bool encloses(const otr_rule *rule, const char *metric)
{
    for (size_t i = 0; i < rule->evidence_count; i++)
        if (otr_str_is(rule->evidence[i], metric))
            return true;
    return false;
}

static bool holds(otr_core *core, const otr_asset_state *asset, const otr_bound_rule *bound)
{
    otr_host_context context = {core, asset, bound, OTR_TIME_NONE};
    otr_host host = otr_host_of(&context);
    otr_value value;
    return otr_expression_evaluate(bound->rule->condition, &host, &value, NULL) == OTR_OK &&
           value.type == OTR_TYPE_BOOL && value.flag;
}

/* Whether the condition holds when the device says this code and no other. */
static bool concerns(otr_core *core, const otr_asset_state *asset, const otr_bound_rule *bound,
                     otr_slot *slot, otr_str code)
{
    otr_slot all = *slot;
    slot->text.data = (char *)code.data;
    slot->text.size = code.size;
    bool found = holds(core, asset, bound);
    *slot = all;
    return found;
}

static void add_code(otr_buffer *out, size_t *count, otr_str code)
{
    if (*count == OTR_LIMIT_CASE_CODES || code.size > OTR_LIMIT_CODE_BYTES)
        return;
    otr_buffer_add(out, " ", out->size > 0);
    otr_buffer_add(out, code.data, code.size);
    ++*count;
}

static void add_codes(otr_core *core, const otr_asset_state *asset, const otr_bound_rule *bound,
                      otr_slot *slot, bool read, otr_buffer *out)
{
    otr_str text = {slot->text.data, slot->text.size};
    otr_str rest = text;
    otr_str code;
    size_t count = 0;
    while (read && bound->rule->condition != NULL && otr_fault_code_next(&rest, &code))
        if (concerns(core, asset, bound, slot, code))
            add_code(out, &count, code);
    for (rest = text; count == 0 && otr_fault_code_next(&rest, &code);) {
        size_t all = 0; /* none alone: it is about all of them, or about something else */
        do
            add_code(out, &all, code);
        while (otr_fault_code_next(&rest, &code));
        return;
    }
}

otr_str otr_known_codes(otr_core *core, const otr_asset_state *asset, const otr_bound_rule *bound)
{
    otr_buffer out = {0};
    for (size_t i = 0; i < sizeof code_metrics / sizeof code_metrics[0]; i++) {
        uint32_t metric = otr_names_find(&core->metric_names, otr_str_of(code_metrics[i]));
        bool read = metric != OTR_NAME_NONE && reads(bound, metric);
        if (!read && !encloses(bound->rule, code_metrics[i]))
            continue;
        const otr_slot *slot = metric != OTR_NAME_NONE
                                   ? otr_evaluate_slot(core, asset, (otr_str){NULL, 0}, metric, OTR_TIME_NONE)
                                   : NULL;
        if (slot != NULL && slot->kind == OTR_KIND_TEXT)
            add_codes(core, asset, bound, (otr_slot *)slot, read, &out);
    }
    core->failed |= out.failed;
    otr_str codes = otr_effects_copy(core->effects, otr_buffer_text(&out));
    otr_buffer_done(&out);
    return codes;
}

/* ---- entries ---- */

static otr_str text_field(const otr_asset *asset, const char *name)
{
    const otr_value *field = otr_asset_field(asset, otr_str_of(name));
    return field != NULL && field->type == OTR_TYPE_STRING ? field->text : (otr_str){NULL, 0};
}

static otr_knowledge_case subject_of(const otr_asset *asset, const otr_bound_rule *bound)
{
    return (otr_knowledge_case){
        .pack = bound->pack->pack->name,
        .rule = bound->rule->name,
        .category = bound->rule->category,
        .class = asset->class,
        .model = text_field(asset, "model"),
        .lot = text_field(asset, "lot"),
        .region = text_field(asset, "region"),
        .language = asset->customer != NULL ? asset->customer->locale : (otr_str){NULL, 0},
        .weight = asset->customer != NULL ? asset->customer->weight : 0,
    };
}

/* Over all files. */
static const otr_knowledge_entry *find(const otr_core *core, const otr_knowledge_case *of)
{
    const otr_knowledge_entry *best = NULL;
    unsigned best_fit = 0;
    for (size_t i = 0; i < core->content_count; i++) {
        unsigned fit = 0;
        const otr_knowledge *file = core->contents[i].knowledge;
        const otr_knowledge_entry *found = file != NULL ? otr_knowledge_find(file, of, &fit) : NULL;
        if (fit > best_fit) {
            best = found;
            best_fit = fit;
        }
    }
    return best;
}

static otr_known_item find_code(const otr_core *core, otr_knowledge_case of, otr_str code)
{
    otr_known_item item = {.code = code};
    otr_str spn;
    otr_str fmi;
    of.code = code;
    item.entry = find(core, &of);
    if (item.entry != NULL || !otr_fault_code_split(code, &spn, &fmi))
        return item;
    of.code = spn;
    item.entry = find(core, &of);
    of.code = fmi;
    item.failure = find(core, &of);
    if (item.entry != NULL)
        return item;
    item.entry = item.failure;
    item.failure = NULL;
    return item;
}

static void add_item(otr_known *out, otr_known_item item)
{
    for (size_t i = 0; i < out->count; i++)
        if (out->items[i].entry == item.entry && out->items[i].failure == item.failure)
            return;
    if (item.entry != NULL && out->count < OTR_LIMIT_KNOWN_ITEMS)
        out->items[out->count++] = item;
}

void otr_known_find(const otr_core *core, const otr_asset *asset, const otr_bound_rule *bound, otr_str codes,
                    otr_known *out)
{
    otr_knowledge_case of = subject_of(asset, bound);
    otr_str code;
    out->count = 0;
    while (otr_fault_code_next(&codes, &code))
        add_item(out, find_code(core, of, code));
    const otr_knowledge_entry *of_rule = find(core, &of);
    if (of_rule != NULL && out->count == OTR_LIMIT_KNOWN_ITEMS)
        out->count--; /* the rule has its place */
    add_item(out, (otr_known_item){.entry = of_rule});
}

void otr_known_title(const otr_known_item *item, otr_buffer *out)
{
    otr_buffer_add(out, item->entry->title.data, item->entry->title.size);
    if (item->failure == NULL)
        return;
    otr_str more = item->failure->title;
    bool word = more.size > 1 && more.data[0] >= 'A' && more.data[0] <= 'Z' && more.data[1] >= 'a';
    otr_buffer_add_format(out, ": %c%.*s", word ? more.data[0] - 'A' + 'a' : more.data[0], (int)more.size - 1,
                          more.data + 1);
}

/* ---- routes ---- */

static bool takes(const otr_route_line *line, otr_knowledge_case *of, otr_str codes)
{
    otr_str code;
    of->code = (otr_str){NULL, 0};
    if (otr_route_fits(line, of))
        return true;
    while (otr_fault_code_next(&codes, &code)) {
        of->code = code;
        if (otr_route_fits(line, of))
            return true;
    }
    return false;
}

const otr_route_line *otr_known_route(const otr_core *core, const otr_asset *asset,
                                      const otr_bound_rule *bound, otr_str codes, otr_str *file)
{
    otr_knowledge_case of = subject_of(asset, bound);
    for (size_t i = 0; i < core->content_count; i++) {
        const otr_knowledge *knowledge = core->contents[i].knowledge;
        for (size_t k = 0; knowledge != NULL && k < knowledge->route_count; k++)
            if (takes(&knowledge->routes[k], &of, codes)) {
                *file = knowledge->name;
                return &knowledge->routes[k];
            }
    }
    return NULL;
}
