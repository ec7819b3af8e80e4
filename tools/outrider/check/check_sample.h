/* A text as a person would read it, with plausible wide values in place of its placeholders. */
#ifndef OTR_TOOLS_CHECK_SAMPLE_H
#define OTR_TOOLS_CHECK_SAMPLE_H

#include "base/buffer.h"
#include "rules/load/message.h"

/* Appends the text, read in the locale. */
void otr_check_sample(otr_buffer *out, const otr_template *text, otr_str locale);
/* What a person counts: code points, without combining marks, variation selectors and joiners. */
size_t otr_check_length(otr_str text);

#endif
