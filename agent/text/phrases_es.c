/* Spanish. Roles are named by what they do, so that no gender is guessed. */
#include "text/phrases_table.h"

static otr_phrase_row why = {"Recibe este mensaje porque figura como contacto de {{ asset }}."};
static otr_phrase_row why_persona = {
    "Recibe este mensaje porque figura como contacto de {{ asset }} ({{ persona }})."};
static otr_phrase_row sure = {
    "Nuestros datos cubren el {{ coverage }} de este tiempo, así que puede habérsenos escapado algo."};
static otr_phrase_row next = {"Volverá a tener noticias nuestras, a más tardar: {{ next }}."};
static otr_phrase_row fault_ours = {"Fue culpa nuestra y le pedimos disculpas."};
static otr_phrase_row fault_carrier = {
    "Ocurrió mientras estaba a cargo del transportista. No se debe a nada que usted haya hecho."};
static otr_phrase_row fault_device = {
    "La causa parece estar en el propio dispositivo. No se debe a nada que usted haya hecho."};
static otr_phrase_row also = {"Además: {{ items }}."};

static otr_phrase_row still = {
    "{{ asset }}: aún no ha terminado. Continúa desde {{ onset }} y seguimos pendientes.",
    "{{ asset }}: aún no ha terminado, continúa desde {{ onset }}. Seguimos pendientes.",
    "{{ asset }}: continúa desde {{ onset }}",
};
static otr_phrase_row repeat = {
    "Un recordatorio, porque sigue abierto y una breve respuesta suya nos ayudaría: {{ text }}",
    "Recordatorio: {{ text }}",
    "Recordatorio: {{ text }}",
};
static otr_phrase_row escalated = {
    "{{ asset }}: nadie ha respondido desde {{ told }}, por eso le avisamos también a usted. {{ text }}",
    "Sin respuesta desde {{ told }}, por eso le avisamos también a usted: {{ text }}",
    "Aún sin respuesta: {{ text }}",
};
static otr_phrase_row retracted = {
    "{{ asset }}: lo que le comunicamos ({{ told }}) resultó no ser así. Le pedimos disculpas.",
    "{{ asset }}: lo que le comunicamos ({{ told }}) resultó no ser así. Le pedimos disculpas.",
    "{{ asset }}: falsa alarma, lo sentimos",
};
static otr_phrase_row digest = {
    ("{{ count | one: '# novedad' | many: '# de novedades' | other: '# novedades' }} desde {{ since }}: "
     "{{ items }}."),
    ("{{ count | one: '# novedad' | many: '# de novedades' | other: '# novedades' }} desde {{ since }}: "
     "{{ items }}"),
    "{{ count | one: '# novedad' | many: '# de novedades' | other: '# novedades' }} desde {{ since }}",
};
static otr_phrase_row flood = {
    ("{{ count | one: '# aviso' | many: '# de avisos' | other: '# avisos' }} del mismo tipo: {{ text }}. "
     "Probablemente hay una sola causa. Lo reunimos todo en un resumen, que recibirá a más tardar: {{ next "
     "}}."),
    ("{{ count | one: '# aviso' | many: '# de avisos' | other: '# avisos' }} del mismo tipo, probablemente "
     "una "
     "sola causa. Resumen a más tardar: {{ next }}. {{ text }}"),
    "{{ count | one: '# aviso' | many: '# de avisos' | other: '# avisos' }} del mismo tipo: {{ text }}",
};
static otr_phrase_row flood_over = {
    ("Ya ha terminado: {{ count | one: '# aviso' | many: '# de avisos' | other: '# avisos' }} del mismo tipo "
     "desde {{ since }}."),
    ("Ya ha terminado: {{ count | one: '# aviso' | many: '# de avisos' | other: '# avisos' }} del mismo tipo "
     "desde {{ since }}."),
    "Terminado: {{ count | one: '# aviso' | many: '# de avisos' | other: '# avisos' }} desde {{ since }}",
};
static otr_phrase_row blind_down = {
    ("Entre {{ from }} y {{ to }} no pudimos vigilar {{ items }} porque nuestro receptor estaba apagado. "
     "Revisaremos lo que los dispositivos hayan registrado en ese tiempo en cuanto llegue y le avisaremos si "
     "muestra algo."),
    "Entre {{ from }} y {{ to }} nuestro receptor estuvo apagado y no pudimos vigilar {{ items }}",
    "{{ interval }}: sin vigilancia",
};
static otr_phrase_row blind_lost = {
    ("Se han perdido las mediciones de {{ items }} entre {{ from }} y {{ to }}. No podemos decir qué ocurrió "
     "en "
     "ese tiempo y lo lamentamos."),
    "Entre {{ from }} y {{ to }} se han perdido mediciones y lo lamentamos: {{ items }}",
    "{{ interval }}: mediciones perdidas",
};

static otr_phrase_row confirm_help = {
    "Hemos recibido su petición de ayuda sobre {{ asset }}. Nuestro equipo ya la tiene, con prioridad alta.",
    "Hemos recibido su petición de ayuda sobre {{ asset }}. Nuestro equipo ya la tiene, con prioridad alta.",
    "{{ asset }}: petición de ayuda recibida",
};
static otr_phrase_row confirm_call = {
    "Nuestro equipo sabe que desea una llamada sobre {{ asset }} entre {{ from }} y {{ to }}.",
    "Nuestro equipo sabe que desea una llamada sobre {{ asset }} entre {{ from }} y {{ to }}.",
    "Llamada anotada: {{ interval }}",
};
static otr_phrase_row confirm_call_soon = {
    "Nuestro equipo sabe que desea una llamada sobre {{ asset }}.",
    "Nuestro equipo sabe que desea una llamada sobre {{ asset }}.",
    "{{ asset }}: llamada anotada",
};
static otr_phrase_row confirm_not_solved = {
    "Gracias por avisarnos. El caso de {{ asset }} vuelve a estar abierto y nuestro equipo lo sabe.",
    "Gracias por avisarnos. El caso de {{ asset }} vuelve a estar abierto y nuestro equipo lo sabe.",
    "{{ asset }}: caso abierto de nuevo",
};
static otr_phrase_row confirm_useful = {
    "Gracias. Nos alegra haberle servido de ayuda.",
    "Gracias. Nos alegra haberle servido de ayuda.",
    "Gracias, nos alegra haberle ayudado",
};
static otr_phrase_row confirm_known = {
    "Gracias. No volveremos a recordárselo.",
    "Gracias. No volveremos a recordárselo.",
    "Gracias, no volveremos a recordárselo",
};
static otr_phrase_row confirm_wrong = {
    "Gracias por avisarnos. Averiguaremos por qué le comunicamos esto sobre {{ asset }}.",
    "Gracias por avisarnos. Averiguaremos por qué le comunicamos esto sobre {{ asset }}.",
    "Gracias, lo revisaremos",
};
static otr_phrase_row confirm_late = {
    "Gracias por avisarnos. Averiguaremos por qué nuestro mensaje llegó tarde.",
    "Gracias por avisarnos. Averiguaremos por qué nuestro mensaje llegó tarde.",
    "Gracias, revisaremos el retraso",
};
static otr_phrase_row confirm_stop = {
    "Ya no recibirá mensajes sobre «{{ category }}». Puede volver a activarlos cuando quiera.",
    "Ya no recibirá mensajes sobre «{{ category }}». Puede volver a activarlos cuando quiera.",
    "Ya no recibirá mensajes: {{ category }}",
};
static otr_phrase_row confirm_stop_until = {
    "No recibirá mensajes sobre «{{ category }}» hasta {{ until }}.",
    "No recibirá mensajes sobre «{{ category }}» hasta {{ until }}.",
    "{{ category }}: en pausa hasta {{ until }}",
};
static otr_phrase_row confirm_stop_all = {
    "Ya no recibirá mensajes nuestros, salvo avisos urgentes. Puede volver a activarlos cuando quiera.",
    "Ya no recibirá mensajes nuestros, salvo avisos urgentes. Puede volver a activarlos cuando quiera.",
    "Mensajes desactivados, salvo avisos urgentes",
};
static otr_phrase_row confirm_stop_all_until = {
    "No recibirá mensajes nuestros hasta {{ until }}, salvo avisos urgentes.",
    "No recibirá mensajes nuestros hasta {{ until }}, salvo avisos urgentes.",
    "En pausa hasta {{ until }}, salvo avisos urgentes",
};
static otr_phrase_row confirm_resume = {
    "Vuelve a recibir los mensajes sobre «{{ category }}».",
    "Vuelve a recibir los mensajes sobre «{{ category }}».",
    "Activados de nuevo: {{ category }}",
};
static otr_phrase_row confirm_resume_all = {
    "Vuelve a recibir nuestros mensajes.",
    "Vuelve a recibir nuestros mensajes.",
    "Vuelve a recibir nuestros mensajes",
};
static otr_phrase_row confirm_my_data = {
    "Esto es lo que tenemos guardado sobre usted: {{ items }}.",
    "Esto es lo que tenemos guardado sobre usted: {{ items }}",
    "Lo que tenemos guardado sobre usted",
};
static otr_phrase_row confirm_forget_me = {
    "Estamos borrando lo que tenemos guardado sobre usted. No recibirá más mensajes nuestros.",
    "Estamos borrando lo que tenemos guardado sobre usted. No recibirá más mensajes nuestros.",
    "Estamos borrando sus datos",
};

static otr_phrase_row promised = {
    "{{ asset }}: nuestro equipo le promete lo siguiente: {{ items }}.",
    "{{ asset }}: nuestro equipo le promete lo siguiente: {{ items }}",
    "Prometido: {{ items }}",
};
static otr_phrase_row promise_item = {"{{ what }}, a más tardar: {{ by }}"};
static otr_phrase_row promise_moved = {
    ("{{ asset }}: lo que le prometimos será a más tardar {{ by }}, en lugar de {{ before }}: {{ what }}. Le "
     "pedimos disculpas por el cambio."),
    "{{ asset }}: ahora a más tardar {{ by }}, en lugar de {{ before }}, lo sentimos: {{ what }}",
    "Nueva hora, {{ by }}: {{ what }}",
};
static otr_phrase_row promise_kept = {
    "{{ asset }}: hecho, como le prometimos: {{ what }}.",
    "{{ asset }}: hecho, como le prometimos: {{ what }}",
    "Hecho, como prometido: {{ what }}",
};
static otr_phrase_row promise_late = {
    "{{ asset }}: hecho, aunque más tarde de lo que le prometimos: {{ what }}. Lo sentimos.",
    "{{ asset }}: hecho, más tarde de lo prometido, lo sentimos: {{ what }}",
    "Hecho, con retraso: {{ what }}",
};
static otr_phrase_row promise_missed = {
    ("{{ asset }}: no hemos cumplido lo que le prometimos, a más tardar {{ by }}: {{ what }}. Le pedimos "
     "disculpas. No lo hemos olvidado."),
    "{{ asset }}: prometido a más tardar {{ by }} y no cumplido, lo sentimos: {{ what }}",
    "No cumplido a tiempo, lo sentimos: {{ what }}",
};
static otr_phrase_row promise_owed = {
    "{{ asset }}: aún le debemos esto: {{ what }}. Lamentamos que tarde tanto.",
    "{{ asset }}: aún pendiente, lo sentimos: {{ what }}",
    "Aún pendiente, lo sentimos: {{ what }}",
};
static otr_phrase_row resolved = {
    "{{ asset }}: nuestro equipo se ha ocupado de ello y, por lo que sabemos, está resuelto.",
    "{{ asset }}: nuestro equipo se ha ocupado de ello y, por lo que sabemos, está resuelto.",
    "{{ asset }}: resuelto, por lo que sabemos",
};
static otr_phrase_row resolved_ask = {"Si para usted no está resuelto, díganoslo y volveremos a revisarlo."};
static otr_phrase_row reopened = {
    "{{ asset }}: al final no está resuelto y nuestro equipo lo está revisando de nuevo.",
    "{{ asset }}: al final no está resuelto y nuestro equipo lo está revisando de nuevo.",
    "{{ asset }}: lo revisamos de nuevo",
};
static otr_phrase_row remedy = {
    "{{ asset }}: nuestro equipo ha tomado una medida para remediarlo.",
    "{{ asset }}: nuestro equipo ha tomado una medida para remediarlo.",
    "{{ asset }}: hemos tomado una medida",
};
static otr_phrase_row confirm_solved = {
    "Gracias. Nos alegra que para usted esté resuelto.",
    "Gracias. Nos alegra que para usted esté resuelto.",
    "Gracias, nos alegra que esté resuelto",
};
static otr_phrase_row callback = {"una llamada nuestra"};
static otr_phrase_row replacement = {"una sustitución"};
static otr_phrase_row visit = {"una visita"};
static otr_phrase_row refund = {"un reembolso"};
static otr_phrase_row agreed = {"el servicio acordado"};

static otr_phrase_row ask_satisfaction = {
    ("{{ asset }}: este caso está cerrado. Pensando en {{ text }}: ¿cuál es su satisfacción, de "
     "{{ least }} (ninguna) a {{ most }} (mucha)? La respuesta es voluntaria."),
    ("{{ asset }}: cerrado. ¿Cómo valora su satisfacción, de {{ least }} (ninguna) a {{ most }} "
     "(mucha)? La respuesta es voluntaria."),
    "{{ asset }}: ¿satisfacción, de {{ least }} a {{ most }}?",
};
static otr_phrase_row ask_effort = {
    ("{{ asset }}: este caso está cerrado. Pensando en {{ text }}: ¿le resultó fácil, de "
     "{{ least }} (muy difícil) a {{ most }} (muy fácil)? La respuesta es voluntaria."),
    ("{{ asset }}: cerrado. ¿Le resultó fácil, de {{ least }} (muy difícil) a {{ most }} (muy "
     "fácil)? La respuesta es voluntaria."),
    "{{ asset }}: ¿le resultó fácil, de {{ least }} a {{ most }}?",
};
static otr_phrase_row ask_nps = {
    ("{{ asset }}: este caso está cerrado. Pensando en {{ text }}: ¿nos recomendaría, de "
     "{{ least }} (nunca) a {{ most }} (seguro)? La respuesta es voluntaria."),
    ("{{ asset }}: cerrado. ¿Nos recomendaría, de {{ least }} (nunca) a {{ most }} (seguro)? La "
     "respuesta es voluntaria."),
    "¿Nos recomendaría, de {{ least }} a {{ most }}?",
};
static otr_phrase_row ask_reason = {
    ("{{ asset }}: sentimos que no fuera mejor. ¿Qué falló? Si lo desea, elija lo que mejor "
     "encaje: {{ items }}."),
    "{{ asset }}: lo sentimos. ¿Qué falló? {{ items }}",
    "{{ asset }}: ¿qué falló?",
};
static otr_phrase_row confirm_score = {
    "Gracias por su respuesta. Nos ayuda a mejorar.",
    "Gracias por su respuesta. Nos ayuda a mejorar.",
    "Gracias por su respuesta",
};
static otr_phrase_row asked_consignee = {"cómo le hemos informado sobre su entrega"};
static otr_phrase_row asked_shipper = {"cómo hemos cuidado de su envío"};
static otr_phrase_row asked_pharmacist = {"cómo hemos cuidado de sus medicamentos"};
static otr_phrase_row asked_fleet_manager = {"cómo hemos cuidado de su vehículo"};
static otr_phrase_row asked_driver = {"cómo le hemos ayudado en el camino"};
static otr_phrase_row asked_householder = {"cómo hemos cuidado de su hogar"};
static otr_phrase_row asked_anybody = {"cómo lo hemos tratado"};
static otr_phrase_row reason_late = {"demasiado tarde"};
static otr_phrase_row reason_unclear = {"difícil de entender"};
static otr_phrase_row reason_not_solved = {"no resuelto"};
static otr_phrase_row reason_had_to_repeat = {"tuve que repetirlo"};
static otr_phrase_row reason_too_many = {"demasiados mensajes"};

static otr_phrase_row status_fine = {
    "{{ asset }}: todo está bien, según nuestros datos.",
    "{{ asset }}: todo está bien, según nuestros datos.",
    "{{ asset }}: todo bien, según nuestros datos",
};
static otr_phrase_row status_case = {
    "{{ asset }}: abierto desde {{ since }}. {{ text }}.",
    "{{ asset }}: abierto desde {{ since }}. {{ text }}",
    "{{ asset }}: abierto desde {{ since }}",
};
static otr_phrase_row status_no_data = {
    "{{ asset }}: todavía no tenemos datos.",
    "{{ asset }}: todavía no tenemos datos.",
    "{{ asset }}: todavía sin datos",
};
static otr_phrase_row status_place = {"Lugar: {{ place }}."};
static otr_phrase_row status_temperature = {"Temperatura: {{ temperature }}."};
static otr_phrase_row status_bump = {"Último golpe: {{ bump }}."};
static otr_phrase_row status_no_bump = {"Ningún golpe registrado."};
static otr_phrase_row status_eta = {"Llegada prevista: {{ eta }}, con un margen de {{ error }}."};
static otr_phrase_row status_data = {"Últimos datos: {{ at }}."};
static otr_phrase_row status_coverage = {"Tiempo cubierto por los datos: {{ coverage }}."};

static otr_phrase_row data_language = {"idioma: {{ language }}"};
static otr_phrase_row data_zone = {"zona horaria: {{ zone }}"};
static otr_phrase_row data_channels = {"le contactamos por: {{ items }}"};
static otr_phrase_row data_quiet = {"horas de silencio: {{ from }}–{{ to }}"};
static otr_phrase_row data_budget = {
    ("como máximo {{ day | one: '# mensaje' | many: '# de mensajes' | other: '# mensajes' }} al día y "
     "{{ week | one: '# mensaje' | many: '# de mensajes' | other: '# mensajes' }} a la semana")};
static otr_phrase_row data_stopped = {"desactivado: {{ items }}"};
static otr_phrase_row data_stopped_all = {"todos los mensajes están desactivados, salvo los avisos urgentes"};
static otr_phrase_row data_sent = {("contados para ello en los últimos siete días: {{ count | one: '# "
                                    "mensaje' | many: '# de mensajes' | other: '# mensajes' }}")};
static otr_phrase_row data_open = {
    "{{ count | one: '# asunto abierto' | many: '# de asuntos abiertos' | other: '# asuntos abiertos' }}"};

static otr_phrase_row consignee = {"recepción"};
static otr_phrase_row shipper = {"envío"};
static otr_phrase_row pharmacist = {"farmacia"};
static otr_phrase_row fleet_manager = {"gestión de flota"};
static otr_phrase_row driver = {"conducción"};
static otr_phrase_row householder = {"hogar"};

const char *const *const otr_phrases_es[OTR_PHRASES] = {OTR_PHRASE_LIST(OTR_PHRASE_ENTRY)};
