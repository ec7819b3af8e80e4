/* The way that an asset is to go: a line from the origin over its stops to the destination. Immutable; its
 * maker owns what it points to. */
#ifndef OTR_CORE_ROUTE_H
#define OTR_CORE_ROUTE_H

#include "base/area.h"
#include "base/time.h"

#include <stddef.h>

typedef struct otr_route_stop {
    otr_area area;
    double along_m;     /* where on the line it lies */
    otr_time dwell;     /* that is planned; 0: none */
    otr_time dwell_max; /* 0: not said */
} otr_route_stop;

typedef struct otr_route {
    const otr_geo_point *line; /* at least 2 */
    const double *along_m;     /* of each point, from the origin */
    size_t line_count;
    const otr_route_stop *stops; /* by along_m; the first is the origin, the last the destination */
    size_t stop_count;
    double length_m;   /* of the line, more than 0 */
    double corridor_m; /* to each side of the line */
    double speed_mps;  /* planned; 0: not said */
} otr_route;

/* Where a position lies beside a part of the line. */
typedef struct otr_route_spot {
    double along_m;
    double off_m;
} otr_route_spot;

/* The nearest spot of the part between the two distances from the origin, the first of equal ones. */
otr_route_spot otr_route_nearest(const otr_route *route, double from_m, double to_m, double latitude,
                                 double longitude);
/* NULL is like NULL alone. */
bool otr_route_same(const otr_route *a, const otr_route *b);
uint64_t otr_route_hash(uint64_t seed, const otr_route *route);

#endif
