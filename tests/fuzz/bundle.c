/*
 * Signed packs as strangers send them: nothing that no signer signed is read. The key is that of the seeds,
 * whose private half is gone; the manifest and the pack behind a good signature are reached through them
 * only.
 */
#include "daemon/push/bundle.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int digit(uint8_t letter)
{
    return letter <= '9' ? letter - '0' : letter - 'a' + 10;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char hex[] = "85771e2b2e59102ed6a59c0abeaf848f6e54c6f81294534b821b79aed09fa8f9";
    otr_operator signer = {.name = OTR_STR("kim"), .role = OTR_ROLE_ENGINEER};
    otr_operators signers = {.list = &signer, .count = 1};
    otr_arena arena = {0};
    otr_bundle bundle;
    otr_error error = {.text = ""};
    for (size_t i = 0; i < sizeof signer.open; i++)
        signer.open[i] = (uint8_t)(digit((uint8_t)hex[2 * i]) << 4 | digit((uint8_t)hex[2 * i + 1]));
    if (otr_bundle_read(&arena, (otr_bytes){data, size}, &signers, &bundle, &error) != OTR_OK) {
        if (error.text[0] == '\0')
            abort();
    } else if (bundle.key != &signer || bundle.pack.size == 0) {
        abort();
    }
    otr_arena_done(&arena);
    return 0;
}
