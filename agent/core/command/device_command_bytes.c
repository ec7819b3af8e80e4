/* The commands of all devices as bytes, each device's in their order. Their numbers are kept, for ties
 * between deadlines go by them. */
#include "core/command/device_command.h"

static void write_one(const otr_core *core, uint32_t number, otr_buffer *out)
{
    const otr_device_command *command = &core->commands[number];
    otr_buffer_add_varint(out, number);
    otr_buffer_add_varint(out, command->device);
    otr_buffer_add_u8(out, command->state);
    otr_buffer_add_u8(out, (uint8_t)((command->taken ? 1 : 0) | (command->flag ? 2 : 0) |
                                     (command->type == OTR_TYPE_BOOL ? 4 : 0) | (command->asked ? 8 : 0)));
    otr_buffer_add_u8(out, command->priority);
    otr_buffer_add_varint(out, command->revision);
    otr_label_write(core, command->name, out);
    otr_label_write(core, command->unit, out);
    otr_label_write(core, command->pack, out);
    otr_label_write(core, command->rule, out);
    otr_label_write(core, command->asset, out);
    otr_buffer_add_id(out, command->id);
    otr_buffer_add_id(out, command->alarm_id);
    otr_buffer_add_id(out, command->case_id);
    otr_buffer_add_double(out, command->number);
    otr_buffer_add_signed(out, command->decided);
    otr_buffer_add_signed(out, command->decided_utc);
    otr_buffer_add_signed(out, command->due);
    otr_buffer_add_signed(out, command->counts_until);
}

void otr_device_command_write(const otr_core *core, otr_buffer *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < core->command_capacity; i++)
        count += core->commands[i].used;
    otr_buffer_add_varint(out, count);
    for (uint32_t d = 0; d < core->device_capacity; d++)
        for (uint32_t i = core->devices[d].commands; i != 0; i = core->commands[i - 1].next)
            write_one(core, i - 1, out);
}

static void read_fields(otr_core *core, otr_reader *reader, otr_device_command *out)
{
    *out = (otr_device_command){.used = true, .device = (uint32_t)otr_reader_varint(reader)};
    out->state = otr_reader_u8(reader);
    uint8_t flags = otr_reader_u8(reader);
    out->taken = (flags & 1) != 0;
    out->flag = (flags & 2) != 0;
    out->asked = (flags & 8) != 0;
    out->type = (flags & 4) != 0 ? OTR_TYPE_BOOL : OTR_TYPE_DOUBLE;
    out->priority = otr_reader_u8(reader);
    out->revision = (uint32_t)otr_reader_varint(reader);
    out->name = otr_label_read(core, reader);
    out->unit = otr_label_read(core, reader);
    out->pack = otr_label_read(core, reader);
    out->rule = otr_label_read(core, reader);
    out->asset = otr_label_read(core, reader);
    out->id = otr_reader_id(reader);
    out->alarm_id = otr_reader_id(reader);
    out->case_id = otr_reader_id(reader);
    out->number = otr_reader_double(reader);
    out->decided = otr_reader_signed(reader);
    out->decided_utc = otr_reader_signed(reader);
    out->due = otr_reader_signed(reader);
    out->counts_until = otr_reader_signed(reader);
    if (out->state > OTR_DEVICE_COMMAND_SHADOW || out->priority > OTR_PRIORITY_CRITICAL ||
        out->device >= core->device_names.count)
        reader->failed = true;
}

/* An alarm that is no longer there leaves its command to itself. */
static void join_alarm(otr_core *core, uint32_t number)
{
    otr_device_command *command = &core->commands[number];
    command->alarm = OTR_NONE;
    for (uint32_t i = 0; i < core->alarm_capacity; i++)
        if (core->alarms[i].used && otr_id_equal(core->alarms[i].id, command->alarm_id)) {
            command->alarm = i;
            if (!command->asked)
                core->alarms[i].command = number + 1;
            return;
        }
}

static void read_one(otr_core *core, otr_reader *reader, uint64_t most)
{
    otr_device_command command;
    uint64_t number = otr_reader_varint(reader);
    read_fields(core, reader, &command);
    if (reader->failed || number >= most) {
        reader->failed = true;
        return;
    }
    if (!otr_core_grow((void **)&core->commands, &core->command_capacity, (uint32_t)number + 1,
                       sizeof *core->commands)) {
        core->failed = true;
        return;
    }
    if (core->commands[number].used) {
        reader->failed = true;
        return;
    }
    core->commands[number] = command;
    if (!otr_numbers_mark(&core->command_numbers, (uint32_t)number) ||
        !otr_device_command_list(core, (uint32_t)number) ||
        !otr_timers_set(&core->command_timers, (uint32_t)number, command.due))
        core->failed = true;
    core->command_open += command.due != OTR_TIME_NEVER;
    join_alarm(core, (uint32_t)number);
}

void otr_device_command_read(otr_core *core, otr_reader *reader)
{
    uint64_t most = (uint64_t)core->device_names.count * OTR_LIMIT_DEVICE_COMMANDS;
    uint64_t count = otr_reader_varint(reader);
    if (count > most || count > otr_reader_left(reader))
        reader->failed = true;
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++)
        read_one(core, reader, most);
}
