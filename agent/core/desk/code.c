#include "core/desk/code.h"

#include "core/desk/desk.h"
#include "text/phrases.h"

/* What a refusal lists of a catalogue: a desk that mistyped finds its code among these. */
enum { KNOWN_BYTES_MAX = 1000 };

/* A rule of the pack may have raised an alarm of the case: its title names it, else its category does. */
static bool is_of(const otr_core *core, const otr_case *one, const otr_pack *pack)
{
    otr_str category = otr_names_get(&core->labels, one->category);
    otr_str title = one->title != OTR_NONE ? otr_names_get(&core->labels, one->title) : OTR_STR("");
    for (size_t i = 0; i < pack->rule_count; i++)
        if (otr_str_equal(pack->rules[i].category, category) &&
            (title.size == 0 || otr_str_equal(pack->rules[i].name, title)))
            return true;
    return false;
}

const otr_pack *otr_desk_pack_next(const otr_core *core, const otr_case *one, uint32_t *at)
{
    while (*at < core->content_count) {
        const otr_loaded_pack *loaded = core->contents[(*at)++].loaded;
        if (loaded != NULL && is_of(core, one, loaded->pack))
            return loaded->pack;
    }
    return NULL;
}

const otr_remedy *otr_desk_find_remedy(const otr_core *core, const otr_case *one, otr_str name)
{
    const otr_remedy *found = NULL;
    const otr_pack *pack;
    for (uint32_t at = 0; found == NULL && (pack = otr_desk_pack_next(core, one, &at)) != NULL;)
        found = otr_pack_find_remedy(pack, name);
    return found;
}

const otr_catalogue_entry *otr_desk_find_promise(const otr_core *core, const otr_case *one, otr_str what)
{
    const otr_catalogue_entry *found = NULL;
    const otr_pack *pack;
    for (uint32_t at = 0; found == NULL && (pack = otr_desk_pack_next(core, one, &at)) != NULL;)
        found = otr_pack_find_promise(pack, what);
    return found;
}

bool otr_desk_may_promise(const otr_core *core, const otr_case *one, otr_str what)
{
    otr_phrase phrase;
    return otr_desk_find_promise(core, one, what) != NULL || otr_phrase_promise(what, &phrase);
}

bool otr_desk_may_resolve(const otr_core *core, const otr_case *one, otr_str code)
{
    bool listed = false;
    const otr_pack *pack;
    for (uint32_t at = 0; (pack = otr_desk_pack_next(core, one, &at)) != NULL;) {
        listed |= pack->resolution_count > 0;
        if (otr_pack_find_resolution(pack, code) != NULL)
            return true;
    }
    return !listed || otr_str_is(code, OTR_RESOLUTION_OTHER);
}

/* ---- what is known ---- */

static void add_code(otr_buffer *out, otr_str code)
{
    if (out->size >= KNOWN_BYTES_MAX)
        return;
    if (out->size + code.size + 2 > KNOWN_BYTES_MAX)
        code = OTR_STR("...");
    otr_buffer_add(out, ", ", out->size > 0 ? 2 : 0);
    otr_buffer_add(out, code.data, code.size);
}

static void add_entries(otr_buffer *out, const otr_catalogue_entry *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_code(out, list[i].name);
}

static void add_pack(otr_buffer *out, const otr_pack *pack, otr_refusal refusal)
{
    if (refusal == OTR_REFUSAL_NO_WORDS)
        add_entries(out, pack->promises, pack->promise_count);
    if (refusal == OTR_REFUSAL_NO_CODE)
        add_entries(out, pack->resolutions, pack->resolution_count);
    for (size_t i = 0; refusal == OTR_REFUSAL_NO_REMEDY && i < pack->remedy_count; i++)
        add_code(out, pack->remedies[i].told.name);
}

otr_str otr_desk_known(otr_core *core, const otr_command *command, otr_refusal refusal)
{
    bool lists =
        refusal == OTR_REFUSAL_NO_WORDS || refusal == OTR_REFUSAL_NO_CODE || refusal == OTR_REFUSAL_NO_REMEDY;
    const otr_case *one = lists ? otr_desk_find(core, command->desk.ticket) : NULL;
    otr_buffer text = {0};
    const otr_pack *pack;
    otr_str own;
    if (one == NULL)
        return OTR_STR("");
    for (uint32_t at = 0; (pack = otr_desk_pack_next(core, one, &at)) != NULL;)
        add_pack(&text, pack, refusal);
    for (size_t i = 0; refusal == OTR_REFUSAL_NO_WORDS && otr_phrase_promise_word(i, &own); i++)
        add_code(&text, own);
    if (refusal == OTR_REFUSAL_NO_CODE)
        add_code(&text, OTR_STR(OTR_RESOLUTION_OTHER));
    core->failed |= text.failed;
    otr_str copy = otr_effects_copy(core->effects, otr_buffer_text(&text));
    otr_buffer_done(&text);
    return copy;
}
