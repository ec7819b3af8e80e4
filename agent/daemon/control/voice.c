#include "daemon/control/voice.h"

#include "daemon/control/operate.h"

static otr_str text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_string(value))
        return (otr_str){NULL, 0};
    return (otr_str){json_string_value(value), json_string_length(value)};
}

json_t *otr_voice_asked(otr_daemon *daemon, uint64_t token, const json_t *request)
{
    const json_t *about = json_object_get(request, "about");
    otr_error error = {.text = ""};
    otr_command command = {
        .kind = OTR_COMMAND_VOICE,
        .id = otr_operate_id(daemon, request),
        .until = OTR_TIME_NONE,
        .rule = text_of(about, "rule"),
        .asset = text_of(about, "asset"),
        .who = text_of(request, "who"),
        .voice = {.source = text_of(request, "source"), .product = text_of(about, "product")},
    };
    if (text_of(request, "id").size == 0)
        return otr_operate_refusal("a sign has an id: the same again is counted once");
    (void)otr_voice_sign_parse(text_of(request, "sign"), &command.voice.sign);
    (void)otr_time_parse(text_of(request, "at"), &command.voice.at);
    if (otr_driver_command(daemon->driver, &command, token, &error) != OTR_OK)
        return otr_operate_refusal(error.text);
    return NULL;
}
