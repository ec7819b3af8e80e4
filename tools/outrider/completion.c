/* `outrider completion`: a script for bash that asks the verbs themselves, so that it knows what they know.
 */
#include <stdio.h>
#include <string.h>

#include "tools/outrider/flags.h"
#include "tools/outrider/verbs.h"

static const char usage[] = "usage: outrider completion bash\n"
                            "\n"
                            "A script that completes verbs, options and contexts; for ~/.bashrc:\n"
                            "\n"
                            "    source <(outrider completion bash)\n"
                            "\n"
                            "exit: 0 printed; 2 wrong usage\n";

static const char script[] =
    "# bash completion of outrider: `outrider completion bash` prints it.\n"
    "_outrider()\n"
    "{\n"
    "    local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} "
    "known=\n"
    "    COMPREPLY=()\n"
    "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
    "        known=\"$(\"$program\" --help 2>/dev/null | sed -n 's/^  \\([a-z][a-z-]*\\)  *[^ ].*/\\1/p' | "
    "grep -vx "
    "outrider) --help --version\"\n"
    "    elif [ \"$before\" = --context ] || [[ ${COMP_WORDS[1]} == context && $before =~ ^(use|show)$ ]]; "
    "then\n"
    "        known=$(\"$program\" context list 2>/dev/null | sed -n 's/^[* ] \\([^ ]*\\).*/\\1/p')\n"
    "    elif [ \"${COMP_WORDS[1]}\" = context ] && [ \"$COMP_CWORD\" -eq 2 ]; then\n"
    "        known='list use show'\n"
    "    elif [[ $word == -* ]]; then\n"
    "        known=$(\"$program\" \"${COMP_WORDS[1]}\" --help 2>/dev/null | grep -o -e '--[a-z][a-z-]*' | "
    "sort -u)\n"
    "    else\n"
    "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
    "        return\n"
    "    fi\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$known\" -- \"$word\")\n"
    "}\n"
    "complete -o filenames -F _outrider outrider\n";

int otr_verb_completion(int argc, char **argv)
{
    int code = otr_flags_parse(argc, argv, usage, NULL, 0);
    if (code >= 0)
        return code;
    if (argc != 2 || strcmp(argv[1], "bash") != 0)
        return otr_flags_wrong("completion", "expected bash");
    return fputs(script, stdout) >= 0 ? 0 : 1;
}
