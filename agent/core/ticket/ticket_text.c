/* Title and description of a ticket: plain English for staff. */
#include "core/ticket/ticket_parts.h"

#include "core/notice/compose.h"
#include "core/outbox/text.h"

enum { VALUES_NOW = 3 }; /* in a description; all are in the evidence */

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* TemperatureExcursion: "Temperature excursion"; what is not written so stays as it is. */
static void add_words(otr_buffer *out, otr_str name)
{
    for (size_t i = 0; i < name.size; i++) {
        bool begins = i > 0 && is_capital(name.data[i]) && !is_capital(name.data[i - 1]);
        bool alone = i + 1 < name.size && is_capital(name.data[i + 1]);
        otr_buffer_add(out, " ", begins);
        otr_buffer_add_u8(out, (uint8_t)(begins && !alone ? small(name.data[i]) : name.data[i]));
    }
}

static bool same_words(otr_str a, otr_str b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (small(a.data[i]) != small(b.data[i]))
            return false;
    return true;
}

otr_str otr_ticket_title(const otr_ticket_moment *of)
{
    otr_core *core = of->core;
    otr_buffer text = {0};
    otr_buffer words = {0};
    otr_str label = otr_names_get(&core->labels, of->one->asset);
    bool own = of->asset != NULL && otr_str_equal(of->asset->asset->id, label); /* and not a list */
    otr_str name = own ? of->asset->asset->name : label;
    add_words(&words, otr_names_get(&core->labels, of->one->title));
    otr_buffer_add_format(&text, "%.*s: ", OTR_STR_ARG(name));
    const otr_known_item *best = own && of->known.count > 0 ? &of->known.items[0] : NULL;
    otr_str inner = best != NULL && best->code.size > 0 ? best->code : otr_buffer_text(&words);
    if (best == NULL) {
        otr_buffer_add(&text, words.data, words.size);
    } else {
        otr_known_title(best, &text);
        if (!same_words(inner, best->entry->title))
            otr_buffer_add_format(&text, " (%.*s)", OTR_STR_ARG(inner));
    }
    otr_str title = otr_compose_keep(core, &text);
    otr_buffer_done(&words);
    return title;
}

/* ---- description ---- */

/* One sentence, with a full stop. */
static void add_sentence(otr_buffer *out, const char *lead, otr_str text)
{
    if (text.size == 0)
        return;
    otr_buffer_add_format(out, "%s%s", out->size > 0 ? " " : "", lead);
    bool first = lead[0] == '\0' && text.data[0] >= 'a' && text.data[0] <= 'z';
    otr_buffer_add_u8(out, (uint8_t)(first ? text.data[0] - 'a' + 'A' : text.data[0]));
    otr_buffer_add(out, text.data + 1, text.size - 1);
    char end = text.data[text.size - 1];
    if (end != '.' && end != '!' && end != '?')
        otr_buffer_add_u8(out, '.');
}

static void add_times(otr_core *core, const otr_alarm *alarm, otr_buffer *out)
{
    otr_str onset = otr_text_minute(core, alarm->onset);
    bool late = alarm->detected != OTR_TIME_NONE && alarm->detected - alarm->raised > OTR_MINUTE;
    otr_buffer_add_format(out, "%s", out->size > 0 ? " " : "");
    if (alarm->ended == OTR_TIME_NONE)
        otr_buffer_add_format(out, "It began %.*s and goes on.", OTR_STR_ARG(onset));
    else
        otr_buffer_add_format(out, "It lasted from %.*s to %.*s.", OTR_STR_ARG(onset),
                              OTR_STR_ARG(otr_text_minute(core, alarm->ended)));
    if (late)
        otr_buffer_add_format(out, " We know of it since %.*s, when late readings came.",
                              OTR_STR_ARG(otr_text_minute(core, alarm->detected)));
}

static void add_now(otr_core *core, const otr_service_event *event, otr_buffer *out)
{
    size_t count = 0;
    for (size_t i = 0; i < event->evidence_count && count < VALUES_NOW; i++) {
        const otr_evidence *one = &event->evidence[i];
        if (one->value.size == 0 || otr_str_is(one->metric, "location"))
            continue;
        otr_buffer_add_format(out, "%s%.*s ", count == 0 ? " Last heard: " : "; ", OTR_STR_ARG(one->metric));
        otr_str value = one->unit.size > 0 ? otr_text_quantity(core, one->value, one->unit) : one->value;
        otr_buffer_add_format(out, "%.*s at %.*s", OTR_STR_ARG(value),
                              OTR_STR_ARG(otr_text_minute(core, one->at)));
        count++;
    }
    if (count > 0)
        otr_buffer_add_u8(out, '.');
}

static void add_certainty(const otr_service_event *event, otr_buffer *out)
{
    if (event->coverage_percent == 100)
        otr_buffer_add_format(out, " Readings cover all of that time.");
    else if (event->coverage_percent >= 0)
        otr_buffer_add_format(out, " Readings cover %d %% of that time.", event->coverage_percent);
}

otr_str otr_ticket_description(const otr_ticket_moment *of, const otr_service_event *event)
{
    otr_buffer text = {0};
    add_sentence(&text, "", event->cause);
    if (of->alarm != NULL) {
        add_times(of->core, of->alarm, &text);
        add_now(of->core, event, &text);
        add_certainty(event, &text);
    }
    if (of->one->alarm_count > 1)
        otr_buffer_add_format(&text, " %u alarms in this case so far.", of->one->alarm_count);
    if (of->one->asked)
        otr_buffer_add_format(&text, " The customer asks for people.");
    if (of->problem != NULL)
        add_sentence(&text, "Known problem: ", of->problem->text);
    if (of->known.count > 0) {
        const otr_knowledge_entry *best = of->known.items[0].entry;
        if (of->problem == NULL)
            add_sentence(&text, "Known problem: ", best->known_problem);
        add_sentence(&text, "Most likely: ", best->cause);
        add_sentence(&text, "First: ", best->advice);
    }
    return otr_compose_keep(of->core, &text);
}
