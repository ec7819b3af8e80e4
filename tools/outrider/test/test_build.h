/* What the files that read a pack's test share. Each fails with a place and a reason. */
#ifndef OTR_TOOLS_TEST_BUILD_H
#define OTR_TOOLS_TEST_BUILD_H

#include "rules/load/yaml.h"
#include "tools/outrider/test/test_file.h"

typedef struct otr_test_reader {
    otr_test_file *file;
    otr_error *error;
    size_t readings;        /* of the whole file, against its limit */
    otr_test_word *metrics; /* growing */
    size_t metric_count;
    size_t metric_capacity;
} otr_test_reader;

otr_status otr_test_fail(otr_test_reader *reader, const otr_yaml *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
otr_status otr_test_no_memory(otr_test_reader *reader);
/* The text, or a number's or flag's as written; not empty. */
otr_status otr_test_read_word(otr_test_reader *reader, const otr_yaml *node, otr_test_word *out);
/* One word, or a list of them. */
otr_status otr_test_read_words(otr_test_reader *reader, const otr_yaml *node, otr_test_word **out,
                               size_t *count);
/* An instant: a span after start ("0", "10m") or RFC 3339. */
otr_status otr_test_read_time(otr_test_reader *reader, const otr_yaml *node, otr_time *out);

/* The entries of `given`; test->steps has them by time. */
otr_status otr_test_read_steps(otr_test_reader *reader, const otr_yaml *list, otr_test_case *test);
/* An entry with `command`, whose at is still to come. */
otr_status otr_test_read_command(otr_test_reader *reader, const otr_yaml *map, otr_test_step *step);
/* The same with `unassign` or `replace`. */
otr_status otr_test_read_assigned(otr_test_reader *reader, const otr_yaml *map, otr_test_step *step);
/* The same with `act`. */
otr_status otr_test_read_act(otr_test_reader *reader, const otr_yaml *map, otr_test_step *step);
/* The same with `desk`. */
otr_status otr_test_read_desk(otr_test_reader *reader, const otr_yaml *map, otr_test_step *step);
/* The map `expect`. */
otr_status otr_test_read_expect(otr_test_reader *reader, const otr_yaml *map, otr_test_case *test);

/* What a device reports of one metric, over the instants of an entry. */
typedef struct otr_test_values {
    otr_str metric;
    otr_reading *list; /* kind ANY: none at that instant; without a time */
    size_t count;      /* 1 and constant: the same at every instant */
    bool constant;
} otr_test_values;

/* series: the entry has several instants, so lists and ramps are allowed. */
otr_status otr_test_read_values(otr_test_reader *reader, const otr_yaml *node, bool series,
                                otr_test_values *out);

#endif
