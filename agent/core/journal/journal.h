/*
 * The journal's batch: what one commit took in, in order, as compact bytes. A batch is one or more turns; a
 * turn is its time and its inputs. Numbers of devices and metrics are those of the name rows. A reading in
 * bulk takes 4 to 8 bytes.
 *
 *   batch   := version:u8 turn*
 *   turn    := 'T' core:varint utc:signed (minus core) flags:u8 (bit 0: clock synced)  then inputs until the
 * next 'T' input   := kind:u8 body; each input takes one sequence number, a turn none reading := tag:u8
 * [metric:varint] [time:signed] value
 */
#ifndef OTR_CORE_JOURNAL_H
#define OTR_CORE_JOURNAL_H

#include "base/limits.h"
#include "core/command/command.h"
#include "core/journal/entries.h"
#include "core/rows.h"

typedef enum otr_input_kind {
    OTR_INPUT_BOOT = 1, /* the agent started: timers wait, dead-man rules have their full grace */
    OTR_INPUT_TICK,     /* a deadline came due */
    OTR_INPUT_READINGS,
    OTR_INPUT_CONTENT, /* a pack or the assignments became active; bytes live in the content rows */
    OTR_INPUT_LOSS,
    OTR_INPUT_REPORT,           /* a status event for the operators */
    OTR_INPUT_COMMAND,          /* of an operator */
    OTR_INPUT_DEVICE_FETCH = 8, /* a device fetches the commands that rules gave it */
    OTR_INPUT_DEVICE_CONFIRM,   /* it has done them */
    OTR_INPUT_ERASED,           /* was of a customer who is forgotten: it keeps its sequence number alone */
} otr_input_kind;

typedef struct otr_turn {
    otr_time core;
    otr_time utc;
    bool synced;
} otr_turn;

/* One input as it stands in the journal. Views. */
typedef struct otr_record {
    otr_input_kind kind;
    union {
        struct {
            uint32_t device;
            uint64_t key; /* of the upload, for recognising a repeated one */
            const otr_entry *entries;
            size_t count;
        } readings;
        struct {
            otr_str slot;
            otr_str hash;
        } content;
        otr_loss loss;
        struct {
            otr_str what;
            otr_str text;
        } report;
        otr_command command;
        struct {
            uint32_t device;
        } fetch;
        struct {
            uint32_t device;
            size_t count;
            otr_id ids[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
        } confirm;
    };
} otr_record;

void otr_journal_begin(otr_buffer *batch);
void otr_journal_turn(otr_buffer *batch, const otr_turn *turn);
void otr_journal_add(otr_buffer *batch, const otr_record *record);

/* What reading a batch hands over, in order. entries last for the call. */
typedef struct otr_journal_visitor {
    void *context;
    otr_status (*turn)(void *context, const otr_turn *turn);
    otr_status (*record)(void *context, uint64_t seq, const otr_record *record);
} otr_journal_visitor;

/* CORRUPT when the bytes are not a batch; stops at the first status that is not OK and returns it. */
otr_status otr_journal_read(otr_bytes batch, uint64_t first_seq, const otr_journal_visitor *visitor,
                            otr_error *error);

#endif
