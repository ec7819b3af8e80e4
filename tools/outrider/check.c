/* `outrider check`: packs, assignments and configurations, checked as the daemon checks them. */
#include <getopt.h>
#include <stdio.h>

#include "daemon/contents.h"
#include "tools/outrider/verbs.h"

static const char usage[] =
    "usage: outrider check [--assignments FILE] [--config FILE] [PACK...]\n"
    "\n"
    "Checks rule packs, assignments, and a configuration with all that it names. Prints \"ok\"\n"
    "for each, or FILE:LINE:COL: reason to stderr and ends with 1.\n";

static int refuse(const char *file, const otr_error *error)
{
    char text[OTR_REFUSAL_BYTES];
    (void)fprintf(stderr, "%s\n", otr_refusal_format(file, error, text));
    return 1;
}

static void print_contents(const otr_contents *contents)
{
    for (size_t i = 0; i < contents->count; i++) {
        const otr_content_file *content = &contents->list[i];
        bool pack = otr_str_starts(content->slot, OTR_STR("pack/"));
        printf("%s: ok, %.*s, %zu %s%s\n", content->file.data, OTR_STR_ARG(content->slot), content->count,
               pack ? "rule" : "asset", content->count == 1 ? "" : "s");
    }
}

/* Each file by itself, so that one that is refused does not hide the next. */
static int check_one(const char *path, otr_status (*add)(otr_contents *, otr_str, otr_error *))
{
    otr_contents contents = {0};
    otr_error error = {.status = OTR_OK};
    int code = 0;
    if (add(&contents, otr_str_of(path), &error) == OTR_OK)
        print_contents(&contents);
    else
        code = refuse(path, &error);
    otr_contents_done(&contents);
    return code;
}

static int check_config(const char *path)
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
        print_contents(&contents);
        printf("%s: ok\n", path);
    }
    otr_contents_done(&contents);
    otr_config_free(config);
    return code;
}

int otr_verb_check(int argc, char **argv)
{
    static const struct option known[] = {{"assignments", required_argument, NULL, 'a'},
                                          {"config", required_argument, NULL, 'c'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    int code = 0;
    bool any = false;
    optind = 0;
    for (int option = 0; (option = getopt_long(argc, argv, "h", known, NULL)) != -1; any = true) {
        switch (option) {
        case 'a':
            code |= check_one(optarg, otr_contents_add_assignments);
            break;
        case 'c':
            code |= check_config(optarg);
            break;
        case 'h':
            (void)fputs(usage, stdout);
            return 0;
        default:
            (void)fputs(usage, stderr);
            return 2;
        }
    }
    for (int i = optind; i < argc; i++, any = true)
        code |= check_one(argv[i], otr_contents_add_pack);
    if (!any) {
        (void)fputs(usage, stderr);
        return 2;
    }
    return code;
}
