/* `outrider verify`: whether a file of evidence is whole. It needs no gateway, and no more than the file. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/outrider/evidence/evidence_file.h"
#include "tools/outrider/verbs.h"

enum { READ_BYTES = 65536, FILE_BYTES_MAX = 256 << 20 /* 65,536 entries of 4 KiB */ };

static const char usage[] =
    "usage: outrider verify FILE [--key PUBLIC]\n"
    "\n"
    "Checks what `outrider evidence` exported: that nothing in it was changed, taken out, put in or cut "
    "off.\n"
    "\n"
    "  --key PUBLIC   the gateway's public key, as `outrider evidence --key` prints it there. Without it "
    "the\n"
    "                 file is checked against the key that it names: then ask who that key belongs to\n"
    "\n"
    "exit: 0 complete, also when its content was erased; 1 something is wrong: line, entry and what;\n"
    "      2 wrong usage, or the file cannot be read\n";

static bool read_all(FILE *file, otr_buffer *out)
{
    for (size_t got = 1; got > 0 && out->size <= FILE_BYTES_MAX && otr_buffer_reserve(out, READ_BYTES);) {
        got = fread(out->data + out->size, 1, READ_BYTES, file);
        out->size += got;
    }
    return !out->failed && ferror(file) == 0 && out->size <= FILE_BYTES_MAX;
}

static bool take_key(const char *text, uint8_t out[OTR_PUBLIC_KEY_BYTES])
{
    for (size_t i = 0; i < OTR_PUBLIC_KEY_BYTES; i++) {
        otr_id half;
        char digits[OTR_ID_TEXT_BYTES] = "00000000000000000000000000000000";
        if (text[2 * i] == '\0' || text[2 * i + 1] == '\0')
            return false;
        memcpy(digits, text + 2 * i, 2);
        if (!otr_id_parse(otr_str_of(digits), &half))
            return false;
        out[i] = half.bytes[0];
    }
    return text[(size_t)2 * OTR_PUBLIC_KEY_BYTES] == '\0';
}

static void print(const otr_evidence_report *report, bool known_key)
{
    printf("OK, complete%s\n", report->erased > 0 ? ", content erased" : "");
    printf("  chain     %s\n", report->chain);
    printf("  entries   %llu, %s\n", (unsigned long long)report->entries,
           report->ended ? "ended" : "it goes on after this export");
    if (report->erased > 0)
        printf("  erased    the content of %llu entries\n", (unsigned long long)report->erased);
    printf("  signed    %llu entries, and the file as exported at %s\n",
           (unsigned long long)report->signed_heads, report->exported);
    printf("  key       ");
    for (size_t i = 0; i < sizeof report->key; i++)
        printf("%02x", report->key[i]);
    printf("%s\n", known_key ? "" : ", as the file says");
}

static int run(const char *path, const uint8_t *key)
{
    otr_buffer text = {0};
    otr_evidence_report report;
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (file == NULL || !read_all(file, &text)) {
        (void)fprintf(stderr, "%s: %s\n", path,
                      text.size > FILE_BYTES_MAX ? "larger than any evidence" : strerror(errno));
        otr_buffer_done(&text);
        if (file != NULL)
            (void)fclose(file);
        return 2;
    }
    (void)fclose(file);
    otr_evidence_check(otr_buffer_bytes(&text), key, &report);
    otr_buffer_done(&text);
    if (report.whole)
        print(&report, key != NULL);
    else
        printf("%s:%zu: %s\n", path, report.line, report.wrong);
    return report.whole ? 0 : 1;
}

int otr_verb_verify(int argc, char **argv)
{
    static const struct option known[] = {
        {"key", required_argument, NULL, 'k'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    uint8_t key[OTR_PUBLIC_KEY_BYTES];
    bool has_key = false;
    optind = 0;
    for (int option = 0; (option = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        if (option == 'k' && take_key(optarg, key)) {
            has_key = true;
            continue;
        }
        if (option == 'k')
            (void)fprintf(stderr, "outrider verify: a key has 64 digits, 0 to 9 and a to f\n");
        (void)fputs(usage, option == 'h' ? stdout : stderr);
        return option == 'h' ? 0 : 2;
    }
    if (optind + 1 != argc) {
        (void)fputs(usage, stderr);
        return 2;
    }
    return run(argv[optind], has_key ? key : NULL);
}
