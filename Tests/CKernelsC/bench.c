// Rates of the kernels beside the ceiling of the processor and beside GMP, in one run, in CPU time of one core.
// Usage: bench [milliseconds per measurement, default 300] [peak products exponents]

#include "support.h"

#include "mont_internal.h"

static double budget = 0.3;

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/// Median time of one call, from rounds of at least two milliseconds.
#define MEASURE(result, code)                                                   \
    do {                                                                        \
        double rounds_[4096], end_ = cpu_seconds() + budget;                    \
        size_t taken_ = 0;                                                      \
        do {                                                                    \
            double from_ = cpu_seconds(), now_;                                 \
            size_t calls_ = 0;                                                  \
            do { code; calls_++; now_ = cpu_seconds(); } while (now_ < from_ + 2e-3); \
            rounds_[taken_++] = (now_ - from_) / (double)calls_;                \
        } while (cpu_seconds() < end_ && taken_ < 4096);                        \
        qsort(rounds_, taken_, sizeof *rounds_, ascending);                     \
        result = rounds_[taken_ / 2];                                           \
    } while (0)

static ck_mont *context(const uint64_t *modulus, size_t n, int path, const ck_limb_ops *ops) {
    ck_mont *c = aligned(ck_mont_size(n));
    if (ck_mont_init_path(c, modulus, n, path, ops) != 0) { free(c); return NULL; }
    return c;
}

/// The same for the square of a root, which keys are computed by.
static ck_mont *square_context(const uint64_t *root, size_t n, int path, const ck_limb_ops *ops) {
    ck_mont *c = aligned(ck_mont_square_size(n));
    if (ck_mont_init_square(c, root, n, path, ops) != 0) { free(c); return NULL; }
    return c;
}

static uint64_t *numbers(size_t count, size_t n, const uint64_t *m) {
    uint64_t *a = aligned(count * n * 8);
    random_limbs(a, count * n);
    for (size_t i = 0; i < count; i++) reduce(a + i * n, a + i * n, n, m);
    return a;
}

static const char *names[] = {"ifma", "portable", "portable+gmp", "plain C"};
static int path_of(int p) { return p == 0 ? CK_PATH_IFMA : CK_PATH_PORTABLE; }
static const ck_limb_ops *ops_of(int p) { return p == 2 ? &gmp_ops : p == 3 ? ck_limb_ops_plain() : NULL; }

/// Products and squares in rounds that alternate with the ceiling and with GMP, so that whatever else the machine does
/// weighs on all alike; medians of times and of ratios.
static void products(size_t bits) {
    enum { COUNT = 64, TERMS = 4, ROUNDS = 400 };
    size_t n = bits / 64, least = (bits + 2 + 51) / 52;
    uint64_t modulus[CK_MAX_LIMBS];
    random_modulus(modulus, bits, 0);
    uint64_t *a = numbers(COUNT, n, modulus), *b = numbers(COUNT * TERMS, n, modulus);
    mpz_t x, y, z, m;
    mpz_inits(x, y, z, m, NULL);
    to_mpz(x, a, n); to_mpz(y, b, n); to_mpz(m, modulus, n);
    for (int p = 0; p < 4; p++) {
        ck_mont *c = context(modulus, n, path_of(p), ops_of(p));
        if (c == NULL) continue;
        void *s = aligned(ck_mont_scratch_bytes(c));
        static double many[ROUNDS], sqr[ROUNDS], many_peak[ROUNDS], sqr_peak[ROUNDS];
        static double many_gmp[ROUNDS], many_sqr[ROUNDS];
        double end = cpu_seconds() + 3 * budget, work = 4.0 * (double)(least * least) / 8;
        size_t taken = 0;
        while (taken < ROUNDS && (taken == 0 || cpu_seconds() < end)) {
            double peak = p == 0 ? ck_ifma_peak(1) : 1;
            double t1 = cpu_seconds();
            ck_mont_accumulate_many(c, a, b, n, COUNT * n, TERMS, COUNT, s);
            double t2 = cpu_seconds();
            for (int k = 0; k < TERMS; k++) ck_mont_sqr_domain(c, a, a, COUNT, s);
            double t3 = cpu_seconds();
            for (int k = 0; k < COUNT; k++) { mpz_mul(z, x, y); mpz_tdiv_r(z, z, m); }
            double t4 = cpu_seconds();
            many[taken] = (t2 - t1) / (COUNT * TERMS);
            sqr[taken] = (t3 - t2) / (COUNT * TERMS);
            many_peak[taken] = work / (many[taken] * peak * 1e9);
            sqr_peak[taken] = work / (sqr[taken] * peak * 1e9);
            many_gmp[taken] = (t4 - t3) / COUNT / many[taken];
            many_sqr[taken] = many[taken] / sqr[taken];
            taken++;
        }
        double *all[] = {many, sqr, many_peak, sqr_peak, many_gmp, many_sqr};
        for (int k = 0; k < 6; k++) qsort(all[k], taken, sizeof(double), ascending);
        size_t mid = taken / 2;
        printf("%5zu bits %-12s product %7.3f us  square %7.3f us  product/square %.2f", bits, names[p],
            many[mid] * 1e6, sqr[mid] * 1e6, many_sqr[mid]);
        if (p == 0)
            printf("  of peak (4 L^2, L = %zu): product %5.1f %% square %5.1f %%", least, 100 * many_peak[mid],
                100 * sqr_peak[mid]);
        printf("  additions/s %8.0f  x GMP mul+mod %.2f\n", 1 / many[mid], many_gmp[mid]);
        free(s); free(c);
    }
    mpz_clears(x, y, z, m, NULL);
    free(a); free(b);
}

/// What the residues of a context cost in blocks, as exponentiations use them.
static void blocks(const ck_mont *c, double *product, double *square) {
    enum { CALLS = 50 };
    double lanes = (double)ck_block_lanes(c);
    uint64_t *x = aligned(8 * ck_block_words(c)), *y = aligned(8 * ck_block_words(c));
    uint64_t *a = aligned(8 * 8 * ck_mont_limbs(c));
    void *s = aligned(ck_block_scratch_bytes(c));
    random_limbs(a, 8 * ck_mont_limbs(c));
    ck_block_enter(c, x, a, ck_block_lanes(c), s);
    ck_block_enter(c, y, a, ck_block_lanes(c), s);
    double from = cpu_seconds();
    for (int k = 0; k < CALLS; k++) ck_block_mul(c, x, x, y, s);
    double middle = cpu_seconds();
    for (int k = 0; k < CALLS; k++) ck_block_sqr(c, x, x, s);
    *product = (middle - from) / CALLS / lanes;
    *square = (cpu_seconds() - middle) / CALLS / lanes;
    free(x); free(y); free(a); free(s);
}

/// Products of residues modulo n^2, in numbers of the whole length and in pairs, in rounds that alternate. On the IFMA
/// path: which part of the ceiling the multiply-adds reach that are made, and that the schoolbook would need.
static void pairs(size_t root_bits) {
    enum { ROUNDS = 60 };
    size_t h = root_bits / 64, least = (2 * root_bits + 2 + 51) / 52, half = (root_bits + 2 + 51) / 52;
    uint64_t root[CK_MAX_LIMBS], modulus[CK_MAX_LIMBS];
    random_modulus(root, root_bits, 0);
    mpn_sqr(modulus, root, (mp_size_t)h);
    for (int p = 0; p < 2; p++) {
        ck_mont *whole = context(modulus, 2 * h, path_of(p), NULL), *pair = square_context(root, h, path_of(p), NULL);
        if (whole == NULL || pair == NULL) continue;
        static double gain[2][ROUNDS], spent[2][ROUNDS], made[2][ROUNDS], book[2][ROUNDS];
        for (int r = 0; r < ROUNDS; r++) {
            double peak = p == 0 ? ck_ifma_peak(1) * 1e9 * 8 : 1, w[2], t[2];
            blocks(whole, &w[0], &w[1]);
            blocks(pair, &t[0], &t[1]);
            for (int k = 0; k < 2; k++) {
                gain[k][r] = w[k] / t[k];
                spent[k][r] = t[k];
                made[k][r] = (k == 0 ? 10.0 : 7.0) * (double)(half * half) / (t[k] * peak);
                book[k][r] = 4.0 * (double)(least * least) / (t[k] * peak);
            }
        }
        for (int k = 0; k < 2; k++) {
            double *all[] = {gain[k], spent[k], made[k], book[k]};
            for (int i = 0; i < 4; i++) qsort(all[i], ROUNDS, sizeof(double), ascending);
            printf("%5zu bits squared %-8s %s %7.3f us in pairs, x whole %.2f", root_bits, names[p],
                k == 0 ? "product" : "square ", spent[k][ROUNDS / 2] * 1e6, gain[k][ROUNDS / 2]);
            if (p == 0)
                printf("  of peak: as pairs (%s l^2, l = %zu) %5.1f %%, as one number (4 L^2, L = %zu) %5.1f %%",
                    k == 0 ? "10" : "7", half, 100 * made[k][ROUNDS / 2], least, 100 * book[k][ROUNDS / 2]);
            printf("\n");
        }
        free(whole); free(pair);
    }
}

/// A thousand numbers to public weights of 128 bits: by buckets, and one power after the other.
static void weights(size_t key_bits) {
    enum { COUNT = 1053 };
    size_t h = key_bits / 64;
    uint64_t root[CK_MAX_LIMBS], out[CK_MAX_LIMBS], *a = aligned(COUNT * 2 * h * 8), *e = aligned(COUNT * 16);
    random_modulus(root, key_bits, 0);
    random_limbs(a, COUNT * 2 * h);
    random_limbs(e, COUNT * 2);
    for (int p = 0; p < 2; p++) {
        ck_mont *c = square_context(root, h, path_of(p), NULL);
        if (c == NULL) continue;
        size_t sb = ck_mont_weigh_scratch_bytes(c, 128, COUNT), eb = ck_mont_exp_scratch_bytes(c, 128);
        void *s = aligned(sb), *es = aligned(eb);
        uint64_t *powers = aligned(64 * 2 * h * 8);
        double t, one;
        MEASURE(t, if (ck_mont_weigh(c, out, a, e, 128, COUNT, s, sb) != 0) exit(1));
        MEASURE(one, if (ck_mont_exp(c, powers, a, e, 128, 0, 64, es, eb) != 0) exit(1));
        printf("%zu n, %d numbers to 128-bit weights, %-8s %8.2f ms  x powers one by one %.2f\n", key_bits, COUNT,
            names[p], t * 1e3, one * COUNT / 64 / t);
        free(s); free(es); free(powers); free(c);
    }
    free(a); free(e);
}

static void combs(size_t key_bits, size_t exponent_bits, size_t limit) {
    enum { COUNT = 64 };
    size_t n = key_bits / 32, en = (exponent_bits + 63) / 64;
    uint64_t modulus[CK_MAX_LIMBS], root[CK_MAX_LIMBS];
    random_modulus(root, key_bits, 0);
    mpn_sqr(modulus, root, (mp_size_t)n / 2);
    uint64_t *base = numbers(1, n, modulus), *e = aligned(COUNT * en * 8), *out = aligned(COUNT * n * 8);
    random_limbs(e, COUNT * en);
    mpz_t x, y, z, m;
    mpz_inits(x, y, z, m, NULL);
    to_mpz(x, base, n); to_mpz(m, modulus, n); to_mpz(y, e, en);
    double powm, textbook;
    MEASURE(powm, mpz_powm(z, x, y, m));
    uint64_t *full = numbers(1, n / 2, modulus);
    to_mpz(y, full, n / 2);
    MEASURE(textbook, mpz_powm(z, x, y, m));
    for (int p = 0; p < 4; p++) {
        ck_mont *c = square_context(root, n / 2, path_of(p), ops_of(p));
        if (c == NULL) continue;
        ck_comb comb;
        size_t bytes = ck_comb_plan(&comb, c, exponent_bits, limit);
        uint64_t *table = aligned(bytes);
        size_t sb = ck_comb_scratch_bytes(&comb);
        void *s = aligned(sb);
        double build = cpu_seconds(), t;
        if (ck_comb_build(&comb, base, table, s, sb) != 0) exit(1);
        build = cpu_seconds() - build;
        size_t count = p == 0 ? COUNT : 8;
        MEASURE(t, if (ck_comb_exp(&comb, out, e, count, s, sb) != 0) exit(1));
        t /= (double)count;
        printf("%zu n, exponent %4zu, %-12s %ux%u comb %4zu KiB built in %3.0f ms: %8.0f exp/s", key_bits,
            exponent_bits, names[p], comb.teeth, comb.blocks, bytes / 1024, build * 1e3, 1 / t);
        printf("  x mpz_powm %.1f  x n-bit powm %.1f\n", powm / t, textbook / t);
        free(table); free(s); free(c);
    }
    mpz_clears(x, y, z, m, NULL);
    free(base); free(e); free(out); free(full);
}

/// Two powers modulo squares of primes, exponents of half the key's length: what one decryption costs.
static void decryptions(size_t key_bits) {
    enum { COUNT = 16 };
    size_t n = key_bits / 64, eb = key_bits / 2;
    uint64_t modulus[CK_MAX_LIMBS], root[CK_MAX_LIMBS];
    random_modulus(root, key_bits / 2, 0);
    mpn_sqr(modulus, root, (mp_size_t)n / 2);
    uint64_t *a = numbers(COUNT, n, modulus), *out = aligned(COUNT * n * 8), e[CK_MAX_LIMBS], gmp_out[CK_MAX_LIMBS];
    random_limbs(e, n);
    uint64_t *sec = aligned(8 * (size_t)mpn_sec_powm_itch((mp_size_t)n, eb, (mp_size_t)n));
    double gmp;
    MEASURE(gmp, mpn_sec_powm(gmp_out, a, (mp_size_t)n, e, eb, modulus, (mp_size_t)n, sec));
    for (int p = 0; p < 4; p++) {
        ck_mont *c = square_context(root, n / 2, path_of(p), ops_of(p));
        if (c == NULL) continue;
        size_t sb = ck_mont_exp_scratch_bytes(c, eb), count = p == 0 ? COUNT : 1;
        void *s = aligned(sb);
        double t;
        MEASURE(t, if (ck_mont_exp(c, out, a, e, eb, 1, count, s, sb) != 0) exit(1));
        t = 2 * t / (double)count;
        printf("%zu n, decryption (2 powers), %-12s %8.0f /s  x mpn_sec_powm %.2f\n", key_bits, names[p], 1 / t,
            2 * gmp / t);
        free(s); free(c);
    }
    free(a); free(out); free(sec);
}

int main(int argc, char **argv) {
    if (argc > 1) budget = atof(argv[1]) * 1e-3;
    double peak = ck_ifma_peak(500);
    printf("path %s, peak %.3f thousand million 8-lane multiply-adds a second\n", ck_path_name(), peak);
    static const size_t sizes[] = {1536, 2048, 3072, 4096, 6144, 8192}, keys[] = {2048, 3072, 4096};
    static const size_t roots[] = {1024, 1536, 2048, 3072, 4096};
    for (size_t k = 0; k < 6; k++) products(sizes[k]);
    for (size_t k = 0; k < 5; k++) pairs(roots[k]);
    for (size_t k = 0; k < 3; k++) weights(keys[k]);
    for (size_t k = 0; k < 3; k++) {
        combs(keys[k], keys[k] / 2, 0);
        combs(keys[k], 256, 0);
    }
    for (size_t k = 0; k < 3; k++) decryptions(keys[k]);
    printf("peak again %.3f\n", ck_ifma_peak(500));
    return 0;
}
