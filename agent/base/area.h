/* Areas on the Earth: a circle, or what the rings of a polygon enclose. Edges of polygons are straight in
 * degrees; none crosses the 180th meridian. */
#ifndef OTR_BASE_AREA_H
#define OTR_BASE_AREA_H

#include <stdbool.h>
#include <stdint.h>

/* Degrees. */
typedef struct otr_geo_point {
    double latitude;
    double longitude;
} otr_geo_point;

/* The first ring is the outer one, the others are holes. Rings are closed: the last point is the first. */
typedef struct otr_polygon {
    const otr_geo_point *points;
    const uint32_t *ends; /* of each ring: the index behind its last point */
    uint32_t ring_count;
} otr_polygon;

typedef struct otr_area {
    double latitude; /* of the middle */
    double longitude;
    double radius_m;            /* of a circle; of a polygon 0 */
    const otr_polygon *polygon; /* NULL: a circle; not owned */
} otr_area;

/* A circle holds its edge. */
bool otr_area_holds(const otr_area *area, double latitude, double longitude);
/* Metres: to the middle of a circle; to the edge of a polygon, 0 inside. */
double otr_area_distance_m(const otr_area *area, double latitude, double longitude);
/* Metres to the edge, 0 inside. */
double otr_area_outside_m(const otr_area *area, double latitude, double longitude);
bool otr_area_same(const otr_area *a, const otr_area *b);
/* For finding the state of the same area again. */
uint64_t otr_area_hash(uint64_t seed, const otr_area *area);

/* Metres from a point to the line from a to b, straight in degrees, the short way round; *share (may be NULL)
 * is where on the line the nearest point lies, 0 at a to 1 at b. */
double otr_geo_line_m(otr_geo_point a, otr_geo_point b, double latitude, double longitude, double *share);

#endif
