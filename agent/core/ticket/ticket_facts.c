/* The facts of a ticket: those of its alarm, in the words that everybody else is told, and its asset's. */
#include "core/ticket/ticket_parts.h"

#include "core/asset/whose.h"
#include "core/notice/compose.h"
#include "core/outbox/text.h"
#include "core/rule/evaluate.h"

typedef struct list {
    otr_fact *facts;
    size_t count;
} list;

static void add(list *into, const char *name, otr_str value)
{
    otr_str key = otr_str_of(name);
    if (value.size == 0 || into->count == OTR_TICKET_FACTS_MAX)
        return;
    for (size_t i = 0; i < into->count; i++)
        if (otr_str_equal(into->facts[i].name, key))
            return;
    into->facts[into->count++] = (otr_fact){key, value};
}

/* What any message about the alarm may name, so that the desk has each fact that a customer has. */
static void add_told(const otr_ticket_moment *of, otr_fact *facts, size_t *count)
{
    const otr_bound_rule *bound = &of->asset->plan->rules[of->alarm->rule];
    if (!bound->rule->notifies || bound->rule->notify.message == UINT32_MAX)
        return;
    const otr_message_entry *message = &bound->pack->pack->messages[bound->rule->notify.message];
    for (size_t i = 0; i < message->count; i++)
        for (int telling = 0; telling < OTR_TELLINGS; telling++)
            otr_event_add_facts(of->core, of->asset, of->alarm,
                                &message->texts[i].tellings[telling].parts[OTR_PART_HAPPENED], facts, count);
}

static void add_asset(const otr_ticket_moment *of, list *into)
{
    static const char *const fields[] = {"model", "serial", "lot", "warranty", "contents", "region"};
    static const char *const names[] = {"asset.model",    "asset.serial",   "asset.lot",
                                        "asset.warranty", "asset.contents", "asset.region"};
    const otr_asset *asset = of->asset->asset;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const otr_value *value = otr_asset_field(asset, otr_str_of(fields[i]));
        if (value != NULL && value->type == OTR_TYPE_STRING)
            add(into, names[i], otr_effects_copy(of->core->effects, value->text));
    }
}

static void add_place(const otr_ticket_moment *of, list *into)
{
    otr_core *core = of->core;
    uint32_t metric = otr_names_find(&core->metric_names, OTR_STR("location"));
    const otr_slot *slot = metric != OTR_NAME_NONE
                               ? otr_evaluate_slot(core, of->asset, (otr_str){NULL, 0}, metric, OTR_TIME_NONE)
                               : NULL;
    if (slot == NULL || slot->kind != OTR_KIND_LOCATION)
        return;
    const otr_place *place = otr_text_place(core, of->asset);
    add(into, "location", otr_text_slot(core, slot));
    add(into, "location.at", otr_text_minute(core, slot->at));
    if (core->now.synced && core->now.utc >= slot->at) {
        char age[OTR_TIME_TEXT_BYTES];
        size_t size = otr_span_format(core->now.utc - slot->at, age);
        add(into, "location.age", otr_effects_copy(core->effects, (otr_str){age, size}));
    }
    if (place != NULL)
        add(into, "place", place->name);
}

void otr_ticket_facts(const otr_ticket_moment *of, otr_fact *facts, size_t *count)
{
    const otr_dossier *dossier = &of->one->dossier;
    if (of->alarm != NULL)
        add_told(of, facts, count);
    list into = {facts, *count};
    if (of->problem != NULL) {
        add(&into, "problem", of->problem->id);
        add(&into, "problem.owner", of->problem->owner);
    }
    if (of->asset != NULL)
        add_asset(of, &into);
    add(&into, "customer", otr_whose_name(of->core, of->one->customer));
    if (of->asset != NULL)
        add_place(of, &into);
    if (!otr_id_is_zero(of->one->merged_into)) {
        char id[OTR_ID_TEXT_BYTES];
        otr_id_format(otr_ticket_of(of->one->merged_into), id);
        add(&into, "merged.into", otr_effects_copy(of->core->effects, otr_str_of(id)));
    }
    add(&into, "codes", otr_effects_copy(of->core->effects, dossier->codes));
    if (dossier->why > 0)
        add(&into, "queue.why", otr_names_get(&of->core->labels, dossier->why - 1));
    *count = into.count;
}

/* ---- lists ---- */

otr_str otr_ticket_member(otr_core *core, const otr_asset_state *asset)
{
    static const char *const fields[] = {"model", "serial", "lot", "warranty", "contents"};
    otr_buffer line = {0};
    const otr_place *place = otr_text_place(core, asset);
    otr_buffer_add(&line, asset->asset->name.data, asset->asset->name.size);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const otr_value *value = otr_asset_field(asset->asset, otr_str_of(fields[i]));
        if (value != NULL && value->type == OTR_TYPE_STRING)
            otr_buffer_add_format(&line, ", %s %.*s", fields[i], OTR_STR_ARG(value->text));
    }
    if (place != NULL)
        otr_buffer_add_format(&line, ", at %.*s", OTR_STR_ARG(place->name));
    return otr_compose_keep(core, &line);
}
