/* `outrider accounts`: how customers fare, those at risk first. */
#include "tools/outrider/figures/accounts.h"

#include <getopt.h>
#include <stdio.h>

#include "tools/outrider/verbs.h"

static const char usage[] =
    "usage: outrider accounts [--all] [options]\n"
    "\n"
    "How customers fare, as gateways keep it at the broker for other departments: at risk first, then in "
    "trouble\n"
    "and recovering, with the reasons of each gateway. Customers are opaque references; no contents.\n"
    "\n"
    "  --all            also who is well\n";

enum { ALL = 0x100 };

static bool take(void *context, int option, const char *argument)
{
    (void)option;
    (void)argument;
    *(bool *)context = true;
    return true;
}

int otr_verb_accounts(int argc, char **argv)
{
    static const struct option extra[] = {{"all", no_argument, NULL, ALL}, {NULL, 0, NULL, 0}};
    bool all = false;
    otr_figures figures = {.refused = 0};
    otr_figures_options options = {.wants = {[OTR_SERVICE_CUSTOMER] = true, [OTR_SERVICE_STATUS] = true}};
    otr_accounts accounts;
    otr_buffer text = {0};
    int code = otr_figures_parse(argc, argv, usage, extra, take, &all, &options);
    if (code >= 0)
        return code;
    code = otr_figures_gather(&figures, &options);
    if (code < 0) {
        json_t *root = json_object();
        otr_buffer_add_format(&text, "%zu gateways\n", figures.gateway_count);
        json_object_set_new(root, "gateways", json_integer((json_int_t)figures.gateway_count));
        if (otr_accounts_gather(&figures, all, &accounts) != OTR_OK)
            text.failed = true;
        otr_accounts_say(&accounts, &text);
        otr_accounts_put(&accounts, root);
        otr_accounts_done(&accounts);
        code = otr_figures_print(&options, &text, root);
        if (code == 0 && figures.refused > 0)
            code = 1;
    }
    otr_buffer_done(&text);
    otr_figures_done(&figures);
    return code;
}
