/* How readers know the categories of the shipped packs, as in "no more messages about “…”". */
#include "text/locale_table.h"

static const struct {
    const char *slug;
    const char *names[OTR_LANGUAGES];
} rows[] = {
    {"advice", {"advice", "Ratschläge", "consejos", "conseils", "建议"}},
    {"arrival", {"arrival", "Ankunft", "llegada", "arrivée", "到达"}},
    {"battery", {"battery", "Batterie", "batería", "batterie", "电池"}},
    {"cold-chain",
     {"cooling on the way", "Kühlung unterwegs", "frío durante el viaje", "froid en route", "运输冷藏"}},
    {"cooling", {"cooling", "Kühlung", "refrigeración", "refroidissement", "制冷"}},
    {"delay", {"delays", "Verspätungen", "retrasos", "retards", "延误"}},
    {"device-health",
     {"the device itself", "das Gerät selbst", "el propio aparato", "l’appareil lui-même", "设备状态"}},
    {"door", {"doors", "Türen", "puertas", "portes", "门"}},
    {"dwell", {"long stops", "lange Standzeiten", "paradas largas", "arrêts prolongés", "停留过久"}},
    {"engine", {"the engine", "Motor", "motor", "moteur", "发动机"}},
    {"fault", {"faults", "Störungen", "averías", "pannes", "故障"}},
    {"filter", {"filters", "Filter", "filtros", "filtres", "滤网"}},
    {"fuel", {"fuel", "Kraftstoff", "combustible", "carburant", "燃油"}},
    {"handling",
     {"knocks and falls", "Stöße und Stürze", "golpes y caídas", "chocs et chutes", "磕碰和跌落"}},
    {"ice", {"ice", "Eis", "hielo", "givre", "结冰"}},
    {"journey", {"the journey", "Reise", "viaje", "trajet", "行程"}},
    {"opening", {"opening", "Öffnen", "apertura", "ouverture", "开启"}},
    {"questions", {"our questions", "unsere Fragen", "nuestras preguntas", "nos questions", "我们的提问"}},
    {"reefer", {"the cooling unit", "Kühlaggregat", "equipo de frío", "groupe frigorifique", "制冷机组"}},
    {"route", {"the route", "Route", "ruta", "itinéraire", "路线"}},
    {"service", {"our service", "unseren Dienst", "nuestro servicio", "notre service", "我们的服务"}},
    {"stock", {"stock", "Vorräte", "existencias", "stocks", "库存"}},
    {"stop", {"stops on the way", "Zwischenhalte", "escalas", "étapes", "中途停靠"}},
};

otr_str otr_locale_category(const otr_locale *locale, otr_str slug)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (otr_str_is(slug, rows[i].slug))
            return otr_str_of(rows[i].names[locale->language]);
    return slug;
}
