#include "tools/outrider/flags.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/status.h"
#include "base/str.h"
#include "codec/service.h"

enum { FLAGS_MAX = 48, SECONDS_MAX = 1000000 };

int otr_flags_wrong(const char *verb, const char *text)
{
    (void)fprintf(stderr, "outrider %s: %s\noutrider %s --help lists the options\n", verb, text, verb);
    return 2;
}

const char *otr_flag_environment(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* NULL, or what the value should be. */
static const char *take(const otr_flag *flag, void *out, const char *value)
{
    void *at = (char *)out + flag->at;
    double number = 0;
    int64_t whole = 0;
    switch (flag->kind) {
    case OTR_FLAG_SWITCH:
        *(bool *)at = true;
        return NULL;
    case OTR_FLAG_TEXT:
        *(const char **)at = value;
        return NULL;
    case OTR_FLAG_TEXTS: {
        otr_flag_texts *texts = (otr_flag_texts *)at;
        if (texts->count == OTR_FLAG_TEXTS_MAX)
            return "was given too often";
        texts->list[texts->count++] = value;
        return NULL;
    }
    case OTR_FLAG_NAME:
        *(const char **)at = value;
        return otr_topic_name_ok(otr_str_of(value)) ? NULL : "is no name of a group or gateway";
    case OTR_FLAG_SECONDS:
        if (!otr_str_to_double(otr_str_of(value), &number) || !(number > 0) || number > SECONDS_MAX)
            return "is a number of seconds above 0";
        *(double *)at = number;
        return NULL;
    case OTR_FLAG_NUMBER:
        if (!otr_str_to_double(otr_str_of(value), &number))
            return "is a number";
        *(double *)at = number;
        return NULL;
    case OTR_FLAG_COUNT:
        if (!otr_str_to_i64(otr_str_of(value), &whole) || whole < 1 || whole > INT32_MAX)
            return "is a number from 1";
        *(int *)at = (int)whole;
        return NULL;
    }
    return NULL;
}

static void print_help(FILE *to, const char *usage, const otr_flag_group *groups, size_t count)
{
    (void)fputs(usage, to);
    for (size_t i = 0; i < count; i++)
        if (groups[i].help != NULL)
            (void)fputs(groups[i].help, to);
}

int otr_flags_parse(int argc, char **argv, const char *usage, const otr_flag_group *groups, size_t count)
{
    struct option names[FLAGS_MAX + 2] = {{.name = NULL}};
    const otr_flag *flags[FLAGS_MAX];
    void *outs[FLAGS_MAX];
    int known = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < groups[i].count; j++) {
            const otr_flag *flag = &groups[i].flags[j];
            OTR_ASSERT(known < FLAGS_MAX);
            flags[known] = flag;
            outs[known] = groups[i].out;
            names[known] =
                (struct option){flag->name, flag->kind == OTR_FLAG_SWITCH ? no_argument : required_argument,
                                NULL, 0x100 + known};
            known++;
        }
    names[known] = (struct option){"help", no_argument, NULL, 'h'};
    optind = 0;
    for (int option = 0; (option = getopt_long(argc, argv, "h", names, NULL)) != -1;) {
        if (option == 'h') {
            print_help(stdout, usage, groups, count);
            return 0;
        }
        if (option < 0x100) { /* getopt has said why */
            print_help(stderr, usage, groups, count);
            return 2;
        }
        const otr_flag *flag = flags[option - 0x100];
        const char *expected = take(flag, outs[option - 0x100], optarg);
        if (expected != NULL) {
            char text[128];
            (void)snprintf(text, sizeof text, "--%s %s", flag->name, expected);
            return otr_flags_wrong(argv[0], text);
        }
    }
    return -1;
}
