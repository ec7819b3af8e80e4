#include "core/went_back.h"

#include "base/limits.h"
#include "core/command/device_command.h"
#include "core/state.h"

/* Of a list whose items have used and the revision field. */
#define FURTHER(list, count, field)                                                                          \
    for (uint32_t i = 0; i < (count); i++)                                                                   \
        if ((list)[i].used)                                                                                  \
    (list)[i].field += OTR_LIMIT_TRIAL_REVISIONS

void otr_went_back(otr_core *core)
{
    FURTHER(core->alarms, core->alarm_capacity, revision);
    FURTHER(core->standing.list, core->standing.used, revision);
    FURTHER(core->cases, core->case_capacity, revision);
    FURTHER(core->commands, core->command_capacity, revision);
    FURTHER(core->notices.list, core->notices.capacity, revisions);
    FURTHER(core->views.list, core->views.capacity, revision);
    FURTHER(core->fares.list, core->fares.capacity, revision);
    core->figures.bucket.revision += OTR_LIMIT_TRIAL_REVISIONS;
}
