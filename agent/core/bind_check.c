/* Whether a content may become active in its slot. */
#include "core/bind.h"

#include "core/asset/zones.h"
#include "core/cost.h"
#include "core/desk/desk_device.h"

static const otr_str pack_prefix = {"pack/", 5};
static const otr_str knowledge_prefix = {"knowledge/", 10};
static const otr_str assignments_slot = {"assignments", 11};

bool otr_slot_is_pack(otr_str slot)
{
    return otr_str_starts(slot, pack_prefix) && slot.size > pack_prefix.size;
}

bool otr_slot_is_knowledge(otr_str slot)
{
    return otr_str_starts(slot, knowledge_prefix) && slot.size > knowledge_prefix.size;
}

static otr_status check_assignments(const otr_core *core, otr_str slot, otr_str bytes, otr_error *error)
{
    bool by_command = otr_slot_is_assignment(slot);
    if (!otr_str_equal(slot, assignments_slot) && !by_command)
        return otr_fail(error, OTR_INVALID, "no such slot: %.*s", OTR_STR_ARG(slot));
    otr_assignments *assignments;
    otr_status status = otr_assignments_load(bytes, &assignments, error);
    if (status != OTR_OK)
        return status;
    if (assignments->terms.given != by_command)
        status = otr_fail_at(error, OTR_INVALID, 1, 1,
                             "the key assignment belongs to assignments by command, and only to them");
    else if (core != NULL)
        status = by_command ? otr_assigned_check(core, otr_slot_asset(slot), assignments, error)
                            : otr_assigned_check_stated(core, assignments, error);
    otr_assignments_free(assignments);
    return status;
}

/* Nobody but staff hears how the desk works. */
static otr_status check_desk_rules(const otr_pack *pack, otr_error *error)
{
    for (size_t i = 0; i < pack->rule_count; i++) {
        const otr_rule *rule = &pack->rules[i];
        for (size_t t = 0; rule->notifies && t < rule->notify.to_count; t++)
            if (!otr_str_starts(rule->notify.to[t], OTR_STR("staff.")) && otr_rule_is_for_desk(pack, rule))
                return otr_fail_at(error, OTR_INVALID, rule->line, 1,
                                   "rule %.*s is for the class desk: it can tell staff, not %.*s",
                                   OTR_STR_ARG(rule->name), OTR_STR_ARG(rule->notify.to[t]));
    }
    return OTR_OK;
}

static otr_status check_content(const otr_core *core, otr_str slot, otr_str bytes, otr_error *error)
{
    if (bytes.size == 0)
        return OTR_OK;
    if (otr_slot_is_pack(slot)) {
        otr_pack *pack;
        otr_status status = otr_pack_load(bytes, &pack, error);
        if (status != OTR_OK)
            return status;
        status = check_desk_rules(pack, error);
        otr_pack_free(pack);
        return status;
    }
    if (otr_slot_is_zone(slot)) {
        otr_zone *zone;
        otr_status status = otr_zone_load((otr_bytes){(const uint8_t *)bytes.data, bytes.size}, &zone, error);
        if (status == OTR_OK)
            otr_zone_free(zone);
        return status;
    }
    if (otr_slot_is_knowledge(slot)) {
        otr_knowledge *knowledge;
        otr_status status = otr_knowledge_load(bytes, &knowledge, error);
        otr_knowledge_free(knowledge);
        return status;
    }
    return check_assignments(core, slot, bytes, error);
}

otr_status otr_content_check(otr_str slot, otr_str bytes, otr_error *error)
{
    return check_content(NULL, slot, bytes, error);
}

otr_status otr_core_content_check(const otr_core *core, otr_str slot, otr_str bytes, otr_error *error)
{
    return check_content(core, slot, bytes, error);
}
