#include "rules/cel/lex.h"

#include "rules/cel/operate.h"

/* Own predicates: those of <ctype.h> depend on the locale. */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte at an offset, NUL past the end. */
static char peek(const otr_lexer *lexer, uint32_t at)
{
    if (at >= lexer->source->text.size)
        return '\0';
    return lexer->source->text.data[at];
}

const char *otr_token_text(otr_token_kind kind)
{
    static const char *const texts[] = {
#define X(name, text) text,
        OTR_TOKEN_LIST(X)
#undef X
    };
    return texts[kind];
}

static void skip_blank(otr_lexer *lexer)
{
    for (;;) {
        char c = peek(lexer, lexer->at);
        if (c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r') {
            lexer->at++;
        } else if (c == '/' && peek(lexer, lexer->at + 1) == '/') {
            while (lexer->at < lexer->source->text.size && peek(lexer, lexer->at) != '\n')
                lexer->at++;
        } else {
            return;
        }
    }
}

static otr_str slice(const otr_lexer *lexer, uint32_t start, uint32_t end)
{
    return (otr_str){lexer->source->text.data + start, end - start};
}

static bool lex_name(otr_lexer *lexer, otr_token *token)
{
    static const struct {
        const char *text;
        otr_token_kind kind;
    } keywords[] = {
        {"true", OTR_TOKEN_TRUE}, {"false", OTR_TOKEN_FALSE}, {"null", OTR_TOKEN_NULL}, {"in", OTR_TOKEN_IN}};
    static const char *const reserved[] = {"as",        "break",  "const",  "continue", "else", "for",
                                           "function",  "if",     "import", "let",      "loop", "package",
                                           "namespace", "return", "var",    "void",     "while"};
    while (is_letter(peek(lexer, lexer->at)) || is_digit(peek(lexer, lexer->at)))
        lexer->at++;
    otr_str text = slice(lexer, token->start, lexer->at);
    token->kind = OTR_TOKEN_NAME;
    token->value = (otr_value){.type = OTR_TYPE_STRING, .text = text};
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (otr_str_is(text, keywords[i].text))
            token->kind = keywords[i].kind;
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        token->reserved |= otr_str_is(text, reserved[i]);
    return true;
}

/* A field's name that is no identifier: `content-type`. */
static bool lex_quoted_name(otr_lexer *lexer, otr_token *token)
{
    uint32_t body = ++lexer->at;
    for (char c = peek(lexer, lexer->at);
         is_letter(c) || is_digit(c) || (c != '\0' && strchr("-./ ", c) != NULL);)
        c = peek(lexer, ++lexer->at);
    if (peek(lexer, lexer->at) != '`' || lexer->at == body) {
        (void)otr_source_fail(lexer->source, OTR_INVALID, lexer->at,
                              "between ` and ` there are letters, digits, _ - . / and blanks");
        return false;
    }
    token->kind = OTR_TOKEN_NAME;
    token->quoted = true;
    token->value = (otr_value){.type = OTR_TYPE_STRING, .text = slice(lexer, body, lexer->at)};
    lexer->at++;
    return true;
}

/* Digits of the base from lexer->at on; false when the number needs more than 64 bits. */
static bool lex_digits(otr_lexer *lexer, unsigned base, uint64_t *out)
{
    uint64_t value = 0;
    bool fits = true;
    for (;; lexer->at++) {
        char c = peek(lexer, lexer->at);
        int digit = base == 16 ? hex_value(c) : is_digit(c) ? c - '0' : -1;
        if (digit < 0)
            break;
        fits = fits && !__builtin_mul_overflow(value, (uint64_t)base, &value) &&
               !__builtin_add_overflow(value, (uint64_t)digit, &value);
    }
    *out = value;
    return fits;
}

static bool lex_fraction(otr_lexer *lexer)
{
    uint32_t start = lexer->at;
    if (peek(lexer, lexer->at) == '.' && is_digit(peek(lexer, lexer->at + 1))) {
        lexer->at++;
        while (is_digit(peek(lexer, lexer->at)))
            lexer->at++;
    }
    char c = peek(lexer, lexer->at);
    if (c == 'e' || c == 'E') {
        uint32_t digits = lexer->at + 1;
        if (peek(lexer, digits) == '+' || peek(lexer, digits) == '-')
            digits++;
        if (is_digit(peek(lexer, digits))) {
            lexer->at = digits;
            while (is_digit(peek(lexer, lexer->at)))
                lexer->at++;
        }
    }
    return lexer->at > start;
}

static bool lex_number(otr_lexer *lexer, otr_token *token)
{
    uint64_t value = 0;
    bool fits;
    bool real = false;
    if (peek(lexer, lexer->at) == '0' && peek(lexer, lexer->at + 1) == 'x') {
        lexer->at += 2;
        if (hex_value(peek(lexer, lexer->at)) < 0) {
            (void)otr_source_fail(lexer->source, OTR_INVALID, token->start,
                                  "hex digits are expected after 0x");
            return false;
        }
        fits = lex_digits(lexer, 16, &value);
    } else {
        fits = lex_digits(lexer, 10, &value);
        real = lex_fraction(lexer);
    }
    otr_str text = slice(lexer, token->start, lexer->at);
    token->value = (otr_value){.type = OTR_TYPE_INT, .natural = value};
    token->kind = OTR_TOKEN_INT;
    if (real) {
        token->kind = OTR_TOKEN_DOUBLE;
        token->value.type = OTR_TYPE_DOUBLE;
        fits = otr_str_to_double(text, &token->value.number);
    } else if (peek(lexer, lexer->at) == 'u' || peek(lexer, lexer->at) == 'U') {
        token->kind = OTR_TOKEN_UINT;
        token->value.type = OTR_TYPE_UINT;
        lexer->at++;
    }
    if (!fits) {
        (void)otr_source_fail(lexer->source, OTR_INVALID, token->start, "%.*s is too large for a number",
                              text.size > 40 ? 40 : (int)text.size, text.data);
        return false;
    }
    if (!is_letter(peek(lexer, lexer->at)))
        return true;
    uint32_t unit = lexer->at;
    while (is_letter(peek(lexer, lexer->at)) || is_digit(peek(lexer, lexer->at)))
        lexer->at++;
    otr_str rest = slice(lexer, unit, lexer->at);
    (void)otr_source_fail(lexer->source, OTR_INVALID, unit,
                          "\"%.*s\" right after a number; a span of time is written duration(\"10m\")",
                          rest.size > 40 ? 40 : (int)rest.size, rest.data);
    return false;
}

/* From the opening quote on. */
static bool lex_string(otr_lexer *lexer, otr_token *token, bool raw, bool bytes)
{
    char quote = peek(lexer, lexer->at);
    bool triple = peek(lexer, lexer->at + 1) == quote && peek(lexer, lexer->at + 2) == quote;
    uint32_t fence = triple ? 3 : 1;
    uint32_t body = lexer->at + fence;
    uint32_t at = body;
    for (;; at++) {
        if (at >= lexer->source->text.size) {
            (void)otr_source_fail(lexer->source, OTR_INVALID, token->start, "this string is not closed");
            return false;
        }
        char c = peek(lexer, at);
        if (c == quote && (!triple || (peek(lexer, at + 1) == quote && peek(lexer, at + 2) == quote)))
            break;
        if (!triple && (c == '\n' || c == '\r')) {
            (void)otr_source_fail(lexer->source, OTR_INVALID, token->start,
                                  "this string is not closed on its line");
            return false;
        }
        if (c == '\\' && !raw)
            at++;
    }
    lexer->at = at + fence;
    otr_str text = slice(lexer, body, at);
    if (!otr_text_is_utf8(text)) {
        (void)otr_source_fail(lexer->source, OTR_INVALID, token->start, "this string is not UTF-8 text");
        return false;
    }
    if (!raw && !otr_lex_unescape(lexer, text, body, bytes, &text))
        return false;
    token->kind = bytes ? OTR_TOKEN_BYTES : OTR_TOKEN_STRING;
    token->value = (otr_value){.type = bytes ? OTR_TYPE_BYTES : OTR_TYPE_STRING, .text = text};
    return true;
}

/* A quote, perhaps after b, r or br in either case. */
static bool lex_prefixed_string(otr_lexer *lexer, otr_token *token, bool *found)
{
    uint32_t at = lexer->at;
    bool bytes = peek(lexer, at) == 'b' || peek(lexer, at) == 'B';
    at += bytes;
    bool raw = peek(lexer, at) == 'r' || peek(lexer, at) == 'R';
    at += raw;
    *found = peek(lexer, at) == '"' || peek(lexer, at) == '\'';
    if (!*found)
        return true;
    lexer->at = at;
    return lex_string(lexer, token, raw, bytes);
}

static bool lex_mark(otr_lexer *lexer, otr_token *token)
{
    /* Longer marks first. */
    static const otr_token_kind marks[] = {
        OTR_TOKEN_LESS_EQUAL,    OTR_TOKEN_GREATER_EQUAL, OTR_TOKEN_EQUAL,
        OTR_TOKEN_NOT_EQUAL,     OTR_TOKEN_AND,           OTR_TOKEN_OR,
        OTR_TOKEN_LEFT_PAREN,    OTR_TOKEN_RIGHT_PAREN,   OTR_TOKEN_LEFT_BRACKET,
        OTR_TOKEN_RIGHT_BRACKET, OTR_TOKEN_LEFT_BRACE,    OTR_TOKEN_RIGHT_BRACE,
        OTR_TOKEN_DOT,           OTR_TOKEN_COMMA,         OTR_TOKEN_COLON,
        OTR_TOKEN_QUESTION,      OTR_TOKEN_NOT,           OTR_TOKEN_PLUS,
        OTR_TOKEN_MINUS,         OTR_TOKEN_STAR,          OTR_TOKEN_SLASH,
        OTR_TOKEN_PERCENT,       OTR_TOKEN_LESS,          OTR_TOKEN_GREATER};
    otr_str rest = slice(lexer, lexer->at, (uint32_t)lexer->source->text.size);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        otr_str mark = otr_str_of(otr_token_text(marks[i]));
        if (!otr_str_starts(rest, mark))
            continue;
        token->kind = marks[i];
        lexer->at += (uint32_t)mark.size;
        return true;
    }
    unsigned char c = (unsigned char)rest.data[0];
    if (c == '=' || c == '&' || c == '|')
        (void)otr_source_fail(lexer->source, OTR_INVALID, lexer->at, "a single %c means nothing; write %c%c",
                              c, c, c);
    else if (c > 0x20 && c < 0x7F)
        (void)otr_source_fail(lexer->source, OTR_INVALID, lexer->at, "the character %c has no meaning here",
                              c);
    else
        (void)otr_source_fail(lexer->source, OTR_INVALID, lexer->at, "the byte 0x%02X has no meaning here",
                              c);
    return false;
}

bool otr_lex(otr_lexer *lexer, otr_token *out)
{
    if (lexer->source->status != OTR_OK)
        return false;
    skip_blank(lexer);
    *out = (otr_token){.kind = OTR_TOKEN_END, .start = lexer->at, .end = lexer->at};
    if (lexer->at >= lexer->source->text.size)
        return true;
    bool found = false;
    bool ok = lex_prefixed_string(lexer, out, &found);
    char c = peek(lexer, lexer->at);
    if (!found) {
        if (is_letter(c))
            ok = lex_name(lexer, out);
        else if (is_digit(c) || (c == '.' && is_digit(peek(lexer, lexer->at + 1))))
            ok = lex_number(lexer, out);
        else if (c == '`')
            ok = lex_quoted_name(lexer, out);
        else
            ok = lex_mark(lexer, out);
    }
    out->end = lexer->at;
    return ok;
}
