/* A device's key file, from any bytes: a key is what its hex digits say, and what is refused leaves no key.
 */
#include "platform/linux/coap/keys.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/outrider-keys-XXXXXX";

static void clear(void)
{
    char path[sizeof folder + 8];
    (void)snprintf(path, sizeof path, "%s/d.psk", folder);
    (void)unlink(path);
    (void)rmdir(folder);
}

/* The file's descriptor, empty. */
static int key_file(void)
{
    static int file = -1;
    if (file < 0) {
        char path[sizeof folder + 8];
        OTR_ASSERT(mkdtemp(folder) != NULL && atexit(clear) == 0);
        (void)snprintf(path, sizeof path, "%s/d.psk", folder);
        file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    }
    OTR_ASSERT(file >= 0 && ftruncate(file, 0) == 0);
    return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_key key;
    otr_error error = {.text = ""};
    int file = key_file();
    OTR_ASSERT(pwrite(file, data, size, 0) == (ssize_t)size);
    otr_status status = otr_key_load(otr_str_of(folder), OTR_STR("d"), &key, &error);
    if (status != OTR_OK) {
        OTR_ASSERT(status == OTR_INVALID && error.text[0] != '\0' && key.size == 0);
        return 0;
    }
    OTR_ASSERT(key.size >= OTR_KEY_BYTES && key.size <= OTR_KEY_BYTES_MAX && size / 2 == key.size);
    for (size_t i = 0; i < key.size; i++) {
        unsigned value = 0;
        OTR_ASSERT(sscanf((const char *)data + 2 * i, "%2x", &value) == 1 && value == key.bytes[i]);
    }
    otr_key_wipe(&key);
    return 0;
}
