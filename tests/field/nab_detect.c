/*
 * nab_detect FILE: the anomaly score after each row of a CSV file "timestamp,value" with a header, one line
 * each. Exit: 0, or 1 with the line that cannot be read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/window/anomaly.h"

/* "2015-09-08 11:39:00,73" */
static bool take_row(otr_anomaly *anomaly, const char *line)
{
    const char *comma = strchr(line, ',');
    otr_time at;
    if (comma == NULL || !otr_time_parse((otr_str){line, (size_t)(comma - line)}, &at))
        return false;
    char *end;
    double value = strtod(comma + 1, &end);
    if (end == comma + 1 || (*end != '\0' && *end != '\n' && *end != '\r'))
        return false;
    otr_anomaly_add(anomaly, at, value);
    return true;
}

int main(int count, char **arguments)
{
    FILE *file = count == 2 ? fopen(arguments[1], "r") : NULL;
    if (file == NULL) {
        fprintf(stderr, "usage: nab_detect FILE\n");
        return 1;
    }
    otr_anomaly anomaly;
    otr_anomaly_init(&anomaly);
    char line[256];
    int number = 0;
    bool whole = true;
    while (whole && fgets(line, sizeof line, file) != NULL) {
        if (number++ == 0)
            continue;
        whole = take_row(&anomaly, line);
        if (whole)
            printf("%.9f\n", otr_anomaly_score(&anomaly));
        else
            fprintf(stderr, "%s:%d: no timestamp and value\n", arguments[1], number);
    }
    (void)fclose(file);
    return whole ? 0 : 1;
}
