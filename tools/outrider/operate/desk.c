/* `outrider desk`, `outrider cases`: the service desk of the gateway on this machine, over its control
 * socket. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "core/desk/desk_act.h"
#include "tools/outrider/flags.h"
#include "tools/outrider/fleet/cases_rank.h"
#include "tools/outrider/operate/operate.h"
#include "tools/outrider/verbs.h"

enum { ID_BEGIN_MIN = 4 };

static const char usage_desk[] =
    "usage: outrider desk received      TICKET [revision N]\n"
    "       outrider desk acknowledged  TICKET [TEXT]\n"
    "       outrider desk assigned      TICKET to PERSON [TEXT]\n"
    "       outrider desk transferred   TICKET queue QUEUE [to PERSON] [TEXT]\n"
    "       outrider desk note          TICKET TEXT\n"
    "       outrider desk promised      TICKET what WORD by TIME [TEXT]\n"
    "       outrider desk kept          TICKET what WORD [TEXT]\n"
    "       outrider desk resolved      TICKET what CODE [TEXT]\n"
    "       outrider desk had_to_ask    TICKET fields NAME,NAME [TEXT]\n"
    "       outrider desk wrong_queue   TICKET [queue QUEUE] [TEXT]\n"
    "       outrider desk not_needed    TICKET [TEXT]\n"
    "       outrider desk remedy        TICKET what WORD [TEXT]\n"
    "       outrider desk merged        TICKET into TICKET [TEXT]\n"
    "\n"
    "What the desk does with a ticket; TICKET is the id of a ticket or a case, as `outrider cases` prints "
    "it,\n"
    "or its begin. A ticket is sent again until it is received. A promise that is not kept by its time goes "
    "up by itself.\n"
    "What is promised and how it was resolved are codes that the pack has words for, which the customer "
    "reads; "
    "another is\n"
    "refused with the list of them. TEXT stays with the desk.\n"
    "What is merged goes on in the other ticket, which is of the same asset and customer.\n"
    "Ends when it is durable; with 1 and the reason when it is refused.\n"
    "\n"
    "  --role ROLE    operator (default), desk, engineer, relay: which remedies it may use\n"
    "  --socket PATH  of the daemon\n"
    "  --config FILE  names the socket; default /etc/outrider/outrider.yaml\n"
    "  --who NAME     default: this user\n"
    "  --id TEXT      the same act sent again under one id has its effect once\n";
static const char usage_do[] =
    "usage: outrider do CASE REMEDY [TEXT]\n"
    "\n"
    "Does for the customer of a case what its pack lists as a remedy: a replacement, a command to a device, "
    "a "
    "claim\n"
    "with its evidence. CASE is the id of a case or a ticket, as `outrider cases` prints it, or its begin; "
    "what\n"
    "remedies a pack has, and who may use them, `outrider check` prints. It is told to the customer, and "
    "stands in the case with who "
    "did it.\n"
    "Ends when it is durable; with 1 and the reason when it is refused.\n"
    "\n"
    "  --role ROLE    operator (default), desk, engineer, relay\n"
    "  --socket PATH  of the daemon\n"
    "  --config FILE  names the socket; default /etc/outrider/outrider.yaml\n"
    "  --who NAME     default: this user\n"
    "  --id TEXT      the same act sent again under one id has its effect once\n";
static const char usage_cases[] =
    "usage: outrider cases [--sort rank] [--socket PATH | --config FILE | --on GATEWAY] [--json]\n"
    "\n"
    "Lists the cases that have not closed, oldest first: ticket, how far the "
    "desk has come, who has it, and what\n"
    "is promised first, and how much more; --json has all of it.\n"
    "\n"
    "  --sort rank    who should be looked at first, and why: a promise missed or due "
    "soon, a customer who asks for\n"
    "                 people or had to try again, nobody has it; then the more urgent, "
    "then who waits longest\n"
    "  --config FILE  names the socket; default /etc/outrider/outrider.yaml\n";

static bool is_part(const char *word)
{
    static const char *const parts[] = {"to", "queue", "what", "by", "fields", "into", "revision", "role"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(word, parts[i]) == 0)
            return true;
    return false;
}

/* An id, or its begin. */
static bool is_ticket(const char *word)
{
    size_t size = strlen(word);
    return size >= ID_BEGIN_MIN && size < OTR_ID_TEXT_BYTES && strspn(word, "0123456789abcdef") == size;
}

/* ACT TICKET [PART VALUE]... [TEXT]; else why the words are none of that. */
static const char *read_words(int count, char **words, json_t *request)
{
    otr_desk_action action;
    if (count < 2)
        return "expected what is done, and with which ticket";
    if (!otr_desk_action_parse(otr_str_of(words[0]), &action))
        return "that is nothing a desk does: see --help";
    if (!is_ticket(words[1]))
        return "a ticket is its id, or the begin of that with 4 digits or more";
    json_object_set_new(request, "action", json_string(words[0]));
    json_object_set_new(request, "ticket", json_string(words[1]));
    int at = 2;
    for (; at + 1 < count && is_part(words[at]); at += 2) {
        int64_t number;
        json_t *value = json_string(words[at + 1]);
        if (strcmp(words[at], "revision") == 0 && otr_str_to_i64(otr_str_of(words[at + 1]), &number)) {
            json_decref(value);
            value = json_integer(number);
        }
        json_object_set_new(request, words[at], value);
    }
    if (at < count)
        json_object_set_new(request, "text", json_string(words[at++]));
    return at == count ? NULL : "there are more words than it takes; a text of several is quoted";
}

/* CASE REMEDY [TEXT] as the words of the act. */
static const char *read_remedy(int count, char **words, json_t *request)
{
    char remedy[] = "remedy";
    char what[] = "what";
    if (count != 2 && count != 3)
        return "expected a case and a remedy, and perhaps a text";
    char *act[] = {remedy, words[0], what, words[1], words[2]};
    return read_words(2 + count, act, request);
}

static bool begins(const json_t *one, const char *name, const char *begin)
{
    const char *id = json_string_value(json_object_get(one, name));
    return id != NULL && strncmp(id, begin, strlen(begin)) == 0;
}

/* The begin of an id becomes that of the one case that it means; false with the reason on stderr. */
static bool complete_ticket(const otr_operate_options *given, const char *verb, json_t *request,
                            const char *part)
{
    const char *begin = json_string_value(json_object_get(request, part));
    otr_id whole;
    if (begin == NULL || otr_id_parse(otr_str_of(begin), &whole))
        return true;
    json_t *question = json_pack("{s:s}", "do", "cases");
    json_t *answer = otr_operate_ask(given, question);
    const char *found = NULL;
    size_t matches = 0;
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(answer, "cases"), i, one)
    {
        if (!begins(one, "ticket", begin) && !begins(one, "case", begin))
            continue;
        found = json_string_value(json_object_get(one, "case"));
        matches++;
    }
    if (answer != NULL && matches != 1)
        (void)fprintf(stderr, "outrider %s: %s case that has not closed begins with %s%s\n", verb,
                      matches == 0 ? "no" : "more than one", begin,
                      matches == 0 ? "; of a closed one give the whole id" : "");
    if (matches == 1)
        json_object_set_new(request, part, json_string(found));
    json_decref(question);
    json_decref(answer);
    return matches == 1;
}

int otr_verb_desk(int argc, char **argv)
{
    otr_operate_options given;
    bool remedy = strcmp(argv[0], "do") == 0;
    const char *usage = remedy ? usage_do : usage_desk;
    int code = otr_operate_parse(argc, argv, usage, &given);
    if (code >= 0)
        return code;
    json_t *request = json_pack("{s:s}", "do", "desk");
    const char *wrong = (remedy ? read_remedy : read_words)(argc - optind, argv + optind, request);
    if (wrong != NULL) {
        json_decref(request);
        return otr_flags_wrong(argv[0], wrong);
    }
    if (!complete_ticket(&given, argv[0], request, "ticket") ||
        !complete_ticket(&given, argv[0], request, "into")) {
        json_decref(request);
        return 1;
    }
    if (given.role != NULL)
        json_object_set_new(request, "role", json_string(given.role));
    otr_operate_name(&given, request);
    json_t *answer = otr_operate_ask(&given, request);
    bool accepted = json_is_true(json_object_get(answer, "ok"));
    const char *reason = json_string_value(json_object_get(answer, "reason"));
    if (accepted)
        puts("ok");
    else if (answer != NULL)
        (void)fprintf(stderr, "outrider %s: refused: %s\n", argv[0],
                      reason != NULL ? reason : "no reason given");
    json_decref(request);
    json_decref(answer);
    return accepted ? 0 : 1;
}

static const char *text_of(const json_t *one, const char *name)
{
    const char *text = json_string_value(json_object_get(one, name));
    return text != NULL ? text : "";
}

static long long count_of(const json_t *one, const char *name)
{
    return (long long)json_integer_value(json_object_get(one, name));
}

/* The earliest, and how many are behind it. */
static void print_promised(const json_t *one)
{
    const json_t *promises = json_object_get(one, "promises");
    size_t more = json_array_size(promises) > 1 ? json_array_size(promises) - 1 : 0;
    bool missed = json_is_true(json_object_get(more > 0 ? json_array_get(promises, 0) : one, "missed"));
    if (text_of(one, "promised")[0] == '\0')
        return;
    printf("  promised: %s by %s%s", text_of(one, "promised"), text_of(one, "by"), missed ? ", missed" : "");
    if (more > 0)
        printf("; and %zu more", more);
    putchar('\n');
}

static void print_case(const json_t *one)
{
    const char *ticket = text_of(one, "ticket");
    printf("%s%s\n", ticket[0] != '\0' ? ticket : text_of(one, "case"),
           ticket[0] != '\0' ? "" : "  (a case without a ticket)");
    printf("  %s: %s, %s, %s since %s\n", text_of(one, "asset"),
           text_of(one, "title")[0] != '\0' ? text_of(one, "title") : text_of(one, "category"),
           text_of(one, "priority"), text_of(one, "state"), text_of(one, "opened"));
    printf("  desk: %s%s", text_of(one, "stage"),
           json_is_true(json_object_get(one, "received")) ? ""
           : strcmp(text_of(one, "stage"), "new") == 0    ? ", not received yet"
                                                          : " before, and not yet what came since");
    if (text_of(one, "queue")[0] != '\0')
        printf(", queue %s", text_of(one, "queue"));
    if (text_of(one, "assignee")[0] != '\0')
        printf(", with %s", text_of(one, "assignee"));
    if (text_of(one, "resolution")[0] != '\0')
        printf(", resolved: %s", text_of(one, "resolution"));
    putchar('\n');
    if (text_of(one, "why")[0] != '\0')
        printf("  here because: %s\n", text_of(one, "why"));
    print_promised(one);
    if (text_of(one, "problem")[0] != '\0')
        printf("  problem: %s\n", text_of(one, "problem"));
    if (json_is_true(json_object_get(one, "asked")))
        puts("  the customer asks for people");
    if (count_of(one, "transfers") + count_of(one, "reopened") > 0)
        printf("  transferred %lld times, reopened %lld times\n", count_of(one, "transfers"),
               count_of(one, "reopened"));
}

int otr_verb_cases(int argc, char **argv)
{
    otr_operate_options given;
    int code = otr_operate_parse(argc, argv, usage_cases, &given);
    if (code >= 0)
        return code;
    if (optind < argc || (given.sort != NULL && strcmp(given.sort, "rank") != 0)) {
        return otr_flags_wrong("cases", "expected no words; --sort takes rank");
    }
    json_t *request = json_pack("{s:s}", "do", "cases");
    json_t *answer = otr_operate_list(&given, request);
    if (answer != NULL && given.sort != NULL &&
        !otr_cases_rank(json_object_get(answer, "cases"), (otr_time)time(NULL) * OTR_SECOND))
        (void)fputs("outrider cases: out of memory, they are in no order\n", stderr);
    size_t i;
    json_t *one;
    json_t *cases = json_object_get(answer, "cases");
    if (answer != NULL && given.json)
        code = json_dumpf(answer, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF ? 0 : 1;
    else if (answer != NULL && json_array_size(cases) == 0)
        puts("no case is open");
    else
        json_array_foreach(cases, i, one) print_case(one);
    if (answer != NULL && !given.json && count_of(answer, "left_out") > 0)
        printf("and %lld more\n", count_of(answer, "left_out"));
    json_decref(request);
    code = answer == NULL || code > 0 ? 1 : 0;
    json_decref(answer);
    return code;
}
