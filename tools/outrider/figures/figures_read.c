/* Sums of what was gathered, and the words about whose figures they are. */
#include <stdio.h>
#include <stdlib.h>

#include "tools/outrider/figures/figures.h"
#include "tools/outrider/fleet/watch.h"

/* What stands for a moment is not the sum of the days: it is taken from each gateway's newest. */
static void replace_standing(otr_bucket *sum, const otr_bucket *newest)
{
    for (uint32_t i = 0; i < sum->count; i++) {
        otr_bucket_cell *into = sum->cells[i];
        const otr_bucket_cell *from = otr_bucket_find(newest, into->dimension, otr_bucket_key(into));
        for (int count = 0; count < OTR_COUNT_COUNT; count++)
            if (otr_bucket_count_stands((otr_bucket_count)count))
                into->counts[count] = from != NULL ? from->counts[count] : 0;
    }
    sum->oldest = newest->oldest;
}

bool otr_figures_sum(const otr_figures *figures, const otr_figures_options *options, otr_bucket *now,
                     otr_bucket *before)
{
    otr_error error = {.text = ""};
    otr_bucket newest = {.oldest = OTR_TIME_NEVER};
    *now = (otr_bucket){.oldest = OTR_TIME_NEVER};
    otr_status status = otr_bucket_set_sum(&figures->buckets, figures->first, figures->last, now, &error);
    if (status == OTR_OK)
        status = otr_bucket_set_newest(&figures->buckets, figures->first, &newest, &error);
    if (status == OTR_OK)
        replace_standing(now, &newest);
    otr_bucket_done(&newest);
    if (status == OTR_OK && before != NULL) {
        *before = (otr_bucket){.oldest = OTR_TIME_NEVER};
        status =
            otr_bucket_set_sum(&figures->buckets, figures->before_first, figures->first - 1, before, &error);
    }
    if (status != OTR_OK)
        (void)fprintf(stderr, "outrider %s: %s\n", options->verb, error.text);
    return status == OTR_OK;
}

/* Days in the figures of which there should be one: a gateway that began in them has none before. */
static int days_due(const otr_figures *figures, const otr_figures_gateway *gateway)
{
    int32_t first = figures->first;
    if (!gateway->expected && gateway->oldest != OTR_FIGURES_DAY_NONE && gateway->oldest > first)
        first = gateway->oldest;
    return figures->last - first + 1;
}

bool otr_figures_missing(const otr_figures *figures, const otr_figures_gateway *gateway, otr_buffer *out)
{
    char day[16];
    if (gateway->newest == OTR_FIGURES_DAY_NONE) {
        otr_buffer_add_format(out, "no figures");
        return true;
    }
    otr_figures_day_text(gateway->newest, day);
    if (gateway->newest < figures->last) {
        otr_buffer_add_format(out, "nothing after %s", day);
        return true;
    }
    int due = days_due(figures, gateway);
    if (gateway->present < due)
        otr_buffer_add_format(out, "%d of %d days", due - gateway->present, due);
    return gateway->present < due;
}

double otr_figures_exposure(const otr_figures *figures, bool before)
{
    double days = 0;
    for (size_t i = 0; i < figures->gateway_count; i++)
        days += before ? figures->gateways[i].before : figures->gateways[i].present;
    return days;
}

static size_t count_present(const otr_figures *figures)
{
    size_t count = 0;
    for (size_t i = 0; i < figures->gateway_count; i++)
        count += figures->gateways[i].present > 0;
    return count;
}

void otr_figures_head(const otr_figures *figures, otr_buffer *out)
{
    char first[16];
    char last[16];
    otr_figures_day_text(figures->first, first);
    otr_figures_day_text(figures->last, last);
    if (figures->first == figures->last)
        otr_buffer_add_format(out, "%s UTC", first);
    else
        otr_buffer_add_format(out, "%s to %s UTC", first, last);
    otr_buffer_add_format(out, ", figures of %zu of %zu gateways\n", count_present(figures),
                          figures->gateway_count);
    for (size_t i = 0; i < figures->gateway_count; i++) {
        otr_buffer why = {0};
        if (otr_figures_missing(figures, &figures->gateways[i], &why)) {
            otr_buffer_add_format(out, "missing: ");
            otr_watch_add_safe(out, otr_str_of(figures->gateways[i].name));
            otr_buffer_add_format(out, " (%.*s)\n", (int)why.size, (const char *)why.data);
        }
        otr_buffer_done(&why);
    }
}

void otr_figures_put_head(const otr_figures *figures, json_t *root)
{
    char day[16];
    json_t *missing = json_array();
    otr_figures_day_text(figures->first, day);
    json_object_set_new(root, "first", json_string(day));
    otr_figures_day_text(figures->last, day);
    json_object_set_new(root, "last", json_string(day));
    json_object_set_new(root, "gateways", json_integer((json_int_t)figures->gateway_count));
    json_object_set_new(root, "gateways_present", json_integer((json_int_t)count_present(figures)));
    for (size_t i = 0; i < figures->gateway_count; i++) {
        otr_buffer why = {0};
        const otr_figures_gateway *gateway = &figures->gateways[i];
        if (otr_figures_missing(figures, gateway, &why)) {
            json_t *one = json_object();
            json_object_set_new(one, "gateway", json_string(gateway->name));
            json_object_set_new(one, "why", json_stringn((const char *)why.data, why.size));
            if (gateway->newest != OTR_FIGURES_DAY_NONE) {
                otr_figures_day_text(gateway->newest, day);
                json_object_set_new(one, "newest", json_string(day));
            }
            json_array_append_new(missing, one);
        }
        otr_buffer_done(&why);
    }
    json_object_set_new(root, "missing", missing);
}

int otr_figures_print(const otr_figures_options *options, otr_buffer *text, json_t *root)
{
    bool ok;
    if (options->json)
        ok = root != NULL && json_dumpf(root, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF;
    else
        ok = !text->failed && fwrite(text->data, 1, text->size, stdout) == text->size;
    ok = fflush(stdout) == 0 && ok;
    if (!ok)
        (void)fprintf(stderr, "outrider %s: cannot be printed\n", options->verb);
    json_decref(root);
    return ok ? 0 : 1;
}
