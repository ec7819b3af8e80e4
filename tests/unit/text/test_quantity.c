/* Quantities: units, measures, signs, decimals. */
#include "said.h"

static const char *const languages[] = {"en", "de", "es", "fr", "zh"};

static void quantities_have_the_signs_and_spaces_of_the_language(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *unit;
        const char *text[5];
    } rows[] = {
        {9.54, "Cel", {"9.5°C", "9,5 °C", "9,5 °C", "9,5\u202f°C", "9.5°C"}},
        {-18, "Cel", {"-18°C", "-18 °C", "-18 °C", "-18\u202f°C", "-18°C"}},
        {-0.04, "Cel", {"0°C", "0 °C", "0 °C", "0\u202f°C", "0°C"}},
        {273.15, "K", {"0°C", "0 °C", "0 °C", "0\u202f°C", "0°C"}},
        {45.4, "%RH", {"45%", "45\u00a0%", "45\u00a0%", "45\u00a0%", "45%"}},
        {45.4, "%EL", {"45%", "45\u00a0%", "45\u00a0%", "45\u00a0%", "45%"}},
        {45.4, "%", {"45%", "45\u00a0%", "45\u00a0%", "45\u00a0%", "45%"}},
        {0.454, "/", {"45%", "45\u00a0%", "45\u00a0%", "45\u00a0%", "45%"}},
        {3.614, "V", {"3.61 V", "3,61 V", "3,61 V", "3,61\u202fV", "3.61 V"}},
        {12.44, "V", {"12.4 V", "12,4 V", "12,4 V", "12,4\u202fV", "12.4 V"}},
        {0.84, "m", {"0.8 m", "0,8 m", "0,8 m", "0,8\u202fm", "0.8米"}},
        {1234, "m", {"1,234 m", "1.234 m", "1234 m", "1\u202f234\u202fm", "1,234米"}},
        {123456, "m", {"123 km", "123 km", "123 km", "123\u202fkm", "123公里"}},
        {4.25, "km", {"4.2 km", "4,2 km", "4,2 km", "4,2\u202fkm", "4.2公里"}},
        {25, "m/s", {"90 km/h", "90 km/h", "90 km/h", "90\u202fkm/h", "90 km/h"}},
        {49.03, "m/s2", {"49 m/s²", "49 m/s²", "49 m/s²", "49\u202fm/s²", "49 m/s²"}},
        {5.25, "g", {"5.2 g", "5,2 g", "5,2 g", "5,2\u202fg", "5.2 g"}},
        {350.6, "lx", {"351 lx", "351 lx", "351 lx", "351\u202flx", "351 lx"}},
        {101325, "Pa", {"1,013 hPa", "1.013 hPa", "1013 hPa", "1\u202f013\u202fhPa", "1,013 hPa"}},
        {240000, "Pa", {"2.4 bar", "2,4 bar", "2,4 bar", "2,4\u202fbar", "2.4 bar"}},
        {1013.25, "hPa", {"1,013 hPa", "1.013 hPa", "1013 hPa", "1\u202f013\u202fhPa", "1,013 hPa"}},
        {2400, "hPa", {"2.4 bar", "2,4 bar", "2,4 bar", "2,4\u202fbar", "2.4 bar"}},
        {812.34, "kg", {"812.3 kg", "812,3 kg", "812,3 kg", "812,3\u202fkg", "812.3 kg"}},
        {1.5, "l", {"1.5 l", "1,5 l", "1,5 l", "1,5\u202fl", "1.5升"}},
        {-97.3, "dBm", {"-97 dBm", "-97 dBm", "-97 dBm", "-97\u202fdBm", "-97 dBm"}},
        {1.5707963, "rad", {"90°", "90°", "90°", "90°", "90°"}},
        {30, "deg", {"30°", "30°", "30°", "30°", "30°"}},
        {12, "count", {"12", "12", "12", "12", "12"}},
        {1.25, "kWh", {"1.25 kWh", "1,25 kWh", "1,25 kWh", "1,25\u202fkWh", "1.25千瓦时"}},
        {90,
         "min",
         {"1 hour 30 minutes", "1 Stunde 30 Minuten", "1 hora 30 minutos", "1\u00a0heure 30\u00a0minutes",
          "1小时30分钟"}},
        {1.5,
         "h",
         {"1 hour 30 minutes", "1 Stunde 30 Minuten", "1 hora 30 minutos", "1\u00a0heure 30\u00a0minutes",
          "1小时30分钟"}},
        {2, "d", {"2 days", "2 Tage", "2 días", "2\u00a0jours", "2天"}},
        {1, "s", {"1 second", "1 Sekunde", "1 segundo", "1\u00a0seconde", "1秒钟"}},
        {1e300, "s", {"–", "–", "–", "–", "–"}},
        {1.234,
         "widgets",
         {"1.23 widgets", "1,23 widgets", "1,23 widgets", "1,23\u202fwidgets", "1.23 widgets"}},
        {1.234, "", {"1.23", "1,23", "1,23", "1,23", "1.23"}},
        {NAN, "Cel", {"–", "–", "–", "–", "–"}},
        {NAN, "s", {"–", "–", "–", "–", "–"}},
        {INFINITY, "%", {"–", "–", "–", "–", "–"}},
        {NAN, "widgets", {"–", "–", "–", "–", "–"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t k = 0; k < 5; k++) {
            otr_buffer buffer = {0};
            otr_locale_quantity(locale_of(languages[k]), &buffer, rows[i].value, otr_str_of(rows[i].unit),
                                OTR_MEASURES_METRIC);
            assert_said(&buffer, rows[i].text[k], languages[k], i);
        }
    }
}

static void quantities_are_converted_to_the_measures_of_the_reader(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *unit;
        const char *us, *fahrenheit;
    } rows[] = {
        {9.5, "Cel", "49.1°F", "49.1°F"},
        {-40, "Cel", "-40°F", "-40°F"},
        {273.15, "K", "32°F", "32°F"},
        {45, "%RH", "45%", "45%"},
        {0.8, "m", "2.6 ft", "0.8 m"},
        {1234, "m", "4,049 ft", "1,234 m"},
        {16093.44, "m", "10 mi", "16 km"},
        {16.09344, "km", "10 mi", "16 km"},
        {25.4, "mm", "1 in", "25 mm"},
        {25.4, "cm", "10 in", "25 cm"},
        {44.704, "m/s", "100 mph", "161 km/h"},
        {160.9344, "km/h", "100 mph", "161 km/h"},
        {10, "kg", "22 lb", "10 kg"},
        {1.5, "kg", "3.3 lb", "1.5 kg"},
        {10, "l", "2.6 gal", "10 l"},
        {101325, "Pa", "29.92 inHg", "1,013 hPa"},
        {1013.25, "hPa", "29.92 inHg", "1,013 hPa"},
        {240000, "Pa", "35 psi", "2.4 bar"},
        {2.4, "bar", "35 psi", "2.4 bar"},
        {5.2, "g", "5.2 g", "5.2 g"},
        {12, "V", "12 V", "12 V"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        otr_buffer buffer = {0};
        otr_str unit = otr_str_of(rows[i].unit);
        otr_locale_quantity(locale_of("en-US"), &buffer, rows[i].value, unit, OTR_MEASURES_US);
        assert_said(&buffer, rows[i].us, "us", i);
        otr_locale_quantity(locale_of("en-US"), &buffer, rows[i].value, unit, OTR_MEASURES_FAHRENHEIT);
        assert_said(&buffer, rows[i].fahrenheit, "fahrenheit", i);
    }
    static const char *const speeds[] = {"100 mph", "100 mi/h", "100 mi/h", "100\u202fmi/h", "100 mi/h"};
    static const char *const lengths[] = {"2.6 ft", "2,6 ft", "2,6 ft", "2,6\u202fpi", "2.6英尺"};
    for (size_t k = 0; k < 5; k++) {
        otr_buffer buffer = {0};
        otr_locale_quantity(locale_of(languages[k]), &buffer, 44.704, OTR_STR("m/s"), OTR_MEASURES_US);
        assert_said(&buffer, speeds[k], languages[k], k);
        otr_locale_quantity(locale_of(languages[k]), &buffer, 0.8, OTR_STR("m"), OTR_MEASURES_US);
        assert_said(&buffer, lengths[k], languages[k], k);
    }
}

static void a_difference_of_temperatures_has_no_zero_of_its_own(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *unit;
        otr_measures measures;
        const char *text;
    } rows[] = {
        {1, "Cel", OTR_MEASURES_METRIC, "1°C"},
        {1, "Cel", OTR_MEASURES_US, "1.8°F"},
        {1, "Cel", OTR_MEASURES_FAHRENHEIT, "1.8°F"},
        {-5, "K", OTR_MEASURES_METRIC, "-5°C"},
        {5, "K", OTR_MEASURES_US, "9°F"},
        {5, "%RH", OTR_MEASURES_US, "5%"},
        {100, "km", OTR_MEASURES_METRIC, "100 km"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        otr_buffer buffer = {0};
        otr_locale_difference(locale_of("en"), &buffer, rows[i].value, otr_str_of(rows[i].unit),
                              rows[i].measures);
        assert_said(&buffer, rows[i].text, "en", i);
    }
}

static void a_distance_is_as_exact_as_it_matters(void **state)
{
    (void)state;
    static const struct {
        double metres;
        const char *metric, *us;
    } rows[] = {
        {0, "0 m", "0 ft"},
        {7.6, "8 m", "25 ft"},
        {94, "94 m", "310 ft"},
        {346, "350 m", "0.2 mi"},
        {160.9, "160 m", "0.1 mi"},
        {994, "990 m", "0.6 mi"},
        {996, "1 km", "0.6 mi"},
        {4210, "4.2 km", "2.6 mi"},
        {9960, "10 km", "6.2 mi"},
        {123456, "123 km", "77 mi"},
        {3e6, "3,000 km", "1,864 mi"},
        {NAN, "–", "–"},
        {-4210, "-4.2 km", "-2.6 mi"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        otr_buffer buffer = {0};
        otr_locale_distance(locale_of("en"), &buffer, rows[i].metres, OTR_MEASURES_METRIC);
        assert_said(&buffer, rows[i].metric, "metric", i);
        otr_locale_distance(locale_of("en"), &buffer, rows[i].metres, OTR_MEASURES_US);
        assert_said(&buffer, rows[i].us, "us", i);
    }
    otr_buffer buffer = {0};
    otr_locale_distance(locale_of("zh"), &buffer, 4210, OTR_MEASURES_FAHRENHEIT);
    assert_said(&buffer, "4.2公里", "zh", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantities_have_the_signs_and_spaces_of_the_language),
        cmocka_unit_test(quantities_are_converted_to_the_measures_of_the_reader),
        cmocka_unit_test(a_difference_of_temperatures_has_no_zero_of_its_own),
        cmocka_unit_test(a_distance_is_as_exact_as_it_matters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
