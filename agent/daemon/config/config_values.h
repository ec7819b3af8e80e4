/* Inside of the configuration: how single values are read, printed and judged. */
#ifndef OTR_DAEMON_CONFIG_VALUES_H
#define OTR_DAEMON_CONFIG_VALUES_H

#include "daemon/config/config.h"
#include "rules/load/yaml.h"

/* "256MiB", "64KiB", "1GiB", "4096" or "4096B". */
otr_status otr_config_bytes_read(const otr_yaml *node, int64_t *out, otr_error *error);
/* In the largest unit that divides it. */
void otr_config_bytes_print(int64_t bytes, char out[OTR_TIME_TEXT_BYTES]);
void otr_config_span_print(otr_time span, char out[OTR_TIME_TEXT_BYTES]);
/* Whether text may be a level of a topic. */
bool otr_config_name_ok(otr_str text);
/* Reads the value of one option into the configuration, within its range. */
otr_status otr_config_option_read(otr_config *config, const otr_yaml *node, const otr_option *option,
                                  otr_error *error);
bool otr_config_same_lists(const otr_config_list *a, const otr_config_list *b);
/* What the options must be by themselves and to each other. Also fills what derives from others. */
otr_status otr_config_check_values(otr_config *config, otr_error *error);

#endif
