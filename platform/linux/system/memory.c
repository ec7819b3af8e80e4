#include "platform/linux/system/memory.h"

#include <stdlib.h> /* says whose C library it is */

#ifdef __GLIBC__
#include <malloc.h>
#endif

void otr_memory_trim(void)
{
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
}
