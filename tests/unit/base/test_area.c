/* base/area: what circles and polygons hold, holes and edges included, and how far it is to them. */
#include "base/area.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const double degree_m = 6371008.8 * 3.14159265358979323846 / 180;

/* A square of a tenth of a degree at the equator, with a hole in its middle. */
static const otr_geo_point square[] = {{0, 10},       {0, 10.1},     {0.1, 10.1},   {0.1, 10},
                                       {0, 10},       {0.04, 10.04}, {0.04, 10.06}, {0.06, 10.06},
                                       {0.06, 10.04}, {0.04, 10.04}};
static const uint32_t ends[] = {5, 10};
static const otr_polygon ring = {square, ends, 2};
static const otr_area yard = {0.05, 10.05, 0, &ring};

static void near(double is, double should, double tolerance)
{
    if (!(fabs(is - should) <= tolerance))
        fail_msg("%.12g should be %.12g", is, should);
}

static void a_polygon_holds_what_its_ring_encloses_but_its_holes(void **state)
{
    (void)state;
    assert_true(otr_area_holds(&yard, 0.02, 10.02));
    assert_true(otr_area_holds(&yard, 0.09, 10.05));
    assert_true(otr_area_holds(&yard, 0.02, 10.02 - 360 + 0.0));
    assert_false(otr_area_holds(&yard, 0.05, 10.05));
    assert_false(otr_area_holds(&yard, 0.05, 10.11));
    assert_false(otr_area_holds(&yard, 0.05, 9.99));
    assert_false(otr_area_holds(&yard, 0.11, 10.05));
    assert_false(otr_area_holds(&yard, -0.01, 10.05));
    assert_false(otr_area_holds(&yard, 0.1, 11)); /* beside a corner, on its parallel */
}

static void the_distance_to_a_polygon_is_to_its_edge_and_none_inside(void **state)
{
    (void)state;
    near(otr_area_distance_m(&yard, 0.02, 10.02), 0, 0);
    near(otr_area_distance_m(&yard, 0.05, 10.12), 0.02 * degree_m, 1);
    near(otr_area_distance_m(&yard, 0.05, 10.05), 0.01 * degree_m, 1); /* in the hole */
    near(otr_area_distance_m(&yard, 0.13, 10.14), 0.05 * degree_m, 1); /* from the corner */
    near(otr_area_outside_m(&yard, 0.05, 10.12), 0.02 * degree_m, 1);
}

static void the_distance_to_a_circle_is_to_its_middle(void **state)
{
    (void)state;
    const otr_area circle = {50, 10, 1000, NULL};
    near(otr_area_distance_m(&circle, 50.01, 10), 0.01 * degree_m, 1);
    near(otr_area_outside_m(&circle, 50.01, 10), 0.01 * degree_m - 1000, 1);
    near(otr_area_outside_m(&circle, 50.001, 10), 0, 0);
    assert_true(otr_area_holds(&circle, 50, 10 + 900 / degree_m / cos(50 * 3.14159265358979 / 180)));
    assert_false(otr_area_holds(&circle, 50.01, 10));
}

static void a_line_is_as_near_as_its_nearest_point(void **state)
{
    (void)state;
    double share;
    near(otr_geo_line_m((otr_geo_point){0, 0}, (otr_geo_point){0, 1}, 0.1, 0.25, &share), 0.1 * degree_m, 1);
    near(share, 0.25, 1e-9);
    near(otr_geo_line_m((otr_geo_point){0, 0}, (otr_geo_point){0, 1}, 0, 1.5, &share), 0.5 * degree_m, 1);
    near(share, 1, 0);
    near(otr_geo_line_m((otr_geo_point){0, 0}, (otr_geo_point){0, 0}, 0, 1, &share), degree_m, 1);
    /* over the 180th meridian */
    near(otr_geo_line_m((otr_geo_point){0, 179.5}, (otr_geo_point){0, -179.5}, 0.1, 180, &share),
         0.1 * degree_m, 1);
    near(share, 0.5, 1e-9);
}

static void areas_are_the_same_by_all_their_points(void **state)
{
    (void)state;
    otr_geo_point moved[10];
    otr_polygon other = {moved, ends, 2};
    otr_area area = yard;
    area.polygon = &other;
    for (int i = 0; i < 10; i++)
        moved[i] = square[i];
    assert_true(otr_area_same(&yard, &area));
    assert_true(otr_area_hash(1, &yard) == otr_area_hash(1, &area));
    moved[7].longitude += 1e-6;
    assert_false(otr_area_same(&yard, &area));
    assert_true(otr_area_hash(1, &yard) != otr_area_hash(1, &area));
    area.polygon = NULL;
    assert_false(otr_area_same(&yard, &area));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_polygon_holds_what_its_ring_encloses_but_its_holes),
        cmocka_unit_test(the_distance_to_a_polygon_is_to_its_edge_and_none_inside),
        cmocka_unit_test(the_distance_to_a_circle_is_to_its_middle),
        cmocka_unit_test(a_line_is_as_near_as_its_nearest_point),
        cmocka_unit_test(areas_are_the_same_by_all_their_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
