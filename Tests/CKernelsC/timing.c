// Welch's t between the times of two classes of exponents, on the path of the machine: all zero against random.
// A planted exponentiation that skips what zero digits let it skip must be told apart; the kernels must not.
// Usage: timing [samples per class, default 2000]. Exits 1 when a kernel is told apart or the planted one is not.

#include "support.h"
#include "welch.h"

enum { LIMBS = 32, BITS = 256, LANES = 8 };

static ck_mont *c;
static ck_comb comb;
static void *scratch;
static size_t scratch_bytes;
static uint64_t base[LANES * LIMBS], out[LANES * LIMBS], e[LANES * BITS / 64];

static void run_exp(void) { ck_mont_exp(c, out, base, e, BITS, 0, LANES, scratch, scratch_bytes); }
static void run_comb(void) { ck_comb_exp(&comb, out, e, LANES, scratch, scratch_bytes); }

/// Square and multiply that looks at its exponent.
static void run_planted(void) {
    for (int bit = 0; bit < 64; bit++) {
        ck_mont_sqr_domain(c, out, out, LANES, scratch);
        if (e[0] >> bit & 1) ck_mont_mul_domain(c, out, out, base, LANES, scratch);
    }
}

static void draw(uint64_t keep) {
    random_limbs(e, sizeof e / sizeof *e);
    for (size_t k = 0; k < sizeof e / sizeof *e; k++) e[k] &= keep;
}

int main(int argc, char **argv) {
    size_t samples = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
    uint64_t modulus[LIMBS], root[LIMBS / 2];
    random_modulus(root, 32 * LIMBS, 0);
    mpn_sqr(modulus, root, LIMBS / 2);
    int failed = 0;
    for (int kind = 0; kind < 4; kind++) {
        int path = kind % 2 == 0 ? CK_PATH_PORTABLE : CK_PATH_IFMA, pairs = kind / 2;
        c = aligned(pairs ? ck_mont_square_size(LIMBS / 2) : ck_mont_size(LIMBS));
        int code = pairs ? ck_mont_init_square(c, root, LIMBS / 2, path, NULL)
                         : ck_mont_init_path(c, modulus, LIMBS, path, NULL);
        if (code != 0) continue;
        size_t table_bytes = ck_comb_plan(&comb, c, BITS, 1 << 17);
        uint64_t *table = aligned(table_bytes);
        scratch_bytes = ck_comb_scratch_bytes(&comb);
        if (ck_mont_exp_scratch_bytes(c, BITS) > scratch_bytes) scratch_bytes = ck_mont_exp_scratch_bytes(c, BITS);
        scratch = aligned(scratch_bytes);
        random_limbs(base, LANES * LIMBS);
        for (int i = 0; i < LANES; i++) reduce(base + i * LIMBS, base + i * LIMBS, LIMBS, modulus);
        memcpy(out, base, sizeof out);
        if (ck_comb_build(&comb, base, table, scratch, scratch_bytes) != 0) return 1;
        size_t n = path == CK_PATH_PORTABLE ? samples / 4 : samples;
        printf("path %s%s\n", path == CK_PATH_IFMA ? "ifma" : "portable", pairs ? ", pairs" : "");
        double d;
        failed |= is_told_apart("fixed windows", draw, run_exp, n);
        failed |= is_told_apart("comb", draw, run_comb, n);
        if (told_apart("planted (must be told apart)", draw, run_planted, n / 4 + 50, &d) <= WELCH_LIMIT) failed = 1;
    }
    printf("%s\n", failed ? "FAILED" : "passed");
    return failed;
}
