// Welch's t between the times of two classes of scalars, nearly all digits zero against random, for the multiples of a
// ristretto255 element on every path of the machine. Usage: ristretto_timing [samples per class, default 2000]. Exits 1 when a
// path is told apart, or a planted product that leaves zero bytes out is not.

#include "support.h"
#include "welch.h"

enum { COUNT = 8 };

static uint8_t element[32], scalars[COUNT][32], products[COUNT][32];
static void *scratch;
static int path;

static void run_multiples(void) {
    if (ck_ristretto_multiples(products[0], element, scalars[0], COUNT, scratch, path) != 0) exit(3);
}

/// As many products as the first scalar has bytes other than zero, at most all.
static void run_planted(void) {
    size_t count = 0;
    for (int i = 0; i < COUNT; i++) count += scalars[0][i] != 0;
    if (ck_ristretto_multiples(products[0], element, scalars[0], count, scratch, path) != 0) exit(3);
}

static double test(const char *name, void (*run)(void), size_t samples, double *difference) {
    uint64_t *t = malloc(2 * samples * sizeof *t);
    int *class = malloc(2 * samples * sizeof *class);
    for (size_t i = 0; i < 2 * samples; i++) {
        class[i] = (int)(random_word() >> 40 & 1);
        for (int s = 0; s < COUNT; s++) {
            uint64_t limbs[4];
            random_limbs(limbs, 4);
            for (int k = 0; k < 4; k++) limbs[k] &= (uint64_t)0 - (uint64_t)class[i];
            limbs[0] |= 1;
            limbs[3] &= ((uint64_t)1 << 60) - 1;
            memcpy(scalars[s], limbs, 32);
        }
        uint64_t from = ticks();
        run();
        t[i] = ticks() - from;
    }
    double score = welch(t, class, 2 * samples, difference);
    printf("%-32s t = %8.2f  difference %+.4f %%\n", name, score, *difference * 100);
    free(t);
    free(class);
    return fabs(score);
}

int main(int argc, char **argv) {
    // The group's base element.
    static const uint8_t base[32] = {0xe2, 0xf2, 0xae, 0x0a, 0x6a, 0xbc, 0x4e, 0x71, 0xa8, 0x84, 0xa9, 0x61, 0xc5, 0x00, 0x51, 0x5f,
                                     0x58, 0xe3, 0x0b, 0x6a, 0xa5, 0x82, 0xdd, 0x8d, 0xb6, 0xa6, 0x59, 0x45, 0xe0, 0x8d, 0x2d, 0x76};
    size_t samples = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
    double d, limit = 4.5;
    int failed = 0;
    if (ck_ristretto_scratch_bytes() == 0) return 3;
    memcpy(element, base, 32);
    scratch = malloc(ck_ristretto_scratch_bytes());
    static const int paths[] = {CK_LANES_PORTABLE, CK_LANES_AVX512};
    for (int p = 0; p < 2; p++) {
        path = paths[p];
        if (path > ck_lanes_best()) continue;
        int told_apart = 0;
        for (int attempt = 0; attempt < 3; attempt++)
            told_apart += test(p == 0 ? "ristretto255, portable" : "ristretto255, avx512", run_multiples, samples, &d) > limit;
        if (told_apart == 3) failed = 1;
    }
    if (test("planted (must be told apart)", run_planted, samples / 4 + 50, &d) <= limit) failed = 1;
    printf("%s\n", failed ? "FAILED" : "passed");
    free(scratch);
    return failed;
}
