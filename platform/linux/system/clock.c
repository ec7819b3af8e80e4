#include "platform/linux/system/clock.h"

#include <math.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

static const char timesync_mark[] = "/run/systemd/timesync/synchronized";

static otr_time now_us(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (otr_time)now.tv_sec * OTR_SECOND + now.tv_nsec / 1000;
}

static bool kernel_is_synced(void)
{
    struct timex state = {0};
    return adjtimex(&state) >= 0 && (state.status & STA_UNSYNC) == 0;
}

static void look(otr_clock *clock, otr_time boot)
{
    bool synced = clock->kernel_is_synced();
    clock->quality_read = boot;
    if (synced || access(timesync_mark, F_OK) == 0)
        clock->quality = OTR_CLOCK_SYNCED;
    clock->kernel_was_synced |= synced;
    bool drifting = clock->kernel_was_synced && !synced;
    if (drifting != clock->drifting)
        otr_log(drifting ? OTR_LOG_WARNING : OTR_LOG_NOTICE, "clock", "drifting=%s",
                drifting ? "\"yes: no time server for hours; judging goes on\"" : "no");
    clock->drifting = drifting;
}

static void clock_read(void *self, otr_clock_sample *out)
{
    otr_clock *clock = self;
    otr_time boot = now_us(CLOCK_BOOTTIME);
    otr_time elapsed = boot - clock->boot_start;
    if (!clock->trusted && boot - clock->quality_read >= OTR_SECOND)
        look(clock, boot);
    out->quality = clock->quality;
    if (clock->scale == 1.0) {
        out->mono = elapsed;
        out->utc = now_us(CLOCK_REALTIME);
        return;
    }
    out->mono = (otr_time)((double)elapsed * clock->scale);
    out->utc = clock->real_start + out->mono;
}

void otr_clock_init(otr_clock *clock, double scale, bool trusted)
{
    OTR_ASSERT(scale > 0.0);
    *clock = (otr_clock){
        .scale = scale,
        .trusted = trusted,
        .boot_start = now_us(CLOCK_BOOTTIME),
        .real_start = now_us(CLOCK_REALTIME),
        .quality = trusted ? OTR_CLOCK_SYNCED : OTR_CLOCK_UNSYNCED,
        .kernel_is_synced = kernel_is_synced,
    };
    if (!trusted)
        look(clock, clock->boot_start);
}

bool otr_clock_is_drifting(const otr_clock *clock)
{
    return clock->drifting;
}

otr_clock_port otr_clock_port_of(otr_clock *clock)
{
    return (otr_clock_port){clock, clock_read};
}

int64_t otr_clock_real_us(const otr_clock *clock, otr_time span)
{
    if (span == OTR_TIME_NEVER || clock->scale == 1.0)
        return span;
    double real = ceil((double)span / clock->scale);
    return real >= (double)(OTR_TIME_NEVER / 2) ? OTR_TIME_NEVER : (int64_t)real;
}
