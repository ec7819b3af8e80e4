/* The words for what the desk does, in the reader's language: the pack's, else the agent's own. */
#include "core/asset/whose.h"
#include "core/desk/code.h"
#include "core/desk/desk.h"
#include "core/notice/notice_tell.h"
#include "core/notice/told.h"
#include "core/outbox/outbox.h"

typedef struct telling {
    otr_core *core;
    otr_notice *thread;
    otr_audience to;
    otr_str locale;               /* of the reader's wishes */
    otr_thread_subject subject;   /* asset NULL: its rule is gone, and its pack's words with it */
    const otr_asset_state *asset; /* NULL: gone */
    otr_str asset_name;
} telling;

static telling start(otr_core *core, otr_notice *thread)
{
    const otr_contact *wishes = otr_ledger_wishes(core, &core->ledgers.list[thread->contact]);
    telling t = {.core = core,
                 .thread = thread,
                 .to = otr_audience_of(core, wishes, OTR_STR("")),
                 .locale = wishes != NULL ? wishes->locale : OTR_STR("en"),
                 .subject = otr_thread_subject_of(core, thread),
                 .asset = otr_whose_asset(core, thread->asset, thread->customer, thread->asset_at),
                 .asset_name = otr_thread_name(core, thread)};
    if (t.asset != NULL && t.asset->asset->name.size > 0)
        t.asset_name = t.asset->asset->name;
    return t;
}

static const otr_pack *pack_of(const telling *t)
{
    return t->subject.asset != NULL ? t->subject.asset->plan->rules[t->subject.rule].pack->pack : NULL;
}

/* ---- words of packs ---- */

static otr_str name_of(const telling *t, const otr_told_item *item)
{
    return item->name != OTR_NONE ? otr_names_get(&t->core->labels, item->name) : OTR_STR("");
}

/* Fields of the asset alone: the alarm may be forgotten. */
static otr_str fill_in(const telling *t, const otr_template *text)
{
    otr_alarm stand_in = {.rule = t->subject.rule, .ended = OTR_TIME_NONE};
    otr_composition into = {
        .core = t->core, .to = t->to, .asset = t->subject.asset, .alarm = &stand_in, .things = 1};
    otr_compose_template(&into, text);
    otr_template done = otr_compose_done(&into);
    return otr_compose_read(t->core, &t->to, &done, OTR_TIME_NONE, OTR_TIME_NONE, OTR_STR(""));
}

static otr_str read_catalogue(const telling *t, const otr_catalogue_entry *entry, otr_phrase_length length)
{
    const otr_catalogue_text *text = otr_catalogue_find(entry, t->locale);
    if (length == OTR_PHRASE_LINE && text->line.count > 0)
        return fill_in(t, &text->line);
    if (length != OTR_PHRASE_FULL && text->brief.count > 0)
        return fill_in(t, &text->brief);
    return fill_in(t, &text->text);
}

/* "a call from us". A promise is taken only while there are words for it; the pack that had them may be gone. */
static otr_str what_of(const telling *t, const otr_told_item *item)
{
    const otr_pack *pack = pack_of(t);
    otr_str slug = name_of(t, item);
    const otr_catalogue_entry *entry = pack != NULL ? otr_pack_find_promise(pack, slug) : NULL;
    const otr_case *one = entry == NULL ? otr_desk_find(t->core, t->thread->case_id) : NULL;
    otr_phrase phrase;
    if (one != NULL)
        entry = otr_desk_find_promise(t->core, one, slug);
    if (entry != NULL)
        return fill_in(t, &otr_catalogue_find(entry, t->locale)->text);
    if (!otr_phrase_promise(slug, &phrase))
        phrase = OTR_PHRASE_AGREED;
    return otr_compose_phrase(t->core, &t->to, phrase, OTR_PHRASE_FULL, NULL, 0);
}

/* ---- sentences ---- */

static otr_str say_phrase(const telling *t, otr_phrase phrase, otr_phrase_length length,
                          const otr_told_item *item, otr_str items)
{
    bool named = item->name != OTR_NONE;
    const otr_phrase_fact facts[] = {
        {.name = "asset", .text = t->asset_name},
        {.name = "what", .text = named ? what_of(t, item) : OTR_STR("")},
        {.name = "by", .text = otr_compose_moment(t->core, &t->to, item->by)},
        {.name = "before", .text = otr_compose_moment(t->core, &t->to, item->before)},
        {.name = "items", .text = items}};
    return otr_compose_phrase(t->core, &t->to, phrase, length, facts, sizeof facts / sizeof facts[0]);
}

/* All that is promised is one sentence. */
static otr_str say_promised(const telling *t, otr_phrase_length length, const otr_told_item *first)
{
    otr_str between = otr_phrase_semicolon(t->to.locale);
    otr_buffer items = {0};
    for (uint32_t i = 0; i < t->thread->desk_count; i++) {
        const otr_told_item *item = &t->thread->desk[i];
        if (item->what != OTR_NOTICE_PROMISED)
            continue;
        otr_str text = say_phrase(t, OTR_PHRASE_PROMISE_ITEM, OTR_PHRASE_FULL, item, OTR_STR(""));
        otr_buffer_add(&items, between.data, items.size > 0 ? between.size : 0);
        otr_buffer_add(&items, text.data, text.size);
    }
    return say_phrase(t, OTR_PHRASE_PROMISED, length, first, otr_compose_keep(t->core, &items));
}

static otr_str say_item(const telling *t, const otr_told_item *item, otr_phrase_length length)
{
    static const otr_phrase phrases[OTR_NOTICE_WHATS] = {
        [OTR_NOTICE_KEPT] = OTR_PHRASE_PROMISE_KEPT,    [OTR_NOTICE_REMEDY] = OTR_PHRASE_REMEDY,
        [OTR_NOTICE_MOVED] = OTR_PHRASE_PROMISE_MOVED,  [OTR_NOTICE_RESOLVED] = OTR_PHRASE_RESOLVED,
        [OTR_NOTICE_REOPENED] = OTR_PHRASE_REOPENED,    [OTR_NOTICE_OWED] = OTR_PHRASE_PROMISE_OWED,
        [OTR_NOTICE_MISSED] = OTR_PHRASE_PROMISE_MISSED};
    const otr_pack *pack = pack_of(t);
    if (item->what == OTR_NOTICE_PROMISED)
        return say_promised(t, length, item);
    if (item->what == OTR_NOTICE_KEPT && item->by != OTR_TIME_NONE)
        return say_phrase(t, OTR_PHRASE_PROMISE_LATE, length, item, OTR_STR(""));
    if (item->what == OTR_NOTICE_RESOLVED && pack != NULL) {
        const otr_catalogue_entry *entry = otr_pack_find_resolution(pack, name_of(t, item));
        if (entry != NULL)
            return read_catalogue(t, entry, length);
    }
    if (item->what == OTR_NOTICE_REMEDY && pack != NULL) {
        const otr_remedy *remedy = otr_pack_find_remedy(pack, name_of(t, item));
        if (remedy != NULL)
            return read_catalogue(t, &remedy->told, length);
    }
    return say_phrase(t, phrases[item->what], length, item, OTR_STR(""));
}

static void add_sentence(const telling *t, otr_buffer *out, otr_str sentence)
{
    otr_str space = otr_phrase_space(t->to.locale);
    otr_buffer_add(out, space.data, out->size > 0 ? space.size : 0);
    otr_buffer_add(out, sentence.data, sentence.size);
}

/* In the order in which it happened. */
static otr_str say_all(const telling *t)
{
    otr_buffer out = {0};
    bool promised = false;
    bool resolved = false;
    for (uint32_t i = 0; i < t->thread->desk_count; i++) {
        const otr_told_item *item = &t->thread->desk[i];
        resolved |= item->what == OTR_NOTICE_RESOLVED;
        if (item->what != OTR_NOTICE_PROMISED || !promised)
            add_sentence(t, &out, say_item(t, item, OTR_PHRASE_FULL));
        promised |= item->what == OTR_NOTICE_PROMISED;
    }
    if (resolved)
        add_sentence(t, &out,
                     otr_compose_phrase(t->core, &t->to, OTR_PHRASE_RESOLVED_ASK, OTR_PHRASE_FULL, NULL, 0));
    return otr_compose_keep(t->core, &out);
}

/* ---- the message ---- */

static const otr_template *lend(const telling *t, otr_str text)
{
    otr_template *out = otr_arena_alloc(&t->core->effects->memory, sizeof *out);
    otr_composition into = {.core = t->core, .to = t->to};
    otr_compose_literal(&into, text);
    t->core->failed |= out == NULL;
    if (out != NULL)
        *out = otr_compose_done(&into);
    return out;
}

/* For programs: what it is of, and by when. */
static void add_facts(const telling *t, otr_service_event *event)
{
    uint32_t count = t->thread->desk_count;
    otr_fact *facts = otr_arena_array(&t->core->effects->memory, (size_t)count * 2 + 1, sizeof *facts);
    t->core->failed |= facts == NULL;
    event->facts = facts;
    for (uint32_t i = 0; i < count && facts != NULL; i++) {
        const otr_told_item *item = &t->thread->desk[i];
        char by[OTR_TIME_TEXT_BYTES];
        if (item->name == OTR_NONE)
            continue;
        facts[event->fact_count++] =
            (otr_fact){otr_notice_what_row((otr_notice_what)item->what), name_of(t, item)};
        if (item->by != OTR_TIME_NONE && otr_time_format(item->by, by) > 0)
            facts[event->fact_count++] =
                (otr_fact){OTR_STR("by"), otr_effects_copy(t->core->effects, otr_str_of(by))};
    }
}

static const otr_told_item *leading(const otr_notice *thread, otr_notice_what lead)
{
    uint32_t at = 0;
    while (thread->desk[at].what != lead)
        at++;
    return &thread->desk[at];
}

otr_notice_saying otr_told_say(otr_core *core, otr_notice *thread)
{
    telling t = start(core, thread);
    const otr_notice_alarm *alarm = &thread->alarms[0];
    otr_notice_what lead = otr_told_lead(thread->desk, thread->desk_count);
    const otr_told_item *item = leading(thread, lead);
    otr_notice_saying out = {
        .made = true,
        .dated = lead == OTR_NOTICE_PROMISED || lead == OTR_NOTICE_MOVED,
        .event = {.what = otr_notice_what_text(lead),
                  .locale = otr_locale_tag(t.to.locale),
                  .decided = core->now.utc,
                  .onset = OTR_TIME_NONE,
                  .raised = OTR_TIME_NONE,
                  .ended = OTR_TIME_NONE,
                  .detected = OTR_TIME_NONE,
                  .next_by = OTR_TIME_NONE,
                  .expires = OTR_TIME_NEVER,
                  .coverage_percent = -1,
                  .alarm = alarm->id,
                  .case_id = thread->case_id,
                  .pack = otr_names_get(&core->labels, alarm->pack),
                  .rule = otr_names_get(&core->labels, alarm->rule),
                  .priority = otr_str_of(otr_priority_text((otr_priority)alarm->priority)),
                  .category = otr_names_get(&core->labels, thread->category),
                  .asset = otr_names_get(&core->labels, thread->asset),
                  .asset_name = t.asset_name}};
    if (t.asset != NULL)
        out.event.asset_class = t.asset->asset->class;
    add_facts(&t, &out.event);
    out.text = lend(&t, say_all(&t));
    out.brief = lend(&t, say_item(&t, item, OTR_PHRASE_BRIEF));
    out.line = lend(&t, say_item(&t, item, OTR_PHRASE_LINE));
    return out;
}

otr_notice_saying otr_told_with(otr_core *core, otr_notice *thread, otr_notice_what what,
                                const otr_notice_saying *saying)
{
    otr_notice_saying out = *saying;
    otr_template *text = otr_arena_alloc(&core->effects->memory, sizeof *text);
    if (otr_told_is_desk(what) || thread->desk_count == 0 || saying->text == NULL || text == NULL)
        return out;
    telling t = start(core, thread);
    otr_composition into = {.core = core, .to = t.to};
    for (size_t i = 0; i < saying->text->count; i++)
        otr_compose_piece(&into, &saying->text->pieces[i]);
    otr_compose_space(&into);
    otr_compose_literal(&into, say_all(&t));
    *text = otr_compose_done(&into);
    out.text = text;
    return out;
}

otr_str otr_told_join(otr_core *core, otr_notice *thread, otr_str body)
{
    otr_service_event event;
    telling t = start(core, thread);
    otr_buffer text = {0};
    otr_buffer whole = {0};
    if (thread->desk_count == 0 ||
        otr_outbox_render(&core->effects->memory, body, core->now.utc, &event, NULL) != OTR_OK)
        return body;
    add_sentence(&t, &text, event.text);
    add_sentence(&t, &text, say_all(&t));
    event.text = otr_compose_keep(core, &text);
    otr_outbox_encode(&whole, &event, NULL);
    core->failed |= whole.failed;
    return otr_compose_keep(core, &whole);
}
