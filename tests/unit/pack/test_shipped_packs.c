/* rules/packs: every shipped pack loads, speaks English and German, and its conditions decide as their names
 * say. */
#include "rules/pack.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    char *bytes = malloc(1 << 20);
    assert_non_null(bytes);
    *size = fread(bytes, 1, 1 << 20, file);
    (void)fclose(file);
    return bytes;
}

static const char *folder(void)
{
    static char path[1024];
    const char *source = getenv("OUTRIDER_SOURCE");
    (void)snprintf(path, sizeof path, "%s/rules/packs", source != NULL ? source : ".");
    return path;
}

static otr_pack *load(const char *name)
{
    char path[1400];
    size_t size;
    otr_pack *pack;
    otr_error error;
    (void)snprintf(path, sizeof path, "%s/%s", folder(), name);
    char *bytes = read_file(path, &size);
    if (otr_pack_load((otr_str){bytes, size}, &pack, &error) != OTR_OK)
        fail_msg("%s:%d:%d: %s", name, error.line, error.column, error.text);
    free(bytes);
    return pack;
}

static bool has_locale(const otr_message_entry *message, const char *locale)
{
    for (size_t i = 0; i < message->count; i++)
        if (otr_str_is(message->texts[i].locale, locale))
            return true;
    return false;
}

static unsigned told(const otr_message_text *text)
{
    return (text->cleared.count > 0) | (text->past.count > 0) << 1 | (text->retracted.count > 0) << 2;
}

/* What one language tells, each does. */
static void expect_equal_texts(const char *pack, const otr_message_entry *message)
{
    for (size_t i = 1; i < message->count; i++)
        if (told(&message->texts[i]) != told(&message->texts[0]))
            fail_msg("%s: %.*s tells less in one language", pack, OTR_STR_ARG(message->name));
}

static void every_pack_loads_and_speaks_english_and_german(void **state)
{
    (void)state;
    DIR *packs = opendir(folder());
    assert_non_null(packs);
    int count = 0;
    for (struct dirent *entry = readdir(packs); entry != NULL; entry = readdir(packs)) {
        const char *end = strstr(entry->d_name, ".yaml");
        if (end == NULL || strstr(entry->d_name, ".test.") != NULL)
            continue;
        otr_pack *pack = load(entry->d_name);
        otr_str name = {entry->d_name, (size_t)(end - entry->d_name)};
        assert_true(otr_str_equal(pack->name, name));
        for (size_t i = 0; i < pack->message_count; i++)
            expect_equal_texts(entry->d_name, &pack->messages[i]);
        for (size_t i = 0; i < pack->message_count; i++)
            if (!has_locale(&pack->messages[i], "en") || !has_locale(&pack->messages[i], "de"))
                fail_msg("%s: %.*s lacks a language", entry->d_name, OTR_STR_ARG(pack->messages[i].name));
        for (size_t i = 0; i < pack->rule_count; i++) {
            const otr_rule *rule = &pack->rules[i];
            bool told = rule->notify || rule->ticket;
            if (rule->cause.count == 0 || (!told && rule->priority != OTR_PRIORITY_LOW)) /* a mere record */
                fail_msg("%s: %.*s has no cause or no consequence", entry->d_name, OTR_STR_ARG(rule->name));
        }
        otr_pack_free(pack);
        count++;
    }
    (void)closedir(packs);
    assert_int_equal(count, 6);
}

/* What the host knows in one row: the readings and limits by name. */
typedef struct world {
    const otr_pack *pack;
    const char *name; /* of the metric or field that has a value */
    double value;
    const char *class;
} world;

static otr_status world_load(void *context, uint32_t symbol, otr_value *out)
{
    const world *w = context;
    otr_str path = w->pack->symbols.list[symbol].path;
    if (otr_str_is(path, "asset.class")) {
        *out = (otr_value){.type = OTR_TYPE_STRING, .text = otr_str_of(w->class)};
        return OTR_OK;
    }
    if (otr_str_starts(path, OTR_STR("asset.limit."))) {
        *out = (otr_value){.type = OTR_TYPE_DOUBLE, .number = 8.0};
        return OTR_OK;
    }
    if (!otr_str_is(path, w->name))
        return OTR_UNKNOWN;
    if (otr_str_is(path, "door"))
        *out = (otr_value){.type = OTR_TYPE_BOOL, .flag = w->value > 0};
    else if (otr_str_is(path, "fault"))
        *out = (otr_value){.type = OTR_TYPE_STRING, .text = w->value > 0 ? OTR_STR("E17") : OTR_STR("")};
    else
        *out = (otr_value){.type = OTR_TYPE_DOUBLE, .number = w->value};
    return OTR_OK;
}

static otr_status world_call(void *context, uint32_t number, otr_value *out)
{
    const otr_use *use = &((const world *)context)->pack->symbols.uses[number];
    assert_int_equal(use->function, OTR_FUNCTION_DISTANCE);
    assert_true(otr_str_is(use->place, "destination"));
    *out = (otr_value){.type = OTR_TYPE_DOUBLE, .number = ((const world *)context)->value};
    return OTR_OK;
}

static const otr_rule *find_rule(const otr_pack *pack, const char *name)
{
    for (size_t i = 0; i < pack->rule_count; i++)
        if (otr_str_is(pack->rules[i].name, name))
            return &pack->rules[i];
    fail_msg("no rule %s", name);
    return NULL;
}

static bool holds(const otr_expression *expression, world *w)
{
    otr_host host = {.context = w, .load = world_load, .call = world_call};
    otr_value value;
    otr_error error;
    otr_status status = otr_expression_evaluate(expression, &host, &value, &error);
    if (status != OTR_OK)
        fail_msg("%s: %s", otr_status_text(status), error.text);
    assert_int_equal(value.type, OTR_TYPE_BOOL);
    return value.flag;
}

static void conditions_decide_as_their_names_say(void **state)
{
    (void)state;
    static const struct {
        const char *file, *rule, *class, *metric;
        double quiet, between, loud; /* every limit is 8; between: neither raised nor cleared */
    } rows[] = {
        {"appliance.yaml", "DoorOpen", "appliance", "door", 0, 0, 1},
        {"appliance.yaml", "ApplianceTooWarm", "appliance", "temperature", 7.4, 7.8, 8.1},
        {"appliance.yaml", "FaultReported", "appliance", "fault", 0, 0, 1},
        {"journey.yaml", "NearlyThere", "", "location", 9000, 6000, 4999},
        {"journey.yaml", "Arrived", "", "location", 1001, 500, 199},
        {"vehicle.yaml", "WeakBattery", "vehicle", "voltage", 9.1, 8.5, 7.9},
        {"vehicle.yaml", "CoolantTooHot", "vehicle", "coolant_temperature", 2.9, 7, 8.1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_pack *pack = load(rows[i].file);
        const otr_rule *rule = find_rule(pack, rows[i].rule);
        world w = {pack, rows[i].metric, rows[i].loud, rows[i].class};
        print_message("%s\n", rows[i].rule);
        if (rule->match != NULL) {
            assert_true(holds(rule->match, &w));
            if (rows[i].class[0] != '\0') {
                w.class = "other";
                assert_false(holds(rule->match, &w));
            }
        }
        assert_true(holds(rule->condition, &w));
        if (rule->clear != NULL)
            assert_false(holds(rule->clear, &w));
        w.value = rows[i].between;
        assert_false(holds(rule->condition, &w));
        if (rule->clear != NULL)
            assert_false(holds(rule->clear, &w));
        w.value = rows[i].quiet;
        assert_false(holds(rule->condition, &w));
        if (rule->clear != NULL)
            assert_true(holds(rule->clear, &w));
        otr_pack_free(pack);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pack_loads_and_speaks_english_and_german),
        cmocka_unit_test(conditions_decide_as_their_names_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
