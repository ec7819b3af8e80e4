#include "codec/json.h"

#include "base/limits.h"

#include <errno.h>

otr_str otr_json_text(const json_t *value)
{
    return (otr_str){json_string_value(value), json_string_length(value)};
}

otr_status otr_json_take_text(otr_arena *arena, const json_t *object, const char *name, bool needed,
                              otr_str *out, otr_error *error)
{
    const json_t *value = json_object_get(object, name);
    *out = (otr_str){NULL, 0};
    if (value == NULL && !needed)
        return OTR_OK;
    if (!json_is_string(value))
        return otr_fail(error, OTR_INVALID, "\"%s\" is %s", name, value == NULL ? "missing" : "no string");
    *out = otr_arena_copy(arena, otr_json_text(value));
    return out->data != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
}

/* Jansson's own cap is 2048 levels of recursion; ours is found in one pass without any. */
static otr_status check_depth(otr_bytes payload, otr_error *error)
{
    int depth = 0;
    int line = 1;
    size_t line_start = 0;
    bool quoted = false;
    for (size_t i = 0; i < payload.size; i++) {
        uint8_t c = payload.data[i];
        if (quoted) {
            if (c == '\\')
                i++;
            quoted = c != '"';
            continue;
        }
        if (c == '\n') {
            line++;
            line_start = i + 1;
        }
        quoted = c == '"';
        depth -= c == ']' || c == '}';
        depth += c == '[' || c == '{';
        if (depth > OTR_LIMIT_NESTING)
            return otr_fail_at(error, OTR_LIMIT, line, (int)(i - line_start) + 1, "nested deeper than %d",
                               OTR_LIMIT_NESTING);
    }
    return OTR_OK;
}

static json_t *load(otr_bytes payload, size_t flags, otr_error *error)
{
    json_error_t reason;
    if (check_depth(payload, error) != OTR_OK)
        return NULL;
    errno = 0;
    json_t *root =
        json_loadb((const char *)payload.data, payload.size, JSON_REJECT_DUPLICATES | flags, &reason);
    if (root != NULL)
        return root;
    if (errno == ENOMEM) /* Jansson's lexer then speaks of a syntax error, or of nothing */
        otr_fail(error, OTR_MEMORY, "out of memory");
    else
        otr_fail_at(error, OTR_INVALID, reason.line, reason.column, "line %d, column %d: %s", reason.line,
                    reason.column, reason.text);
    return NULL;
}

json_t *otr_json_load(otr_bytes payload, otr_error *error)
{
    return load(payload, JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY, error);
}

json_t *otr_json_load_whole(otr_bytes payload, otr_error *error)
{
    return load(payload, 0, error);
}
