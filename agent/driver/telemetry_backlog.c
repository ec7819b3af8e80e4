/* The backlog: what of the journal is neither sent in this session nor proven, read from the store in parts.
 */
#include "base/log.h"
#include "driver/telemetry_inside.h"

#define AGAIN_DELAY OTR_SECOND /* after a read that failed */

typedef struct part {
    otr_telemetry *telemetry;
    uint64_t first;
    uint64_t last; /* that was taken in; 0: nothing */
} part;

static otr_status take(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch)
{
    part *p = context;
    (void)core_time;
    return otr_telemetry_say_past(p->telemetry, first_seq, batch, p->first, &p->last);
}

bool otr_telemetry_read_past(otr_telemetry *telemetry)
{
    otr_stretch gap;
    otr_error error = {.text = "out of memory"};
    if (telemetry->now.mono < telemetry->past_again ||
        !otr_telemetry_cursor_gap(&telemetry->reached, telemetry->newest, &gap))
        return false;
    part p = {.telemetry = telemetry, .first = gap.first};
    if (gap.first != telemetry->past_next)
        telemetry->past_run++; /* values before a jump say nothing of what the host has */
    telemetry->past_bytes = 0;
    otr_status status = telemetry->port.read(telemetry->port.self, gap.first, gap.last, &p, take, &error);
    if (status == OTR_NOT_FOUND)
        p.last = gap.last;
    else if (status != OTR_OK && status != OTR_FULL) {
        otr_log(OTR_LOG_WARNING, "telemetry_read_failed", "seq=%llu status=\"%s\" reason=\"%s\"",
                (unsigned long long)gap.first, otr_status_text(status), error.text);
        telemetry->past_again = otr_time_add(telemetry->now.mono, AGAIN_DELAY);
    }
    otr_stretch covers = {p.last > 0 ? gap.first : 0, p.last};
    otr_telemetry_flush(telemetry, true, covers);
    telemetry->past_next = p.last > 0 ? p.last + 1 : telemetry->past_next;
    return p.last > 0;
}
