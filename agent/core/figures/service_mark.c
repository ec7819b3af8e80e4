#include "core/figures/service_mark.h"

#include "core/state.h"

const char *otr_service_mark_text(otr_service_mark mark)
{
    static const char *const words[] = {
#define X(number, name, word) [number] = word,
        OTR_SERVICE_MARKS(X)
#undef X
    };
    return words[mark];
}

void otr_service_marked(otr_core *core, const otr_case *one, otr_service_mark mark)
{
    core->service.marks[mark]++;
    otr_desk_device_marked(core, one, mark);
    otr_day_figures_marked(core, one, mark);
    otr_fare_marked(core, one, mark);
}

void otr_service_answered(otr_core *core, const otr_case *one)
{
    otr_desk_device_answered(core, one);
    otr_day_figures_answered(core, one);
}

bool otr_service_is_first_contact(const otr_case *one)
{
    return one->desk.resolution > 0 && one->desk.acts == 1 && one->desk.reopened == 0;
}
