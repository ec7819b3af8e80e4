#include "core/question/question_tell.h"

#include "core/notice/notice_answer.h"
#include "core/notice/notice_tell.h"

#include <stdio.h>

void otr_question_row(otr_core *core, const otr_question *question, otr_notice_state state,
                      otr_notice_reason reason)
{
    otr_row_notice *row = core->effects->discard ? NULL : OTR_ROWS_ADD(core->effects, notices);
    if (row == NULL)
        return;
    *row = (otr_row_notice){
        .id = question->id,
        .revision = 1,
        .seq = core->seq,
        .contact = otr_effects_copy(core->effects, otr_names_get(&core->labels, question->customer)),
        .asset = otr_effects_copy(core->effects, otr_names_get(&core->labels, question->asset)),
        .pack = otr_effects_copy(core->effects, otr_names_get(&core->labels, question->pack)),
        .rule = otr_effects_copy(core->effects, otr_names_get(&core->labels, question->rule)),
        .case_id = question->case_id,
        .category = OTR_STR("questions"),
        .what = OTR_STR("asked"),
        .state = state,
        .reason = otr_notice_reason_text(reason),
        .decided = core->now.utc,
        .due = state == OTR_NOTICE_HELD ? question->due : OTR_TIME_NONE,
    };
}

/* ---- words ---- */

/* What the reader has to do with it. */
static otr_phrase about(otr_str persona)
{
    static const struct {
        const char *persona;
        otr_phrase phrase;
    } words[] = {
        {"consignee", OTR_PHRASE_ASKED_CONSIGNEE},   {"shipper", OTR_PHRASE_ASKED_SHIPPER},
        {"pharmacist", OTR_PHRASE_ASKED_PHARMACIST}, {"fleet-manager", OTR_PHRASE_ASKED_FLEET_MANAGER},
        {"driver", OTR_PHRASE_ASKED_DRIVER},         {"householder", OTR_PHRASE_ASKED_HOUSEHOLDER},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (otr_str_is(persona, words[i].persona))
            return words[i].phrase;
    return OTR_PHRASE_ASKED_ANYBODY;
}

static otr_phrase phrase_of(const otr_question *question)
{
    static const otr_phrase phrases[OTR_QUESTION_KINDS] = {
        [OTR_QUESTION_SATISFACTION] = OTR_PHRASE_ASK_SATISFACTION,
        [OTR_QUESTION_EFFORT] = OTR_PHRASE_ASK_EFFORT,
        [OTR_QUESTION_NPS] = OTR_PHRASE_ASK_NPS,
    };
    return question->state == OTR_QUESTION_ASKED_WHY ? OTR_PHRASE_ASK_REASON : phrases[question->kind];
}

static const struct {
    const char *fact;
    otr_phrase phrase;
} choices[OTR_QUESTION_REASON_COUNT] = {
    [OTR_QUESTION_REASON_LATE] = {"reason.late", OTR_PHRASE_REASON_LATE},
    [OTR_QUESTION_REASON_UNCLEAR] = {"reason.unclear", OTR_PHRASE_REASON_UNCLEAR},
    [OTR_QUESTION_REASON_NOT_SOLVED] = {"reason.not-solved", OTR_PHRASE_REASON_NOT_SOLVED},
    [OTR_QUESTION_REASON_HAD_TO_REPEAT] = {"reason.had-to-repeat", OTR_PHRASE_REASON_HAD_TO_REPEAT},
    [OTR_QUESTION_REASON_TOO_MANY] = {"reason.too-many-messages", OTR_PHRASE_REASON_TOO_MANY},
};

/* ---- facts, for programs that draw buttons ---- */

enum { FACTS = 4 + OTR_QUESTION_REASON_COUNT };

typedef struct wording {
    otr_core *core;
    otr_audience to;
    otr_fact facts[FACTS];
    size_t count;
    otr_buffer items; /* the reasons among which the reader chooses */
} wording;

static void add_fact(wording *into, const char *name, otr_str value)
{
    into->facts[into->count++] = (otr_fact){otr_str_of(name), otr_effects_copy(into->core->effects, value)};
}

static otr_str number_text(otr_core *core, unsigned number)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%u", number);
    return otr_effects_copy(core->effects, otr_str_of(text));
}

static void add_scale(wording *into, const otr_question *question)
{
    otr_question_kind kind = (otr_question_kind)question->kind;
    otr_question_scale scale = otr_question_scale_of(kind);
    add_fact(into, "question", otr_str_of(otr_question_kind_text(kind)));
    add_fact(into, "scale.least", number_text(into->core, scale.least));
    add_fact(into, "scale.most", number_text(into->core, scale.most));
}

/* Each reason that is not on record already. */
static void add_choices(wording *into, const otr_question *question)
{
    otr_str between = otr_phrase_semicolon(into->to.locale);
    add_fact(into, "question", OTR_STR("reason"));
    for (unsigned i = 1; i < OTR_QUESTION_REASON_COUNT; i++) {
        if ((question->known & 1U << i) != 0)
            continue;
        otr_str choice =
            otr_compose_phrase(into->core, &into->to, choices[i].phrase, OTR_PHRASE_FULL, NULL, 0);
        otr_buffer_add(&into->items, between.data, into->items.size > 0 ? between.size : 0);
        otr_buffer_add(&into->items, choice.data, choice.size);
        add_fact(into, choices[i].fact, choice);
    }
}

/* ---- messages ---- */

static otr_str asset_name(const otr_core *core, const otr_question *question)
{
    otr_str id = otr_names_get(&core->labels, question->asset);
    const otr_asset *asset = otr_assignments_asset(core->assignments, id);
    return asset != NULL ? asset->name : id;
}

static otr_notice_saying say(otr_core *core, const otr_question *question, otr_str what, otr_phrase phrase,
                             wording *words)
{
    otr_str persona = otr_names_get(&core->labels, question->persona);
    otr_str name = asset_name(core, question);
    otr_question_scale scale = otr_question_scale_of((otr_question_kind)question->kind);
    const otr_phrase_fact facts[] = {
        {.name = "asset", .text = name},
        {.name = "least", .text = number_text(core, scale.least)},
        {.name = "most", .text = number_text(core, scale.most)},
        {.name = "text",
         .text = otr_compose_phrase(core, &words->to, about(persona), OTR_PHRASE_FULL, NULL, 0)},
        {.name = "items", .text = otr_compose_keep(core, &words->items)}};
    otr_notice_saying out =
        otr_notice_say_own(core, &words->to, what, phrase, facts, sizeof facts / sizeof facts[0]);
    otr_service_event *event = &out.event;
    event->category = OTR_STR("questions");
    event->priority = OTR_STR("low");
    event->asset = otr_names_get(&core->labels, question->asset);
    event->asset_name = name;
    event->case_id = question->case_id;
    event->pack = otr_names_get(&core->labels, question->pack);
    event->rule = otr_names_get(&core->labels, question->rule);
    if (persona.size > 0)
        event->persona = persona;
    return out;
}

static uint32_t ledger_of(otr_core *core, const otr_question *question)
{
    return otr_ledger_of(core, otr_names_get(&core->labels, question->customer), false);
}

void otr_question_tell(otr_core *core, const otr_question *question, const otr_contact *wishes)
{
    static const otr_action actions[] = {{.name = {"score", 5}}, {.name = {"stop", 4}}};
    bool second = question->state == OTR_QUESTION_ASKED_WHY;
    uint32_t contact = ledger_of(core, question);
    otr_notice_saying saying = {.made = true};
    wording words = {.core = core};
    if (core->failed)
        return;
    if (!core->effects->discard) {
        words.to = otr_audience_of(core, wishes, OTR_STR(""));
        if (second)
            add_choices(&words, question);
        else
            add_scale(&words, question);
        saying = say(core, question, OTR_STR("asked"), phrase_of(question), &words);
        saying.event.facts = words.facts;
        saying.event.fact_count = words.count;
        saying.event.actions = actions;
        saying.event.action_count = sizeof actions / sizeof actions[0];
        saying.event.expires = question->due;
    }
    (void)otr_notice_message(core, contact, second ? otr_question_second(question) : question->id,
                             OTR_PRIORITY_LOW, &saying, OTR_TIME_NEVER);
    otr_buffer_done(&words.items);
}

/* What is said to who has answered. which: tells it from others about the question. */
static void confirm(otr_core *core, const otr_question *question, const otr_contact *wishes, uint64_t which,
                    otr_phrase phrase, otr_time until)
{
    uint32_t contact = ledger_of(core, question);
    otr_notice_saying saying = {.made = true};
    if (core->failed)
        return;
    if (!core->effects->discard) {
        otr_audience to = otr_audience_of(core, wishes, OTR_STR(""));
        const otr_phrase_fact facts[] = {
            {.name = "category", .text = otr_locale_category(to.locale, OTR_STR(OTR_QUESTION_CATEGORY))},
            {.name = "until",
             .text = until != OTR_TIME_NONE ? otr_compose_moment(core, &to, until) : OTR_STR("")}};
        saying = otr_notice_say_own(core, &to, OTR_STR("answer"), phrase, facts, 2);
        saying.event.asset = otr_names_get(&core->labels, question->asset);
        saying.event.asset_name = asset_name(core, question);
        saying.event.case_id = question->case_id;
    }
    otr_id id = otr_hash128('q', which, question->id.bytes, sizeof question->id.bytes);
    (void)otr_notice_message(core, contact, id, OTR_PRIORITY_LOW, &saying, OTR_TIME_NEVER);
}

void otr_question_thank(otr_core *core, const otr_question *question, const otr_contact *wishes)
{
    confirm(core, question, wishes, 3, OTR_PHRASE_CONFIRM_SCORE, OTR_TIME_NONE);
}

void otr_question_confirm_stop(otr_core *core, const otr_question *question, const otr_contact *wishes,
                               otr_time until)
{
    bool ends = until != OTR_TIME_NONE;
    /* each time that it is stopped: the input tells them apart */
    confirm(core, question, wishes, core->seq << 2,
            ends ? OTR_PHRASE_CONFIRM_STOP_UNTIL : OTR_PHRASE_CONFIRM_STOP, until);
}
