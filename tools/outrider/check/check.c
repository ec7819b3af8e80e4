/* `outrider check`: packs, assignments and configurations, checked as the daemon checks them, and what packs
 * cost. */
#include <getopt.h>
#include <stdio.h>

#include "base/limits.h"
#include "core/core.h"
#include "daemon/config/contents.h"
#include "daemon/file.h"
#include "tools/outrider/check/check_journey.h"
#include "tools/outrider/check/check_pack.h"
#include "tools/outrider/check/check_text.h"
#include "tools/outrider/test/test_open.h"
#include "tools/outrider/verbs.h"

static const char usage[] =
    "usage: outrider check [--assignments FILE] [--config FILE] [--strict] [--locales LIST] [--journey "
    "FILE]...\n"
    "                      [PACK, its tests or KNOWLEDGE...]\n"
    "\n"
    "Checks rule packs, knowledge, assignments, and a configuration with all that it names. Prints \"ok\" "
    "and what a\n"
    "pack costs for each, or FILE:LINE:COL: reason to stderr and ends with 1. Warns of what is probably not\n"
    "meant: missing translations, messages that nothing tells, and with assignments rules that watch "
    "nothing. A text that is too long when read ends with 1.\n"
    "\n"
    "  --strict         warnings end with 1 too\n"
    "  --journey FILE   a journey map: what it asks for and the packs do not do ends with 1\n"
    "  --locales LIST   every message and card must be in these, as en,de,es,fr,zh\n"
    "\n"
    "exit: 0 ok; 1 refused, or a warning with --strict; 2 wrong usage\n";

enum { JOURNEYS = 32 };

typedef struct check {
    const char *assignments_file;
    const char *config_file;
    const char *locales; /* NULL: those that any message of the pack or any reader has */
    bool strict;
    otr_assignments *assignments; /* what packs are checked against; NULL: nothing */
    size_t warnings;
    size_t too_long;
    otr_pack *packs[OTR_LIMIT_PACKS]; /* those that load, for the journeys */
    size_t pack_count;
    const char *journeys[JOURNEYS];
    size_t journey_count;
} check;

static int refuse(const char *file, const otr_error *error)
{
    char text[OTR_REFUSAL_BYTES];
    (void)fprintf(stderr, "%s\n", otr_refusal_format(file, error, text));
    return 1;
}

static void advise_texts(check *c, const otr_content_file *content, const otr_pack *pack, otr_buffer *out)
{
    otr_arena memory = {0};
    otr_yaml *root = NULL;
    otr_text_check texts = {.out = out,
                            .file = content->file.data,
                            .pack = pack,
                            .assignments = c->assignments,
                            .locales = otr_str_of(c->locales != NULL ? c->locales : "")};
    if (otr_yaml_parse(&memory, content->bytes, &root, NULL) == OTR_OK) {
        texts.root = root;
        otr_check_texts(&texts);
    }
    otr_arena_done(&memory);
    c->warnings += texts.warnings;
    c->too_long += texts.errors;
}

/* What there is to say of a pack that loads. */
static void advise(check *c, const otr_content_file *content)
{
    otr_pack *pack = NULL;
    otr_buffer cost = {0};
    otr_buffer warnings = {0};
    if (otr_pack_load(content->bytes, &pack, NULL) != OTR_OK)
        return;
    otr_check_cost(&cost, pack, c->assignments);
    otr_check_deeds(&cost, pack);
    c->warnings += otr_check_warnings(&warnings, content->file.data, content->bytes, pack, c->assignments);
    advise_texts(c, content, pack, &warnings);
    (void)fprintf(stdout, "%.*s", OTR_STR_ARG(otr_buffer_text(&cost)));
    (void)fflush(stdout); /* before what goes to the other stream */
    (void)fprintf(stderr, "%.*s", OTR_STR_ARG(otr_buffer_text(&warnings)));
    otr_buffer_done(&cost);
    otr_buffer_done(&warnings);
    if (c->pack_count < OTR_LIMIT_PACKS)
        c->packs[c->pack_count++] = pack;
    else
        otr_pack_free(pack);
}

static void advise_knowledge(check *c, const otr_content_file *content)
{
    otr_knowledge *knowledge = NULL;
    otr_buffer warnings = {0};
    if (otr_knowledge_load(content->bytes, &knowledge, NULL) != OTR_OK)
        return;
    c->warnings += otr_check_knowledge(&warnings, content->file.data, knowledge);
    (void)fflush(stdout);
    (void)fprintf(stderr, "%.*s", OTR_STR_ARG(otr_buffer_text(&warnings)));
    otr_buffer_done(&warnings);
    otr_knowledge_free(knowledge);
}

static void print_contents(check *c, const otr_contents *contents)
{
    for (size_t i = 0; i < contents->count; i++) {
        const otr_content_file *content = &contents->list[i];
        if (otr_str_starts(content->slot, OTR_STR("zone/")))
            continue; /* of the assignments */
        bool is_knowledge = otr_slot_is_knowledge(content->slot);
        const char *thing = otr_content_is_pack(content) ? "rule" : is_knowledge ? "entry" : "asset";
        printf("%s: ok, %.*s, %zu %s%s\n", content->file.data, OTR_STR_ARG(content->slot), content->count,
               is_knowledge && content->count != 1 ? "entrie" : thing, content->count == 1 ? "" : "s");
        if (otr_content_is_pack(content))
            advise(c, content);
        else if (is_knowledge)
            advise_knowledge(c, content);
    }
}

/* What packs are checked against from here on: the assignments among the contents, if there are any. */
static void keep_assignments(check *c, const otr_contents *contents)
{
    for (size_t i = 0; i < contents->count; i++) {
        if (!otr_str_is(contents->list[i].slot, "assignments"))
            continue;
        otr_assignments_free(c->assignments);
        (void)otr_assignments_load(contents->list[i].bytes, &c->assignments, NULL);
    }
}

/* Each file by itself, so that one that is refused does not hide the next. */
static int check_one(check *c, const char *path, otr_status (*add)(otr_contents *, otr_str, otr_error *))
{
    otr_contents contents = {0};
    otr_error error = {.status = OTR_OK};
    int code = 0;
    if (add(&contents, otr_str_of(path), &error) == OTR_OK) {
        keep_assignments(c, &contents);
        print_contents(c, &contents);
    } else {
        code = refuse(path, &error);
    }
    otr_contents_done(&contents);
    return code;
}

/* A pack, or knowledge when the file says so of itself. */
static otr_status add_named(otr_contents *contents, otr_str path, otr_error *error)
{
    otr_arena memory = {0};
    otr_bytes bytes = {NULL, 0};
    bool claims = otr_file_read(&memory, path.data, OTR_LIMIT_PACK_BYTES, &bytes, NULL) == OTR_OK &&
                  otr_knowledge_claims((otr_str){(const char *)bytes.data, bytes.size});
    otr_arena_done(&memory);
    return claims ? otr_contents_add_knowledge(contents, path, error)
                  : otr_contents_add_pack(contents, path, error);
}

/* A pack's tests are read and checked against it; outrider test runs them. */
static int check_tests(const char *path)
{
    otr_test_opened opened = {.refused = NULL};
    otr_error error = {.status = OTR_OK};
    int code = 0;
    if (otr_test_open(path, &opened, &error) == OTR_OK)
        printf("%s: ok, %zu test%s\n", path, opened.file.case_count, opened.file.case_count == 1 ? "" : "s");
    else
        code = refuse(opened.refused, &error);
    otr_test_opened_done(&opened);
    return code;
}

static bool is_test_file(const char *path)
{
    static const char end[] = ".test.yaml";
    size_t size = strlen(path);
    return size >= sizeof end - 1 && strcmp(path + size - (sizeof end - 1), end) == 0;
}

static int check_config(check *c, const char *path)
{
    otr_config *config = NULL;
    otr_contents contents = {0};
    otr_error error = {.status = OTR_OK};
    int code = 0;
    if (otr_config_load(path, &config, &error) != OTR_OK)
        return refuse(path, &error);
    if (otr_config_check_files(config, &error) != OTR_OK) {
        code = refuse(path, &error);
    } else if (otr_contents_load(config, &contents, &error) != OTR_OK) {
        code = refuse(contents.refused.data != NULL ? contents.refused.data : path, &error);
    } else {
        if (c->assignments_file == NULL)
            keep_assignments(c, &contents);
        print_contents(c, &contents);
        printf("%s: ok\n", path);
    }
    otr_contents_done(&contents);
    otr_config_free(config);
    return code;
}

/* After the packs. */
static int check_journeys(const check *c)
{
    int code = 0;
    for (size_t i = 0; i < c->journey_count; i++) {
        otr_buffer out = {0};
        otr_error error = {.status = OTR_OK};
        if (otr_check_journey_file(&out, c->journeys[i], c->packs, c->pack_count,
                                   otr_str_of(c->locales != NULL ? c->locales : ""), &error) != OTR_OK)
            code |= refuse(c->journeys[i], &error);
        else if (out.size > 0)
            code = 1;
        else
            printf("%s: ok\n", c->journeys[i]);
        (void)fprintf(stderr, "%.*s", OTR_STR_ARG(otr_buffer_text(&out)));
        otr_buffer_done(&out);
    }
    return code;
}

static void done(check *c)
{
    for (size_t i = 0; i < c->pack_count; i++)
        otr_pack_free(c->packs[i]);
    otr_assignments_free(c->assignments);
}

int otr_verb_check(int argc, char **argv)
{
    static const struct option known[] = {{"assignments", required_argument, NULL, 'a'},
                                          {"config", required_argument, NULL, 'c'},
                                          {"strict", no_argument, NULL, 's'},
                                          {"locales", required_argument, NULL, 'l'},
                                          {"journey", required_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    check c = {.strict = false};
    int code = 0;
    optind = 0;
    for (int option = 0; (option = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        switch (option) {
        case 'a':
            c.assignments_file = optarg;
            break;
        case 'c':
            c.config_file = optarg;
            break;
        case 's':
            c.strict = true;
            break;
        case 'l':
            c.locales = optarg;
            break;
        case 'j':
            if (c.journey_count == JOURNEYS) {
                (void)fprintf(stderr, "outrider check: more than %d journeys\n", JOURNEYS);
                return 2;
            }
            c.journeys[c.journey_count++] = optarg;
            break;
        case 'h':
            (void)fputs(usage, stdout);
            return 0;
        default:
            (void)fputs(usage, stderr);
            return 2;
        }
    }
    if (c.assignments_file == NULL && c.config_file == NULL && c.journey_count == 0 && optind == argc) {
        (void)fputs(usage, stderr);
        return 2;
    }
    if (c.assignments_file != NULL)
        code |= check_one(&c, c.assignments_file, otr_contents_add_assignments);
    if (c.config_file != NULL)
        code |= check_config(&c, c.config_file);
    for (int i = optind; i < argc; i++)
        code |= is_test_file(argv[i]) ? check_tests(argv[i]) : check_one(&c, argv[i], add_named);
    code |= check_journeys(&c);
    done(&c);
    return c.too_long > 0 || (c.strict && c.warnings > 0) ? 1 : code;
}
