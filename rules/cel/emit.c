#include "rules/cel/emit.h"

#include "base/limits.h"
#include "rules/cel/emitter.h"
#include "rules/cel/functions.h"

static const int8_t effects[] = {
#define X(name, effect) effect,
    OTR_OPCODE_LIST(X)
#undef X
};

static void emit_node(otr_emitter *e, const otr_node *node);

/* Where the table cannot say it. */
static int effect_of(otr_opcode code, otr_instruction fields)
{
    switch (code) {
    case OTR_OPCODE_LIST:
    case OTR_OPCODE_CALENDAR:
    case OTR_OPCODE_EXTENSION:
        return 1 - (int)fields.index;
    case OTR_OPCODE_MAP:
        return 1 - 2 * (int)fields.index;
    case OTR_OPCODE_START:
        return 2 + (int)fields.index;
    case OTR_OPCODE_FINISH:
        return -2 - (int)fields.index;
    default:
        return effects[code];
    }
}

static uint32_t emit(otr_emitter *e, otr_opcode code, uint32_t at, otr_instruction fields)
{
    OTR_ASSERT(e->code_count < e->capacity);
    fields.code = (uint8_t)code;
    e->code[e->code_count] = fields;
    e->positions[e->code_count] = at;
    e->within[e->code_count] = e->current;
    e->depth = (uint32_t)((int)e->depth + effect_of(code, fields));
    if (e->depth > e->depth_max)
        e->depth_max = e->depth;
    return e->code_count++;
}

static uint16_t add_constant(otr_emitter *e, otr_value value)
{
    OTR_ASSERT(e->constant_count < e->capacity && e->constant_count < UINT16_MAX);
    e->constants[e->constant_count] = value;
    return (uint16_t)e->constant_count++;
}

/* Once, whatever the order. */
static void add_number(uint32_t *list, uint32_t *count, uint32_t number)
{
    for (uint32_t i = 0; i < *count; i++)
        if (list[i] == number)
            return;
    list[(*count)++] = number;
}

static uint32_t use_symbol(otr_emitter *e, uint32_t symbol)
{
    OTR_ASSERT(e->symbol_count < e->capacity);
    add_number(e->symbols, &e->symbol_count, symbol);
    return symbol;
}

static void emit_constant(otr_emitter *e, const otr_node *node)
{
    emit(e, OTR_OPCODE_CONSTANT, node->start, (otr_instruction){.index = add_constant(e, node->value)});
}

/* A number compares like its double when no other whole number has the same one: that ends at 2^53. */
static bool as_double(const otr_node *node, double *out)
{
    if (node->kind != OTR_NODE_LITERAL)
        return false;
    const int64_t exact = ((int64_t)1 << 53) - 1;
    if (node->type == OTR_TYPE_DOUBLE)
        *out = node->value.number;
    else if (node->type == OTR_TYPE_INT && node->value.integer >= -exact && node->value.integer <= exact)
        *out = (double)node->value.integer;
    else if (node->type == OTR_TYPE_UINT && node->value.natural <= (uint64_t)exact)
        *out = (double)node->value.natural;
    else
        return false;
    return true;
}

static bool is_number_symbol(const otr_emitter *e, const otr_node *node)
{
    return node->kind == OTR_NODE_SYMBOL && e->names->list[node->symbol].kind != OTR_SYMBOL_VARIABLE &&
           (node->type == OTR_TYPE_DOUBLE || node->type == OTR_TYPE_DYN);
}

/* The operator with its sides changed over. */
static otr_operator mirrored(otr_operator op)
{
    switch (op) {
    case OTR_OPERATOR_LESS:
        return OTR_OPERATOR_GREATER;
    case OTR_OPERATOR_LESS_EQUAL:
        return OTR_OPERATOR_GREATER_EQUAL;
    case OTR_OPERATOR_GREATER:
        return OTR_OPERATOR_LESS;
    case OTR_OPERATOR_GREATER_EQUAL:
        return OTR_OPERATOR_LESS_EQUAL;
    default:
        return op;
    }
}

/* The opcodes of a group stand in the operators' order. */
static otr_opcode in_group(otr_opcode first, otr_operator op, otr_operator first_operator)
{
    return (otr_opcode)((int)first + ((int)op - (int)first_operator));
}

/* One instruction for a symbol against a number or against a symbol; false when the operands are anything
 * else. */
static bool emit_fused(otr_emitter *e, const otr_node *node)
{
    const otr_node *left = node->first;
    const otr_node *right = node->last;
    double number = 0;
    if (is_number_symbol(e, left) && is_number_symbol(e, right) && right->symbol <= UINT16_MAX) {
        unsigned kind = (left->type == OTR_TYPE_DOUBLE ? OTR_LEFT_DOUBLE : 0U) |
                        (right->type == OTR_TYPE_DOUBLE ? OTR_RIGHT_DOUBLE : 0U);
        uint32_t symbol = use_symbol(e, left->symbol);
        uint16_t index = (uint16_t)use_symbol(e, right->symbol);
        e->depth_max = e->depth + 2 > e->depth_max ? e->depth + 2 : e->depth_max; /* both are loaded */
        emit(e, in_group(OTR_OPCODE_EQUAL_SYMBOLS, node->op, OTR_OPERATOR_EQUAL), node->at,
             (otr_instruction){.kind = (uint8_t)kind, .index = index, .symbol = symbol});
        return true;
    }
    const otr_node *variable = as_double(right, &number) ? left : right;
    if (!is_number_symbol(e, variable) || (variable == right && !as_double(left, &number)))
        return false;
    otr_operator op = variable == left ? node->op : mirrored(node->op);
    uint16_t index = add_constant(e, (otr_value){.type = OTR_TYPE_DOUBLE, .number = number});
    emit(e, in_group(OTR_OPCODE_EQUAL_CONSTANT, op, OTR_OPERATOR_EQUAL), node->at,
         (otr_instruction){
             .kind = (uint8_t)variable->type, .index = index, .symbol = use_symbol(e, variable->symbol)});
    return true;
}

static void emit_operand(otr_emitter *e, const otr_node *node, uint32_t at, bool first, bool last, bool and,
                         uint32_t *chain)
{
    uint16_t outer = e->current;
    uint32_t depth = e->depth;
    OTR_ASSERT(e->operand_count < e->capacity && e->operand_count < UINT16_MAX);
    e->current = (uint16_t)e->operand_count++;
    uint16_t own = e->current;
    emit_node(e, node);
    e->current = outer;
    otr_opcode code = and? OTR_OPCODE_AND_NEXT : OTR_OPCODE_OR_NEXT;
    if (first)
        code = and? OTR_OPCODE_AND_FIRST : OTR_OPCODE_OR_FIRST;
    else if (last)
        code = and? OTR_OPCODE_AND_LAST : OTR_OPCODE_OR_LAST;
    /* Until the end is known, the tests of a chain are a list through their targets. */
    *chain = emit(e, code, at, (otr_instruction){.symbol = *chain});
    e->operands[own] = (otr_term){.test = (uint16_t)*chain, .depth = (uint16_t)depth};
}

/* The operands of a chain of one operator, which leans to the left. */
static void emit_left(otr_emitter *e, const otr_node *node, otr_operator op, uint32_t *chain)
{
    const otr_node *left = node->first;
    bool and = op == OTR_OPERATOR_AND;
    if (left->kind == OTR_NODE_BINARY && left->op == op) {
        emit_left(e, left, op, chain);
        emit_operand(e, left->last, left->at, false, false, and, chain);
    } else {
        emit_operand(e, left, node->at, true, false, and, chain);
    }
}

static void emit_chain(otr_emitter *e, const otr_node *node)
{
    uint32_t chain = UINT32_MAX;
    emit_left(e, node, node->op, &chain);
    emit_operand(e, node->last, node->at, false, true, node->op == OTR_OPERATOR_AND, &chain);
    while (chain != UINT32_MAX) {
        uint32_t before = e->code[chain].symbol;
        e->code[chain].symbol = e->code_count;
        chain = before;
    }
}

static void emit_condition(otr_emitter *e, const otr_node *node)
{
    const otr_node *yes = node->first->next;
    emit_node(e, node->first);
    uint32_t unless = emit(e, OTR_OPCODE_JUMP_UNLESS, node->first->start, (otr_instruction){0});
    uint32_t depth = e->depth;
    emit_node(e, yes);
    uint32_t jump = emit(e, OTR_OPCODE_JUMP, node->at, (otr_instruction){0});
    e->code[unless].symbol = e->code_count;
    e->depth = depth; /* only one of both runs */
    emit_node(e, node->last);
    e->code[jump].symbol = e->code_count;
}

static void emit_in(otr_emitter *e, const otr_node *node)
{
    emit_node(e, node->first);
    if (node->last->kind == OTR_NODE_LITERAL) {
        uint16_t index = add_constant(e, node->last->value);
        emit(e, OTR_OPCODE_IN_CONSTANT, node->at, (otr_instruction){.index = index});
        return;
    }
    emit_node(e, node->last);
    emit(e, OTR_OPCODE_IN, node->at, (otr_instruction){0});
}

static void emit_binary(otr_emitter *e, const otr_node *node)
{
    if (node->op == OTR_OPERATOR_AND || node->op == OTR_OPERATOR_OR) {
        emit_chain(e, node);
        return;
    }
    if (node->op == OTR_OPERATOR_IN) {
        emit_in(e, node);
        return;
    }
    bool compares = node->op <= OTR_OPERATOR_GREATER_EQUAL;
    if (compares && emit_fused(e, node))
        return;
    emit_node(e, node->first);
    emit_node(e, node->last);
    e->makes |= node->op == OTR_OPERATOR_ADD && !otr_type_is_numeric(node->type);
    bool doubles = node->first->type == OTR_TYPE_DOUBLE && node->last->type == OTR_TYPE_DOUBLE;
    otr_opcode first;
    if (compares)
        first = doubles ? OTR_OPCODE_EQUAL_DOUBLE : OTR_OPCODE_EQUAL;
    else
        first = doubles ? OTR_OPCODE_ADD_DOUBLE : OTR_OPCODE_ADD;
    emit(e, in_group(first, node->op, compares ? OTR_OPERATOR_EQUAL : OTR_OPERATOR_ADD), node->at,
         (otr_instruction){0});
}

/* A constant pattern, which the checker has read before. */
static void emit_matches(otr_emitter *e, const otr_node *node)
{
    emit_node(e, node->first);
    const otr_regex *regex = otr_regex_create(e->arena, node->last->value.text);
    if (regex == NULL)
        (void)otr_source_memory(e->source);
    e->regexes[e->regex_count] = regex;
    emit(e, OTR_OPCODE_MATCHES_CONSTANT, node->at, (otr_instruction){.index = (uint16_t)e->regex_count++});
}

static void emit_call(otr_emitter *e, const otr_node *node)
{
    const otr_function_entry *entry = otr_function_get(node->function);
    if (entry->call == OTR_CALL_MATCHES && node->last->kind == OTR_NODE_LITERAL) {
        emit_matches(e, node);
        return;
    }
    for (const otr_node *operand = node->first; operand != NULL; operand = operand->next)
        emit_node(e, operand);
    switch (entry->call) {
    case OTR_CALL_CONVERT:
        e->makes |= entry->type == OTR_TYPE_STRING;
        emit(e, OTR_OPCODE_CONVERT, node->at, (otr_instruction){.kind = (uint8_t)entry->type});
        break;
    case OTR_CALL_SIZE:
        emit(e, OTR_OPCODE_SIZE, node->at, (otr_instruction){0});
        break;
    case OTR_CALL_STARTS:
        emit(e, OTR_OPCODE_STARTS, node->at, (otr_instruction){0});
        break;
    case OTR_CALL_ENDS:
        emit(e, OTR_OPCODE_ENDS, node->at, (otr_instruction){0});
        break;
    case OTR_CALL_CONTAINS:
        emit(e, OTR_OPCODE_CONTAINS, node->at, (otr_instruction){0});
        break;
    case OTR_CALL_TYPE:
        emit(e, OTR_OPCODE_TYPE, node->at, (otr_instruction){0});
        break;
    case OTR_CALL_MATCHES:
        e->makes = true;
        emit(e, OTR_OPCODE_MATCHES, node->at, (otr_instruction){0});
        break;
    case OTR_CALL_DYN:
        break; /* means something to the checker only */
    default:
        if (entry->takes != NULL) {
            e->makes |= entry->call <= OTR_CALL_FORMAT;
            emit(e, OTR_OPCODE_EXTENSION, node->at,
                 (otr_instruction){
                     .kind = (uint8_t)entry->call, .index = (uint16_t)node->count, .symbol = node->function});
            break;
        }
        emit(e, OTR_OPCODE_CALENDAR, node->at,
             (otr_instruction){.kind = (uint8_t)entry->call, .index = (uint16_t)node->count});
        break;
    }
}

static void emit_macro(otr_emitter *e, const otr_node *node)
{
    otr_call call = otr_function_get(node->function)->call;
    bool judges = call == OTR_CALL_ALL || call == OTR_CALL_EXISTS;
    otr_instruction fields = {.kind = (uint8_t)call, .index = node->pair ? 2 : 1};
    const otr_node *body = node->first->next;
    e->makes |= !judges && call != OTR_CALL_EXISTS_ONE;
    emit_node(e, node->first);
    uint32_t slot = e->depth - 1;
    emit(e, OTR_OPCODE_START, node->at, fields);
    e->slots[node->symbol] = (uint16_t)(slot + 3);
    if (node->pair)
        e->slots[node->symbol + 1] = (uint16_t)(slot + 4);
    uint32_t step = emit(e, OTR_OPCODE_STEP, node->at, fields);
    fields.symbol = step;
    if (body->next != NULL) {
        emit_node(e, body);
        emit(e, OTR_OPCODE_SKIP, body->start, fields);
        body = body->next;
    }
    uint16_t outer = e->current;
    uint32_t depth = e->depth;
    if (judges) {
        OTR_ASSERT(e->operand_count < e->capacity && e->operand_count < UINT16_MAX);
        e->current = (uint16_t)e->operand_count++;
    }
    uint16_t own = e->current;
    emit_node(e, body);
    e->current = outer;
    uint32_t gather = emit(e, OTR_OPCODE_GATHER, body->start, fields);
    if (judges)
        e->operands[own] = (otr_term){.test = (uint16_t)gather, .depth = (uint16_t)depth};
    fields.symbol = 0;
    e->code[step].symbol = emit(e, OTR_OPCODE_FINISH, node->at, fields);
}

static uint16_t add_text(otr_emitter *e, otr_str text)
{
    return add_constant(e, (otr_value){.type = OTR_TYPE_STRING, .text = text});
}

static void emit_items(otr_emitter *e, const otr_node *node)
{
    bool map = node->kind == OTR_NODE_MAP;
    e->makes = true;
    for (const otr_node *item = node->first; item != NULL; item = item->next)
        emit_node(e, item);
    emit(e, map ? OTR_OPCODE_MAP : OTR_OPCODE_LIST, node->at,
         (otr_instruction){.index = (uint16_t)(map ? node->count / 2 : node->count)});
}

static void emit_symbol(otr_emitter *e, const otr_node *node)
{
    bool variable = e->names->list[node->symbol].kind == OTR_SYMBOL_VARIABLE;
    emit(e, variable ? OTR_OPCODE_VARIABLE : OTR_OPCODE_LOAD, node->start,
         (otr_instruction){.kind = (uint8_t)node->type, .symbol = use_symbol(e, node->symbol)});
}

static void emit_use(otr_emitter *e, const otr_node *node)
{
    const otr_use *use = &e->names->uses[node->symbol];
    (void)use_symbol(e, use->symbol);
    if (use->limit_symbol != OTR_USE_NO_SYMBOL)
        (void)use_symbol(e, use->limit_symbol);
    add_number(e->uses, &e->use_count, node->symbol);
    emit(e, OTR_OPCODE_CALL, node->at,
         (otr_instruction){.kind = (uint8_t)node->type, .symbol = node->symbol});
}

static void emit_has(otr_emitter *e, const otr_node *node)
{
    if (node->text.data == NULL) {
        emit(e, OTR_OPCODE_HAS_SYMBOL, node->at,
             (otr_instruction){.symbol = use_symbol(e, node->first->symbol)});
        return;
    }
    emit_node(e, node->first);
    emit(e, OTR_OPCODE_HAS, node->at, (otr_instruction){.index = add_text(e, node->text)});
}

static void emit_node(otr_emitter *e, const otr_node *node)
{
    switch (node->kind) {
    case OTR_NODE_LITERAL:
        emit_constant(e, node);
        break;
    case OTR_NODE_SYMBOL:
        emit_symbol(e, node);
        break;
    case OTR_NODE_LOCAL:
        emit(e, OTR_OPCODE_LOCAL, node->start, (otr_instruction){.index = e->slots[node->symbol]});
        break;
    case OTR_NODE_SELECT:
        emit_node(e, node->first);
        emit(e, OTR_OPCODE_SELECT, node->at, (otr_instruction){.index = add_text(e, node->text)});
        break;
    case OTR_NODE_HAS:
        emit_has(e, node);
        break;
    case OTR_NODE_INDEX:
        emit_node(e, node->first);
        emit_node(e, node->last);
        emit(e, OTR_OPCODE_INDEX, node->at, (otr_instruction){0});
        break;
    case OTR_NODE_LIST:
    case OTR_NODE_MAP:
        emit_items(e, node);
        break;
    case OTR_NODE_MACRO:
        emit_macro(e, node);
        break;
    case OTR_NODE_FAIL:
        emit(e, OTR_OPCODE_FAIL, node->at, (otr_instruction){.index = add_text(e, node->text)});
        break;
    case OTR_NODE_LATITUDE:
    case OTR_NODE_LONGITUDE:
        emit_node(e, node->first);
        emit(e, node->kind == OTR_NODE_LATITUDE ? OTR_OPCODE_LATITUDE : OTR_OPCODE_LONGITUDE, node->at,
             (otr_instruction){0});
        break;
    case OTR_NODE_UNARY:
        emit_node(e, node->first);
        emit(e, node->op == OTR_OPERATOR_NOT ? OTR_OPCODE_NOT : OTR_OPCODE_NEGATE, node->at,
             (otr_instruction){0});
        break;
    case OTR_NODE_BINARY:
        emit_binary(e, node);
        break;
    case OTR_NODE_CONDITION:
        emit_condition(e, node);
        break;
    case OTR_NODE_CALL:
        emit_call(e, node);
        break;
    case OTR_NODE_USE:
        emit_use(e, node);
        break;
    default:
        OTR_ASSERT(!"a node that the checker lets through");
    }
}

bool otr_emit(otr_source *source, otr_arena *scratch, otr_arena *arena, const otr_node *root,
              uint32_t node_count, otr_type wanted, const otr_symbols *symbols, otr_expression *out)
{
    /* Each node makes at most two instructions (?: its two jumps; a chain of n operands, n - 1 nodes, n
     * tests); a macro makes at most five from two of its nodes. */
    uint32_t capacity = node_count * 3 + 2;
    otr_emitter e = {
        .arena = arena, .source = source, .names = symbols, .capacity = capacity, .operand_count = 1};
    e.code = otr_arena_array(scratch, capacity, sizeof *e.code);
    e.positions = otr_arena_array(scratch, capacity, sizeof *e.positions);
    e.within = otr_arena_array(scratch, capacity, sizeof *e.within);
    e.operands = otr_arena_array(scratch, capacity, sizeof *e.operands);
    e.constants = otr_arena_array(scratch, capacity, sizeof *e.constants);
    e.symbols = otr_arena_array(scratch, capacity, sizeof *e.symbols);
    e.regexes = otr_arena_array(scratch, capacity, sizeof(void *));
    e.uses = otr_arena_array(scratch, capacity, sizeof *e.uses);
    e.slots = otr_arena_array(scratch, capacity, sizeof *e.slots);
    if (e.code == NULL || e.positions == NULL || e.within == NULL || e.operands == NULL ||
        e.constants == NULL || e.symbols == NULL || e.regexes == NULL || e.uses == NULL || e.slots == NULL)
        return otr_source_memory(source) == OTR_OK;
    emit_node(&e, root);
    if (source->status != OTR_OK)
        return false;
    emit(&e, OTR_OPCODE_RETURN, root->start, (otr_instruction){.kind = (uint8_t)wanted});
    if (e.depth_max > OTR_STACK_SLOTS || e.code_count > OTR_LIMIT_EXPRESSION_STEPS) {
        (void)otr_source_fail(source, OTR_LIMIT, root->start,
                              "the expression is too complex; split the rule");
        return false;
    }
    return otr_emit_finish(&e, out);
}
