/* `outrider top`: the terminal, by ncursesw, and the broker, polled together. Orders are given by another
 * `outrider`. */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <curses.h>

#include "tools/outrider/fleet/listen.h"
#include "tools/outrider/fleet/top_screen.h"
#include "tools/outrider/verbs.h"

enum { FRAME_MS = 200, SECOND_MS = 1000, ARGUMENTS = 24 };

static const char usage[] =
    "usage: outrider top [options]\n"
    "\n"
    "All gateways of a broker on one screen that stays true, trouble first: gateways that are gone or "
    "unwell,\n"
    "alarms that stand, tickets, assets, news; of a case its curve and what happened. 80x24 and up.\n"
    "\n"
    "  arrows j k PgUp PgDn Home End    choose         1 to 6, Tab   pages\n"
    "  Enter   the case of an alarm or ticket          q, Esc        back; q on a page ends\n"
    "  a       acknowledge                             s             shelve for an hour\n"
    "\n"
    "a and s ask once more, and are signed with the operator_key of the context, or:\n"
    "\n"
    "  --as KEYFILE    the operator's key\n";

typedef struct ui {
    otr_broker broker;
    otr_board board;
    otr_top top;
    otr_screen screen;
    otr_listener *listener;
    pid_t child; /* that gives an order; 0: none */
    int said;    /* what it says; -1: none */
    bool failed;
    bool dirty;
} ui;

static void take(void *context, const otr_mqtt_message *message)
{
    ui *u = context;
    u->failed |= otr_board_take(&u->board, message->topic, message->content_type, message->payload) != OTR_OK;
}

/* ---- orders ---- */

static void add(const char **arguments, int *count, const char *name, const char *value)
{
    if (value == NULL)
        return;
    arguments[(*count)++] = name;
    arguments[(*count)++] = value;
}

static void run_order(const ui *u, const otr_top_order *order)
{
    const char *arguments[ARGUMENTS] = {"outrider", order->shelves ? "shelve" : "ack", order->alarm};
    char group[OTR_BOARD_NAME_BYTES];
    int count = 3;
    (void)snprintf(group, sizeof group, "%s", order->gateway);
    char *slash = strchr(group, '/');
    if (slash == NULL)
        return;
    *slash = '\0';
    if (order->shelves) {
        arguments[count++] = "for";
        arguments[count++] = "1h";
    }
    add(arguments, &count, "--on", slash + 1);
    add(arguments, &count, "--group", group);
    add(arguments, &count, "--broker", u->broker.url);
    add(arguments, &count, "--ca", u->broker.ca);
    add(arguments, &count, "--cert", u->broker.cert);
    add(arguments, &count, "--key", u->broker.key);
    add(arguments, &count, "--as", u->broker.operator_key);
    execv("/proc/self/exe", (char *const *)(uintptr_t)arguments);
}

static void give_order(ui *u)
{
    otr_top_order order = u->top.order_given;
    int ends[2];
    u->top.order_given.wanted = false;
    if (u->child > 0 || u->broker.operator_key == NULL || pipe(ends) != 0) {
        (void)snprintf(u->top.note, sizeof u->top.note, "%s",
                       u->child > 0 ? "the order before is still under way"
                       : u->broker.operator_key == NULL
                           ? "orders are signed: --as KEYFILE, or operator_key in the context"
                           : "no pipe");
        return;
    }
    u->child = fork();
    if (u->child == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(STDIN_FILENO);
        run_order(u, &order);
        _exit(127);
    }
    (void)close(ends[1]);
    u->said = ends[0];
    (void)snprintf(u->top.note, sizeof u->top.note, "sent to %s", order.gateway);
}

static void hear_child(ui *u)
{
    char text[sizeof u->top.note];
    int status = 0;
    ssize_t size = read(u->said, text, sizeof text - 1);
    if (size > 0) {
        text[size] = '\0';
        text[strcspn(text, "\n")] = '\0';
        memcpy(u->top.note, text, sizeof text);
    } else {
        (void)close(u->said);
        u->said = -1;
        (void)waitpid(u->child, &status, 0);
        u->child = 0;
    }
    u->dirty = true;
}

/* ---- the terminal ---- */

static bool key_of(int c, unsigned *out)
{
    static const struct {
        int c;
        unsigned key;
    } keys[] = {
        {KEY_UP, OTR_KEY_UP},
        {'k', OTR_KEY_UP},
        {KEY_DOWN, OTR_KEY_DOWN},
        {'j', OTR_KEY_DOWN},
        {KEY_PPAGE, OTR_KEY_PAGE_UP},
        {KEY_NPAGE, OTR_KEY_PAGE_DOWN},
        {' ', OTR_KEY_PAGE_DOWN},
        {KEY_HOME, OTR_KEY_FIRST},
        {'g', OTR_KEY_FIRST},
        {KEY_END, OTR_KEY_LAST},
        {'G', OTR_KEY_LAST},
        {'\n', OTR_KEY_ENTER},
        {'\r', OTR_KEY_ENTER},
        {KEY_ENTER, OTR_KEY_ENTER},
        {27, OTR_KEY_BACK},
        {KEY_BACKSPACE, OTR_KEY_BACK},
        {'\t', OTR_KEY_NEXT},
        {'a', OTR_KEY_ACKNOWLEDGE},
        {'s', OTR_KEY_SHELVE},
        {'q', OTR_KEY_QUIT},
        {3, OTR_KEY_QUIT}, /* Ctrl-C */
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].c == c) {
            *out = keys[i].key;
            return true;
        }
    *out = (unsigned)OTR_KEY_PAGE + (unsigned)(c - '1');
    return c >= '1' && c <= '6';
}

static void paint(ui *u)
{
    char now_place[128];
    otr_screen_about about = {.place = u->broker.context != NULL ? u->broker.context : u->broker.url,
                              .trouble = otr_listener_trouble(u->listener),
                              .now = (otr_time)time(NULL) * OTR_SECOND};
    (void)snprintf(now_place, sizeof now_place, "%s", about.place);
    about.place = now_place;
    if (!otr_screen_draw(&u->screen, &u->top, &about, COLS, LINES))
        u->failed = true;
    erase();
    for (int i = 0; i < u->screen.count && i < LINES; i++) {
        const otr_screen_line *line = &u->screen.lines[i];
        attr_t look = line->look == OTR_LOOK_CHOSEN   ? A_REVERSE
                      : line->look == OTR_LOOK_STRONG ? A_BOLD
                                                      : A_NORMAL;
        (void)attrset(look);
        (void)mvaddnstr(i, 0, (const char *)u->screen.text.data + line->begin, (int)line->size);
    }
    (void)refresh();
    u->dirty = false;
}

static void read_keys(ui *u)
{
    unsigned key;
    for (int c = getch(); c != ERR; c = getch()) {
        if (c == KEY_RESIZE)
            (void)clear();
        else
            otr_top_press(&u->top, key_of(c, &key) ? key : (unsigned)OTR_KEY_OTHER);
        u->dirty = true;
    }
    if (u->top.order_given.wanted)
        give_order(u);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What comes is drawn at most each FRAME_MS, a key at once. */
static void loop(ui *u, otr_error *error)
{
    int64_t drawn = 0;
    while (!u->top.quits && !u->failed) {
        uint64_t shown = u->top.seen;
        int64_t due = drawn + (u->board.changes != shown ? FRAME_MS : SECOND_MS);
        int64_t wait = due - now_ms();
        struct pollfd ready[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                 {.fd = otr_listener_fd(u->listener), .events = POLLIN},
                                 {.fd = u->said, .events = POLLIN}};
        (void)poll(ready, u->said >= 0 ? 3 : 2, u->dirty || wait < 0 ? 0 : (int)wait);
        if (!otr_listener_process(u->listener, error))
            return;
        read_keys(u);
        if (u->said >= 0 && ready[2].revents != 0)
            hear_child(u);
        if ((ready[0].revents & (POLLHUP | POLLERR)) != 0)
            return;
        if (u->dirty || now_ms() >= due) {
            paint(u);
            drawn = now_ms();
        }
    }
}

static int run(ui *u)
{
    static const char *const kinds[] = {"status/#", "alarm/#", "ticket/#", "notification", "view/+"};
    otr_error error = {.text = ""};
    otr_listen asked = {.broker = &u->broker,
                        .verb = "top",
                        .kinds = kinds,
                        .count = sizeof kinds / sizeof *kinds,
                        .take = take,
                        .context = u};
    otr_status status = otr_listener_open(&asked, &u->listener, &error);
    if (status == OTR_OK) {
        (void)initscr();
        (void)raw();
        (void)noecho();
        (void)nodelay(stdscr, TRUE);
        (void)keypad(stdscr, TRUE);
        (void)set_escdelay(25);
        (void)curs_set(0);
        loop(u, &error);
        (void)endwin();
    }
    otr_listener_close(u->listener);
    if (error.text[0] != '\0')
        (void)fprintf(stderr, "outrider top: %s: %s\n", u->broker.url, error.text);
    else if (u->failed)
        (void)fputs("outrider top: out of memory\n", stderr);
    return status == OTR_INVALID ? 2 : error.text[0] != '\0' || u->failed;
}

int otr_verb_top(int argc, char **argv)
{
    static const otr_flag flags[] = {{"as", OTR_FLAG_TEXT, offsetof(otr_broker, operator_key)}};
    static ui u;
    u = (ui){.said = -1};
    u.top.board = &u.board;
    const otr_flag_group groups[] = {
        OTR_FLAG_GROUP(flags, &u.broker, NULL), otr_broker_flag_group(&u.broker),
        OTR_FLAG_EXIT("0 ended by q; 1 no connection, or no terminal; 2 wrong usage")};
    int code = otr_flags_parse(argc, argv, usage, groups, sizeof groups / sizeof *groups);
    if (code < 0 && optind < argc)
        code = otr_flags_wrong("top", "too many words");
    if (code < 0 && (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0)) {
        (void)fputs("outrider top: this is no terminal; `outrider fleet` and `alarms --fleet` print\n",
                    stderr);
        code = 1;
    }
    (void)setlocale(LC_CTYPE, "");
    if (code < 0)
        code = otr_broker_settle("top", &u.broker);
    if (code < 0)
        code = run(&u);
    otr_top_done(&u.top);
    otr_screen_done(&u.screen);
    otr_board_done(&u.board);
    otr_broker_done(&u.broker);
    return code;
}
