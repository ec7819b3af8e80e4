/* A configuration compared with another and told to people. */
#include "daemon/config/config.h"
#include "daemon/config/config_values.h"

#include <inttypes.h>
#include <stdio.h>

static const void *member_of(const otr_config *config, const otr_option *option)
{
    return (const char *)config + option->offset;
}

bool otr_config_same_lists(const otr_config_list *a, const otr_config_list *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!otr_str_equal(a->items[i].text, b->items[i].text))
            return false;
    return true;
}

bool otr_config_same(const otr_config *a, const otr_config *b, const otr_option *option)
{
    const void *left = member_of(a, option);
    const void *right = member_of(b, option);
    switch (option->kind) {
    case OTR_OPTION_TEXT:
    case OTR_OPTION_NAME:
    case OTR_OPTION_PATH:
        return otr_str_equal(*(const otr_str *)left, *(const otr_str *)right);
    case OTR_OPTION_PATHS:
    case OTR_OPTION_TEXTS:
        return otr_config_same_lists(left, right);
    case OTR_OPTION_COUNT:
    case OTR_OPTION_BYTES:
    case OTR_OPTION_SPAN:
    case OTR_OPTION_CHOICE:
        return *(const int64_t *)left == *(const int64_t *)right;
    case OTR_OPTION_FACTOR:
        return *(const double *)left == *(const double *)right;
    }
    return true;
}

/* A refused file may still hold user:password@ in an address; what is printed never does. */
static void print_text(otr_str text, otr_buffer *out)
{
    const char *at = text.size > 0 ? memrchr(text.data, '@', text.size) : NULL;
    const char *scheme = text.size > 0 ? memmem(text.data, text.size, "://", 3) : NULL;
    if (at == NULL || scheme == NULL || scheme > at) {
        otr_buffer_add(out, text.data, text.size);
        return;
    }
    otr_buffer_add(out, text.data, (size_t)(scheme + 3 - text.data));
    otr_buffer_add(out, at + 1, (size_t)(text.data + text.size - at - 1));
}

void otr_config_print_option(const otr_config *config, const otr_option *option, otr_buffer *out)
{
    const void *member = member_of(config, option);
    const otr_config_list *list = member;
    char text[OTR_TIME_TEXT_BYTES];
    switch (option->kind) {
    case OTR_OPTION_TEXT:
    case OTR_OPTION_NAME:
    case OTR_OPTION_PATH:
        print_text(*(const otr_str *)member, out);
        break;
    case OTR_OPTION_PATHS:
    case OTR_OPTION_TEXTS:
        for (size_t i = 0; i < list->count; i++)
            otr_buffer_add_format(out, "%s%.*s", i > 0 ? ", " : "", OTR_STR_ARG(list->items[i].text));
        break;
    case OTR_OPTION_COUNT:
        otr_buffer_add_format(out, "%" PRId64, *(const int64_t *)member);
        break;
    case OTR_OPTION_BYTES:
        otr_config_bytes_print(*(const int64_t *)member, text);
        otr_buffer_add_format(out, "%s", text);
        break;
    case OTR_OPTION_SPAN:
        otr_config_span_print(*(const otr_time *)member, text);
        otr_buffer_add_format(out, "%s", text);
        break;
    case OTR_OPTION_FACTOR:
        otr_buffer_add_format(out, "%g", *(const double *)member);
        break;
    case OTR_OPTION_CHOICE:
        otr_buffer_add_format(out, "%s", option->words[*(const int64_t *)member]);
        break;
    }
}

void otr_config_name(const otr_option *option, char out[OTR_CONFIG_NAME_BYTES])
{
    (void)snprintf(out, OTR_CONFIG_NAME_BYTES, "%s.%s", option->section, option->key);
}
