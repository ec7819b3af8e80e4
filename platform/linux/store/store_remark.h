/* What was said about cases, as the store has it. */
#ifndef OTR_PLATFORM_STORE_REMARK_H
#define OTR_PLATFORM_STORE_REMARK_H

#include "core/rows.h"
#include "platform/linux/store/store_sql.h"

/* The row that stands ready, of remarks_of_case; views until the next step. */
otr_status otr_store_remark_of(sqlite3_stmt *statement, otr_row_remark *row, otr_error *error);

#endif
