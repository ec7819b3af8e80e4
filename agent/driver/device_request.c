/* Devices that fetch their commands and say what they have done: inputs, answered like uploads after the
 * commit. */
#include "codec/commands.h"
#include "driver/internal.h"

static void deliver(otr_driver *driver, uint64_t handle, unsigned format, otr_str device,
                    const otr_device_command_item *items, size_t count)
{
    const otr_source_port *source = &driver->ports.source;
    otr_buffer out = {0};
    otr_commands_encode(&out, format, device, items, count);
    if (!out.failed)
        source->deliver(source->self, handle, format, otr_buffer_bytes(&out));
    else
        source->answer(source->self, handle, OTR_ANSWER_FULL, 5);
    otr_buffer_done(&out);
}

/* No step runs while a commit is under way, so the core is still as it was committed. */
void otr_driver_answer(otr_driver *driver, const otr_asker *asker)
{
    const otr_source_port *source = &driver->ports.source;
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    size_t count = otr_core_commands(driver->core, asker->device, items);
    if (asker->format != 0)
        deliver(driver, asker->handle, asker->format, otr_core_device_name(driver->core, asker->device),
                items, count);
    else
        source->answer(source->self, asker->handle, count > 0 ? OTR_ANSWER_KEPT_MORE : OTR_ANSWER_KEPT, 0);
}

static otr_status refuse_busy(otr_driver *driver, otr_str device, otr_error *error)
{
    if (driver->stopping || driver->broken)
        return otr_fail(error, OTR_FULL, driver->stopping ? "stopping" : "the store is not ready");
    if (!otr_driver_has_room(driver))
        return otr_fail(error, OTR_FULL, "%zu uploads wait for the disk", driver->inbox.count);
    return otr_driver_pace(driver, device, error);
}

static otr_status take(otr_driver *driver, otr_input *input, otr_str device, uint64_t handle, unsigned format,
                       otr_error *error)
{
    otr_str copy = otr_arena_copy(&driver->inbox_memory, device);
    if (input->kind == OTR_INPUT_DEVICE_FETCH)
        input->fetch.device = copy;
    else
        input->confirm.device = copy;
    if (copy.data == NULL || !otr_driver_take_in(driver, input, handle, format))
        return otr_fail(error, OTR_FULL, "no memory for a request");
    driver->hurry = true; /* it keeps its radio on for the answer */
    return OTR_OK;
}

otr_status otr_driver_fetch(otr_driver *driver, const otr_device_request *request, otr_error *error)
{
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    otr_input input = {.kind = OTR_INPUT_DEVICE_FETCH};
    if (!otr_commands_format_ok(request->format))
        return otr_fail(error, OTR_INVALID, "commands are told as SenML");
    otr_status status = refuse_busy(driver, request->device, error);
    if (status != OTR_OK)
        return status;
    /* One that asks and has none leaves no trace: it may ask often. */
    uint32_t device = otr_core_device_number(driver->core, request->device);
    if (otr_core_commands(driver->core, device, items) == 0) {
        deliver(driver, request->handle, request->format, request->device, NULL, 0);
        return OTR_OK;
    }
    return take(driver, &input, request->device, request->handle, request->format, error);
}

otr_status otr_driver_confirm(otr_driver *driver, const otr_device_request *request, otr_error *error)
{
    otr_input input = {.kind = OTR_INPUT_DEVICE_CONFIRM};
    otr_status status = otr_commands_parse(request->done, input.confirm.ids, &input.confirm.count, error);
    if (status == OTR_OK)
        status = refuse_busy(driver, request->device, error);
    if (status != OTR_OK)
        return status;
    uint32_t device = otr_core_device_number(driver->core, request->device);
    bool known = false;
    for (size_t i = 0; i < input.confirm.count; i++)
        known |= otr_core_knows_command(driver->core, device, input.confirm.ids[i]);
    if (!known)
        return otr_fail(error, OTR_NOT_FOUND, "the device has no such command");
    return take(driver, &input, request->device, request->handle, 0, error);
}
