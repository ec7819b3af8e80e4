#include "tools/outrider/test/test_open.h"

#include "base/limits.h"
#include "daemon/config/zones.h"
#include "daemon/file.h"

static otr_status load_beside(void *context, otr_str path, otr_str *bytes, otr_error *error)
{
    otr_test_opened *opened = context;
    otr_bytes read;
    otr_str joined = otr_path_join(&opened->memory, opened->folder, path);
    if (joined.data == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_status status =
        otr_file_read(&opened->memory, joined.data, OTR_LIMIT_ASSIGNMENTS_BYTES, &read, error);
    if (status == OTR_OK)
        *bytes = (otr_str){(const char *)read.data, read.size};
    return status;
}

static otr_status load_zone(void *context, const otr_zone_use *use, otr_workbench_content *out,
                            otr_error *error)
{
    otr_test_opened *opened = context;
    otr_str path;
    return otr_zone_file_read(&opened->memory, OTR_STR(OTR_ZONES_FOLDER), use, &out->slot, &path, &out->bytes,
                              error);
}

otr_status otr_test_open(const char *path, otr_test_opened *out, otr_error *error)
{
    otr_bytes bytes = {NULL, 0};
    otr_test_loader loader = {out, load_beside, load_zone};
    out->folder = otr_path_folder(otr_str_of(path));
    out->refused = path;
    otr_status status = otr_file_read(&out->memory, path, OTR_TEST_FILE_BYTES, &bytes, error);
    if (status == OTR_OK)
        status = otr_test_file_load((otr_str){(const char *)bytes.data, bytes.size}, &out->file, error);
    if (status == OTR_OK)
        status = otr_test_setup_load(&out->file, &loader, &out->setup, error);
    if (status != OTR_OK && out->setup.refused.size > 0) {
        otr_str culprit = otr_path_join(&out->memory, out->folder, out->setup.refused);
        if (culprit.data != NULL)
            out->refused = culprit.data;
    }
    return status;
}

void otr_test_opened_done(otr_test_opened *opened)
{
    otr_test_setup_done(&opened->setup);
    otr_test_file_done(&opened->file);
    otr_arena_done(&opened->memory);
    *opened = (otr_test_opened){.refused = NULL};
}
