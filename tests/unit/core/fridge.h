/* A fridge whose rule boosts its cooling before anybody is told. */
#ifndef OTR_TESTS_FRIDGE_H
#define OTR_TESTS_FRIDGE_H

#include "base/limits.h"
#include "world.h"

#define T0 (INT64_C(1700000000) * OTR_SECOND)
#define AT(minute) (T0 + (minute)*OTR_MINUTE)

#define PACK(deed)                                                                                           \
    "pack: test\nversion: 1\nrules:\n"                                                                       \
    "  - alert: Warm\n"                                                                                      \
    "    expr: temperature > 8.0\n"                                                                          \
    "    notify: {to: customer, message: warm, on: [raised, cleared], cooldown: 0s}\n"                       \
    "    ticket: {queue: cold, evidence: [temperature]}\n"                                                   \
    "    do: {" deed "}\n"                                                                                   \
    "messages: {warm: {en: {raised: warm, cleared: cool}}}\n"

#define BOOST "command: boost_cooling, value: true, "
#define REAL PACK(BOOST "at_most: 3 per 1d, wait: 10m, shadow: false")

extern const char fridge[]; /* its assignments: asset fridge-1, device f1 */

/* Fetches; returns how many commands the device gets. */
size_t fetch(world *w, const char *device, otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN]);
/* How many there are to be fetched. */
size_t waiting(const world *w);
void confirm(world *w, const char *device, otr_id id);
/* How many notifications and tickets there were. */
size_t told(const world *w);
/* How many status events say that a command is in this state. */
size_t said(const world *w, const char *state);
/* Some event has this in its text. */
void expect_said(const world *w, const char *text);
/* 5 degrees, then 9: an alarm, and a command where the pack lets one. */
world *warm_fridge(const char *pack);

#endif
