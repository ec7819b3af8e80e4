/* The C library's heap in a program that runs for years and takes a burst now and then. */
#ifndef OTR_PLATFORM_MEMORY_H
#define OTR_PLATFORM_MEMORY_H

/* Gives free pages back to the system, which the heap keeps between blocks in use: some milliseconds for tens
 * of megabytes. Nothing where the C library does so by itself. */
void otr_memory_trim(void);

#endif
