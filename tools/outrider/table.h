/* Tables of text for people: columns as wide as their widest cell, within 80 columns in all. */
#ifndef OTR_TOOLS_TABLE_H
#define OTR_TOOLS_TABLE_H

#include "base/arena.h"
#include "base/buffer.h"

enum { OTR_TABLE_COLUMNS = 12, OTR_TABLE_WIDTH = 80 };

/* Zero-initialise to use. A table of which a cell was lost for want of memory prints what it has. */
typedef struct otr_table {
    otr_arena memory;
    otr_str *cells; /* row by row */
    size_t count;
    size_t capacity;
    size_t columns;
} otr_table;

/* Column titles with '|' between them; one that begins with '>' stands to the right. The first column gives
 * way when the table is too wide. */
void otr_table_head(otr_table *table, const char *titles);
/* The next cell, row by row. What a terminal would act on is escaped. */
void otr_table_text(otr_table *table, otr_str text);
void otr_table_add(otr_table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
void otr_table_print(const otr_table *table, otr_buffer *out);
void otr_table_done(otr_table *table);
/* Text for people in lines of at most OTR_TABLE_WIDTH columns, each behind `indent` blanks; a word that is
 * wider stands alone. What a terminal would act on is escaped. */
void otr_table_wrap(otr_buffer *out, otr_str text, int indent);

#endif
