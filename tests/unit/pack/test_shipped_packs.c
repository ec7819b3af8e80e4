/* rules/packs: every shipped pack loads, speaks English and German, and each of its rules has a consequence.
 * What the rules decide is shown by the packs' own tests. */
#include "rules/load/pack.h"

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
            if (!has_locale(&pack->messages[i], "en") || !has_locale(&pack->messages[i], "de"))
                fail_msg("%s: %.*s lacks a language", entry->d_name, OTR_STR_ARG(pack->messages[i].name));
        for (size_t i = 0; i < pack->rule_count; i++) {
            const otr_rule *rule = &pack->rules[i];
            bool told = rule->notifies || rule->ticket;
            if (rule->cause.count == 0 || (!told && rule->priority != OTR_PRIORITY_LOW)) /* a mere record */
                fail_msg("%s: %.*s has no cause or no consequence", entry->d_name, OTR_STR_ARG(rule->name));
        }
        otr_pack_free(pack);
        count++;
    }
    (void)closedir(packs);
    assert_int_equal(count, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pack_loads_and_speaks_english_and_german),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
