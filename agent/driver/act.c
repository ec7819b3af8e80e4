/* Customers' actions and the desk's on their way in: counted, checked, and only then journaled as commands.
 */
#include "driver/act.h"

#include "base/limits.h"
#include "driver/internal.h"
#include "driver/token.h"

bool otr_driver_may_act(otr_driver *driver)
{
    otr_driver_read_clock(driver);
    if (driver->sample.mono - driver->acts_since >= OTR_SECOND || driver->sample.mono < driver->acts_since) {
        driver->acts_since = driver->sample.mono;
        driver->acts = 0;
    }
    if (driver->acts < OTR_LIMIT_CUSTOMERS_PER_S) {
        driver->acts++;
        return true;
    }
    driver->counters.customer_dropped++;
    return false;
}

static otr_status check(otr_driver *driver, otr_arena *memory, otr_bytes request, otr_act *act,
                        otr_error *error)
{
    const otr_signature_port *signature = &driver->ports.signature;
    otr_status status = otr_act_parse(memory, request, act, error);
    if (status != OTR_OK)
        return status;
    if (signature->mac == NULL)
        return otr_fail(error, OTR_DENIED, "this gateway has no key for tokens");
    /* a ticket may be named by its case too; the token is the ticket's */
    otr_id entity = act->of_desk ? act->desk.ticket : act->customer.notification;
    status = otr_token_check(signature, entity, act->action, act->token);
    if (status == OTR_DENIED && act->of_desk)
        status = otr_token_check(signature, otr_ticket_of(entity), act->action, act->token);
    if (status == OTR_DENIED)
        return otr_fail(error, OTR_DENIED, "the token is not of this %s",
                        act->of_desk ? "ticket" : "action on this notification");
    return status == OTR_OK ? OTR_OK : otr_fail(error, OTR_FULL, "the token cannot be checked now");
}

static size_t waiting(const otr_driver *driver)
{
    size_t count = 0;
    for (size_t i = 0; i < driver->pending.count; i++)
        count += driver->pending.list[i].input.kind == OTR_INPUT_COMMAND &&
                 (driver->pending.list[i].input.command.kind == OTR_COMMAND_CUSTOMER ||
                  driver->pending.list[i].input.command.kind == OTR_COMMAND_DESK);
    return count;
}

otr_status otr_driver_act(otr_driver *driver, otr_bytes request, uint64_t handle, otr_act *out,
                          otr_error *error)
{
    otr_arena memory = {0};
    otr_status status = check(driver, &memory, request, out, error);
    if (status == OTR_OK && waiting(driver) >= OTR_LIMIT_CUSTOMERS_WAITING)
        status = otr_fail(error, OTR_FULL, "too many actions wait");
    if (status == OTR_OK) {
        otr_command command = {
            .id = out->id, .kind = OTR_COMMAND_CUSTOMER, .until = OTR_TIME_NONE, .customer = out->customer};
        if (out->of_desk)
            command = (otr_command){.id = out->id,
                                    .kind = OTR_COMMAND_DESK,
                                    .until = OTR_TIME_NONE,
                                    .who = out->who,
                                    .desk = out->desk};
        status = otr_driver_command(driver, &command, handle, error); /* copies its texts */
    }
    if (status != OTR_OK && status != OTR_FULL)
        driver->counters.customer_refused++;
    *out = (otr_act){.id = out->id, .customer = {.action = out->customer.action}};
    otr_arena_done(&memory);
    return status;
}
