#include "tools/outrider/explain/explain_print.h"

#include "core/rule/explanation.h"

enum { NAME_COLUMNS = 44 };

static void print_value(FILE *out, const otr_explained *entry)
{
    char text[OTR_TIME_TEXT_BYTES];
    const otr_value *value = &entry->value;
    switch (value->type) {
    case OTR_TYPE_DYN:
        (void)fputs("no value", out);
        break;
    case OTR_TYPE_BOOL:
        (void)fputs(value->flag ? "true" : "false", out);
        break;
    case OTR_TYPE_INT:
        (void)fprintf(out, "%lld", (long long)value->integer);
        break;
    case OTR_TYPE_UINT:
        (void)fprintf(out, "%llu", (unsigned long long)value->natural);
        break;
    case OTR_TYPE_DOUBLE:
        (void)fprintf(out, "%.6g", value->number);
        break;
    case OTR_TYPE_STRING:
        (void)fprintf(out, "\"%.*s\"", OTR_STR_ARG(value->text));
        break;
    case OTR_TYPE_TIMESTAMP:
        (void)otr_time_format(value->time, text);
        (void)fputs(text, out);
        break;
    case OTR_TYPE_DURATION:
        (void)otr_span_format(value->time, text);
        (void)fputs(text, out);
        break;
    case OTR_TYPE_LOCATION:
        (void)fprintf(out, "%.5f, %.5f", value->location.latitude, value->location.longitude);
        break;
    default:
        (void)fprintf(out, "a %s", otr_type_text(value->type));
        break;
    }
}

static void print_entry(FILE *out, const otr_explained *entry)
{
    const char *unit = entry->value.type == OTR_TYPE_DOUBLE ? otr_explanation_unit(entry->name) : "";
    (void)fprintf(out, "    %-*.*s ", NAME_COLUMNS, OTR_STR_ARG(entry->name));
    print_value(out, entry);
    if (unit[0] != '\0')
        (void)fprintf(out, " %s", unit);
    if (entry->at != OTR_TIME_NONE) {
        char at[OTR_TIME_TEXT_BYTES];
        (void)otr_time_format(entry->at, at);
        (void)fprintf(out, ", at %s", at);
    }
    (void)fputc('\n', out);
}

void otr_explanation_print(FILE *out, otr_str body)
{
    otr_reader reader;
    otr_explained entry;
    if (body.size == 0) {
        (void)fputs("    nothing was kept of it\n", out);
        return;
    }
    if (!otr_explanation_open(body, &reader)) {
        (void)fputs("    in a form that this program does not read\n", out);
        return;
    }
    while (otr_explanation_next(&reader, &entry))
        print_entry(out, &entry);
    if (reader.failed)
        (void)fputs("    and more that does not read back\n", out);
}
