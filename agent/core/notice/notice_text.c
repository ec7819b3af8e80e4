#include "core/notice/notice_text.h"

#include "core/outbox/event.h"

static const char *const event_words[] = {
#define X(name, row, event) [OTR_NOTICE_##name] = (event),
    OTR_NOTICE_SAYINGS(X)
#undef X
};

static const char *const row_words[] = {
#define X(name, row, event) [OTR_NOTICE_##name] = (row),
    OTR_NOTICE_SAYINGS(X)
#undef X
};

otr_str otr_notice_what_text(otr_notice_what what)
{
    OTR_ASSERT(what < OTR_NOTICE_WHATS);
    return otr_str_of(event_words[what]);
}

otr_str otr_notice_what_row(otr_notice_what what)
{
    OTR_ASSERT(what < OTR_NOTICE_WHATS);
    return otr_str_of(row_words[what]);
}

/* ---- words ---- */

/* What is over before it is told is said by what the message has for that, else by its end, else its begin.
 */
static const otr_text *find_text(const otr_message_entry *message, otr_str persona, otr_str locale,
                                 otr_notice_what what, otr_str *found)
{
    static const otr_telling past[] = {OTR_TELL_PAST, OTR_TELL_CLEARED, OTR_TELL_RAISED};
    static const otr_telling tellings[OTR_NOTICE_WHATS] = {[OTR_NOTICE_UPDATED] = OTR_TELL_UPDATED,
                                                           [OTR_NOTICE_CLEARED] = OTR_TELL_CLEARED,
                                                           [OTR_NOTICE_RETRACTED] = OTR_TELL_RETRACTED};
    const otr_text *text = NULL;
    if (what != OTR_NOTICE_PAST)
        return otr_message_find(message, persona, locale, tellings[what], found); /* else RAISED, 0 */
    for (size_t i = 0; i < 3 && text == NULL; i++)
        text = otr_message_find(message, persona, locale, past[i], found);
    return text;
}

static const otr_text *text_of(const otr_bound_rule *bound, otr_str persona, otr_str locale,
                               otr_notice_what what, otr_str *found)
{
    return find_text(&bound->pack->pack->messages[bound->rule->notify.message], persona, locale, what, found);
}

/* That it goes on, or was not so, the agent says itself. */
static bool has_phrase(otr_notice_what what)
{
    return what == OTR_NOTICE_UPDATED || what == OTR_NOTICE_RETRACTED;
}

bool otr_notice_has_text(const otr_bound_rule *bound, otr_str persona, otr_str locale, otr_notice_what what)
{
    otr_str found;
    return text_of(bound, persona, locale, what, &found) != NULL || has_phrase(what);
}

/* ---- one thing ---- */

static const otr_template *lend(otr_composition *from)
{
    otr_template *out = otr_arena_alloc(&from->core->effects->memory, sizeof *out);
    if (out == NULL) {
        from->core->failed = true;
        return NULL;
    }
    *out = otr_compose_done(from);
    return out;
}

static bool has_lead(otr_notice_what what)
{
    return what == OTR_NOTICE_REPEATED || what == OTR_NOTICE_ESCALATED;
}

/* Before the text itself: that it is a reminder, or why the second contact hears of it. */
static void add_lead(otr_composition *into, otr_notice_what what, otr_phrase_length length)
{
    if (!has_lead(what))
        return;
    otr_phrase_fact facts[] = {
        {.name = "asset", .text = into->asset->asset->name},
        {.name = "told", .text = otr_compose_moment(into->core, &into->to, into->alarm->raised)}};
    otr_phrase phrase = what == OTR_NOTICE_REPEATED ? OTR_PHRASE_REPEAT : OTR_PHRASE_ESCALATED;
    otr_compose_literal(into, otr_compose_lead(into->core, &into->to, phrase, length, facts, 2));
}

static void add_parts(otr_composition *into, const otr_text *text)
{
    bool first = true;
    for (size_t i = 0; i < OTR_PARTS; i++) {
        if (text->parts[i].count == 0)
            continue;
        if (!first)
            otr_compose_space(into);
        otr_compose_template(into, &text->parts[i]);
        first = false;
    }
}

/* NULL: it is made of the next longer one. What leads is short in it too, so it is never made of that. */
static const otr_template *short_form(const otr_composition *start, const otr_text *text,
                                      const otr_template *own, otr_notice_what what, otr_phrase_length length)
{
    otr_composition into = *start;
    if (own->count == 0 && !has_lead(what))
        return NULL;
    add_lead(&into, what, length);
    if (own->count > 0)
        otr_compose_template(&into, own);
    else if (text->brief.count > 0)
        otr_compose_template(&into, &text->brief);
    else
        add_parts(&into, text);
    return lend(&into);
}

static void say_text(otr_composition *start, const otr_text *text, otr_notice_what what,
                     otr_notice_saying *out)
{
    otr_composition into = *start;
    add_lead(&into, what, OTR_PHRASE_FULL);
    add_parts(&into, text);
    out->text = lend(&into);
    out->line = short_form(start, text, &text->line, what, OTR_PHRASE_LINE);
    out->brief = short_form(start, text, &text->brief, what, OTR_PHRASE_BRIEF);
}

static const otr_template *say_phrase(const otr_composition *start, otr_phrase phrase,
                                      otr_phrase_length length)
{
    otr_composition into = *start;
    otr_phrase_fact facts[] = {
        {.name = "asset", .text = into.asset->asset->name},
        {.name = "onset", .text = otr_compose_moment(into.core, &into.to, into.alarm->onset)},
        {.name = "told", .text = otr_compose_moment(into.core, &into.to, into.alarm->raised)}};
    otr_compose_literal(&into, otr_compose_phrase(into.core, &into.to, phrase, length, facts, 3));
    return lend(&into);
}

static otr_notice_saying start_saying(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                                      const otr_template *named)
{
    otr_notice_saying out = {.made = true, .fault = asset->plan->rules[alarm->rule].rule->fault};
    otr_fact *facts = otr_arena_array(&core->effects->memory, OTR_EVENT_FACTS_MAX + 1, sizeof *facts);
    if (facts == NULL) {
        core->failed = true;
        return out;
    }
    out.event = otr_event_facts(core, asset, alarm, facts, named);
    return out;
}

static otr_notice_saying say(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                             otr_str persona, const otr_contact *wishes, otr_notice_what what, size_t things)
{
    otr_str found = {NULL, 0};
    const otr_text *text = text_of(&asset->plan->rules[alarm->rule], persona, wishes->locale, what, &found);
    otr_notice_saying out =
        start_saying(core, asset, alarm, text != NULL ? &text->parts[OTR_PART_HAPPENED] : NULL);
    otr_composition start = {
        .core = core, .asset = asset, .alarm = alarm, .persona = persona, .things = things};
    start.to = otr_audience_of(core, wishes, found);
    if (core->failed)
        return out;
    if (what == OTR_NOTICE_RETRACTED)
        out.fault = OTR_FAULT_UNKNOWN; /* of what was not so */
    out.event.what = otr_notice_what_text(what);
    out.event.locale = text != NULL ? found : otr_locale_tag(start.to.locale);
    if (text != NULL) {
        say_text(&start, text, what, &out);
        return out;
    }
    otr_phrase phrase = what == OTR_NOTICE_RETRACTED ? OTR_PHRASE_RETRACTED : OTR_PHRASE_STILL;
    out.text = say_phrase(&start, phrase, OTR_PHRASE_FULL);
    out.brief = say_phrase(&start, phrase, OTR_PHRASE_BRIEF);
    out.line = say_phrase(&start, phrase, OTR_PHRASE_LINE);
    return out;
}

otr_notice_saying otr_notice_say(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                                 otr_str persona, const otr_contact *wishes, otr_notice_what what)
{
    return say(core, asset, alarm, persona, wishes, what, 1);
}

/* ---- a list ---- */

/* The items stand where the text has them. */
static const otr_template *with_items(otr_core *core, const otr_template *text, otr_str items)
{
    otr_composition into = {.core = core};
    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < text->count; i++) {
        const otr_piece *piece = &text->pieces[i];
        bool here = piece->kind != OTR_PIECE_LITERAL && otr_str_is(piece->text, "items");
        otr_template one = {piece, 1};
        if (here || piece->kind == OTR_PIECE_LITERAL)
            otr_compose_literal(&into, here ? items : piece->text);
        else
            otr_compose_template(&into, &one);
    }
    return lend(&into);
}

otr_notice_saying otr_notice_say_list(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                                      otr_str persona, const otr_contact *wishes, otr_str items, size_t count)
{
    otr_notice_saying out = say(core, asset, alarm, persona, wishes, OTR_NOTICE_RAISED, count);
    if (core->failed)
        return out;
    out.text = with_items(core, out.text, items);
    out.line = with_items(core, out.line, items);
    out.brief = with_items(core, out.brief, items);
    return out;
}

otr_str otr_notice_item(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_str persona,
                        const otr_contact *wishes)
{
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    const otr_message_entry *message = &bound->pack->pack->messages[bound->rule->notify.message];
    otr_str locale = wishes != NULL ? wishes->locale : OTR_STR("en");
    const otr_template *item = otr_message_item(message, persona, locale);
    otr_str found = {NULL, 0};
    (void)otr_message_find(message, persona, locale, OTR_TELL_RAISED, &found);
    otr_composition into = {.core = core, .asset = asset, .alarm = alarm, .persona = persona, .things = 1};
    into.to = otr_audience_of(core, wishes, found);
    if (item != NULL)
        otr_compose_template(&into, item);
    otr_template text = otr_compose_done(&into);
    return otr_compose_read(core, &into.to, &text, alarm->onset, alarm->ended, OTR_STR(""));
}

otr_notice_saying otr_notice_say_card(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                                      otr_str persona, const otr_contact *wishes, const otr_card *card)
{
    const otr_card_text *found = otr_card_find(card, persona, wishes->locale);
    otr_notice_saying out = start_saying(core, asset, alarm, NULL);
    otr_composition into = {.core = core, .asset = asset, .alarm = alarm, .persona = persona, .things = 1};
    into.to = otr_audience_of(core, wishes, found->locale);
    if (core->failed)
        return out;
    otr_composition line = into;
    otr_compose_template(&into, &found->text);
    out.text = lend(&into);
    if (found->line.count > 0) {
        otr_compose_template(&line, &found->line);
        out.line = lend(&line);
    }
    out.fault = OTR_FAULT_UNKNOWN;
    out.event.what = OTR_STR("advice");
    out.event.category = OTR_STR("advice");
    out.event.priority = OTR_STR("low");
    out.event.locale = found->locale;
    out.event.coverage_percent = -1; /* advice is of no interval */
    out.event.next_by = OTR_TIME_NONE;
    return out;
}

/* ---- completing it ---- */

static otr_str read_form(otr_core *core, const otr_notice_saying *saying, const otr_audience *to,
                         const otr_template *text, otr_str next)
{
    return otr_compose_read(core, to, text, saying->event.onset, saying->event.ended, next);
}

otr_str otr_notice_line(otr_core *core, const otr_notice_saying *saying)
{
    otr_audience to = {.locale = otr_locale_find(saying->event.locale), .now = core->now.utc};
    if (saying->event.line.size > 0)
        return otr_compose_item(saying->event.line);
    const otr_template *text = saying->line != NULL    ? saying->line
                               : saying->brief != NULL ? saying->brief
                                                       : saying->text;
    otr_str line =
        otr_compose_fit(core, read_form(core, saying, &to, text, OTR_STR("")), OTR_LINE_CHARACTERS);
    return otr_compose_item(line);
}

void otr_notice_add_also(otr_core *core, otr_notice_saying *saying, const otr_notice_saying *other)
{
    if (!saying->made || !other->made)
        return;
    otr_str line = otr_notice_line(core, other);
    if (saying->also.size == 0) {
        saying->also = line;
        return;
    }
    otr_buffer both = {0};
    otr_str between = otr_phrase_semicolon(otr_locale_find(saying->event.locale));
    otr_buffer_add(&both, saying->also.data, saying->also.size);
    otr_buffer_add(&both, between.data, between.size);
    otr_buffer_add(&both, line.data, line.size);
    saying->also = otr_compose_keep(core, &both);
}

static void add_sentence(otr_composition *into, otr_str text)
{
    otr_compose_space(into);
    otr_compose_literal(into, text);
}

static void add_phrase(otr_composition *into, otr_phrase phrase, const char *name, otr_str value)
{
    otr_phrase_fact fact = {.name = name, .text = value};
    add_sentence(into, otr_compose_phrase(into->core, &into->to, phrase, OTR_PHRASE_FULL, &fact, 1));
}

static otr_str why_text(otr_core *core, const otr_audience *to, const otr_service_event *event,
                        otr_str persona)
{
    otr_phrase word = OTR_PHRASE_CONSIGNEE;
    bool named = otr_phrase_persona(persona, &word);
    otr_phrase_fact facts[] = {
        {.name = "asset", .text = event->asset_name.size > 0 ? event->asset_name : event->asset},
        {.name = "persona",
         .text = named ? otr_compose_phrase(core, to, word, OTR_PHRASE_FULL, NULL, 0) : OTR_STR("")}};
    return otr_compose_phrase(core, to, named ? OTR_PHRASE_WHY_PERSONA : OTR_PHRASE_WHY, OTR_PHRASE_FULL,
                              facts, 2);
}

static void add_fault(otr_composition *into, otr_fault fault)
{
    static const otr_phrase phrases[] = {[OTR_FAULT_OURS] = OTR_PHRASE_FAULT_OURS,
                                         [OTR_FAULT_CARRIER] = OTR_PHRASE_FAULT_CARRIER,
                                         [OTR_FAULT_DEVICE] = OTR_PHRASE_FAULT_DEVICE};
    if (fault != OTR_FAULT_UNKNOWN)
        add_phrase(into, phrases[fault], "asset", OTR_STR(""));
}

static const char *fault_word(otr_fault fault)
{
    static const char *const words[] = {[OTR_FAULT_UNKNOWN] = "unknown",
                                        [OTR_FAULT_OURS] = "ours",
                                        [OTR_FAULT_CARRIER] = "carrier",
                                        [OTR_FAULT_DEVICE] = "device"};
    return words[fault];
}

enum { SURE_PERCENT = 95 }; /* from here on nothing is said of gaps */

static otr_str coverage_text(otr_core *core, const otr_audience *to, int percent)
{
    otr_buffer out = {0};
    otr_locale_percent(to->locale, &out, percent, 0);
    return otr_compose_keep(core, &out);
}

/* The text with its next filled in, and what belongs to every full text behind it. */
static void complete_text(otr_core *core, otr_notice_saying *saying, const otr_audience *to, otr_str next)
{
    otr_service_event *event = &saying->event;
    otr_composition into = {.core = core, .to = *to};
    for (size_t i = 0; i < saying->text->count; i++) {
        const otr_piece *piece = &saying->text->pieces[i];
        otr_template one = {piece, 1};
        if (piece->kind != OTR_PIECE_LITERAL && otr_str_is(piece->text, "next"))
            otr_compose_literal(&into, next);
        else
            otr_compose_template(&into, &one);
    }
    if (saying->also.size > 0)
        add_phrase(&into, OTR_PHRASE_ALSO, "items", saying->also);
    add_fault(&into, saying->fault);
    if (event->coverage_percent >= 0 && event->coverage_percent < SURE_PERCENT)
        add_phrase(&into, OTR_PHRASE_SURE, "coverage", coverage_text(core, to, event->coverage_percent));
    if (event->next_by != OTR_TIME_NONE && !saying->dated)
        add_phrase(&into, OTR_PHRASE_NEXT, "next", next);
    add_sentence(&into, event->why);
    saying->text = lend(&into);
}

void otr_notice_complete(otr_core *core, otr_notice_saying *saying, const otr_contact *wishes,
                         otr_str persona)
{
    otr_service_event *event = &saying->event;
    otr_audience to = otr_audience_of(core, wishes, event->locale);
    if (saying->text == NULL || core->failed)
        return; /* it is complete */
    otr_str next = otr_compose_moment(core, &to, event->next_by);
    otr_str full = read_form(core, saying, &to, saying->text, next);
    otr_str brief = saying->brief != NULL ? read_form(core, saying, &to, saying->brief, next) : full;
    event->brief = otr_compose_fit(core, brief, OTR_BRIEF_CHARACTERS);
    otr_str line = saying->line != NULL ? read_form(core, saying, &to, saying->line, next) : event->brief;
    event->line = otr_compose_fit(core, line, OTR_LINE_CHARACTERS);
    event->why = why_text(core, &to, event, persona);
    event->fault = otr_str_of(fault_word(saying->fault));
    complete_text(core, saying, &to, next);
}

/* ---- what may be answered ---- */

size_t otr_notice_answers(otr_notice_what what, const otr_action **out)
{
    static const otr_action open[] = {{.name = {"status", 6}}, {.name = {"known", 5}},
                                      {.name = {"help", 4}},   {.name = {"call-me", 7}},
                                      {.name = {"wrong", 5}},  {.name = {"stop", 4}}};
    static const otr_action over[] = {
        {.name = {"useful", 6}}, {.name = {"not-solved", 10}}, {.name = {"late", 4}}, {.name = {"stop", 4}}};
    static const otr_action resolved[] = {
        {.name = {"solved", 6}}, {.name = {"not-solved", 10}}, {.name = {"help", 4}}, {.name = {"stop", 4}}};
    static const otr_action opinions[] = {
        {.name = {"useful", 6}}, {.name = {"known", 5}}, {.name = {"late", 4}}};
    if (what == OTR_NOTICE_WHATS) {
        *out = opinions;
        return sizeof opinions / sizeof opinions[0];
    }
    if (what == OTR_NOTICE_RESOLVED) {
        *out = resolved;
        return sizeof resolved / sizeof resolved[0];
    }
    bool ended = what == OTR_NOTICE_CLEARED || what == OTR_NOTICE_PAST || what == OTR_NOTICE_RETRACTED;
    *out = ended ? over : open;
    return ended ? sizeof over / sizeof over[0] : sizeof open / sizeof open[0];
}
