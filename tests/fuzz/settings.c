/* The configuration file, and a tuning that would go over one, from any bytes: what is refused is told with
 * its place and leaves nothing; what is taken compares with itself and can be printed, one option a line. */
#include "daemon/config/tuning.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_file(otr_str text)
{
    otr_config *config = NULL;
    otr_error error = {.text = ""};
    if (otr_config_read("outrider.yaml", text, &config, &error) != OTR_OK) {
        OTR_ASSERT(config == NULL && error.text[0] != '\0' && error.line >= 0);
        return;
    }
    otr_buffer printed = {0};
    size_t lines = 0;
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++) {
        otr_config_print_option(config, &otr_config_options()[i], &printed);
        otr_buffer_add_u8(&printed, '\n');
        OTR_ASSERT(otr_config_same(config, config, &otr_config_options()[i]));
    }
    for (size_t i = 0; i < printed.size; i++)
        lines += printed.data[i] == '\n';
    OTR_ASSERT(lines >= OTR_CONFIG_OPTIONS);
    otr_buffer_done(&printed);
    otr_config_free(config);
}

static void try_tuning(otr_str text)
{
    otr_error error = {.text = ""};
    int64_t version = 0;
    bool is = otr_tuning_is(text);
    if (otr_tuning_check(text, &version, &error) == OTR_OK)
        OTR_ASSERT(is && version > 0);
    else
        OTR_ASSERT(error.text[0] != '\0' && error.line >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_str text = {(const char *)data, size};
    try_file(text);
    try_tuning(text);
    return 0;
}
