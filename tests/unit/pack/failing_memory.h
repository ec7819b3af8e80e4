/* Makes the n-th allocation of our own code in the calling thread fail, and all after it. The test links with
 * --wrap for the three calls. */
#ifndef OTR_TESTS_FAILING_MEMORY_H
#define OTR_TESTS_FAILING_MEMORY_H

/* nth counts from 1; 0 lets every allocation succeed. libyaml's are counted too: it allocates through
 * yaml_malloc. */
void failing_memory_after(long nth);
/* Whether an allocation has failed since. */
int failing_memory_hit(void);

#endif
