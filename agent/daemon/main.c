/* outriderd: reads the configuration, opens the gateway, runs its loop. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/daemon.h"

static const char usage[] =
    "usage: outriderd --config FILE [--check-config] [--log-level LEVEL]\n"
    "       outriderd --version\n"
    "\n"
    "  --config FILE      the configuration (YAML)\n"
    "  --check-config     check it and all that it names, print \"ok\" or FILE:LINE:COL: reason\n"
    "  --log-level LEVEL  error, warning, notice, info or debug, instead of the file's\n"
    "\n"
    "SIGHUP reads configuration, packs and assignments again; SIGUSR1 logs more, SIGUSR2 less;\n"
    "SIGTERM stops cleanly, a second one at once.\n";

typedef struct arguments {
    const char *config;
    bool check;
    bool level_given;
    otr_log_level level;
} arguments;

/* 0: go on; otherwise the exit code + 1. */
static int parse(int argc, char **argv, arguments *out)
{
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"check-config", no_argument, NULL, 'k'},
                                          {"log-level", required_argument, NULL, 'l'},
                                          {"version", no_argument, NULL, 'v'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    for (int option = 0; (option = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        switch (option) {
        case 'c':
            out->config = optarg;
            break;
        case 'k':
            out->check = true;
            break;
        case 'l':
            out->level_given = true;
            if (!otr_log_level_parse(otr_str_of(optarg), &out->level)) {
                fprintf(stderr, "outriderd: no log level \"%s\"\n", optarg);
                return 3;
            }
            break;
        case 'v':
            printf("outriderd %s\n", OTR_VERSION);
            return 1;
        case 'h':
            fputs(usage, stdout);
            return 1;
        default:
            fputs(usage, stderr);
            return 3;
        }
    }
    if (out->config == NULL || optind < argc) {
        fputs(usage, stderr);
        return 3;
    }
    return 0;
}

static int refuse(const char *file, const otr_error *error)
{
    char text[OTR_REFUSAL_BYTES];
    if (file != NULL)
        fprintf(stderr, "%s\n", otr_refusal_format(file, error, text));
    else
        fprintf(stderr, "outriderd: %s\n", error->text);
    return 1;
}

/* A folder of keys; its place in the configuration where it is not there. */
static int check_keys(const otr_config *config, const otr_str *folder)
{
    otr_operators keys = {.count = 0};
    otr_error error = {.status = OTR_OK};
    int code = 0;
    if (folder->size > 0 && access(folder->data, R_OK | X_OK) != 0) {
        (void)otr_config_fail(config, folder, &error, "%s: %s", folder->data, strerror(errno));
        return refuse(config->file.data, &error);
    }
    if (otr_operators_load(*folder, &keys, &error) != OTR_OK)
        code = refuse(keys.refused.size > 0 ? keys.refused.data : folder->data, &error);
    otr_operators_done(&keys);
    return code;
}

/* The configuration is readable; is what it names? */
static int check(const otr_config *config)
{
    otr_error error = {.status = OTR_OK};
    otr_contents contents = {0};
    if (otr_config_check_files(config, &error) != OTR_OK)
        return refuse(config->file.data, &error);
    int code = check_keys(config, &config->operators.keys);
    if (code == 0)
        code = check_keys(config, &config->rules.signers);
    if (code != 0)
        return code;
    if (otr_contents_load(config, &contents, &error) != OTR_OK)
        code = refuse(contents.refused.data, &error);
    else
        puts("ok");
    otr_contents_done(&contents);
    return code;
}

static int run(otr_config *config, const arguments *given)
{
    otr_daemon *daemon = calloc(1, sizeof *daemon);
    otr_error error = {.status = OTR_OK};
    if (daemon == NULL) {
        otr_config_free(config);
        fputs("outriderd: out of memory\n", stderr);
        return 1;
    }
    daemon->config = config;
    daemon->config_path = given->config;
    daemon->level_fixed = given->level_given;
    otr_log_level_set(given->level_given ? given->level : (otr_log_level)config->log.level);
    otr_log(OTR_LOG_NOTICE, "start", "version=%s config=\"%s\" gateway=\"%s/%s\"", OTR_VERSION, given->config,
            config->gateway.group.data, config->gateway.name.data);
    int code = 0;
    if (otr_daemon_open(daemon, &error) == OTR_OK)
        code = otr_loop_run(daemon);
    else
        code = refuse(daemon->refused[0] != '\0' ? daemon->refused : NULL, &error);
    otr_daemon_close(daemon);
    free(daemon);
    return code;
}

int main(int argc, char **argv)
{
    arguments given = {.level = OTR_LOG_NOTICE};
    otr_config *config = NULL;
    otr_error error;
    int code = parse(argc, argv, &given);
    if (code > 0)
        return code - 1;
    umask(077); /* what the agent writes is its own */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN); /* until the loop takes them: a reload during recovery must not end us */
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, SIG_IGN);
    if (otr_config_load(given.config, &config, &error) != OTR_OK)
        return refuse(given.config, &error);
    if (!given.check)
        return run(config, &given);
    code = check(config);
    otr_config_free(config);
    return code;
}
