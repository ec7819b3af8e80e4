#include "tools/outrider/check/eval_zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "rules/load/words.h"

static const char folder[] = "/usr/share/zoneinfo";

otr_status otr_eval_zone(void *context, otr_str name, int64_t utc_s, int32_t *ahead_s)
{
    (void)context;
    char path[256];
    char variable[260];
    struct stat about;
    /* The form keeps names such as ../../etc/passwd away from the file system. */
    if (!otr_word_is_zone(name) || name.size > 100)
        return OTR_NOT_FOUND;
    (void)snprintf(path, sizeof path, "%s/%.*s", folder, OTR_STR_ARG(name));
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return OTR_NOT_FOUND;
    (void)snprintf(variable, sizeof variable, ":%s", path);
    if (setenv("TZ", variable, 1) != 0)
        return OTR_MEMORY;
    tzset();
    time_t at = (time_t)utc_s;
    struct tm local;
    if (localtime_r(&at, &local) == NULL)
        return OTR_NOT_FOUND;
    *ahead_s = (int32_t)local.tm_gmtoff;
    return OTR_OK;
}
