/*
 * Tokens of CEL (langdef, "Syntax"), one at a time. String and bytes literals come decoded; their text lives
 * in the arena given or is a view of the source.
 */
#ifndef OTR_RULES_LEX_H
#define OTR_RULES_LEX_H

#include "rules/cel/source.h"

#define OTR_TOKEN_LIST(X)                                                                                    \
    X(END, "the end")                                                                                        \
    X(NAME, "a name")                                                                                        \
    X(INT, "a number")                                                                                       \
    X(UINT, "a number")                                                                                      \
    X(DOUBLE, "a number")                                                                                    \
    X(STRING, "a string")                                                                                    \
    X(BYTES, "bytes")                                                                                        \
    X(TRUE, "true")                                                                                          \
    X(FALSE, "false")                                                                                        \
    X(NULL, "null")                                                                                          \
    X(IN, "in")                                                                                              \
    X(LEFT_PAREN, "(")                                                                                       \
    X(RIGHT_PAREN, ")")                                                                                      \
    X(LEFT_BRACKET, "[")                                                                                     \
    X(RIGHT_BRACKET, "]")                                                                                    \
    X(LEFT_BRACE, "{")                                                                                       \
    X(RIGHT_BRACE, "}")                                                                                      \
    X(DOT, ".")                                                                                              \
    X(COMMA, ",")                                                                                            \
    X(COLON, ":")                                                                                            \
    X(QUESTION, "?")                                                                                         \
    X(NOT, "!")                                                                                              \
    X(PLUS, "+")                                                                                             \
    X(MINUS, "-")                                                                                            \
    X(STAR, "*")                                                                                             \
    X(SLASH, "/")                                                                                            \
    X(PERCENT, "%")                                                                                          \
    X(LESS, "<")                                                                                             \
    X(LESS_EQUAL, "<=")                                                                                      \
    X(GREATER, ">")                                                                                          \
    X(GREATER_EQUAL, ">=")                                                                                   \
    X(EQUAL, "==")                                                                                           \
    X(NOT_EQUAL, "!=")                                                                                       \
    X(AND, "&&")                                                                                             \
    X(OR, "||")

typedef enum otr_token_kind {
#define X(name, text) OTR_TOKEN_##name,
    OTR_TOKEN_LIST(X)
#undef X
} otr_token_kind;

typedef struct otr_token {
    otr_token_kind kind;
    bool quoted;    /* a NAME in backquotes: a selector only, never called */
    bool reserved;  /* a NAME that only a selector may have: as, if, var, ... */
    uint32_t start; /* byte offsets in the source */
    uint32_t end;
    otr_value value; /* of literals; an INT is its magnitude in .natural: the sign is the parser's */
} otr_token;

typedef struct otr_lexer {
    otr_source *source;
    otr_arena *arena;
    uint32_t at;
} otr_lexer;

/* The next token; END at the end, again and again. False after a failure, recorded in the source. */
bool otr_lex(otr_lexer *lexer, otr_token *out);
const char *otr_token_text(otr_token_kind kind);

/*
 * Decodes the body of a string or bytes literal that is not raw, which begins at offset at of the source. The
 * escapes never make it longer. False after a failure.
 */
bool otr_lex_unescape(otr_lexer *lexer, otr_str body, uint32_t at, bool bytes, otr_str *out);

#endif
