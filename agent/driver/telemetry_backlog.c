/* The backlog: what of the journal is neither sent in this session nor proven, read from the store in parts.
 */
#include "base/log.h"
#include "driver/telemetry_inside.h"

#define AGAIN_DELAY OTR_SECOND /* after a read that failed */

typedef struct part {
    otr_telemetry *telemetry;
    uint64_t last;
} part;

static otr_status take(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch)
{
    part *p = context;
    (void)core_time;
    uint64_t last = otr_telemetry_say(p->telemetry, first_seq, batch, true, true);
    p->last = last > 0 ? last : p->last;
    return last > 0 ? OTR_OK : OTR_MEMORY;
}

bool otr_telemetry_read_past(otr_telemetry *telemetry)
{
    otr_stretch gap;
    otr_error error = {.text = "out of memory"};
    part p = {.telemetry = telemetry};
    if (telemetry->now.mono < telemetry->past_again ||
        !otr_telemetry_cursor_gap(&telemetry->reached, telemetry->newest, &gap))
        return false;
    if (gap.first != telemetry->past_next)
        telemetry->past_run++; /* values before a jump say nothing of what the host has */
    otr_status status = telemetry->port.read(telemetry->port.self, gap.first - 1, gap.last, &p, take, &error);
    if (status == OTR_NOT_FOUND)
        p.last = gap.last;
    else if (status != OTR_OK) {
        otr_log(OTR_LOG_WARNING, "telemetry_read_failed", "seq=%llu status=\"%s\" reason=\"%s\"",
                (unsigned long long)gap.first, otr_status_text(status), error.text);
        telemetry->past_again = otr_time_add(telemetry->now.mono, AGAIN_DELAY);
    }
    otr_stretch covers = {p.last > 0 ? gap.first : 0, p.last};
    otr_telemetry_flush(telemetry, true, covers);
    telemetry->past_next = p.last > 0 ? p.last + 1 : telemetry->past_next;
    return p.last > 0;
}
