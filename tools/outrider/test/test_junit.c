#include "tools/outrider/test/test_junit.h"

#include "tools/outrider/test/xml.h"

static void add(otr_buffer *out, const char *text)
{
    otr_buffer_add(out, text, strlen(text));
}

void otr_test_junit_suite(otr_test_junit *junit, const char *file)
{
    otr_buffer_clear(&junit->cases);
    otr_buffer_clear(&junit->file);
    add(&junit->file, file);
    junit->tests = 0;
    junit->failures = 0;
    junit->errors = 0;
}

static void begin_case(otr_test_junit *junit, otr_str name, double seconds)
{
    junit->tests++;
    add(&junit->cases, "    <testcase classname=\"");
    otr_xml_escape(&junit->cases, otr_buffer_text(&junit->file));
    add(&junit->cases, "\" name=\"");
    otr_xml_escape(&junit->cases, name);
    otr_buffer_add_format(&junit->cases, "\" time=\"%.6f\"", seconds);
}

static void add_trouble(otr_test_junit *junit, const char *element, const char *message, otr_str text)
{
    otr_buffer_add_format(&junit->cases, ">\n      <%s message=\"%s\">", element, message);
    otr_xml_escape(&junit->cases, text);
    otr_buffer_add_format(&junit->cases, "</%s>\n    </testcase>\n", element);
}

void otr_test_junit_case(otr_test_junit *junit, otr_str name, double seconds, otr_str failure)
{
    begin_case(junit, name, seconds);
    if (failure.size == 0) {
        add(&junit->cases, "/>\n");
        return;
    }
    junit->failures++;
    add_trouble(junit, "failure", "what came differs from what was expected", failure);
}

void otr_test_junit_error(otr_test_junit *junit, otr_str reason)
{
    begin_case(junit, OTR_STR("the file can be used"), 0);
    junit->errors++;
    add_trouble(junit, "error", "refused", reason);
}

void otr_test_junit_end_suite(otr_test_junit *junit)
{
    add(&junit->suites, "  <testsuite name=\"");
    otr_xml_escape(&junit->suites, otr_buffer_text(&junit->file));
    otr_buffer_add_format(&junit->suites, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n", junit->tests,
                          junit->failures, junit->errors);
    otr_buffer_add(&junit->suites, junit->cases.data, junit->cases.size);
    add(&junit->suites, "  </testsuite>\n");
    junit->suites.failed |= junit->cases.failed || junit->file.failed;
    junit->all_tests += junit->tests;
    junit->all_failures += junit->failures;
    junit->all_errors += junit->errors;
}

otr_status otr_test_junit_write(const otr_test_junit *junit, otr_buffer *out)
{
    add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    otr_buffer_add_format(out, "<testsuites tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n",
                          junit->all_tests, junit->all_failures, junit->all_errors);
    otr_buffer_add(out, junit->suites.data, junit->suites.size);
    add(out, "</testsuites>\n");
    return out->failed || junit->suites.failed ? OTR_MEMORY : OTR_OK;
}

void otr_test_junit_done(otr_test_junit *junit)
{
    otr_buffer_done(&junit->suites);
    otr_buffer_done(&junit->cases);
    otr_buffer_done(&junit->file);
    *junit = (otr_test_junit){0};
}
