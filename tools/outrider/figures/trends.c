/* `outrider trends`: what rose against the days before, and proposals for problems. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/config/config.h"
#include "daemon/file.h"
#include "tools/outrider/figures/trends.h"
#include "tools/outrider/verbs.h"

enum { PROPOSE = 0x100, BEFORE, COUNT, PROBLEMS };

static const char usage[] =
    "usage: outrider trends [options]\n"
    "\n"
    "Products, lots, lanes, causes, queues, rules and steps with more cases (or alarms) than the days before "
    "let\n"
    "expect. What is one surge is one problem, with an owner, a state and a text for new tickets in a file "
    "that\n"
    "gateways read as knowledge (rules.knowledge).\n"
    "\n"
    "  --before N       days to compare with, 1 to 30; default all that there are\n"
    "  --count WORD     alarms, cases, complaint, wrong, return, ...; default cases, of rules and steps "
    "alarms\n"
    "  --problems FILE  problems that are known\n"
    "  --propose FILE   the same, and adds what is new to it; made when it is not there\n";

typedef struct request {
    const char *file;
    bool writes;
    int before;
    otr_bucket_count count;
} request;

static bool take(void *context, int option, const char *argument)
{
    request *r = context;
    int64_t days;
    if (option == PROPOSE || option == PROBLEMS) {
        bool first = r->file == NULL;
        r->file = argument;
        r->writes = option == PROPOSE;
        return first;
    }
    if (option == BEFORE) {
        if (!otr_str_to_i64(otr_str_of(argument), &days) || days < 1 || days >= OTR_FIGURES_DAYS_MAX)
            return false;
        r->before = (int)days;
        return true;
    }
    for (int count = 0; count < OTR_COUNT_COUNT; count++) {
        const char *word = otr_bucket_count_text((otr_bucket_count)count);
        if (word != NULL && otr_str_is(otr_str_of(argument), word) &&
            !otr_bucket_count_stands((otr_bucket_count)count)) {
            r->count = (otr_bucket_count)count;
            return true;
        }
    }
    return false;
}

static int complain(const char *file, const otr_error *error)
{
    char reason[OTR_REFUSAL_BYTES];
    (void)fprintf(stderr, "outrider trends: %s\n", otr_refusal_format(file, error, reason));
    return 1;
}

/* The whole file or none of it. */
static int write_file(const char *path, const otr_buffer *text)
{
    char beside[4200];
    (void)snprintf(beside, sizeof beside, "%s.new", path);
    FILE *file = fopen(beside, "w");
    bool ok = file != NULL && fwrite(text->data, 1, text->size, file) == text->size && fflush(file) == 0 &&
              fsync(fileno(file)) == 0;
    if (file != NULL)
        ok = fclose(file) == 0 && ok;
    if (ok && rename(beside, path) == 0)
        return 0;
    (void)fprintf(stderr, "outrider trends: %s: %s\n", path, strerror(errno));
    (void)unlink(beside);
    return 1;
}

/* The file's text, empty when a new one may be made. */
static int read_known(const request *r, otr_arena *memory, otr_str *yaml, otr_knowledge **knowledge)
{
    otr_bytes bytes = {NULL, 0};
    otr_error error = {.text = ""};
    *yaml = (otr_str){NULL, 0};
    if (r->file == NULL || (r->writes && access(r->file, F_OK) != 0 && errno == ENOENT))
        return 0;
    otr_status status = otr_file_read(memory, r->file, OTR_LIMIT_PACK_BYTES, &bytes, &error);
    *yaml = (otr_str){(const char *)bytes.data, bytes.size};
    if (status == OTR_OK)
        status = otr_knowledge_load(*yaml, knowledge, &error);
    return status == OTR_OK ? 0 : complain(r->file, &error);
}

static int add_proposals(const request *r, const otr_trends *trends, const otr_figures *figures, otr_str yaml,
                         otr_buffer *text, json_t *root)
{
    otr_buffer out = {0};
    otr_error error = {.text = ""};
    size_t added = 0;
    int code = 0;
    if (otr_trends_propose(trends, figures, yaml, &out, &added, &error) != OTR_OK)
        code = complain(r->file, &error);
    else if (added > 0)
        code = write_file(r->file, &out);
    if (code == 0) {
        otr_buffer_add_format(text, "%zu proposed in %s\n", added, r->file);
        json_object_set_new(root, "proposed", json_integer((json_int_t)added));
    }
    otr_buffer_done(&out);
    return code;
}

static int compare(const request *r, otr_figures *figures, const otr_figures_options *options)
{
    otr_bucket now = {.day = 0};
    otr_bucket before = {.day = 0};
    otr_trends trends = {.count = 0};
    otr_arena memory = {0};
    otr_knowledge *knowledge = NULL;
    otr_str yaml;
    otr_buffer text = {0};
    json_t *root = json_object();
    double exposure[] = {otr_figures_exposure(figures, false), otr_figures_exposure(figures, true)};
    int code = read_known(r, &memory, &yaml, &knowledge);
    if (code == 0 && !otr_figures_sum(figures, options, &now, &before))
        code = 1;
    bool compares = exposure[0] > 0 && exposure[1] > 0;
    if (code == 0 && compares &&
        otr_trends_find(&now, exposure[0], &before, exposure[1], r->count, &trends) != OTR_OK)
        code = complain("trends", &(otr_error){.text = "out of memory"});
    if (code == 0) {
        otr_figures_head(figures, &text);
        otr_figures_put_head(figures, root);
        json_object_set_new(root, "gateway_days", json_real(exposure[0]));
        json_object_set_new(root, "gateway_days_before", json_real(exposure[1]));
        if (!compares)
            otr_buffer_add_format(&text, "\nno figures of days before: there is nothing to compare with\n");
        else
            otr_trends_say(&trends, figures, knowledge, &text);
        otr_trends_put(&trends, figures, knowledge, root);
        int written = r->writes ? add_proposals(r, &trends, figures, yaml, &text, root) : 0;
        code = otr_figures_print(options, &text, root);
        root = NULL;
        code = code == 0 ? written : code;
    }
    json_decref(root);
    otr_knowledge_free(knowledge);
    otr_arena_done(&memory);
    otr_trends_done(&trends);
    otr_buffer_done(&text);
    otr_bucket_done(&now);
    otr_bucket_done(&before);
    return code;
}

int otr_verb_trends(int argc, char **argv)
{
    static const struct option extra[] = {{"propose", required_argument, NULL, PROPOSE},
                                          {"problems", required_argument, NULL, PROBLEMS},
                                          {"before", required_argument, NULL, BEFORE},
                                          {"count", required_argument, NULL, COUNT},
                                          {NULL, 0, NULL, 0}};
    request r = {.before = OTR_FIGURES_DAYS_MAX, .count = OTR_COUNT_CASES};
    otr_figures figures = {.refused = 0};
    otr_figures_options options = {.wants = {[OTR_SERVICE_FIGURES] = true,
                                             [OTR_SERVICE_STATUS] = true,
                                             [OTR_SERVICE_ALARM] = true,
                                             [OTR_SERVICE_TICKET] = true}};
    int code = otr_figures_parse(argc, argv, usage, extra, take, &r, &options);
    if (code >= 0)
        return code;
    options.before = r.before;
    code = otr_figures_gather(&figures, &options);
    if (code < 0)
        code = compare(&r, &figures, &options);
    if (code == 0 && figures.refused > 0)
        code = 1;
    otr_figures_done(&figures);
    return code;
}
