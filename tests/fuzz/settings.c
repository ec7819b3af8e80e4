/* The configuration file, from any bytes: what is refused is told with its place and leaves nothing; what is
 * taken compares with itself and can be printed, one option a line. */
#include "daemon/config.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_config *config = NULL;
    otr_error error = {.text = ""};
    char path[64];
    int file = memfd_create("outrider.yaml", MFD_CLOEXEC);
    if (file < 0 || write(file, data, size) != (ssize_t)size) {
        (void)close(file);
        return 0;
    }
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    otr_status status = otr_config_load(path, &config, &error);
    (void)close(file);
    if (status != OTR_OK) {
        OTR_ASSERT(config == NULL && error.text[0] != '\0' && error.line >= 0);
        return 0;
    }
    otr_buffer text = {0};
    otr_config_print(config, &text);
    size_t lines = 0;
    for (size_t i = 0; i < text.size; i++)
        lines += text.data[i] == '\n';
    OTR_ASSERT(lines >= OTR_CONFIG_OPTIONS);
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++)
        OTR_ASSERT(otr_config_same(config, config, &otr_config_options()[i]));
    otr_buffer_done(&text);
    otr_config_free(config);
    return 0;
}
