/* A whole file as text: mapped when it is an ordinary file, read into memory otherwise (a pipe). */
#ifndef OTR_TOOLS_FEED_FILE_H
#define OTR_TOOLS_FEED_FILE_H

#include "base/status.h"
#include "base/str.h"

/* Zero-initialise to use. */
typedef struct otr_feed_file {
    otr_str text;
    void *mapped;
    void *owned;
} otr_feed_file;

otr_status otr_feed_file_open(const char *path, otr_feed_file *out, otr_error *error);
void otr_feed_file_close(otr_feed_file *file);

#endif
