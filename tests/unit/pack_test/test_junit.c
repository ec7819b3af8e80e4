/* tools/outrider/test_junit: the document is well-formed whatever the texts hold. */
#include "tools/outrider/test/test_junit.h"
#include "tools/outrider/test/xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void escape(const char *text, size_t size, const char *wanted)
{
    otr_buffer out = {0};
    otr_xml_escape(&out, (otr_str){text, size});
    otr_buffer_add_u8(&out, 0);
    assert_string_equal((const char *)out.data, wanted);
    otr_buffer_done(&out);
}

static void texts_are_escaped(void **state)
{
    (void)state;
    escape("a<b>&\"c'\n\t", 10, "a&lt;b&gt;&amp;&quot;c'&#10;&#9;");
    escape("8 \xC2\xB0"
           "C",
           5,
           "8 \xC2\xB0"
           "C");
    escape("\0\x1B\x7F", 3, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    escape("\xEF\xBF\xBE\xEF\xBF\xBF.", 7, "\xEF\xBF\xBD\xEF\xBF\xBD.");
    escape("\xC3(", 2, "\xEF\xBF\xBD("); /* no UTF-8 */
    escape("\xEF", 1, "\xEF\xBF\xBD");
    escape("", 0, "");
}

static void the_document_counts_and_nests(void **state)
{
    (void)state;
    static const char wanted[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites tests=\"3\" failures=\"1\" errors=\"1\">\n"
        "  <testsuite name=\"a&amp;b\" tests=\"2\" failures=\"1\" errors=\"0\">\n"
        "    <testcase classname=\"a&amp;b\" name=\"first\" time=\"0.250000\"/>\n"
        "    <testcase classname=\"a&amp;b\" name=\"second\" time=\"0.000000\">\n"
        "      <failure message=\"what came differs from what was expected\">1 &lt; 2</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "  <testsuite name=\"c\" tests=\"1\" failures=\"0\" errors=\"1\">\n"
        "    <testcase classname=\"c\" name=\"the file can be used\" time=\"0.000000\">\n"
        "      <error message=\"refused\">c:1:1: no</error>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n";
    otr_test_junit junit = {0};
    otr_buffer out = {0};
    otr_test_junit_suite(&junit, "a&b");
    otr_test_junit_case(&junit, OTR_STR("first"), 0.25, OTR_STR(""));
    otr_test_junit_case(&junit, OTR_STR("second"), 0, OTR_STR("1 < 2"));
    otr_test_junit_end_suite(&junit);
    otr_test_junit_suite(&junit, "c");
    otr_test_junit_error(&junit, OTR_STR("c:1:1: no"));
    otr_test_junit_end_suite(&junit);
    assert_int_equal(otr_test_junit_write(&junit, &out), OTR_OK);
    otr_buffer_add_u8(&out, 0);
    assert_string_equal((const char *)out.data, wanted);
    otr_buffer_done(&out);
    otr_test_junit_done(&junit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(the_document_counts_and_nests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
