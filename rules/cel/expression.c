#include "rules/cel/expression.h"

#include "base/limits.h"
#include "rules/cel/check.h"
#include "rules/cel/emit.h"
#include "rules/cel/parse.h"
#include "rules/cel/vm.h"

static otr_status compile(otr_checker *checker, otr_type wanted, otr_expression *out)
{
    uint32_t node_count = 0;
    otr_source *source = checker->source;
    otr_node *root = otr_parse(source, checker->scratch, &node_count);
    if (root == NULL)
        return source->status;
    uint64_t hash = otr_node_hash(root);
    if (!otr_check(checker, root, wanted))
        return source->status;
    if (!otr_emit(source, checker->scratch, checker->arena, root, node_count, wanted, checker->symbols, out))
        return source->status;
    out->hash = hash;
    out->constant = root->kind == OTR_NODE_LITERAL && root->type == OTR_TYPE_BOOL;
    out->constant_value = out->constant && root->value.flag;
    return OTR_OK;
}

/* The checker has what is the caller's: arena, symbols and either a scope or an environment. */
static otr_status start(otr_checker *checker, otr_source *source, otr_type wanted, otr_expression **out)
{
    *out = NULL;
    if (source->text.size == 0)
        source->text = OTR_STR("");
    if (source->text.size > OTR_LIMIT_EXPRESSION_BYTES)
        return otr_source_fail(source, OTR_LIMIT, 0, "an expression has at most %d bytes",
                               OTR_LIMIT_EXPRESSION_BYTES);
    otr_expression *expression = otr_arena_alloc(checker->arena, sizeof *expression);
    if (expression == NULL)
        return otr_source_memory(source);
    otr_arena scratch = {0};
    checker->source = source;
    checker->scratch = &scratch;
    otr_status status = compile(checker, wanted, expression);
    checker->scratch = NULL;
    if (scratch.failed || checker->arena->failed)
        status = otr_source_memory(source);
    otr_arena_done(&scratch);
    if (status == OTR_OK)
        *out = expression;
    return status;
}

static const otr_origin whole = {.first_line = 1, .first_column = 1, .next_column = 1};

otr_status otr_expression_compile(otr_arena *arena, otr_str text, const otr_origin *origin, otr_scope scope,
                                  otr_type wanted, otr_symbols *symbols, otr_expression **out,
                                  otr_error *error)
{
    otr_source source = {.text = text, .origin = origin != NULL ? *origin : whole, .error = error};
    otr_checker checker = {.arena = arena, .symbols = symbols, .scope = scope};
    return start(&checker, &source, wanted, out);
}

otr_status otr_expression_compile_open(otr_arena *arena, otr_str text, const otr_environment *environment,
                                       otr_symbols *symbols, otr_expression **out, otr_error *error)
{
    otr_source source = {.text = text, .origin = whole, .error = error};
    otr_checker checker = {
        .arena = arena, .symbols = symbols, .scope = OTR_SCOPE_ALL, .environment = environment};
    return start(&checker, &source, OTR_TYPE_DYN, out);
}

const uint32_t *otr_expression_symbols(const otr_expression *expression, size_t *count)
{
    *count = expression->symbol_count;
    return expression->symbols;
}

const uint32_t *otr_expression_uses(const otr_expression *expression, size_t *count)
{
    *count = expression->use_count;
    return expression->uses;
}

const otr_time *otr_expression_spans(const otr_expression *expression, size_t *count)
{
    *count = expression->span_count;
    return expression->spans;
}

bool otr_expression_constant(const otr_expression *expression, bool *value)
{
    *value = expression->constant_value;
    return expression->constant;
}

bool otr_expression_asks(const otr_expression *expression, uint32_t symbol)
{
    for (uint32_t i = 0; i < expression->code_count; i++)
        if (expression->code[i].code == OTR_OPCODE_HAS_SYMBOL && expression->code[i].symbol == symbol)
            return true;
    return false;
}

uint64_t otr_expression_hash(const otr_expression *expression)
{
    return expression->hash;
}

static bool is_inside(const otr_value *value)
{
    return value->type != OTR_TYPE_STRING && value->type != OTR_TYPE_BYTES && value->type != OTR_TYPE_LIST &&
           value->type != OTR_TYPE_MAP;
}

/* Kept apart: most evaluations do without this memory on their stack. */
static otr_status __attribute__((noinline))
evaluate_small(const otr_expression *expression, const otr_host *host, otr_value *out, otr_error *error)
{
    uint8_t bytes[OTR_ROOM_SMALL_BYTES];
    otr_room room = {.bytes = bytes, .size = sizeof bytes};
    otr_host with_room = *host;
    with_room.room = &room;
    otr_value value;
    otr_status status = otr_vm_run(expression, &with_room, &value, error);
    if (status == OTR_OK && !is_inside(&value))
        return otr_fail_at(error, OTR_LIMIT, 1, 1, "the result needs a room");
    if (status == OTR_OK)
        *out = value;
    return status;
}

static bool compare(otr_opcode code, double left, double right)
{
    switch (code) {
    case OTR_OPCODE_EQUAL_CONSTANT:
        return left == right;
    case OTR_OPCODE_NOT_EQUAL_CONSTANT:
        return left != right;
    case OTR_OPCODE_LESS_CONSTANT:
        return left < right;
    case OTR_OPCODE_LESS_EQUAL_CONSTANT:
        return left <= right;
    case OTR_OPCODE_GREATER_CONSTANT:
        return left > right;
    default:
        return left >= right;
    }
}

/* What most rules are needs no machine. False where there is no number to compare: the machine says why. */
static inline bool evaluate_compare(const otr_expression *expression, const otr_host *host, otr_value *out)
{
    const otr_instruction *at = expression->code;
    otr_value value;
    if (host->load(host->context, at->symbol, &value) != OTR_OK || value.type != OTR_TYPE_DOUBLE)
        return false;
    out->type = OTR_TYPE_BOOL;
    out->flag = compare((otr_opcode)at->code, value.number, expression->constants[at->index].number);
    return true;
}

otr_status otr_expression_evaluate(const otr_expression *expression, const otr_host *host, otr_value *out,
                                   otr_error *error)
{
    if (expression->compare && evaluate_compare(expression, host, out))
        return OTR_OK;
    if (expression->makes && host->room == NULL)
        return evaluate_small(expression, host, out, error);
    return otr_vm_run(expression, host, out, error);
}
