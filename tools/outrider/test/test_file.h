/*
 * A pack's test file: which packs and assignments, what devices report and when, and what must come of it.
 * Read from YAML and refused whole when anything in it is unknown or missing. Pure: it opens no other file;
 * what it names is loaded by its caller. README.md beside this file describes the form.
 */
#ifndef OTR_TOOLS_TEST_FILE_H
#define OTR_TOOLS_TEST_FILE_H

#include "base/reading.h"
#include "base/status.h"
#include "core/command/command.h"
#include "tools/outrider/test/test_record.h"

enum {
    OTR_TEST_FILE_BYTES = 4 << 20,
    OTR_TEST_FILE_NODES = 400000,
    OTR_TEST_READINGS_MAX = 1000000, /* of one file: ramps make many of little text */
    OTR_TEST_PACKS_MAX = 16,
    OTR_TEST_EXPECT_MAX = 1000, /* of one sort in one test */
};

/* A word and where it stands in the file. */
typedef struct otr_test_word {
    otr_str text;
    int line;
    int column;
} otr_test_word;

typedef enum otr_test_step_kind {
    OTR_TEST_UPLOAD,   /* a device's readings reach the agent together */
    OTR_TEST_RESTART,  /* the agent is off until at, and starts */
    OTR_TEST_ACTIVATE, /* another pack or other assignments take over */
    OTR_TEST_COMMAND,  /* an operator acknowledges, shelves, ... */
    OTR_TEST_ASSIGNED, /* an assignment by command ends, or a device takes the place of another */
    OTR_TEST_UPLINK,   /* it goes down, or comes back */
    OTR_TEST_ACT,      /* a customer answers what they were told */
    OTR_TEST_DESK,     /* the desk answers a ticket */
} otr_test_step_kind;

/* Which notice: the newest told that has what is not empty here. */
typedef struct otr_test_told {
    otr_str rule;
    otr_str to;
    otr_str on;
} otr_test_told;

typedef struct otr_test_step {
    otr_test_step_kind kind;
    otr_time at;           /* UTC at which it happens */
    size_t order;          /* in the file, for those of one instant */
    otr_test_word word;    /* UPLOAD: the device; ACTIVATE: the file; RESTART: only its place */
    otr_reading *readings; /* absolute stamps, in the order sent */
    size_t count;
    otr_time off_from;   /* RESTART: since when it is off */
    otr_command command; /* COMMAND, ASSIGNED, ACT, DESK */
    bool down;           /* UPLINK */
    otr_test_told of;    /* ACT */
    otr_str asset;       /* DESK: whose newest ticket */
    otr_str refused; /* ACT, ASSIGNED, DESK: the reason for which it must be refused; empty: it is accepted */
    bool assignments; /* ACTIVATE: they are no pack */
    bool by_command;  /* ACTIVATE: an assignment of one asset, beside the others */
} otr_test_step;

typedef struct otr_test_case {
    otr_str name;
    int line;
    const otr_test_word *rules; /* the test is about these; none: about all */
    size_t rule_count;
    otr_test_step *steps; /* by at */
    size_t step_count;
    otr_time until;                /* UTC until which time runs on */
    bool expected[OTR_TEST_SORTS]; /* the test says something of this sort */
    otr_test_records expect[OTR_TEST_SORTS];
} otr_test_case;

typedef struct otr_test_file {
    otr_arena memory;                        /* owns everything below */
    otr_test_word packs[OTR_TEST_PACKS_MAX]; /* paths as written */
    size_t pack_count;
    otr_test_word assignments_file; /* path as written; text empty when they stand in this file */
    otr_str assignments;            /* those of this file, as YAML whose lines and columns are this file's */
    otr_time start;
    const otr_test_word *metrics; /* every metric that is reported, each once */
    size_t metric_count;
    otr_test_case *cases;
    size_t case_count;
} otr_test_file;

/* Zero-initialise *out; otr_test_file_done frees it, also after a failure. On failure *error has line, column
 * and reason. The bytes need not outlive it. */
otr_status otr_test_file_load(otr_str yaml, otr_test_file *out, otr_error *error);
void otr_test_file_done(otr_test_file *file);

#endif
