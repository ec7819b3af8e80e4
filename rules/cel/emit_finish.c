/* The tables of a program: what its instructions refer to, and what the caller asks it about. */
#include "rules/cel/emitter.h"
#include "rules/cel/functions.h"

#include <stdio.h>
#include <stdlib.h>

static int by_number(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static void place_all(const otr_emitter *e, otr_place *places)
{
    for (uint32_t i = 0; i < e->code_count; i++) {
        int line;
        int column;
        otr_source_place(e->source, e->positions[i], &line, &column);
        places[i] = (otr_place){.line = line, .column = column};
        if (e->within[i] != 0) {
            places[i].handler = e->operands[e->within[i]].test;
            places[i].depth = e->operands[e->within[i]].depth;
        }
    }
}

/* Copies what the value refers to into the arena. */
static bool keep(otr_arena *arena, otr_value *value)
{
    if (value->type == OTR_TYPE_STRING || value->type == OTR_TYPE_BYTES) {
        value->text = otr_arena_copy(arena, value->text);
        return value->text.data != NULL;
    }
    if (value->type != OTR_TYPE_LIST && value->type != OTR_TYPE_MAP)
        return true;
    size_t count = value->list.count * (value->type == OTR_TYPE_MAP ? 2 : 1);
    otr_value *items = otr_arena_array(arena, count, sizeof *items);
    if (items == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        items[i] = value->list.items[i];
        if (!keep(arena, &items[i]))
            return false;
    }
    value->list.items = items;
    return true;
}

static bool keep_constants(const otr_emitter *e, otr_expression *out)
{
    otr_value *constants = otr_arena_array(e->arena, e->constant_count, sizeof *constants);
    if (constants == NULL)
        return false;
    memcpy(constants, e->constants, e->constant_count * sizeof *constants);
    for (uint32_t i = 0; i < e->constant_count; i++)
        if (!keep(e->arena, &constants[i]))
            return false;
    out->constants = constants;
    return true;
}

/* Ascending, each with its name. */
static bool keep_symbols(const otr_emitter *e, otr_expression *out)
{
    uint32_t *symbols = otr_arena_array(e->arena, e->symbol_count, sizeof *symbols);
    otr_str *names = otr_arena_array(e->arena, e->symbol_count, sizeof *names);
    if (symbols == NULL || names == NULL)
        return false;
    memcpy(symbols, e->symbols, e->symbol_count * sizeof *symbols);
    qsort(symbols, e->symbol_count, sizeof *symbols, by_number);
    for (uint32_t i = 0; i < e->symbol_count; i++)
        names[i] = e->names->list[symbols[i]].path;
    out->symbols = symbols;
    out->names = names;
    out->symbol_count = e->symbol_count;
    return true;
}

static bool name_use(const otr_emitter *e, uint32_t number, otr_str *out)
{
    const otr_use *use = &e->names->uses[number];
    otr_str metric = e->names->list[use->symbol].path;
    const char *function = otr_function_name(use->function);
    size_t size = metric.size + 1 + strlen(function);
    char *text = otr_arena_alloc(e->arena, size + 1);
    if (text == NULL)
        return false;
    (void)snprintf(text, size + 1, "%.*s.%s", OTR_STR_ARG(metric), function);
    *out = (otr_str){text, size};
    return true;
}

static bool keep_uses(const otr_emitter *e, otr_expression *out)
{
    uint32_t *uses = otr_arena_array(e->arena, e->use_count, sizeof *uses);
    otr_str *names = otr_arena_array(e->arena, e->use_count, sizeof *names);
    if (uses == NULL || names == NULL)
        return false;
    memcpy(uses, e->uses, e->use_count * sizeof *uses);
    qsort(uses, e->use_count, sizeof *uses, by_number);
    for (uint32_t i = 0; i < e->use_count; i++)
        if (!name_use(e, uses[i], &names[i]))
            return false;
    out->uses = uses;
    out->use_names = names;
    out->use_count = e->use_count;
    return true;
}

/* Counts the durations in a constant, or copies them to out. */
static size_t durations_in(const otr_value *value, otr_time *out)
{
    if (value->type == OTR_TYPE_DURATION) {
        if (out != NULL)
            *out = value->time;
        return 1;
    }
    if (value->type != OTR_TYPE_LIST && value->type != OTR_TYPE_MAP)
        return 0;
    size_t items = value->list.count * (value->type == OTR_TYPE_MAP ? 2 : 1);
    size_t count = 0;
    for (size_t i = 0; i < items; i++)
        count += durations_in(&value->list.items[i], out != NULL ? out + count : NULL);
    return count;
}

static int by_time(const void *a, const void *b)
{
    otr_time left = *(const otr_time *)a;
    otr_time right = *(const otr_time *)b;
    return (left > right) - (left < right);
}

/* Ascending, each once. */
static bool keep_spans(const otr_emitter *e, otr_expression *out)
{
    size_t count = 0;
    for (uint32_t i = 0; i < e->constant_count; i++)
        count += durations_in(&e->constants[i], NULL);
    otr_time *spans = otr_arena_array(e->arena, count, sizeof *spans);
    if (spans == NULL)
        return false;
    count = 0;
    for (uint32_t i = 0; i < e->constant_count; i++)
        count += durations_in(&e->constants[i], spans + count);
    qsort(spans, count, sizeof *spans, by_time);
    uint32_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || spans[kept - 1] != spans[i])
            spans[kept++] = spans[i];
    out->spans = spans;
    out->span_count = kept;
    return true;
}

/* The comparisons with constants stand in a row. */
static bool is_compare(const otr_instruction *code, uint32_t count)
{
    return count == 2 && code[0].code >= OTR_OPCODE_EQUAL_CONSTANT &&
           code[0].code <= OTR_OPCODE_GREATER_EQUAL_CONSTANT && code[1].code == OTR_OPCODE_RETURN;
}

static bool keep_code(const otr_emitter *e, otr_expression *out)
{
    otr_instruction *code = otr_arena_array(e->arena, e->code_count, sizeof *code);
    otr_place *places = otr_arena_array(e->arena, e->code_count, sizeof *places);
    const otr_regex **regexes = otr_arena_array(e->arena, e->regex_count, sizeof(void *));
    if (code == NULL || places == NULL || regexes == NULL)
        return false;
    memcpy(code, e->code, e->code_count * sizeof *code);
    memcpy(regexes, e->regexes, e->regex_count * sizeof(void *));
    place_all(e, places);
    out->code = code;
    out->places = places;
    out->regexes = regexes;
    out->code_count = e->code_count;
    out->makes = e->makes;
    out->compare = is_compare(code, e->code_count);
    return true;
}

bool otr_emit_finish(const otr_emitter *e, otr_expression *out)
{
    *out = (otr_expression){0};
    if (keep_code(e, out) && keep_constants(e, out) && keep_symbols(e, out) && keep_uses(e, out) &&
        keep_spans(e, out))
        return true;
    return otr_source_memory(e->source) == OTR_OK;
}
