/* What an asset is and holds: its warranty and what was promised are dates and times, its contents a list
 * that rules and messages read as one text. */
#include "base/buffer.h"
#include "base/date.h"
#include "core/asset/assignment_build.h"

enum { CONTENTS_MAX = 64, CONTENTS_BYTES = 1024 };

/* `none`, or nothing: there is none, whatever a pack's defaults are. */
static bool is_given(const otr_yaml *node)
{
    return node != NULL &&
           !(node->kind == OTR_YAML_SCALAR &&
             (node->text.size == 0 || (node->style == OTR_YAML_PLAIN && otr_str_is(node->text, "none"))));
}

static otr_status check_time(const otr_assignment_build *build, const otr_yaml *node)
{
    otr_str text;
    otr_time at;
    otr_status status = otr_yaml_text(node, &text, build->error);
    if (status == OTR_OK && !otr_time_parse(text, &at))
        return otr_build_fail(build, node, "expected a time such as 2026-03-01T08:00:00Z");
    return status;
}

/* Digits of text from at, in that number; -1: others are there. */
static int digits(otr_str text, size_t at, size_t count)
{
    int number = 0;
    for (size_t i = at; i < at + count; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return -1;
        number = number * 10 + (text.data[i] - '0');
    }
    return number;
}

static bool is_date(otr_str text)
{
    if (text.size != 10 || text.data[4] != '-' || text.data[7] != '-')
        return false;
    int year = digits(text, 0, 4);
    int month = digits(text, 5, 2);
    int day = digits(text, 8, 2);
    return year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= otr_date_month_days(year, month);
}

static otr_status check_date(const otr_assignment_build *build, const otr_yaml *node)
{
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, build->error);
    if (status == OTR_OK && !is_date(text))
        return otr_build_fail(build, node, "expected a date such as 2027-02-28");
    return status;
}

otr_status otr_build_details(const otr_assignment_build *build, const otr_yaml *asset)
{
    const otr_yaml *promised = otr_yaml_get(asset, "promised");
    const otr_yaml *warranty = otr_yaml_get(asset, "warranty");
    otr_status status = is_given(promised) ? check_time(build, promised) : OTR_OK;
    return status == OTR_OK && is_given(warranty) ? check_date(build, warranty) : status;
}

/* {name: N, quantity: 12, lot: L} as "12 × N (lot L)". */
static otr_status add_item(const otr_assignment_build *build, const otr_yaml *node, otr_buffer *out)
{
    static const char *const known[] = {"name", "quantity", "lot", NULL};
    const otr_yaml *name;
    otr_str text = {NULL, 0};
    int64_t number = 1;
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, build->error);
    if (status == OTR_OK)
        status = otr_yaml_need(node, "name", &name, build->error);
    if (status == OTR_OK)
        status = otr_yaml_text(name, &text, build->error);
    const otr_yaml *quantity = otr_yaml_get(node, "quantity");
    const otr_yaml *lot = otr_yaml_get(node, "lot");
    if (status == OTR_OK && quantity != NULL)
        status = otr_yaml_i64(quantity, 1, INT32_MAX, &number, build->error);
    if (status != OTR_OK)
        return status;
    if (out->size > 0)
        otr_buffer_add_format(out, ", ");
    if (quantity != NULL)
        otr_buffer_add_format(out, "%lld × ", (long long)number);
    otr_buffer_add(out, text.data, text.size);
    if (lot != NULL)
        status = otr_yaml_text(lot, &text, build->error);
    if (status == OTR_OK && lot != NULL)
        otr_buffer_add_format(out, " (%.*s)", OTR_STR_ARG(text));
    return status;
}

otr_status otr_build_contents(const otr_assignment_build *build, const otr_yaml *node, otr_str *out)
{
    otr_buffer text = {0};
    otr_status status = OTR_OK;
    if (otr_yaml_count(node) > CONTENTS_MAX)
        return otr_build_fail(build, node, "an asset holds at most %d things", CONTENTS_MAX);
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        status = add_item(build, entry, &text);
        if (status == OTR_OK && text.size > CONTENTS_BYTES)
            status = otr_build_fail(build, entry, "the contents have more than %d bytes", CONTENTS_BYTES);
    }
    if (status == OTR_OK && text.failed)
        status = otr_build_memory(build);
    if (status == OTR_OK) {
        *out = otr_arena_copy(build->memory, otr_buffer_text(&text));
        status = out->data != NULL ? OTR_OK : otr_build_memory(build);
    }
    otr_buffer_done(&text);
    return status;
}
