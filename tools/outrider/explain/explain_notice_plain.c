#include "tools/outrider/explain/explain_notice_plain.h"

/* What we did about it. %s is when; the reason, where there is one, follows after "because". */
static const struct {
    const char *did;
    const char *because; /* empty: the notice's own reason */
} sentences[OTR_FATES] = {
    [OTR_FATE_HELD] = {"There was something to tell you%s, and we have not written yet", ""},
    [OTR_FATE_DROPPED] = {"We did not write to you%s", ""},
    [OTR_FATE_WAITING] = {"We wrote to you%s, and the message is still on its way", NULL},
    [OTR_FATE_ACCEPTED] = {"We wrote to you%s", NULL},
    [OTR_FATE_EXPIRED] = {"We did not write to you%s",
                          "the message was too old to be news when it could be sent"},
    [OTR_FATE_SUPERSEDED] =
        {"We did not write to you%s",
         "things had changed before the message could be sent; a later one told you how they"
         " stood"},
    [OTR_FATE_RETRACTED] = {"We did not write to you%s",
                            "it turned out to be wrong before the message could be sent"},
    [OTR_FATE_EVICTED] =
        {"We did not write to you%s",
         "too many messages waited for a connection, and the oldest were dropped. We are sorry"},
    [OTR_FATE_FORGOTTEN] = {"We did not write to you%s", "you asked us to forget you"},
    [OTR_FATE_GATHERED] = {"We did not write to you%s by itself", "it was told with others in one message"},
    [OTR_FATE_UNKNOWN] = {"We wrote to you%s, so long ago that we no longer know how it went", NULL},
};

/* " on 2026-11-26 at 02:10 UTC" */
static void moment(otr_time at, const char *name, char *out, size_t size)
{
    char text[OTR_TIME_TEXT_BYTES];
    out[0] = '\0';
    if (at == OTR_TIME_NONE)
        return;
    (void)otr_time_format(at, text);
    (void)snprintf(out, size, " %s %.10s at %.5s UTC", name, text, text + 11);
}

void otr_notice_print_plain(FILE *out, const otr_notice_found *notice, otr_str text)
{
    const otr_row_notice *row = &notice->row;
    otr_notice_fate fate = otr_notice_fate_of(notice);
    otr_time at =
        fate == OTR_FATE_ACCEPTED && notice->left_utc != OTR_TIME_NONE ? notice->left_utc : row->decided;
    char when[64];
    moment(at, "on", when, sizeof when);
    (void)fprintf(out, "About %.*s: ", OTR_STR_ARG(row->asset));
    (void)fprintf(out, sentences[fate].did, when);
    if (sentences[fate].because != NULL) {
        otr_str own = otr_notice_reason_sentence(otr_notice_reason_parse(row->reason));
        otr_str because = sentences[fate].because[0] != '\0' ? otr_str_of(sentences[fate].because) : own;
        if (because.size > 0)
            (void)fprintf(out, ", because %.*s", OTR_STR_ARG(because));
    }
    (void)fputc('.', out);
    moment(row->due, "by", when, sizeof when);
    if (when[0] != '\0' && fate == OTR_FATE_HELD)
        (void)fprintf(out, " If it still matters then, we write%s.", when);
    else if (when[0] != '\0' && (fate == OTR_FATE_ACCEPTED || fate == OTR_FATE_WAITING))
        (void)fprintf(out, " You hear from us again%s.", when);
    if (text.size > 0)
        (void)fprintf(out, " %s: \"%.*s\"",
                      fate == OTR_FATE_ACCEPTED || fate == OTR_FATE_WAITING || fate == OTR_FATE_UNKNOWN
                          ? "We wrote"
                          : "The message would have been",
                      OTR_STR_ARG(text));
    (void)fputc('\n', out);
}
