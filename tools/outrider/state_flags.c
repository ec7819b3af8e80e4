#include "tools/outrider/state_flags.h"

#include <stdio.h>

#include "daemon/config/config.h"
#include "daemon/config/contents.h"

otr_flag_group otr_state_flag_group(otr_state_flags *out)
{
    static const otr_flag flags[] = {{"state", OTR_FLAG_TEXT, offsetof(otr_state_flags, state)},
                                     {"config", OTR_FLAG_TEXT, offsetof(otr_state_flags, config)}};
    return OTR_FLAG_GROUP(flags, out,
                          "\n"
                          "  --state FOLDER   the daemon's state folder; default /var/lib/outrider\n"
                          "  --config FILE    take the folder from a configuration\n");
}

int otr_state_run(const otr_state_flags *flags, int (*run)(void *context, const char *folder), void *context)
{
    otr_config *config = NULL;
    otr_error error = {.status = OTR_OK};
    char reason[OTR_REFUSAL_BYTES];
    if (flags->config != NULL && otr_config_load(flags->config, &config, &error) != OTR_OK) {
        (void)fprintf(stderr, "%s\n", otr_refusal_format(flags->config, &error, reason));
        return 1;
    }
    const char *folder = flags->state != NULL ? flags->state : "/var/lib/outrider";
    int code = run(context, config != NULL && flags->state == NULL ? config->state.folder.data : folder);
    otr_config_free(config);
    return code;
}
