/* base/geo against what is known of the sphere: quarters, antipodes, a degree, the way over the pole and over
 * 180°. */
#include "base/geo.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const double radius_m = 6371008.8;
static const double pi = 3.14159265358979323846;

static void near(double is, double should, double tolerance)
{
    if (!(fabs(is - should) <= tolerance))
        fail_msg("%.12g should be %.12g", is, should);
}

static void distances_follow_the_great_circle(void **state)
{
    (void)state;
    near(otr_geo_distance_m(0, 0, 0, 0), 0, 0);
    near(otr_geo_distance_m(0, 0, 90, 0), radius_m * pi / 2, 1e-6);
    near(otr_geo_distance_m(0, 0, 0, 180), radius_m * pi, 1e-6);
    near(otr_geo_distance_m(0, 0, 0, 1), radius_m * pi / 180, 1e-6);
    near(otr_geo_distance_m(60, 0, 60, 180), radius_m * pi / 3, 1e-6);
    near(otr_geo_distance_m(0, 179.5, 0, -179.5), radius_m * pi / 180, 1e-6);
    near(otr_geo_distance_m(0, -180, 0, 180), 0, 1e-6);
    /* A metre to the north. */
    near(otr_geo_distance_m(51.5, 0.1, 51.5 + 180 / pi / radius_m, 0.1), 1, 1e-6);
}

static void the_law_of_cosines_gives_the_same(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < 1000; i++) {
        double angle[4];
        for (int k = 0; k < 4; k++) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            angle[k] = ((double)(random >> 11) / 0x1p53 - 0.5) * (k % 2 == 0 ? 180 : 360);
        }
        double turn = (angle[3] - angle[1]) * pi / 180;
        double from = angle[0] * pi / 180;
        double to = angle[2] * pi / 180;
        double cosine = sin(from) * sin(to) + cos(from) * cos(to) * cos(turn);
        near(otr_geo_distance_m(angle[0], angle[1], angle[2], angle[3]), radius_m * acos(cosine), 1);
    }
}

static void bearings_count_clockwise_from_north(void **state)
{
    (void)state;
    near(otr_geo_bearing_degrees(0, 0, 1, 0), 0, 1e-9);
    near(otr_geo_bearing_degrees(0, 0, 0, 1), 90, 1e-9);
    near(otr_geo_bearing_degrees(1, 0, 0, 0), 180, 1e-9);
    near(otr_geo_bearing_degrees(0, 0, 0, -1), 270, 1e-9);
    near(otr_geo_bearing_degrees(0, 179.5, 0, -179.5), 90, 1e-9);
    near(otr_geo_bearing_degrees(0, -179.5, 0, 179.5), 270, 1e-9);
    near(otr_geo_bearing_degrees(80, 0, 80, 180), 0, 1e-9);
    near(otr_geo_bearing_degrees(7, 7, 7, 7), 0, 0);
    /* A full turn is told as none. */
    assert_true(otr_geo_bearing_degrees(0, 0, 1, -1e-18) < 360);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_follow_the_great_circle),
        cmocka_unit_test(the_law_of_cosines_gives_the_same),
        cmocka_unit_test(bearings_count_clockwise_from_north),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
