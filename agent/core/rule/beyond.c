#include "core/rule/beyond.h"

#include "core/rule/host.h"

#include <math.h>

enum {
    DOUBLINGS = 24, /* from a ten-thousandth of the value to 1,700 times of it */
    HALVINGS = 20,
    THOUSANDTHS_MAX = 1000000,
};

/* The core's host, but for one symbol. */
typedef struct question {
    otr_host host;
    const otr_expression *condition;
    uint32_t symbol;
    double value;
} question;

static otr_status load(void *opaque, uint32_t symbol, otr_value *out)
{
    const question *q = opaque;
    if (symbol != q->symbol)
        return q->host.load(q->host.context, symbol, out);
    *out = (otr_value){.type = OTR_TYPE_DOUBLE, .number = q->value};
    return OTR_OK;
}

static bool holds(question *q, double value)
{
    otr_host host = {.context = q, .load = load, .zone = q->host.zone};
    otr_value out;
    q->value = value;
    return otr_expression_evaluate(q->condition, &host, &out, NULL) == OTR_OK && out.type == OTR_TYPE_BOOL &&
           out.flag;
}

/* The one metric that the condition reads; NONE: none, several, or also its past. */
static uint32_t metric_of(const otr_bound_rule *bound)
{
    size_t count;
    uint32_t found = OTR_NONE;
    (void)otr_expression_uses(bound->rule->condition, &count);
    if (count > 0)
        return OTR_NONE;
    const uint32_t *symbols = otr_expression_symbols(bound->rule->condition, &count);
    for (size_t i = 0; i < count; i++)
        if (bound->pack->metrics[symbols[i]] != OTR_NONE) {
            if (found != OTR_NONE)
                return OTR_NONE;
            found = symbols[i];
        }
    return found;
}

/* The nearest value, to either side and within a factor of two of its distance, with which it does not hold.
 */
static bool find_outside(question *q, double value, double *outside)
{
    double step = (fabs(value) > 1 ? fabs(value) : 1) * 1e-4;
    for (int i = 0; i < DOUBLINGS; i++, step *= 2)
        for (int side = -1; side <= 1; side += 2)
            if (!holds(q, value + side * step)) {
                *outside = value + side * step;
                return true;
            }
    return false;
}

uint32_t otr_beyond_limit(const otr_core *core, const otr_asset_state *asset, const otr_bound_rule *bound,
                          otr_time at)
{
    otr_host_context context = {core, asset, bound, at};
    question q = {.host = otr_host_of(&context), .condition = bound->rule->condition};
    otr_value now;
    double outside;
    if (q.condition == NULL)
        return 0;
    q.symbol = metric_of(bound);
    if (q.symbol == OTR_NONE || q.host.load(&context, q.symbol, &now) != OTR_OK ||
        now.type != OTR_TYPE_DOUBLE || !isfinite(now.number) || !holds(&q, now.number) ||
        !find_outside(&q, now.number, &outside))
        return 0;
    double inside = now.number;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = inside + (outside - inside) / 2;
        if (holds(&q, middle))
            inside = middle;
        else
            outside = middle;
    }
    double limit = fabs(outside);
    double thousandths = limit > 0 ? fabs(now.number - outside) / limit * 1000 : INFINITY;
    return thousandths < THOUSANDTHS_MAX ? (uint32_t)(thousandths + 0.5) + 1 : 0;
}

/* ---- snapshot ---- */

/* In the order of the assets and of their alarms, which a restart keeps; out: NULL only counts. */
static uint64_t write_all(const otr_core *core, otr_buffer *out)
{
    uint64_t count = 0;
    for (uint32_t a = 0; a < core->asset_count; a++)
        for (uint32_t i = core->assets[a].alarms; i != OTR_NONE; i = core->alarms[i].next) {
            if (core->alarms[i].beyond == 0)
                continue;
            count++;
            if (out == NULL)
                continue;
            otr_buffer_add_id(out, core->alarms[i].id);
            otr_buffer_add_varint(out, core->alarms[i].beyond);
        }
    return count;
}

void otr_beyond_write(const otr_core *core, otr_buffer *out)
{
    otr_buffer_add_varint(out, write_all(core, NULL));
    (void)write_all(core, out);
}

/* The alarm is looked for from where the last one was: mostly they are in one order. A rule that is gone has
 * none any more. */
void otr_beyond_read(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    uint32_t next = 0;
    for (uint64_t i = 0; i < count && !reader->failed; i++) {
        otr_id id = otr_reader_id(reader);
        uint64_t beyond = otr_reader_varint(reader);
        for (uint32_t k = 0; k < core->alarm_capacity; k++) {
            uint32_t at = (next + k) % core->alarm_capacity;
            if (core->alarms[at].used && otr_id_equal(core->alarms[at].id, id)) {
                core->alarms[at].beyond = beyond <= THOUSANDTHS_MAX ? (uint32_t)beyond : 0;
                next = at + 1;
                break;
            }
        }
    }
}
