/* One number of a pack's text is changed, or one line added; whether that did what it should, and nothing
 * else, is seen by loading the pack before and after. */
#include <math.h>
#include <stdio.h>

#include "rules/load/pack.h"
#include "tools/outrider/figures/voice.h"

enum { CONTEXT = 48 };

typedef struct edit {
    size_t from; /* bytes of the text that go ... */
    size_t to;
    char text[CONTEXT]; /* ... and what comes in their place */
} edit;

typedef struct block {
    size_t start; /* of the rule's first line */
    size_t end;
    size_t indent; /* of its keys */
} block;

bool otr_voice_rule_of(otr_str key, otr_str *pack, otr_str *rule)
{
    const char *slash = key.size > 0 ? memchr(key.data, '/', key.size) : NULL;
    if (slash == NULL)
        return false;
    *pack = (otr_str){key.data, (size_t)(slash - key.data)};
    *rule = (otr_str){slash + 1, key.size - pack->size - 1};
    return pack->size > 0 && rule->size > 0;
}

/* ---- lines ---- */

static size_t line_end(otr_str yaml, size_t at)
{
    const char *end = at < yaml.size ? memchr(yaml.data + at, '\n', yaml.size - at) : NULL;
    return end != NULL ? (size_t)(end - yaml.data) : yaml.size;
}

static size_t next_line(otr_str yaml, size_t at)
{
    size_t end = line_end(yaml, at);
    return end < yaml.size ? end + 1 : yaml.size;
}

static size_t indent_of(otr_str yaml, size_t at)
{
    size_t blanks = 0;
    while (at + blanks < yaml.size && yaml.data[at + blanks] == ' ')
        blanks++;
    return blanks;
}

static bool is_empty(otr_str yaml, size_t at)
{
    size_t first = at + indent_of(yaml, at);
    return first >= line_end(yaml, at) || yaml.data[first] == '#';
}

/* The item of a list that begins on the line, counted from 1; its keys stand behind the dash. */
static bool find_block(otr_str yaml, int line, block *out)
{
    size_t at = 0;
    for (int i = 1; i < line && at < yaml.size; i++)
        at = next_line(yaml, at);
    size_t dash = indent_of(yaml, at);
    if (at + dash + 2 >= yaml.size || yaml.data[at + dash] != '-' || yaml.data[at + dash + 1] != ' ')
        return false;
    out->start = at;
    out->indent = dash + 1 + indent_of(yaml, at + dash + 1);
    for (at = next_line(yaml, at); at < yaml.size; at = next_line(yaml, at))
        if (!is_empty(yaml, at) && indent_of(yaml, at) <= dash)
            break;
    out->end = at;
    return true;
}

/* Where the value of a key stands in the block: up to a comment or the line's end. */
static bool find_value(otr_str yaml, const block *in, const char *key, size_t *from, size_t *to)
{
    otr_str name = otr_str_of(key);
    for (size_t at = in->start; at < in->end; at = next_line(yaml, at)) {
        size_t first = at + in->indent;
        size_t end = line_end(yaml, at);
        if ((at != in->start && indent_of(yaml, at) != in->indent) || first + name.size + 1 >= end ||
            !otr_str_starts((otr_str){yaml.data + first, end - first}, name) ||
            yaml.data[first + name.size] != ':')
            continue;
        first += name.size + 1;
        while (first < end && yaml.data[first] == ' ')
            first++;
        for (size_t i = first; i + 1 < end; i++)
            if (yaml.data[i] == ' ' && yaml.data[i + 1] == '#')
                end = i;
        while (end > first && strchr(" \r", yaml.data[end - 1]) != NULL)
            end--;
        *from = first;
        *to = end;
        return end > first;
    }
    return false;
}

/* ---- edits ---- */

/* A span in the largest unit that divides it. */
static void format_span(otr_time span, char out[CONTEXT])
{
    static const struct {
        otr_time unit;
        const char *word;
    } units[] = {{OTR_HOUR, "h"}, {OTR_MINUTE, "m"}, {OTR_SECOND, "s"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (span % units[i].unit == 0 || i == 2) {
            (void)snprintf(out, CONTEXT, "%lld%s", (long long)(span / units[i].unit), units[i].word);
            return;
        }
}

static otr_status edit_delay(otr_str yaml, const block *in, otr_time span, edit *out)
{
    char text[CONTEXT];
    format_span(span, text);
    if (find_value(yaml, in, "for", &out->from, &out->to)) {
        memcpy(out->text, text, sizeof text);
        return OTR_OK;
    }
    out->from = out->to = next_line(yaml, in->start);
    int size = snprintf(out->text, sizeof out->text, "%*sfor: %.20s\n",
                        (int)(in->indent < 20 ? in->indent : 20), "", text);
    return size > 0 && (size_t)size < sizeof out->text ? OTR_OK : OTR_INVALID;
}

/* METRIC < NUMBER, or >, and nothing else: the number's place, and what it is. */
static bool find_limit(otr_str yaml, size_t from, size_t to, size_t *number, double *limit, bool *above)
{
    size_t operators = 0;
    size_t at = from;
    for (size_t i = from; i < to; i++) {
        if (strchr("<>", yaml.data[i]) != NULL) {
            operators++;
            *above = yaml.data[i] == '>';
            at = i + 1 + (i + 1 < to && yaml.data[i + 1] == '=');
        } else if (strchr("&|?!\"'(", yaml.data[i]) != NULL) {
            return false;
        }
    }
    while (at < to && yaml.data[at] == ' ')
        at++;
    *number = at;
    return operators == 1 && at < to && otr_str_to_double((otr_str){yaml.data + at, to - at}, limit) &&
           isfinite(*limit) && *limit != 0;
}

static otr_status edit_limit(otr_str yaml, const block *in, int64_t thousandths, edit *out)
{
    size_t from;
    size_t to;
    double limit = 0;
    bool above = false;
    if (!find_value(yaml, in, "expr", &from, &to) || !find_limit(yaml, from, to, &out->from, &limit, &above))
        return OTR_INVALID;
    double further = fabs(limit) * (double)thousandths / 1000;
    out->to = to;
    (void)snprintf(out->text, sizeof out->text, "%.6g", above ? limit + further : limit - further);
    if (strpbrk(out->text, ".e") == NULL) /* it stays a number of its kind */
        (void)snprintf(out->text + strlen(out->text), sizeof out->text - strlen(out->text), ".0");
    return OTR_OK;
}

static otr_status edit_version(otr_str yaml, int64_t version, edit *out)
{
    for (size_t at = 0; at < yaml.size; at = next_line(yaml, at))
        if (otr_str_starts((otr_str){yaml.data + at, yaml.size - at}, OTR_STR("version:"))) {
            block line = {.start = at, .end = next_line(yaml, at), .indent = 0};
            (void)snprintf(out->text, sizeof out->text, "%lld", (long long)version + 1);
            return find_value(yaml, &line, "version", &out->from, &out->to) ? OTR_OK : OTR_INVALID;
        }
    return OTR_INVALID;
}

static void apply(otr_str yaml, const edit *first, const edit *second, otr_buffer *out)
{
    otr_buffer_add(out, yaml.data, first->from);
    otr_buffer_add(out, first->text, strlen(first->text));
    otr_buffer_add(out, yaml.data + first->to, second->from - first->to);
    otr_buffer_add(out, second->text, strlen(second->text));
    otr_buffer_add(out, yaml.data + second->to, yaml.size - second->to);
}

/* ---- what came of it ---- */

static bool is_as_meant(const otr_pack *old, const otr_pack *new, size_t changed, otr_time for_us)
{
    bool same = old->rule_count == new->rule_count &&new->version == old->version + 1;
    for (size_t i = 0; same && i < old->rule_count; i++) {
        const otr_rule *a = &old->rules[i];
        const otr_rule *b = &new->rules[i];
        bool differs = a->condition_hash != b->condition_hash;
        same = otr_str_equal(a->name, b->name) && differs == (i == changed);
        same = same && b->for_us == (i == changed ? for_us : a->for_us);
    }
    return same;
}

static otr_status make_edit(otr_str yaml, const otr_rule *rule, const otr_proposal *proposal,
                            otr_time *for_us, edit *out, otr_error *error)
{
    block in;
    otr_time amount = proposal->amount * OTR_SECOND;
    *for_us = rule->for_us;
    if (proposal->kind == OTR_PROPOSE_LOOK)
        return otr_fail(error, OTR_NOT_FOUND, "there is nothing to change by itself");
    if (rule->condition == NULL)
        return otr_fail(error, OTR_NOT_FOUND, "the rule is about silence: it has no delay and no limit");
    if (proposal->kind == OTR_PROPOSE_SHORTER && rule->for_us <= amount)
        return otr_fail(error, OTR_NOT_FOUND,
                        "its `for` is no longer than that: the delay comes from elsewhere");
    if (proposal->kind == OTR_PROPOSE_LONGER) {
        amount -= rule->keep_firing_for_us; /* an alarm lasts so much longer than its condition */
        if (amount <= rule->for_us)
            return otr_fail(error, OTR_NOT_FOUND, "its `for` is as long already");
    }
    if (!find_block(yaml, rule->line, &in))
        return otr_fail_at(error, OTR_INVALID, rule->line, 1, "the rule does not begin a line of its own");
    if (proposal->kind == OTR_PROPOSE_LIMIT)
        return edit_limit(yaml, &in, proposal->amount, out) == OTR_OK
                   ? OTR_OK
                   : otr_fail_at(error, OTR_NOT_FOUND, rule->line, 1,
                                 "its `expr` does not compare with one number: the limit is elsewhere");
    *for_us = amount;
    return edit_delay(yaml, &in, *for_us, out) == OTR_OK
               ? OTR_OK
               : otr_fail_at(error, OTR_INVALID, rule->line, 1, "`for` has no place");
}

static otr_status patch(otr_str yaml, const otr_pack *pack, const otr_proposal *proposal, otr_buffer *out,
                        otr_error *error)
{
    otr_str name;
    otr_str rule_name;
    size_t changed = 0;
    otr_pack *patched = NULL;
    otr_time for_us;
    edit edits[2] = {{.from = 0}, {.from = 0}};
    if (!otr_voice_rule_of(otr_bucket_key(proposal->cell), &name, &rule_name) ||
        !otr_str_equal(name, pack->name))
        return otr_fail(error, OTR_DENIED, "the rule is of another pack");
    while (changed < pack->rule_count && !otr_str_equal(pack->rules[changed].name, rule_name))
        changed++;
    if (changed == pack->rule_count)
        return otr_fail(error, OTR_NOT_FOUND, "the pack has no such rule any more");
    otr_status status = edit_version(yaml, pack->version, &edits[0]);
    if (status != OTR_OK)
        return otr_fail(error, status, "the pack's version does not begin a line");
    status = make_edit(yaml, &pack->rules[changed], proposal, &for_us, &edits[1], error);
    if (status != OTR_OK)
        return status;
    bool in_order = edits[0].from < edits[1].from;
    apply(yaml, &edits[in_order ? 0 : 1], &edits[in_order ? 1 : 0], out);
    if (out->failed)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    bool loads = otr_pack_load(otr_buffer_text(out), &patched, NULL) == OTR_OK;
    bool ok = loads && is_as_meant(pack, patched, changed, for_us);
    otr_pack_free(patched);
    return ok ? OTR_OK
              : otr_fail_at(error, OTR_INVALID, pack->rules[changed].line, 1,
                            "it cannot be changed here by itself");
}

otr_status otr_voice_patch(otr_str yaml, const otr_proposal *proposal, otr_buffer *out, otr_error *error)
{
    otr_pack *pack = NULL;
    otr_status status = otr_pack_load(yaml, &pack, error);
    if (status == OTR_OK)
        status = patch(yaml, pack, proposal, out, error);
    otr_pack_free(pack);
    if (status != OTR_OK)
        otr_buffer_clear(out);
    return status;
}
