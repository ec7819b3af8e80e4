/* rules/pack: what a whole file becomes, when a rule stays the same rule, every refusal with its exact place.
 */
#include "base/limits.h"
#include "loading.h"
#include "rules/load/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

TEST_LOADER(packs, otr_pack, otr_pack_load, otr_pack_free);

static const char whole[] =
    "pack: cold-chain\n"
    "version: 3\n"
    "defaults: {telephone: '110', limit: {temperature_max: 8.0, sealed: true}}\n"
    "rules:\n"
    "  - alert: TemperatureExcursion\n"
    "    match: asset.class == \"cold-chain\"\n"
    "    expr: temperature > asset.limit.temperature_max\n"
    "    for: 10m\n"
    "    clear: temperature < asset.limit.temperature_max - 0.5 && humidity < 90.0\n"
    "    keep_firing_for: 5m\n"
    "    gap: reset\n"
    "    labels: {priority: high, category: cold}\n"
    "    annotations:\n"
    "      cause: \"above {{ asset.limit.temperature_max }} °C since {{onset}}, now {{ temperature }} °C\"\n"
    "    notify: {to: customer, message: too-warm, on: [raised, cleared], past: false}\n"
    "    ticket: {queue: cold-chain, evidence: [temperature, door], last: 6h}\n"
    "  - alert: Vibrates\n"
    "    expr: |\n"
    "      // twice as much\n"
    "      vibration > 2.0\n"
    "    notify: {to: desk, message: shaken}\n"
    "    ticket: {queue: handling}\n"
    "  - alert: Silent\n"
    "    silent_for: 30m\n"
    "messages:\n"
    "  shaken:\n"
    "    en: {raised: \"{{ vibration }}{{ device.id }}\"}\n"
    "  too-warm:\n"
    "    en: {raised: 'Too warm ({{ asset.limit.sealed }}); {{ asset.telephone }}', cleared: \"Cool since {{ "
    "ended }}\"}\n"
    "    de-AT:\n"
    "      raised: |\n"
    "        Zu warm.\n"
    "      cleared: Kühl.\n";

static otr_pack *load(const char *yaml)
{
    otr_pack *pack;
    otr_error error;
    if (otr_pack_load(otr_str_of(yaml), &pack, &error) != OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    return pack;
}

static void expect_pieces(const otr_template *text, size_t count, const char *const *pieces)
{
    assert_int_equal(text->count, count);
    for (size_t i = 0; i < count; i++) {
        bool placeholder = pieces[i][0] == '$';
        assert_int_equal(text->pieces[i].kind, placeholder ? OTR_PIECE_VALUE : OTR_PIECE_LITERAL);
        if (!otr_str_is(text->pieces[i].text, pieces[i] + placeholder))
            fail_msg("piece %zu is \"%.*s\"", i, OTR_STR_ARG(text->pieces[i].text));
    }
}

static const otr_template *happened(const otr_message_entry *message, size_t text, otr_telling telling)
{
    return &message->texts[text].tellings[telling].parts[OTR_PART_HAPPENED];
}

static void every_part_of_a_rule_is_there(void **state)
{
    (void)state;
    otr_pack *pack = load(whole);
    assert_true(otr_str_is(pack->name, "cold-chain"));
    assert_int_equal(pack->version, 3);
    assert_int_equal(pack->rule_count, 3);
    const otr_rule *rule = &pack->rules[0];
    assert_true(otr_str_is(rule->name, "TemperatureExcursion"));
    assert_int_equal(rule->line, 5);
    assert_non_null(rule->match);
    assert_non_null(rule->condition);
    assert_non_null(rule->clear);
    assert_true(rule->for_us == 10 * OTR_MINUTE);
    assert_true(rule->keep_firing_for_us == 5 * OTR_MINUTE);
    assert_true(rule->silent_for_us == 0);
    assert_int_equal(rule->gap, OTR_GAP_RESET);
    assert_int_equal(rule->priority, OTR_PRIORITY_HIGH);
    assert_true(otr_str_is(rule->category, "cold"));
    static const char *const cause[] = {
        "above ", "$asset.limit.temperature_max", " °C since ", "$onset", ", now ", "$temperature", " °C"};
    expect_pieces(&rule->cause, 7, cause);
    assert_true(rule->notifies);
    assert_true(otr_str_is(rule->notify.to[0], "customer"));
    assert_int_equal(rule->notify.on, OTR_ON_RAISED | OTR_ON_CLEARED);
    assert_false(rule->notify.past);
    assert_true(rule->ticket);
    assert_true(otr_str_is(rule->queue, "cold-chain"));
    assert_int_equal(rule->evidence_count, 2);
    assert_true(otr_str_is(rule->evidence[1], "door"));
    assert_true(rule->evidence_last_us == 6 * OTR_HOUR);
    assert_int_equal(rule->metric_count, 2);
    assert_true(rule->metrics[0] < rule->metrics[1]);
    for (size_t i = 0; i < rule->metric_count; i++) {
        const otr_symbol *symbol = &pack->symbols.list[rule->metrics[i]];
        assert_int_equal(symbol->kind, OTR_SYMBOL_METRIC);
        assert_true(otr_str_is(symbol->path, "temperature") || otr_str_is(symbol->path, "humidity"));
    }
    otr_pack_free(pack);
}

static void what_a_rule_leaves_out_has_its_default(void **state)
{
    (void)state;
    otr_pack *pack = load(whole);
    const otr_rule *rule = &pack->rules[1];
    assert_null(rule->match);
    assert_null(rule->clear);
    assert_int_equal(rule->gap, OTR_GAP_HOLD);
    assert_int_equal(rule->priority, OTR_PRIORITY_MEDIUM);
    assert_true(otr_str_is(rule->category, "cold-chain"));
    assert_int_equal(rule->cause.count, 0);
    assert_true(otr_str_is(rule->notify.to[0], "desk"));
    assert_int_equal(rule->notify.on, OTR_ON_RAISED);
    assert_true(rule->notify.past);
    assert_true(rule->evidence_last_us == OTR_HOUR);
    assert_int_equal(rule->evidence_count, 0);
    assert_int_equal(rule->metric_count, 1);
    rule = &pack->rules[2];
    assert_null(rule->condition);
    assert_true(rule->silent_for_us == 30 * OTR_MINUTE);
    assert_int_equal(rule->metric_count, 0);
    assert_false(rule->notifies);
    assert_false(rule->ticket);
    otr_pack_free(pack);
}

static void messages_are_found_by_number_and_cut_into_pieces(void **state)
{
    (void)state;
    otr_pack *pack = load(whole);
    assert_int_equal(pack->message_count, 2);
    const otr_message_entry *message = &pack->messages[pack->rules[0].notify.message];
    assert_true(otr_str_is(message->name, "too-warm"));
    assert_int_equal(message->count, 2);
    assert_true(otr_str_is(message->texts[1].locale, "de-AT"));
    static const char *const raised[] = {"Zu warm."};
    static const char *const cleared[] = {"Cool since ", "$ended"};
    static const char *const shaken[] = {"$vibration", "$device.id"};
    expect_pieces(happened(message, 1, OTR_TELL_RAISED), 1, raised);
    expect_pieces(happened(message, 0, OTR_TELL_CLEARED), 2, cleared);
    message = &pack->messages[pack->rules[1].notify.message];
    assert_true(otr_str_is(message->name, "shaken"));
    expect_pieces(happened(message, 0, OTR_TELL_RAISED), 2, shaken);
    assert_int_equal(happened(message, 0, OTR_TELL_CLEARED)->count, 0);
    otr_pack_free(pack);
}

#define HEAD "pack: p\nversion: 1\nrules:\n"
#define RULE HEAD "- alert: A\n  expr: temperature > 1.0\n"

static uint64_t hash_of(const char *yaml)
{
    otr_pack *pack = load(yaml);
    uint64_t hash = pack->rules[0].condition_hash;
    otr_pack_free(pack);
    return hash;
}

static void a_rule_is_the_same_while_its_condition_is(void **state)
{
    (void)state;
    uint64_t hash = hash_of(RULE);
    static const char *const same[] = {
        HEAD "- alert: A\n  expr: 'temperature>1.0'\n",
        HEAD "- alert: B\n  expr: |\n    temperature // now\n      > 1.0\n",
        RULE "  labels: {priority: low}\n  gap: hold\n",
        RULE "  match: asset.class == \"x\"\n  for: 0s\n  ticket: {queue: q}\n",
        "pack: q\nversion: 2\nrules:\n- alert: A\n  expr: temperature > 1.0\n  annotations: {cause: hot}\n",
    };
    static const char *const other[] = {
        HEAD "- alert: A\n  expr: temperature > 1.5\n",
        RULE "  for: 1s\n",
        RULE "  keep_firing_for: 1s\n",
        RULE "  gap: reset\n",
        RULE "  clear: temperature < 1.0\n",
        RULE "  clear: temperature < 0.5\n",
        HEAD "- alert: A\n  silent_for: 1s\n",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (hash_of(same[i]) != hash)
            fail_msg("same[%zu] has another hash", i);
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        if (hash_of(other[i]) == hash)
            fail_msg("other[%zu] has the same hash", i);
        for (size_t j = 0; j < i; j++)
            assert_true(hash_of(other[i]) != hash_of(other[j]));
    }
}

static const otr_value *default_of(const otr_pack *pack, const char *path)
{
    return otr_field_find(pack->defaults, pack->default_count, otr_str_of(path));
}

static void defaults_are_found_by_the_path_of_the_field(void **state)
{
    (void)state;
    otr_pack *pack = load(whole);
    assert_int_equal(pack->default_count, 3);
    assert_true(default_of(pack, "limit.temperature_max")->number == 8.0);
    assert_true(default_of(pack, "limit.sealed")->flag);
    assert_true(otr_str_is(default_of(pack, "telephone")->text, "110"));
    assert_null(default_of(pack, "limit"));
    assert_null(default_of(pack, "limit.temperature_min"));
    otr_pack_free(pack);
    pack = load(RULE);
    assert_int_equal(pack->default_count, 0);
    assert_null(default_of(pack, "limit.temperature_max"));
    otr_pack_free(pack);
}

#define DEFAULTS "pack: p\nversion: 1\n" /* line 3 comes next */
#define READS "rules:\n- alert: A\n  expr: temperature > asset.limit.t\n"
#define MESSAGES "messages:\n  m:\n    en: {raised: R}\n"
#define LIST "messages: {l: {en: {raised: 'R {{ items }}', item: I}}}\n"

static void what_is_refused_names_its_place(void **state)
{
    (void)state;
    static const test_refusal rows[] = {
        {"", 1, 1, "the key pack is missing"},
        {"- a\n", 1, 1, "expected a map, found a list"},
        {"pack: Cold\n", 1, 7, "small letters"},
        {"pack: p\n", 1, 1, "the key version is missing"},
        {"pack: p\nversion: 0\n", 2, 10, "out of range"},
        {"pack: p\nversion: one\n", 2, 10, "expected a whole number"},
        {"pack: p\nversion: 1\n", 1, 1, "the key rules is missing"},
        {"pack: p\nversion: 1\nrule: []\n", 3, 1, "did you mean rules?"},
        {"pack: p\nversion: 1\nrules: {}\n", 3, 8, "expected a list"},
        {"pack: p\nversion: 1\nrules: []\n", 3, 8, "at least one rule"},
        {HEAD "- text\n", 4, 3, "expected a map"},
        {HEAD "- expr: door\n", 4, 3, "the key alert is missing"},
        {HEAD "- alert: A\n", 4, 3, "needs expr, or silent_for"},
        {HEAD "- alert: 1st\n  expr: door\n", 4, 10, "a rule's name"},
        {HEAD "- alert: A-B\n  expr: door\n", 4, 10, "a rule's name"},
        {RULE "- alert: A\n  expr: door\n", 6, 10, "the rule A is here twice, first in line 4"},
        {RULE "  keep_fireing_for: 1m\n", 6, 3, "did you mean keep_firing_for?"},
        {RULE "  for: 10\n", 6, 8, "expected a duration"},
        {RULE "  for: [1m]\n", 6, 8, "expected a duration such as 90s, 10m or 1h30m, found a list"},
        {RULE "  keep_firing_for: soon\n", 6, 20, "expected a duration"},
        {RULE "  gap: ignore\n", 6, 8, "expected hold, reset or unknown"},
        {RULE "  gap: [hold]\n", 6, 8, "expected text, found a list"},
        /* expressions: where they may stand, and that their own errors point into the file */
        {HEAD "- alert: A\n  expr: \"door\"\n", 5, 9, "cannot stand in double quotes"},
        {HEAD "- alert: A\n  expr: >\n    door\n", 6, 5, "cannot stand below >"},
        {HEAD "- alert: A\n  expr: door\n    && door\n", 5, 9, "stands below |"},
        {HEAD "- alert: A\n  expr: 'door\n    && door'\n", 5, 9, "stands below |"},
        {HEAD "- alert: A\n  expr:\n", 5, 8, "expected text, found nothing"},
        {HEAD "- alert: A\n  expr: [door]\n", 5, 9, "expected text, found a list"},
        {HEAD "- alert: A\n  expr: !door\n", 5, 9, "needs quotes"},
        {HEAD "- alert: A\n  expr: temperature\n", 5, 9, ""},
        {HEAD "- alert: A\n  expr: temperature >\n", 5, 22, ""},
        {HEAD "- alert: A\n  expr: temperature > \"a\"\n", 5, 21, ""},
        {HEAD "- alert: A\n  expr: 'fault == \"it''s\" && $'\n", 5, 30, ""},
        {HEAD "- alert: A\n  expr: |\n    door &&\n      $\n", 7, 7, ""},
        {HEAD "- alert: A\n  expr: true\n", 5, 9, "this is always true"},
        {HEAD "- alert: A\n  expr: door || size('ab') == 2\n", 5, 9, "this is always true"},
        {HEAD "- alert: A\n  expr: temperature > 8 && 1 > 2\n", 5, 9, "this is never true"},
        {HEAD "- alert: A\n  expr: door\n  clear: fix && false\n", 6, 10, "this is never true"},
        {HEAD "- alert: A\n  match: 1 < 2\n  expr: door\n", 5, 10, "this is always true"},
        {HEAD "- alert: A\n  expr: asset.open == true\n", 5, 9, "names no metric"},
        {RULE "  clear: temperature <\n", 6, 23, ""},
        {RULE "  match: temperature > 1.0\n", 6, 10, ""},
        /* silence */
        {HEAD "- alert: A\n  silent_for: 0s\n", 5, 15, "more than 0"},
        {HEAD "- alert: A\n  silent_for: long\n", 5, 15, "expected a duration"},
        {HEAD "- alert: A\n  silent_for: 1m\n  expr: door\n", 6, 3, "has no expr"},
        {HEAD "- alert: A\n  silent_for: 1m\n  clear: door\n", 6, 3, "has no clear"},
        {HEAD "- alert: A\n  silent_for: 1m\n  for: 1m\n", 6, 3, "has no for"},
        {HEAD "- alert: A\n  silent_for: 1m\n  keep_firing_for: 1m\n", 6, 3, "has no keep_firing_for"},
        {HEAD "- alert: A\n  silent_for: 1m\n  gap: hold\n", 6, 3, "has no gap"},
        /* defaults */
        {DEFAULTS "defaults: [t]\n" READS, 3, 11, "expected a map, found a list"},
        {DEFAULTS "default: {}\n" READS, 3, 1, "did you mean defaults?"},
        {DEFAULTS "defaults: {limit: 8}\n" READS, 3, 19, "expected a map, found 8"},
        {DEFAULTS "defaults: {limit: {t: warm}}\n" READS, 3, 23, "a limit is a number"},
        {DEFAULTS "defaults: {limit: {t: none}}\n" READS, 3, 23, "a default is a value"},
        {DEFAULTS "defaults: {limit: {t: [1]}}\n" READS, 3, 23, "expected text, found a list"},
        {DEFAULTS "defaults: {limit: {t: 1, t: 2}}\n" READS, 3, 26, "stands here twice"},
        {DEFAULTS "defaults: {limit: {s t: 1}}\n" READS, 3, 20, "a key has letters"},
        {DEFAULTS "defaults: {limits: {t: 1}}\n" READS, 3, 12, "did you mean limit?"},
        {DEFAULTS "defaults: {limit: {t: 1, tt: 2}}\n" READS, 3, 26,
         "nothing in this pack reads asset.limit.tt; did you mean asset.limit.t?"},
        {DEFAULTS "defaults: {colour: red}\n" READS, 3, 12, "nothing in this pack reads asset.colour"},
        {DEFAULTS "defaults: {class: x}\n" READS, 3, 12, "class is the asset's own"},
        {DEFAULTS "defaults: {places: {a: 1}}\n" READS, 3, 12, "places is the asset's own"},
        {DEFAULTS "defaults: {id: x}\n" READS, 3, 12, "comes from the key asset"},
        /* consequences */
        {RULE "  labels: high\n", 6, 11, "expected a map"},
        {RULE "  labels: {severity: high}\n", 6, 12, "unknown key severity"},
        {RULE "  labels: {priority: urgent}\n", 6, 22, "expected low, medium, high or critical"},
        {RULE "  labels: {category: A B}\n", 6, 22, "small letters"},
        {RULE "  annotations: {summary: x}\n", 6, 17, "unknown key summary"},
        {RULE "  annotations: []\n", 6, 16, "expected a map"},
        {RULE "  notify: customer\n", 6, 11, "expected a map"},
        {RULE "  notify: {message: m}\n" MESSAGES, 6, 11, "the key to is missing"},
        {RULE "  notify: {to: customer}\n" MESSAGES, 6, 11, "the key message is missing"},
        {RULE "  notify: {to: custommer, message: m}\n" MESSAGES, 6, 16, "did you mean customer?"},
        {RULE "  notify: {to: custommers, message: m}\n" MESSAGES, 6, 16, "did you mean customer?"},
        {RULE "  notify: {to: The Desk, message: m}\n" MESSAGES, 6, 16, "small letters"},
        {RULE "  notify: {to: customer, message: mm}\n" MESSAGES, 6, 35,
         "there is no message mm; did you mean m?"},
        {RULE "  notify: {to: customer, message: m}\n", 6, 35, "there is no message m"},
        {RULE "  notify: {to: customer, message: m, on: raised}\n" MESSAGES, 6, 42, "expected a list"},
        {RULE "  notify: {to: customer, message: m, on: []}\n" MESSAGES, 6, 42, "raised, cleared or both"},
        {RULE "  notify: {to: customer, message: m, on: [up]}\n" MESSAGES, 6, 43,
         "expected raised or cleared"},
        {RULE "  notify: {to: customer, message: m, on: [raised, raised]}\n" MESSAGES, 6, 51,
         "raised is here twice"},
        {RULE "  notify: {to: customer, message: m, on: [[]]}\n" MESSAGES, 6, 43, "expected text"},
        {RULE "  notify: {to: customer, message: m, when: []}\n" MESSAGES, 6, 38, "unknown key when"},
        {RULE "  notify: {to: customer, message: m, past: no}\n" MESSAGES, 6, 44, "expected true or false"},
        {RULE "  notify: {to: customer, message: m, on: [cleared]}\n" MESSAGES, 9, 5,
         "en has no text for cleared, which the rule A tells"},
        {RULE "  notify: {to: customer, message: m, gather: 1h}\n" MESSAGES, 9, 5,
         "en has no text for one item, of which the rule A tells a list"},
        {RULE "  notify: {to: customer, message: l}\n" LIST, 6, 11, "the message l tells a list"},
        {RULE "  notify: {to: customer, message: l, gather: 0s}\n" LIST, 6, 46, "more than 0"},
        {RULE "  notify: {to: customer, message: l, gather: 1h, on: [raised, cleared]}\n" LIST, 6, 46,
         "told when raised only"},
        {RULE "messages: {l: {en: {raised: R, item: I, cleared: C}}}\n", 6, 41, "unknown key cleared"},
        {RULE "messages: {l: {en: {raised: R, item: '{{ items }}'}}}\n", 6, 42, "there are items only in"},
        {RULE "messages: {l: {en: {raised: '{{ items }}'}}}\n", 6, 33, "there are items only in"},
        {RULE "  ticket: {evidence: []}\n", 6, 11, "the key queue is missing"},
        {RULE "  ticket: {queue: The Queue}\n", 6, 19, "small letters"},
        {RULE "  ticket: {queue: q, evidence: door}\n", 6, 32, "expected a list"},
        {RULE "  ticket: {queue: q, evidence: [Door]}\n", 6, 33, "expected the name of a metric"},
        {RULE "  ticket: {queue: q, evidence: [door, door]}\n", 6, 39, "door is here twice"},
        {RULE "  ticket: {queue: q, evidence: [{}]}\n", 6, 33, "expected text"},
        {RULE "  ticket: {queue: q, last: 6}\n", 6, 28, "expected a duration"},
        {RULE "  ticket: {qeue: q}\n", 6, 12, "did you mean queue?"},
        /* messages */
        {RULE "messages: []\n", 6, 11, "expected a map"},
        {RULE "messages:\n  M: {en: {raised: R}}\n", 7, 3, "a message's name"},
        {RULE "messages:\n  m: text\n", 7, 6, "expected a map"},
        {RULE "messages:\n  m: {de: {raised: R}}\n", 7, 3, "has no English text"},
        {RULE "messages:\n  m: {en: {raised: R}, german: {raised: R}}\n", 7, 24, "expected a language"},
        {RULE "messages:\n  m: {en: text}\n", 7, 11, "expected a map"},
        {RULE "messages:\n  m: {en: {cleared: C}}\n", 7, 11, "the key raised is missing"},
        {RULE "messages:\n  m: {en: {raised: R, closed: C}}\n", 7, 23, "unknown key closed"},
        {RULE "messages:\n  m: {en: {raised: }}\n", 7, 20, "expected text, found nothing"},
        {RULE "messages:\n  m: {en: {raised: '  '}}\n", 7, 20, "must not be empty"},
        {RULE "messages:\n  m: {en: {raised: \"{{ ended }}\"}}\n", 7, 24, "ended is not known"},
        /* texts */
        {RULE "  annotations: {cause: \"°C {{ temprature }}\"}\n", 6, 32, "did you mean temperature?"},
        {RULE "  annotations: {cause: '''s {{ onst }}'}\n", 6, 32, "did you mean onset?"},
        {RULE "  annotations:\n    cause: a {{ vibration }}\n", 7, 17, "nothing is known as {{ vibration }}"},
        {RULE "  annotations:\n    cause: |\n      a\n      b {{ c.d }}\n", 9, 12,
         "nothing is known as {{ c.d }}"},
        {RULE "  annotations:\n    cause: >\n      a\n      b {{ c.d }}\n", 8, 7,
         "nothing is known as {{ c.d }}"},
        {RULE "  annotations: {cause: \"{{ asset }}\"}\n", 6, 28, "nothing is known as {{ asset }}"},
        {RULE "  annotations: {cause: \"{{ asset. }}\"}\n", 6, 28, "nothing is known"},
        {RULE "  annotations: {cause: \"{{ asset.a.b.c }}\"}\n", 6, 28, "nothing is known"},
        {RULE "  annotations: {cause: \"{{ asset.a b }}\"}\n", 6, 28, "nothing is known"},
        {RULE "  annotations: {cause: \"{{ device.name }}\"}\n", 6, 28, "nothing is known"},
        {RULE "  annotations: {cause: \"a {{  }}\"}\n", 6, 27, "hold nothing"},
        {RULE "  annotations: {cause: \"a {{ onset\"}\n", 6, 27, "are not closed"},
        {RULE "  annotations: {cause: \"a {{ onset }\"}\n", 6, 27, "are not closed"},
        {RULE "  annotations: {cause: \"a {{ a {{ b }}\"}\n", 6, 27, "are not closed"},
        {RULE "  annotations:\n    cause: |\n      a {{\n      onset }}\n", 8, 9, "are not closed"},
        {RULE "  annotations: {cause: \"a }} b\"}\n", 6, 27, "were not opened"},
        {RULE "  annotations: {cause: \"a {{ onset }} }}\"}\n", 6, 39, "were not opened"},
        {RULE "  annotations: {cause: \"{{ ended }}\"}\n", 6, 28, "ended is not known"},
    };
    test_refusals(&packs, rows, sizeof rows / sizeof rows[0]);
}

/* Writes a pack whose text holds count times the part. */
static otr_status load_repeated(const char *before, const char *part, size_t count, const char *after,
                                otr_error *error)
{
    size_t capacity = strlen(before) + (strlen(part) + 16) * count + strlen(after) + 1;
    char *text = malloc(capacity);
    assert_non_null(text);
    size_t size = (size_t)snprintf(text, capacity, "%s", before);
    for (size_t i = 0; i < count; i++)
        size += (size_t)snprintf(text + size, capacity - size, part, (int)i);
    size += (size_t)snprintf(text + size, capacity - size, "%s", after);
    otr_pack *pack;
    otr_status status = otr_pack_load((otr_str){text, size}, &pack, error);
    otr_pack_free(pack);
    free(text);
    return status;
}

static void numbers_and_sizes_are_bounded(void **state)
{
    (void)state;
    otr_error e = {0};
    static const char rule[] = "- {alert: A%d, expr: door}\n";
    static const char text[] = RULE "  annotations: {cause: '";
    static const char evidence[] = RULE "  ticket: {queue: q, evidence: [";
    assert_int_equal(load_repeated(HEAD, rule, OTR_LIMIT_RULES_PER_PACK, "", &e), OTR_OK);
    assert_int_equal(load_repeated(HEAD, rule, OTR_LIMIT_RULES_PER_PACK + 1, "", &e), OTR_LIMIT);
    assert_int_equal(e.line, 4);
    assert_int_equal(
        load_repeated(RULE "messages:\n", "  m%d: {en: {raised: R}}\n", OTR_LIMIT_RULES_PER_PACK, "", &e),
        OTR_OK);
    assert_int_equal(
        load_repeated(RULE "messages:\n", "  m%d: {en: {raised: R}}\n", OTR_LIMIT_RULES_PER_PACK + 1, "", &e),
        OTR_LIMIT);
    assert_int_equal(load_repeated(text, "{{onset}} ", OTR_LIMIT_PLACEHOLDERS, "'}\n", &e), OTR_OK);
    assert_int_equal(load_repeated(text, "{{onset}} ", OTR_LIMIT_PLACEHOLDERS + 1, "'}\n", &e), OTR_INVALID);
    assert_int_equal(e.column, 25 + 10 * OTR_LIMIT_PLACEHOLDERS);
    assert_int_equal(load_repeated(text, "x", OTR_LIMIT_MESSAGE_BYTES, "'}\n", &e), OTR_OK);
    assert_int_equal(load_repeated(text, "x", OTR_LIMIT_MESSAGE_BYTES + 1, "'}\n", &e), OTR_INVALID);
    assert_int_equal(load_repeated(evidence, "m%d, ", OTR_LIMIT_EVIDENCE, "]}\n", &e), OTR_OK);
    assert_int_equal(load_repeated(evidence, "m%d, ", OTR_LIMIT_EVIDENCE + 1, "]}\n", &e), OTR_LIMIT);
    assert_int_equal(load_repeated(HEAD "- alert: A\n  expr: '", "door || ",
                                   OTR_LIMIT_EXPRESSION_BYTES / 8 + 1, "door'\n", &e),
                     OTR_LIMIT);
    assert_int_equal(e.line, 5);
    assert_int_equal(load_repeated("#", "%d", OTR_LIMIT_PACK_BYTES, "", &e), OTR_LIMIT);
}

static void every_failed_allocation_is_told_as_such(void **state)
{
    (void)state;
    test_failing_allocations(&packs, OTR_STR(whole), 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_of_a_rule_is_there),
        cmocka_unit_test(what_a_rule_leaves_out_has_its_default),
        cmocka_unit_test(messages_are_found_by_number_and_cut_into_pieces),
        cmocka_unit_test(a_rule_is_the_same_while_its_condition_is),
        cmocka_unit_test(defaults_are_found_by_the_path_of_the_field),
        cmocka_unit_test(what_is_refused_names_its_place),
        cmocka_unit_test(numbers_and_sizes_are_bounded),
        cmocka_unit_test(every_failed_allocation_is_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
