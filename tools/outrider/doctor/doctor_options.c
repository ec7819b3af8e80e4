/* The configuration in force, for `outrider doctor`: the daemon's word beside the file's. */
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "tools/outrider/doctor/doctor.h"
#include "tools/outrider/operate/ask.h"

enum { WAIT_S = 3 };

static json_t *ask(const char *socket)
{
    otr_buffer ignored = {0}; /* that it is down the chapter of the daemon says */
    int fd = socket[0] != '\0' ? otr_ask_open(socket, WAIT_S, &ignored) : -1;
    json_t *answer = fd >= 0 ? otr_ask(fd, "{\"do\":\"config\"}\n", &ignored) : NULL;
    if (fd >= 0)
        close(fd);
    otr_buffer_done(&ignored);
    return answer;
}

static const json_t *find(const json_t *options, const char *name)
{
    size_t i;
    const json_t *one;
    json_array_foreach(options, i, one)
    {
        const char *option = json_string_value(json_object_get(one, "option"));
        if (option != NULL && strcmp(option, name) == 0)
            return one;
    }
    return NULL;
}

/* file: what it would be without the daemon; given: the file says so, not the default. */
static void add_in_force(otr_buffer *out, const json_t *one, otr_str file, bool given)
{
    const char *value = json_string_value(json_object_get(one, "value"));
    const char *from = json_string_value(json_object_get(one, "from"));
    long long line = (long long)json_integer_value(json_object_get(one, "line"));
    long long version = (long long)json_integer_value(json_object_get(one, "version"));
    value = value != NULL ? value : "";
    otr_buffer_add_format(out, "%s  (%s", value, from != NULL ? from : "?");
    if (line > 0)
        otr_buffer_add_format(out, ", line %lld", line);
    if (version > 0)
        otr_buffer_add_format(out, ", version %lld", version);
    otr_buffer_add_format(out, ")");
    if (!otr_str_is(file, value))
        otr_buffer_add_format(out, "; the %s %.*s", given ? "file says" : "default is",
                              OTR_STR_ARG(file.size > 0 ? file : OTR_STR("none")));
}

static void add_from_file(otr_buffer *out, const otr_config *config, size_t number, otr_str file)
{
    otr_buffer_add(out, file.data, file.size);
    if (config->places[number].line > 0)
        otr_buffer_add_format(out, "  (file, line %d)", config->places[number].line);
    else
        otr_buffer_add_format(out, "  (default)");
}

void otr_doctor_options(otr_buffer *out, const otr_config *config)
{
    const otr_option *options = otr_config_options();
    json_t *answer = ask(config->control.socket.data);
    const json_t *in_force = json_object_get(answer, "options");
    otr_buffer_add_format(out, "%s\n",
                          in_force != NULL ? "in force in the running daemon, and where it is from:"
                                           : "as the file has it, for no daemon says what is in force:");
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++) {
        char name[OTR_CONFIG_NAME_BYTES];
        otr_buffer text = {0};
        otr_config_name(&options[i], name);
        otr_config_print_option(config, &options[i], &text);
        const json_t *one = find(in_force, name);
        otr_buffer_add_format(out, "%s: ", name);
        if (one != NULL)
            add_in_force(out, one, otr_buffer_text(&text), config->places[i].line > 0);
        else
            add_from_file(out, config, i, otr_buffer_text(&text));
        otr_buffer_add_u8(out, '\n');
        out->failed |= text.failed;
        otr_buffer_done(&text);
    }
    json_decref(answer);
}
