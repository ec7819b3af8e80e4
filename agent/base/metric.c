#include "base/metric.h"

static const otr_metric catalogue[] = {
    {"acceleration", OTR_KIND_NUMBER, "m/s2", "magnitude of acceleration"},
    {"altitude", OTR_KIND_NUMBER, "m", "above mean sea level"},
    {"ambient_temperature", OTR_KIND_NUMBER, "Cel", "of the air around"},
    {"battery", OTR_KIND_NUMBER, "%EL", "charge left"},
    {"battery_voltage", OTR_KIND_NUMBER, "V", "voltage of the device's own battery"},
    {"coolant_temperature", OTR_KIND_NUMBER, "Cel", "engine coolant"},
    {"door", OTR_KIND_BOOL, "", "true while the door is open"},
    {"dtc", OTR_KIND_TEXT, "", "diagnostic trouble codes, separated by blanks"},
    {"fault", OTR_KIND_TEXT, "", "fault code"},
    {"fix", OTR_KIND_BOOL, "", "true when the position is current"},
    {"humidity", OTR_KIND_NUMBER, "%RH", "relative humidity"},
    {"light", OTR_KIND_NUMBER, "lx", "illuminance"},
    {"location", OTR_KIND_LOCATION, "", "WGS 84 latitude and longitude"},
    {"pressure", OTR_KIND_NUMBER, "Pa", "air pressure"},
    {"shock", OTR_KIND_NUMBER, "g", "peak acceleration"},
    {"signal", OTR_KIND_NUMBER, "dBm", "received signal strength"},
    {"speed", OTR_KIND_NUMBER, "m/s", "over ground"},
    {"stock", OTR_KIND_NUMBER, "count", "items left"},
    {"temperature", OTR_KIND_NUMBER, "Cel", "of what the device watches"},
    {"tilt", OTR_KIND_NUMBER, "deg", "from upright"},
    {"voltage", OTR_KIND_NUMBER, "V", "supply voltage"},
    {"weight", OTR_KIND_NUMBER, "kg", "of the goods"},
};
enum { CATALOGUE = sizeof catalogue / sizeof catalogue[0] };

const otr_metric *otr_metric_list(size_t *count)
{
    *count = CATALOGUE;
    return catalogue;
}

const otr_metric *otr_metric_find(otr_str name)
{
    size_t low = 0;
    size_t high = CATALOGUE;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = otr_str_compare(otr_str_of(catalogue[middle].name), name);
        if (order == 0)
            return &catalogue[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
