/* What follows from a rule: labels, the cause in a sentence, whom to tell, which ticket to open. */
#include "base/limits.h"
#include "base/reading.h"
#include "rules/nearest.h"
#include "rules/pack_build.h"
#include "rules/words.h"

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
    return cause != NULL ? otr_pack_template(build, cause, false, &out->cause) : OTR_OK;
}

/* Any role may be named, but a slip in "customer" would make one up. */
static otr_status load_to(const otr_pack_build *build, const otr_yaml *node, otr_rule *out)
{
    otr_status status = otr_pack_slug(build, node, &out->notify_to);
    if (status != OTR_OK)
        return status;
    unsigned slips = otr_edit_distance(out->notify_to, OTR_STR("customer"), 2);
    if (slips == 1 || slips == 2)
        return otr_pack_fail(build, node, "nobody is known as %.*s; did you mean customer?",
                             OTR_STR_ARG(out->notify_to));
    return OTR_OK;
}

static otr_status load_on(const otr_pack_build *build, const otr_yaml *node, otr_rule *out)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, build->error);
    out->notify_on = 0;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        otr_str text;
        status = otr_yaml_text(entry, &text, build->error);
        if (status != OTR_OK)
            return status;
        unsigned bit = otr_str_is(text, "raised")    ? OTR_ON_RAISED
                       : otr_str_is(text, "cleared") ? OTR_ON_CLEARED
                                                     : 0;
        if (bit == 0)
            return otr_pack_fail(build, entry, "expected raised or cleared");
        if ((out->notify_on & bit) != 0)
            return otr_pack_fail(build, entry, "%.*s is here twice", OTR_STR_ARG(text));
        out->notify_on |= bit;
    }
    if (status == OTR_OK && out->notify_on == 0)
        return otr_pack_fail(build, node, "expected raised, cleared or both");
    return status;
}

/* Finds the message and, when the rule tells that it has cleared, a text for that in every language. */
static otr_status load_message(const otr_pack_build *build, const otr_yaml *node, otr_rule *out)
{
    otr_str wanted;
    otr_nearest nearest = {0};
    otr_status status = otr_yaml_text(node, &wanted, build->error);
    if (status != OTR_OK)
        return status;
    const otr_yaml *message = build->messages != NULL ? build->messages->first : NULL;
    for (out->message = 0; message != NULL; message = message->next, out->message++) {
        if (otr_str_equal(message->key, wanted))
            break;
        otr_nearest_offer(&nearest, wanted, message->key);
    }
    if (message == NULL)
        return otr_pack_fail(build, node, "there is no message %.*s%s%.*s%s", OTR_STR_ARG(wanted),
                             OTR_NEAREST_ARG(nearest));
    if ((out->notify_on & OTR_ON_CLEARED) == 0)
        return OTR_OK;
    for (const otr_yaml *text = message->first; text != NULL; text = text->next)
        if (otr_yaml_get(text, "cleared") == NULL)
            return otr_fail_at(build->error, OTR_INVALID, text->key_line, text->key_column,
                               "%.*s has no text for cleared, which the rule %.*s tells",
                               OTR_STR_ARG(text->key), OTR_STR_ARG(out->name));
    return OTR_OK;
}

/* A list has a text for one item in every language, and only a list has. */
static otr_status check_list(const otr_pack_build *build, const otr_yaml *notify, const otr_rule *rule)
{
    const otr_yaml *gather = otr_yaml_get(notify, "gather");
    const otr_yaml *message = build->messages->first;
    for (uint32_t i = 0; i < rule->message; i++)
        message = message->next;
    for (const otr_yaml *text = message->first; text != NULL; text = text->next) {
        bool list = otr_yaml_get(text, "item") != NULL;
        if (gather != NULL && !list)
            return otr_fail_at(build->error, OTR_INVALID, text->key_line, text->key_column,
                               "%.*s has no text for one item, of which the rule %.*s tells a list",
                               OTR_STR_ARG(text->key), OTR_STR_ARG(rule->name));
        if (gather == NULL && list)
            return otr_pack_fail(build, notify, "the message %.*s tells a list; say gather: and how long",
                                 OTR_STR_ARG(message->key));
    }
    return OTR_OK;
}

static otr_status load_gather(const otr_pack_build *build, const otr_yaml *notify, otr_rule *out)
{
    const otr_yaml *gather = otr_yaml_get(notify, "gather");
    if (gather == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_span(gather, &out->gather_us, build->error);
    if (status == OTR_OK && out->gather_us == 0)
        return otr_pack_fail(build, gather, "gather is more than 0");
    if (status == OTR_OK && out->notify_on != OTR_ON_RAISED)
        return otr_pack_fail(build, gather, "what is gathered is told when raised only");
    return status;
}

static otr_status load_notify(const otr_pack_build *build, const otr_yaml *rule, otr_rule *out)
{
    static const char *const known[] = {"to", "message", "on", "past", "gather", NULL};
    const otr_yaml *notify;
    const otr_yaml *to;
    const otr_yaml *message = NULL;
    otr_status status = part(build, rule, "notify", known, &notify);
    if (status != OTR_OK || notify == NULL)
        return status;
    out->notify = true;
    out->notify_on = OTR_ON_RAISED;
    out->notify_past = true;
    status = otr_yaml_need(notify, "to", &to, build->error);
    if (status == OTR_OK)
        status = load_to(build, to, out);
    if (status == OTR_OK)
        status = otr_yaml_need(notify, "message", &message, build->error);
    const otr_yaml *on = otr_yaml_get(notify, "on");
    if (status == OTR_OK && on != NULL)
        status = load_on(build, on, out);
    const otr_yaml *past = otr_yaml_get(notify, "past");
    if (status == OTR_OK && past != NULL)
        status = otr_yaml_bool(past, &out->notify_past, build->error);
    if (status == OTR_OK)
        status = load_gather(build, notify, out);
    if (status == OTR_OK)
        status = load_message(build, message, out);
    return status == OTR_OK ? check_list(build, notify, out) : status;
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
    static const char *const known[] = {"queue", "evidence", "last", NULL};
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
    return status;
}

otr_status otr_pack_consequences(otr_pack_build *build, const otr_yaml *node, otr_rule *out)
{
    otr_status status = load_labels(build, node, out);
    if (status == OTR_OK)
        status = load_cause(build, node, out);
    if (status == OTR_OK)
        status = load_notify(build, node, out);
    if (status == OTR_OK)
        status = load_ticket(build, node, out);
    return status;
}
