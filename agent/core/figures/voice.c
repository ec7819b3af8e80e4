#include "core/figures/voice.h"

#include "core/figures/figure_about.h"
#include "core/rule/beyond.h"
#include "core/state.h"
#include "rules/load/words.h"

static const struct {
    otr_voice_sign sign;
    const char *word;
} signs[] = {
#define X(number, name, word) {OTR_VOICE_##name, word},
    OTR_VOICE_SIGNS(X)
#undef X
};
enum { SIGNS = sizeof signs / sizeof signs[0] };

bool otr_voice_sign_parse(otr_str word, otr_voice_sign *out)
{
    for (size_t i = 0; i < SIGNS; i++)
        if (otr_str_is(word, signs[i].word)) {
            *out = signs[i].sign;
            return true;
        }
    return false;
}

const char *otr_voice_sign_text(otr_voice_sign sign)
{
    for (size_t i = 0; i < SIGNS; i++)
        if (signs[i].sign == sign)
            return signs[i].word;
    return NULL;
}

/* ---- as an input ---- */

static bool is_rule(otr_str text)
{
    const char *slash = text.size > 0 ? memchr(text.data, '/', text.size) : NULL;
    if (slash == NULL)
        return false;
    otr_str pack = {text.data, (size_t)(slash - text.data)};
    otr_str rule = {slash + 1, text.size - pack.size - 1};
    return otr_word_is_slug(pack) && otr_word_is_identifier(rule);
}

static otr_status check_text(otr_str text, const char *name, otr_error *error)
{
    if (text.size > OTR_LIMIT_COMMAND_TEXT_BYTES)
        return otr_fail(error, OTR_LIMIT, "%s has more than %d bytes", name, OTR_LIMIT_COMMAND_TEXT_BYTES);
    return otr_str_is_utf8(text) ? OTR_OK : otr_fail(error, OTR_INVALID, "%s is not UTF-8 without NUL", name);
}

otr_status otr_voice_check(const otr_command *command, otr_error *error)
{
    const otr_voice_act *act = &command->voice;
    if (otr_voice_sign_text(act->sign) == NULL)
        return otr_fail(error, OTR_INVALID, "\"sign\" is praise, complaint, question or return");
    if (act->at <= 0)
        return otr_fail(error, OTR_INVALID, "\"at\" is a time such as 2024-05-01T12:00:00Z");
    if (!otr_word_is_slug(act->source))
        return otr_fail(error, OTR_INVALID, "\"source\" is a word of small letters, digits, _ and -");
    if (command->rule.size + command->asset.size + act->product.size == 0)
        return otr_fail(error, OTR_INVALID, "\"about\" has an asset, a product or a rule");
    if (command->rule.size > 0 && !is_rule(command->rule))
        return otr_fail(error, OTR_INVALID, "a rule is PACK/RULE");
    otr_status status = check_text(command->who, "who", error);
    if (status == OTR_OK)
        status = check_text(command->rule, "the rule", error);
    if (status == OTR_OK)
        status = check_text(command->asset, "the asset", error);
    return status == OTR_OK ? check_text(act->product, "the product", error) : status;
}

void otr_voice_encode(otr_buffer *out, const otr_command *command)
{
    otr_buffer_add_str(out, command->who);
    otr_buffer_add_str(out, command->rule);
    otr_buffer_add_str(out, command->asset);
    otr_buffer_add_u8(out, (uint8_t)command->voice.sign);
    otr_buffer_add_signed(out, command->voice.at);
    otr_buffer_add_str(out, command->voice.source);
    otr_buffer_add_str(out, command->voice.product);
}

void otr_voice_decode(otr_reader *reader, otr_command *command)
{
    command->who = otr_reader_str(reader);
    command->rule = otr_reader_str(reader);
    command->asset = otr_reader_str(reader);
    command->voice.sign = (otr_voice_sign)otr_reader_u8(reader);
    command->voice.at = otr_reader_signed(reader);
    command->voice.source = otr_reader_str(reader);
    command->voice.product = otr_reader_str(reader);
}

/* ---- each once ---- */

static bool is_seen(const otr_voice *voice, uint64_t id)
{
    for (uint32_t i = 0; i < voice->count; i++)
        if (voice->seen[i] == id)
            return true;
    return false;
}

static void remember(otr_voice *voice, uint64_t id)
{
    voice->seen[voice->next] = id;
    voice->next = (voice->next + 1) % OTR_LIMIT_VOICE_SEEN;
    if (voice->count < OTR_LIMIT_VOICE_SEEN)
        voice->count++;
}

/* In the day in which it becomes known, by what it is about. */
static void count(otr_core *core, const otr_command *command)
{
    static const otr_bucket_count counts[OTR_VOICE_SIGN_COUNT] = {
        [OTR_VOICE_PRAISE] = OTR_COUNT_PRAISE,
        [OTR_VOICE_COMPLAINT] = OTR_COUNT_COMPLAINT,
        [OTR_VOICE_QUESTION] = OTR_COUNT_QUESTION,
        [OTR_VOICE_RETURN] = OTR_COUNT_RETURN,
    };
    otr_figure_about about;
    otr_str pack = {NULL, 0};
    otr_str rule = command->rule;
    const char *slash = rule.size > 0 ? memchr(rule.data, '/', rule.size) : NULL;
    if (slash != NULL) {
        pack = (otr_str){rule.data, (size_t)(slash - rule.data)};
        rule = (otr_str){slash + 1, rule.size - pack.size - 1};
    }
    otr_figure_of_names(core, pack, rule, command->asset, 0, &about);
    if (command->voice.product.size > 0)
        about.keys[OTR_BY_PRODUCT] = command->voice.product;
    otr_day_figures_add(core, &about, (otr_figure){OTR_FIGURE_COUNT, (int)counts[command->voice.sign], 0});
}

void otr_voice_take(otr_core *core, const otr_command *command, otr_command_result *result)
{
    otr_voice *voice = &core->voice;
    uint64_t id = otr_hash64(0, 0, command->id.bytes, sizeof command->id.bytes);
    result->refusal = OTR_REFUSAL_ACCEPTED;
    if (is_seen(voice, id))
        return;
    remember(voice, id);
    voice->counts[command->voice.sign]++;
    result->alarms = 1;
    count(core, command);
}

/* From the oldest to the newest. */
void otr_voice_write(const otr_core *core, otr_buffer *out)
{
    const otr_voice *voice = &core->voice;
    uint32_t first = voice->count < OTR_LIMIT_VOICE_SEEN ? 0 : voice->next;
    otr_buffer_add_varint(out, voice->count);
    for (uint32_t i = 0; i < voice->count; i++)
        otr_buffer_add_u64(out, voice->seen[(first + i) % OTR_LIMIT_VOICE_SEEN]);
    for (int sign = 0; sign < OTR_VOICE_SIGN_COUNT; sign++)
        otr_buffer_add_varint(out, voice->counts[sign]);
    otr_beyond_write(core, out);
}

void otr_voice_read(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    if (count > OTR_LIMIT_VOICE_SEEN)
        reader->failed = true;
    for (uint64_t i = 0; i < count && !reader->failed; i++)
        remember(&core->voice, otr_reader_u64(reader));
    for (int sign = 0; sign < OTR_VOICE_SIGN_COUNT && !reader->failed; sign++)
        core->voice.counts[sign] = otr_reader_varint(reader);
    otr_beyond_read(core, reader);
}
