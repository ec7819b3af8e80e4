#include "tools/outrider/explain/explain_notice.h"

#include "base/arena.h"
#include "core/outbox/outbox.h"
#include "tools/outrider/explain/explain_notice_plain.h"

enum { SHORT_ID = 8 };

static const struct {
    const char *word;
    const char *sentence; /* completes "it ..." */
} fates[OTR_FATES] = {
    [OTR_FATE_HELD] = {"held", "waits"},
    [OTR_FATE_DROPPED] = {"dropped", "is never told"},
    [OTR_FATE_WAITING] = {"waiting", "is in the outbox, not accepted by the broker yet"},
    [OTR_FATE_ACCEPTED] = {"accepted", "was accepted by the broker"},
    [OTR_FATE_EXPIRED] = {"expired", "was too old when it could be sent"},
    [OTR_FATE_SUPERSEDED] = {"superseded", "was not told: what came after it was told in its place"},
    [OTR_FATE_RETRACTED] = {"retracted", "was taken back before it was told"},
    [OTR_FATE_EVICTED] = {"evicted", "was dropped unsent: the outbox was full, or it did not read back"},
    [OTR_FATE_FORGOTTEN] = {"forgotten", "was forgotten with its customer"},
    [OTR_FATE_GATHERED] = {"gathered", "was told with others in another notice"},
    [OTR_FATE_UNKNOWN] = {"unknown", "has left, so long ago that nobody remembers how"},
};

otr_notice_fate otr_notice_fate_of(const otr_notice_found *notice)
{
    static const otr_notice_fate left[OTR_LEFT_REASONS] = {
        [OTR_LEFT_ACCEPTED] = OTR_FATE_ACCEPTED,     [OTR_LEFT_EXPIRED] = OTR_FATE_EXPIRED,
        [OTR_LEFT_SUPERSEDED] = OTR_FATE_SUPERSEDED, [OTR_LEFT_RETRACTED] = OTR_FATE_RETRACTED,
        [OTR_LEFT_EVICTED] = OTR_FATE_EVICTED,       [OTR_LEFT_FORGOTTEN] = OTR_FATE_FORGOTTEN,
    };
    switch (notice->row.state) {
    case OTR_NOTICE_HELD:
        return OTR_FATE_HELD;
    case OTR_NOTICE_DROPPED:
        return OTR_FATE_DROPPED;
    case OTR_NOTICE_SUPERSEDED:
        return OTR_FATE_SUPERSEDED;
    case OTR_NOTICE_GATHERED:
        return OTR_FATE_GATHERED;
    default:
        break;
    }
    if (notice->left)
        return left[notice->left_as];
    return notice->waiting ? OTR_FATE_WAITING : OTR_FATE_UNKNOWN;
}

const char *otr_notice_fate_text(otr_notice_fate fate)
{
    return fates[fate].word;
}

/* As it read when it left; what has not left, as it would have read when it was decided. */
static otr_status render(otr_arena *memory, const otr_notice_found *notice, otr_service_event *event)
{
    otr_error ignored;
    if (notice->row.body.size == 0)
        return OTR_NOT_FOUND;
    otr_time utc = notice->left_utc != OTR_TIME_NONE ? notice->left_utc : notice->row.decided;
    return otr_outbox_render(memory, notice->row.body, utc, event, &ignored);
}

static void print_time(FILE *out, const char *name, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    if (at == OTR_TIME_NONE)
        return;
    (void)otr_time_format(at, text);
    (void)fprintf(out, "  %-9s %s\n", name, text);
}

static void print_id(FILE *out, const char *name, otr_id id)
{
    char text[OTR_ID_TEXT_BYTES];
    if (otr_id_is_zero(id))
        return;
    otr_id_format(id, text);
    (void)fprintf(out, "  %-9s %.*s\n", name, SHORT_ID, text);
}

/* A text of many lines stands below its name. */
static void print_text(FILE *out, const char *name, otr_str text)
{
    if (text.size == 0)
        return;
    (void)fprintf(out, "  %-9s ", name);
    for (size_t i = 0; i < text.size; i++) {
        (void)fputc(text.data[i], out);
        if (text.data[i] == '\n')
            (void)fprintf(out, "%12s", "");
    }
    (void)fputc('\n', out);
}

static void print_line(FILE *out, const otr_notice_found *notice)
{
    const otr_row_notice *row = &notice->row;
    char id[OTR_ID_TEXT_BYTES];
    char decided[OTR_TIME_TEXT_BYTES] = "-";
    otr_id_format(row->id, id);
    if (row->decided != OTR_TIME_NONE)
        (void)otr_time_format(row->decided, decided);
    (void)fprintf(
        out, "%.*s  %-24s %-10s %-12.*s %-9.*s %.*s, %.*s%s%.*s\n", SHORT_ID, id, decided,
        otr_notice_fate_text(otr_notice_fate_of(notice)), (int)(row->reason.size > 0 ? row->reason.size : 1),
        row->reason.size > 0 ? row->reason.data : "-", OTR_STR_ARG(row->what), OTR_STR_ARG(row->contact),
        OTR_STR_ARG(row->rule), row->rule.size > 0 ? " on " : "", OTR_STR_ARG(row->asset));
}

static void print_full(FILE *out, const otr_notice_found *notice)
{
    const otr_row_notice *row = &notice->row;
    otr_notice_fate fate = otr_notice_fate_of(notice);
    char id[OTR_ID_TEXT_BYTES];
    otr_arena memory = {0};
    otr_service_event event;
    otr_id_format(row->id, id);
    (void)fprintf(out, "%s, revision %u\n  %.*s to %.*s: %.*s on %.*s, %.*s\n", id, row->revision,
                  OTR_STR_ARG(row->what), OTR_STR_ARG(row->contact), OTR_STR_ARG(row->rule),
                  OTR_STR_ARG(row->asset), OTR_STR_ARG(row->category));
    print_time(out, "decided", row->decided);
    (void)fprintf(out, "  %-9s it %s\n", fates[fate].word, fates[fate].sentence);
    if (row->reason.size > 0) {
        otr_str why = otr_notice_reason_sentence(otr_notice_reason_parse(row->reason));
        (void)fprintf(out, "  %-9s %.*s%s%.*s\n", "reason", OTR_STR_ARG(row->reason),
                      why.size > 0 ? ": " : "", OTR_STR_ARG(why));
    }
    print_time(out, row->state == OTR_NOTICE_HELD ? "until" : "next by", row->due);
    print_time(out, "left", notice->left_utc);
    print_id(out, "alarm", row->alarm);
    print_id(out, "case", row->case_id);
    if (row->outbox_seq != 0)
        (void)fprintf(out, "  %-9s %llu\n", "entry", (unsigned long long)row->outbox_seq);
    otr_status status = render(&memory, notice, &event);
    if (status == OTR_OK) {
        print_text(out, "line", event.line);
        print_text(out, "text", event.text);
    } else if (status != OTR_NOT_FOUND) {
        (void)fprintf(out, "  %-9s does not read back\n", "text");
    }
    otr_arena_done(&memory);
}

static void json_text(FILE *out, const char *name, otr_str text)
{
    (void)fprintf(out, "%s\"%s\":", name[0] == '{' ? "{" : ",", name + (name[0] == '{'));
    if (text.size == 0) {
        (void)fputs("null", out);
        return;
    }
    (void)fputc('"', out);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\')
            (void)fprintf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            (void)fprintf(out, "\\u%04x", c);
        else
            (void)fputc(c, out);
    }
    (void)fputc('"', out);
}

static void json_time(FILE *out, const char *name, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    size_t size = at != OTR_TIME_NONE ? otr_time_format(at, text) : 0;
    json_text(out, name, (otr_str){text, size});
}

static void json_id(FILE *out, const char *name, otr_id id)
{
    char text[OTR_ID_TEXT_BYTES];
    otr_id_format(id, text);
    json_text(out, name, otr_id_is_zero(id) ? (otr_str){NULL, 0} : otr_str_of(text));
}

static void print_json(FILE *out, const otr_notice_found *notice)
{
    const otr_row_notice *row = &notice->row;
    otr_arena memory = {0};
    otr_service_event event;
    if (render(&memory, notice, &event) != OTR_OK)
        event = (otr_service_event){.kind = OTR_SERVICE_NOTIFICATION};
    json_id(out, "{id", row->id);
    (void)fprintf(out, ",\"revision\":%u,\"entry\":%llu", row->revision, (unsigned long long)row->outbox_seq);
    json_text(out, "contact", row->contact);
    json_text(out, "asset", row->asset);
    json_text(out, "pack", row->pack);
    json_text(out, "rule", row->rule);
    json_id(out, "alarm", row->alarm);
    json_id(out, "case", row->case_id);
    json_text(out, "category", row->category);
    json_text(out, "what", row->what);
    json_text(out, "fate", otr_str_of(otr_notice_fate_text(otr_notice_fate_of(notice))));
    json_text(out, "reason", row->reason);
    json_text(out, "why", otr_notice_reason_sentence(otr_notice_reason_parse(row->reason)));
    json_time(out, "decided", row->decided);
    json_time(out, "due", row->due);
    json_time(out, "left", notice->left_utc);
    json_text(out, "line", event.line);
    json_text(out, "brief", event.brief);
    json_text(out, "text", event.text);
    (void)fputc('}', out);
    otr_arena_done(&memory);
}

static void print_plain(FILE *out, const otr_notice_found *notice)
{
    otr_arena memory = {0};
    otr_service_event event;
    bool known = render(&memory, notice, &event) == OTR_OK;
    otr_notice_print_plain(out, notice, known ? event.text : (otr_str){NULL, 0});
    otr_arena_done(&memory);
}

void otr_notice_print(FILE *out, const otr_notice_found *notice, otr_notice_form form)
{
    static void (*const print[])(FILE * out, const otr_notice_found *notice) = {
        [OTR_NOTICE_LINE] = print_line,
        [OTR_NOTICE_FULL] = print_full,
        [OTR_NOTICE_PLAIN] = print_plain,
        [OTR_NOTICE_JSON] = print_json,
    };
    print[form](out, notice);
}
