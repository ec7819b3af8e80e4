#include <stdlib.h>

#include "tools/outrider/figures/figures_say.h"
#include "tools/outrider/figures/voice.h"

static bool has_any(const otr_bucket_cell *cell, const otr_bucket_count *counts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cell->counts[counts[i]] > 0)
            return true;
    return false;
}

static const otr_bucket_count opinions[] = {OTR_COUNT_USEFUL, OTR_COUNT_KNOWN, OTR_COUNT_WRONG,
                                            OTR_COUNT_LATE};
static const otr_bucket_count signs[] = {OTR_COUNT_ACTED,       OTR_COUNT_IGNORED, OTR_COUNT_MUTED,
                                         OTR_COUNT_ASKED_AGAIN, OTR_COUNT_PRAISE,  OTR_COUNT_COMPLAINT,
                                         OTR_COUNT_QUESTION,    OTR_COUNT_RETURN};
enum {
    OPINIONS = sizeof opinions / sizeof opinions[0],
    SIGNS = sizeof signs / sizeof signs[0],
    SIGNS_SHOWN = 6,
    SIGNS_OUTSIDE = 4
};

static void say_opinions(const otr_bucket_cell **list, size_t count, otr_buffer *out)
{
    otr_table table = {.columns = 0};
    size_t rows = 0;
    otr_table_head(&table, "what readers say of|>useful|>known|>wrong|>late|>n|precision");
    for (size_t i = 0; i < count; i++) {
        char text[OTR_SAY_BYTES];
        if (!has_any(list[i], opinions, OPINIONS))
            continue;
        otr_estimate precision = otr_voice_precision(list[i]);
        otr_table_text(&table, otr_figures_key(list[i]));
        for (size_t k = 0; k < OPINIONS; k++)
            otr_table_add(&table, "%llu", (unsigned long long)list[i]->counts[opinions[k]]);
        otr_table_add(&table, "%llu", (unsigned long long)precision.n);
        otr_table_add(&table, "%s", otr_say_share(&precision, text));
        rows++;
    }
    otr_buffer_add_u8(out, '\n');
    if (rows > 0)
        otr_table_print(&table, out);
    else
        otr_buffer_add_format(out, "no reader has said what a message was worth\n");
    otr_table_done(&table);
}

/* Signs from first on, as many as fit beside names. */
static void say_signs(const otr_bucket_cell **list, size_t count, size_t first, const char *head,
                      otr_buffer *out)
{
    otr_table table = {.columns = 0};
    size_t rows = 0;
    size_t end = first + SIGNS_SHOWN < SIGNS ? first + SIGNS_SHOWN : SIGNS;
    otr_table_head(&table, head);
    for (size_t i = 0; i < count; i++) {
        if (!has_any(list[i], signs + first, end - first))
            continue;
        otr_table_text(&table, otr_figures_key(list[i]));
        for (size_t k = first; k < end; k++)
            otr_table_add(&table, "%llu", (unsigned long long)list[i]->counts[signs[k]]);
        rows++;
    }
    if (rows > 0) {
        otr_buffer_add_u8(out, '\n');
        otr_table_print(&table, out);
    }
    otr_table_done(&table);
}

static void say_scores(const otr_bucket_cell *all, otr_buffer *out)
{
    otr_table table = {.columns = 0};
    otr_table_head(&table, "scores|>n|mean, or balance");
    for (int score = 0; score < OTR_SCORE_COUNT; score++) {
        char text[OTR_SAY_BYTES];
        otr_estimate mean = otr_figures_score(all, (otr_bucket_score)score);
        otr_table_add(&table, "%s", otr_bucket_score_text((otr_bucket_score)score));
        otr_table_add(&table, "%llu", (unsigned long long)mean.n);
        otr_table_add(&table, "%s", otr_say_mean(&mean, text));
    }
    otr_buffer_add_u8(out, '\n');
    otr_table_print(&table, out);
    otr_table_done(&table);
}

void otr_voice_say(const otr_bucket *sum, otr_buffer *out)
{
    const otr_bucket_cell **list = calloc(sum->count + 1, sizeof(void *));
    out->failed |= list == NULL;
    if (list == NULL)
        return;
    size_t count = otr_figures_cells(sum, OTR_BY_RULE, list);
    say_opinions(list, count, out);
    say_signs(list, count, 0, "what they do|>acted|>ignored|>muted|>asked|>praise|>complaints", out);
    count = otr_figures_cells(sum, OTR_BY_PRODUCT, list);
    say_signs(list, count, SIGNS_OUTSIDE, "what is heard of|>praise|>complaints|>questions|>returns", out);
    say_scores(otr_bucket_find(sum, OTR_BY_TOTAL, OTR_STR("")), out);
    free((void *)list);
}

static json_t *put_cell(const otr_bucket_cell *cell)
{
    json_t *one = json_object();
    json_t *said = json_object();
    json_t *done = json_object();
    otr_estimate useful = otr_voice_useful(cell);
    otr_estimate precision = otr_voice_precision(cell);
    for (size_t i = 0; i < OPINIONS; i++)
        json_object_set_new(said, otr_bucket_count_text(opinions[i]),
                            json_integer((json_int_t)cell->counts[opinions[i]]));
    for (size_t i = 0; i < SIGNS; i++)
        json_object_set_new(done, otr_bucket_count_text(signs[i]),
                            json_integer((json_int_t)cell->counts[signs[i]]));
    json_object_set_new(one, "key", json_stringn(cell->key, cell->key_size));
    json_object_set_new(one, "opinions", said);
    json_object_set_new(one, "signs", done);
    json_object_set_new(one, "useful", otr_put_estimate(&useful));
    json_object_set_new(one, "precision", otr_put_estimate(&precision));
    return one;
}

void otr_voice_put(const otr_bucket *sum, json_t *root)
{
    static const struct {
        otr_bucket_dimension dimension;
        const char *word;
    } lists[] = {{OTR_BY_RULE, "rules"}, {OTR_BY_PRODUCT, "products"}};
    const otr_bucket_cell **list = calloc(sum->count + 1, sizeof(void *));
    const otr_bucket_cell *all = otr_bucket_find(sum, OTR_BY_TOTAL, OTR_STR(""));
    json_t *scores = json_object();
    for (size_t i = 0; list != NULL && i < sizeof lists / sizeof lists[0]; i++) {
        json_t *cells = json_array();
        size_t count = otr_figures_cells(sum, lists[i].dimension, list);
        for (size_t k = 0; k < count; k++)
            if (has_any(list[k], opinions, OPINIONS) || has_any(list[k], signs, SIGNS))
                json_array_append_new(cells, put_cell(list[k]));
        json_object_set_new(root, lists[i].word, cells);
    }
    for (int score = 0; score < OTR_SCORE_COUNT; score++) {
        otr_estimate mean = otr_figures_score(all, (otr_bucket_score)score);
        json_object_set_new(scores, otr_bucket_score_text((otr_bucket_score)score), otr_put_estimate(&mean));
    }
    json_object_set_new(root, "scores", scores);
    free((void *)list);
}
