/* Whole small files into memory, and paths of a configuration. */
#ifndef OTR_DAEMON_FILE_H
#define OTR_DAEMON_FILE_H

#include "base/arena.h"
#include "base/status.h"

/* Reads a regular file of at most limit bytes into the arena. IO, LIMIT or MEMORY; the text names no path,
 * the caller knows it. */
otr_status otr_file_read(otr_arena *arena, const char *path, size_t limit, otr_bytes *out, otr_error *error);
/* The folder of path: "." when it names none. A view. */
otr_str otr_path_folder(otr_str path);
/* path itself when absolute or empty or folder is ".", folder/path otherwise; NUL-terminated in the arena,
 * data NULL without memory. */
otr_str otr_path_join(otr_arena *arena, otr_str folder, otr_str path);

#endif
