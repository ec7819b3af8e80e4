#include "tools/outrider/figures/voice_line.h"

#include "codec/json.h"
#include "core/command/command.h"

static bool is_among(const char *key, const char *const *known)
{
    for (; *known != NULL; known++)
        if (strcmp(key, *known) == 0)
            return true;
    return false;
}

/* Only these keys, and texts under them, but for `about`. */
static otr_status check_keys(const json_t *object, const char *const *known, otr_error *error)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        if (!is_among(key, known))
            return otr_fail(error, OTR_INVALID, "unknown key \"%.60s\"", key);
        if (strcmp(key, "about") == 0 ? !json_is_object(value) : !json_is_string(value))
            return otr_fail(error, OTR_INVALID, "\"%.60s\" is %s", key,
                            strcmp(key, "about") == 0 ? "an object" : "a text");
    }
    return OTR_OK;
}

static otr_status check(const json_t *root, otr_error *error)
{
    static const char *const keys[] = {"at", "source", "sign", "about", "id", "text", NULL};
    static const char *const subjects[] = {"asset", "product", "rule", NULL};
    const json_t *about = json_object_get(root, "about");
    if (!json_is_object(root))
        return otr_fail(error, OTR_INVALID, "a line is an object");
    otr_status status = check_keys(root, keys, error);
    if (status == OTR_OK && about == NULL)
        status = otr_fail(error, OTR_INVALID, "\"about\" is missing: it has an asset, a product or a rule");
    return status == OTR_OK ? check_keys(about, subjects, error) : status;
}

/* As the gateway would check it. */
static otr_status check_command(const json_t *root, otr_error *error)
{
    const json_t *about = json_object_get(root, "about");
    otr_command command = {
        .kind = OTR_COMMAND_VOICE,
        .id = {{1}},
        .until = OTR_TIME_NONE,
        .rule = otr_json_text(json_object_get(about, "rule")),
        .asset = otr_json_text(json_object_get(about, "asset")),
        .voice = {.source = otr_json_text(json_object_get(root, "source")),
                  .product = otr_json_text(json_object_get(about, "product"))},
    };
    (void)otr_voice_sign_parse(otr_json_text(json_object_get(root, "sign")), &command.voice.sign);
    (void)otr_time_parse(otr_json_text(json_object_get(root, "at")), &command.voice.at);
    return otr_command_check(&command, error);
}

/* SOURCE:ID, so that two sources may number alike. */
static otr_status put_id(json_t *request, const json_t *root, otr_bytes line, otr_error *error)
{
    otr_str source = otr_json_text(json_object_get(root, "source"));
    otr_str id = otr_json_text(json_object_get(root, "id"));
    char hash[OTR_ID_TEXT_BYTES];
    otr_buffer text = {0};
    otr_id_format(otr_hash128('v', 0, line.data, line.size), hash);
    if (json_object_get(root, "id") != NULL && (id.size == 0 || id.size > OTR_LIMIT_COMMAND_TEXT_BYTES))
        return otr_fail(error, OTR_INVALID, "\"id\" has 1 to %d bytes", OTR_LIMIT_COMMAND_TEXT_BYTES);
    otr_buffer_add_format(&text, "%.*s:%.*s", OTR_STR_ARG(source),
                          OTR_STR_ARG(id.size > 0 ? id : otr_str_of(hash)));
    bool ok = !text.failed &&
              json_object_set_new(request, "id", json_stringn((const char *)text.data, text.size)) == 0;
    otr_buffer_done(&text);
    return ok ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
}

json_t *otr_voice_line_read(otr_bytes line, otr_error *error)
{
    static const char *const taken[] = {"at", "source", "sign", "about"};
    if (line.size > OTR_VOICE_LINE_BYTES) {
        (void)otr_fail(error, OTR_LIMIT, "the line has more than %d bytes", OTR_VOICE_LINE_BYTES);
        return NULL;
    }
    json_t *root = otr_json_load(line, error);
    if (root == NULL)
        return NULL;
    json_t *request = json_object();
    otr_status status = check(root, error);
    if (status == OTR_OK)
        status = check_command(root, error);
    if (status == OTR_OK)
        status = put_id(request, root, line, error);
    json_object_set_new(request, "do", json_string("voice"));
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        json_object_set(request, taken[i], json_object_get(root, taken[i]));
    json_decref(root);
    if (status == OTR_OK)
        return request;
    json_decref(request);
    return NULL;
}
