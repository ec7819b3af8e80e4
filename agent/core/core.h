/*
 * The deterministic core: inputs in with their time, effects out, and one question, "when next?". No clock,
 * socket, file, thread, global or random source. The same inputs give the same effects, so the journal
 * rebuilds it. One thread. After OTR_MEMORY the core is unusable: free it and rebuild from the store.
 */
#ifndef OTR_CORE_CORE_H
#define OTR_CORE_CORE_H

#include "codec/commands.h"
#include "core/effects.h"
#include "core/stats.h"

typedef struct otr_core otr_core;

typedef struct otr_core_config {
    otr_str group;
    otr_str gateway;
    otr_id incarnation; /* of the journal: part of every identity, so that a new journal never repeats an old
                           id */
    uint64_t next_seq;
    uint64_t next_outbox_seq;
    otr_digest_function *sha256; /* NULL: no proofs are kept */
} otr_core_config;

/* One input of a live turn. Views last for the call. */
typedef struct otr_input {
    otr_input_kind kind; /* BOOT, READINGS, CONTENT, LOSS, REPORT, COMMAND, DEVICE_FETCH or DEVICE_CONFIRM */
    union {
        struct {
            otr_message message;
            uint64_t key;
        } upload;
        struct {
            otr_str slot;
            otr_str hash;
            otr_str bytes; /* checked before with otr_content_check */
        } content;
        otr_loss loss;
        struct {
            otr_str what;
            otr_str text;
        } report;
        otr_command command; /* checked before with otr_command_check */
        struct {
            otr_str device;
        } fetch;
        struct {
            otr_str device;
            size_t count;
            otr_id ids[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
        } confirm;
    };
} otr_input;

otr_status otr_core_create(const otr_core_config *config, otr_core **out);
void otr_core_free(otr_core *core);

/* Steps over the inputs in order, then fires what is due at turn->core. Appends to *effects. turn->core must
 * not be less than that of the turn before. OK or MEMORY. */
otr_status otr_core_step(otr_core *core, const otr_turn *turn, const otr_input *inputs, size_t count,
                         otr_effects *effects);
/* The next input has this number: for who replays a journal under other contents, so that what it decides by
 * the same inputs has the same identities. */
void otr_core_number_next(otr_core *core, uint64_t seq);
/* The core time of the next deadline, OTR_TIME_NEVER when there is none. May be early, never late. */
otr_time otr_core_next(const otr_core *core);
/* The UTC of the next civil deadline, NEVER when there is none: a step is due when a known clock reaches it,
 * though UTC has moved since the last step. */
otr_time otr_core_next_civil(const otr_core *core);

/* "knowledge/NAME": it binds no rule. */
bool otr_slot_is_knowledge(otr_str slot);
/* Whether content can be activated in slot; *error has line, column and reason when not. Changes nothing. */
otr_status otr_content_check(otr_str slot, otr_str bytes, otr_error *error);
/* The same, and whether it fits beside the assignments by command that there are. */
otr_status otr_core_content_check(const otr_core *core, otr_str slot, otr_str bytes, otr_error *error);

/* ---- rebuilding: names, contents, snapshot, batches, then finish ---- */
otr_status otr_core_load_name(otr_core *core, const otr_row_name *row);
otr_status otr_core_load_content(otr_core *core, const otr_row_content *row, otr_error *error);
otr_status otr_core_load_snapshot(otr_core *core, otr_bytes snapshot, otr_error *error);
otr_status otr_core_replay(otr_core *core, uint64_t first_seq, otr_bytes batch, otr_error *error);
/* Alarm and case rows are authoritative: what the replay has and they have not is dropped (and decided anew).
 */
otr_status otr_core_keep_alarm(otr_core *core, const otr_row_alarm *row);
otr_status otr_core_keep_case(otr_core *core, const otr_row_case *row);
/* What salts of proofs come from while no snapshot says otherwise; before the snapshot. Zeros otherwise. */
void otr_core_load_secret(otr_core *core, otr_digest secret);
/* So are the heads of proofs: the next entry follows the last row. After the batches. */
otr_status otr_core_keep_proof(otr_core *core, const otr_row_proof_head *row);
otr_status otr_core_finish_load(otr_core *core);

/* The whole state, for otr_core_load_snapshot of the same contents. */
otr_status otr_core_snapshot(const otr_core *core, otr_buffer *out);

const otr_stats *otr_core_stats(const otr_core *core);
size_t otr_core_device_count(const otr_core *core);
size_t otr_core_open_alarms(const otr_core *core);
/* Tickets that were sent again, and that the desk has not said it has. */
size_t otr_core_unreceived_tickets(const otr_core *core);
/* Commands to devices whose time runs. */
size_t otr_core_open_commands(const otr_core *core);
/* The number of a device, for the functions below; UINT32_MAX when it is not known. */
uint32_t otr_core_device_number(const otr_core *core, otr_str device);
/* Empty when there is no such number. */
otr_str otr_core_device_name(const otr_core *core, uint32_t device);
/* The commands that the device may have now, oldest first; returns how many. Views until the next step. */
size_t otr_core_commands(const otr_core *core, uint32_t device,
                         otr_device_command_item out[OTR_LIMIT_DEVICE_COMMANDS_OPEN]);
/* Whether the device was given a command of that id and it is not forgotten. */
bool otr_core_knows_command(const otr_core *core, uint32_t device, otr_id id);
/* Whether the device has ever reported or is assigned. */
bool otr_core_knows_device(const otr_core *core, otr_str device);
/* Whether the metric names that are new in the message still fit into OTR_LIMIT_METRICS. */
bool otr_core_has_room_for(const otr_core *core, const otr_message *message);
/* The hash of the content active in slot; size 0: none. */
otr_str otr_core_content_hash(const otr_core *core, otr_str slot);
/* Core time, UTC and clock quality of the last turn in the journal. */
otr_turn otr_core_last_turn(const otr_core *core);
/* Whether anything of the customer is in the state; rows of the store may have more. */
bool otr_core_knows_customer(const otr_core *core, otr_str customer);
/* Calls each(context, slot, hash) for the contents that are active, by slot. */
/* The version of the pack in the slot; -1: there is none. */
int64_t otr_core_pack_version(const otr_core *core, otr_str slot);
void otr_core_contents(const otr_core *core, void (*each)(void *context, otr_str slot, otr_str hash),
                       void *context);

#endif
