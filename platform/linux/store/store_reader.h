/*
 * A store as somebody else's: read only, beside a daemon that may be running. No transaction outlasts one
 * call, and journal rows are read before they are handed over, so that the daemon's log can be put into its
 * database however long a caller works on them. One thread.
 */
#ifndef OTR_PLATFORM_STORE_READER_H
#define OTR_PLATFORM_STORE_READER_H

#include "base/status.h"
#include "platform/linux/store/store_notice.h"
#include "platform/linux/store/store_proof.h"
#include "platform/linux/store/store_sql.h"

typedef struct otr_store_reader otr_store_reader;

/* folder holds outrider.db. NOT_FOUND when there is none; IO, CORRUPT, MEMORY. Migrates nothing: INVALID when
 * the schema is not this version's. */
otr_status otr_store_reader_open(otr_str folder, otr_store_reader **out, otr_error *error);
void otr_store_reader_close(otr_store_reader *reader);
/* For the files of this folder. */
otr_sql *otr_store_reader_sql(otr_store_reader *reader);

/* Each calls back for its rows in order, with views that last for the call, and stops at the first status
 * that is not OK, which it returns. */

/* Names by space and number. */
otr_status otr_store_reader_names(otr_store_reader *reader, void *context,
                                  otr_status (*each)(void *context, const otr_row_name *row),
                                  otr_error *error);
/* The active contents. bytes.data is NULL where they are gone. */
otr_status otr_store_reader_contents(otr_store_reader *reader, void *context,
                                     otr_status (*each)(void *context, const otr_row_content *row),
                                     otr_error *error);
/* What was active in slot at the journal's input seq; NOT_FOUND. Views last for the call of each. */
otr_status otr_store_reader_content(otr_store_reader *reader, otr_str slot, uint64_t seq, void *context,
                                    otr_status (*each)(void *context, const otr_row_content *row),
                                    otr_error *error);
/* Whose journal it is: part of every identity. */
otr_status otr_store_reader_incarnation(otr_store_reader *reader, otr_id *out, otr_error *error);
/* Assignments, of the file and by command, that were active right before the journal's input seq, as far as
 * they are kept: of a slot without such a one its first, whose seq is then not less. Emptied slots have no
 * bytes. */
otr_status otr_store_reader_assignments(otr_store_reader *reader, uint64_t seq, void *context,
                                        otr_status (*each)(void *context, const otr_row_content *row),
                                        otr_error *error);
/* The first content of the slot at the input seq or later that is kept; NOT_FOUND. */
otr_status otr_store_reader_content_since(otr_store_reader *reader, otr_str slot, uint64_t seq, void *context,
                                          otr_status (*each)(void *context, const otr_row_content *row),
                                          otr_error *error);
/* The devices of a customer's asset right before the input seq; NOT_FOUND at their end is not told. */
otr_status otr_store_reader_served(otr_store_reader *reader, otr_str asset, uint64_t seq, void *context,
                                   otr_status (*each)(void *context, otr_str device), otr_error *error);
/* Whether the assignment that became active at the input since had ended before the input seq. Of an asset
 * without a customer that is not known: false. */
otr_status otr_store_reader_ended(otr_store_reader *reader, otr_str asset, uint64_t since, uint64_t seq,
                                  bool *out, otr_error *error);
/* Whether any row is of the customer. */
otr_status otr_store_reader_knows(otr_store_reader *reader, otr_str customer, bool *out, otr_error *error);
/* Alarms whose id begins with hex digits (none: all), the newest first, at most limit. */
otr_status otr_store_reader_alarms(otr_store_reader *reader, otr_str hex, size_t limit, void *context,
                                   otr_status (*each)(void *context, const otr_row_alarm *row),
                                   otr_error *error);
otr_status otr_store_reader_alarm(otr_store_reader *reader, otr_id id, void *context,
                                  otr_status (*each)(void *context, const otr_row_alarm *row),
                                  otr_error *error);
otr_status otr_store_reader_case(otr_store_reader *reader, otr_id id, void *context,
                                 otr_status (*each)(void *context, const otr_row_case *row),
                                 otr_error *error);

/* The case whose id, or whose ticket's, begins with hex digits: OK once, INVALID when several do, NOT_FOUND.
 */
otr_status otr_store_reader_find_case(otr_store_reader *reader, otr_str hex, otr_id *out, otr_error *error);
/* What was said about a case, in order. */
otr_status otr_store_reader_remarks(otr_store_reader *reader, otr_id case_id, void *context,
                                    otr_status (*each)(void *context, const otr_row_remark *row),
                                    otr_error *error);

/* Orders with numbers below before, the newest first, at most limit. */
otr_status otr_store_reader_orders(otr_store_reader *reader, uint64_t before, size_t limit, void *context,
                                   otr_status (*each)(void *context, uint64_t number,
                                                      const otr_row_order *row),
                                   otr_error *error);

typedef otr_status (*otr_notice_each)(void *context, const otr_notice_found *notice);
/* What was decided about telling anybody of an asset from one UTC to another, in order. */
otr_status otr_store_reader_notices(otr_store_reader *reader, otr_str asset, otr_time from, otr_time to,
                                    void *context, otr_notice_each each, otr_error *error);
/* The newest of a contact, the newest first, at most limit. */
otr_status otr_store_reader_contact(otr_store_reader *reader, otr_str contact, size_t limit, void *context,
                                    otr_notice_each each, otr_error *error);
/* Those whose id begins with hex digits, by id and revision, at most limit. */
otr_status otr_store_reader_notice(otr_store_reader *reader, otr_str hex, size_t limit, void *context,
                                   otr_notice_each each, otr_error *error);

/* Proofs, in the order in which they began; and the entries of one. */
otr_status otr_store_reader_proofs(otr_store_reader *reader, void *context,
                                   otr_status (*each)(void *context, const otr_proof_found *proof),
                                   otr_error *error);
otr_status otr_store_reader_proof(otr_store_reader *reader, otr_id proof, void *context,
                                  otr_status (*each)(void *context, const otr_proof_entry_found *entry),
                                  otr_error *error);

/* The journal's newest row, 0 when it is empty: what comes later has names that were not read. */
otr_status otr_store_reader_last(otr_store_reader *reader, uint64_t *last_seq, otr_error *error);
/* The first row of that core time or later; NOT_FOUND. */
otr_status otr_store_reader_seq_at(otr_store_reader *reader, otr_time core_time, uint64_t *seq,
                                   otr_error *error);
/* Journal rows after *after up to last_seq, as many as fit OTR_STORE_READ_BYTES; *after moves on. They are
 * read first and handed over then. NOT_FOUND when there are no more. */
enum { OTR_STORE_READ_ROWS = 512, OTR_STORE_READ_BYTES = 1 << 20 };
otr_status otr_store_reader_batches(otr_store_reader *reader, uint64_t *after, uint64_t last_seq,
                                    void *context,
                                    otr_status (*each)(void *context, uint64_t first_seq, otr_time core_time,
                                                       otr_bytes batch),
                                    otr_error *error);
/* The same from the row that holds input seq on, until bytes are read, and at least one row. */
otr_status otr_store_reader_batches_at(otr_store_reader *reader, uint64_t seq, uint64_t last_seq,
                                       size_t bytes, void *context,
                                       otr_status (*each)(void *context, uint64_t first_seq,
                                                          otr_time core_time, otr_bytes batch),
                                       otr_error *error);

#endif
