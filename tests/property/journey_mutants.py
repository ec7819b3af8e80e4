"""Mistakes in following a route that tests must notice; see mutants.py."""


def row(test, file, what, old, new, long=False):
    return {"test": test, "file": file, "what": what, "old": old, "new": new, "long": long}


WINDOW = "test_window_route"
AREA = "test_base_area"
ROUTE = "agent/core/window/window_route.c"
STILL = "agent/core/window/window_still.c"
PLACE = "agent/base/area.c"

ROWS = [
    row(WINDOW, ROUTE, "a stop is left at the edge of its fence", "area->radius_m * leave_by + leave_beyond_m",
        "area->radius_m"),
    row(WINDOW, ROUTE, "one fix outside is a departure", "LEAVES_AFTER = 2", "LEAVES_AFTER = 1"),
    row(WINDOW, ROUTE, "how far it has come follows each fix",
        "double gained = fmax(0, ahead.along_m - self->along_m);", "double gained = ahead.along_m - self->along_m;"),
    row(WINDOW, ROUTE, "any fix is as far as it says", "jump_m + fmax(fastest_mps, 2 * route->speed_mps)",
        "1e7 + fmax(fastest_mps, 2 * route->speed_mps)"),
    row(WINDOW, ROUTE, "progress comes from outside the corridor", "if (ahead.off_m > route->corridor_m)",
        "if (ahead.off_m > 1e9)"),
    row(WINDOW, ROUTE, "the first place that holds the fix is where it is",
        "fabs(one->along_m - self->along_m) >= fabs(found->along_m - self->along_m)", "one->along_m > found->along_m"),
    row(WINDOW, ROUTE, "time that it stood counts as slow", "if (seconds > 0 && moved > moves_mps",
        "if (seconds > 0 && moved >= 0 * moves_mps"),
    row(WINDOW, ROUTE, "what is planned at stops is forgotten", "out->left_s = way_s + dwell_s;", "out->left_s = way_s;"),
    row(WINDOW, ROUTE, "the spread of the speed is none", "double spread = measured ?", "double spread = false ?"),
    row(WINDOW, ROUTE, "the destination is a stop", "return self->stop > 0 && !is_there(route, self);",
        "return self->stop > 0;"),
    row(WINDOW, ROUTE, "an overstay is not looked at again", "return latest == OTR_TIME_NEVER ? latest :",
        "return latest != 0 ? OTR_TIME_NEVER :"),
    row(WINDOW, ROUTE, "what it gained on leaving took no time", "if (self->outside == 0)\n            self->on_at",
        "if (true)\n            self->on_at"),
    row(WINDOW, STILL, "one bad fix is a move", "if (!near && self->away != 0)", "if (!near)"),
    row(WINDOW, STILL, "it stands where it strayed", "self->away != 0 ? 0 : now - self->since", "now - self->since"),
    row(AREA, PLACE, "a hole is inside", "inside = !inside;\n    return inside;\n}\n\nstatic double polygon_edge_m",
        "inside = true;\n    return inside;\n}\n\nstatic double polygon_edge_m"),
    row(AREA, PLACE, "the long way round", "return longitude - 360 * round(longitude / 360);", "return longitude;"),
    row(AREA, PLACE, "a line has no ends", "at = at > 0 ? fmin(at, 1) : 0;", "at = at > 0 ? at : 0;"),
]
