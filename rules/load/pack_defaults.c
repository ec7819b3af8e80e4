/* defaults: fields for assets that do not have them. Each must be one that something in the pack reads: a
 * slip in its name would leave a rule without its limit, and nobody would hear of it. */
#include "rules/load/nearest.h"
#include "rules/load/pack_build.h"

#include <stdio.h>

static otr_status load_entry(const otr_pack_build *build, otr_field_list *fields, const otr_yaml *entry)
{
    bool limit = otr_str_is(entry->key, "limit");
    if (!limit && otr_fields_key_is_fixed(entry->key))
        return otr_fail_at(build->error, OTR_INVALID, entry->key_line, entry->key_column,
                           "%.*s is the asset's own and has no default", OTR_STR_ARG(entry->key));
    size_t before = fields->count;
    otr_status status = otr_fields_check_key(fields, entry);
    if (status == OTR_OK)
        status = otr_fields_add(fields, entry, limit);
    const otr_yaml *value = entry->kind == OTR_YAML_MAP ? entry->first : entry;
    for (size_t i = before; i < fields->count && status == OTR_OK; i++, value = value->next)
        if (fields->list[i].value.type == OTR_TYPE_NULL)
            return otr_pack_fail(build, value, "a default is a value; none is for an asset to say");
    return status;
}

otr_status otr_pack_defaults(otr_pack_build *build, const otr_yaml *node)
{
    otr_pack *pack = build->pack;
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status != OTR_OK)
        return status;
    otr_field_list fields = {.memory = &pack->memory, .error = build->error};
    fields.list = otr_arena_array(&pack->memory, otr_fields_count(node), sizeof *fields.list);
    if (fields.list == NULL)
        return otr_pack_memory(build);
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = load_entry(build, &fields, entry);
    otr_fields_sort(&fields);
    pack->defaults = fields.list;
    pack->default_count = fields.count;
    return status;
}

/* ---- whether each is read ---- */

/* path: after "asset.", as in an otr_field. */
static bool is_path(otr_str name, otr_str path)
{
    static const otr_str prefix = {"asset.", 6};
    return otr_str_starts(name, prefix) &&
           otr_str_equal((otr_str){name.data + prefix.size, name.size - prefix.size}, path);
}

static bool template_reads(const otr_template *text, otr_str path)
{
    for (size_t i = 0; i < text->count; i++)
        if (text->pieces[i].kind != OTR_PIECE_LITERAL && is_path(text->pieces[i].text, path))
            return true;
    return false;
}

static bool text_reads(const otr_text *text, otr_str path)
{
    bool reads = template_reads(&text->line, path) || template_reads(&text->brief, path);
    for (unsigned i = 0; i < OTR_PARTS && !reads; i++)
        reads = template_reads(&text->parts[i], path);
    return reads;
}

static bool message_reads(const otr_message_entry *message, otr_str path)
{
    for (size_t i = 0; i < message->count; i++) {
        if (template_reads(&message->texts[i].item, path))
            return true;
        for (unsigned t = 0; t < OTR_TELLINGS; t++)
            if (text_reads(&message->texts[i].tellings[t], path))
                return true;
    }
    return false;
}

static bool card_reads(const otr_card *card, otr_str path)
{
    for (size_t i = 0; i < card->count; i++)
        if (template_reads(&card->texts[i].text, path))
            return true;
    return false;
}

static bool pack_reads(const otr_pack *pack, otr_str path)
{
    for (uint32_t i = 0; i < pack->symbols.count; i++)
        if (pack->symbols.list[i].kind == OTR_SYMBOL_FIELD && is_path(pack->symbols.list[i].path, path))
            return true;
    for (size_t i = 0; i < pack->rule_count; i++)
        if (template_reads(&pack->rules[i].cause, path))
            return true;
    for (size_t i = 0; i < pack->message_count; i++)
        if (message_reads(&pack->messages[i], path))
            return true;
    for (size_t i = 0; i < pack->card_count; i++)
        if (card_reads(&pack->cards[i], path))
            return true;
    return false;
}

static otr_status check_read(const otr_pack_build *build, const otr_yaml *entry, otr_str group)
{
    const otr_symbols *symbols = &build->pack->symbols;
    char text[160];
    int size = group.size == 0
                   ? snprintf(text, sizeof text, "%.*s", OTR_STR_ARG(entry->key))
                   : snprintf(text, sizeof text, "%.*s.%.*s", OTR_STR_ARG(group), OTR_STR_ARG(entry->key));
    otr_str path = {text, (size_t)size};
    if (pack_reads(build->pack, path))
        return OTR_OK;
    char whole[sizeof text + 8];
    size = snprintf(whole, sizeof whole, "asset.%s", text);
    otr_nearest nearest = {0};
    for (uint32_t i = 0; i < symbols->count; i++)
        if (symbols->list[i].kind == OTR_SYMBOL_FIELD)
            otr_nearest_offer(&nearest, (otr_str){whole, (size_t)size}, symbols->list[i].path);
    return otr_fail_at(build->error, OTR_INVALID, entry->key_line, entry->key_column,
                       "nothing in this pack reads %s%s%.*s%s", whole, OTR_NEAREST_ARG(nearest));
}

otr_status otr_pack_check_defaults(const otr_pack_build *build, const otr_yaml *node)
{
    otr_status status = OTR_OK;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        if (entry->kind != OTR_YAML_MAP)
            status = check_read(build, entry, OTR_STR(""));
        for (const otr_yaml *part = entry->kind == OTR_YAML_MAP ? entry->first : NULL;
             part != NULL && status == OTR_OK; part = part->next)
            status = check_read(build, part, entry->key);
    }
    return status;
}
