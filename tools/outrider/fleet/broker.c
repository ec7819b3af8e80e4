#include "tools/outrider/fleet/broker.h"

#include <stdio.h>

#include "tools/outrider/fleet/context.h"

otr_flag_group otr_broker_flag_group(otr_broker *out)
{
    static const otr_flag flags[] = {
        {"context", OTR_FLAG_TEXT, offsetof(otr_broker, context)},
        {"broker", OTR_FLAG_TEXT, offsetof(otr_broker, url)},
        {"ca", OTR_FLAG_TEXT, offsetof(otr_broker, ca)},
        {"cert", OTR_FLAG_TEXT, offsetof(otr_broker, cert)},
        {"key", OTR_FLAG_TEXT, offsetof(otr_broker, key)},
        {"group", OTR_FLAG_NAME, offsetof(otr_broker, group)},
        {"gateway", OTR_FLAG_NAME, offsetof(otr_broker, gateway)},
    };
    return OTR_FLAG_GROUP(
        flags, out,
        "\n"
        "  --context NAME  broker and credentials as `outrider context` lists them [OUTRIDER_CONTEXT]\n"
        "  --broker URL    mqtts://HOST[:PORT], or mqtt:// on this machine [OUTRIDER_BROKER, "
        "mqtts://localhost:8883]\n"
        "  --ca FILE       certificate authority of the broker, PEM        [OUTRIDER_CA]\n"
        "  --cert FILE     own certificate, PEM                            [OUTRIDER_CERT]\n"
        "  --key FILE      its key, PEM, mode 0600                         [OUTRIDER_KEY]\n"
        "  --group NAME    only this group of gateways\n"
        "  --gateway NAME  only this gateway\n");
}

static void fill(const char **value, const char *fallback)
{
    if (*value == NULL)
        *value = fallback;
}

static void fill_from(otr_broker *broker, const otr_context *context)
{
    fill(&broker->url, context->broker);
    fill(&broker->ca, context->ca);
    fill(&broker->cert, context->cert);
    fill(&broker->key, context->key);
    fill(&broker->group, context->group);
    fill(&broker->gateway, context->gateway);
    fill(&broker->operator_key, context->operator_key);
}

int otr_broker_settle(const char *verb, otr_broker *broker)
{
    otr_context context = {.name = NULL};
    otr_context_error error = {.file = ""};
    bool named = broker->context != NULL;
    const char *url = otr_flag_environment("OUTRIDER_BROKER");
    if (named || (broker->url == NULL && url == NULL)) {
        otr_status status = otr_context_find(&broker->memory, broker->context, &context, &error);
        if (status != OTR_OK && (status != OTR_NOT_FOUND || error.error.text[0] != '\0')) {
            char text[OTR_CONTEXT_REFUSAL_BYTES];
            (void)fprintf(stderr, "outrider %s: %s\n", verb, otr_context_refusal(&error, text));
            return status == OTR_NOT_FOUND || status == OTR_INVALID ? 2 : 1;
        }
    }
    if (named)
        fill_from(broker, &context);
    fill(&broker->url, url);
    fill(&broker->ca, otr_flag_environment("OUTRIDER_CA"));
    fill(&broker->cert, otr_flag_environment("OUTRIDER_CERT"));
    fill(&broker->key, otr_flag_environment("OUTRIDER_KEY"));
    fill_from(broker, &context);
    fill(&broker->url, "mqtts://localhost:8883");
    return -1;
}

void otr_broker_done(otr_broker *broker)
{
    otr_arena_done(&broker->memory);
}
