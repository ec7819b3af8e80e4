/* Gates as people type them: refused with a place in the text, or judged without a crash. */
#include "tools/outrider/push/push_gate.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_gate gate;
    otr_error error = {.text = ""};
    otr_buffer why = {0};
    otr_str text = {(const char *)data, size};
    if (otr_gate_parse(text, &gate, &error) != OTR_OK) {
        if (error.text[0] == '\0' || error.line != 1 || error.column < 1 || (size_t)error.column > size + 1)
            abort();
        return 0;
    }
    json_t *figures =
        json_pack("{s:f, s:{s:f}, s:{s:f}}", "days", 2.0, "pushed", "alarms", 1.0, "running", "alarms", 3.0);
    if (otr_gate_holds(&gate, figures, &why) != (why.size == 0))
        abort();
    json_decref(figures);
    otr_buffer_done(&why);
    return 0;
}
