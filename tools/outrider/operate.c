#include "tools/outrider/operate.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/contents.h"
#include "tools/outrider/ask.h"

enum { WAIT_S = 60 }; /* a commit may wait for a slow disk, and forgetting rewrites the database */

int otr_operate_parse(int argc, char **argv, const char *usage, otr_operate_options *out)
{
    static const struct option known[] = {{"socket", required_argument, NULL, 's'},
                                          {"config", required_argument, NULL, 'c'},
                                          {"who", required_argument, NULL, 'w'},
                                          {"id", required_argument, NULL, 'i'},
                                          {"role", required_argument, NULL, 'r'},
                                          {"yes", no_argument, NULL, 'y'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    *out = (otr_operate_options){.config = "/etc/outrider/outrider.yaml"};
    optind = 0;
    for (int option = 0; (option = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        switch (option) {
        case 's':
            out->socket = optarg;
            break;
        case 'c':
            out->config = optarg;
            break;
        case 'w':
            out->who = optarg;
            break;
        case 'i':
            out->id = optarg;
            break;
        case 'r':
            out->role = optarg;
            break;
        case 'y':
            out->yes = true;
            break;
        case 'j':
            out->json = true;
            break;
        case 'h':
            (void)fputs(usage, stdout);
            return 0;
        default:
            (void)fputs(usage, stderr);
            return 2;
        }
    }
    return -1;
}

int otr_operate_open(const otr_operate_options *from, otr_buffer *why)
{
    otr_config *config = NULL;
    otr_error error = {.status = OTR_OK};
    char reason[OTR_REFUSAL_BYTES];
    if (from->socket != NULL)
        return otr_ask_open(from->socket, WAIT_S, why);
    if (otr_config_load(from->config, &config, &error) != OTR_OK) {
        otr_buffer_add_format(why, "%s\n", otr_refusal_format(from->config, &error, reason));
        return -1;
    }
    int fd = otr_ask_open(config->control.socket.data, WAIT_S, why);
    otr_config_free(config);
    return fd;
}

json_t *otr_operate_ask(const otr_operate_options *from, const json_t *request)
{
    otr_buffer why = {0};
    otr_buffer line = {0};
    json_t *answer = NULL;
    char *text = json_dumps(request, JSON_COMPACT);
    otr_buffer_add_format(&line, "%s\n", text != NULL ? text : "");
    otr_buffer_add_u8(&line, '\0');
    int fd = otr_operate_open(from, &why);
    if (fd >= 0 && text != NULL && !line.failed)
        answer = otr_ask(fd, (const char *)line.data, &why);
    if (fd >= 0)
        close(fd);
    if (answer == NULL)
        (void)fprintf(stderr, "outrider: %.*s", (int)why.size, why.size > 0 ? (const char *)why.data : "");
    otr_buffer_done(&why);
    otr_buffer_done(&line);
    free(text);
    return answer;
}

void otr_operate_name(const otr_operate_options *from, json_t *request)
{
    char text[64];
    struct timespec now;
    const char *who = from->who != NULL ? from->who : getenv("USER");
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)snprintf(text, sizeof text, "%ld-%lld-%ld", (long)getpid(), (long long)now.tv_sec, now.tv_nsec);
    if (who != NULL)
        json_object_set_new(request, "who", json_string(who));
    json_object_set_new(request, "id", json_string(from->id != NULL ? from->id : text));
}
