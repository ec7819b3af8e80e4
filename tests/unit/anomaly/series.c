#include "tests/unit/anomaly/series.h"

#include <math.h>

#define PI 3.14159265358979323846

dice dice_of(uint64_t seed)
{
    return (dice){seed * 0xD1342543DE82EF95U + 1};
}

uint64_t dice_bits(dice *d)
{
    d->state += 0x9E3779B97F4A7C15U;
    uint64_t bits = d->state;
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
    return bits ^ (bits >> 31);
}

double dice_uniform(dice *d)
{
    return ((double)(dice_bits(d) >> 11) + 0.5) / 9007199254740992.0;
}

double dice_normal(dice *d)
{
    double radius = sqrt(-2 * log(dice_uniform(d)));
    return radius * cos(2 * PI * dice_uniform(d));
}

double dice_laplace(dice *d)
{
    double size = -log(dice_uniform(d));
    return dice_uniform(d) < 0.5 ? size : -size;
}

double dice_cauchy(dice *d)
{
    return tan(PI * (dice_uniform(d) - 0.5));
}

double dice_student(dice *d)
{
    double normal = dice_normal(d);
    double square = 0;
    for (int i = 0; i < 3; i++) {
        double term = dice_normal(d);
        square += term * term;
    }
    return normal / sqrt(square / 3);
}

series series_of(uint64_t seed)
{
    series s = {.dice = dice_of(seed), .at = 1700000000 * OTR_SECOND, .spacing = 5 * OTR_MINUTE};
    otr_anomaly_init(&s.anomaly);
    return s;
}

double series_feed(series *s, double value)
{
    s->at += s->spacing;
    otr_anomaly_add(&s->anomaly, s->at, value);
    double score = otr_anomaly_score(&s->anomaly);
    assert_true(score >= 0 && score <= 1);
    return score;
}

void series_settle(series *s, int count, double level, double deviation)
{
    for (int i = 0; i < count; i++)
        (void)series_feed(s, level + deviation * dice_normal(&s->dice));
}
