/* What follows from a rule: labels, the cause in a sentence, whose fault it is, what ends, which ticket to
 * open. */
#include "base/limits.h"
#include "base/reading.h"
#include "rules/load/pack_build.h"
#include "rules/load/words.h"

/* A map under the key, its keys checked; *out is NULL when the rule has none. */
static otr_status part(const otr_pack_build *build, const otr_yaml *rule, const char *key,
                       const char *const *known, const otr_yaml **out)
{
    *out = otr_yaml_get(rule, key);
    if (*out == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_kind_is(*out, OTR_YAML_MAP, build->error);
    return status == OTR_OK ? otr_yaml_only(*out, known, build->error) : status;
}

const char *otr_priority_text(otr_priority priority)
{
    static const char *const names[] = {"low", "medium", "high", "critical"};
    OTR_ASSERT(priority <= OTR_PRIORITY_CRITICAL);
    return names[priority];
}

static otr_status load_priority(const otr_pack_build *build, const otr_yaml *node, otr_rule *out)
{
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, build->error);
    if (status != OTR_OK)
        return status;
    for (unsigned i = 0; i <= OTR_PRIORITY_CRITICAL; i++) {
        if (otr_str_is(text, otr_priority_text(i))) {
            out->priority = (otr_priority)i;
            return OTR_OK;
        }
    }
    return otr_pack_fail(build, node, "expected low, medium, high or critical");
}

static otr_status load_labels(const otr_pack_build *build, const otr_yaml *rule, otr_rule *out)
{
    static const char *const known[] = {"priority", "category", NULL};
    const otr_yaml *labels;
    out->priority = OTR_PRIORITY_MEDIUM;
    out->category = build->pack->name;
    otr_status status = part(build, rule, "labels", known, &labels);
    if (status != OTR_OK || labels == NULL)
        return status;
    const otr_yaml *priority = otr_yaml_get(labels, "priority");
    const otr_yaml *category = otr_yaml_get(labels, "category");
    if (priority != NULL)
        status = load_priority(build, priority, out);
    if (status == OTR_OK && category != NULL)
        status = otr_pack_slug(build, category, &out->category);
    return status;
}

static otr_status load_cause(otr_pack_build *build, const otr_yaml *rule, otr_rule *out)
{
    static const char *const known[] = {"cause", NULL};
    const otr_yaml *annotations;
    otr_status status = part(build, rule, "annotations", known, &annotations);
    if (status != OTR_OK || annotations == NULL)
        return status;
    const otr_yaml *cause = otr_yaml_get(annotations, "cause");
    return cause != NULL ? otr_pack_template(build, cause, 0, &out->cause) : OTR_OK;
}

static otr_status load_fault(const otr_pack_build *build, const otr_yaml *rule, otr_rule *out)
{
    static const char *const names[] = {"unknown", "ours", "carrier", "device"};
    const otr_yaml *node = otr_yaml_get(rule, "fault");
    otr_str text;
    if (node == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_text(node, &text, build->error);
    if (status != OTR_OK)
        return status;
    for (unsigned i = 0; i <= OTR_FAULT_DEVICE; i++) {
        if (otr_str_is(text, names[i])) {
            out->fault = (otr_fault)i;
            return OTR_OK;
        }
    }
    return otr_pack_fail(build, node, "expected ours, carrier, device or unknown");
}

static otr_status load_ends(const otr_pack_build *build, const otr_yaml *rule, otr_rule *out)
{
    const otr_yaml *node = otr_yaml_get(rule, "ends");
    if (node == NULL)
        return OTR_OK;
    out->ends_assignment = true;
    return otr_pack_slug(build, node, &out->ends);
}

static otr_status load_custody(const otr_pack_build *build, const otr_yaml *rule, otr_rule *out)
{
    const otr_yaml *node = otr_yaml_get(rule, "custody");
    return node != NULL ? otr_pack_slug(build, node, &out->custody) : OTR_OK;
}

static otr_status load_evidence(const otr_pack_build *build, const otr_yaml *node, otr_rule *out)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, build->error);
    if (status != OTR_OK)
        return status;
    size_t count = otr_yaml_count(node);
    if (count > OTR_LIMIT_EVIDENCE)
        return otr_fail_at(build->error, OTR_LIMIT, node->line, node->column,
                           "a ticket has at most %d metrics", OTR_LIMIT_EVIDENCE);
    otr_str *list = otr_arena_array(&build->pack->memory, count, sizeof *list);
    if (list == NULL)
        return otr_pack_memory(build);
    out->evidence = list;
    for (const otr_yaml *entry = node->first; entry != NULL; entry = entry->next) {
        otr_str *name = &list[out->evidence_count];
        status = otr_pack_text(build, entry, name);
        if (status != OTR_OK)
            return status;
        if (!otr_metric_name_ok(*name))
            return otr_pack_fail(build, entry, "expected the name of a metric");
        for (size_t i = 0; i < out->evidence_count; i++)
            if (otr_str_equal(list[i], *name))
                return otr_pack_fail(build, entry, "%.*s is here twice", OTR_STR_ARG(*name));
        out->evidence_count++;
    }
    return OTR_OK;
}

static otr_status load_ticket(const otr_pack_build *build, const otr_yaml *rule, otr_rule *out)
{
    static const char *const known[] = {"queue", "evidence", "last", "verify", NULL};
    const otr_yaml *ticket;
    const otr_yaml *queue;
    otr_status status = part(build, rule, "ticket", known, &ticket);
    if (status != OTR_OK || ticket == NULL)
        return status;
    out->ticket = true;
    out->evidence_last_us = OTR_HOUR;
    status = otr_yaml_need(ticket, "queue", &queue, build->error);
    if (status == OTR_OK)
        status = otr_pack_slug(build, queue, &out->queue);
    const otr_yaml *evidence = otr_yaml_get(ticket, "evidence");
    const otr_yaml *last = otr_yaml_get(ticket, "last");
    if (status == OTR_OK && evidence != NULL)
        status = load_evidence(build, evidence, out);
    if (status == OTR_OK && last != NULL)
        status = otr_yaml_span(last, &out->evidence_last_us, build->error);
    const otr_yaml *verify = otr_yaml_get(ticket, "verify");
    if (status == OTR_OK && verify != NULL)
        status = otr_yaml_span(verify, &out->verify_us, build->error);
    if (status == OTR_OK && out->verify_us > OTR_LIMIT_VERIFY_DAYS * OTR_DAY)
        status = otr_fail_at(build->error, OTR_LIMIT, verify->line, verify->column,
                             "a case is verified for %d days at most", OTR_LIMIT_VERIFY_DAYS);
    return status;
}

otr_status otr_pack_consequences(otr_pack_build *build, const otr_yaml *node, otr_rule *out)
{
    otr_status status = load_labels(build, node, out);
    if (status == OTR_OK)
        status = load_cause(build, node, out);
    if (status == OTR_OK)
        status = load_fault(build, node, out);
    if (status == OTR_OK)
        status = load_ends(build, node, out);
    if (status == OTR_OK)
        status = load_custody(build, node, out);
    if (status == OTR_OK)
        status = otr_pack_notify(build, node, out);
    if (status == OTR_OK)
        status = load_ticket(build, node, out);
    return status;
}
