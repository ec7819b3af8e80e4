/* An entry of `given` in which the desk answers the newest ticket of an asset. */
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

static otr_status read_texts(otr_test_reader *reader, const otr_yaml *map, otr_test_step *step)
{
    otr_desk_act *act = &step->command.desk;
    const struct {
        const char *key;
        otr_str *out;
    } words[] = {{"asset", &step->asset},  {"who", &step->command.who}, {"to", &act->to},
                 {"queue", &act->queue},   {"what", &act->what},        {"text", &act->text},
                 {"fields", &act->fields}, {"refused", &step->refused}};
    otr_status status = OTR_OK;
    for (size_t i = 0; i < sizeof words / sizeof words[0] && status == OTR_OK; i++)
        status = read_word(reader, map, words[i].key, words[i].out);
    return status;
}

static otr_status read_role(otr_test_reader *reader, const otr_yaml *map, otr_desk_act *act)
{
    const otr_yaml *node = otr_yaml_get(map, "role");
    otr_str word = OTR_STR("desk");
    otr_status status = read_word(reader, map, "role", &word);
    if (status == OTR_OK && !otr_role_parse(word, &act->role))
        return otr_test_fail(reader, node, "expected operator, viewer, engineer, desk or relay");
    return status;
}

otr_status otr_test_read_desk(otr_test_reader *reader, const otr_yaml *map, otr_test_step *step)
{
    static const char *const known[] = {"desk", "asset", "who",     "to", "queue",  "what", "by",
                                        "text", "role",  "refused", "at", "fields", NULL};
    const otr_yaml *word = otr_yaml_get(map, "desk");
    const otr_yaml *by = otr_yaml_get(map, "by");
    const otr_yaml *at = NULL;
    const otr_yaml *asset = NULL;
    otr_desk_act *act = &step->command.desk;
    otr_error why = {.status = OTR_OK};
    step->command = (otr_command){
        .id = otr_hash128('k', step->order + 1, "", 0), .kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE};
    /* which ticket it is shows when the answer is given: until then any stands for it */
    *act = (otr_desk_act){.ticket = step->command.id, .by = OTR_TIME_NONE};
    otr_status status = otr_yaml_only(map, known, reader->error);
    if (status == OTR_OK)
        status = otr_test_read_word(reader, word, &step->word);
    if (status == OTR_OK && !otr_desk_action_parse(step->word.text, &act->action))
        return otr_test_fail(reader, word,
                             "expected an act of the desk, such as acknowledged, promised, resolved");
    if (act->action == OTR_DESK_MERGED)
        act->into = step->command.id; /* the one before it, as that shows */
    if (status == OTR_OK)
        status = otr_yaml_need(map, "asset", &asset, reader->error);
    if (status == OTR_OK)
        status = otr_yaml_need(map, "at", &at, reader->error);
    if (status == OTR_OK)
        status = otr_test_read_time(reader, at, &step->at);
    if (status == OTR_OK)
        status = read_texts(reader, map, step);
    if (status == OTR_OK)
        status = read_role(reader, map, act);
    if (status == OTR_OK && by != NULL)
        status = otr_test_read_time(reader, by, &act->by);
    if (status == OTR_OK && otr_desk_act_check(act, &why) != OTR_OK)
        return otr_test_fail(reader, map, "%s", why.text);
    return status;
}
