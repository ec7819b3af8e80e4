/* An entry of `given` in which an operator acts on alarms of a rule on an asset. */
#include "tools/outrider/test/test_build.h"

static otr_status read_text(otr_test_reader *reader, const otr_yaml *map, const char *key, otr_str *out)
{
    const otr_yaml *node = otr_yaml_get(map, key);
    otr_test_word word = {.line = 0};
    otr_status status = node != NULL ? otr_test_read_word(reader, node, &word) : OTR_OK;
    if (status == OTR_OK && node != NULL)
        *out = word.text;
    return status;
}

otr_status otr_test_read_command(otr_test_reader *reader, const otr_yaml *map, otr_test_step *step)
{
    static const char *const known[] = {"command", "rule", "asset",  "at", "for",
                                        "until",   "who",  "reason", NULL};
    const otr_yaml *word = otr_yaml_get(map, "command");
    const otr_yaml *needed = NULL;
    const otr_yaml *span = otr_yaml_get(map, "for");
    const otr_yaml *until = otr_yaml_get(map, "until");
    otr_command *command = &step->command;
    otr_error why = {.status = OTR_OK};
    *command = (otr_command){
        .id = otr_hash128('k', step->order + 1, "", 0), .until = OTR_TIME_NONE, .who = OTR_STR("operator")};
    otr_status status = otr_yaml_only(map, known, reader->error);
    if (status == OTR_OK)
        status = otr_test_read_word(reader, word, &step->word);
    if (status == OTR_OK && !otr_command_kind_parse(step->word.text, &command->kind))
        return otr_test_fail(reader, word,
                             "expected what operators can do: ack, reset, shelve, unshelve, out-of-service, "
                             "in-service");
    for (size_t i = 1; i <= 3 && status == OTR_OK; i++) /* rule, asset, at */
        status = otr_yaml_need(map, known[i], &needed, reader->error);
    if (status == OTR_OK)
        status = otr_test_read_time(reader, otr_yaml_get(map, "at"), &step->at);
    if (status == OTR_OK)
        status = read_text(reader, map, "rule", &command->rule);
    if (status == OTR_OK)
        status = read_text(reader, map, "asset", &command->asset);
    if (status == OTR_OK)
        status = read_text(reader, map, "who", &command->who);
    if (status == OTR_OK)
        status = read_text(reader, map, "reason", &command->reason);
    if (status == OTR_OK && span != NULL)
        status = otr_yaml_span(span, &command->span, reader->error);
    if (status == OTR_OK && until != NULL)
        status = otr_test_read_time(reader, until, &command->until);
    if (status == OTR_OK && otr_command_check(command, &why) != OTR_OK)
        return otr_test_fail(reader, map, "%s", why.text);
    return status;
}
