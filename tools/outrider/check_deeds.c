/* What a pack's rules do by themselves. */
#include "tools/outrider/check_pack.h"

static void add_span(otr_buffer *out, otr_time span)
{
    char text[OTR_TIME_TEXT_BYTES];
    otr_buffer_add(out, text, otr_span_format(span, text));
}

static void add_deed(otr_buffer *out, const otr_rule *rule)
{
    const otr_deed *deed = rule->deed;
    otr_buffer_add_format(out, "  do: %.*s gives %.*s = ", OTR_STR_ARG(rule->name),
                          OTR_STR_ARG(deed->command));
    if (deed->value.type == OTR_TYPE_BOOL)
        otr_buffer_add_format(out, "%s", deed->value.flag ? "true" : "false");
    else
        otr_buffer_add_format(out, "%g", deed->value.number);
    if (deed->role.size > 0)
        otr_buffer_add_format(out, " to the %.*s", OTR_STR_ARG(deed->role));
    otr_buffer_add_format(out, ", at most %u per ", deed->at_most);
    add_span(out, deed->at_most_us);
    if (deed->every_us > 0) {
        otr_buffer_add_format(out, ", no two closer than ");
        add_span(out, deed->every_us);
    }
    if (deed->unless != NULL)
        otr_buffer_add_format(out, ", interlocked");
    if (deed->wait_us > 0) {
        otr_buffer_add_format(out, "; people are told after ");
        add_span(out, deed->wait_us);
    }
    otr_buffer_add_format(out, "%s\n", deed->shadow ? "; in shadow: never sent" : "");
}

void otr_check_deeds(otr_buffer *out, const otr_pack *pack)
{
    for (size_t i = 0; i < pack->rule_count; i++)
        if (pack->rules[i].deed != NULL)
            add_deed(out, &pack->rules[i]);
}
