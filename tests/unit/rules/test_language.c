/* Every example of rules/LANGUAGE.md does what the page says: `expression // outcome` in its ```cel blocks.
 */
#include "cmocka_all.h"
#include "evaluate.h"

#include <stdio.h>
#include <stdlib.h>

/* The outcome without the place, which the page leaves out. */
static void drop_place(char *outcome)
{
    char *colon = strchr(outcome, ':');
    if (colon == NULL || strncmp(outcome, "timestamp", 9) == 0)
        return;
    char *first = colon;
    while (first > outcome && first[-1] >= '0' && first[-1] <= '9')
        first--;
    char *after = strchr(colon, ' ');
    if (first < colon && after != NULL)
        memmove(first, after + 1, strlen(after + 1) + 1);
}

static void the_examples_of_the_page_are_true(void **state)
{
    (void)state;
    char path[4096];
    const char *root = getenv("OUTRIDER_SOURCE");
    assert_non_null(root);
    (void)snprintf(path, sizeof path, "%s/rules/LANGUAGE.md", root);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char line[1024];
    bool inside = false;
    int examples = 0;
    int wrong = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "```", 3) == 0) {
            inside = strcmp(line, "```cel") == 0;
            continue;
        }
        const char *comment = strstr(line, "// ");
        if (!inside || comment == NULL)
            continue;
        char outcome[OUTCOME_BYTES];
        evaluate(otr_str_of(line), outcome);
        drop_place(outcome);
        examples++;
        if (strcmp(outcome, comment + 3) == 0)
            continue;
        print_error("%s\n  got %s\n", line, outcome);
        wrong++;
    }
    (void)fclose(file);
    assert_int_equal(wrong, 0);
    assert_true(examples >= 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_examples_of_the_page_are_true)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
