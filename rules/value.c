#include "rules/value.h"

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
