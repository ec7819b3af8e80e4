/* What is entered besides readings: gaps and why, downtime, losses, alarms, custody. */
#include "core/proof/proof_entry.h"

static void finish(otr_core *core, otr_asset_state *asset, const otr_proof_entry *entry, otr_buffer *content)
{
    otr_buffer_add_u8(content, '}');
    otr_proof_enter(core, asset, entry, content);
    otr_buffer_done(content);
}

static bool is_kept(const otr_core *core, const otr_asset_state *asset)
{
    return asset->proof != NULL && core->config.sha256 != NULL;
}

/* ---- gaps ---- */

static bool was_bad(const otr_proof *proof, const uint32_t *metrics, size_t count, otr_time from)
{
    for (size_t i = 0; i < count; i++)
        for (uint16_t k = 0; k < proof->metric_count; k++)
            if (proof->metrics[k].metric == metrics[i] && proof->metrics[k].bad_at > from)
                return true;
    return false;
}

static const char *reason_of(const otr_core *core, const otr_proof *proof, const uint32_t *metrics,
                             size_t count, otr_time from, otr_time to)
{
    if (core->down_from != OTR_TIME_NONE && core->down_from < to && core->down_to > from)
        return "own downtime";
    return was_bad(proof, metrics, count, from) ? "bad quality" : "silence";
}

void otr_proof_gap(otr_core *core, otr_asset_state *asset, uint32_t device, const uint32_t *metrics,
                   size_t count, otr_time from, otr_time to)
{
    const otr_proof_entry entry = {.kind = "gap", .event = from};
    otr_buffer content = {0};
    if (!is_kept(core, asset))
        return;
    otr_buffer_add_u8(&content, '{');
    otr_proof_put_text(&content, "device", otr_names_get(&core->device_names, device));
    otr_proof_put_begin(&content, "metrics", '[');
    for (size_t i = 0; i < count; i++)
        otr_proof_put_item(&content, otr_names_get(&core->metric_names, metrics[i]));
    otr_buffer_add_u8(&content, ']');
    otr_proof_put_time(&content, "from", from);
    otr_proof_put_time(&content, "to", to);
    otr_proof_put_text(&content, "reason",
                       otr_str_of(reason_of(core, asset->proof, metrics, count, from,
                                            to != OTR_TIME_NONE ? to : OTR_TIME_NEVER)));
    finish(core, asset, &entry, &content);
}

void otr_proof_down(otr_core *core, otr_time from, otr_time to)
{
    const otr_proof_entry entry = {.kind = "downtime", .event = from};
    for (uint32_t i = 0; i < core->asset_count && !core->failed; i++) {
        otr_buffer content = {0};
        if (!is_kept(core, &core->assets[i]))
            continue;
        otr_buffer_add_u8(&content, '{');
        otr_proof_put_time(&content, "from", from);
        otr_proof_put_time(&content, "to", to);
        finish(core, &core->assets[i], &entry, &content);
    }
}

/* Which assets the lost readings were of is lost as well: it is entered wherever there may have been some. */
void otr_proof_lost(otr_core *core, const otr_loss *loss)
{
    const otr_proof_entry entry = {.kind = "loss", .event = OTR_TIME_NONE};
    for (uint32_t i = 0; i < core->asset_count && !core->failed; i++) {
        otr_asset_state *asset = &core->assets[i];
        otr_buffer content = {0};
        bool corrupt = otr_str_is(loss->reason, "corrupt");
        if (!is_kept(core, asset) || (!corrupt && loss->last_seq < asset->proof->since))
            continue;
        otr_buffer_add_u8(&content, '{');
        otr_proof_put_text(&content, "reason", loss->reason);
        otr_proof_put_count(&content, "readings", loss->readings);
        otr_proof_put_count(&content, "first_input", loss->first_seq);
        otr_proof_put_count(&content, "last_input", loss->last_seq);
        finish(core, asset, &entry, &content);
    }
}

/* ---- alarms and custody ---- */

static void tell_custody(otr_core *core, otr_asset_state *asset, const otr_alarm *alarm, const otr_rule *rule,
                         bool retracted)
{
    const otr_proof_entry entry = {.kind = "custody", .event = alarm->raised, .sign = true};
    otr_buffer content = {0};
    otr_buffer_add_u8(&content, '{');
    otr_proof_put_text(&content, "what", rule->custody);
    otr_proof_put_time(&content, "at", alarm->onset);
    if (retracted)
        otr_proof_put_text(&content, "retracted", OTR_STR("it turned out not to have been so"));
    finish(core, asset, &entry, &content);
}

void otr_proof_alarm(otr_core *core, otr_asset_state *asset, const otr_alarm *alarm, const char *what,
                     bool begins)
{
    const otr_proof_entry entry = {.kind = "alarm",
                                   .event = alarm->ended != OTR_TIME_NONE ? alarm->ended : alarm->raised};
    otr_buffer content = {0};
    if (!is_kept(core, asset))
        return;
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    otr_buffer_add_u8(&content, '{');
    otr_proof_put_hex(&content, "alarm", alarm->id.bytes, sizeof alarm->id.bytes);
    otr_proof_put_text(&content, "what", otr_str_of(what));
    otr_proof_put_text(&content, "pack", bound->pack->pack->name);
    otr_proof_put_text(&content, "rule", bound->rule->name);
    otr_proof_put_text(&content, "priority", otr_str_of(otr_priority_text((otr_priority)alarm->priority)));
    otr_proof_put_text(&content, "state", otr_str_of(otr_alarm_state_text((otr_alarm_state)alarm->state)));
    if (alarm->device != OTR_NONE)
        otr_proof_put_text(&content, "device", otr_names_get(&core->device_names, alarm->device));
    otr_proof_put_time(&content, "onset", alarm->onset);
    otr_proof_put_time(&content, "raised", alarm->raised);
    otr_proof_put_time(&content, "ended", alarm->ended);
    finish(core, asset, &entry, &content);
    bool retracted = alarm->state == OTR_ALARM_RETRACTED;
    if (bound->rule->custody.size > 0 && (begins || retracted))
        tell_custody(core, asset, alarm, bound->rule, retracted);
}
