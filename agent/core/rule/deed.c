#include "core/rule/deed.h"

#include <stdarg.h>
#include <stdio.h>

enum { BYTES = OTR_DEED_REASON_BYTES };

bool otr_deed_refuse(char reason[BYTES], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(reason, BYTES, format, arguments);
    va_end(arguments);
    return false;
}

static bool find_device(const otr_asset *asset, otr_str role, uint32_t *device, char reason[BYTES])
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < asset->device_count; i++) {
        if (role.size > 0 && !otr_str_equal(asset->roles[i], role))
            continue;
        *device = i;
        found++;
    }
    if (found == 1)
        return true;
    if (role.size > 0)
        return otr_deed_refuse(reason, "%s device of %.*s has the role %.*s",
                               found == 0 ? "no" : "more than one", OTR_STR_ARG(asset->id),
                               OTR_STR_ARG(role));
    return found == 0 ? otr_deed_refuse(reason, "%.*s has no device", OTR_STR_ARG(asset->id))
                      : otr_deed_refuse(reason, "%.*s has several devices and the rule names no role",
                                        OTR_STR_ARG(asset->id));
}

bool otr_deed_takes(const otr_asset *asset, otr_str name, const otr_value *value, char reason[BYTES])
{
    const otr_profile *profile = asset->profile;
    const otr_profile_command *command = profile != NULL ? otr_profile_command_find(profile, name) : NULL;
    if (profile == NULL)
        return otr_deed_refuse(reason, "%.*s has no profile that allows commands", OTR_STR_ARG(asset->id));
    if (command == NULL)
        return otr_deed_refuse(reason, "the profile %.*s has no command %.*s", OTR_STR_ARG(profile->name),
                               OTR_STR_ARG(name));
    if (command->type != value->type)
        return otr_deed_refuse(reason, "%.*s of the profile %.*s takes %s", OTR_STR_ARG(name),
                               OTR_STR_ARG(profile->name),
                               command->type == OTR_TYPE_BOOL ? "true or false" : "a number");
    if (command->type == OTR_TYPE_DOUBLE &&
        !(value->number >= command->low && value->number <= command->high))
        return otr_deed_refuse(reason, "%.*s = %g is outside %g to %g of the profile %.*s", OTR_STR_ARG(name),
                               value->number, command->low, command->high, OTR_STR_ARG(profile->name));
    return true;
}

bool otr_deed_allowed(const otr_asset *asset, const otr_deed *deed, uint32_t *device, char reason[BYTES])
{
    return find_device(asset, deed->role, device, reason) &&
           otr_deed_takes(asset, deed->command, &deed->value, reason);
}
