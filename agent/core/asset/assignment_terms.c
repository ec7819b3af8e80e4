/* assignment: {version: 3, from: TIME or "after ASSET", until: TIME}: an assignment by command. */
#include "core/asset/assignment_build.h"

static const otr_str after_word = {"after ", 6};

static otr_status read_time(const otr_assignment_build *build, const otr_yaml *node, otr_time *out)
{
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, build->error);
    if (status == OTR_OK && !otr_time_parse(text, out))
        return otr_build_fail(build, node, "expected a time such as 2026-03-01T08:00:00Z");
    return status;
}

static otr_status read_from(const otr_assignment_build *build, const otr_yaml *node,
                            otr_assignment_terms *out)
{
    if (node->kind != OTR_YAML_SCALAR || !otr_str_starts(node->text, after_word))
        return read_time(build, node, &out->from);
    otr_yaml asset = *node;
    asset.text = (otr_str){node->text.data + after_word.size, node->text.size - after_word.size};
    return otr_build_name(build, &asset, &out->after);
}

otr_status otr_build_terms(otr_assignment_build *build, const otr_yaml *node)
{
    static const char *const known[] = {"version", "from", "until", NULL};
    const otr_yaml *version;
    otr_assignment_terms *out = &build->terms;
    *out = (otr_assignment_terms){.given = true, .from = OTR_TIME_NONE, .until = OTR_TIME_NONE};
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, build->error);
    if (status == OTR_OK)
        status = otr_yaml_need(node, "version", &version, build->error);
    if (status == OTR_OK)
        status = otr_yaml_i64(version, 1, INT32_MAX, &out->version, build->error);
    if (status == OTR_OK) {
        out->line = version->line;
        out->column = version->column;
    }
    const otr_yaml *from = otr_yaml_get(node, "from");
    const otr_yaml *until = otr_yaml_get(node, "until");
    if (status == OTR_OK && from != NULL)
        status = read_from(build, from, out);
    if (status == OTR_OK && until != NULL)
        status = read_time(build, until, &out->until);
    if (status == OTR_OK && until != NULL && from != NULL && out->until <= out->from)
        return otr_build_fail(build, until, "it ends before it begins");
    return status;
}
