/* Texts with {{ placeholders }}: cut into pieces once, so that telling a person costs no parsing. */
#include "base/limits.h"
#include "rules/load/pack_build.h"

enum { PIECES_MAX = 2 * OTR_LIMIT_PLACEHOLDERS + 1 };

/* One text while it is cut. */
typedef struct cutter {
    otr_pack_build *build;
    const otr_yaml *node;
    otr_str text;
    unsigned known;
    otr_piece pieces[PIECES_MAX];
    size_t count;
    size_t placeholders;
} cutter;

static otr_status fail(const cutter *c, size_t offset, const char *why)
{
    int line;
    int column;
    otr_yaml_place(c->node, offset, &line, &column);
    return otr_fail_at(c->build->error, OTR_INVALID, line, column, "%s", why);
}

static otr_str trim(otr_str text)
{
    while (text.size > 0 && text.data[0] == ' ') {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && text.data[text.size - 1] == ' ')
        text.size--;
    return text;
}

static bool at_pair(otr_str text, size_t at, char brace)
{
    return at + 1 < text.size && text.data[at] == brace && text.data[at + 1] == brace;
}

static void add_literal(cutter *c, size_t from, size_t to)
{
    if (to > from)
        c->pieces[c->count++] = (otr_piece){.text = {c->text.data + from, to - from}};
}

/* The placeholder whose braces open at the offset; *after is where the text goes on. */
static otr_status add_placeholder(cutter *c, size_t open, size_t *after)
{
    size_t close = open + 2;
    while (close < c->text.size && !at_pair(c->text, close, '}') && !at_pair(c->text, close, '{') &&
           c->text.data[close] != '\n')
        close++;
    if (!at_pair(c->text, close, '}'))
        return fail(c, open, "the braces that open here are not closed");
    otr_str inner = trim((otr_str){c->text.data + open + 2, close - open - 2});
    if (inner.size == 0)
        return fail(c, open, "the braces hold nothing");
    otr_piece *piece = &c->pieces[c->count];
    if (++c->placeholders > OTR_LIMIT_PLACEHOLDERS)
        return fail(c, open, "a text has too many placeholders");
    otr_status status = otr_pack_placeholder(c->build, c->node, c->text, inner, c->known, piece);
    if (status != OTR_OK)
        return status;
    c->count++;
    *after = close + 2;
    return OTR_OK;
}

static otr_status cut(cutter *c)
{
    size_t start = 0;
    size_t at = 0;
    while (at < c->text.size) {
        if (at_pair(c->text, at, '}'))
            return fail(c, at, "the braces that close here were not opened");
        if (!at_pair(c->text, at, '{')) {
            at++;
            continue;
        }
        add_literal(c, start, at);
        otr_status status = add_placeholder(c, at, &at);
        if (status != OTR_OK)
            return status;
        start = at;
    }
    add_literal(c, start, c->text.size);
    return OTR_OK;
}

otr_status otr_pack_template(otr_pack_build *build, const otr_yaml *node, unsigned known, otr_template *out)
{
    cutter c = {.build = build, .node = node, .known = known};
    otr_status status = otr_pack_text(build, node, &c.text);
    if (status != OTR_OK)
        return status;
    while (c.text.size > 0 && strchr(" \n\t", c.text.data[c.text.size - 1]) != NULL)
        c.text.size--;
    if (c.text.size == 0)
        return otr_pack_fail(build, node, "a text must not be empty");
    if (c.text.size > OTR_LIMIT_MESSAGE_BYTES)
        return otr_pack_fail(build, node, "a text has at most %d bytes", OTR_LIMIT_MESSAGE_BYTES);
    status = cut(&c);
    if (status != OTR_OK)
        return status;
    otr_piece *pieces = otr_arena_array(&build->pack->memory, c.count, sizeof *pieces);
    if (pieces == NULL)
        return otr_pack_memory(build);
    memcpy(pieces, c.pieces, c.count * sizeof *pieces);
    *out = (otr_template){pieces, c.count};
    return OTR_OK;
}
