#include <stdlib.h>

#include "tools/outrider/figures/accounts.h"

static otr_fare_state state_of(otr_str word)
{
    int state = 0;
    while (state < OTR_FARE_STATE_COUNT && !otr_str_is(word, otr_fare_state_text((otr_fare_state)state)))
        state++;
    return (otr_fare_state)state;
}

/* ---- gathering ---- */

static int by_reference(const void *a, const void *b)
{
    const otr_figures_customer *left = *(const otr_figures_customer *const *)a;
    const otr_figures_customer *right = *(const otr_figures_customer *const *)b;
    int order = otr_str_compare(left->reference, right->reference);
    return order != 0 ? order : otr_str_compare(left->gateway, right->gateway);
}

static int by_need(const void *a, const void *b)
{
    const otr_account *left = a;
    const otr_account *right = b;
    if (left->state != right->state)
        return left->state < right->state ? -1 : 1;
    if (left->since != right->since)
        return left->since < right->since ? -1 : 1;
    return otr_str_compare(left->reference, right->reference);
}

static void add(otr_account *account, const otr_figures_customer *one)
{
    otr_fare_state state = state_of(one->state);
    bool first = account->told_count == 0;
    account->reference = one->reference;
    account->hold = (!first && account->hold) || one->hold;
    if (first || state < account->state || (state == account->state && one->since < account->since)) {
        account->state = state;
        account->word = one->state;
        account->since = one->since;
    }
    account->told[account->told_count++] = one;
}

otr_status otr_accounts_gather(const otr_figures *figures, bool all, otr_accounts *out)
{
    *out = (otr_accounts){.count = 0};
    size_t most = figures->customer_count + 1;
    const otr_figures_customer **told = otr_arena_array(&out->memory, most, sizeof(void *));
    out->list = otr_arena_array(&out->memory, most, sizeof *out->list);
    if (told == NULL || out->list == NULL)
        return OTR_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < figures->customer_count; i++)
        if (figures->customers[i].state.size > 0)
            told[count++] = &figures->customers[i];
    qsort((void *)told, count, sizeof(void *), by_reference);
    for (size_t i = 0; i < count;) {
        otr_account *account = &out->list[out->count];
        *account = (otr_account){.told = &told[i]};
        otr_str reference = told[i]->reference;
        for (; i < count && otr_str_equal(told[i]->reference, reference); i++)
            add(account, told[i]);
        out->count += all || account->state != OTR_FARE_WELL;
    }
    qsort(out->list, out->count, sizeof *out->list, by_need);
    return OTR_OK;
}

void otr_accounts_done(otr_accounts *accounts)
{
    otr_arena_done(&accounts->memory);
    *accounts = (otr_accounts){.count = 0};
}

/* ---- telling ---- */

static void say_one(const otr_account *account, otr_buffer *out)
{
    for (size_t i = 0; i < account->told_count; i++) {
        const otr_figures_customer *one = account->told[i];
        otr_buffer line = {0};
        otr_buffer_add_format(&line, "%.*s: %.*s", OTR_STR_ARG(one->gateway), OTR_STR_ARG(one->state));
        if (one->reason.size > 0)
            otr_buffer_add_format(&line, ": %.*s", OTR_STR_ARG(one->reason));
        otr_table_wrap(out, otr_buffer_text(&line), 4);
        out->failed |= line.failed;
        otr_buffer_done(&line);
    }
}

void otr_accounts_say(const otr_accounts *accounts, otr_buffer *out)
{
    otr_buffer_add_u8(out, '\n');
    if (accounts->count == 0)
        otr_buffer_add_format(out, "no customer is in trouble, as far as these gateways know\n");
    for (size_t i = 0; i < accounts->count; i++) {
        const otr_account *account = &accounts->list[i];
        otr_buffer line = {0};
        char since[OTR_TIME_TEXT_BYTES];
        otr_buffer_add_format(&line, "%.*s: %.*s", OTR_STR_ARG(account->reference),
                              OTR_STR_ARG(account->word));
        if (account->since != OTR_TIME_NONE) {
            otr_time_format(account->since - account->since % OTR_SECOND, since);
            otr_buffer_add_format(&line, " since %s", since);
        }
        if (account->hold)
            otr_buffer_add_format(&line, ", hold promotions");
        otr_table_wrap(out, otr_buffer_text(&line), 0);
        out->failed |= line.failed;
        otr_buffer_done(&line);
        say_one(account, out);
    }
}

static json_t *text(otr_str value)
{
    return json_stringn(value.data != NULL ? value.data : "", value.size);
}

static void put_time(json_t *object, const char *name, otr_time at)
{
    char out[OTR_TIME_TEXT_BYTES];
    if (at == OTR_TIME_NONE)
        return;
    otr_time_format(at, out);
    json_object_set_new(object, name, json_string(out));
}

void otr_accounts_put(const otr_accounts *accounts, json_t *root)
{
    json_t *list = json_array();
    for (size_t i = 0; i < accounts->count; i++) {
        const otr_account *account = &accounts->list[i];
        json_t *one = json_object();
        json_t *told = json_array();
        json_object_set_new(one, "customer", text(account->reference));
        json_object_set_new(one, "state", text(account->word));
        put_time(one, "since", account->since);
        json_object_set_new(one, "hold_promotions", json_boolean(account->hold));
        for (size_t k = 0; k < account->told_count; k++) {
            json_t *by = json_object();
            json_object_set_new(by, "gateway", text(account->told[k]->gateway));
            json_object_set_new(by, "state", text(account->told[k]->state));
            json_object_set_new(by, "reason", text(account->told[k]->reason));
            put_time(by, "since", account->told[k]->since);
            json_array_append_new(told, by);
        }
        json_object_set_new(one, "told_by", told);
        json_array_append_new(list, one);
    }
    json_object_set_new(root, "accounts", list);
}
