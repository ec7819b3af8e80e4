/*
 * Makes memory run out once at every place of our own code that asks for some. A place is a call with the
 * calls that led to it, as far as PLACES_DEPTH. At each place that is new a child of the process goes on
 * without the memory and judges what comes of it, while the parent waits, and then goes on with it: one run
 * tries them all. The test links with --wrap for the functions in places.c; its code keeps frame pointers.
 * One thread.
 */
#ifndef OTR_TESTS_PLACES_H
#define OTR_TESTS_PLACES_H

#include <stdbool.h>
#include <stddef.h>

enum { PLACES_DEPTH = 4 };

/* What runs from here to places_end is tried at each place that was not tried before. */
void places_begin(void);
/* Ends it. A child does not return: it is well or not. */
void places_end(bool well);
/* Nothing is tried between them: what the test itself keeps. */
void places_pause(void);
void places_resume(void);
/* Whether this is a child, whose memory ran out. */
bool places_ran_out(void);
/* How many places were met (each is tried, under a sanitizer each fifth), and at how many of them a child
 * crashed or was not well; each of those was named on standard error, for addr2line. */
size_t places_count(void);
size_t places_wrong(void);

#endif
