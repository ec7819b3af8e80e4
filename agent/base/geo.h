/* Distances and directions on a sphere of the Earth's mean radius; within 0.5 % of the geodesic of WGS 84. */
#ifndef OTR_BASE_GEO_H
#define OTR_BASE_GEO_H

/* Great circle between two points in degrees, the short way round; metres. */
double otr_geo_distance_m(double latitude1, double longitude1, double latitude2, double longitude2);
/* The direction in which the great circle leaves the first point, degrees clockwise from north in [0, 360);
 * between equal points 0. */
double otr_geo_bearing_degrees(double latitude1, double longitude1, double latitude2, double longitude2);

#endif
