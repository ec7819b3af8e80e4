/*
 * Commands that rules give to devices: decided with the alarm, kept until the device has done them or their
 * time is over, and remembered as long as they count towards a rate. The core decides; a device fetches and
 * confirms, which are inputs, so that a restart or a replay finds the same commands in the same states. While
 * a command has time to help, its alarm is quiet: no notification, no ticket.
 */
#ifndef OTR_CORE_DEVICE_COMMAND_H
#define OTR_CORE_DEVICE_COMMAND_H

#include "core/rule/deed.h"
#include "core/state.h"

typedef enum otr_device_command_state {
    OTR_DEVICE_COMMAND_WAITING,   /* the device has not fetched it */
    OTR_DEVICE_COMMAND_TAKEN,     /* fetched, not confirmed */
    OTR_DEVICE_COMMAND_DONE,      /* the device says so, or reports the value */
    OTR_DEVICE_COMMAND_FAILED,    /* not done in its time */
    OTR_DEVICE_COMMAND_CANCELLED, /* its alarm ended before it was fetched, or it is no longer allowed */
    OTR_DEVICE_COMMAND_SHADOW,    /* would have been given */
} otr_device_command_state;

typedef struct otr_device_command {
    bool used;
    uint8_t state;
    bool taken; /* the device has had it: it counts towards rates */
    bool asked; /* by staff, as a remedy: it is none of its alarm's, and goes on without it */
    bool flag;
    uint8_t type; /* BOOL: flag counts, DOUBLE: number */
    uint8_t priority;
    uint32_t revision;
    uint32_t next;   /* of the same device, the newer; number + 1, 0: none */
    uint32_t device; /* number */
    uint32_t alarm;  /* its number while that is used and has alarm_id */
    uint32_t name;   /* in core->labels, as those below */
    uint32_t unit;
    uint32_t pack;
    uint32_t rule;
    uint32_t asset;
    otr_id id;
    otr_id alarm_id;
    otr_id case_id;
    double number;
    otr_time decided; /* core time */
    otr_time decided_utc;
    otr_time due;          /* core time: void when not done by then, and people are told; NEVER: over */
    otr_time counts_until; /* core time */
} otr_device_command;

/* What a command without a wait has to be fetched and done in. */
#define OTR_DEVICE_COMMAND_LIFE_US (10 * OTR_MINUTE)
/* What readings say that were taken longer ago is no reason to do anything now. */
#define OTR_DEVICE_COMMAND_FRESH_US (10 * OTR_MINUTE)

/* ---- device_command_rule.c: what forbids one ---- */

/* Whether the command may be given now: allowed, the readings fresh, no interlock, the rate not reached. */
bool otr_device_command_may(const otr_core *core, const otr_alarm *alarm, const otr_deed *deed,
                            uint32_t *device, char reason[OTR_DEED_REASON_BYTES]);
/* After binding: one status event names the rules whose command an asset they watch cannot be given. */
void otr_device_command_report(otr_core *core);

/* ---- device_command.c: from the decision to the end ---- */

/* The alarm is about to be told as raised, which comes once: decides its rule's command, and whether the
 * alarm is quiet. */
void otr_device_command_decide(otr_core *core, otr_alarm *alarm);
/* Staff ask for a command in a case with that open alarm, for the nth time from 0. False when it may not be
 * given; an event says why. */
bool otr_device_command_ask(otr_core *core, otr_alarm *alarm, const otr_deed *deed, uint32_t nth);
/* A host wants a value on a device whose profile lists it. What it wanted before and the device has not
 * fetched gives way. COMMAND_HELD: an event says why; NO_DEVICE. */
otr_refusal otr_device_command_set(otr_core *core, const otr_command *command);
/* The alarm has ended: what the device has not fetched is cancelled. */
void otr_device_command_alarm_ended(otr_core *core, const otr_alarm *alarm);
/* The ended alarm turned out to go on: people are told when they were not and the command has had its time.
 */
void otr_device_command_alarm_reopened(otr_core *core, otr_alarm *alarm);
/* The device fetches its commands. */
void otr_device_command_fetch(otr_core *core, uint32_t device);
/* The device says that it has done them; ids that are not its own are passed over. */
void otr_device_command_confirm(otr_core *core, uint32_t device, const otr_id *ids, size_t count);
/* The device reports a value: the command that asked for it is done. */
void otr_device_command_reading(otr_core *core, uint32_t device, const otr_slot *slot);
/* The command's time is over. */
void otr_device_command_due(otr_core *core, uint32_t number);
/* Packs or assignments have changed: what is no longer allowed is cancelled unless it was fetched. */
void otr_device_command_rebound(otr_core *core);

/* The device may fetch it: open and in its time. */
bool otr_device_command_is_open(const otr_core *core, const otr_device_command *command);
/* The command that the alarm gave, NULL when there is none or it is forgotten. */
const otr_device_command *otr_device_command_of(const otr_core *core, const otr_alarm *alarm);
/* "boost_cooling = true", in the effects' memory. */
otr_str otr_device_command_text(otr_core *core, const otr_device_command *command);
/* waiting, taken, done, failed, cancelled, would do. */
otr_str otr_device_command_state_text(const otr_device_command *command);

/* ---- device_command_bytes.c: for the snapshot ---- */

void otr_device_command_write(const otr_core *core, otr_buffer *out);
/* After devices and alarms; reader->failed when the bytes are none. */
void otr_device_command_read(otr_core *core, otr_reader *reader);
/* Appends it to its device's list; false when memory is out. */
bool otr_device_command_list(otr_core *core, uint32_t number);

#endif
