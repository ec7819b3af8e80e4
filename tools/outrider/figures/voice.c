/* `outrider voice`: what readers think of rules, and what would make these better. */
#include "tools/outrider/figures/voice.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "daemon/config/config.h"
#include "daemon/file.h"
#include "tools/outrider/figures/figures.h"
#include "tools/outrider/verbs.h"

enum { PROPOSALS_MAX = 256, PACK = 0x100, WRITE };

static const char usage[] =
    "usage: outrider voice [options]\n"
    "       outrider voice import FILE [options]     signs from elsewhere; --help tells more\n"
    "\n"
    "What readers say of the messages of each rule (useful, known, wrong, late), what they do (acted, "
    "ignored,\n"
    "muted, asked again), what is heard elsewhere, and their scores. Where enough complain, a longer or "
    "shorter\n"
    "`for`, or another limit, is proposed. Precision is the share not called wrong.\n"
    "\n"
    "  --pack FILE      a pack that proposals may change; may come again\n"
    "  --write FOLDER   changed packs go there, to be checked with `outrider replay`\n";

typedef struct request {
    const char *packs[OTR_LIMIT_PACKS];
    size_t pack_count;
    const char *folder;
} request;

static bool take(void *context, int option, const char *argument)
{
    request *r = context;
    if (option == WRITE) {
        r->folder = argument;
        return true;
    }
    if (r->pack_count == OTR_LIMIT_PACKS)
        return false;
    r->packs[r->pack_count++] = argument;
    return true;
}

/* ---- packs ---- */

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static int complain(const char *file, const otr_error *error)
{
    char reason[OTR_REFUSAL_BYTES];
    (void)fprintf(stderr, "outrider voice: %s\n", otr_refusal_format(file, error, reason));
    return 1;
}

static int write_pack(const char *path, const otr_buffer *text)
{
    FILE *file = fopen(path, "wx"); /* never over what is there */
    bool ok = file != NULL && fwrite(text->data, 1, text->size, file) == text->size;
    if (file != NULL)
        ok = fclose(file) == 0 && ok;
    if (!ok)
        (void)fprintf(stderr, "outrider voice: %s: %s\n", path, strerror(errno));
    return ok ? 0 : 1;
}

static void say_check(otr_buffer *out, json_t *list, const char *path, const char *pack)
{
    char line[2300];
    (void)snprintf(line, sizeof line, "outrider replay --pack %s --against %s --state /var/lib/outrider",
                   path, pack);
    otr_buffer_add_format(out, "    %s\n", line);
    json_array_append_new(list, json_string(line));
}

static void say_unchanged(otr_buffer *out, const char *path, const otr_proposal *proposal,
                          const otr_error *error)
{
    otr_buffer text = {0};
    otr_buffer_add_format(&text, "%s: %.*s is not changed: %s", path,
                          OTR_STR_ARG(otr_bucket_key(proposal->cell)), error->text);
    otr_table_wrap(out, otr_buffer_text(&text), 4);
    otr_buffer_done(&text);
}

/* All proposals for one pack, one after the other, into one file. */
static int change_pack(const request *r, const char *path, const otr_proposal *proposals, size_t count,
                       otr_buffer *out, json_t *checks)
{
    otr_arena memory = {0};
    otr_bytes bytes;
    otr_error error = {.text = ""};
    otr_buffer yaml = {0};
    size_t changes = 0;
    int code = 0;
    if (otr_file_read(&memory, path, OTR_LIMIT_PACK_BYTES, &bytes, &error) != OTR_OK)
        code = complain(path, &error);
    else
        otr_buffer_add(&yaml, bytes.data, bytes.size);
    for (size_t i = 0; code == 0 && i < count; i++) {
        otr_buffer patched = {0};
        otr_status status = otr_voice_patch(otr_buffer_text(&yaml), &proposals[i], &patched, &error);
        if (status == OTR_OK) {
            otr_buffer_done(&yaml);
            yaml = patched;
            changes++;
            continue;
        }
        otr_buffer_done(&patched);
        if (status == OTR_INVALID || status == OTR_MEMORY)
            code = complain(path, &error);
        else if (proposals[i].kind != OTR_PROPOSE_LOOK && status != OTR_DENIED)
            say_unchanged(out, path, &proposals[i], &error);
    }
    if (code == 0 && changes > 0) {
        char target[1100];
        (void)snprintf(target, sizeof target, "%s/%s", r->folder, name_of(path));
        code = write_pack(target, &yaml);
        if (code == 0)
            say_check(out, checks, target, path);
    }
    otr_buffer_done(&yaml);
    otr_arena_done(&memory);
    return code;
}

static int propose(const request *r, const otr_bucket *sum, otr_buffer *out, json_t *root)
{
    otr_proposal *list = calloc(PROPOSALS_MAX, sizeof *list);
    json_t *proposals = json_array();
    json_t *checks = json_array();
    int code = list != NULL ? 0 : 1;
    size_t count = list != NULL ? otr_voice_propose(sum, list, PROPOSALS_MAX) : 0;
    otr_buffer_add_format(out, "\nproposals%s\n", count == 0 ? ": none" : "");
    for (size_t i = 0; i < count; i++) {
        otr_buffer text = {0};
        otr_proposal_say(&list[i], &text);
        otr_table_wrap(out, otr_bucket_key(list[i].cell), 2);
        otr_table_wrap(out, otr_buffer_text(&text), 4);
        otr_buffer_done(&text);
        json_array_append_new(proposals, otr_proposal_put(&list[i]));
    }
    if (count > 0 && r->pack_count > 0 && mkdir(r->folder, 0755) != 0 && errno != EEXIST) {
        (void)fprintf(stderr, "outrider voice: %s: %s\n", r->folder, strerror(errno));
        code = 1;
    }
    for (size_t i = 0; code == 0 && count > 0 && i < r->pack_count; i++)
        code = change_pack(r, r->packs[i], list, count, out, checks);
    json_object_set_new(root, "proposals", proposals);
    json_object_set_new(root, "checks", checks);
    free(list);
    return code;
}

int otr_verb_voice(int argc, char **argv)
{
    static const struct option extra[] = {{"pack", required_argument, NULL, PACK},
                                          {"write", required_argument, NULL, WRITE},
                                          {NULL, 0, NULL, 0}};
    request r = {.pack_count = 0};
    otr_figures figures = {.refused = 0};
    otr_figures_options options = {.days = 28,
                                   .wants = {[OTR_SERVICE_FIGURES] = true, [OTR_SERVICE_STATUS] = true}};
    otr_bucket sum = {.day = 0};
    otr_buffer text = {0};
    if (argc > 1 && otr_str_is(otr_str_of(argv[1]), "import"))
        return otr_voice_import(argc - 1, argv + 1);
    int code = otr_figures_parse(argc, argv, usage, extra, take, &r, &options);
    if (code >= 0)
        return code;
    if ((r.pack_count > 0) != (r.folder != NULL)) {
        (void)fputs("outrider voice: --pack and --write come together\n", stderr);
        return 2;
    }
    code = otr_figures_gather(&figures, &options);
    if (code < 0 && !otr_figures_sum(&figures, &options, &sum, NULL))
        code = 1;
    if (code < 0) {
        json_t *root = json_object();
        otr_figures_put_head(&figures, root);
        otr_voice_put(&sum, root);
        otr_figures_head(&figures, &text);
        otr_voice_say(&sum, &text);
        int proposed = propose(&r, &sum, &text, root);
        code = otr_figures_print(&options, &text, root);
        if (code == 0 && (figures.refused > 0 || proposed != 0))
            code = 1;
    }
    otr_buffer_done(&text);
    otr_bucket_done(&sum);
    otr_figures_done(&figures);
    return code;
}
