#include "core/desk/desk_field.h"

#include "base/limits.h"

enum { FIELD_BYTES_MAX = 64 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

static bool is_field(otr_str field)
{
    for (size_t i = 0; i < field.size; i++)
        if (!is_letter(field.data[i]))
            return false;
    return field.size > 0 && field.size <= FIELD_BYTES_MAX;
}

bool otr_desk_field_next(otr_str *rest, otr_str *field)
{
    size_t end = 0;
    if (rest->size == 0)
        return false;
    while (end < rest->size && rest->data[end] != ',')
        end++;
    *field = (otr_str){rest->data, end};
    end += end < rest->size;
    *rest = (otr_str){rest->data + end, rest->size - end};
    while (field->size > 0 && field->data[0] == ' ')
        *field = (otr_str){field->data + 1, field->size - 1};
    while (field->size > 0 && field->data[field->size - 1] == ' ')
        field->size--;
    return true;
}

bool otr_desk_fields_ok(otr_str fields)
{
    otr_str field;
    if (fields.size > 0 && fields.data[fields.size - 1] == ',')
        return false;
    while (otr_desk_field_next(&fields, &field))
        if (!is_field(field))
            return false;
    return true;
}

bool otr_desk_field_add(otr_buffer *all, otr_str field)
{
    otr_str rest = otr_buffer_text(all);
    otr_str one;
    int count = 0;
    for (; otr_desk_field_next(&rest, &one); count++)
        if (otr_str_equal(one, field))
            return false;
    if (count == OTR_LIMIT_CASE_FIELDS || field.size == 0)
        return false;
    otr_buffer_add(all, ",", all->size > 0);
    otr_buffer_add(all, field.data, field.size);
    return true;
}
