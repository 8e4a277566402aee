// Runs the portable path under valgrind with every secret marked as undefined: a branch or an address that depends on
// one is reported. Usage: secret_memory [planted-branch | planted-address]; the planted faults must be reported.

#include "support.h"

#include <valgrind/memcheck.h>

static volatile uint64_t sink;

static void hide(void *p, size_t bytes) { VALGRIND_MAKE_MEM_UNDEFINED(p, bytes); }
static void show(void *p, size_t bytes) { VALGRIND_MAKE_MEM_DEFINED(p, bytes); }

static int same(mpz_t z, uint64_t *got, size_t n) {
    uint64_t want[CK_MAX_LIMBS];
    from_mpz(want, n, z);
    show(got, n * 8);
    return memcmp(want, got, n * 8) == 0;
}

/// With `square`, the modulus is a square and the context is made from its secret root.
static int run(size_t bits, size_t exponent_bits, const ck_limb_ops *ops, int square, const char *planted) {
    enum { COUNT = 3 };
    size_t n = (bits + 63) / 64, en = (exponent_bits + 63) / 64;
    uint64_t modulus[CK_MAX_LIMBS], root[CK_MAX_LIMBS];
    uint64_t *a = aligned(COUNT * n * 8), *b = aligned(COUNT * n * 8), *r = aligned(COUNT * n * 8);
    uint64_t *e = aligned(COUNT * en * 8);
    random_modulus(modulus, bits, 0);
    if (square) {
        random_modulus(root, bits / 2, 0);
        mpn_sqr(modulus, root, (mp_size_t)n / 2);
    }
    random_limbs(a, COUNT * n);
    random_limbs(b, COUNT * n);
    random_limbs(e, COUNT * en);
    mpz_t m, want[3][COUNT], x, y;
    mpz_inits(m, x, y, NULL);
    to_mpz(m, modulus, n);
    for (int i = 0; i < COUNT; i++) {
        for (int k = 0; k < 3; k++) mpz_init(want[k][i]);
        to_mpz(x, a + (size_t)i * n, n);
        to_mpz(y, b + (size_t)i * n, n);
        mpz_mul(want[0][i], x, y);
        mpz_mod(want[0][i], want[0][i], m);
        to_mpz(y, e + (size_t)i * en, en);
        mpz_fdiv_r_2exp(y, y, exponent_bits);
        mpz_powm(want[1][i], x, y, m);
        to_mpz(x, a, n);
        mpz_powm(want[2][i], x, y, m);
    }
    ck_mont *c = aligned(square ? ck_mont_square_size(n / 2) : ck_mont_size(n));
    // The lowest and the highest limb decide about oddness and length, which are public.
    if (n > 2) hide(modulus + 1, (n - 2) * 8);
    if (n > 4) hide(root + 1, (n / 2 - 2) * 8);
    int bad = square ? ck_mont_init_square(c, root, n / 2, CK_PATH_PORTABLE, ops) != 0
                     : ck_mont_init_path(c, modulus, n, CK_PATH_PORTABLE, ops) != 0;
    size_t sb = ck_mont_scratch_bytes(c), xb = ck_mont_exp_scratch_bytes(c, exponent_bits);
    void *s = aligned(sb), *xs = aligned(xb);
    ck_comb comb;
    size_t tb = ck_comb_plan(&comb, c, exponent_bits, 1 << 16), cb = ck_comb_scratch_bytes(&comb);
    uint64_t *table = aligned(tb);
    void *cs = aligned(cb);
    hide(a, COUNT * n * 8);
    hide(b, COUNT * n * 8);
    hide(e, COUNT * en * 8);
    bad |= ck_comb_build(&comb, a, table, cs, cb) != 0;
    if (strcmp(planted, "planted-branch") == 0 && (e[0] & 1)) sink = 1;
    if (strcmp(planted, "planted-address") == 0) sink = table[e[0] & 15];
    ck_mont_mul(c, r, a, b, COUNT, s);
    for (int i = 0; i < COUNT; i++) bad |= !same(want[0][i], r + (size_t)i * n, n);
    ck_mont_sqr(c, r, b, COUNT, s);
    ck_mont_to_domain(c, r, a, COUNT, s);
    ck_mont_sqr_domain(c, r, r, COUNT, s);
    ck_mont_accumulate(c, r, b, n, COUNT, s);
    ck_mont_accumulate_finish(c, r, 1, COUNT, s);
    ck_mont_mul_shared(c, r, r, b, COUNT, s);
    bad |= ck_mont_exp(c, r, a, e, exponent_bits, 0, COUNT, xs, xb) != 0;
    for (int i = 0; i < COUNT; i++) bad |= !same(want[1][i], r + (size_t)i * n, n);
    bad |= ck_mont_exp(c, r, a, e, exponent_bits, 1, COUNT, xs, xb) != 0;
    bad |= ck_comb_exp(&comb, r, e, COUNT, cs, cb) != 0;
    for (int i = 0; i < COUNT; i++) bad |= !same(want[2][i], r + (size_t)i * n, n);
    return bad;
}

/// Keystreams and lanes in plain C, with key and words hidden.
static int run_masks(void) {
    enum { WORDS = 300 };
    const uint64_t top = (uint64_t)0x40000200001 << 20, used = (uint64_t)-1 >> 1;
    uint64_t *words = aligned(8 * WORDS), *term = aligned(8 * WORDS), *back = aligned(8 * WORDS), key[4];
    random_limbs(key, 4);
    for (size_t i = 0; i < WORDS; i++) back[i] = words[i] = random_word() & used;
    random_limbs(term, WORDS);
    for (size_t i = 0; i < WORDS; i++) term[i] &= used;
    ck_mask mask;
    uint8_t stream[100];
    hide(words, 8 * WORDS);
    hide(term, 8 * WORDS);
    hide(key, sizeof key);
    int bad = 0;
    for (int subtract = 0; subtract < 2; subtract++) {
        bad |= ck_mask_init(&mask, CK_CHACHA20, (const uint8_t *)key, subtract);
        bad |= ck_mask_apply(&mask, 1, words, WORDS, 8, used, top, CK_LANES_PORTABLE);
        ck_lanes_add(words, term, WORDS, used, top, subtract, CK_LANES_PORTABLE);
        bad |= ck_keystream(CK_CHACHA20, stream, sizeof stream, 3, (const uint8_t *)key, CK_LANES_PORTABLE);
    }
    show(words, 8 * WORDS);
    return bad | (memcmp(words, back, 8 * WORDS) != 0);
}

int main(int argc, char **argv) {
    const char *planted = argc > 1 ? argv[1] : "";
    static const size_t sizes[][2] = {{256, 70}, {1536, 64}, {2048, 300}, {3072, 33}, {4096, 350}};
    const ck_limb_ops *ops[] = {ck_limb_ops_fastest(), ck_limb_ops_plain(), &gmp_ops};
    int bad = run_masks();
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        for (size_t o = 0; o < 6; o++) bad |= run(sizes[k][0], sizes[k][1], ops[o / 2], o % 2, planted);
    printf("results %s, running under valgrind: %s\n", bad ? "WRONG" : "right", RUNNING_ON_VALGRIND ? "yes" : "no");
    return bad;
}
