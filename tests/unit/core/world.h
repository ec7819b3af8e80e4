/*
 * A small world for tests of the core: a clock that is a number, a journal in memory, and the rows that steps
 * made.
 */
#ifndef OTR_TESTS_WORLD_H
#define OTR_TESTS_WORLD_H

#include "base/arena.h"
#include "codec/service.h"
#include "core/core.h"

enum { WORLD_ROWS = 8192, WORLD_BATCHES = 20000, WORLD_ZONES = 8 /* and assignments by command */ };

typedef struct world_alarm {
    char rule[64];
    char asset[64];
    otr_id id;
    otr_id case_id;
    uint32_t revision;
    otr_alarm_state state;
    otr_time onset;
    otr_time raised;
    otr_time ended;
} world_alarm;

typedef struct world_event {
    otr_service_kind kind;
    char what[16];
    char rule[64];
    char text[1024]; /* of a view its facts */
    char line[256];
    char brief[512];
    char cause[256];
    otr_id event;
    otr_id entity;
    otr_id case_id;
    uint32_t revision;
    otr_time onset;
    otr_time ended;
    int coverage;
    char to[64];
    otr_time decided;
    otr_time next_by;
    otr_id replaces;
    char alone[256]; /* the text where what it replaces was never sent */
    otr_id alarm;
    char asset[64];
    char category[32];
    char queue[32];
    otr_bytes figures; /* owned: of a day */
} world_event;

typedef struct world_notice {
    otr_id id;
    uint32_t revision;
    char contact[64];
    char asset[64];
    char rule[64];
    char what[16];
    otr_notice_state state;
    char reason[24];
    otr_time decided;
    otr_time due;
    otr_id alarm;
    otr_id case_id;
} world_notice;

typedef struct world {
    otr_core *core;
    size_t resent; /* tickets that were sent again */
    otr_effects effects;
    const char *pack;
    const char *assignments;
    struct {
        char slot[48];
        char hash[24];
        uint8_t *bytes;
        size_t size;
    } zones[WORLD_ZONES];
    size_t zone_count;
    otr_time core_time; /* runs with utc */
    otr_time utc;
    bool synced;
    /* the store */
    struct {
        uint64_t first_seq;
        uint8_t *data;
        size_t size;
    } batches[WORLD_BATCHES];
    size_t batch_count;
    otr_buffer snapshot;
    size_t snapshot_batches; /* batches that the snapshot covers */
    struct {
        otr_name_space space;
        char name[64];
    } names[1024];
    size_t name_count;
    uint64_t next_seq;
    uint64_t next_outbox_seq;
    world_alarm alarms[WORLD_ROWS]; /* the newest row of each, in the order of raising */
    size_t alarm_count;
    world_event events[WORLD_ROWS];
    size_t event_count;
    world_notice notices[WORLD_ROWS]; /* every row, in order */
    size_t notice_count;
    otr_row_proof *proofs; /* every entry, in order; texts in the arena */
    size_t proof_count;
    otr_arena proof_texts;
    otr_command_result result;                                  /* of the last command */
    uint64_t commands;                                          /* so far: numbers them */
    void (*see)(void *context, const otr_service_event *event); /* each event as it leaves; may be NULL */
    void *see_context;
} world;

/* For the worlds that are made from then on; NULL: no proofs are kept. */
extern otr_digest_function *world_sha256;
/* A started agent at utc with the pack and the assignments active. Fails the test when they do not load. */
world *world_create(const char *pack, const char *assignments, otr_time utc);
void world_free(world *w);
/* Moves the clock and fires what comes due on the way, each at its own time. */
void world_sleep(world *w, otr_time span);
/* One upload of one reading; the clock moves to its time first when that lies ahead. */
void world_report(world *w, const char *device, const char *metric, double number, otr_time at);
void world_report_flag(world *w, const char *device, const char *metric, bool flag, otr_time at);
void world_upload(world *w, const char *device, otr_reading *readings, size_t count);
otr_reading world_number(const char *metric, double number, otr_time at);
/* Steps one input of any kind. */
void world_step(world *w, const otr_input *inputs, size_t count);
/* Steps a command by "op"; its id is given when it is zero. */
otr_command_result world_command(world *w, otr_command command);
void world_activate(world *w, const char *slot, const char *yaml);
/* Activates a zone from this machine's zone data; skips the test where there is none. */
void world_zone(world *w, const char *name);
/* kill -9 and start: the core is rebuilt from rows, snapshot and journal; boot says whether a boot is
 * journaled. */
void world_restart(world *w, bool boot);
void world_snapshot(world *w);
/* Starts anew from the last snapshot and the journal: the state must be the same, byte for byte. NULL, or how
 * it differs. */
const char *world_replay(world *w);
/* The text begins with what happened; how it goes on is compose's (test_compose.c). */
void world_begins(const char *text, const char *happened);
/* How many alarms of the rule were raised so far, and the n-th of them from 0. */
size_t world_count(const world *w, const char *rule);
const world_alarm *world_get(const world *w, const char *rule, size_t n);
size_t world_events(const world *w, otr_service_kind kind, const char *what);
const world_event *world_event_get(const world *w, otr_service_kind kind, const char *what, size_t n);
/* How many rows there are in that state, of that rule and for that reason; NULL: of any. */
size_t world_notices(const world *w, otr_notice_state state, const char *rule, const char *reason);
/* The n-th entry of proofs whose header has the word as its kind; fails the test when there is none. */
size_t world_proofs(const world *w, const char *kind);
const otr_row_proof *world_proof_get(const world *w, const char *kind, size_t n);
/* The last of them; fails the test when there is none. */
const world_notice *world_notice_get(const world *w, otr_notice_state state, const char *rule,
                                     const char *reason);
/* Writes over the first place where the text says was; is has the same length. */
void world_rewrite(char *text, const char *was, const char *is);

#endif
