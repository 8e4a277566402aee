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

static void draw(uint64_t keep) {
    for (int s = 0; s < COUNT; s++) {
        uint64_t limbs[4];
        random_limbs(limbs, 4);
        for (int k = 0; k < 4; k++) limbs[k] &= keep;
        limbs[0] |= 1;
        limbs[3] &= ((uint64_t)1 << 60) - 1;
        memcpy(scalars[s], limbs, 32);
    }
}

int main(int argc, char **argv) {
    // The group's base element.
    static const uint8_t base[32] = {0xe2, 0xf2, 0xae, 0x0a, 0x6a, 0xbc, 0x4e, 0x71, 0xa8, 0x84, 0xa9, 0x61, 0xc5, 0x00, 0x51, 0x5f,
                                     0x58, 0xe3, 0x0b, 0x6a, 0xa5, 0x82, 0xdd, 0x8d, 0xb6, 0xa6, 0x59, 0x45, 0xe0, 0x8d, 0x2d, 0x76};
    size_t samples = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
    double d;
    int failed = 0;
    if (ck_ristretto_scratch_bytes() == 0) return 3;
    memcpy(element, base, 32);
    scratch = malloc(ck_ristretto_scratch_bytes());
    static const int paths[] = {CK_LANES_PORTABLE, CK_LANES_AVX512};
    for (int p = 0; p < 2; p++) {
        path = paths[p];
        if (path > ck_lanes_best()) continue;
        failed |= is_told_apart(p == 0 ? "ristretto255, portable" : "ristretto255, avx512", draw, run_multiples, samples);
    }
    if (told_apart("planted (must be told apart)", draw, run_planted, samples / 4 + 50, &d) <= WELCH_LIMIT) failed = 1;
    printf("%s\n", failed ? "FAILED" : "passed");
    free(scratch);
    return failed;
}
