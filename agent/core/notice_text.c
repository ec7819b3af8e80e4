#include "core/notice_text.h"

#include "core/event.h"
#include "core/outbox.h"

#include <stdio.h>

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

static const otr_piece still_pieces[] = {
    {.kind = OTR_PIECE_VALUE, .text = {"asset.name", 10}, .name = {"asset.name", 10}},
    {.kind = OTR_PIECE_LITERAL, .text = {": not over yet. It began ", 25}},
    {.kind = OTR_PIECE_VALUE, .text = {"onset", 5}, .name = {"onset", 5}},
    {.kind = OTR_PIECE_LITERAL, .text = {".", 1}},
};
static const otr_piece wrong_pieces[] = {
    {.kind = OTR_PIECE_VALUE, .text = {"asset.name", 10}, .name = {"asset.name", 10}},
    {.kind = OTR_PIECE_LITERAL, .text = {": what we told you was not so. We are sorry.", 44}},
};
static const otr_template still_text = {still_pieces, 4};
static const otr_template wrong_text = {wrong_pieces, 2};

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

static const otr_template *template_of(const otr_bound_rule *bound, otr_str persona, otr_str locale,
                                       otr_notice_what what, otr_str *found)
{
    const otr_message_entry *message = &bound->pack->pack->messages[bound->rule->notify.message];
    const otr_text *text = find_text(message, persona, locale, what, found);
    if (text != NULL)
        return &text->parts[OTR_PART_HAPPENED];
    if (what != OTR_NOTICE_UPDATED && what != OTR_NOTICE_RETRACTED)
        return NULL;
    *found = OTR_STR("en");
    return what == OTR_NOTICE_UPDATED ? &still_text : &wrong_text;
}

bool otr_notice_has_text(const otr_bound_rule *bound, otr_str persona, otr_str locale, otr_notice_what what)
{
    otr_str found;
    return template_of(bound, persona, locale, what, &found) != NULL;
}

otr_notice_saying otr_notice_say(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                                 otr_str persona, otr_str locale, otr_notice_what what)
{
    otr_notice_saying out = {.made = true};
    otr_str found = {NULL, 0};
    otr_fact *facts = otr_arena_array(&core->effects->memory, OTR_EVENT_FACTS_MAX, sizeof *facts);
    out.text = template_of(&asset->plan->rules[alarm->rule], persona, locale, what, &found);
    if (facts == NULL) {
        core->failed = true;
        return out;
    }
    out.event = otr_event_facts(core, asset, alarm, facts, out.text);
    out.event.what = otr_notice_what_text(what);
    out.event.locale = found;
    return out;
}

/* ---- many at once ---- */

otr_str otr_notice_line(otr_core *core, const otr_notice_saying *saying)
{
    return otr_outbox_fill(&core->effects->memory, saying->text, &saying->event, core->now.utc);
}

/* An event that is of no alarm. */
static otr_notice_saying plain(const otr_core *core, otr_str what, otr_str text)
{
    return (otr_notice_saying){.made = true,
                               .event = {.locale = OTR_STR("en"),
                                         .what = what,
                                         .category = what,
                                         .text = text,
                                         .decided = core->now.utc,
                                         .onset = OTR_TIME_NONE,
                                         .raised = OTR_TIME_NONE,
                                         .ended = OTR_TIME_NONE,
                                         .detected = OTR_TIME_NONE,
                                         .next_by = OTR_TIME_NONE,
                                         .expires = OTR_TIME_NEVER,
                                         .coverage_percent = -1}};
}

otr_notice_saying otr_notice_say_digest(otr_core *core, const otr_contact *wishes, bool flood, otr_str items,
                                        size_t count)
{
    otr_buffer text = {0};
    (void)wishes;
    otr_buffer_add_format(&text, flood ? "%zu of your things report the same: " : "%zu things: ", count);
    otr_buffer_add(&text, items.data, items.size);
    core->failed |= text.failed;
    otr_str copy = otr_effects_copy(core->effects, otr_buffer_text(&text));
    otr_buffer_done(&text);
    return plain(core, flood ? OTR_STR("flood") : OTR_STR("digest"), copy);
}

otr_notice_saying otr_notice_say_answer(otr_core *core, const otr_contact *wishes, const otr_notice *thread,
                                        otr_customer_action action)
{
    otr_buffer text = {0};
    (void)thread;
    if (wishes == NULL)
        return (otr_notice_saying){.made = false};
    otr_buffer_add_format(&text, "We have your answer: %s.", otr_customer_action_text(action));
    core->failed |= text.failed;
    otr_str copy = otr_effects_copy(core->effects, otr_buffer_text(&text));
    otr_buffer_done(&text);
    return plain(core, OTR_STR("answer"), copy);
}

/* ---- answers ---- */

size_t otr_notice_answers(otr_notice_what what, const otr_action **out)
{
    static const otr_action open[] = {{.name = {"status", 6}}, {.name = {"known", 5}},
                                      {.name = {"help", 4}},   {.name = {"call-me", 7}},
                                      {.name = {"wrong", 5}},  {.name = {"stop", 4}}};
    static const otr_action over[] = {
        {.name = {"useful", 6}}, {.name = {"not-solved", 10}}, {.name = {"late", 4}}, {.name = {"stop", 4}}};
    bool ended = what == OTR_NOTICE_CLEARED || what == OTR_NOTICE_PAST || what == OTR_NOTICE_RETRACTED;
    *out = ended ? over : open;
    return ended ? sizeof over / sizeof over[0] : sizeof open / sizeof open[0];
}
