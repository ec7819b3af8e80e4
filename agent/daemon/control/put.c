#include "daemon/control/put.h"

void otr_put_text(json_t *object, const char *name, otr_str text)
{
    if (text.size > 0)
        json_object_set_new(object, name, json_stringn_nocheck(text.data, text.size));
}

void otr_put_time(json_t *object, const char *name, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    if (at == OTR_TIME_NONE)
        return;
    otr_time_format(at, text);
    json_object_set_new(object, name, json_string(text));
}

void otr_put_id(json_t *object, const char *name, otr_id id)
{
    char text[OTR_ID_TEXT_BYTES];
    if (otr_id_is_zero(id))
        return;
    otr_id_format(id, text);
    json_object_set_new(object, name, json_string(text));
}

void otr_put_count(json_t *object, const char *name, uint64_t count)
{
    json_object_set_new(object, name, json_integer((json_int_t)count));
}
