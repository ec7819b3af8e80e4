/*
 * A command lives in its device's list, oldest first, from the decision until it no longer counts towards a
 * rate; what does not count is dropped when the next one is decided. Every change of its state goes through
 * change(), which says so. Its timer is the end of the time that it has to help.
 */
#include "core/command/device_command.h"

#include "core/case/case.h"
#include "core/device/device.h"
#include "core/outbox/event.h"
#include "core/ticket/ticket.h"

#include <stdio.h>

/* ---- the list of a device ---- */

bool otr_device_command_is_open(const otr_core *core, const otr_device_command *command)
{
    return command->due > core->now.core &&
           (command->state == OTR_DEVICE_COMMAND_WAITING || command->state == OTR_DEVICE_COMMAND_TAKEN);
}

bool otr_device_command_list(otr_core *core, uint32_t number)
{
    otr_device *device = otr_device_get(core, core->commands[number].device);
    if (device == NULL)
        return false;
    uint32_t *link = &device->commands;
    while (*link != 0)
        link = &core->commands[*link - 1].next;
    *link = number + 1;
    core->commands[number].next = 0;
    return true;
}

/* Over, and no longer of interest to any rate. */
static bool is_forgettable(const otr_core *core, const otr_device_command *command)
{
    if (command->due != OTR_TIME_NEVER)
        return false;
    bool counts = command->taken || command->state == OTR_DEVICE_COMMAND_SHADOW;
    return !counts || command->counts_until <= core->now.core;
}

static void prune(otr_core *core, uint32_t device_number)
{
    otr_device *device = otr_device_get(core, device_number);
    for (uint32_t *link = device != NULL ? &device->commands : NULL; link != NULL && *link != 0;) {
        uint32_t number = *link - 1;
        otr_device_command *command = &core->commands[number];
        if (!is_forgettable(core, command)) {
            link = &command->next;
            continue;
        }
        *link = command->next;
        command->used = false;
        otr_numbers_give(&core->command_numbers, number);
    }
}

/* That gave it. */
static otr_alarm *alarm_of(otr_core *core, const otr_device_command *command)
{
    if (command->alarm >= core->alarm_capacity)
        return NULL;
    otr_alarm *alarm = &core->alarms[command->alarm];
    return alarm->used && !command->asked && otr_id_equal(alarm->id, command->alarm_id) ? alarm : NULL;
}

const otr_device_command *otr_device_command_of(const otr_core *core, const otr_alarm *alarm)
{
    if (alarm->command == 0 || alarm->command > core->command_capacity)
        return NULL;
    const otr_device_command *command = &core->commands[alarm->command - 1];
    return command->used && otr_id_equal(command->alarm_id, alarm->id) ? command : NULL;
}

size_t otr_core_commands(const otr_core *core, uint32_t device,
                         otr_device_command_item out[OTR_LIMIT_DEVICE_COMMANDS_OPEN])
{
    size_t count = 0;
    if (core->command_open == 0 || device >= core->device_capacity)
        return 0;
    for (uint32_t i = core->devices[device].commands; i != 0; i = core->commands[i - 1].next) {
        const otr_device_command *command = &core->commands[i - 1];
        if (!otr_device_command_is_open(core, command) || count == OTR_LIMIT_DEVICE_COMMANDS_OPEN)
            continue;
        out[count++] = (otr_device_command_item){
            .id = command->id,
            .name = otr_names_get(&core->labels, command->name),
            .unit = otr_names_get(&core->labels, command->unit),
            .is_flag = command->type == OTR_TYPE_BOOL,
            .flag = command->flag,
            .number = command->number,
        };
    }
    return count;
}

bool otr_core_knows_command(const otr_core *core, uint32_t device, otr_id id)
{
    if (device >= core->device_capacity)
        return false;
    for (uint32_t i = core->devices[device].commands; i != 0; i = core->commands[i - 1].next)
        if (core->commands[i - 1].taken && otr_id_equal(core->commands[i - 1].id, id))
            return true;
    return false;
}

/* ---- words ---- */

otr_str otr_device_command_state_text(const otr_device_command *command)
{
    static const char *const names[] = {"waiting", "taken", "done", "failed", "cancelled", "would do"};
    return otr_str_of(names[command->state]);
}

otr_str otr_device_command_text(otr_core *core, const otr_device_command *command)
{
    char text[128];
    otr_str name = otr_names_get(&core->labels, command->name);
    otr_str unit = otr_names_get(&core->labels, command->unit);
    if (command->type == OTR_TYPE_BOOL)
        (void)snprintf(text, sizeof text, "%.*s = %s", OTR_STR_ARG(name), command->flag ? "true" : "false");
    else
        (void)snprintf(text, sizeof text, "%.*s = %g%s%.*s", OTR_STR_ARG(name), command->number,
                       unit.size > 0 ? " " : "", OTR_STR_ARG(unit));
    return otr_effects_copy(core->effects, otr_str_of(text));
}

/* ---- the door ---- */

static void change(otr_core *core, uint32_t number, otr_device_command_state state, const char *reason)
{
    otr_device_command *command = &core->commands[number];
    command->state = (uint8_t)state;
    command->taken |= state == OTR_DEVICE_COMMAND_TAKEN || state == OTR_DEVICE_COMMAND_DONE;
    command->revision++;
    core->stats.commands_done += state == OTR_DEVICE_COMMAND_DONE;
    core->stats.commands_failed += state == OTR_DEVICE_COMMAND_FAILED;
    core->stats.commands_cancelled += state == OTR_DEVICE_COMMAND_CANCELLED;
    otr_event_command(core, command, otr_device_command_state_text(command), otr_str_of(reason));
}

/* Nothing is left to wait for. */
static void stop_timer(otr_core *core, uint32_t number)
{
    otr_device_command *command = &core->commands[number];
    if (command->due != OTR_TIME_NEVER)
        core->command_open--;
    command->due = OTR_TIME_NEVER;
    (void)otr_timers_set(&core->command_timers, number, OTR_TIME_NEVER);
}

/* When the alarm goes on though the command has had its time. */
static void tell(otr_core *core, otr_alarm *alarm)
{
    if (alarm == NULL || !alarm->quiet || alarm->ended != OTR_TIME_NONE)
        return;
    const otr_asset_state *asset = &core->assets[alarm->asset];
    alarm->quiet = false;
    otr_notice_offer(core, asset, alarm, OTR_SAY_RAISED);
    otr_case_touch(core, alarm);
    otr_ticket_follow(core, asset, alarm);
}

/* ---- deciding ---- */

/* One alarm gives a command once; staff may do so again. */
static otr_id identity(const otr_alarm *alarm, const otr_deed *deed, uint32_t nth)
{
    return otr_hash128('d', otr_hash64(nth, 0, deed->command.data, deed->command.size), alarm->id.bytes,
                       sizeof alarm->id.bytes);
}

static otr_device_command make(otr_core *core, const otr_alarm *alarm, const otr_deed *deed, uint32_t device)
{
    const otr_asset_state *asset = &core->assets[alarm->asset];
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    const otr_profile *profile = asset->asset->profile;
    const otr_profile_command *known =
        profile != NULL ? otr_profile_command_find(profile, deed->command) : NULL;
    otr_time counts = deed->at_most_us > deed->every_us ? deed->at_most_us : deed->every_us;
    return (otr_device_command){
        .used = true,
        .flag = deed->value.type == OTR_TYPE_BOOL && deed->value.flag,
        .number = deed->value.type == OTR_TYPE_BOOL ? 0 : deed->value.number,
        .type = (uint8_t)deed->value.type,
        .priority = alarm->priority,
        .revision = 1,
        .device = device,
        .alarm = (uint32_t)(alarm - core->alarms),
        .name = otr_core_label(core, deed->command),
        .unit = otr_core_label(core, known != NULL ? known->unit : OTR_STR("")),
        .pack = otr_core_label(core, bound->pack->pack->name),
        .rule = otr_core_label(core, bound->rule->name),
        .asset = otr_core_label(core, asset->asset->id),
        .id = identity(alarm, deed, 0),
        .alarm_id = alarm->id,
        .case_id = alarm->case_id,
        .decided = core->now.core,
        .decided_utc = core->now.utc,
        .due = OTR_TIME_NEVER,
        .counts_until = otr_time_add(core->now.core, counts),
    };
}

static void hold(otr_core *core, const otr_device_command *command, const char *reason)
{
    core->stats.commands_held++;
    if (!core->failed)
        otr_event_command(core, command, OTR_STR("held"), otr_str_of(reason));
}

/* Into the list of its device, with the time that it has; OTR_NONE with core->failed. */
static uint32_t give(otr_core *core, const otr_device_command *fresh, otr_time wait)
{
    uint32_t number = otr_numbers_take(&core->command_numbers);
    if (number == OTR_NONE || !otr_core_grow((void **)&core->commands, &core->command_capacity, number + 1,
                                             sizeof *core->commands)) {
        core->failed = true;
        return OTR_NONE;
    }
    core->commands[number] = *fresh;
    otr_device_command *command = &core->commands[number];
    if (core->failed || !otr_device_command_list(core, number))
        return OTR_NONE;
    if (command->state == OTR_DEVICE_COMMAND_SHADOW) {
        core->stats.commands_shadow++;
    } else {
        core->stats.commands_given++;
        core->command_open++;
        command->due = otr_time_add(core->now.core, wait > 0 ? wait : OTR_DEVICE_COMMAND_LIFE_US);
        if (!otr_timers_set(&core->command_timers, number, command->due))
            core->failed = true;
    }
    otr_event_command(core, command, otr_device_command_state_text(command), OTR_STR(""));
    return number;
}

static void prune_all(otr_core *core, const otr_asset_state *asset)
{
    for (uint32_t i = 0; i < asset->device_count; i++)
        prune(core, asset->devices[i]);
}

void otr_device_command_decide(otr_core *core, otr_alarm *alarm)
{
    const otr_asset_state *asset = &core->assets[alarm->asset];
    const otr_deed *deed = asset->plan->rules[alarm->rule].rule->deed;
    char reason[OTR_DEED_REASON_BYTES];
    uint32_t device = OTR_NONE;
    if (deed == NULL)
        return;
    bool late = core->recount != NULL;
    if (late)
        (void)otr_deed_refuse(reason, "the readings came too late for it");
    else
        prune_all(core, asset);
    if (core->failed)
        return;
    if (late || !otr_device_command_may(core, alarm, deed, &device, reason)) {
        otr_device_command held = make(core, alarm, deed, OTR_NONE);
        hold(core, &held, reason);
        return;
    }
    otr_device_command fresh = make(core, alarm, deed, device);
    fresh.state = deed->shadow ? OTR_DEVICE_COMMAND_SHADOW : OTR_DEVICE_COMMAND_WAITING;
    uint32_t number = give(core, &fresh, deed->wait_us);
    if (number == OTR_NONE)
        return;
    alarm->command = number + 1;
    alarm->quiet = !deed->shadow && deed->wait_us > 0;
}

bool otr_device_command_ask(otr_core *core, otr_alarm *alarm, const otr_deed *deed, uint32_t nth)
{
    char reason[OTR_DEED_REASON_BYTES];
    uint32_t device = OTR_NONE;
    prune_all(core, &core->assets[alarm->asset]);
    bool may = !core->failed && otr_device_command_may(core, alarm, deed, &device, reason);
    otr_device_command asked = make(core, alarm, deed, device);
    asked.asked = true;
    asked.id = identity(alarm, deed, nth + 1);
    if (may)
        (void)give(core, &asked, 0);
    else if (!core->failed)
        hold(core, &asked, reason);
    return may;
}

/* ---- what hosts want ---- */

static bool read_value(otr_str text, otr_value *out)
{
    *out = (otr_value){.type = OTR_TYPE_BOOL, .flag = otr_str_is(text, "true")};
    if (out->flag || otr_str_is(text, "false"))
        return true;
    out->type = OTR_TYPE_DOUBLE;
    return otr_str_to_double(text, &out->number);
}

/* Makes room: what the device has not fetched of that name goes. False when it has too many others. */
static bool give_way(otr_core *core, uint32_t device, otr_str name, char reason[OTR_DEED_REASON_BYTES])
{
    uint32_t open = 0;
    uint32_t remembered = 0;
    prune(core, device);
    for (uint32_t i = core->devices[device].commands; i != 0; i = core->commands[i - 1].next) {
        const otr_device_command *command = &core->commands[i - 1];
        if (command->state == OTR_DEVICE_COMMAND_WAITING && otr_device_command_is_open(core, command) &&
            otr_id_is_zero(command->alarm_id) &&
            otr_str_equal(otr_names_get(&core->labels, command->name), name)) {
            change(core, i - 1, OTR_DEVICE_COMMAND_CANCELLED, "another took its place");
            stop_timer(core, i - 1);
        }
        open += otr_device_command_is_open(core, command);
        remembered += !is_forgettable(core, command);
    }
    if (open >= OTR_LIMIT_DEVICE_COMMANDS_OPEN || remembered >= OTR_LIMIT_DEVICE_COMMANDS)
        return otr_deed_refuse(reason, "the device has too many commands");
    return true;
}

otr_refusal otr_device_command_set(otr_core *core, const otr_command *command)
{
    uint32_t device = otr_names_find(&core->device_names, command->asset);
    char reason[OTR_DEED_REASON_BYTES];
    otr_value value;
    if (device >= core->device_capacity || core->devices[device].asset == OTR_NONE)
        return OTR_REFUSAL_NO_DEVICE;
    const otr_asset *asset = core->assets[core->devices[device].asset].asset;
    const otr_profile *profile = asset->profile;
    bool may = read_value(command->reason, &value) || otr_deed_refuse(reason, "that is no value");
    may = may && otr_deed_takes(asset, command->rule, &value, reason) &&
          give_way(core, device, command->rule, reason);
    const otr_profile_command *known =
        profile != NULL ? otr_profile_command_find(profile, command->rule) : NULL;
    otr_device_command fresh = {
        .used = true,
        .asked = true,
        .flag = value.type == OTR_TYPE_BOOL && value.flag,
        .number = value.type == OTR_TYPE_BOOL ? 0 : value.number,
        .type = (uint8_t)value.type,
        .revision = 1,
        .device = device,
        .alarm = OTR_NONE,
        .name = otr_core_label(core, known != NULL ? command->rule : OTR_STR("?")), /* labels are for ever */
        .unit = otr_core_label(core, known != NULL ? known->unit : OTR_STR("")),
        .pack = otr_core_label(core, OTR_STR("")),
        .rule = otr_core_label(core, OTR_STR("")),
        .asset = otr_core_label(core, asset->id),
        .id = otr_hash128('s', 0, command->id.bytes, sizeof command->id.bytes),
        .decided = core->now.core,
        .decided_utc = core->now.utc,
        .due = OTR_TIME_NEVER,
        .counts_until = core->now.core,
    };
    if (may)
        (void)give(core, &fresh, 0);
    else if (!core->failed)
        hold(core, &fresh, reason);
    return may ? OTR_REFUSAL_ACCEPTED : OTR_REFUSAL_COMMAND_HELD;
}

/* ---- what happens to it ---- */

static bool time_runs(const otr_device_command *command)
{
    return command != NULL && command->due != OTR_TIME_NEVER;
}

void otr_device_command_alarm_ended(otr_core *core, const otr_alarm *alarm)
{
    const otr_device_command *command = otr_device_command_of(core, alarm);
    if (!time_runs(command))
        return;
    uint32_t number = (uint32_t)(command - core->commands);
    if (command->state == OTR_DEVICE_COMMAND_WAITING)
        change(core, number, OTR_DEVICE_COMMAND_CANCELLED, "its alarm has ended");
    if (command->state != OTR_DEVICE_COMMAND_TAKEN)
        stop_timer(core, number);
}

void otr_device_command_alarm_reopened(otr_core *core, otr_alarm *alarm)
{
    if (!time_runs(otr_device_command_of(core, alarm)))
        tell(core, alarm);
}

void otr_device_command_fetch(otr_core *core, uint32_t device)
{
    if (device >= core->device_capacity)
        return;
    for (uint32_t i = core->devices[device].commands; i != 0; i = core->commands[i - 1].next)
        if (core->commands[i - 1].state == OTR_DEVICE_COMMAND_WAITING &&
            otr_device_command_is_open(core, &core->commands[i - 1]))
            change(core, i - 1, OTR_DEVICE_COMMAND_TAKEN, "");
}

/* People are told at the end of its time if it has not helped by then, so the timer stays. */
static void finish(otr_core *core, uint32_t number, const char *reason)
{
    change(core, number, OTR_DEVICE_COMMAND_DONE, reason);
    const otr_alarm *alarm = alarm_of(core, &core->commands[number]);
    if (alarm == NULL || !alarm->quiet || alarm->ended != OTR_TIME_NONE)
        stop_timer(core, number);
}

static bool can_finish(const otr_device_command *command)
{
    return command->state == OTR_DEVICE_COMMAND_WAITING || command->state == OTR_DEVICE_COMMAND_TAKEN ||
           (command->state == OTR_DEVICE_COMMAND_FAILED && command->taken); /* late, but so it was */
}

void otr_device_command_confirm(otr_core *core, uint32_t device, const otr_id *ids, size_t count)
{
    if (device >= core->device_capacity)
        return;
    for (uint32_t i = core->devices[device].commands; i != 0; i = core->commands[i - 1].next)
        for (size_t k = 0; k < count; k++)
            if (otr_id_equal(core->commands[i - 1].id, ids[k]) && can_finish(&core->commands[i - 1]))
                finish(core, i - 1, "the device confirms it");
}

/* Numbers as the nearest float, in which many devices report. */
static bool has_value(const otr_device_command *command, const otr_slot *slot)
{
    if (command->type == OTR_TYPE_BOOL)
        return slot->kind == OTR_KIND_BOOL && slot->flag == command->flag;
    return slot->kind == OTR_KIND_NUMBER && (float)slot->number == (float)command->number;
}

void otr_device_command_reading(otr_core *core, uint32_t device, const otr_slot *slot)
{
    for (uint32_t i = core->devices[device].commands; i != 0; i = core->commands[i - 1].next) {
        const otr_device_command *command = &core->commands[i - 1];
        if (otr_device_command_is_open(core, command) && slot->at >= command->decided_utc &&
            has_value(command, slot) &&
            otr_str_equal(otr_names_get(&core->labels, command->name),
                          otr_names_get(&core->metric_names, slot->metric)))
            finish(core, i - 1, "the device reports it");
    }
}

void otr_device_command_due(otr_core *core, uint32_t number)
{
    const otr_device_command *command = &core->commands[number];
    if (command->state == OTR_DEVICE_COMMAND_WAITING)
        change(core, number, OTR_DEVICE_COMMAND_FAILED, "the device has not fetched it");
    else if (command->state == OTR_DEVICE_COMMAND_TAKEN)
        change(core, number, OTR_DEVICE_COMMAND_FAILED, "the device has not confirmed it");
    stop_timer(core, number);
    tell(core, alarm_of(core, command));
}

/* Whether the device may still be told to do that. */
static bool is_allowed(const otr_core *core, const otr_device_command *command)
{
    const otr_device *device = &core->devices[command->device];
    otr_value value = {.type = (otr_type)command->type};
    if (command->type == OTR_TYPE_BOOL)
        value.flag = command->flag;
    else
        value.number = command->number;
    char ignored[OTR_DEED_REASON_BYTES];
    const otr_asset *asset = device->asset != OTR_NONE ? core->assets[device->asset].asset : NULL;
    if (asset == NULL || !otr_str_equal(asset->id, otr_names_get(&core->labels, command->asset)))
        return false;
    return otr_deed_takes(asset, otr_names_get(&core->labels, command->name), &value, ignored);
}

void otr_device_command_rebound(otr_core *core)
{
    for (uint32_t i = 0; i < core->command_capacity; i++) {
        const otr_device_command *command = &core->commands[i];
        if (!command->used || command->state != OTR_DEVICE_COMMAND_WAITING || is_allowed(core, command))
            continue;
        change(core, i, OTR_DEVICE_COMMAND_CANCELLED, "it is no longer allowed");
        stop_timer(core, i);
        tell(core, alarm_of(core, command));
    }
    otr_device_command_report(core);
}
