#include "tools/outrider/replay/replay_tally.h"

#include "base/buffer.h"
#include "rules/load/pack.h"

#include <stdlib.h>

void otr_replay_tally_init(otr_replay_tally *tally, otr_time from, otr_time to)
{
    *tally = (otr_replay_tally){.from = from, .to = to > from ? to : from + 1, .day = OTR_TIME_NONE};
}

void otr_replay_tally_done(otr_replay_tally *tally)
{
    otr_names_done(&tally->rule_names);
    otr_names_done(&tally->line_names);
    otr_names_done(&tally->assets);
    otr_names_done(&tally->customers);
    free(tally->rules);
    free(tally->lines);
    free(tally->open);
    *tally = (otr_replay_tally){0};
}

/* Room for one more of size in a list of count; false with failed set when memory is out. */
static bool room(otr_replay_tally *tally, void **list, uint32_t *capacity, uint32_t count, size_t size)
{
    if (count < *capacity)
        return true;
    uint32_t wanted = *capacity == 0 ? 16 : *capacity * 2;
    void *grown = realloc(*list, wanted * size);
    if (grown == NULL) {
        tally->failed = true;
        return false;
    }
    *list = grown;
    *capacity = wanted;
    return true;
}

static uint32_t number_of(otr_replay_tally *tally, otr_names *names, otr_str first, char between,
                          otr_str second, bool *added)
{
    otr_buffer name = {0};
    otr_buffer_add(&name, first.data, first.size);
    otr_buffer_add_u8(&name, (uint8_t)between);
    otr_buffer_add(&name, second.data, second.size);
    uint32_t number = name.failed ? OTR_NAME_NONE : otr_names_put(names, otr_buffer_text(&name), added);
    tally->failed |= number == OTR_NAME_NONE;
    otr_buffer_done(&name);
    return number;
}

static otr_replay_rule *rule_of(otr_replay_tally *tally, otr_str pack, otr_str rule, uint32_t *number)
{
    bool added = false;
    *number = number_of(tally, &tally->rule_names, pack, '/', rule, &added);
    if (*number == OTR_NAME_NONE)
        return NULL;
    if (!room(tally, (void **)&tally->rules, &tally->rule_capacity, *number, sizeof *tally->rules))
        return NULL;
    if (added) {
        otr_str name = otr_names_get(&tally->rule_names, *number);
        tally->rules[*number] = (otr_replay_rule){.pack = {name.data, pack.size},
                                                  .name = {name.data + pack.size + 1, rule.size},
                                                  .priority = {"", 0}};
    }
    return &tally->rules[*number];
}

void otr_replay_tally_rule(otr_replay_tally *tally, otr_str pack, otr_str rule)
{
    uint32_t number;
    (void)rule_of(tally, pack, rule, &number);
}

static uint32_t line_of(otr_replay_tally *tally, uint32_t rule, otr_str asset)
{
    bool added = false;
    otr_str name = otr_names_get(&tally->rule_names, rule);
    uint32_t number = number_of(tally, &tally->line_names, name, ' ', asset, &added);
    if (number == OTR_NAME_NONE)
        return OTR_NAME_NONE;
    if (number >= OTR_REPLAY_LINES_MAX) {
        tally->lines_left_out += added;
        return OTR_NAME_NONE;
    }
    if (added) {
        if (!room(tally, (void **)&tally->lines, &tally->line_capacity, number, sizeof *tally->lines))
            return OTR_NAME_NONE;
        otr_str whole = otr_names_get(&tally->line_names, number);
        tally->lines[number] =
            (otr_replay_line){.rule = rule, .asset = {whole.data + name.size + 1, asset.size}};
    }
    return number;
}

static void draw(otr_replay_tally *tally, uint32_t line, otr_time from, otr_time to)
{
    double scale = (double)OTR_REPLAY_COLUMNS / (double)(tally->to - tally->from);
    if (line == OTR_NAME_NONE || to < tally->from || from > tally->to)
        return;
    double first = from > tally->from ? (double)(from - tally->from) * scale : 0;
    double last = to < tally->to ? (double)(to - tally->from) * scale : OTR_REPLAY_COLUMNS - 1;
    for (size_t i = (size_t)first; i <= (size_t)last && i < OTR_REPLAY_COLUMNS; i++)
        tally->lines[line].cells[i / 8] |= (uint8_t)(1U << (i % 8));
}

static otr_replay_open *find_open(otr_replay_tally *tally, otr_id id)
{
    for (size_t i = tally->open_count; i > 0; i--)
        if (otr_id_equal(tally->open[i - 1].id, id))
            return &tally->open[i - 1];
    return NULL;
}

static void raise(otr_replay_tally *tally, const otr_service_event *event)
{
    uint32_t number;
    bool added;
    otr_replay_rule *rule = rule_of(tally, event->pack, event->rule, &number);
    uint32_t capacity = (uint32_t)tally->open_capacity;
    if (rule == NULL ||
        !room(tally, (void **)&tally->open, &capacity, (uint32_t)tally->open_count, sizeof *tally->open))
        return;
    tally->open_capacity = capacity;
    if (rule->priority.size == 0) {
        for (unsigned i = 0; i <= OTR_PRIORITY_CRITICAL; i++)
            if (otr_str_is(event->priority, otr_priority_text(i)))
                rule->priority = otr_str_of(otr_priority_text(i));
    }
    otr_replay_open *open = &tally->open[tally->open_count];
    *open = (otr_replay_open){.id = event->entity,
                              .rule = number,
                              .line = line_of(tally, number, event->asset),
                              .asset = otr_names_put(&tally->assets, event->asset, &added),
                              .begun = event->onset,
                              .onset = event->onset,
                              .detected = event->decided,
                              .coverage = event->coverage_percent};
    tally->failed |= open->asset == OTR_NAME_NONE;
    if (tally->failed)
        return;
    tally->open_count++;
    if (tally->pairs != NULL)
        otr_replay_pairs_begin(tally->pairs, tally->side, rule->name,
                               otr_names_get(&tally->assets, open->asset), open->onset);
}

static void close(otr_replay_tally *tally, otr_replay_open *open, otr_time ended, int coverage)
{
    otr_replay_rule *rule = &tally->rules[open->rule];
    otr_time span = ended > open->onset ? ended - open->onset : 0;
    if (coverage < 0)
        coverage = open->coverage;
    otr_replay_spans_add(&rule->spans, span);
    rule->covered_us += (double)span * (coverage < 0 ? 100 : coverage) / 100;
    draw(tally, open->line, open->onset, ended);
    if (tally->pairs != NULL)
        otr_replay_pairs_end(tally->pairs, tally->side, rule->name,
                             otr_names_get(&tally->assets, open->asset), open->begun, open->onset, ended);
    *open = tally->open[--tally->open_count];
}

/* A closed alarm is not held: of what is told of it later only the retraction counts. */
static void see_alarm(otr_replay_tally *tally, const otr_service_event *event)
{
    otr_replay_open *open = find_open(tally, event->entity);
    bool retracted = otr_str_is(event->what, "retracted");
    bool begins = otr_str_is(event->what, "raised") || otr_str_is(event->what, "historical");
    uint32_t number;
    if (open == NULL && begins) {
        raise(tally, event);
        open = find_open(tally, event->entity);
    }
    if (retracted) {
        otr_replay_rule *rule = rule_of(tally, event->pack, event->rule, &number);
        if (rule != NULL)
            rule->retracted++;
    }
    if (open == NULL)
        return;
    open->onset = event->onset; /* late readings may move it */
    if (event->ended == OTR_TIME_NONE)
        return;
    OTR_ASSERT(tally->rules != NULL); /* it was raised */
    tally->rules[open->rule].historical += event->ended <= open->detected;
    close(tally, open, event->ended, event->coverage_percent);
}

static void see_notice(otr_replay_tally *tally, const otr_service_event *event)
{
    uint32_t number;
    bool added;
    if (otr_str_is(event->what, "asked"))
        return; /* a question about the case: no rule tells it */
    otr_replay_rule *rule = rule_of(tally, event->pack, event->rule, &number);
    otr_time day = event->decided - event->decided % OTR_DAY;
    if (rule == NULL)
        return;
    rule->notices++;
    tally->notices++;
    tally->failed |= otr_names_put(&tally->customers, event->to, &added) == OTR_NAME_NONE;
    if (day != tally->day)
        tally->day_notices = 0;
    tally->day = day;
    if (++tally->day_notices > tally->day_notices_max)
        tally->day_notices_max = tally->day_notices;
}

static void see_ticket(otr_replay_tally *tally, const otr_service_event *event)
{
    uint32_t number;
    if (!otr_str_is(event->what, "opened"))
        return;
    otr_replay_rule *rule = rule_of(tally, event->pack, event->rule, &number);
    tally->tickets++;
    if (rule != NULL)
        rule->tickets++;
}

void otr_replay_tally_event(otr_replay_tally *tally, const otr_service_event *event)
{
    switch (event->kind) {
    case OTR_SERVICE_ALARM:
        see_alarm(tally, event);
        break;
    case OTR_SERVICE_NOTIFICATION:
        see_notice(tally, event);
        break;
    case OTR_SERVICE_TICKET:
        see_ticket(tally, event);
        break;
    default:
        break;
    }
}

void otr_replay_tally_finish(otr_replay_tally *tally, otr_time now)
{
    while (tally->open_count > 0) {
        otr_replay_open *open = &tally->open[tally->open_count - 1];
        tally->rules[open->rule].open++;
        close(tally, open, now, -1);
    }
}
