/* A folder of its own for one test program, removed with all that is in it. */
#ifndef OTR_TEST_DAEMON_FOLDER_H
#define OTR_TEST_DAEMON_FOLDER_H

#include <stddef.h>

void folder_make(void);
void folder_remove(void);
/* FOLDER/name, in memory that the fourth next call uses again. */
const char *folder_path(const char *name);
/* Writes text to FOLDER/name with the given mode and returns the path. */
const char *folder_write(const char *name, const char *text, unsigned mode);

#endif
