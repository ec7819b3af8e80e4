#include "base/geo.h"

#include <math.h>

/* Mean radius of the Earth, IUGG: (2a + b) / 3 of WGS 84. */
static const double earth_radius_m = 6371008.8;
static const double radians_per_degree = 3.14159265358979323846 / 180;

/* Haversine: sound for metres as well as for antipodes. */
double otr_geo_distance_m(double latitude1, double longitude1, double latitude2, double longitude2)
{
    double half_latitude = (latitude2 - latitude1) * radians_per_degree / 2;
    double half_longitude = (longitude2 - longitude1) * radians_per_degree / 2;
    double a = sin(half_latitude) * sin(half_latitude) + cos(latitude1 * radians_per_degree) *
                                                             cos(latitude2 * radians_per_degree) *
                                                             sin(half_longitude) * sin(half_longitude);
    return 2 * earth_radius_m * asin(fmin(1, sqrt(a)));
}

double otr_geo_bearing_degrees(double latitude1, double longitude1, double latitude2, double longitude2)
{
    double from = latitude1 * radians_per_degree;
    double to = latitude2 * radians_per_degree;
    double turn = (longitude2 - longitude1) * radians_per_degree;
    double east = sin(turn) * cos(to);
    double north = cos(from) * sin(to) - sin(from) * cos(to) * cos(turn);
    double bearing = atan2(east, north) / radians_per_degree;
    if (bearing < 0)
        bearing += 360;
    /* A tiny negative angle rounds up to the full turn. */
    return bearing < 360 ? bearing + 0.0 : 0;
}
