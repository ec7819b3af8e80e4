/* driver/telemetry over servers whose hosts read Sparkplug's compressed form. */
#include "telemetry_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { READINGS = 40, ZLIB = 0x58, GZIP = 0x1f };

/* So many readings of d1, all different from the one before. */
static void report_many(gateway *g, int number)
{
    char senml[READINGS * 48];
    size_t size = 0;
    for (int i = 0; i < READINGS; i++)
        size += (size_t)snprintf(senml + size, sizeof senml - size,
                                 "%s\"n\":\"shock\",\"u\":\"g\",\"v\":%.1f,\"t\":%lld}",
                                 i == 0 ? "[{\"bn\":\"d1/\"," : ",{", i % 20 / 10.0,
                                 (long long)(GATEWAY_UTC / OTR_SECOND - 10000 + number + i));
    (void)snprintf(senml + size, sizeof senml - size, "]");
    assert_int_equal(gateway_upload(g, "d1", number, senml, (uint64_t)number), OTR_OK);
    gateway_turn(g, OTR_SECOND);
    gateway_rest(g);
}

/* d1 is born and tells two messages. */
static void tell(gateway *g, size_t *from)
{
    static int number;
    *from = line.count;
    line_connect(g);
    report_many(g, number);
    line_prove(g);
    report_many(g, number + READINGS);
    line_prove(g);
    line_prove(g); /* of several servers, one that lived on */
    number += 2 * READINGS;
}

static void assert_told(size_t from, uint8_t form)
{
    size_t historical;
    const told *last = &line.list[line.count - 1];
    assert_string_equal(line.list[from].kind, "NBIRTH");
    assert_int_equal(line.list[from].form, 0);
    assert_string_equal(last->kind, "DDATA");
    assert_int_equal(last->values, READINGS);
    assert_int_equal(last->form, form);
    assert_true(last->last > 1.8);
    assert_true(line_values_since(from, &historical) >= 2 * READINGS - 1);
    for (size_t i = from; i < line.count; i++)
        assert_int_equal(line.list[i].seq, i - from);
}

static void each_server_gets_the_form_that_it_wants(void **state)
{
    static const otr_sparkplug_compression forms[] = {OTR_SPARKPLUG_DEFLATE, OTR_SPARKPLUG_PLAIN,
                                                      OTR_SPARKPLUG_GZIP};
    static const uint8_t first[] = {ZLIB, 0, GZIP};
    gateway g;
    size_t from;
    size_t sizes[3];
    (void)state;
    line_begin(&g);
    line.servers = 3;
    line.compressions = forms;
    gateway_restart(&g);
    for (size_t i = 0; i < 3; i++) {
        sizes[i] = line.bytes;
        tell(&g, &from);
        sizes[i] = line.bytes - sizes[i];
        assert_int_equal(line.server, i);
        assert_told(from, first[i]);
        line_lose();
    }
    assert_true(sizes[0] * 2 < sizes[1] && sizes[2] * 2 < sizes[1]);
    assert_true(sizes[0] < sizes[2]);
    line_finish(&g);
}

static void another_form_counts_from_the_next_message_on(void **state)
{
    static const otr_sparkplug_compression form = OTR_SPARKPLUG_GZIP;
    const otr_telemetry_config zipped = {.compressions = &form};
    const otr_telemetry_config plain = {.compressions = NULL};
    gateway g;
    size_t from;
    (void)state;
    line_begin(&g);
    tell(&g, &from);
    assert_told(from, 0);
    assert_int_equal(otr_telemetry_tune(line.telemetry, &zipped, NULL), OTR_OK);
    report_many(&g, 100000);
    line_prove(&g);
    assert_told(from, GZIP);
    assert_int_equal(otr_telemetry_tune(line.telemetry, &plain, NULL), OTR_OK);
    report_many(&g, 200000);
    assert_told(from, 0);
    line_finish(&g);
}

static void what_gets_no_smaller_is_plain(void **state)
{
    static const otr_sparkplug_compression form = OTR_SPARKPLUG_DEFLATE;
    gateway g;
    (void)state;
    line_begin(&g);
    line.compressions = &form;
    gateway_restart(&g);
    line_connect(&g);
    line_report(&g, 1, 0.1);
    line_report(&g, 2, 0.2);
    assert_string_equal(line.list[line.count - 1].kind, "DDATA");
    assert_int_equal(line.list[line.count - 1].form, 0);
    line_finish(&g);
}

static void without_memory_for_it_all_is_plain(void **state)
{
    static const otr_sparkplug_compression form = OTR_SPARKPLUG_GZIP;
    gateway g;
    size_t from;
    (void)state;
    line_begin(&g);
    line.compressions = &form;
    line.incompressible = true;
    gateway_restart(&g);
    tell(&g, &from);
    assert_told(from, 0);
    line_finish(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_server_gets_the_form_that_it_wants),
        cmocka_unit_test(another_form_counts_from_the_next_message_on),
        cmocka_unit_test(what_gets_no_smaller_is_plain),
        cmocka_unit_test(without_memory_for_it_all_is_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
