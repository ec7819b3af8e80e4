/* A line of a file of figures and a line of `outrider voice import`, from any bytes. Besides not crashing:
 * what is refused is told why and leaves nothing; what is taken is what a gateway takes, and holds no text.
 */
#include "base/limits.h"
#include "codec/json.h"
#include "core/command/command.h"
#include "tools/outrider/figures/accounts.h"
#include "tools/outrider/figures/figures.h"
#include "tools/outrider/figures/stats.h"
#include "tools/outrider/figures/voice.h"
#include "tools/outrider/figures/voice_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_figures(otr_bytes line)
{
    static const otr_figures_options all = {.verb = "stats",
                                            .days = 7,
                                            .before = 7,
                                            .until = OTR_FIGURES_DAY_NONE,
                                            .wants = {true, true, true, true, true, true, true}};
    otr_figures figures = {.refused = 0};
    otr_error error = {.text = ""};
    otr_bucket now;
    otr_bucket before;
    otr_accounts accounts;
    otr_proposal proposals[8];
    otr_buffer text = {0};
    if (otr_figures_take_json(&figures, &all, line, &error) != OTR_OK) {
        OTR_ASSERT(error.text[0] != '\0' && figures.buckets.count == 0 && figures.customer_count == 0);
    } else {
        otr_figures_settle(&figures, &all, 19844);
        OTR_ASSERT(figures.buckets.count <= 1 && figures.gateway_count <= 1);
        OTR_ASSERT(otr_figures_sum(&figures, &all, &now, &before));
        otr_figures_head(&figures, &text);
        for (int view = 0; view < OTR_STATS_VIEWS; view++)
            otr_stats_say(&now, (otr_stats_view)view, OTR_BY_RULE, 19844 * OTR_DAY, &text);
        (void)otr_voice_propose(&now, proposals, sizeof proposals / sizeof proposals[0]);
        OTR_ASSERT(otr_accounts_gather(&figures, true, &accounts) == OTR_OK);
        otr_accounts_say(&accounts, &text);
        for (size_t i = 0; i < text.size; i++) /* nothing that a terminal would act on */
            OTR_ASSERT(text.data[i] == '\n' || (text.data[i] >= 0x20 && text.data[i] != 0x7F));
        otr_accounts_done(&accounts);
        otr_bucket_done(&now);
        otr_bucket_done(&before);
    }
    otr_buffer_done(&text);
    otr_figures_done(&figures);
}

static void try_voice(otr_bytes line)
{
    otr_error error = {.text = ""};
    json_t *request = otr_voice_line_read(line, &error);
    if (request == NULL) {
        OTR_ASSERT(error.text[0] != '\0');
        return;
    }
    otr_voice_sign sign;
    OTR_ASSERT(json_object_get(request, "text") == NULL && json_object_size(request) == 6);
    OTR_ASSERT(otr_json_text(json_object_get(request, "id")).size > 0);
    OTR_ASSERT(otr_voice_sign_parse(otr_json_text(json_object_get(request, "sign")), &sign));
    json_decref(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_figures((otr_bytes){data, size});
    try_voice((otr_bytes){data, size});
    return 0;
}
