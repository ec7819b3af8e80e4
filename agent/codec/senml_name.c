/* How a SenML name splits into the device that reports and the path of its metric. */
#include "codec/senml.h"

#include "base/limits.h"

/* Longer than any device with any metric that the limits allow. */
enum { NAME_BYTES_MAX = 256 };

static bool alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool separator(char c)
{
    return c == '/' || c == ':';
}

/* RFC 8428 section 4.5.1; LwM2M besides begins its paths with '/'. */
static bool charset_ok(otr_str name)
{
    bool path = name.size > 1 && name.data[0] == '/' && name.data[1] >= '0' && name.data[1] <= '9';
    if (name.size == 0 || (!alphanumeric(name.data[0]) && !path))
        return false;
    for (size_t i = 1; i < name.size; i++)
        if (!alphanumeric(name.data[i]) && (name.data[i] == '\0' || strchr("-:./_", name.data[i]) == NULL))
            return false;
    return true;
}

static otr_status join(otr_senml *s, otr_str base, otr_str name, otr_str *out)
{
    if (base.size + name.size == 0)
        return otr_fail(s->error, OTR_INVALID, "neither n nor bn names it");
    if (base.size + name.size > NAME_BYTES_MAX)
        return otr_fail(s->error, OTR_LIMIT, "a name of %zu bytes is over the limit of %d",
                        base.size + name.size, NAME_BYTES_MAX);
    if (!s->transient && (base.size == 0 || name.size == 0)) {
        *out = base.size == 0 ? name : base;
        return OTR_OK;
    }
    char *joined = otr_arena_alloc(s->arena, base.size + name.size);
    if (joined == NULL)
        return otr_fail(s->error, OTR_MEMORY, "out of memory");
    if (base.size > 0)
        memcpy(joined, base.data, base.size);
    if (name.size > 0)
        memcpy(joined + base.size, name.data, name.size);
    *out = (otr_str){joined, base.size + name.size};
    return OTR_OK;
}

static otr_str after(otr_str text, size_t size)
{
    return (otr_str){text.data + size, text.size - size};
}

/* text without prefix and one separator behind it; false when it does not begin so. */
static bool strip(otr_str text, otr_str prefix, otr_str *rest)
{
    if (text.size <= prefix.size || !otr_str_starts(text, prefix) || !separator(text.data[prefix.size]))
        return false;
    *rest = after(text, prefix.size + 1);
    return true;
}

/* urn:dev:KIND:IDENTITY:metric, RFC 9039; the identity may also be the whole urn. */
static bool strip_urn(otr_str text, otr_str identity, otr_str *rest)
{
    otr_str urn = OTR_STR("urn:dev:");
    if (!otr_str_starts(text, urn))
        return false;
    otr_str kind = after(text, urn.size);
    const char *colon = memchr(kind.data, ':', kind.size);
    return colon != NULL && strip(after(kind, (size_t)(colon - kind.data) + 1), identity, rest);
}

/* What looks like the device in name: up to the first '/', or without one up to the last ':'; cut for a
 * message. */
static otr_str device_part(otr_str name)
{
    const char *end = memchr(name.data, '/', name.size);
    if (end == NULL)
        end = memrchr(name.data, ':', name.size);
    size_t size = end != NULL ? (size_t)(end - name.data) : 0;
    return (otr_str){name.data, size < OTR_LIMIT_DEVICE_NAME_BYTES ? size : OTR_LIMIT_DEVICE_NAME_BYTES};
}

static otr_status split_known(otr_senml *s, otr_str name, otr_str *path)
{
    if (strip(name, s->identity, path) || strip_urn(name, s->identity, path))
        return OTR_OK;
    *path = name;
    if (otr_str_equal(name, s->identity))
        return otr_fail(s->error, OTR_INVALID, "the name has no metric");
    if (otr_name_is_ipso(name))
        return OTR_OK;
    otr_str other = device_part(name);
    if (other.size == 0)
        return OTR_OK;
    return otr_fail(s->error, OTR_DENIED, "reports as %.*s, but this session is %.*s", OTR_STR_ARG(other),
                    OTR_STR_ARG(s->identity));
}

static otr_status no_device(otr_senml *s)
{
    return otr_fail(s->error, OTR_INVALID, "the name has no device; send DEVICE/METRIC");
}

static otr_status split_unknown(otr_senml *s, otr_str name, otr_str *path)
{
    const char *slash = memchr(name.data, '/', name.size);
    if (slash == NULL || slash == name.data)
        return no_device(s);
    *path = after(name, (size_t)(slash - name.data) + 1);
    if (otr_name_is_ipso(name) && !otr_name_is_ipso(*path)) /* devices may be called by a number, too */
        return no_device(s);
    otr_str device = {name.data, (size_t)(slash - name.data)};
    if (!otr_device_name_ok(device))
        return otr_fail(s->error, OTR_INVALID, "%.*s is no device name",
                        device.size < 64 ? (int)device.size : 64, name.data);
    if (s->device.size == 0)
        s->device = device;
    else if (!otr_str_equal(s->device, device))
        return otr_fail(s->error, OTR_INVALID, "reports as %.*s, the records before it as %.*s",
                        OTR_STR_ARG(device), OTR_STR_ARG(s->device));
    return OTR_OK;
}

otr_status otr_senml_name_resolve(otr_senml *s, otr_str base, otr_str name, otr_str unit, otr_senml_name *out)
{
    otr_str joined = {NULL, 0};
    otr_str path = {NULL, 0};
    otr_status status = join(s, base, name, &joined);
    if (status != OTR_OK)
        return status;
    if (!charset_ok(joined))
        return otr_fail(s->error, OTR_INVALID,
                        "a name has letters, digits and - : . / _ only and begins with a letter "
                        "or digit");
    status = s->identity.size > 0 ? split_known(s, joined, &path) : split_unknown(s, joined, &path);
    if (status != OTR_OK)
        return status;
    out->base = base;
    out->name = name;
    return otr_metric_name_resolve(s->arena, path, unit, &out->meaning, s->error);
}
