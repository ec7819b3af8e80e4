#include "driver/permit.h"

#include "base/limits.h"
#include "codec/json.h"

static const otr_verb verbs[] = {
#define X(word, may, asks) {word, may, asks},
    OTR_VERBS(X)
#undef X
};

const otr_verb *otr_verb_find(otr_str word)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (otr_str_is(word, verbs[i].word))
            return &verbs[i];
    return NULL;
}

static const struct {
    const char *word;
    const char *text;
} refusals[] = {
#define X(name, word, text) {word, text},
    OTR_ORDER_REFUSALS(X)
#undef X
};

const char *otr_order_refusal_word(otr_order_refusal refusal)
{
    return refusals[refusal].word;
}

const char *otr_order_refusal_text(otr_order_refusal refusal)
{
    return refusals[refusal].text;
}

static bool refuse(otr_permit *out, otr_order_refusal why)
{
    out->refusal = why;
    return false;
}

/* A codec refused it. */
static bool refuse_form(otr_permit *out)
{
    bool deep = out->error.status == OTR_LIMIT && strstr(out->error.text, "nested") != NULL;
    if (out->error.status == OTR_MEMORY)
        return refuse(out, OTR_ORDER_REFUSED_FULL);
    if (out->error.status != OTR_LIMIT)
        return refuse(out, OTR_ORDER_REFUSED_MALFORMED);
    return refuse(out, deep ? OTR_ORDER_REFUSED_NESTED : OTR_ORDER_REFUSED_OVERSIZED);
}

static const otr_operator *find(const otr_permit_rules *rules, otr_id key)
{
    for (size_t i = 0; i < rules->operator_count; i++)
        if (otr_id_equal(rules->operators[i].key, key))
            return &rules->operators[i];
    return NULL;
}

/* Nothing of an order is looked at before it is certain who signed it. */
static bool judge_envelope(otr_arena *arena, otr_bytes payload, const otr_permit_rules *rules,
                           otr_permit *out, otr_bytes *content)
{
    otr_envelope envelope;
    otr_buffer message = {0};
    if (otr_envelope_read(arena, payload, &envelope, &out->error) != OTR_OK)
        return refuse_form(out);
    out->key = envelope.key;
    const otr_operator *owner = find(rules, envelope.key);
    if (owner == NULL)
        return refuse(out, OTR_ORDER_REFUSED_UNKNOWN_KEY);
    otr_order_message(&message, envelope.content);
    bool memory = !message.failed;
    bool signature =
        memory && rules->verify(owner->open, otr_buffer_bytes(&message), envelope.signature.data);
    otr_buffer_done(&message);
    if (!memory || !signature)
        return refuse(out, memory ? OTR_ORDER_REFUSED_FORGED : OTR_ORDER_REFUSED_FULL);
    out->operator= owner;
    *content = envelope.content;
    return owner->revoked ? refuse(out, OTR_ORDER_REFUSED_REVOKED) : true;
}

static bool is_for_us(const otr_permit_rules *rules, otr_str to)
{
    size_t group = rules->group.size;
    return to.size == group + 1 + rules->gateway.size && otr_str_starts(to, rules->group) &&
           to.data[group] == '/' &&
           otr_str_equal((otr_str){to.data + group + 1, rules->gateway.size}, rules->gateway);
}

/* Without a clock the floor tells what is late for certain, and nothing else. */
static bool judge_time(const otr_permit_rules *rules, otr_permit *out)
{
    otr_time until = out->order.until;
    if (until < rules->utc)
        return refuse(out, OTR_ORDER_REFUSED_LATE);
    if (!rules->synced)
        return refuse(out, OTR_ORDER_REFUSED_NO_CLOCK);
    if (until > rules->utc + OTR_LIMIT_ORDER_DAYS * OTR_DAY)
        return refuse(out, OTR_ORDER_REFUSED_EARLY);
    return true;
}

static bool name_it(const otr_permit_rules *rules, otr_permit *out)
{
    otr_digest digest;
    otr_buffer text = {0};
    otr_buffer_add_id(&text, out->key);
    otr_buffer_add(&text, out->order.id.data, out->order.id.size);
    bool ok = !text.failed && rules->sha256(text.data, text.size, &digest);
    otr_buffer_done(&text);
    if (!ok)
        return refuse(out, OTR_ORDER_REFUSED_FULL);
    memcpy(out->id.bytes, digest.bytes, sizeof out->id.bytes);
    return true;
}

static bool judge_order(otr_arena *arena, otr_bytes content, const otr_permit_rules *rules, otr_permit *out)
{
    if (otr_order_read(arena, content, &out->order, &out->error) != OTR_OK)
        return refuse_form(out);
    otr_str request = out->order.request;
    out->request = otr_json_load_whole((otr_bytes){(const uint8_t *)request.data, request.size}, &out->error);
    if (out->request == NULL)
        return refuse_form(out);
    if (!name_it(rules, out))
        return false;
    if (!is_for_us(rules, out->order.to))
        return refuse(out, OTR_ORDER_REFUSED_ELSEWHERE);
    out->verb = otr_verb_find(otr_json_text(json_object_get(out->request, "do")));
    if (out->verb == NULL)
        return refuse(out, OTR_ORDER_REFUSED_NO_VERB);
    if (!otr_verb_may(out->verb, out->operator->role))
        return refuse(out, OTR_ORDER_REFUSED_ROLE);
    return judge_time(rules, out);
}

void otr_permit_judge(otr_arena *arena, otr_bytes payload, const otr_permit_rules *rules, otr_permit *out)
{
    otr_bytes content;
    *out = (otr_permit){.order = {.until = OTR_TIME_NONE}};
    if (judge_envelope(arena, payload, rules, out, &content))
        (void)judge_order(arena, content, rules, out);
    if (out->refusal == OTR_ORDER_REFUSED_NONE)
        out->error.text[0] = '\0';
}
