/* Time zones read from the files of this machine show what the C library's clocks show, at random instants up
 * to 2100, also where most transitions come from the rule; skipped and repeated times of the day are found as
 * a search minute by minute finds them; bytes that are no such file are refused with the reason. */
#include "base/date.h"
#include "base/limits.h"
#include "base/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static const char *const zones[] = {
    "Europe/Berlin", "America/New_York", "Asia/Kolkata",    "Australia/Lord_Howe", "Africa/Casablanca",
    "Europe/Dublin", "Asia/Shanghai",    "Pacific/Apia",    "America/Sao_Paulo",   "America/Santiago",
    "Asia/Tehran",   "America/St_Johns", "Africa/Monrovia", "Pacific/Chatham",     "Asia/Gaza",
    "Etc/UTC",       "Antarctica/Troll", "America/Nuuk",    "Asia/Kathmandu",      "Africa/Cairo",
};
enum { ZONES = sizeof zones / sizeof *zones, FILE_BYTES = 8192 };

static unsigned long long dice = 11;
static int64_t roll(int64_t sides)
{
    dice = dice * 6364136223846793005U + 1442695040888963407U;
    return (int64_t)(dice >> 16) % sides;
}

static otr_bytes read_zone(const char *name, uint8_t out[FILE_BYTES])
{
    char path[128];
    (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        skip(); /* no zone files here */
    size_t size = fread(out, 1, FILE_BYTES, file);
    (void)fclose(file);
    return (otr_bytes){out, size};
}

static otr_zone *load(otr_bytes bytes)
{
    otr_zone *zone = NULL;
    otr_error error = {.status = OTR_OK};
    if (otr_zone_load(bytes, &zone, &error) != OTR_OK)
        fail_msg("%s", error.text);
    return zone;
}

static otr_zone *load_named(const char *name)
{
    uint8_t bytes[FILE_BYTES];
    return load(read_zone(name, bytes));
}

static void set_library(const char *name)
{
    char value[128];
    (void)snprintf(value, sizeof value, ":/usr/share/zoneinfo/%s", name);
    assert_int_equal(setenv("TZ", value, 1), 0);
    tzset();
}

static int64_t at(const char *text)
{
    otr_time found = 0;
    assert_true(otr_time_parse(otr_str_of(text), &found));
    return found;
}

static const int64_t YEAR_2100_S = 4102444800;

static void compare(const char *name, const otr_zone *zone, int64_t utc_s)
{
    time_t now = (time_t)utc_s;
    struct tm tm;
    const char *abbreviation = NULL;
    assert_non_null(localtime_r(&now, &tm));
    otr_civil civil = otr_civil_at(zone, utc_s * OTR_SECOND + 999999);
    int32_t offset_s = otr_zone_offset(zone, utc_s * OTR_SECOND, &abbreviation);
    if (offset_s != tm.tm_gmtoff || strcmp(abbreviation, tm.tm_zone) != 0 ||
        civil.year != tm.tm_year + 1900 || civil.month != tm.tm_mon + 1 || civil.day != tm.tm_mday ||
        civil.hour != tm.tm_hour || civil.minute != tm.tm_min || civil.second != tm.tm_sec ||
        civil.weekday != tm.tm_wday)
        fail_msg("%s at %lld: offset %d %s, the library has %ld %s", name, (long long)utc_s, offset_s,
                 abbreviation, tm.tm_gmtoff, tm.tm_zone);
    int64_t day = otr_date_day(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    assert_int_equal(otr_civil_day(zone, utc_s * OTR_SECOND), day);
}

static void clocks_are_those_of_the_library(void **state)
{
    (void)state;
    for (size_t z = 0; z < ZONES; z++) {
        otr_zone *zone = load_named(zones[z]);
        set_library(zones[z]);
        for (int i = 0; i < 20000; i++)
            compare(zones[z], zone, roll(YEAR_2100_S));
        int changes = 0;
        for (otr_time next = otr_zone_next_change(zone, 0); next < YEAR_2100_S * OTR_SECOND; changes++) {
            compare(zones[z], zone, next / OTR_SECOND - 1);
            compare(zones[z], zone, next / OTR_SECOND);
            next = otr_zone_next_change(zone, next);
        }
        assert_true(changes < 400);
        otr_zone_free(zone);
    }
}

/* ---- files with few transitions, where the rule decides ---- */

static uint32_t get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_u32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Where the second part begins. */
static size_t second_part(const uint8_t *file)
{
    return 44 + get_u32(file + 32) * 5 + get_u32(file + 36) * 6 + get_u32(file + 40) +
           get_u32(file + 28) * 8 + get_u32(file + 24) + get_u32(file + 20);
}

static size_t put(uint8_t *out, size_t size, const void *bytes, size_t count)
{
    memcpy(out + size, bytes, count);
    return size + count;
}

/* The file without the transitions of after until_s, as zic writes it with -b slim. */
static otr_bytes slim(otr_bytes fat, int64_t until_s, uint8_t out[FILE_BYTES])
{
    const uint8_t *second = fat.data + second_part(fat.data);
    uint32_t count = get_u32(second + 32);
    uint32_t kept = 0;
    for (; kept < count; kept++) {
        const uint8_t *time = second + 44 + (size_t)kept * 8;
        if ((int64_t)((uint64_t)get_u32(time) << 32 | get_u32(time + 4)) > until_s)
            break;
    }
    static const uint8_t empty[7] = {0};
    uint8_t header[44] = "TZif2";
    put_u32(header + 36, 1);
    put_u32(header + 40, 1);
    size_t size = put(out, 0, header, sizeof header);
    size = put(out, size, empty, sizeof empty);
    memcpy(header, second, sizeof header);
    put_u32(header + 32, kept);
    size = put(out, size, header, sizeof header);
    size = put(out, size, second + 44, (size_t)kept * 8);
    size = put(out, size, second + 44 + (size_t)count * 8, kept);
    const uint8_t *types = second + 44 + (size_t)count * 9;
    size = put(out, size, types, (size_t)(fat.data + fat.size - types));
    return (otr_bytes){out, size};
}

static void the_rule_says_what_the_transitions_said(void **state)
{
    static const struct {
        const char *zone;
        const char *since; /* the rule of today is in force */
    } cases[] = {
        {"Europe/Berlin", "1997-01-01T00:00:00Z"},       {"America/New_York", "2008-01-01T00:00:00Z"},
        {"Australia/Lord_Howe", "2009-01-01T00:00:00Z"}, {"Europe/Dublin", "1997-01-01T00:00:00Z"},
        {"Asia/Kolkata", "1971-01-01T00:00:00Z"},        {"Pacific/Chatham", "2009-01-01T00:00:00Z"},
    };
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        uint8_t fat[FILE_BYTES];
        uint8_t thin[FILE_BYTES];
        int64_t since_s = at(cases[c].since) / OTR_SECOND;
        otr_bytes file = slim(read_zone(cases[c].zone, fat), since_s, thin);
        otr_zone *zone = load(file);
        set_library(cases[c].zone);
        for (int i = 0; i < 20000; i++)
            compare(cases[c].zone, zone, roll(YEAR_2100_S));
        assert_true(otr_zone_bytes(zone) < 1024);
        otr_zone_free(zone);
    }
}

/* ---- rules by hand ---- */

/* A file that has nothing but a rule. */
static otr_bytes rule_file(const char *rule, uint8_t out[FILE_BYTES])
{
    static const uint8_t type[] = {0, 0, 0, 0, 0, 0, 0};
    uint8_t header[44] = "TZif3";
    put_u32(header + 36, 1);
    put_u32(header + 40, 1);
    size_t size = 0;
    for (int i = 0; i < 2; i++) {
        size = put(out, size, header, sizeof header);
        size = put(out, size, type, sizeof type);
    }
    size = put(out, size, "\n", 1);
    size = put(out, size, rule, strlen(rule));
    return (otr_bytes){out, put(out, size, "\n", 1)};
}

static void rules_have_all_the_forms_of_posix(void **state)
{
    static const struct {
        const char *rule;
        const char *at;
        int offset_s;
        const char *name;
    } cases[] = {
        {"UTC0", "2026-01-01T00:00:00Z", 0, "UTC"},
        {"<-03>3", "2026-01-01T00:00:00Z", -10800, "-03"},
        {"<+1245>-12:45:30", "2026-01-01T00:00:00Z", 45930, "+1245"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T00:59:59Z", 3600, "CET"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z", 7200, "CEST"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T00:59:59Z", 7200, "CEST"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T01:00:00Z", 3600, "CET"},
        /* south: summer time over the turn of the year */
        {"NZST-12NZDT,M9.5.0,M4.1.0/3", "2025-12-31T23:00:00Z", 46800, "NZDT"},
        {"NZST-12NZDT,M9.5.0,M4.1.0/3", "2026-04-04T13:59:59Z", 46800, "NZDT"},
        {"NZST-12NZDT,M9.5.0,M4.1.0/3", "2026-04-04T14:00:00Z", 43200, "NZST"},
        /* half an hour of it, and an hour less in winter */
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-01-01T00:00:00Z", 39600, "+11"},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01T00:00:00Z", 0, "GMT"},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", 3600, "IST"},
        /* days of the year: J60 is the first of March in every year, 59 is that only in common ones */
        {"AAA0BBB,J60/0,J300/0", "2024-02-29T12:00:00Z", 0, "AAA"},
        {"AAA0BBB,J60/0,J300/0", "2024-03-01T00:00:00Z", 3600, "BBB"},
        {"AAA0BBB,J60/0,J300/0", "2023-03-01T00:00:00Z", 3600, "BBB"},
        {"AAA0BBB,59/0,300/0", "2024-02-29T00:00:00Z", 3600, "BBB"},
        {"AAA0BBB,59/0,300/0", "2023-02-28T23:59:59Z", 0, "AAA"},
        /* times before and beyond the day: the Saturday before the last Sunday, and a week later */
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7200, "-02"},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3600, "-01"},
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-27T23:59:59Z", 7200, "EET"},
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-28T00:00:00Z", 10800, "EEST"},
        {"AAA0BBB,0/-167,0/167", "2026-12-25T01:00:00Z", 3600, "BBB"},
        {"AAA0BBB,0/-167,0/167", "2027-01-07T21:59:59Z", 3600, "BBB"},
        {"AAA0BBB,0/-167,0/167", "2027-01-07T22:00:00Z", 0, "AAA"},
        /* summer time all the year */
        {"EST5EDT,0/0,J365/25", "2026-01-01T04:59:59Z", -14400, "EDT"},
        {"EST5EDT,0/0,J365/25", "2026-01-01T05:00:00Z", -14400, "EDT"},
        {"XXX3EDT4,0/0,J365/23", "2028-12-31T23:30:00Z", -14400, "EDT"},
    };
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        uint8_t file[FILE_BYTES];
        const char *name = NULL;
        otr_zone *zone = load(rule_file(cases[c].rule, file));
        int offset_s = otr_zone_offset(zone, at(cases[c].at), &name);
        if (offset_s != cases[c].offset_s || strcmp(name, cases[c].name) != 0)
            fail_msg("%s at %s: %d %s", cases[c].rule, cases[c].at, offset_s, name);
        otr_zone_free(zone);
    }
}

static void the_next_change_is_never_missed(void **state)
{
    static const char *const rules[] = {"CET-1CEST,M3.5.0,M10.5.0/3", "AAA0BBB,0/-167,0/-160",
                                        "AAA0BBB,J365/167,J365/160", "NZST-12NZDT,M9.5.0,M4.1.0/3"};
    (void)state;
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
        uint8_t file[FILE_BYTES];
        otr_zone *zone = load(rule_file(rules[r], file));
        for (int i = 0; i < 2000; i++) {
            otr_time from = roll(YEAR_2100_S) * OTR_SECOND;
            otr_time next = otr_zone_next_change(zone, from);
            assert_true(next > from && next - from < 370 * OTR_DAY);
            assert_int_equal(otr_zone_offset(zone, from, NULL), otr_zone_offset(zone, next - 1, NULL));
            assert_int_not_equal(otr_zone_offset(zone, next, NULL), otr_zone_offset(zone, next - 1, NULL));
        }
        otr_zone_free(zone);
    }
}

/* ---- times of the day ---- */

static void a_skipped_time_is_the_jump_and_a_repeated_one_the_first(void **state)
{
    static const struct {
        const char *zone;
        int year, month, day, hour, minute;
        const char *utc;
    } cases[] = {
        {"Europe/Berlin", 2026, 3, 29, 1, 59, "2026-03-29T00:59:00Z"},
        {"Europe/Berlin", 2026, 3, 29, 2, 0, "2026-03-29T01:00:00Z"},
        {"Europe/Berlin", 2026, 3, 29, 2, 30, "2026-03-29T01:00:00Z"},
        {"Europe/Berlin", 2026, 3, 29, 3, 0, "2026-03-29T01:00:00Z"},
        {"Europe/Berlin", 2026, 3, 29, 3, 1, "2026-03-29T01:01:00Z"},
        {"Europe/Berlin", 2026, 10, 25, 2, 0, "2026-10-25T00:00:00Z"},
        {"Europe/Berlin", 2026, 10, 25, 2, 30, "2026-10-25T00:30:00Z"},
        {"Europe/Berlin", 2026, 10, 25, 3, 0, "2026-10-25T02:00:00Z"},
        {"Europe/Berlin", 2050, 3, 27, 2, 30, "2050-03-27T01:00:00Z"}, /* by the rule */
        {"Australia/Lord_Howe", 2026, 10, 4, 2, 10, "2026-10-03T15:30:00Z"},
        {"Pacific/Apia", 2011, 12, 30, 12, 0, "2011-12-30T10:00:00Z"}, /* there was no such day */
        {"Pacific/Apia", 2011, 12, 31, 0, 0, "2011-12-30T10:00:00Z"},
        {"America/Sao_Paulo", 2018, 11, 4, 0, 0, "2018-11-04T03:00:00Z"},
        {"America/Sao_Paulo", 2018, 2, 18, 0, 0, "2018-02-18T03:00:00Z"}, /* 23:00 to 24:00 came twice */
        {"America/Sao_Paulo", 2018, 2, 17, 23, 30, "2018-02-18T01:30:00Z"},
        {"Asia/Kolkata", 2026, 6, 1, 0, 0, "2026-05-31T18:30:00Z"},
    };
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char found[OTR_TIME_TEXT_BYTES];
        otr_zone *zone = load_named(cases[c].zone);
        int64_t day = otr_date_day(cases[c].year, cases[c].month, cases[c].day);
        otr_time_format(otr_civil_instant(zone, day, cases[c].hour * 60 + cases[c].minute), found);
        if (strcmp(found, cases[c].utc) != 0)
            fail_msg("%s, row %zu: %s instead of %s", cases[c].zone, c, found, cases[c].utc);
        otr_zone_free(zone);
    }
    assert_int_equal(otr_civil_instant(NULL, 1, 90), OTR_DAY + 90 * OTR_MINUTE);
    assert_int_equal(otr_civil_instant(NULL, 1, -1), OTR_DAY - OTR_MINUTE);
    assert_int_equal(otr_civil_instant(NULL, INT64_MAX, 0), OTR_TIME_NEVER);
    assert_int_equal(otr_civil_instant(NULL, 106751992, 0), OTR_TIME_NEVER); /* the first that is too late */
    assert_int_equal(otr_civil_instant(NULL, 106751991, 0), 106751991 * OTR_DAY);
    assert_int_equal(otr_civil_instant(NULL, INT64_MIN, 0), OTR_TIME_NONE + 1);
}

/* The first minute, from a day and more before, at which the library's clock shows as much. */
static int64_t search(int64_t wanted_s)
{
    for (time_t now = (time_t)(wanted_s - 27 * INT64_C(3600));; now += 60) {
        struct tm tm;
        assert_non_null(localtime_r(&now, &tm));
        if ((int64_t)now + tm.tm_gmtoff >= wanted_s)
            return (int64_t)now;
    }
}

static void times_of_the_day_are_found_as_a_search_finds_them(void **state)
{
    (void)state;
    for (size_t z = 0; z < ZONES; z++) {
        otr_zone *zone = load_named(zones[z]);
        set_library(zones[z]);
        for (int i = 0; i < 60; i++) {
            /* near a change, since those are few, and since 1972, when the last offset had seconds */
            otr_time near =
                otr_zone_next_change(zone, (70000000 + roll(YEAR_2100_S - 70000000)) * OTR_SECOND);
            if (near == OTR_TIME_NEVER)
                near = (70000000 + roll(YEAR_2100_S - 70000000)) * OTR_SECOND;
            int64_t day = otr_civil_day(zone, near) + roll(3) - 1;
            int minute = (int)roll(1440);
            int64_t found = otr_civil_instant(zone, day, minute) / OTR_SECOND;
            int64_t searched = search(day * OTR_DAY_SECONDS + minute * INT64_C(60));
            if (found != searched)
                fail_msg("%s day %lld minute %d: %lld instead of %lld", zones[z], (long long)day, minute,
                         (long long)found, (long long)searched);
        }
        otr_zone_free(zone);
    }
}

static void no_zone_is_utc(void **state)
{
    const char *name = NULL;
    (void)state;
    assert_int_equal(otr_zone_offset(NULL, at("2026-07-01T12:00:00Z"), &name), 0);
    assert_string_equal(name, "UTC");
    otr_civil civil = otr_civil_at(NULL, at("2026-07-01T12:34:56.7Z"));
    assert_int_equal(civil.year, 2026);
    assert_int_equal(civil.hour * 10000 + civil.minute * 100 + civil.second, 123456);
    assert_int_equal(civil.weekday, 3);
    assert_int_equal(otr_civil_day(NULL, -1), -1);
    assert_int_equal(otr_zone_next_change(NULL, 0), OTR_TIME_NEVER);
    otr_zone_free(NULL);
}

static void an_instant_before_1970_has_the_offset_of_then(void **state)
{
    (void)state;
    otr_zone *zone = load_named("Europe/Berlin");
    assert_int_equal(otr_zone_offset(zone, at("1945-07-01T00:00:00Z"), NULL), 3600);
    assert_int_equal(otr_zone_offset(zone, OTR_TIME_NONE, NULL), 3600);
    (void)otr_zone_offset(zone, OTR_TIME_NEVER, NULL);
    otr_zone_free(zone);
}

/* ---- refused ---- */

static void refused(otr_bytes bytes, const char *why)
{
    otr_zone *zone = NULL;
    otr_error error = {.status = OTR_OK};
    otr_status status = otr_zone_load(bytes, &zone, &error);
    if (status == OTR_OK || zone != NULL || strstr(error.text, why) == NULL)
        fail_msg("expected \"%s\", got %s \"%s\"", why, otr_status_text(status), error.text);
}

static void bytes_that_are_no_zone_are_refused_with_the_reason(void **state)
{
    uint8_t good[FILE_BYTES];
    uint8_t bad[FILE_BYTES];
    (void)state;
    otr_bytes file = read_zone("Europe/Berlin", good);
    size_t second = second_part(good);
    size_t count = get_u32(good + second + 32);
    size_t types = second + 44 + count * 9;
    const struct {
        size_t at;
        uint8_t byte;
        const char *why;
    } cases[] = {
        {0, 't', "does not begin with TZif"},
        {4, '1', "version is none of"},
        {4, '9', "version is none of"},
        {33, 0x7f, "ends too early"},
        {second + 1, 'z', "second part"},
        {second + 4, '3', "second part"},
        {second + 31, 1, "newlines"}, /* a leap second shifts the rule */
        {second + 44, 0x7f, "not in order"},
        {second + 44 + count * 8, 200, "leads to no local time"},
        {types, 0x70, "more than 26 hours"},
        {types + 4, 2, "neither standard nor summer"},
        {types + 5, 255, "has no name"},
        {file.size - 1, 'x', "newlines"},
        {file.size - 3, 'x', "goes on behind its end"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        memcpy(bad, good, file.size);
        bad[cases[c].at] = cases[c].byte;
        refused((otr_bytes){bad, file.size}, cases[c].why);
    }
    for (size_t size = 0; size < file.size; size++)
        refused((otr_bytes){good, size}, "no time zone file");
    memcpy(bad, good, file.size);
    memcpy(bad + second + 44 + 8, bad + second + 44, 8); /* two at one time */
    refused((otr_bytes){bad, file.size}, "not in order");
    memcpy(bad, good, file.size);
    bad[file.size] = '\n';
    refused((otr_bytes){bad, file.size + 1}, "goes on behind its end");
    refused((otr_bytes){good, OTR_LIMIT_ZONE_BYTES + 1}, "more than 16384 bytes");
}

static void leap_seconds_are_refused(void **state)
{
    uint8_t file[FILE_BYTES];
    (void)state;
    size_t size = rule_file("UTC0", file).size;
    memmove(file + 44 + 7 + 44 + 7 + 12, file + 44 + 7 + 44 + 7, size - 44 - 7 - 44 - 7);
    file[44 + 7 + 31] = 1;
    refused((otr_bytes){file, size + 12}, "leap seconds");
}

static void broken_rules_are_refused(void **state)
{
    static const struct {
        const char *rule;
        const char *why;
    } cases[] = {
        {"CE-1", "no name"},
        {"<+1-1", "no name"},
        {"ABCDEFGHIJKLMNOP0", "no name"},
        {"CET", "no offset"},
        {"CET-25", "no offset"},
        {"CET-1:60", "no offset"},
        {"CET-1C", "summer time has no name"},
        {"CET-1CEST", "begins and ends"},
        {"CET-1CEST-30", "summer time has no offset"},
        {"CET-1CEST,M3.5.0", "begins and ends"},
        {"CET-1CEST,M13.5.0,M10.5.0", "begins and ends"},
        {"CET-1CEST,M3.6.0,M10.5.0", "begins and ends"},
        {"CET-1CEST,M3.5.7,M10.5.0", "begins and ends"},
        {"CET-1CEST,J0,M10.5.0", "begins and ends"},
        {"CET-1CEST,J366,M10.5.0", "begins and ends"},
        {"CET-1CEST,M3.5.0/168,M10.5.0", "begins and ends"},
        {"CET-1CEST,M3.5.0,M10.5.0/3 ", "goes on"},
        {":Europe/Berlin", "no name"},
    };
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        uint8_t file[FILE_BYTES];
        refused(rule_file(cases[c].rule, file), cases[c].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_are_those_of_the_library),
        cmocka_unit_test(the_rule_says_what_the_transitions_said),
        cmocka_unit_test(rules_have_all_the_forms_of_posix),
        cmocka_unit_test(the_next_change_is_never_missed),
        cmocka_unit_test(a_skipped_time_is_the_jump_and_a_repeated_one_the_first),
        cmocka_unit_test(times_of_the_day_are_found_as_a_search_finds_them),
        cmocka_unit_test(no_zone_is_utc),
        cmocka_unit_test(an_instant_before_1970_has_the_offset_of_then),
        cmocka_unit_test(bytes_that_are_no_zone_are_refused_with_the_reason),
        cmocka_unit_test(leap_seconds_are_refused),
        cmocka_unit_test(broken_rules_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
