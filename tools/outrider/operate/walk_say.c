/* What `outrider walk` prints for people. */
#include <stdio.h>

#include "core/notice/notice_reason.h"
#include "core/outbox/outbox.h"
#include "text/fit.h"
#include "tools/outrider/operate/walk.h"

enum { WIDTH = 72 };

static void print_time(otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES] = "not known";
    if (at != OTR_TIME_NONE && otr_time_format(at, text) > 16)
        text[10] = ' ';
    printf("%.16s", text);
}

/* Between words, indented. */
static void print_wrapped(otr_str text)
{
    while (text.size > 0) {
        size_t size = text.size;
        if (otr_text_length(text) > WIDTH) {
            size = 0;
            for (size_t i = 0; i < text.size && otr_text_length((otr_str){text.data, i}) <= WIDTH; i++)
                if (text.data[i] == ' ')
                    size = i;
            size = size > 0 ? size : text.size;
        }
        printf("      %.*s\n", (int)size, text.data);
        text.data += size;
        text.size -= size;
        while (text.size > 0 && *text.data == ' ') {
            text.data++;
            text.size--;
        }
    }
}

static void print_wait(const otr_walk *w, otr_time at)
{
    char span[OTR_TIME_TEXT_BYTES];
    if (w->last == OTR_TIME_NONE || at <= w->last)
        return;
    otr_time wait = at - w->last;
    (void)otr_span_format(wait - wait % OTR_SECOND, span);
    bool late = w->next_by != OTR_TIME_NONE && at > w->next_by;
    printf("   |  %s%s\n", wait < OTR_SECOND ? "at once" : span, late ? ", longer than was promised" : "");
}

void otr_walk_say_begin(const otr_walk *w)
{
    size_t others = otr_walk_others(w);
    printf("%s, as %.*s saw it", w->asset, OTR_STR_ARG(w->contact));
    if (w->wanted == NULL && others > 0)
        printf(", who was told most (%zu other%s: --contact)", others, others == 1 ? "" : "s");
    printf("; times in UTC\n\n");
}

void otr_walk_say_told(const otr_walk *w, const otr_notice_found *notice)
{
    otr_arena memory = {0};
    otr_service_event event;
    otr_error ignored;
    otr_time at = otr_walk_told_at(notice);
    print_wait(w, at);
    print_time(at);
    printf("  %.*s%s\n", OTR_STR_ARG(notice->row.what),
           otr_notice_fate_of(notice) == OTR_FATE_WAITING ? ", waits for the uplink" : "");
    if (notice->row.body.size > 0 &&
        otr_outbox_render(&memory, notice->row.body, at, &event, &ignored) == OTR_OK)
        print_wrapped(event.text);
    otr_arena_done(&memory);
}

void otr_walk_say_withheld(const otr_notice_found *notice)
{
    otr_str sentence = otr_notice_reason_sentence(otr_notice_reason_parse(notice->row.reason));
    print_time(notice->row.decided);
    printf("  (%.*s: %s%s%.*s)\n", OTR_STR_ARG(notice->row.what),
           otr_notice_fate_text(otr_notice_fate_of(notice)), sentence.size > 0 ? ", because " : "",
           OTR_STR_ARG(sentence));
}

static void print_steps(const otr_walk *w)
{
    printf("\n%-22s %-16s  %-16s  %-16s  %s\n", "STEP", "HAPPENED", "KNOWN", "TOLD", "GOAL");
    for (size_t i = 0; i < w->map->step_count && i < OTR_WALK_STEPS_MAX; i++) {
        const otr_journey_step *meant = &w->map->steps[i];
        const otr_walk_step *one = &w->steps[i];
        printf("%-22.*s ", OTR_STR_ARG(meant->name.text));
        if (!one->happened) {
            puts("-");
            continue;
        }
        print_time(one->onset);
        printf("  ");
        print_time(one->detected);
        printf("  ");
        if (one->told == OTR_TIME_NONE) {
            printf("%-16.*s\n", OTR_STR_ARG(one->reason.size > 0 ? one->reason : OTR_STR("not told")));
            continue;
        }
        print_time(one->told);
        bool met = meant->told_within > 0 && one->told - one->onset <= meant->told_within;
        printf("  %s %.*s\n",
               meant->told_within == 0 ? "none"
               : met                   ? "met"
                                       : "missed",
               OTR_STR_ARG(meant->told.text));
    }
}

void otr_walk_say_end(const otr_walk *w)
{
    char span[OTR_TIME_TEXT_BYTES];
    (void)otr_span_format(w->longest, span);
    printf("\n%zu told, %zu not; the longest silence between two messages: %s\n", w->told, w->withheld, span);
    if (w->map != NULL)
        print_steps(w);
}
