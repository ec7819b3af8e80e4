/* rules/pack, what people are told: texts of three lengths, by persona and language; how placeholders are
 * said; cards; whom a rule tells and when; every refusal with its exact place. */
#include "loading.h"
#include "rules/load/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

TEST_LOADER(packs, otr_pack, otr_pack_load, otr_pack_free);

static const char whole[] =
    "pack: p\n"
    "version: 1\n"
    "rules:\n"
    "- alert: Warm\n"
    "  expr: cargo.temperature > 8.0 && boxes > 1.0\n"
    "  labels: {priority: critical}\n"
    "  fault: carrier\n"
    "  ends: delivered\n"
    "  custody: arrived\n"
    "  notify: {to: [customer, shipper, staff.warehouse], message: warm, card: cool, once: true, news: 2h,\n"
    "    repeat: 0s, cooldown: 0s, escalate: 5m, expires: 6h}\n"
    "- {alert: Low, expr: door, labels: {priority: low}, notify: {to: desk, message: warm}}\n"
    "- {alert: High, expr: door, fault: ours, labels: {priority: high}, notify: {to: shipper, card: cool}}\n"
    "- {alert: Critical, expr: door, labels: {priority: critical}, notify: {to: customer, message: warm}}\n"
    "- {alert: List, expr: door, notify: {to: customer, message: list, gather: 1h}}\n"
    "messages:\n"
    "  warm:\n"
    "    en:\n"
    "      raised:\n"
    "        line: Too warm\n"
    "        brief: Too warm at {{ place }}.\n"
    "        happened: 'It is {{ cargo.temperature | Cel }}, {{ x | delta K }}, since {{ onset }}.'\n"
    "        means: 'It lasted {{ boxes | min }} until {{ asset.promised | time }}.'\n"
    "        you: 'You have {{ boxes | =0: \"none\" | one: ''# box'' | other: \"# boxes | and\" }} by {{ "
    "next }}.'\n"
    "      updated: Still warm.\n"
    "      cleared: Cool since {{ ended }}.\n"
    "      for:\n"
    "        shipper: {raised: Call the carrier.}\n"
    "        nurse: {past: It was warm.}\n"
    "    zh-Hans:\n"
    "      raised: 温度过高。\n"
    "  list: {en: {raised: '{{ items }}', item: I, for: {nurse: {item: N}}}}\n"
    "cards:\n"
    "  cool:\n"
    "    link: https://example.org/a?b=c\n"
    "    seconds: 40\n"
    "    to: desk\n"
    "    texts:\n"
    "      en: {text: 'Keep {{ asset.name }} cool.', for: {shipper: {line: Ice helps, text: Pack ice.}}}\n"
    "      de: Kühl lagern.\n";

static char *with_metric(void)
{
    /* {{ x }} is known because a ticket names it as evidence */
    static const char ticket[] = "  ticket: {queue: q, evidence: [x]}\n";
    const char *at = strstr(whole, "- {alert: Low");
    char *text = malloc(sizeof whole + sizeof ticket);
    assert_non_null(text);
    (void)sprintf(text, "%.*s%s%s", (int)(at - whole), whole, ticket, at);
    return text;
}

static otr_pack *load(void)
{
    otr_pack *pack;
    otr_error error;
    char *text = with_metric();
    if (otr_pack_load(otr_str_of(text), &pack, &error) != OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    free(text);
    return pack;
}

static void a_text_has_a_line_a_brief_and_parts(void **state)
{
    (void)state;
    otr_pack *pack = load();
    otr_str found;
    const otr_message_entry *warm = &pack->messages[pack->rules[0].notify.message];
    const otr_text *text = otr_message_find(warm, OTR_STR(""), OTR_STR("en"), OTR_TELL_RAISED, &found);
    assert_true(otr_str_is(text->line.pieces[0].text, "Too warm"));
    assert_true(otr_str_is(text->brief.pieces[1].text, "place"));
    assert_int_equal(text->parts[OTR_PART_HAPPENED].count, 7);
    assert_int_equal(text->parts[OTR_PART_MEANS].count, 5);
    assert_int_equal(text->parts[OTR_PART_DOING].count, 0);
    assert_int_equal(text->parts[OTR_PART_YOU].count, 5);
    text = otr_message_find(warm, OTR_STR(""), OTR_STR("en"), OTR_TELL_UPDATED, NULL);
    assert_true(otr_str_is(text->parts[OTR_PART_HAPPENED].pieces[0].text, "Still warm."));
    assert_int_equal(text->line.count, 0);
    otr_pack_free(pack);
}

static void a_placeholder_says_how_it_is_read(void **state)
{
    (void)state;
    otr_pack *pack = load();
    const otr_message_entry *warm = &pack->messages[pack->rules[0].notify.message];
    const otr_text *text = otr_message_find(warm, OTR_STR(""), OTR_STR("en"), OTR_TELL_RAISED, NULL);
    const otr_piece *happened = text->parts[OTR_PART_HAPPENED].pieces;
    const otr_piece *means = text->parts[OTR_PART_MEANS].pieces;
    const otr_piece *you = text->parts[OTR_PART_YOU].pieces;
    assert_int_equal(happened[1].filter, OTR_FILTER_UNIT);
    assert_true(otr_str_is(happened[1].unit, "Cel"));
    assert_true(otr_str_is(happened[1].text, "cargo.temperature"));
    assert_true(otr_str_is(happened[1].name, "cargo.temperature | Cel"));
    assert_int_equal(happened[3].filter, OTR_FILTER_DELTA);
    assert_true(otr_str_is(happened[3].unit, "K"));
    assert_int_equal(happened[5].filter, OTR_FILTER_NONE);
    assert_int_equal(means[1].filter, OTR_FILTER_SPAN);
    assert_true(otr_str_is(means[1].unit, "min"));
    assert_int_equal(means[3].filter, OTR_FILTER_TIME);
    assert_int_equal(you[1].kind, OTR_PIECE_PLURAL);
    assert_true(otr_str_is(you[1].forms[OTR_FORM_EXACTLY_0], "none"));
    assert_true(otr_str_is(you[1].forms[OTR_FORM_ONE], "# box"));
    assert_true(otr_str_is(you[1].forms[OTR_FORM_OTHER], "# boxes | and"));
    assert_null(you[1].forms[OTR_FORM_FEW].data);
    otr_pack_free(pack);
}

static void the_language_goes_before_the_persona(void **state)
{
    (void)state;
    static const struct {
        const char *persona, *locale;
        otr_telling telling;
        const char *begins, *found; /* NULL: nothing is said */
    } rows[] = {
        {"", "en", OTR_TELL_RAISED, "It is ", "en"},
        {"shipper", "en", OTR_TELL_RAISED, "Call the carrier.", "en"},
        {"shipper", "en-GB", OTR_TELL_RAISED, "Call the carrier.", "en"},
        {"driver", "en", OTR_TELL_RAISED, "It is ", "en"},
        {"shipper", "zh-Hans-CN", OTR_TELL_RAISED, "温度过高。", "zh-Hans"},
        {"shipper", "zh", OTR_TELL_RAISED, "Call the carrier.", "en"},
        {"", "zh-Hans", OTR_TELL_CLEARED, "Cool since ", "en"},
        {"nurse", "fr", OTR_TELL_PAST, "It was warm.", "en"},
        {"shipper", "fr", OTR_TELL_PAST, NULL, NULL},
        {"", "en", OTR_TELL_RETRACTED, NULL, NULL},
    };
    otr_pack *pack = load();
    const otr_message_entry *warm = &pack->messages[pack->rules[0].notify.message];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_str found = {NULL, 0};
        const otr_text *text = otr_message_find(warm, otr_str_of(rows[i].persona), otr_str_of(rows[i].locale),
                                                rows[i].telling, &found);
        bool right = rows[i].begins == NULL
                         ? text == NULL
                         : text != NULL && otr_str_is(found, rows[i].found) &&
                               otr_str_is(text->parts[OTR_PART_HAPPENED].pieces[0].text, rows[i].begins);
        if (!right)
            fail_msg("row %zu", i);
    }
    const otr_message_entry *list = &pack->messages[pack->rules[4].notify.message];
    assert_true(otr_str_is(otr_message_item(list, OTR_STR("nurse"), OTR_STR("de"))->pieces[0].text, "N"));
    assert_true(otr_str_is(otr_message_item(list, OTR_STR(""), OTR_STR("de"))->pieces[0].text, "I"));
    assert_null(otr_message_item(warm, OTR_STR(""), OTR_STR("en")));
    otr_pack_free(pack);
}

static void a_card_is_found_as_a_text_is(void **state)
{
    (void)state;
    otr_pack *pack = load();
    const otr_card *card = &pack->cards[pack->rules[2].notify.card];
    assert_int_equal(pack->rules[2].notify.message, UINT32_MAX);
    assert_true(otr_str_is(card->link, "https://example.org/a?b=c"));
    assert_int_equal(card->link_seconds, 40);
    assert_int_equal(otr_card_find(card, OTR_STR(""), OTR_STR("en"))->text.count, 3);
    const otr_card_text *found = otr_card_find(card, OTR_STR("shipper"), OTR_STR("fr"));
    assert_true(otr_str_is(found->text.pieces[0].text, "Pack ice."));
    assert_true(otr_str_is(found->line.pieces[0].text, "Ice helps"));
    assert_true(otr_str_is(found->locale, "en"));
    found = otr_card_find(card, OTR_STR("shipper"), OTR_STR("de-AT"));
    assert_true(otr_str_is(found->text.pieces[0].text, "Kühl lagern."));
    assert_int_equal(found->line.count, 0);
    assert_true(otr_str_is(found->locale, "de"));
    assert_int_equal(card->to_count, 1);
    otr_pack_free(pack);
}

static void spans_and_readers_are_as_written_or_go_by_the_priority(void **state)
{
    (void)state;
    otr_pack *pack = load();
    const otr_notify *written = &pack->rules[0].notify;
    assert_int_equal(written->to_count, 3);
    assert_true(otr_str_is(written->to[2], "staff.warehouse"));
    assert_true(written->once);
    assert_true(written->news_us == 2 * OTR_HOUR && written->repeat_us == 0 && written->cooldown_us == 0 &&
                written->escalate_us == 5 * OTR_MINUTE && written->expires_us == 6 * OTR_HOUR);
    const otr_notify *low = &pack->rules[1].notify;
    const otr_notify *high = &pack->rules[2].notify;
    const otr_notify *critical = &pack->rules[3].notify;
    assert_true(low->news_us == 24 * OTR_HOUR && low->repeat_us == 0 && low->escalate_us == 0);
    assert_true(low->cooldown_us == OTR_HOUR && low->expires_us == OTR_DAY && !low->once);
    assert_true(high->news_us == 4 * OTR_HOUR && high->repeat_us == 0);
    assert_true(critical->news_us == OTR_HOUR && critical->repeat_us == 15 * OTR_MINUTE &&
                critical->escalate_us == 30 * OTR_MINUTE);
    assert_true(pack->rules[4].notify.news_us == 12 * OTR_HOUR);
    assert_int_equal(pack->rules[0].fault, OTR_FAULT_CARRIER);
    assert_int_equal(pack->rules[1].fault, OTR_FAULT_UNKNOWN);
    assert_int_equal(pack->rules[2].fault, OTR_FAULT_OURS);
    assert_true(pack->rules[0].ends_assignment && otr_str_is(pack->rules[0].ends, "delivered"));
    assert_false(pack->rules[1].ends_assignment);
    assert_true(otr_str_is(pack->rules[0].custody, "arrived") && pack->rules[1].custody.size == 0);
    otr_pack_free(pack);
}

#define RULE "pack: p\nversion: 1\nrules:\n- alert: A\n  expr: temperature > 1.0\n"
#define NOTIFY RULE "  notify: "
#define END "\nmessages: {m: {en: {raised: R}}}\n"
#define SAYS RULE "messages:\n  m: {en: {raised: '{{ "
#define SAID " }}'}}\n"

static void what_is_refused_names_its_place(void **state)
{
    (void)state;
    static const test_refusal rows[] = {
        {RULE "  fault: theirs\n", 6, 10, "expected ours, carrier, device or unknown"},
        {RULE "  ends: At Last\n", 6, 9, "small letters"},
        {RULE "  custody: At Last\n", 6, 12, "small letters"},
        /* notify */
        {NOTIFY "{to: [], message: m}" END, 6, 16, "expected 1 to 16 readers"},
        {NOTIFY "{to: [shipper, shipper], message: m}" END, 6, 26, "shipper is here twice"},
        {NOTIFY "{to: [customer, shiper], message: m}" END, 6, 27, "did you mean shipper?"},
        {NOTIFY "{to: consignees, message: m}" END, 6, 16, "did you mean consignee?"},
        {NOTIFY "{to: staff., message: m}" END, 6, 16, "expected customer, a persona"},
        {NOTIFY "{to: crew.night, message: m}" END, 6, 16, "expected customer, a persona"},
        {NOTIFY "{to: desk, message: m, news: 0s}" END, 6, 40, "news is more than 0"},
        {NOTIFY "{to: desk, message: m, expires: 0s}" END, 6, 43, "expires is more than 0"},
        {NOTIFY "{to: desk, message: m, repeat: often}" END, 6, 42, "expected a duration"},
        {NOTIFY "{to: desk, message: m, escalate: []}" END, 6, 44, "expected a duration"},
        {NOTIFY "{to: desk, message: m, cooldown: 1}" END, 6, 44, "expected a duration"},
        {NOTIFY "{to: desk, message: m, once: 1}" END, 6, 40, "expected true or false"},
        {NOTIFY "{to: desk, message: m, card: c}" END, 6, 40, "there is no card c"},
        {NOTIFY "{to: desk, card: cc}\ncards: {c: {texts: {en: T}}}\n", 6, 28, "did you mean c?"},
        {NOTIFY "{to: desk, card: c, gather: 1h}\ncards: {c: {texts: {en: T}}}\n", 6, 31,
         "gather is about a message"},
        {NOTIFY "{to: desk, card: c, on: [raised]}\ncards: {c: {texts: {en: T}}}\n", 6, 31,
         "on is about a message"},
        /* texts */
        {RULE "messages: {m: {en: {raised: {line: L}}}}\n", 6, 29, "the key happened is missing"},
        {RULE "messages: {m: {en: {raised: {happened: H, why: W}}}}\n", 6, 43, "unknown key why"},
        {RULE "messages: {m: {en: {raised: [R]}}}\n", 6, 29, "expected text"},
        {RULE "messages: {m: {en: {raised: R, for: shipper}}}\n", 6, 37, "expected a map"},
        {RULE "messages: {m: {en: {raised: R, for: {A B: {raised: R}}}}}\n", 6, 38,
         "a persona has small letters"},
        {RULE "messages: {m: {en: {raised: R, for: {a: {}}}}}\n", 6, 41, "nothing is said to a"},
        {RULE "messages: {m: {en: {raised: R, for: {a: {item: I}}}}}\n", 6, 42, "unknown key item"},
        {RULE "messages: {m: {en: {raised: R, for: {a: {raised: ''}}}}}\n", 6, 50, "must not be empty"},
        {RULE "messages: {m: {en: {raised: R, cleared: {happened: H, you: '{{ next }}'}}}}\n", 6, 64,
         "not known of what is over"},
        {RULE "messages: {m: {en: {raised: R, updated: '{{ ended }}'}}}\n", 6, 45, "ended is not known"},
        /* filters */
        {SAYS "temperature | Cell" SAID, 7, 38, "Cell is none; did you mean Cel?"},
        {SAYS "temperature | V" SAID, 7, 38, "this metric is in Cel"},
        {SAYS "door | V" SAID, 7, 31, "this metric is no quantity"},
        {SAYS "temperature | delta" SAID, 7, 38, "delta of what unit?"},
        {SAYS "temperature | delta m" SAID, 7, 44, "this metric is in Cel"},
        {SAYS "temperature | min" SAID, 7, 38, "no span of time"},
        {SAYS "temperature | time" SAID, 7, 38, "no moment"},
        {SAYS "onset | time" SAID, 7, 32, "this is said as it is"},
        {SAYS "count | min" SAID, 7, 32, "a count is a plain number"},
        {SAYS "onset | one: \"#\" | other: \"#\"" SAID, 7, 32, "no number"},
        {SAYS "door | one: \"#\" | other: \"#\"" SAID, 7, 31, "no number"},
        {SAYS "count | one: \"#\"" SAID, 7, 24, "needs the form other"},
        {SAYS "count | one: # | other: \"#\"" SAID, 7, 32, "stands in quotes: one"},
        {SAYS "count | other: \"#" SAID, 7, 32, "stands in quotes: other"},
        {SAYS "count | other \"#\"" SAID, 7, 32, "has a colon"},
        {SAYS "count | other: \"#\" | other: \"#\"" SAID, 7, 45, "is here twice: other"},
        {SAYS "count | other: \"#\" x" SAID, 7, 43, "expected a bar"},
        {SAYS "count | other: \"#\" | Cel" SAID, 7, 45, "in one way only"},
        {SAYS "temperature | Cel | Cel" SAID, 7, 44, "in one way only"},
        {SAYS "temperature |" SAID, 7, 37, "nothing stands after the bar"},
        {SAYS "| Cel" SAID, 7, 24, "nothing stands before the bar"},
        {SAYS "temprature | Cel" SAID, 7, 24, "did you mean temperature?"},
        {SAYS "cargo.temperature | Cel" SAID, 7, 24, "nothing is known as {{ cargo.temperature }}"},
        {SAYS "device.temperature" SAID, 7, 24, "nothing is known"},
        /* cards */
        {RULE "cards: []\n", 6, 8, "expected a map"},
        {RULE "cards: {C: {texts: {en: T}}}\n", 6, 9, "a card's name"},
        {RULE "cards: {c: {}}\n", 6, 12, "the key texts is missing"},
        {RULE "cards: {c: {texts: {de: T}}}\n", 6, 13, "c has no English text"},
        {RULE "cards: {c: {texts: {en: T, german: T}}}\n", 6, 28, "expected a language"},
        {RULE "cards: {c: {texts: {en: {for: {a: T}}}}}\n", 6, 25, "the key text is missing"},
        {RULE "cards: {c: {texts: {en: T}, url: U}}\n", 6, 29, "unknown key url"},
        {RULE "cards: {c: {texts: {en: T}, link: 'http://a.b'}}\n", 6, 35, "begins with https://"},
        {RULE "cards: {c: {texts: {en: T}, link: 'https://a b'}}\n", 6, 35, "no blanks"},
        {RULE "cards: {c: {texts: {en: T}, seconds: 4}}\n", 6, 29, "there is none"},
        {RULE "cards: {c: {texts: {en: T}, link: 'https://a', seconds: 0}}\n", 6, 57, "out of range"},
        {RULE "cards: {c: {texts: {en: '{{ items }}'}}}\n", 6, 29, "there are items only in"},
    };
    test_refusals(&packs, rows, sizeof rows / sizeof rows[0]);
}

static void every_failed_allocation_is_told_as_such(void **state)
{
    (void)state;
    char *text = with_metric();
    test_failing_allocations(&packs, otr_str_of(text), 10);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_has_a_line_a_brief_and_parts),
        cmocka_unit_test(a_placeholder_says_how_it_is_read),
        cmocka_unit_test(the_language_goes_before_the_persona),
        cmocka_unit_test(a_card_is_found_as_a_text_is),
        cmocka_unit_test(spans_and_readers_are_as_written_or_go_by_the_priority),
        cmocka_unit_test(what_is_refused_names_its_place),
        cmocka_unit_test(every_failed_allocation_is_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
