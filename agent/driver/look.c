/* What others may see of the core: the driver lends it out for as long as a call lasts. */
#include "driver/internal.h"

#include "core/asset/assigned.h"

size_t otr_driver_device_count(const otr_driver *driver)
{
    return otr_core_device_count(driver->core);
}

size_t otr_driver_unreceived_tickets(const otr_driver *driver)
{
    return otr_core_unreceived_tickets(driver->core);
}

size_t otr_driver_open_alarms(const otr_driver *driver)
{
    return otr_core_open_alarms(driver->core);
}

void otr_driver_alarms(const otr_driver *driver, void (*each)(void *context, const otr_alarm_view *alarm),
                       void *context)
{
    otr_core_alarms(driver->core, each, context);
}

void otr_driver_cases(const otr_driver *driver, void (*each)(void *context, const otr_case_view *one),
                      void *context)
{
    otr_core_cases(driver->core, each, context);
}

bool otr_driver_is_active(const otr_driver *driver, otr_str slot, otr_str hash)
{
    return otr_str_equal(otr_core_content_hash(driver->core, slot), hash);
}

bool otr_driver_names_zone(const otr_driver *driver, otr_str zone)
{
    return otr_assigned_names_zone(driver->core, zone);
}

otr_status otr_driver_check_assignment(const otr_driver *driver, otr_str asset, const otr_assignments *loaded,
                                       otr_error *error)
{
    return otr_assigned_check(driver->core, asset, loaded, error);
}

void otr_driver_assigned(const otr_driver *driver, void (*each)(void *context, const otr_assigned_view *one),
                         void *context)
{
    otr_core_assigned(driver->core, each, context);
}

void otr_driver_devices(otr_driver *driver, uint32_t from, void *context,
                        bool (*each)(void *context, const otr_device_view *device))
{
    bool synced;
    otr_driver_read_clock(driver);
    synced = driver->sample.quality == OTR_CLOCK_SYNCED;
    otr_core_devices(driver->core, from, synced ? driver->sample.utc : OTR_TIME_NONE, context, each);
}

bool otr_driver_knows_customer(const otr_driver *driver, otr_str customer)
{
    return otr_core_knows_customer(driver->core, customer);
}

void otr_driver_points(const otr_driver *driver, void (*each)(void *context, const otr_point_view *point),
                       void *context)
{
    otr_core_points(driver->core, each, context);
}

otr_alarm_figures otr_driver_alarm_figures(otr_driver *driver)
{
    otr_driver_read_clock(driver);
    return otr_core_figures(driver->core, driver->core_now);
}

void otr_driver_source(const otr_driver *driver, otr_point_key key, otr_point_view *out)
{
    otr_core_source(driver->core, key, out);
}

size_t otr_driver_open_commands(const otr_driver *driver)
{
    return otr_core_open_commands(driver->core);
}

otr_question_figures otr_driver_questions(const otr_driver *driver, otr_question_kind kind)
{
    return otr_questions_figures(driver->core, kind);
}

size_t otr_driver_outbox_depth(const otr_driver *driver)
{
    size_t in_store = driver->window.waiting_rows;
    for (int i = 0; i < OTR_OUTBOX_CLASSES && in_store == 0; i++)
        in_store = driver->window.waiting[i] ? 1 : 0; /* how many is not known before they are read */
    return driver->window.count + in_store;
}

int64_t otr_driver_pack_version(const otr_driver *driver, otr_str slot)
{
    return otr_core_pack_version(driver->core, slot);
}

void otr_driver_active(const otr_driver *driver, void (*each)(void *context, otr_str slot, otr_str hash),
                       void *context)
{
    otr_core_contents(driver->core, each, context);
}
