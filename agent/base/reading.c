#include "base/reading.h"

#include "base/limits.h"

static bool alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool otr_device_name_ok(otr_str text)
{
    if (text.size == 0 || text.size > OTR_LIMIT_DEVICE_NAME_BYTES || !alphanumeric(text.data[0]))
        return false;
    for (size_t i = 1; i < text.size; i++)
        if (!alphanumeric(text.data[i]) && (text.data[i] == '\0' || strchr(":._-", text.data[i]) == NULL))
            return false;
    return true;
}

bool otr_metric_name_ok(otr_str text)
{
    if (text.size == 0 || text.size > OTR_LIMIT_METRIC_NAME_BYTES || text.data[0] < 'a' || text.data[0] > 'z')
        return false;
    for (size_t i = 1; i < text.size; i++) {
        char c = text.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return true;
}
