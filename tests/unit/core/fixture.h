/* The pack and the assignments that most tests of the core use. */
#ifndef OTR_TESTS_CORE_FIXTURE_H
#define OTR_TESTS_CORE_FIXTURE_H

#include "world.h"

#define T0 (1700000000 * OTR_SECOND)
#define AT(minutes) (T0 + (minutes)*OTR_MINUTE)

static const char pack[] =
    "pack: test\n"
    "version: 1\n"
    "rules:\n"
    "  - alert: Warm\n"
    "    expr: temperature > asset.limit.temperature_max\n"
    "    for: 10m\n"
    "    clear: temperature < asset.limit.temperature_max - 0.5\n"
    "    keep_firing_for: 5m\n"
    "    gap: hold\n"
    "    labels: {priority: high, category: temperature}\n"
    "    annotations:\n"
    "      cause: \"above {{ asset.limit.temperature_max }} since {{ onset }}, now {{ temperature }}\"\n"
    "    notify: {to: customer, message: warm, on: [raised, cleared]}\n"
    "    ticket: {queue: cold, evidence: [temperature], last: 6h}\n"
    "  - alert: WarmReset\n"
    "    expr: temperature > 8.0\n"
    "    for: 10m\n"
    "    gap: reset\n"
    "    labels: {category: temperature}\n"
    "  - alert: WarmUnknown\n"
    "    expr: temperature > 8.0\n"
    "    for: 10m\n"
    "    gap: unknown\n"
    "  - alert: Drop\n"
    "    expr: shock > 3.0\n"
    "    keep_firing_for: 2s\n"
    "  - alert: Open\n"
    "    expr: door\n"
    "  - alert: Silent\n"
    "    silent_for: 30m\n"
    "    ticket: {queue: device, evidence: [], last: 1h}\n"
    "  - alert: Limited\n"
    "    expr: temperature > asset.limit.not_there\n"
    "messages:\n"
    "  warm:\n"
    "    en: {raised: \"{{ asset.name }} is warm: {{ temperature }}\", cleared: \"{{ asset.name }} is cold "
    "again after {{ duration }}\"}\n"
    "    de: {raised: \"{{ asset.name }} ist warm: {{ temperature }}\", cleared: \"{{ asset.name }} ist "
    "wieder kalt\"}\n";

static const char assignments[] =
    "version: 1\n"
    "profiles:\n"
    "  tracker:\n"
    "    metrics:\n"
    "      temperature: {expected_interval: 5m, valid_for: 15m, fault_values: [-99.0]}\n"
    "customers:\n"
    "  - {customer: cust-1, persona: consignee, locale: de, zone: Europe/Berlin}\n"
    "assets:\n"
    "  - asset: box\n"
    "    class: cold-chain\n"
    "    name: Box 1\n"
    "    limit: {temperature_max: 8.0}\n"
    "    devices: [t1]\n"
    "    profile: tracker\n"
    "    customer: cust-1\n";

static world *start(void)
{
    return world_create(pack, assignments, T0);
}

#endif
