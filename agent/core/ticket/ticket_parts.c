#include "core/ticket/ticket_parts.h"

#include "codec/ticket.h"
#include "core/case/conversation.h"
#include "core/notice/compose.h"
#include "core/outbox/text.h"
#include "core/ticket/evidence.h"

/* Each list in the effects' memory; NULL with core->failed when memory is out. */
static void *make(const otr_ticket_moment *of, size_t count, size_t size)
{
    void *list = otr_arena_array(&of->core->effects->memory, count + 1, size);
    of->core->failed |= list == NULL;
    return list;
}

static void add_alarms(const otr_ticket_moment *of, otr_ticket *out)
{
    const otr_core *core = of->core;
    const otr_dossier *dossier = &of->one->dossier;
    otr_ticket_alarm *to = make(of, dossier->alarm_count, sizeof *to);
    for (uint32_t i = 0; to != NULL && i < dossier->alarm_count; i++) {
        const otr_dossier_alarm *from = &dossier->alarms[i];
        to[out->alarm_count++] = (otr_ticket_alarm){
            .alarm = from->id,
            .pack = otr_names_get(&core->labels, from->pack),
            .rule = otr_names_get(&core->labels, from->rule),
            .priority = otr_str_of(otr_priority_text(from->priority)),
            .onset = from->onset,
            .ended = from->ended,
        };
    }
    out->alarms = to;
}

static otr_str remedies(otr_core *core, const otr_knowledge_entry *entry)
{
    otr_buffer text = {0};
    for (size_t i = 0; i < entry->remedy_count; i++)
        otr_buffer_add_format(&text, "%s%.*s", i > 0 ? ", " : "", OTR_STR_ARG(entry->remedies[i]));
    return otr_compose_keep(core, &text);
}

static void add_known(const otr_ticket_moment *of, otr_ticket *out)
{
    otr_ticket_known *to = make(of, of->known.count + 1, sizeof *to);
    if (to != NULL && of->problem != NULL) /* what many cases have in common goes before what one says */
        to[out->known_count++] =
            (otr_ticket_known){.title = of->problem->id, .known_problem = of->problem->text};
    for (size_t i = 0; to != NULL && i < of->known.count; i++) {
        const otr_known_item *from = &of->known.items[i];
        otr_buffer title = {0};
        otr_known_title(from, &title);
        to[out->known_count++] = (otr_ticket_known){
            .code = from->code,
            .title = otr_compose_keep(of->core, &title),
            .cause = from->entry->cause,
            .advice = from->entry->advice,
            .known_problem = from->entry->known_problem,
            .remedies = remedies(of->core, from->entry),
        };
    }
    out->known = to;
}

static void add_said(const otr_ticket_moment *of, otr_ticket *out)
{
    static const char *const speakers[OTR_SPEAKERS] = {"gateway", "desk", "customer", "operator"};
    otr_reader reader = otr_reader_of(otr_buffer_bytes(&of->one->desk.said));
    otr_remark remark;
    size_t count = 0;
    while (otr_conversation_next(&reader, &remark))
        count++;
    otr_ticket_remark *to = make(of, count, sizeof *to);
    reader = otr_reader_of(otr_buffer_bytes(&of->one->desk.said));
    while (to != NULL && otr_conversation_next(&reader, &remark))
        to[out->said_count++] = (otr_ticket_remark){.speaker = otr_str_of(speakers[remark.speaker]),
                                                    .at = remark.at,
                                                    .what = remark.what,
                                                    .who = remark.who,
                                                    .text = remark.text};
    out->said = to;
}

/* Of another customer's case only how it ended: this ticket is kept and retained by others when that customer
 * is forgotten. */
static void add_similar(const otr_ticket_moment *of, otr_ticket *out)
{
    const otr_core *core = of->core;
    const otr_precedent *found[OTR_LIMIT_TICKET_SIMILAR];
    size_t count = otr_precedent_find(core, of->one, found);
    otr_ticket_similar *to = make(of, count, sizeof *to);
    for (size_t i = 0; to != NULL && i < count; i++) {
        bool named = found[i]->customer == 0 || found[i]->customer == of->one->customer;
        to[out->similar_count++] = (otr_ticket_similar){
            .ticket = named ? found[i]->ticket : (otr_id){{0}},
            .rule = otr_names_get(&core->labels, found[i]->rule),
            .resolution = found[i]->resolution > 0 ? otr_names_get(&core->labels, found[i]->resolution - 1)
                                                   : (otr_str){NULL, 0},
            .opened = named ? found[i]->opened : OTR_TIME_NONE,
            .closed = named ? found[i]->closed : OTR_TIME_NONE,
        };
    }
    out->similar = to;
}

otr_bytes otr_ticket_enclosed(const otr_ticket_moment *of, bool whole)
{
    otr_ticket ticket = {0};
    otr_buffer bytes = {0};
    add_alarms(of, &ticket);
    if (whole)
        add_known(of, &ticket);
    add_said(of, &ticket);
    add_similar(of, &ticket);
    if (whole && of->alarm != NULL)
        ticket.series = otr_evidence_series(of->core, of->asset, of->asset->plan->rules[of->alarm->rule].rule,
                                            &ticket.series_count);
    if (!of->core->failed && otr_ticket_encode(&bytes, &ticket, NULL) != OTR_OK)
        of->core->failed = true;
    otr_str text = otr_compose_keep(of->core, &bytes);
    return (otr_bytes){(const uint8_t *)text.data, text.size};
}
