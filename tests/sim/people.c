/* Operators, customers and the desk: what they ask, on its way to the gateway and back. */
#include "people.h"

#include "guests.h"

#include <stdio.h>
#include <stdlib.h>

#define ANSWER_WITHIN OTR_MINUTE

/* ---- on the way ---- */

static sim_ask *add(sim *s, sim_who who, otr_time delay)
{
    sim_people *p = s->people;
    uint64_t number = ++p->numbers;
    sim_ask *ask = OTR_DISK_ADD(p->asks);
    *ask = (sim_ask){.who = who, .send_at = s->clock.now + delay, .again_at = OTR_TIME_NEVER};
    ask->id = otr_hash128(s->plan.seed, number, "ask", 3);
    sim_map_put(&p->ids, sim_map_key(ask->id), (uint32_t)(p->asks.count - 1));
    s->figures.commands++;
    return ask;
}

static otr_status hand(sim *s, sim_ask *ask, uint64_t handle, otr_error *error)
{
    otr_act act;
    if (ask->who == SIM_OPERATOR)
        return otr_driver_command(s->driver, &ask->command, handle, error);
    if (!otr_driver_may_act(s->driver))
        return otr_fail(error, OTR_FULL, "too many in a second");
    otr_bytes request = {(const uint8_t *)ask->request.data, ask->request.size};
    return otr_driver_act(s->driver, request, handle, &act, error);
}

static void send(sim *s, sim_ask *ask)
{
    sim_people *p = s->people;
    otr_error error;
    ask->sent++;
    ask->send_at = OTR_TIME_NEVER;
    ask->again_at = s->clock.now + ANSWER_WITHIN;
    if (s->driver == NULL)
        return;
    uint32_t *handle = OTR_DISK_ADD(p->handles);
    *handle = (uint32_t)(ask - p->asks.list);
    size_t number = p->handles.count;
    otr_status status = hand(s, ask, number, &error);
    if (status == OTR_OK) {
        if (ask->forged)
            sim_fail(s, "what has a wrong token is taken");
        return;
    }
    p->handles.list[number - 1] = SIM_MAP_NONE;
    if (status == OTR_FULL)
        return;
    ask->again_at = OTR_TIME_NEVER;
    ask->answered = true;
    ask->refusal = OTR_REFUSAL_COUNT;
    if (!ask->forged)
        sim_fail(s, "what people ask is refused: %s: %.*s", error.text, OTR_STR_ARG(ask->request));
}

void sim_people_answer(sim *s, uint64_t handle, const otr_command_result *result)
{
    sim_people *p = s->people;
    if (handle == 0 || handle > p->handles.count || p->handles.list[handle - 1] == SIM_MAP_NONE) {
        sim_fail(s, "an answer to a command that nobody gave");
        return;
    }
    sim_ask *ask = &p->asks.list[p->handles.list[handle - 1]];
    p->handles.list[handle - 1] = SIM_MAP_NONE;
    if (!otr_id_equal(ask->id, result->id))
        sim_fail(s, "a command has the answer to another");
    if (!ask->durable)
        sim_fail(s, "a command is answered before it is durable");
    sim_say(s, "answered: ask %zu, %d", (size_t)(ask - p->asks.list), (int)result->refusal);
    if (ask->answered && ask->refusal != result->refusal && !ask->of_guest)
        sim_fail(s, "a command that was sent again is answered otherwise: %d, and before %d",
                 (int)result->refusal, (int)ask->refusal);
    if (!ask->answered)
        ask->answered_at = s->clock.now;
    ask->answered = true;
    ask->refusal = result->refusal;
    ask->again_at = OTR_TIME_NEVER;
    if (!s->calm && sim_happens(s, SIM_OPERATORS, SIM_FAULT_COMMAND_DOUBLED, 6))
        ask->send_at = s->clock.now + otr_dice_span(&p->dice, 0, OTR_MINUTE);
}

void sim_people_durable(sim *s, otr_id id)
{
    uint32_t at = sim_map_find(&s->people->ids, sim_map_key(id));
    if (at != SIM_MAP_NONE)
        s->people->asks.list[at].durable = true;
}

void sim_people_forsaken(sim *s)
{
    s->people->handles.count = 0;
}

/* ---- operators ---- */

static void plan_operators(sim *s)
{
    s->people->operators_at = OTR_TIME_NEVER;
    if (s->has[SIM_OPERATORS] && !s->calm)
        s->people->operators_at = s->clock.now + otr_dice_span(&s->people->dice, OTR_SECOND, OTR_HOUR);
}

static void operate(sim *s)
{
    static const otr_command_kind kinds[] = {
        OTR_COMMAND_ACKNOWLEDGE, OTR_COMMAND_ACKNOWLEDGE,    OTR_COMMAND_RESET,     OTR_COMMAND_SHELVE,
        OTR_COMMAND_UNSHELVE,    OTR_COMMAND_OUT_OF_SERVICE, OTR_COMMAND_IN_SERVICE};
    sim_people *p = s->people;
    const otr_disk *disk = s->store.disk;
    plan_operators(s);
    if (disk->alarms.count == 0)
        return;
    const otr_row_alarm *alarm =
        &disk->alarms
             .list[disk->alarms.count - 1 - otr_dice_roll(&p->dice, (uint32_t)disk->alarms.count) / 2];
    sim_ask *ask = add(s, SIM_OPERATOR, OTR_MS);
    otr_command_kind kind = kinds[otr_dice_roll(&p->dice, sizeof kinds / sizeof kinds[0])];
    ask->command = (otr_command){.id = ask->id, .kind = kind, .until = OTR_TIME_NONE, .who = OTR_STR("kim")};
    if (sim_guests_own(alarm->asset))
        kind = OTR_COMMAND_ACKNOWLEDGE; /* it names nobody */
    ask->command.kind = kind;
    if (kind == OTR_COMMAND_ACKNOWLEDGE || kind == OTR_COMMAND_RESET) {
        ask->command.alarm = alarm->id;
    } else {
        ask->command.rule = alarm->rule;
        ask->command.asset = alarm->asset;
    }
    if (kind == OTR_COMMAND_SHELVE)
        ask->command.span = otr_dice_span(&p->dice, OTR_MINUTE, 5 * OTR_HOUR);
    sim_say(s, "operator: ask %zu, command %d on %.*s of %.*s", p->asks.count - 1, (int)kind,
            OTR_STR_ARG(alarm->rule), OTR_STR_ARG(alarm->asset));
}

void sim_people_forget(sim *s, otr_str guest)
{
    sim_people *p = s->people;
    for (size_t i = p->open; i < p->asks.count; i++)
        if (p->asks.list[i].of_guest) {
            p->asks.list[i].answered = true;
            p->asks.list[i].send_at = OTR_TIME_NEVER;
            p->asks.list[i].again_at = OTR_TIME_NEVER;
        }
    sim_ask *ask = add(s, SIM_OPERATOR, OTR_MS);
    ask->of_guest = true;
    ask->command = (otr_command){.id = ask->id,
                                 .kind = OTR_COMMAND_FORGET,
                                 .asset = otr_arena_copy(&p->texts, guest),
                                 .until = OTR_TIME_NONE,
                                 .who = OTR_STR("kim")};
    sim_say(s, "operator: ask %zu, forget %.*s", p->asks.count - 1, OTR_STR_ARG(guest));
}

otr_str sim_people_forgets(const sim *s, otr_id id)
{
    uint32_t at = sim_map_find(&s->people->ids, sim_map_key(id));
    const sim_ask *ask = at == SIM_MAP_NONE ? NULL : &s->people->asks.list[at];
    return ask != NULL && ask->who == SIM_OPERATOR && ask->command.kind == OTR_COMMAND_FORGET
               ? ask->command.asset
               : (otr_str){NULL, 0};
}

/* ---- customers and the desk ---- */

static sim_ask *ask_by_token(sim *s, sim_who who, const otr_action *action, const char *rest, otr_id entity,
                             otr_time delay)
{
    sim_people *p = s->people;
    char text[700];
    char id[OTR_ID_TEXT_BYTES];
    char of[OTR_ID_TEXT_BYTES];
    char token[64];
    sim_ask *ask = add(s, who, delay);
    otr_id_format(ask->id, id);
    otr_id_format(entity, of);
    (void)snprintf(token, sizeof token, "%.*s", OTR_STR_ARG(action->token));
    ask->forged = otr_dice_one_in(&p->dice, 20);
    if (ask->forged)
        token[0] = token[0] == 'A' ? 'B' : 'A';
    int size = snprintf(text, sizeof text, "{\"id\":\"%s\",\"%s\":\"%s\",\"token\":\"%s\",%s}", id,
                        who == SIM_AGENT ? "ticket" : "notification", of, token, rest);
    ask->request = otr_arena_copy(&p->texts, (otr_str){text, (size_t)size});
    sim_say(s, "%s: ask %zu, %s%s", who == SIM_AGENT ? "desk" : "customer", p->asks.count - 1, rest,
            ask->forged ? ", forged" : "");
    return ask;
}

static void answer_notification(sim *s, const otr_service_event *event)
{
    char rest[200];
    otr_dice *dice = &s->people->dice;
    if (event->action_count == 0 || !otr_dice_one_in(dice, 4))
        return;
    const otr_action *action = &event->actions[otr_dice_roll(dice, (uint32_t)event->action_count)];
    if (action->token.size == 0)
        return;
    int size = snprintf(rest, sizeof rest, "\"action\":\"%.*s\"", OTR_STR_ARG(action->name));
    if (otr_str_is(action->name, "score"))
        (void)snprintf(rest + size, sizeof rest - (size_t)size, ",\"score\":%u", otr_dice_roll(dice, 8));
    sim_ask *ask = ask_by_token(s, SIM_CUSTOMER, action, rest, event->entity,
                                otr_dice_span(dice, OTR_SECOND, 3 * OTR_HOUR));
    ask->of_guest = sim_guests_own(event->to) || sim_guests_own(event->asset);
    if (otr_str_is(event->what, "asked"))
        return; /* to stop a question stops questions */
    ask->action = otr_arena_copy(&s->people->texts, action->name);
    ask->contact = otr_arena_copy(&s->people->texts, event->to);
}

static void answer_ticket(sim *s, const otr_service_event *event)
{
    static const char *const acts[] = {
        "\"action\":\"received\"",
        "\"action\":\"received\"",
        "\"action\":\"acknowledged\"",
        "\"action\":\"assigned\",\"to\":\"kim\"",
        "\"action\":\"note\",\"text\":\"looked at it\"",
        "\"action\":\"promised\",\"what\":\"call\",\"by\":\"%s\"",
        "\"action\":\"kept\",\"what\":\"call\"",
        "\"action\":\"resolved\",\"what\":\"fixed\"",
        "\"action\":\"not_needed\"",
        "\"action\":\"transferred\",\"queue\":\"other\"",
    };
    char rest[200];
    char act[160];
    char by[OTR_TIME_TEXT_BYTES];
    otr_dice *dice = &s->people->dice;
    bool of_guest = sim_guests_own(event->asset);
    for (unsigned i = otr_dice_roll(dice, 3); i > 0; i--) {
        (void)otr_time_format(s->clock.now + otr_dice_span(dice, OTR_MINUTE, 6 * OTR_HOUR), by);
        (void)snprintf(act, sizeof act, acts[otr_dice_roll(dice, sizeof acts / sizeof acts[0])], by);
        if (of_guest && i == 1)
            (void)snprintf(act, sizeof act, "\"action\":\"note\",\"text\":\"asked for %.*s\"",
                           OTR_STR_ARG(event->asset));
        (void)snprintf(rest, sizeof rest, "%s,\"who\":\"kim\"", act);
        for (size_t k = 0; k < event->action_count; k++)
            if (event->actions[k].token.size > 0)
                ask_by_token(s, SIM_AGENT, &event->actions[k], rest, event->entity,
                             otr_dice_span(dice, OTR_SECOND, 2 * OTR_HOUR))
                    ->of_guest = of_guest;
    }
}

void sim_people_told(sim *s, const otr_service_event *event)
{
    const otr_str whose = sim_guests_own(event->to) ? event->to : event->asset;
    if (s->calm || (sim_guests_own(whose) && !sim_guests_stay(s, whose)))
        return;
    if (event->kind == OTR_SERVICE_NOTIFICATION && s->has[SIM_CUSTOMERS])
        answer_notification(s, event);
    else if (event->kind == OTR_SERVICE_TICKET && s->has[SIM_DESK])
        answer_ticket(s, event);
}

/* ---- life ---- */

void sim_people_init(sim *s)
{
    s->people = calloc(1, sizeof *s->people);
    OTR_ASSERT(s->people != NULL);
    s->people->dice = otr_dice_of(s->plan.seed, "people", 0);
    plan_operators(s);
}

void sim_people_done(sim *s)
{
    sim_people *p = s->people;
    free(p->asks.list);
    free(p->handles.list);
    sim_map_done(&p->ids);
    otr_arena_done(&p->texts);
    free(p);
}

static otr_time next_of(const sim_ask *ask)
{
    return ask->send_at < ask->again_at ? ask->send_at : ask->again_at;
}

otr_time sim_people_next(const sim *s)
{
    otr_time next = s->people->operators_at;
    for (size_t i = s->people->open; i < s->people->asks.count; i++)
        if (next_of(&s->people->asks.list[i]) < next)
            next = next_of(&s->people->asks.list[i]);
    return next;
}

void sim_people_run(sim *s)
{
    sim_people *p = s->people;
    if (s->clock.now >= p->operators_at)
        operate(s);
    while (p->open < p->asks.count && p->asks.list[p->open].answered &&
           next_of(&p->asks.list[p->open]) == OTR_TIME_NEVER)
        p->open++;
    for (size_t i = p->open; i < p->asks.count; i++)
        if (next_of(&p->asks.list[i]) <= s->clock.now)
            send(s, &p->asks.list[i]);
}

void sim_people_calm(sim *s)
{
    s->people->operators_at = OTR_TIME_NEVER;
    for (size_t i = s->people->open; i < s->people->asks.count; i++)
        if (s->people->asks.list[i].send_at != OTR_TIME_NEVER)
            s->people->asks.list[i].send_at = s->clock.now + OTR_SECOND;
}

bool sim_people_is_quiet(const sim *s)
{
    for (size_t i = s->people->open; i < s->people->asks.count; i++)
        if (!s->people->asks.list[i].answered)
            return false;
    return true;
}
