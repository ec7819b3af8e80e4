#include "tools/outrider/check/check_pack.h"

size_t otr_check_knowledge(otr_buffer *out, const char *file, const otr_knowledge *knowledge)
{
    size_t count = 0;
    for (size_t i = 0; i < knowledge->route_count; i++) {
        const otr_route_line *line = &knowledge->routes[i];
        const otr_route_line *shadow = otr_route_shadow(knowledge, line);
        if (shadow == NULL)
            continue;
        otr_buffer_add_format(out,
                              "%s:%d:%d: warning: this route is never taken: the one at %d:%d takes all that "
                              "it could\n",
                              file, line->line, line->column, shadow->line, shadow->column);
        count++;
    }
    return count;
}
