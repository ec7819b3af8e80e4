/* `outrider explain` for notices: what was decided about telling somebody, and why. */
#include "tools/outrider/explain/explain_find.h"

#include <string.h>

enum { LISTED = 50, REVISIONS_MAX = 256 };

typedef struct listing {
    const otr_explain_options *options;
    otr_notice_form form;
    size_t count;
    otr_id id; /* of the first */
    bool several;
} listing;

static otr_status look(void *context, const otr_notice_found *notice)
{
    listing *list = context;
    if (list->count++ == 0)
        list->id = notice->row.id;
    list->several |= !otr_id_equal(list->id, notice->row.id);
    return OTR_OK;
}

static otr_status show(void *context, const otr_notice_found *notice)
{
    listing *list = context;
    if (list->form == OTR_NOTICE_JSON)
        (void)fputs(list->count == 0 ? "[" : ",\n", stdout);
    else if (list->form == OTR_NOTICE_FULL && list->count > 0)
        (void)fputc('\n', stdout);
    list->count++;
    otr_notice_print(stdout, notice, list->form);
    return OTR_OK;
}

static otr_notice_form form_of(const otr_explain_options *options, otr_notice_form usual)
{
    if (options->json)
        return OTR_NOTICE_JSON;
    return options->plain ? OTR_NOTICE_PLAIN : usual;
}

static int end(const listing *list, otr_status status, const otr_error *error)
{
    if (list->form == OTR_NOTICE_JSON)
        puts(list->count == 0 ? "[]" : "]");
    else if (list->count == 0 && status == OTR_OK)
        puts("no notices");
    if (status != OTR_OK)
        (void)fprintf(stderr, "%s: %s\n", list->options->folder, error->text);
    return status == OTR_OK ? 0 : 1;
}

int otr_explain_notices(otr_store_reader *store, const otr_explain_options *options)
{
    otr_error error;
    listing list = {.options = options, .form = form_of(options, OTR_NOTICE_LINE)};
    otr_status status;
    if (options->asset != NULL)
        status = otr_store_reader_notices(store, otr_str_of(options->asset), OTR_TIME_NONE, OTR_TIME_NEVER,
                                          &list, show, &error);
    else
        status = otr_store_reader_contact(store, otr_str_of(options->contact), LISTED, &list, show, &error);
    return end(&list, status, &error);
}

int otr_explain_notice(otr_store_reader *store, const otr_explain_options *options)
{
    otr_error error;
    otr_str hex = otr_str_of(options->id);
    listing list = {.options = options, .form = form_of(options, OTR_NOTICE_FULL)};
    otr_status status = otr_store_reader_notice(store, hex, REVISIONS_MAX, &list, look, &error);
    if (status != OTR_OK) {
        (void)fprintf(stderr, "%s: %s\n", options->folder, error.text);
        return 1;
    }
    if (list.count == 0) {
        (void)fprintf(stderr,
                      "outrider explain: there is no such alarm or notification; without an id the newest"
                      " alarms are listed\n");
        return 1;
    }
    if (list.several) {
        (void)fprintf(stderr, "outrider explain: several notifications begin with %s; give more of it\n",
                      options->id);
        return 1;
    }
    list.count = 0;
    status = otr_store_reader_notice(store, hex, REVISIONS_MAX, &list, show, &error);
    return end(&list, status, &error);
}
