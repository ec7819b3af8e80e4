/* An entry of `given` in which a customer answers a notice that was told before. */
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

static otr_status read_of(otr_test_reader *reader, const otr_yaml *map, otr_test_step *step)
{
    static const char *const known[] = {"rule", "to", "on", NULL};
    otr_status status = otr_yaml_kind_is(map, OTR_YAML_MAP, reader->error);
    if (status == OTR_OK)
        status = otr_yaml_only(map, known, reader->error);
    if (status == OTR_OK)
        status = read_word(reader, map, "rule", &step->of.rule);
    if (status == OTR_OK)
        status = read_word(reader, map, "to", &step->of.to);
    return status == OTR_OK ? read_word(reader, map, "on", &step->of.on) : status;
}

/* What a question is answered with. */
static otr_status read_answer(otr_test_reader *reader, const otr_yaml *map, otr_customer_act *act)
{
    const otr_yaml *node = otr_yaml_get(map, "score");
    const otr_yaml *why = otr_yaml_get(map, "reason");
    otr_test_word word = {.line = 0};
    int64_t score = 0;
    otr_status status = OTR_OK;
    if (node != NULL)
        status = otr_yaml_i64(node, 0, OTR_QUESTION_SCORES - 1, &score, reader->error);
    act->scored = node != NULL;
    act->score = (uint8_t)score;
    if (status == OTR_OK && why != NULL)
        status = otr_test_read_word(reader, why, &word);
    if (status == OTR_OK && why != NULL && !otr_question_reason_parse(word.text, &act->reason))
        return otr_test_fail(reader, why,
                             "expected late, unclear, not-solved, had-to-repeat or too-many-messages");
    return status;
}

otr_status otr_test_read_act(otr_test_reader *reader, const otr_yaml *map, otr_test_step *step)
{
    static const char *const known[] = {"act", "of",    "at",     "category", "from",
                                        "to",  "score", "reason", "refused",  NULL};
    const otr_yaml *word = otr_yaml_get(map, "act");
    const otr_yaml *of = NULL;
    const otr_yaml *at = NULL;
    const otr_yaml *from = otr_yaml_get(map, "from");
    const otr_yaml *to = otr_yaml_get(map, "to");
    otr_customer_act *act = &step->command.customer;
    otr_error why = {.status = OTR_OK};
    step->command = (otr_command){
        .id = otr_hash128('k', step->order + 1, "", 0), .kind = OTR_COMMAND_CUSTOMER, .until = OTR_TIME_NONE};
    /* which notification it is shows when the answer is given: until then any stands for it */
    *act = (otr_customer_act){.notification = step->command.id, .from = OTR_TIME_NONE, .to = OTR_TIME_NONE};
    otr_status status = otr_yaml_only(map, known, reader->error);
    if (status == OTR_OK)
        status = otr_test_read_word(reader, word, &step->word);
    if (status == OTR_OK && !otr_customer_action_parse(step->word.text, &act->action))
        return otr_test_fail(reader, word, "expected what a reader can answer, such as stop, help, known");
    if (status == OTR_OK)
        status = otr_yaml_need(map, "of", &of, reader->error);
    if (status == OTR_OK)
        status = read_of(reader, of, step);
    if (status == OTR_OK)
        status = otr_yaml_need(map, "at", &at, reader->error);
    if (status == OTR_OK)
        status = otr_test_read_time(reader, at, &step->at);
    if (status == OTR_OK)
        status = read_word(reader, map, "category", &act->category);
    if (status == OTR_OK)
        status = read_answer(reader, map, act);
    if (status == OTR_OK)
        status = read_word(reader, map, "refused", &step->refused);
    if (status == OTR_OK && from != NULL)
        status = otr_test_read_time(reader, from, &act->from);
    if (status == OTR_OK && to != NULL)
        status = otr_test_read_time(reader, to, &act->to);
    if (status == OTR_OK && otr_customer_check(act, &why) != OTR_OK)
        return otr_test_fail(reader, map, "%s", why.text);
    return status;
}
