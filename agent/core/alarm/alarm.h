/*
 * Alarms: the only door through which one changes; each change is a step of the lifecycle, makes its row and,
 * where it is told, its event, its notification and its case's ticket. Alarms that ended stay in their
 * asset's list while late readings may still move them.
 */
#ifndef OTR_CORE_ALARM_H
#define OTR_CORE_ALARM_H

#include "core/state.h"

/* How an alarm comes to be known. */
typedef enum otr_manner {
    OTR_MANNER_LIVE,
    OTR_MANNER_ARRIVAL,    /* of a dead-man: nothing arrives */
    OTR_MANNER_HISTORICAL, /* it has ended already, or may have, in what comes next: told once, then */
} otr_manner;

/* ---- what rules decide; in a recount nothing is told, and with lateness not yet ---- */

/* Rule index on the asset raises at event time at; the state's onset is set. device may be NONE. */
void otr_alarm_raise(otr_core *core, otr_asset_state *asset, uint32_t index, uint32_t device, otr_time at);
/* A dead-man rule raises now. */
void otr_alarm_raise_silence(otr_core *core, otr_asset_state *asset, uint32_t index);
/* The condition has cleared at event time at. */
void otr_alarm_end(otr_core *core, otr_asset_state *asset, uint32_t index, otr_time at);

/* ---- one alarm, by its number ---- */

/* Told at once, unless it is historical or its point is silent. Returns its number, NONE with core->failed
 * when memory is out. */
uint32_t otr_alarm_open(otr_core *core, otr_asset_state *asset, uint32_t index, uint32_t device, otr_time at,
                        otr_manner manner);
/* A backlog is taken in: those raised in it that have not ended are no history, and told now. */
void otr_alarm_tell_open(otr_core *core, otr_asset_state *asset);
void otr_alarm_close(otr_core *core, otr_asset_state *asset, uint32_t number, otr_time at);
/* Its rule or asset is gone. */
void otr_alarm_withdraw(otr_core *core, otr_asset_state *asset, uint32_t number);
/* It turned out not to have been so. */
void otr_alarm_retract(otr_core *core, otr_asset_state *asset, uint32_t number);
/* Its onset, begin or end is another than was told: the alarm has it already. */
void otr_alarm_correct(otr_core *core, otr_asset_state *asset, uint32_t number);
/* It turned out not to have ended. */
void otr_alarm_reopen(otr_core *core, otr_asset_state *asset, uint32_t number);
/* An open alarm, by an operator: ACKNOWLEDGE or RESET. The refusal of the table. */
otr_refusal otr_alarm_operate(otr_core *core, uint32_t number, otr_alarm_event event, otr_str who);
/* What keeps a withheld alarm silent now; NORMAL: nothing, and it is told. */
void otr_alarm_review(otr_core *core, uint32_t number, otr_alarm_state silent);
/* What stands has changed by itself, or by an operator: the alarm follows, if late data may still move it. */
void otr_alarm_follow(otr_core *core, const otr_standing_alarm *standing);

/* ---- the alarms of an asset ---- */

/* NONE when there is none. */
uint32_t otr_alarm_find(const otr_core *core, const otr_asset_state *asset, otr_id id);
/* Its number is free again; nothing is told. */
void otr_alarm_forget(otr_core *core, otr_asset_state *asset, uint32_t number);
/* What ended by event time at is settled for good. */
void otr_alarm_settle(otr_core *core, otr_asset_state *asset, otr_time at);

/* The share of onset..until that data covered, 0..100. */
int otr_alarm_coverage(const otr_rule_state *state, otr_time until);

#endif
