/* Files of figures, and the gateways that are expected. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/date.h"
#include "tools/outrider/figures/figures.h"

enum { LINE_BYTES_MAX = 1 << 20 }; /* an event of 64 KiB, as JSON */

static int tell(const otr_figures_options *options, const char *file, long line, const char *reason)
{
    if (line > 0)
        (void)fprintf(stderr, "outrider %s: %s:%ld: %s\n", options->verb, file, line, reason);
    else
        (void)fprintf(stderr, "outrider %s: %s: %s\n", options->verb, file, reason);
    return 1;
}

static bool is_blank(const char *line, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (strchr(" \t\r\n", line[i]) == NULL)
            return false;
    return true;
}

typedef int take_line(otr_figures *figures, const otr_figures_options *options, const char *file, long number,
                      otr_str line);

/* Ends at the first line that is refused: what is half read sums up to nothing true. */
static int each_line(otr_figures *figures, const otr_figures_options *options, const char *path,
                     take_line *take)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0;
    int code = 0;
    long number = 0;
    if (file == NULL)
        return tell(options, path, 0, strerror(errno));
    for (ssize_t size; code == 0 && (size = getline(&line, &capacity, file)) >= 0;) {
        number++;
        while (size > 0 && (line[size - 1] == '\n' || line[size - 1] == '\r'))
            size--;
        if (size > LINE_BYTES_MAX)
            code = tell(options, path, number, "the line is too long");
        else if (!is_blank(line, (size_t)size))
            code = take(figures, options, path, number, (otr_str){line, (size_t)size});
    }
    if (code == 0 && ferror(file) != 0)
        code = tell(options, path, 0, strerror(errno));
    free(line);
    if (file != stdin)
        (void)fclose(file);
    return code;
}

static int take_bucket(otr_figures *figures, const otr_figures_options *options, const char *file,
                       long number, otr_str line)
{
    otr_error error = {.text = ""};
    otr_bytes bytes = {(const uint8_t *)line.data, line.size};
    if (otr_figures_take_json(figures, options, bytes, &error) == OTR_OK)
        return 0;
    return tell(options, file, number, error.text);
}

static int take_expected(otr_figures *figures, const otr_figures_options *options, const char *file,
                         long number, otr_str line)
{
    const char *slash = memchr(line.data, '/', line.size);
    if (line.data[0] == '#')
        return 0;
    if (slash == NULL)
        return tell(options, file, number, "a gateway is GROUP/GATEWAY");
    otr_str group = {line.data, (size_t)(slash - line.data)};
    otr_str gateway = {slash + 1, line.size - group.size - 1};
    if (!otr_topic_name_ok(group) || !otr_topic_name_ok(gateway))
        return tell(options, file, number, "a gateway is GROUP/GATEWAY");
    otr_figures_gateway *one = otr_figures_gateway_at(figures, group, gateway);
    if (one == NULL)
        return tell(options, file, number, "too many gateways, or out of memory");
    one->expected = true;
    return 0;
}

int otr_figures_gather(otr_figures *figures, const otr_figures_options *options)
{
    int code = options->expect != NULL ? each_line(figures, options, options->expect, take_expected) : 0;
    for (int i = 0; code == 0 && i < options->file_count; i++)
        code = each_line(figures, options, options->files[i], take_bucket);
    if (code == 0 && options->files == NULL)
        code = otr_figures_listen(figures, options);
    if (code != 0)
        return code;
    otr_figures_settle(figures, options, (int32_t)otr_date_divide((int64_t)time(NULL), OTR_DAY_SECONDS));
    return -1;
}
