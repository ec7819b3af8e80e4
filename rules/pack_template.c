/* Texts with {{ placeholders }}: cut into pieces once, so that telling a person costs no parsing. */
#include "base/limits.h"
#include "base/metric.h"
#include "rules/nearest.h"
#include "rules/pack_build.h"
#include "rules/words.h"

static const char *const facts[] = {"onset", "raised",   "ended",     "duration", "rule",
                                    "case",  "coverage", "device.id", "items"};
enum { FACTS = sizeof facts / sizeof facts[0], PIECES_MAX = 2 * OTR_LIMIT_PLACEHOLDERS + 1 };

/* One text while it is cut. */
typedef struct cutter {
    otr_pack_build *build;
    const otr_yaml *node;
    otr_str text;
    bool ended_known;
    otr_piece pieces[PIECES_MAX];
    size_t count;
    size_t placeholders;
} cutter;

static otr_status fail(const cutter *c, size_t offset, const char *why, otr_str what)
{
    int line;
    int column;
    otr_yaml_place(c->node, offset, &line, &column);
    return otr_fail_at(c->build->error, OTR_INVALID, line, column, "%s%.*s", why, OTR_STR_ARG(what));
}

/* "asset.x" and "asset.x.y": what an assignments file can hold. */
static bool is_asset_path(otr_str path)
{
    size_t parts = 0;
    size_t start = 0;
    for (size_t i = 0; i <= path.size; i++) {
        if (i < path.size && path.data[i] != '.')
            continue;
        if (!otr_word_is_identifier((otr_str){path.data + start, i - start}))
            return false;
        start = i + 1;
        parts++;
    }
    return parts == 2 || parts == 3;
}

static otr_status unknown(const otr_pack_build *build, int line, int column, otr_str path)
{
    otr_nearest nearest = {0};
    size_t count;
    const otr_metric *metrics = otr_metric_list(&count);
    for (size_t i = 0; i < FACTS; i++)
        otr_nearest_offer(&nearest, path, otr_str_of(facts[i]));
    for (size_t i = 0; i < count; i++)
        otr_nearest_offer(&nearest, path, otr_str_of(metrics[i].name));
    for (size_t i = 0; i < build->pack->symbols.count; i++)
        otr_nearest_offer(&nearest, path, build->pack->symbols.list[i].path);
    int shown = path.size > 60 ? 60 : (int)path.size;
    return otr_fail_at(build->error, OTR_INVALID, line, column, "nothing is known as {{ %.*s }}%s%.*s%s",
                       shown, path.data, OTR_NEAREST_ARG(nearest));
}

static otr_status remember_metric(otr_pack_build *build, otr_str name, int line, int column)
{
    otr_pending_metric *pending = otr_arena_alloc(build->scratch, sizeof *pending);
    if (pending == NULL)
        return otr_pack_memory(build);
    *pending = (otr_pending_metric){NULL, name, line, column};
    *build->pending_end = pending;
    build->pending_end = &pending->next;
    return OTR_OK;
}

static otr_status check_path(const cutter *c, size_t offset, otr_str path)
{
    int line;
    int column;
    otr_yaml_place(c->node, offset, &line, &column);
    if (path.size == 0)
        return fail(c, offset, "the braces hold nothing", OTR_STR(""));
    if (otr_str_is(path, "ended") && !c->ended_known)
        return fail(c, offset, "ended is not known before the alarm has cleared", OTR_STR(""));
    if (otr_str_is(path, "items") && !c->build->items_known)
        return fail(c, offset,
                    "there are items only in what a message with a text for one item says when raised",
                    OTR_STR(""));
    for (size_t i = 0; i < FACTS; i++)
        if (otr_str_is(path, facts[i]))
            return OTR_OK;
    if (otr_str_starts(path, OTR_STR("asset.")) && is_asset_path(path))
        return OTR_OK;
    if (otr_metric_find(path) != NULL)
        return OTR_OK;
    if (otr_metric_name_ok(path))
        return remember_metric(c->build, path, line, column);
    return unknown(c->build, line, column, path);
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
        c->pieces[c->count++] = (otr_piece){{c->text.data + from, to - from}, false};
}

/* The placeholder whose braces open at the offset; *after is where the text goes on. */
static otr_status add_placeholder(cutter *c, size_t open, size_t *after)
{
    size_t close = open + 2;
    while (close < c->text.size && !at_pair(c->text, close, '}') && !at_pair(c->text, close, '{') &&
           c->text.data[close] != '\n')
        close++;
    if (!at_pair(c->text, close, '}'))
        return fail(c, open, "the braces that open here are not closed", OTR_STR(""));
    otr_str path = trim((otr_str){c->text.data + open + 2, close - open - 2});
    size_t offset = path.size > 0 ? (size_t)(path.data - c->text.data) : open;
    otr_status status = check_path(c, offset, path);
    if (status != OTR_OK)
        return status;
    if (++c->placeholders > OTR_LIMIT_PLACEHOLDERS)
        return fail(c, open, "a text has too many placeholders", OTR_STR(""));
    c->pieces[c->count++] = (otr_piece){path, true};
    *after = close + 2;
    return OTR_OK;
}

static otr_status cut(cutter *c)
{
    size_t start = 0;
    size_t at = 0;
    while (at < c->text.size) {
        if (at_pair(c->text, at, '}'))
            return fail(c, at, "the braces that close here were not opened", OTR_STR(""));
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

otr_status otr_pack_template(otr_pack_build *build, const otr_yaml *node, bool ended_known, otr_template *out)
{
    cutter c = {.build = build, .node = node, .ended_known = ended_known};
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

static bool pack_knows(const otr_pack *pack, otr_str metric)
{
    for (size_t i = 0; i < pack->symbols.count; i++)
        if (pack->symbols.list[i].kind == OTR_SYMBOL_METRIC &&
            otr_str_equal(pack->symbols.list[i].metric, metric))
            return true;
    for (size_t i = 0; i < pack->rule_count; i++)
        for (size_t j = 0; j < pack->rules[i].evidence_count; j++)
            if (otr_str_equal(pack->rules[i].evidence[j], metric))
                return true;
    return false;
}

otr_status otr_pack_check_pending(const otr_pack_build *build)
{
    for (const otr_pending_metric *pending = build->pending; pending != NULL; pending = pending->next)
        if (!pack_knows(build->pack, pending->name))
            return unknown(build, pending->line, pending->column, pending->name);
    return OTR_OK;
}
