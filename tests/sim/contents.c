/* What the simulated gateway judges by: three versions of a pack, two of its assignments. */
#include "guests.h"

#include "base/buffer.h"

static const char *const packs[SIM_PACKS] = {
    "pack: sim\nversion: 1\nrules:\n"
    "  - alert: Warm\n    expr: temperature > 8\n    for: 3m\n    clear: temperature < 7\n    "
    "keep_firing_for: 2m\n"
    "    labels: {priority: high, category: warm}\n"
    "    notify: {to: [customer, shipper], message: warm, on: [raised, cleared], news: 4h}\n"
    "    ticket: {queue: cold, evidence: [temperature], verify: 30m}\n"
    "  - alert: Hot\n    expr: temperature > 20\n"
    "    labels: {priority: critical, category: warm}\n"
    "    notify: {to: customer, message: hot, on: [raised, cleared]}\n"
    "    ticket: {queue: cold, evidence: [temperature], verify: 30m}\n"
    "  - alert: Drop\n    expr: shock > 3\n    labels: {priority: medium, category: drop}\n"
    "    notify: {to: [customer, staff.dock], message: drop, on: [raised]}\n"
    "    ticket: {queue: dock, evidence: [shock], verify: 10m}\n"
    "  - alert: Mean\n    expr: temperature.avg(\"30m\") > 7\n    gap: reset\n    labels: {category: mean}\n"
    "  - alert: Silent\n    silent_for: 40m\n    labels: {priority: medium, category: silent}\n"
    "    notify: {to: customer, message: silent, on: [raised, cleared]}\n"
    "  - alert: Weak\n    expr: battery < 20\n    latch: true\n    labels: {priority: medium, category: "
    "power}\n"
    "    do: {command: save, value: true, at_most: 3 per 1d, wait: 10m, shadow: false}\n"
    "    notify: {to: customer, message: weak, on: [raised], once: true}\n"
    "messages:\n"
    "  warm: {en: {raised: \"{{ asset.name }} is warm: {{ temperature | Cel }}.\", cleared: \"It is cold "
    "again.\"}}\n"
    "  hot: {en: {raised: \"{{ asset.name }} is hot.\", cleared: \"It is not hot any more.\"}}\n"
    "  drop: {en: {raised: \"{{ asset.name }} was dropped.\"}}\n"
    "  silent: {en: {raised: \"Nothing is heard of {{ asset.name }}.\", cleared: \"It is heard again.\"}}\n"
    "  weak: {en: {raised: \"The battery of {{ asset.name }} is weak.\"}}\n"
    "resolutions: {fixed: {en: It is fixed.}}\n"
    "promises: {call: {en: a call}}\n",
    /* the same limits for Warm, which keeps its state; Hot is gone, Mean is another rule */
    "pack: sim\nversion: 2\nrules:\n"
    "  - alert: Warm\n    expr: temperature > 8\n    for: 3m\n    clear: temperature < 7\n    "
    "keep_firing_for: 2m\n"
    "    labels: {priority: high, category: warm}\n"
    "    notify: {to: [customer, shipper], message: warm, on: [raised, cleared], news: 2h}\n"
    "    ticket: {queue: cold, evidence: [temperature, battery], verify: 1h}\n"
    "  - alert: Drop\n    expr: shock > 3\n    labels: {priority: medium, category: drop}\n"
    "    notify: {to: [customer, staff.dock], message: drop, on: [raised], cooldown: 2h}\n"
    "    ticket: {queue: dock, evidence: [shock], verify: 10m}\n"
    "  - alert: Mean\n    expr: temperature.max(\"1h\") - temperature.min(\"1h\") > 9\n    gap: unknown\n"
    "    lateness: 5m\n    labels: {category: mean}\n"
    "  - alert: Silent\n    silent_for: 1h\n    labels: {priority: medium, category: silent}\n"
    "    inhibited_by: [Warm]\n"
    "    notify: {to: customer, message: silent, on: [raised, cleared]}\n"
    "messages:\n"
    "  warm: {en: {raised: \"{{ asset.name }} is warm since {{ onset }}.\", cleared: \"It is cold "
    "again.\"}}\n"
    "  drop: {en: {raised: \"{{ asset.name }} was dropped.\"}}\n"
    "  silent: {en: {raised: \"Nothing is heard of {{ asset.name }}.\", cleared: \"It is heard again.\"}}\n"
    "resolutions: {fixed: {en: It is fixed.}}\n"
    "promises: {call: {en: a call}}\n",
    "pack: sim\nversion: 3\nrules:\n"
    "  - alert: Warm\n    expr: temperature > 9\n    for: 10m\n    labels: {priority: high, category: warm}\n"
    "    notify: {to: [customer, shipper], message: warm, on: [raised, cleared], repeat: 30m, escalate: 1h}\n"
    "    ticket: {queue: cold, evidence: [temperature], verify: 2h}\n"
    "  - alert: Drop\n    expr: shock.peak(\"10m\") > 3\n    labels: {priority: low, category: drop}\n"
    "    notify: {to: customer, message: drop, on: [raised], gather: 1h}\n"
    "  - alert: Long\n    expr: temperature.time_above(8.0, \"2h\") > duration(\"20m\")\n"
    "    labels: {priority: medium, category: mean}\n"
    "    ticket: {queue: cold, evidence: [temperature], verify: 10m}\n"
    "messages:\n"
    "  warm: {en: {raised: \"{{ asset.name }} is warm.\", cleared: \"It is cold again.\"}}\n"
    "  drop: {en: {raised: \"Dropped: {{ items }}.\", item: \"{{ asset.name }}\"}}\n"
    "resolutions: {fixed: {en: It is fixed.}}\n"
    "promises: {call: {en: a call}}\n",
};

const char *sim_pack(unsigned version)
{
    return packs[version % SIM_PACKS];
}

/* The second version has other customers for some, and other contacts. */
void sim_assignments(const sim *s, unsigned version, otr_buffer *out)
{
    static const char *const customers[] = {"ann", "bob", "cleo"};
    otr_buffer_add_format(
        out, "version: 1\nprofiles:\n  tracker:\n    metrics: {temperature: {expected_interval: 5m, "
             "valid_for: 15m}}\n"
             "    commands: {save: {kind: bool}}\ncustomers:\n"
             "  - {customer: ann, persona: consignee, locale: en, zone: UTC, budget: {day: 6, week: 20}}\n"
             "  - {customer: bob, persona: consignee, locale: en, zone: UTC, quiet: {from: \"22:00\", to: "
             "\"07:00\"}}\n"
             "  - {customer: cleo, persona: consignee, locale: en, zone: UTC, budget: {day: 2, week: 5}, "
             "second: ann}\n"
             "  - {customer: sam, persona: shipper, locale: en, zone: UTC, opt_out: [drop], quiet: {from: "
             "\"12:00\", "
             "to: \"13:00\"}}\nstaff:\n  dock: {locale: en}\nassets:\n");
    for (unsigned i = 0; i + sim_guests_come(s) < s->plan.devices; i++)
        otr_buffer_add_format(
            out,
            "  - {asset: box-%u, class: %s, name: Box %u, devices: [dev-%u], profile: tracker,"
            " customer: %s, contacts: {shipper: sam}}\n",
            i, i % 2 == 0 ? "shipment" : "shelf", i, i, customers[(i + version) % 3]);
}
