/* What a pack's rules do by themselves, and what its remedies do when they are asked to. */
#include "tools/outrider/check/check_pack.h"

static void add_span(otr_buffer *out, otr_time span)
{
    char text[OTR_TIME_TEXT_BYTES];
    otr_buffer_add(out, text, otr_span_format(span, text));
}

static void add_command(otr_buffer *out, const otr_deed *deed)
{
    otr_buffer_add_format(out, "%.*s = ", OTR_STR_ARG(deed->command));
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
}

static void add_deed(otr_buffer *out, otr_str name, const otr_deed *deed)
{
    otr_buffer_add_format(out, "  do: %.*s gives ", OTR_STR_ARG(name));
    add_command(out, deed);
    if (deed->unless != NULL)
        otr_buffer_add_format(out, ", interlocked");
    if (deed->wait_us > 0) {
        otr_buffer_add_format(out, "; people are told after ");
        add_span(out, deed->wait_us);
    }
    otr_buffer_add_format(out, "%s\n", deed->shadow ? "; in shadow: never sent" : "");
}

/* What the desk names, beside what the agent has words for. */
static void add_codes(otr_buffer *out, const char *what, const otr_catalogue_entry *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        otr_buffer_add_format(out, "%s%s%.*s", i == 0 ? what : "", i == 0 ? ": " : ", ",
                              OTR_STR_ARG(list[i].name));
    if (count > 0)
        otr_buffer_add_u8(out, '\n');
}

static void add_remedy(otr_buffer *out, const otr_remedy *remedy)
{
    otr_buffer_add_format(out, "  remedy: %.*s, by ", OTR_STR_ARG(remedy->told.name));
    for (size_t i = 0; i < remedy->role_count; i++)
        otr_buffer_add_format(out, "%s%.*s", i > 0 ? " or " : "", OTR_STR_ARG(remedy->roles[i]));
    otr_buffer_add_format(out, ", at most %u a case", remedy->at_most);
    if (remedy->claim)
        otr_buffer_add_format(out, ", a claim to %.*s", OTR_STR_ARG(remedy->queue));
    if (remedy->deed != NULL) {
        otr_buffer_add_format(out, ", gives ");
        add_command(out, remedy->deed);
    }
    otr_buffer_add_format(out, "\n");
}

void otr_check_deeds(otr_buffer *out, const otr_pack *pack)
{
    for (size_t i = 0; i < pack->rule_count; i++)
        if (pack->rules[i].deed != NULL)
            add_deed(out, pack->rules[i].name, pack->rules[i].deed);
    for (size_t i = 0; i < pack->remedy_count; i++)
        add_remedy(out, &pack->remedies[i]);
    add_codes(out, "  resolutions", pack->resolutions, pack->resolution_count);
    add_codes(out, "  promises", pack->promises, pack->promise_count);
}
