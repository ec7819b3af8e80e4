#include "daemon/kept.h"

static otr_time now(otr_daemon *daemon)
{
    otr_clock_sample sample;
    otr_clock_port clock = otr_clock_port_of(&daemon->clock);
    clock.read(clock.self, &sample);
    return sample.mono;
}

void otr_kept_report(otr_daemon *daemon)
{
    otr_str news = otr_store_news(daemon->store);
    if (news.size > 0)
        otr_driver_report(daemon->driver, OTR_STR("upgrade"), news);
    if (otr_store_kept(daemon->store) > 0)
        daemon->trial_ends = otr_time_add(now(daemon), daemon->config->state.trial);
}

void otr_kept_turn(otr_daemon *daemon)
{
    if (daemon->trial_ends == 0 || !daemon->link_is_up || otr_driver_counters(daemon->driver)->commits == 0 ||
        now(daemon) < daemon->trial_ends)
        return;
    daemon->trial_ends = 0;
    otr_log(OTR_LOG_NOTICE, "upgrade", "trial=passed action=\"the database from before is removed\"");
    otr_store_confirm(daemon->store);
}
