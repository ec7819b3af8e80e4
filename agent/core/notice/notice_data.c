/* What is stored of one reader, as a plain list: what they wish, what they stopped, what was counted, and
 * what is open for them. */
#include "core/notice/notice_answer.h"

#include "core/notice/contact.h"
#include "core/notice/notice_thread.h"

enum { WEEK = 7 };

static const otr_ledger *ledger_of(const otr_answer *a)
{
    return &a->core->ledgers.list[a->thread->contact];
}

static void add_item(otr_answer *a, otr_buffer *items, otr_phrase phrase, const otr_phrase_fact *facts,
                     size_t count)
{
    otr_str between = otr_phrase_semicolon(a->to.locale);
    if (items->size > 0)
        otr_buffer_add(items, between.data, between.size);
    otr_phrase_say(a->to.locale, items, phrase, OTR_PHRASE_FULL, facts, count);
}

static void add_text(otr_answer *a, otr_buffer *items, otr_phrase phrase, const char *name, otr_str text)
{
    const otr_phrase_fact fact = {.name = name, .text = text};
    if (text.size > 0)
        add_item(a, items, phrase, &fact, 1);
}

static void add_count(otr_answer *a, otr_buffer *items, otr_phrase phrase, size_t number)
{
    const otr_phrase_fact fact = {.name = "count", .number = (double)number};
    add_item(a, items, phrase, &fact, 1);
}

static void add_word(const otr_answer *a, otr_buffer *list, otr_str word)
{
    otr_str between = otr_phrase_comma(a->to.locale);
    if (list->size > 0)
        otr_buffer_add(list, between.data, between.size);
    otr_buffer_add(list, word.data, word.size);
}

/* ---- items ---- */

static otr_str channels(otr_answer *a)
{
    otr_buffer list = {0};
    for (size_t i = 0; i < a->wishes->channel_count; i++)
        add_word(a, &list, a->wishes->channels[i]);
    return otr_compose_keep(a->core, &list);
}

static otr_str time_of_day(otr_answer *a, uint16_t minute)
{
    const otr_civil at = {.year = 2000, .month = 1, .day = 1, .hour = minute / 60, .minute = minute % 60};
    otr_buffer out = {0};
    otr_locale_time(a->to.locale, &out, at);
    return otr_compose_keep(a->core, &out);
}

static bool is_opted_out(const otr_contact *wishes, otr_str category)
{
    for (size_t i = 0; i < wishes->opt_out_count; i++)
        if (otr_str_equal(wishes->opt_outs[i], category))
            return true;
    return false;
}

/* The contact's own list, and what was stopped since; *all: everything was. */
static otr_str stopped(otr_answer *a, bool *all)
{
    const otr_ledger *ledger = ledger_of(a);
    otr_buffer list = {0};
    *all = false;
    for (size_t i = 0; i < a->wishes->opt_out_count; i++)
        add_word(a, &list, a->wishes->opt_outs[i]);
    for (uint32_t i = 0; i < ledger->stop_count; i++) {
        const otr_stop *stop = &ledger->stops[i];
        if (stop->until <= a->core->now.utc)
            continue;
        if (stop->category == OTR_NONE) {
            *all = true;
            continue;
        }
        otr_str category = otr_names_get(&a->core->labels, stop->category);
        if (!is_opted_out(a->wishes, category))
            add_word(a, &list, category);
    }
    return otr_compose_keep(a->core, &list);
}

/* What counts towards the budget of the last seven days; what is only promised does not. */
static size_t counted(const otr_answer *a)
{
    const otr_ledger *ledger = ledger_of(a);
    int32_t today = otr_contact_day(a->core, a->wishes, a->core->now.utc);
    size_t count = 0;
    size_t promised = 0;
    for (uint32_t i = 0; i < ledger->debit_count; i++)
        if (ledger->debits[i].day <= today && ledger->debits[i].day > today - WEEK)
            count += ledger->debits[i].count;
    for (uint32_t i = otr_thread_of_contact(a->core, a->thread->contact); i != OTR_NONE;
         i = otr_thread_older_of_contact(a->core, i)) {
        const otr_notice *thread = &a->core->notices.list[i];
        promised += thread->promise_day != OTR_DAY_NONE && thread->promise_day <= today;
    }
    promised += ledger->digest_day != OTR_DAY_NONE && ledger->digest_day <= today;
    return count > promised ? count - promised : 0;
}

static size_t open_threads(const otr_answer *a)
{
    size_t count = 0;
    for (uint32_t i = otr_thread_of_contact(a->core, a->thread->contact); i != OTR_NONE;
         i = otr_thread_older_of_contact(a->core, i)) {
        const otr_notice *thread = &a->core->notices.list[i];
        count += thread->told && otr_thread_is_open(thread);
    }
    return count;
}

void otr_answer_data(otr_answer *a)
{
    const otr_contact *wishes = a->wishes;
    const otr_phrase_fact budget[] = {{.name = "day", .number = wishes->per_day},
                                      {.name = "week", .number = wishes->per_week}};
    otr_buffer items = {0};
    bool all;
    otr_str categories = stopped(a, &all);
    add_text(a, &items, OTR_PHRASE_DATA_LANGUAGE, "language", wishes->locale);
    add_text(a, &items, OTR_PHRASE_DATA_ZONE, "zone", wishes->zone);
    add_text(a, &items, OTR_PHRASE_DATA_CHANNELS, "items", channels(a));
    if (wishes->quiet_from != wishes->quiet_to) {
        const otr_phrase_fact quiet[] = {{.name = "from", .text = time_of_day(a, wishes->quiet_from)},
                                         {.name = "to", .text = time_of_day(a, wishes->quiet_to)}};
        add_item(a, &items, OTR_PHRASE_DATA_QUIET, quiet, 2);
    }
    add_text(a, &items, OTR_PHRASE_DATA_STOPPED, "items", categories);
    if (all)
        add_item(a, &items, OTR_PHRASE_DATA_STOPPED_ALL, NULL, 0);
    if (wishes->per_day != UINT16_MAX && wishes->per_week != UINT16_MAX)
        add_item(a, &items, OTR_PHRASE_DATA_BUDGET, budget, 2);
    add_count(a, &items, OTR_PHRASE_DATA_SENT, counted(a));
    add_count(a, &items, OTR_PHRASE_DATA_OPEN, open_threads(a));
    otr_answer_fact(a, "items", otr_compose_keep(a->core, &items));
}
