#include "rules/cel/operate.h"

const char *otr_type_text(otr_type type)
{
    switch (type) {
    case OTR_TYPE_DYN:
        return "dyn";
    case OTR_TYPE_NULL:
        return "null";
    case OTR_TYPE_BOOL:
        return "bool";
    case OTR_TYPE_INT:
        return "int";
    case OTR_TYPE_UINT:
        return "uint";
    case OTR_TYPE_DOUBLE:
        return "double";
    case OTR_TYPE_STRING:
        return "string";
    case OTR_TYPE_BYTES:
        return "bytes";
    case OTR_TYPE_TIMESTAMP:
        return "timestamp";
    case OTR_TYPE_DURATION:
        return "duration";
    case OTR_TYPE_LIST:
        return "list";
    case OTR_TYPE_MAP:
        return "map";
    case OTR_TYPE_TYPE:
        return "type";
    case OTR_TYPE_LOCATION:
        return "location";
    }
    return "unknown";
}

const char *otr_type_phrase(otr_type type)
{
    switch (type) {
    case OTR_TYPE_DYN:
        return "a dyn";
    case OTR_TYPE_NULL:
        return "null";
    case OTR_TYPE_BOOL:
        return "a bool";
    case OTR_TYPE_INT:
        return "an int";
    case OTR_TYPE_UINT:
        return "a uint";
    case OTR_TYPE_DOUBLE:
        return "a double";
    case OTR_TYPE_STRING:
        return "a string";
    case OTR_TYPE_BYTES:
        return "bytes";
    case OTR_TYPE_TIMESTAMP:
        return "a timestamp";
    case OTR_TYPE_DURATION:
        return "a duration";
    case OTR_TYPE_LIST:
        return "a list";
    case OTR_TYPE_MAP:
        return "a map";
    case OTR_TYPE_TYPE:
        return "a type";
    case OTR_TYPE_LOCATION:
        return "a location";
    }
    return "of an unknown type";
}
