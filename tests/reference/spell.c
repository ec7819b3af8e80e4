/* A tree as CEL's text. Parentheses stand where the grammar needs them, and by chance elsewhere. */
#include "tree.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* How tightly a node binds, as CEL's grammar has it. */
enum { CONDITIONAL = 1, OR, AND, RELATION, ADDITION, MULTIPLICATION, UNARY, MEMBER };

typedef struct speller {
    choices *from;
    char *out;
    size_t used;
    bool full;
} speller;

static void __attribute__((format(printf, 2, 3))) put(speller *s, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(s->out + s->used, REF_TEXT_BYTES - s->used, format, arguments);
    va_end(arguments);
    if (s->used + (size_t)size >= REF_TEXT_BYTES)
        s->full = true;
    else
        s->used += (size_t)size;
}

/* Between tokens. */
static void blank(speller *s, const char *usual)
{
    static const char *const blanks[] = {"\n", "\t ", " // why\n", "  "};
    put(s, "%s", chance(s->from, 24) ? blanks[choose(s->from, 4)] : usual);
}

static bool is_negative(const ref_node *node)
{
    const otr_value *value = &node->value;
    return (value->type == OTR_TYPE_INT && value->integer < 0) ||
           (value->type == OTR_TYPE_DOUBLE && __builtin_signbit(value->number));
}

static int binding_of(const ref_node *node)
{
    switch (node->kind) {
    case REF_CONDITION:
        return CONDITIONAL;
    case REF_UNARY:
        return UNARY;
    case REF_LITERAL:
        return is_negative(node) ? UNARY : MEMBER;
    case REF_BINARY:
        if (strcmp(node->text, "||") == 0)
            return OR;
        if (strcmp(node->text, "&&") == 0)
            return AND;
        if (strchr("+-", node->text[0]) != NULL)
            return ADDITION;
        return strchr("*/%", node->text[0]) != NULL ? MULTIPLICATION : RELATION;
    default:
        return MEMBER;
    }
}

static void spell(speller *s, const ref_node *node, int least);

static void spell_octet(speller *s, unsigned char c, bool octal)
{
    if (octal)
        put(s, "\\%03o", (unsigned)c);
    else
        put(s, choose(s->from, 2) == 0 ? "\\x%02x" : "\\X%02X", (unsigned)c);
}

/* Whether the text can stand as it is between these quotes. */
static bool is_plain(otr_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i]; /* a plain char has a sign on some processors */
        if (c < ' ' || c >= 0x80 || strchr("\\\"'", c) != NULL)
            return false;
    }
    return true;
}

static void spell_text(speller *s, const otr_value *value)
{
    static const char *const quotes[] = {"\"", "'", "\"\"\"", "'''"};
    bool bytes = value->type == OTR_TYPE_BYTES;
    const char *quote = quotes[choose(s->from, 4)];
    bool raw = chance(s->from, 4) && is_plain(value->text);
    put(s, "%s%s%s", bytes ? "b" : "", raw ? (choose(s->from, 2) == 0 ? "r" : "R") : "", quote);
    bool octal = choose(s->from, 2) == 1;
    for (size_t i = 0; i < value->text.size; i++) {
        unsigned char c = (unsigned char)value->text.data[i];
        if (c == '\n')
            put(s, "\\n");
        else if (c == '\\' || c == '"' || c == '\'')
            put(s, "\\%c", c);
        else if (c < ' ' || (bytes && c >= 0x7F))
            spell_octet(s, c, octal);
        else if (c == 0xC3 && i + 1 < value->text.size && choose(s->from, 2) == 1)
            put(s, "\\u00%02x", (unsigned char)value->text.data[++i] + 0x40U);
        else
            put(s, "%c", c);
    }
    put(s, "%s", quote);
}

static void spell_double(speller *s, double number)
{
    char text[40];
    (void)snprintf(text, sizeof text, chance(s->from, 4) ? "%.16e" : "%.17g", number);
    put(s, "%s%s", text, strpbrk(text, ".e") == NULL ? ".0" : "");
}

static void spell_literal(speller *s, const otr_value *value)
{
    bool hex = chance(s->from, 6);
    switch (value->type) {
    case OTR_TYPE_BOOL:
        put(s, value->flag ? "true" : "false");
        break;
    case OTR_TYPE_INT:
        if (hex)
            put(s, "%s0x%" PRIx64, value->integer < 0 ? "-" : "",
                value->integer < 0 ? 0 - (uint64_t)value->integer : (uint64_t)value->integer);
        else
            put(s, "%" PRId64, value->integer);
        break;
    case OTR_TYPE_UINT:
        put(s, hex ? "0x%" PRIX64 "u" : "%" PRIu64 "u", value->natural);
        break;
    case OTR_TYPE_DOUBLE:
        spell_double(s, value->number);
        break;
    case OTR_TYPE_STRING:
    case OTR_TYPE_BYTES:
        spell_text(s, value);
        break;
    default:
        put(s, "null");
        break;
    }
}

static void spell_binary(speller *s, const ref_node *node, int own)
{
    spell(s, node->children[0], own);
    blank(s, " ");
    put(s, "%s", node->text);
    blank(s, " ");
    spell(s, node->children[1], own + 1);
}

/* !!x and --x are chains; ! and - do not mix without parentheses. */
static void spell_unary(speller *s, const ref_node *node)
{
    const ref_node *child = node->children[0];
    bool chain = child->kind == REF_UNARY && strcmp(child->text, node->text) == 0;
    put(s, "%s", node->text);
    spell(s, child, chain ? UNARY : MEMBER);
}

static void spell_children(speller *s, const ref_node *node, int first, const char *separators)
{
    for (int i = first; i < node->count; i++) {
        if (i > first) {
            put(s, "%c", separators[(i - first) % 2]);
            blank(s, " ");
        }
        spell(s, node->children[i], CONDITIONAL);
    }
}

static void spell_macro(speller *s, const ref_node *node)
{
    spell(s, node->children[0], MEMBER);
    put(s, ".%s(%s, ", node->text, node->variables[0]);
    if (node->variables[1] != NULL)
        put(s, "%s, ", node->variables[1]);
    spell_children(s, node, 1, ",,");
    put(s, ")");
}

static void spell_plain(speller *s, const ref_node *node)
{
    switch (node->kind) {
    case REF_LITERAL:
        spell_literal(s, &node->value);
        break;
    case REF_NAME:
    case REF_USE:
        put(s, "%s", node->text);
        break;
    case REF_SELECT:
        spell(s, node->children[0], MEMBER);
        put(s, ".%s", node->text);
        break;
    case REF_INDEX:
        spell(s, node->children[0], MEMBER);
        put(s, "[");
        spell(s, node->children[1], CONDITIONAL);
        put(s, "]");
        break;
    case REF_UNARY:
        spell_unary(s, node);
        break;
    case REF_BINARY:
        spell_binary(s, node, binding_of(node));
        break;
    case REF_CONDITION:
        spell(s, node->children[0], OR);
        blank(s, " ");
        put(s, "? ");
        spell(s, node->children[1], OR);
        put(s, " :");
        blank(s, " ");
        spell(s, node->children[2], CONDITIONAL);
        break;
    case REF_LIST:
    case REF_MAP:
        put(s, node->kind == REF_LIST ? "[" : "{");
        spell_children(s, node, 0, node->kind == REF_LIST ? ",," : ",:");
        put(s, "%s%s", node->count > 0 && chance(s->from, 8) ? "," : "", node->kind == REF_LIST ? "]" : "}");
        break;
    case REF_CALL:
    case REF_HAS:
        put(s, "%s(", node->kind == REF_HAS ? "has" : node->text);
        spell_children(s, node, 0, ",,");
        put(s, ")");
        break;
    case REF_MEMBER:
        spell(s, node->children[0], MEMBER);
        put(s, ".%s(", node->text);
        spell_children(s, node, 1, ",,");
        put(s, ")");
        break;
    case REF_MACRO:
        spell_macro(s, node);
        break;
    }
}

static void spell(speller *s, const ref_node *node, int least)
{
    bool wrapped = binding_of(node) < least || chance(s->from, 16);
    if (s->full)
        return;
    put(s, wrapped ? "(" : "");
    spell_plain(s, node);
    put(s, wrapped ? ")" : "");
}

bool ref_spell(const ref_node *root, choices *from, char out[REF_TEXT_BYTES])
{
    speller s = {.from = from, .out = out};
    out[0] = '\0';
    spell(&s, root, CONDITIONAL);
    return !s.full;
}
