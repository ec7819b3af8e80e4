/* An entry of `given` in which an assignment by command ends, or a device takes the place of another. */
#include "tools/outrider/test/test_build.h"

static otr_status read_word(otr_test_reader *reader, const otr_yaml *map, const char *key, otr_str *out)
{
    const otr_yaml *node = otr_yaml_get(map, key);
    otr_test_word word = {.line = 0};
    otr_status status = node != NULL ? otr_test_read_word(reader, node, &word) : OTR_OK;
    if (status == OTR_OK && node != NULL)
        *out = word.text;
    return status;
}

/* replace: [OLD, NEW] */
static otr_status read_swap(otr_test_reader *reader, const otr_yaml *node, otr_test_step *step)
{
    otr_test_word *devices = NULL;
    size_t count = 0;
    otr_status status = otr_test_read_words(reader, node, &devices, &count);
    if (status == OTR_OK && count != 2)
        return otr_test_fail(reader, node,
                             "expected the device that goes and the one that comes: [OLD, NEW]");
    if (status != OTR_OK)
        return status;
    step->word = devices[1];
    step->command.rule = devices[0].text;
    step->command.asset = devices[1].text;
    return OTR_OK;
}

otr_status otr_test_read_assigned(otr_test_reader *reader, const otr_yaml *map, otr_test_step *step)
{
    static const char *const of_end[] = {"unassign", "at", "reason", "refused", NULL};
    static const char *const of_swap[] = {"replace", "at", "refused", NULL};
    const otr_yaml *swap = otr_yaml_get(map, "replace");
    const otr_yaml *at = NULL;
    otr_error why = {.status = OTR_OK};
    step->command = (otr_command){.id = otr_hash128('k', step->order + 1, "", 0),
                                  .kind = swap != NULL ? OTR_COMMAND_REPLACE : OTR_COMMAND_UNASSIGN,
                                  .until = OTR_TIME_NONE,
                                  .who = OTR_STR("operator")};
    otr_status status = otr_yaml_only(map, swap != NULL ? of_swap : of_end, reader->error);
    if (status == OTR_OK)
        status = swap != NULL ? read_swap(reader, swap, step)
                              : otr_test_read_word(reader, otr_yaml_get(map, "unassign"), &step->word);
    if (status == OTR_OK && swap == NULL)
        step->command.asset = step->word.text;
    if (status == OTR_OK)
        status = otr_yaml_need(map, "at", &at, reader->error);
    if (status == OTR_OK)
        status = otr_test_read_time(reader, at, &step->at);
    if (status == OTR_OK)
        status = read_word(reader, map, "reason", &step->command.reason);
    if (status == OTR_OK)
        status = read_word(reader, map, "refused", &step->refused);
    if (status == OTR_OK && otr_command_check(&step->command, &why) != OTR_OK)
        return otr_test_fail(reader, map, "%s", why.text);
    return status;
}
