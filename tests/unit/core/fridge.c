#include "fridge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

const char fridge[] =
    "version: 1\n"
    "profiles:\n"
    "  fridge:\n"
    "    metrics: {temperature: {expected_interval: 1h}}\n"
    "    commands: {boost_cooling: {kind: bool}, set_point: {kind: number, min: 2, max: 6, unit: Cel}}\n"
    "customers: [{customer: c1}]\n"
    "assets: [{asset: fridge-1, class: appliance, devices: [f1], profile: fridge, customer: c1}]\n";

size_t fetch(world *w, const char *device, otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN])
{
    otr_input input = {.kind = OTR_INPUT_DEVICE_FETCH, .fetch = {otr_str_of(device)}};
    world_step(w, &input, 1);
    return otr_core_commands(w->core, otr_core_device_number(w->core, otr_str_of(device)), items);
}

size_t waiting(const world *w)
{
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    return otr_core_commands(w->core, otr_core_device_number(w->core, OTR_STR("f1")), items);
}

void confirm(world *w, const char *device, otr_id id)
{
    otr_input input = {.kind = OTR_INPUT_DEVICE_CONFIRM, .confirm = {otr_str_of(device), 1, {id}}};
    world_step(w, &input, 1);
}

size_t told(const world *w)
{
    size_t count = 0;
    for (size_t i = 0; i < w->event_count; i++)
        count += w->events[i].kind == OTR_SERVICE_NOTIFICATION || w->events[i].kind == OTR_SERVICE_TICKET;
    return count;
}

size_t said(const world *w, const char *state)
{
    char wanted[80];
    size_t count = 0;
    (void)snprintf(wanted, sizeof wanted, ": %s", state);
    for (size_t i = 0; i < w->event_count; i++) {
        const char *found = strstr(w->events[i].text, wanted);
        if (strcmp(w->events[i].what, "command") == 0 && found != NULL &&
            (found[strlen(wanted)] == '\0' || found[strlen(wanted)] == ' '))
            count++;
    }
    return count;
}

void expect_said(const world *w, const char *text)
{
    for (size_t i = 0; i < w->event_count; i++)
        if (strstr(w->events[i].text, text) != NULL)
            return;
    fail_msg("nobody says \"%s\"", text);
}

world *warm_fridge(const char *pack)
{
    world *w = world_create(pack, fridge, AT(0));
    world_report(w, "f1", "temperature", 5.0, AT(1));
    world_report(w, "f1", "temperature", 9.0, AT(2));
    assert_int_equal(world_count(w, "Warm"), 1);
    return w;
}
