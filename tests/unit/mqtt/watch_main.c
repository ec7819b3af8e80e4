/* `outrider watch` as a program of its own, for tests of this folder alone. */
#include "tools/outrider/verbs.h"

int main(int argc, char **argv)
{
    return otr_verb_watch(argc, argv);
}
