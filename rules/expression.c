#include "rules/expression.h"

#include "base/limits.h"
#include "rules/check.h"
#include "rules/emit.h"
#include "rules/parse.h"
#include "rules/vm.h"

static otr_status compile(otr_source *source, otr_arena *scratch, otr_arena *arena, otr_scope scope,
                          otr_type wanted, otr_symbols *symbols, otr_expression *out)
{
    uint32_t node_count = 0;
    otr_node *root = otr_parse(source, scratch, &node_count);
    if (root == NULL)
        return source->status;
    uint64_t hash = otr_node_hash(root);
    otr_checker checker = {
        .source = source, .scratch = scratch, .arena = arena, .symbols = symbols, .scope = scope};
    if (!otr_check(&checker, root, wanted))
        return source->status;
    if (!otr_emit(source, scratch, arena, root, node_count, wanted, symbols, out))
        return source->status;
    out->hash = hash;
    return OTR_OK;
}

otr_status otr_expression_compile(otr_arena *arena, otr_str text, const otr_origin *origin, otr_scope scope,
                                  otr_type wanted, otr_symbols *symbols, otr_expression **out,
                                  otr_error *error)
{
    static const otr_origin start = {.first_line = 1, .first_column = 1, .next_column = 1};
    if (text.size == 0)
        text = OTR_STR("");
    otr_source source = {.text = text, .origin = origin != NULL ? *origin : start, .error = error};
    *out = NULL;
    if (text.size > OTR_LIMIT_EXPRESSION_BYTES)
        return otr_source_fail(&source, OTR_LIMIT, 0, "an expression has at most %d bytes",
                               OTR_LIMIT_EXPRESSION_BYTES);
    otr_expression *expression = otr_arena_alloc(arena, sizeof *expression);
    if (expression == NULL)
        return otr_source_memory(&source);
    otr_arena scratch = {0};
    otr_status status = compile(&source, &scratch, arena, scope, wanted, symbols, expression);
    otr_arena_done(&scratch);
    if (status == OTR_OK)
        *out = expression;
    return status;
}

const uint32_t *otr_expression_symbols(const otr_expression *expression, size_t *count)
{
    *count = expression->symbol_count;
    return expression->symbols;
}

uint64_t otr_expression_hash(const otr_expression *expression)
{
    return expression->hash;
}

otr_status otr_expression_evaluate(const otr_expression *expression, const otr_host *host, otr_value *out,
                                   otr_error *error)
{
    return otr_vm_run(expression, host, out, error);
}
