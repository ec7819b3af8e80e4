#include "tools/outrider/test/test_run.h"

#include <stdio.h>

/* Core time and UTC are one here: the clock of the test is right, and it never stops. */
static otr_status command(otr_workbench *bench, const otr_test_step *given, otr_test_outcome *out)
{
    otr_input input = {.kind = OTR_INPUT_COMMAND, .command = given->command};
    otr_status status = otr_workbench_step(bench, &input, 1);
    if (status == OTR_OK && bench->refused != OTR_REFUSAL_ACCEPTED && out->refused_line == 0) {
        out->refused_line = given->word.line;
        out->refused_why = otr_refusal_text(bench->refused);
    }
    return status;
}

static void refuse(otr_test_outcome *out, const otr_test_step *given, const char *why)
{
    if (out->refused_line != 0)
        return;
    out->refused_line = given->word.line;
    out->refused_why = why;
}

/* Steps a command that the test may expect to be refused. */
static otr_status judged(otr_workbench *bench, const otr_test_step *given, const otr_input *input,
                         otr_test_outcome *out)
{
    otr_status status = otr_workbench_step(bench, input, 1);
    if (status != OTR_OK)
        return status;
    bool accepted = bench->refused == OTR_REFUSAL_ACCEPTED;
    if (accepted && given->refused.size > 0)
        refuse(out, given, "it was accepted and should not be");
    if (!accepted && !otr_str_is(given->refused, otr_refusal_text(bench->refused)))
        refuse(out, given, otr_refusal_text(bench->refused));
    return OTR_OK;
}

static bool is(otr_str wanted, otr_str text)
{
    return wanted.size == 0 || otr_str_equal(wanted, text);
}

/* The newest notice told that the answer is for, or NULL. */
static const otr_test_record *told(const otr_test_outcome *out, const otr_test_told *of)
{
    const otr_test_records *notices = &out->came[OTR_TEST_NOTICE];
    for (size_t i = notices->count; i > 0; i--) {
        const otr_test_record *record = &notices->list[i - 1];
        if (!record->aside && is(of->rule, record->fields[OTR_NOTICE_RULE]) &&
            is(of->to, record->fields[OTR_NOTICE_TO]) && is(of->on, record->fields[OTR_NOTICE_ON]))
            return record;
    }
    return NULL;
}

static otr_status act(otr_workbench *bench, const otr_test_step *given, otr_test_outcome *out)
{
    const otr_test_record *notice = told(out, &given->of);
    if (notice == NULL) {
        refuse(out, given, "no such notice was told before");
        return OTR_OK;
    }
    otr_input input = {.kind = OTR_INPUT_COMMAND, .command = given->command};
    input.command.customer.notification = notice->id;
    return judged(bench, given, &input, out);
}

/* The last that was said of it. */
static bool is_merged(const otr_test_record *ticket)
{
    otr_str merged = OTR_STR("merged");
    otr_str said = ticket->fields[OTR_TICKET_SAID];
    return said.size >= merged.size &&
           memcmp(said.data + said.size - merged.size, merged.data, merged.size) == 0;
}

/* How many of them there are up to the newest of the asset that was not merged; 0: it has none. */
static size_t newest_ticket(const otr_test_records *tickets, size_t count, otr_str asset)
{
    while (count > 0 && (!otr_str_equal(tickets->list[count - 1].fields[OTR_TICKET_ASSET], asset) ||
                         is_merged(&tickets->list[count - 1])))
        count--;
    return count;
}

/* The newest ticket of the asset; what is merged goes into the one before it. */
static otr_status desk(otr_workbench *bench, const otr_test_step *given, otr_test_outcome *out)
{
    const otr_test_records *tickets = &out->came[OTR_TEST_TICKET];
    size_t at = newest_ticket(tickets, tickets->count, given->asset);
    size_t before = at > 0 ? newest_ticket(tickets, at - 1, given->asset) : 0;
    if (at == 0) {
        refuse(out, given, "that asset has had no ticket so far");
        return OTR_OK;
    }
    otr_input input = {.kind = OTR_INPUT_COMMAND, .command = given->command};
    input.command.desk.ticket = tickets->list[at - 1].id;
    if (given->command.desk.action == OTR_DESK_MERGED)
        input.command.desk.into = tickets->list[before > 0 ? before - 1 : at - 1].id;
    return judged(bench, given, &input, out);
}

static otr_status assigned(otr_workbench *bench, const otr_test_step *given, otr_test_outcome *out)
{
    otr_input input = {.kind = OTR_INPUT_COMMAND, .command = given->command};
    return judged(bench, given, &input, out);
}

/* What does not fit beside what is assigned then is refused as the daemon would. */
static otr_status activate(otr_workbench *bench, const otr_test_setup *setup, const otr_test_step *given,
                           otr_test_outcome *out)
{
    const otr_workbench_content *content = otr_test_setup_get(setup, given->word.text);
    otr_error why = {.text = ""};
    otr_status status = otr_core_content_check(bench->core, content->slot, content->bytes, &why);
    if (status == OTR_OK)
        return otr_workbench_activate(bench, content, 1);
    if (status == OTR_MEMORY)
        return status;
    size_t size = given->word.text.size + sizeof why.text + 24;
    char *text = otr_arena_alloc(&out->memory, size);
    if (text == NULL)
        return OTR_MEMORY;
    (void)snprintf(text, size, "%.*s:%d:%d: %s", OTR_STR_ARG(given->word.text), why.line, why.column,
                   why.text);
    refuse(out, given, text);
    return OTR_OK;
}

static otr_status step(otr_workbench *bench, const otr_test_setup *setup, const otr_test_step *given,
                       otr_test_outcome *out)
{
    otr_status status =
        otr_workbench_advance(bench, given->kind == OTR_TEST_RESTART ? given->off_from : given->at);
    if (status != OTR_OK)
        return status;
    if (given->kind == OTR_TEST_RESTART) {
        otr_turn back = {.core = given->at, .utc = given->at, .synced = true};
        return otr_workbench_restart(bench, &back);
    }
    if (given->kind == OTR_TEST_ACTIVATE)
        return activate(bench, setup, given, out);
    if (given->kind == OTR_TEST_ASSIGNED)
        return assigned(bench, given, out);
    if (given->kind == OTR_TEST_UPLINK)
        return otr_workbench_uplink(bench, given->down);
    if (given->kind == OTR_TEST_ACT)
        return act(bench, given, out);
    if (given->kind == OTR_TEST_DESK)
        return desk(bench, given, out);
    if (given->kind == OTR_TEST_COMMAND)
        return command(bench, given, out);
    otr_input input = {.kind = OTR_INPUT_READINGS,
                       .upload = {.message = {given->word.text, given->readings, given->count}}};
    return otr_workbench_step(bench, &input, 1);
}

static otr_status start(otr_workbench *bench, const otr_test_file *file, const otr_test_setup *setup,
                        otr_test_outcome *out)
{
    otr_workbench_content contents[OTR_TEST_PACKS_MAX + 1 + OTR_LIMIT_ZONES];
    size_t count = 0;
    otr_turn now = {.core = file->start, .utc = file->start, .synced = true};
    otr_workbench_listener listener = otr_test_outcome_listener(out);
    for (size_t i = 0; i < setup->first_count; i++)
        contents[count++] = setup->contents[i].content;
    for (size_t i = 0; i < setup->zone_count; i++)
        contents[count++] = setup->zones[i];
    otr_status status = otr_workbench_start(bench, &now, &listener);
    return status == OTR_OK ? otr_workbench_activate(bench, contents, count) : status;
}

otr_status otr_test_run(const otr_test_file *file, const otr_test_setup *setup, const otr_test_case *test,
                        otr_test_outcome *out)
{
    otr_workbench bench = {0};
    *out = (otr_test_outcome){.start = file->start};
    otr_status status = start(&bench, file, setup, out);
    for (size_t i = 0; i < test->step_count && status == OTR_OK; i++)
        status = step(&bench, setup, &test->steps[i], out);
    if (status == OTR_OK)
        status = otr_workbench_finish(&bench, test->until);
    otr_workbench_done(&bench);
    return status == OTR_OK && out->failed ? OTR_MEMORY : status;
}
