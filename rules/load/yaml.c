/* libyaml's events made into a tree; what we refuse of YAML is refused here, with its place. */
#include "rules/load/yaml_source.h"

#include "base/hash.h"
#include "base/limits.h"

#include <stdlib.h>
#include <yaml.h>

/* A key seen in a map. */
typedef struct seen_key {
    const otr_yaml *map;
    const otr_yaml *entry;
} seen_key;

typedef struct loader {
    yaml_parser_t parser;
    otr_arena *arena;
    otr_yaml_source source;
    otr_error *error;
    size_t nodes;
    size_t nodes_max;
    seen_key *keys; /* open addressing; map is NULL in an empty slot */
    size_t key_count;
    size_t key_slots; /* a power of two */
} loader;

static otr_yaml_spot locate(loader *l, yaml_mark_t mark)
{
    return otr_yaml_source_spot(&l->source, mark.line, mark.column);
}

static otr_status fail_at(loader *l, otr_yaml_spot at, otr_status status, const char *why)
{
    return otr_fail_at(l->error, status, at.line, at.column, "%s", why);
}

static otr_status out_of_memory(loader *l)
{
    return otr_fail(l->error, OTR_MEMORY, "out of memory");
}

/* libyaml's own error with its place, in our words where its words do not help. */
static otr_status parser_failed(loader *l)
{
    const yaml_parser_t *p = &l->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return out_of_memory(l);
    const char *problem = p->problem != NULL ? p->problem : "not YAML";
    if (p->error == YAML_READER_ERROR)
        return otr_fail(l->error, OTR_INVALID, "%s at byte %zu", problem, p->problem_offset);
    otr_yaml_spot at = locate(l, p->problem_mark);
    if (at.offset < l->source.bytes.size && l->source.bytes.data[at.offset] == '\t')
        return fail_at(l, at, OTR_INVALID, "a tab cannot indent; use spaces");
    if (p->context == NULL)
        return fail_at(l, at, OTR_INVALID, problem);
    return otr_fail_at(l->error, OTR_INVALID, at.line, at.column, "%s (%s from line %zu)", problem,
                       p->context, p->context_mark.line + 1);
}

static otr_status next_event(loader *l, yaml_event_t *event)
{
    return yaml_parser_parse(&l->parser, event) ? OTR_OK : parser_failed(l);
}

static seen_key *key_slot(const loader *l, const otr_yaml *map, otr_str key)
{
    size_t mask = l->key_slots - 1;
    size_t at = otr_hash64((uint64_t)(uintptr_t)map, 0, key.data, key.size) & mask;
    while (l->keys[at].map != NULL && (l->keys[at].map != map || !otr_str_equal(l->keys[at].entry->key, key)))
        at = (at + 1) & mask;
    return &l->keys[at];
}

static bool grow_keys(loader *l)
{
    seen_key *old = l->keys;
    size_t old_slots = l->key_slots;
    size_t slots = old_slots == 0 ? 256 : old_slots * 2;
    seen_key *keys = calloc(slots, sizeof *keys);
    if (keys == NULL)
        return false;
    l->keys = keys;
    l->key_slots = slots;
    for (size_t i = 0; i < old_slots; i++)
        if (old[i].map != NULL)
            *key_slot(l, old[i].map, old[i].entry->key) = old[i];
    free(old);
    return true;
}

/* Remembers the entry's key; INVALID with both places when the map has it already. */
static otr_status note_key(loader *l, const otr_yaml *map, const otr_yaml *entry)
{
    if (l->key_count * 2 >= l->key_slots && !grow_keys(l))
        return out_of_memory(l);
    seen_key *slot = key_slot(l, map, entry->key);
    if (slot->map != NULL)
        return otr_fail_at(l->error, OTR_INVALID, entry->key_line, entry->key_column,
                           "the key %.*s stands here twice, first at %d:%d", OTR_STR_ARG(entry->key),
                           slot->entry->key_line, slot->entry->key_column);
    *slot = (seen_key){map, entry};
    l->key_count++;
    return OTR_OK;
}

static otr_yaml_style style_of(const yaml_event_t *event)
{
    switch (event->data.scalar.style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
        return OTR_YAML_SINGLE_QUOTED;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        return OTR_YAML_DOUBLE_QUOTED;
    case YAML_LITERAL_SCALAR_STYLE:
        return OTR_YAML_LITERAL;
    case YAML_FOLDED_SCALAR_STYLE:
        return OTR_YAML_FOLDED;
    default:
        return OTR_YAML_PLAIN;
    }
}

/* Escapes can bring in what scan_bytes keeps out of the file itself. */
static bool text_ok(otr_str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (((unsigned char)text.data[i] < 0x20 && text.data[i] != '\t' && text.data[i] != '\n') ||
            text.data[i] == 0x7F)
            return false;
    return otr_str_is_utf8(text);
}

static otr_status fill_scalar(loader *l, otr_yaml *node, const yaml_event_t *event, otr_yaml_spot start)
{
    otr_str value = {(const char *)event->data.scalar.value, event->data.scalar.length};
    otr_yaml_spot end = locate(l, event->end_mark);
    if (!text_ok(value))
        return fail_at(l, start, OTR_INVALID, "a control character in the text");
    node->kind = OTR_YAML_SCALAR;
    node->style = style_of(event);
    node->text = otr_arena_copy(l->arena, value);
    if (node->text.data == NULL)
        return out_of_memory(l);
    node->exact = otr_yaml_source_exact(&l->source, node, start.offset, end.offset);
    if (node->style == OTR_YAML_LITERAL || node->style == OTR_YAML_FOLDED)
        otr_yaml_source_place_block(&l->source, node);
    return OTR_OK;
}

/* Properties come before their node, so the node's first byte gives them away, even the bare tag "!". */
static otr_status refuse_properties(loader *l, const yaml_event_t *event, otr_yaml_spot at)
{
    int first = at.offset < l->source.bytes.size ? l->source.bytes.data[at.offset] : ' ';
    if (event->type == YAML_ALIAS_EVENT)
        return fail_at(l, at, OTR_INVALID, "aliases (*name) are not allowed; write the value out");
    if (first == '&')
        return fail_at(l, at, OTR_INVALID, "anchors (&name) are not allowed; write the value out");
    if (first == '!')
        return fail_at(l, at, OTR_INVALID,
                       "tags (!name) are not allowed; text that begins with ! needs quotes");
    return OTR_OK;
}

static otr_status load_children(loader *l, otr_yaml *parent, int depth);

/* Makes the node that begins with the event and, when it is a list or map, everything in it. */
static otr_status load_node(loader *l, otr_yaml *node, const yaml_event_t *event, int depth)
{
    otr_yaml_spot at = locate(l, event->start_mark);
    otr_status status = refuse_properties(l, event, at);
    if (status != OTR_OK)
        return status;
    if (depth > OTR_LIMIT_YAML_DEPTH)
        return otr_fail_at(l->error, OTR_LIMIT, at.line, at.column, "nested deeper than %d",
                           OTR_LIMIT_YAML_DEPTH);
    node->line = at.line;
    node->column = at.column;
    if (event->type == YAML_SCALAR_EVENT)
        return fill_scalar(l, node, event, at);
    node->kind = event->type == YAML_SEQUENCE_START_EVENT ? OTR_YAML_LIST : OTR_YAML_MAP;
    return load_children(l, node, depth);
}

static otr_status load_key(loader *l, const otr_yaml *map, otr_yaml *entry, const yaml_event_t *event)
{
    otr_yaml_spot at = locate(l, event->start_mark);
    otr_status status = refuse_properties(l, event, at);
    if (status != OTR_OK)
        return status;
    otr_str key = {(const char *)event->data.scalar.value, event->data.scalar.length};
    if (event->type != YAML_SCALAR_EVENT || key.size == 0)
        return fail_at(l, at, OTR_INVALID, "a key must be text");
    if (!text_ok(key))
        return fail_at(l, at, OTR_INVALID, "a control character in a key");
    entry->key = otr_arena_copy(l->arena, key);
    entry->key_line = at.line;
    entry->key_column = at.column;
    return entry->key.data == NULL ? out_of_memory(l) : note_key(l, map, entry);
}

static otr_status new_node(loader *l, const yaml_event_t *event, otr_yaml **out)
{
    if (++l->nodes > l->nodes_max) {
        otr_yaml_spot at = locate(l, event->start_mark);
        return otr_fail_at(l->error, OTR_LIMIT, at.line, at.column, "more than %zu values in one file",
                           l->nodes_max);
    }
    *out = otr_arena_alloc(l->arena, sizeof **out);
    return *out == NULL ? out_of_memory(l) : OTR_OK;
}

/* One entry of the parent, whose first event is given. */
static otr_status load_entry(loader *l, otr_yaml *parent, const yaml_event_t *event, int depth,
                             otr_yaml **out)
{
    otr_status status = new_node(l, event, out);
    if (status != OTR_OK || parent->kind == OTR_YAML_LIST)
        return status != OTR_OK ? status : load_node(l, *out, event, depth + 1);
    status = load_key(l, parent, *out, event);
    if (status != OTR_OK)
        return status;
    yaml_event_t value;
    status = next_event(l, &value);
    if (status != OTR_OK)
        return status;
    status = load_node(l, *out, &value, depth + 1);
    yaml_event_delete(&value);
    return status;
}

static otr_status load_children(loader *l, otr_yaml *parent, int depth)
{
    otr_yaml **link = &parent->first;
    for (;;) {
        yaml_event_t event;
        otr_status status = next_event(l, &event);
        if (status != OTR_OK)
            return status;
        if (event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return OTR_OK;
        }
        otr_yaml *entry = NULL;
        status = load_entry(l, parent, &event, depth, &entry);
        yaml_event_delete(&event);
        if (status != OTR_OK)
            return status;
        *link = entry;
        link = &entry->next;
    }
}

/* The events around the tree: stream start, document start, the tree, document end, stream end. */
static otr_status load_stream(loader *l, otr_yaml *root)
{
    int documents = 0;
    for (;;) {
        yaml_event_t event;
        otr_status status = next_event(l, &event);
        if (status != OTR_OK)
            return status;
        bool done = event.type == YAML_STREAM_END_EVENT;
        otr_yaml_spot at = locate(l, event.start_mark);
        if (event.type == YAML_DOCUMENT_START_EVENT) {
            const yaml_event_t *e = &event;
            if (++documents > 1)
                status = fail_at(l, at, OTR_INVALID, "a second document begins here; a file holds one");
            else if (e->data.document_start.tag_directives.start != e->data.document_start.tag_directives.end)
                status = fail_at(l, at, OTR_INVALID, "tags (%TAG) are not allowed");
        } else if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_END_EVENT && !done) {
            status = load_node(l, root, &event, 1);
        }
        yaml_event_delete(&event);
        if (status != OTR_OK || done)
            return status;
    }
}

otr_status otr_yaml_parse_within(otr_arena *arena, otr_str bytes, size_t bytes_max, size_t nodes_max,
                                 otr_yaml **root, otr_error *error)
{
    *root = NULL;
    if (bytes.size > bytes_max || bytes.size > INT32_MAX)
        return otr_fail(error, OTR_LIMIT, "the file has %zu bytes, more than %zu", bytes.size, bytes_max);
    if (otr_str_starts(bytes, OTR_STR("\xEF\xBB\xBF")))
        bytes = (otr_str){bytes.data + 3, bytes.size - 3};
    if (bytes.size == 0)
        bytes.data = ""; /* libyaml wants an address even for nothing */
    loader l = {.arena = arena, .error = error, .nodes_max = nodes_max};
    otr_yaml *top = otr_arena_alloc(arena, sizeof *top);
    if (top == NULL)
        return out_of_memory(&l);
    top->kind = OTR_YAML_MAP;
    top->line = 1;
    top->column = 1;
    otr_status status = otr_yaml_source_init(&l.source, bytes, error);
    if (status == OTR_OK && !yaml_parser_initialize(&l.parser))
        status = out_of_memory(&l);
    if (status == OTR_OK) {
        yaml_parser_set_encoding(&l.parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&l.parser, (const unsigned char *)bytes.data, bytes.size);
        status = load_stream(&l, top);
        yaml_parser_delete(&l.parser);
    }
    free(l.keys);
    otr_yaml_source_done(&l.source);
    if (status != OTR_OK)
        return status;
    if (top->kind == OTR_YAML_SCALAR && top->style == OTR_YAML_PLAIN && top->text.size == 0)
        top->kind = OTR_YAML_MAP;
    *root = top;
    return OTR_OK;
}

otr_status otr_yaml_parse(otr_arena *arena, otr_str bytes, otr_yaml **root, otr_error *error)
{
    return otr_yaml_parse_within(arena, bytes, OTR_LIMIT_PACK_BYTES, OTR_LIMIT_YAML_NODES, root, error);
}
