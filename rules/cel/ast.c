#include "rules/cel/ast.h"

#include "base/hash.h"

/* Fixed keys: the hash is stored and compared between runs. */
static const uint64_t KEY = 0x6578707265737369;

static uint64_t mix(uint64_t state, uint64_t number)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> (8 * i));
    return otr_hash64(KEY, state, bytes, sizeof bytes);
}

static uint64_t mix_text(uint64_t state, otr_str text)
{
    return mix(otr_hash64(KEY, state, text.data, text.size), text.size);
}

/* The numbers of enums are not used: they may move from one build to the next. */
static uint64_t mix_value(uint64_t state, const otr_value *value)
{
    state = mix_text(state, otr_str_of(otr_type_text(value->type)));
    uint64_t bits = 0;
    switch (value->type) {
    case OTR_TYPE_BOOL:
        return mix(state, value->flag);
    case OTR_TYPE_INT:
        return mix(state, (uint64_t)value->integer);
    case OTR_TYPE_UINT:
        return mix(state, value->natural);
    case OTR_TYPE_DOUBLE:
        memcpy(&bits, &value->number, sizeof bits);
        return mix(state, bits);
    case OTR_TYPE_STRING:
    case OTR_TYPE_BYTES:
        return mix_text(state, value->text);
    default:
        return state;
    }
}

static const char *kind_text(const otr_node *node)
{
    switch (node->kind) {
    case OTR_NODE_LITERAL:
        return "literal";
    case OTR_NODE_NAME:
        return node->absolute ? ".name" : "name";
    case OTR_NODE_SELECT:
        return "select";
    case OTR_NODE_INDEX:
        return "index";
    case OTR_NODE_CALL:
        return node->member ? "member" : "call";
    case OTR_NODE_LIST:
        return "list";
    case OTR_NODE_MAP:
        return "map";
    case OTR_NODE_MESSAGE:
        return "message";
    case OTR_NODE_FIELD:
        return "field";
    case OTR_NODE_UNARY:
        return "unary";
    case OTR_NODE_BINARY:
        return "binary";
    case OTR_NODE_CONDITION:
        return "?:";
    case OTR_NODE_SYMBOL:
        return "symbol";
    case OTR_NODE_LATITUDE:
        return "latitude";
    case OTR_NODE_LONGITUDE:
        return "longitude";
    case OTR_NODE_LOCAL:
        return "local";
    case OTR_NODE_HAS:
        return "has";
    case OTR_NODE_MACRO:
        return "macro";
    case OTR_NODE_USE:
        return "use";
    case OTR_NODE_FAIL:
        return "fail";
    }
    return "";
}

uint64_t otr_node_hash(const otr_node *root)
{
    uint64_t state = mix_text(root->count, otr_str_of(kind_text(root)));
    state = mix_text(state, root->text);
    if (root->kind == OTR_NODE_LITERAL)
        state = mix_value(state, &root->value);
    if (root->kind == OTR_NODE_UNARY || root->kind == OTR_NODE_BINARY)
        state = mix_text(state, otr_str_of(otr_operator_text(root->op)));
    for (const otr_node *child = root->first; child != NULL; child = child->next)
        state = mix(state, otr_node_hash(child));
    return state;
}
