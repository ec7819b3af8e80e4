#include "rules/cel/parse.h"

#include "base/limits.h"
#include "rules/cel/lex.h"

/*
 * Recursive descent with one token of look-ahead; binary operators by precedence climbing, so that a chain of
 * one precedence is a loop. Each function returns NULL once something failed.
 */
typedef struct parser {
    otr_lexer lexer;
    otr_token token; /* the next one, not yet taken */
    uint32_t nesting;
    uint32_t count;
} parser;

static otr_node *parse_expression(parser *p);
static otr_node *parse_unary(parser *p);

static otr_node *fail(parser *p, otr_status status, uint32_t at, const char *text)
{
    (void)otr_source_fail(p->lexer.source, status, at, "%s", text);
    return NULL;
}

static bool advance(parser *p)
{
    return otr_lex(&p->lexer, &p->token);
}

static otr_node *make(parser *p, otr_node_kind kind, uint32_t start, uint32_t at)
{
    otr_node *node = otr_arena_alloc(p->lexer.arena, sizeof *node);
    if (node == NULL) {
        (void)otr_source_memory(p->lexer.source);
        return NULL;
    }
    node->kind = kind;
    node->start = start;
    node->at = at;
    node->height = 1;
    p->count++;
    return node;
}

/* Appends the child and keeps the height; false when a node is missing or the tree grows too high. */
static bool adopt(parser *p, otr_node *parent, otr_node *child)
{
    if (parent == NULL || child == NULL)
        return false;
    if (parent->last != NULL)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->count++;
    if (child->height >= parent->height)
        parent->height = (uint16_t)(child->height + 1);
    if (parent->height <= OTR_NODE_HEIGHT_MAX)
        return true;
    (void)fail(p, OTR_LIMIT, parent->at, "too many operators in a row; split the rule or use a list with in");
    return false;
}

static bool enter(parser *p)
{
    if (p->nesting++ < OTR_LIMIT_EXPRESSION_DEPTH)
        return true;
    (void)fail(p, OTR_LIMIT, p->token.start, "the expression is nested too deep");
    return false;
}

static otr_node *unexpected(parser *p, const char *wanted)
{
    const otr_token *token = &p->token;
    otr_source *source = p->lexer.source;
    otr_str text = {source->text.data + token->start, token->end - token->start};
    int size = text.size > 40 ? 40 : (int)text.size;
    if (token->kind == OTR_TOKEN_END)
        (void)otr_source_fail(source, OTR_INVALID, token->start,
                              "the expression ends here, but %s is expected", wanted);
    else if (otr_str_is(text, "and") || otr_str_is(text, "or"))
        (void)otr_source_fail(source, OTR_INVALID, token->start, "%.*s is written %s", size, text.data,
                              text.data[0] == 'a' ? "&&" : "||");
    else if (token->reserved)
        (void)otr_source_fail(source, OTR_INVALID, token->start,
                              "%.*s is a reserved word and cannot be a name", size, text.data);
    else
        (void)otr_source_fail(source, OTR_INVALID, token->start, "unexpected %.*s; %s is expected", size,
                              text.data, wanted);
    return NULL;
}

static bool take(parser *p, otr_token_kind kind)
{
    if (p->token.kind == kind)
        return advance(p);
    (void)unexpected(p, otr_token_text(kind));
    return false;
}

/* Expressions up to the closing token, which is taken; a comma may follow the last one where trailing says
 * so. */
static bool parse_items(parser *p, otr_node *parent, otr_token_kind close, bool trailing)
{
    while (p->token.kind != close) {
        if (!adopt(p, parent, parse_expression(p)))
            return false;
        if (p->token.kind == close)
            break;
        if (p->token.kind != OTR_TOKEN_COMMA)
            return unexpected(p, close == OTR_TOKEN_RIGHT_PAREN ? "a comma or )" : "a comma or ]") != NULL;
        if (!advance(p))
            return false;
        if (p->token.kind == close && !trailing)
            return unexpected(p, "an argument") != NULL;
    }
    return advance(p);
}

static otr_node *parse_list(parser *p)
{
    otr_node *node = make(p, OTR_NODE_LIST, p->token.start, p->token.start);
    if (node == NULL || !advance(p) || !parse_items(p, node, OTR_TOKEN_RIGHT_BRACKET, true))
        return NULL;
    return node;
}

/* After an entry of a map or message: a comma, or the closing brace, which stays. */
static bool parse_separator(parser *p)
{
    if (p->token.kind == OTR_TOKEN_COMMA)
        return advance(p);
    return p->token.kind == OTR_TOKEN_RIGHT_BRACE || unexpected(p, "a comma or }") != NULL;
}

static otr_node *parse_map(parser *p)
{
    otr_node *node = make(p, OTR_NODE_MAP, p->token.start, p->token.start);
    if (node == NULL || !advance(p))
        return NULL;
    while (p->token.kind != OTR_TOKEN_RIGHT_BRACE) {
        if (!adopt(p, node, parse_expression(p)) || !take(p, OTR_TOKEN_COLON) ||
            !adopt(p, node, parse_expression(p)) || !parse_separator(p))
            return NULL;
    }
    return advance(p) ? node : NULL;
}

static otr_node *parse_message(parser *p, otr_node *name)
{
    otr_node *node = make(p, OTR_NODE_MESSAGE, name->start, p->token.start);
    if (!adopt(p, node, name) || !advance(p))
        return NULL;
    while (p->token.kind != OTR_TOKEN_RIGHT_BRACE) {
        if (p->token.kind != OTR_TOKEN_NAME)
            return unexpected(p, "the name of a field");
        otr_node *field = make(p, OTR_NODE_FIELD, p->token.start, p->token.start);
        if (field == NULL)
            return NULL;
        field->text = p->token.value.text;
        if (!advance(p) || !take(p, OTR_TOKEN_COLON) || !adopt(p, field, parse_expression(p)) ||
            !adopt(p, node, field) || !parse_separator(p))
            return NULL;
    }
    return advance(p) ? node : NULL;
}

static otr_node *parse_literal(parser *p, bool negative, uint32_t start)
{
    otr_node *node = make(p, OTR_NODE_LITERAL, start, start);
    if (node == NULL)
        return NULL;
    node->value = p->token.value;
    if (p->token.kind == OTR_TOKEN_INT) {
        uint64_t magnitude = p->token.value.natural;
        if (magnitude > (uint64_t)INT64_MAX + negative)
            return fail(p, OTR_INVALID, start, "this number does not fit an int of 64 bits");
        node->value.integer = (int64_t)(negative ? 0 - magnitude : magnitude);
    } else if (p->token.kind == OTR_TOKEN_DOUBLE && negative) {
        node->value.number = -node->value.number;
    } else if (p->token.kind == OTR_TOKEN_TRUE || p->token.kind == OTR_TOKEN_FALSE) {
        node->value = (otr_value){.type = OTR_TYPE_BOOL, .flag = p->token.kind == OTR_TOKEN_TRUE};
    } else if (p->token.kind == OTR_TOKEN_NULL) {
        node->value = (otr_value){.type = OTR_TYPE_NULL};
    }
    return advance(p) ? node : NULL;
}

/* A name, perhaps with a leading dot, perhaps called. */
static otr_node *parse_name(parser *p)
{
    uint32_t start = p->token.start;
    bool absolute = p->token.kind == OTR_TOKEN_DOT;
    if (absolute && !advance(p))
        return NULL;
    if (p->token.kind != OTR_TOKEN_NAME || p->token.reserved || p->token.quoted)
        return unexpected(p, "a name");
    otr_node *node = make(p, OTR_NODE_NAME, start, p->token.start);
    if (node == NULL)
        return NULL;
    node->text = p->token.value.text;
    node->absolute = absolute;
    if (!advance(p))
        return NULL;
    if (p->token.kind != OTR_TOKEN_LEFT_PAREN)
        return node;
    node->kind = OTR_NODE_CALL;
    return advance(p) && parse_items(p, node, OTR_TOKEN_RIGHT_PAREN, false) ? node : NULL;
}

static otr_node *parse_primary(parser *p)
{
    switch (p->token.kind) {
    case OTR_TOKEN_INT:
    case OTR_TOKEN_UINT:
    case OTR_TOKEN_DOUBLE:
    case OTR_TOKEN_STRING:
    case OTR_TOKEN_BYTES:
    case OTR_TOKEN_TRUE:
    case OTR_TOKEN_FALSE:
    case OTR_TOKEN_NULL:
        return parse_literal(p, false, p->token.start);
    case OTR_TOKEN_NAME:
    case OTR_TOKEN_DOT:
        return parse_name(p);
    case OTR_TOKEN_LEFT_BRACKET:
        return parse_list(p);
    case OTR_TOKEN_LEFT_BRACE:
        return parse_map(p);
    case OTR_TOKEN_LEFT_PAREN: {
        uint32_t start = p->token.start;
        otr_node *node = advance(p) ? parse_expression(p) : NULL;
        if (node == NULL || !take(p, OTR_TOKEN_RIGHT_PAREN))
            return NULL;
        node->start = start;
        return node;
    }
    default:
        return unexpected(p, "a value");
    }
}

static otr_node *parse_selector(parser *p, otr_node *operand)
{
    if (!advance(p))
        return NULL;
    if (p->token.kind != OTR_TOKEN_NAME)
        return unexpected(p, "a name after the dot");
    otr_node *node = make(p, OTR_NODE_SELECT, operand->start, p->token.start);
    if (!adopt(p, node, operand))
        return NULL;
    node->text = p->token.value.text;
    bool quoted = p->token.quoted;
    if (!advance(p))
        return NULL;
    if (p->token.kind != OTR_TOKEN_LEFT_PAREN || quoted)
        return node;
    node->kind = OTR_NODE_CALL;
    node->member = true;
    return advance(p) && parse_items(p, node, OTR_TOKEN_RIGHT_PAREN, false) ? node : NULL;
}

static bool names_a_type(const otr_node *node)
{
    while (node->kind == OTR_NODE_SELECT)
        node = node->first;
    return node->kind == OTR_NODE_NAME;
}

static otr_node *parse_member(parser *p)
{
    otr_node *node = parse_primary(p);
    while (node != NULL) {
        if (p->token.kind == OTR_TOKEN_DOT) {
            node = parse_selector(p, node);
        } else if (p->token.kind == OTR_TOKEN_LEFT_BRACKET) {
            otr_node *index = make(p, OTR_NODE_INDEX, node->start, p->token.start);
            if (!adopt(p, index, node) || !advance(p) || !adopt(p, index, parse_expression(p)) ||
                !take(p, OTR_TOKEN_RIGHT_BRACKET))
                return NULL;
            node = index;
        } else if (p->token.kind == OTR_TOKEN_LEFT_BRACE && names_a_type(node)) {
            node = parse_message(p, node);
        } else {
            break;
        }
    }
    return node;
}

static otr_node *parse_unary(parser *p)
{
    otr_token sign = p->token;
    if (sign.kind != OTR_TOKEN_NOT && sign.kind != OTR_TOKEN_MINUS)
        return parse_member(p);
    if (!enter(p) || !advance(p))
        return NULL;
    otr_node *node;
    if (sign.kind == OTR_TOKEN_MINUS &&
        (p->token.kind == OTR_TOKEN_INT || p->token.kind == OTR_TOKEN_DOUBLE)) {
        /* The sign belongs to the literal: -9223372036854775808 has no positive twin. */
        node = parse_literal(p, true, sign.start);
    } else {
        node = make(p, OTR_NODE_UNARY, sign.start, sign.start);
        if (node == NULL)
            return NULL;
        node->op = sign.kind == OTR_TOKEN_NOT ? OTR_OPERATOR_NOT : OTR_OPERATOR_NEGATE;
        if (!adopt(p, node, parse_unary(p)))
            return NULL;
    }
    p->nesting--;
    return node;
}

/* 0 when the token is no binary operator. */
static int precedence(otr_token_kind kind, otr_operator *op)
{
    static const struct {
        otr_token_kind kind;
        otr_operator op;
        int precedence;
    } table[] = {
        {OTR_TOKEN_OR, OTR_OPERATOR_OR, 1},
        {OTR_TOKEN_AND, OTR_OPERATOR_AND, 2},
        {OTR_TOKEN_EQUAL, OTR_OPERATOR_EQUAL, 3},
        {OTR_TOKEN_NOT_EQUAL, OTR_OPERATOR_NOT_EQUAL, 3},
        {OTR_TOKEN_LESS, OTR_OPERATOR_LESS, 3},
        {OTR_TOKEN_LESS_EQUAL, OTR_OPERATOR_LESS_EQUAL, 3},
        {OTR_TOKEN_GREATER, OTR_OPERATOR_GREATER, 3},
        {OTR_TOKEN_GREATER_EQUAL, OTR_OPERATOR_GREATER_EQUAL, 3},
        {OTR_TOKEN_IN, OTR_OPERATOR_IN, 3},
        {OTR_TOKEN_PLUS, OTR_OPERATOR_ADD, 4},
        {OTR_TOKEN_MINUS, OTR_OPERATOR_SUBTRACT, 4},
        {OTR_TOKEN_STAR, OTR_OPERATOR_MULTIPLY, 5},
        {OTR_TOKEN_SLASH, OTR_OPERATOR_DIVIDE, 5},
        {OTR_TOKEN_PERCENT, OTR_OPERATOR_REMAINDER, 5},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].kind != kind)
            continue;
        *op = table[i].op;
        return table[i].precedence;
    }
    return 0;
}

static otr_node *parse_binary(parser *p, int lowest)
{
    otr_node *left = parse_unary(p);
    while (left != NULL) {
        otr_operator op = OTR_OPERATOR_OR;
        int found = precedence(p->token.kind, &op);
        if (found == 0 || found < lowest)
            break;
        otr_node *node = make(p, OTR_NODE_BINARY, left->start, p->token.start);
        if (!adopt(p, node, left) || !advance(p) || !adopt(p, node, parse_binary(p, found + 1)))
            return NULL;
        node->op = op;
        left = node;
    }
    return left;
}

static otr_node *parse_expression(parser *p)
{
    if (!enter(p))
        return NULL;
    otr_node *node = parse_binary(p, 1);
    if (node != NULL && p->token.kind == OTR_TOKEN_QUESTION) {
        otr_node *condition = make(p, OTR_NODE_CONDITION, node->start, p->token.start);
        if (!adopt(p, condition, node) || !advance(p) || !adopt(p, condition, parse_binary(p, 1)) ||
            !take(p, OTR_TOKEN_COLON) || !adopt(p, condition, parse_expression(p)))
            return NULL;
        node = condition;
    }
    p->nesting--;
    return node;
}

otr_node *otr_parse(otr_source *source, otr_arena *arena, uint32_t *count)
{
    parser p = {.lexer = {.source = source, .arena = arena}};
    if (!advance(&p))
        return NULL;
    otr_node *root = parse_expression(&p);
    if (root != NULL && p.token.kind != OTR_TOKEN_END)
        return unexpected(&p, "an operator or the end");
    *count = p.count;
    return root;
}
