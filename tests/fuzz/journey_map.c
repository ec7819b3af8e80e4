/* A journey map from any bytes. Besides not crashing: a refusal has a reason and a place in the file, and
 * what loads has steps whose words are short and stand in the file. */
#include "rules/load/journey_map.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_word(const otr_journey_word *word)
{
    OTR_ASSERT(word->line >= 1 && word->column >= 1 && word->text.size <= 128);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_journey_map *map;
    otr_error error = {0};
    otr_status status = otr_journey_load((otr_str){(const char *)data, size}, &map, &error);
    if (status != OTR_OK) {
        OTR_ASSERT(map == NULL && error.status == status && error.text[0] != '\0');
        OTR_ASSERT(error.line >= 0 && error.column >= 0);
        return 0;
    }
    OTR_ASSERT(map->step_count > 0 && map->name.size > 0);
    for (size_t i = 0; i < map->step_count; i++) {
        const otr_journey_step *step = &map->steps[i];
        const otr_journey_word *words[] = {&step->name, &step->rule, &step->message, &step->card,
                                           &step->to,   &step->told, &step->queue,   &step->owner};
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
            check_word(words[w]);
        for (size_t r = 0; r < step->rule_count; r++)
            check_word(&step->rules[r]);
        OTR_ASSERT(step->told_within >= 0);
        (void)otr_journey_step_of(map, step->rule.text);
    }
    otr_journey_free(map);
    return 0;
}
