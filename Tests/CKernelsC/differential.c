// Every kernel on every path against GMP's integers. Usage: differential [cases per kernel and size, default 10000]

#include "support.h"

enum { PATHS = 6, BATCH = 41 };
static const char *path_names[PATHS] = {
    "ifma", "portable", "portable+gmp", "portable, plain C", "ifma, root", "portable, root",
};
static const char *kernel_names[] = {
    "mul", "sqr", "mul_shared", "reduce", "to/from_domain", "mul_domain", "sqr_domain", "accumulate", "exp",
    "exp_shared", "comb", "weigh", "subsets", "multi",
};
enum {
    MUL, SQR, SHARED, REDUCE, CONVERT, MUL_DOMAIN, SQR_DOMAIN, ACCUMULATE, EXP, EXP_SHARED, COMB, WEIGH, SUBSETS, MULTI,
    KERNELS,
};

static unsigned long cases[KERNELS][PATHS], mismatches, paths_used;

static void check(int kernel, int path, const uint64_t *got, const uint64_t *expected, size_t n, size_t count) {
    for (size_t i = 0; i < count; i++) {
        cases[kernel][path]++;
        if (memcmp(got + i * n, expected + i * n, n * 8) != 0) {
            if (mismatches++ < 20)
                printf("MISMATCH %s %s limbs %zu number %zu\n", kernel_names[kernel], path_names[path], n, i);
        }
    }
}

typedef struct {
    size_t n;
    uint64_t modulus[CK_MAX_LIMBS];
    mpz_t m;
    ck_mont *context[PATHS];
    void *scratch[PATHS];
} setting;

static void setting_init(setting *s, size_t bits, unsigned style) {
    s->n = (bits + 63) / 64;
    // Most moduli of an even number of full limbs are squares, so that both ways of computing meet.
    int square = bits % 128 == 0 && style != 1;
    uint64_t root[CK_MAX_LIMBS];
    if (square) {
        random_modulus(root, bits / 2, style);
        mpn_sqr(s->modulus, root, (mp_size_t)s->n / 2);
    } else {
        random_modulus(s->modulus, bits, style);
    }
    if (s->n == 1 && s->modulus[0] < 3) s->modulus[0] = 3;
    mpz_init(s->m);
    to_mpz(s->m, s->modulus, s->n);
    for (int p = 0; p < PATHS; p++) {
        s->context[p] = NULL;
        if (p >= 4 && !square) continue;
        int path = p == 0 || p == 4 ? CK_PATH_IFMA : CK_PATH_PORTABLE;
        const ck_limb_ops *ops = p == 2 ? &gmp_ops : p == 3 ? ck_limb_ops_plain() : NULL;
        ck_mont *c = aligned(p >= 4 ? ck_mont_square_size(s->n / 2) : ck_mont_size(s->n));
        int rc = p >= 4 ? ck_mont_init_square(c, root, s->n / 2, path, ops)
                        : ck_mont_init_path(c, s->modulus, s->n, path, ops);
        if (rc == -2) { free(c); continue; }
        if (rc != 0) { printf("init failed\n"); exit(1); }
        paths_used |= 1ul << p;
        s->context[p] = c;
        s->scratch[p] = aligned(ck_mont_scratch_bytes(c));
    }
}

static void setting_clear(setting *s) {
    mpz_clear(s->m);
    for (int p = 0; p < PATHS; p++)
        if (s->context[p] != NULL) { free(s->context[p]); free(s->scratch[p]); }
}

static void products(setting *s, size_t count) {
    size_t n = s->n;
    uint64_t *a = malloc(count * n * 8), *b = malloc(count * n * 8), *r = malloc(count * n * 8);
    uint64_t *low = malloc(count * n * 8), *want = malloc(6 * count * n * 8), *w[6];
    for (int k = 0; k < 6; k++) w[k] = want + (size_t)k * count * n;
    mpz_t x, y, z;
    mpz_inits(x, y, z, NULL);
    for (size_t i = 0; i < count; i++) {
        random_number(a + i * n, n, s->modulus);
        random_number(b + i * n, n, s->modulus);
        reduce(low + i * n, a + i * n, n, s->modulus);
    }
    for (size_t i = 0; i < count; i++) {
        to_mpz(x, a + i * n, n);
        to_mpz(y, b + i * n, n);
        mpz_mul(z, x, y); mpz_mod(z, z, s->m); from_mpz(w[MUL] + i * n, n, z);
        mpz_mul(z, x, x); mpz_mod(z, z, s->m); from_mpz(w[SQR] + i * n, n, z);
        to_mpz(y, b, n);
        mpz_mul(z, x, y); mpz_mod(z, z, s->m); from_mpz(w[SHARED] + i * n, n, z);
        mpz_mod(z, x, s->m); from_mpz(w[REDUCE] + i * n, n, z);
    }
    for (int p = 0; p < PATHS; p++) {
        const ck_mont *c = s->context[p];
        void *sc = s->scratch[p];
        if (c == NULL) continue;
        ck_mont_mul(c, r, a, b, count, sc); check(MUL, p, r, w[MUL], n, count);
        memcpy(r, a, count * n * 8);
        ck_mont_sqr(c, r, r, count, sc); check(SQR, p, r, w[SQR], n, count);
        ck_mont_mul_shared(c, r, a, b, count, sc); check(SHARED, p, r, w[SHARED], n, count);
        ck_mont_reduce(c, r, a, count, sc); check(REDUCE, p, r, w[REDUCE], n, count);
        ck_mont_to_domain(c, r, a, count, sc);
        // Canonical in the domain too.
        uint64_t *again = malloc(count * n * 8);
        ck_mont_reduce(c, again, r, count, sc); check(CONVERT, p, r, again, n, count);
        ck_mont_sqr_domain(c, again, r, count, sc);
        ck_mont_from_domain(c, again, again, count, sc); check(SQR_DOMAIN, p, again, w[SQR], n, count);
        // A residue times a number is a number.
        ck_mont_mul_domain(c, again, r, b, count, sc); check(MUL_DOMAIN, p, again, w[MUL], n, count);
        ck_mont_from_domain(c, r, r, count, sc); check(CONVERT, p, r, w[REDUCE], n, count);
        // low * a * b by folding, once together and once apart, with strides.
        size_t stride = n + 3;
        uint64_t *in = malloc(2 * count * stride * 8);
        for (size_t i = 0; i < count; i++) {
            memcpy(in + i * stride, a + i * n, n * 8);
            memcpy(in + (count + i) * stride, b + i * n, n * 8);
        }
        for (int apart = 0; apart < 2; apart++) {
            memcpy(r, low, count * n * 8);
            if (apart) {
                ck_mont_accumulate(c, r, in, stride, count, sc);
                ck_mont_accumulate(c, r, in + count * stride, stride, count, sc);
            } else {
                ck_mont_accumulate_many(c, r, in, stride, count * stride, 2, count, sc);
            }
            ck_mont_accumulate_finish(c, r, 2, count, sc);
            for (size_t i = 0; i < count; i++) {
                to_mpz(x, w[SQR] + i * n, n);
                to_mpz(y, b + i * n, n);
                mpz_mul(z, x, y); mpz_mod(z, z, s->m); from_mpz(again, n, z);
                check(ACCUMULATE, p, r + i * n, again, n, 1);
            }
        }
        free(in);
        free(again);
    }
    mpz_clears(x, y, z, NULL);
    free(a); free(b); free(r); free(low); free(want);
}

static void random_exponent(uint64_t *e, size_t bits) {
    size_t n = (bits + 63) / 64;
    random_limbs(e, n);
    unsigned style = random_word() % 8;
    if (style == 0) memset(e, 0, n * 8);
    if (style == 1) memset(e, 0xff, n * 8);
    if (style == 2) { memset(e, 0, n * 8); e[0] = 1; }
    if (style == 3) { memset(e, 0, n * 8); e[random_word() % n] = (uint64_t)1 << random_word() % 64; }
    // Bits above the length stay where they are: they must be ignored.
}

static void powers(setting *s, size_t bits, size_t count) {
    size_t n = s->n, en = (bits + 63) / 64;
    uint64_t *base = malloc(count * n * 8), *e = malloc(count * en * 8), *r = malloc(count * n * 8);
    uint64_t *own = malloc(count * n * 8), *shared = malloc(count * n * 8), *fixed = malloc(count * n * 8);
    mpz_t x, y, z;
    mpz_inits(x, y, z, NULL);
    for (size_t i = 0; i < count; i++) {
        random_number(base + i * n, n, s->modulus);
        random_exponent(e + i * en, bits);
    }
    size_t given = random_word() % count;
    for (size_t i = 0; i < count; i++) {
        to_mpz(x, base + i * n, n);
        to_mpz(y, e + i * en, en);
        mpz_fdiv_r_2exp(y, y, bits);
        mpz_powm(z, x, y, s->m); from_mpz(own + i * n, n, z);
        to_mpz(x, base + given * n, n);
        mpz_powm(z, x, y, s->m); from_mpz(fixed + i * n, n, z);
        to_mpz(x, base + i * n, n);
        to_mpz(y, e, en);
        mpz_fdiv_r_2exp(y, y, bits);
        mpz_powm(z, x, y, s->m); from_mpz(shared + i * n, n, z);
    }
    for (int p = 0; p < PATHS; p++) {
        const ck_mont *c = s->context[p];
        if (c == NULL) continue;
        size_t bytes = ck_mont_exp_scratch_bytes(c, bits);
        void *sc = aligned(bytes);
        if (ck_mont_exp(c, r, base, e, bits, 0, count, sc, bytes) != 0) mismatches++;
        check(EXP, p, r, own, n, count);
        if (ck_mont_exp(c, r, base, e, bits, 1, count, sc, bytes) != 0) mismatches++;
        check(EXP_SHARED, p, r, shared, n, count);
        if (ck_mont_exp(c, r, base, e, bits, 1, count, sc, bytes - 1) != -1) mismatches++;
        free(sc);
        ck_comb comb;
        size_t table_bytes = random_word() % 4 == 0
            ? ck_comb_plan(&comb, c, bits, (size_t)1 << (14 + random_word() % 7))
            : ck_comb_plan_exactly(&comb, c, bits, 4 + random_word() % 7, 1 + random_word() % 5 % ((bits + 7) / 8));
        if (table_bytes == 0) table_bytes = ck_comb_plan_exactly(&comb, c, bits, 4, 1);
        uint64_t *table = aligned(table_bytes);
        bytes = ck_comb_scratch_bytes(&comb);
        sc = aligned(bytes);
        if (ck_comb_build(&comb, base + given * n, table, sc, bytes) != 0) mismatches++;
        if (ck_comb_exp(&comb, r, e, count, sc, bytes) != 0) mismatches++;
        check(COMB, p, r, fixed, n, count);
        for (size_t i = 0; i < bytes - 64; i++)
            if (((unsigned char *)sc)[i] != 0 && i >= 64) { mismatches++; printf("scratch not wiped\n"); break; }
        free(sc);
        free(table);
    }
    mpz_clears(x, y, z, NULL);
    free(base); free(e); free(r); free(own); free(shared); free(fixed);
}

/// Products of powers against the products of GMP's powers, in numbers of factors around every change of plan.
static void products_of_powers(setting *s, size_t bits, size_t count, size_t terms) {
    size_t n = s->n, en = (bits + 63) / 64, stride = count * n + random_word() % 3;
    uint64_t *base = malloc(terms * stride * 8), *e = malloc((count > terms ? count : terms) * en * 8);
    uint64_t weighed[CK_MAX_LIMBS], *subsets = malloc(bits * n * 8), *got = malloc(bits * n * 8);
    uint64_t *multi = malloc(count * n * 8), *r = malloc(count * n * 8);
    mpz_t x, y, product;
    mpz_inits(x, y, product, NULL);
    random_limbs(base, terms * stride);
    for (size_t i = 0; i < count; i++) random_number(base + i * n, n, s->modulus);
    for (size_t i = 0; i < (count > terms ? count : terms); i++) random_exponent(e + i * en, bits);
    mpz_set_ui(product, 1);
    mpz_mod(product, product, s->m);
    for (size_t i = 0; i < count; i++) {
        to_mpz(x, base + i * n, n);
        to_mpz(y, e + i * en, en);
        mpz_fdiv_r_2exp(y, y, bits);
        mpz_powm(x, x, y, s->m);
        mpz_mul(product, product, x);
        mpz_mod(product, product, s->m);
    }
    from_mpz(weighed, n, product);
    for (size_t k = 0; k < bits; k++) {
        mpz_set_ui(product, 1);
        for (size_t i = 0; i < count; i++) {
            if (!(e[i * en + k / 64] >> (k % 64) & 1)) continue;
            to_mpz(x, base + i * n, n);
            mpz_mul(product, product, x);
            mpz_mod(product, product, s->m);
        }
        mpz_mod(product, product, s->m);
        from_mpz(subsets + k * n, n, product);
    }
    for (size_t i = 0; i < count; i++) {
        mpz_set_ui(product, 1);
        for (size_t t = 0; t < terms; t++) {
            to_mpz(x, base + t * stride + i * n, n);
            to_mpz(y, e + t * en, en);
            mpz_fdiv_r_2exp(y, y, bits);
            mpz_powm(x, x, y, s->m);
            mpz_mul(product, product, x);
        }
        mpz_mod(product, product, s->m);
        from_mpz(multi + i * n, n, product);
    }
    for (int p = 0; p < PATHS; p++) {
        const ck_mont *c = s->context[p];
        if (c == NULL) continue;
        size_t bytes = ck_mont_weigh_scratch_bytes(c, bits, count);
        void *sc = aligned(bytes);
        if (ck_mont_weigh(c, r, base, e, bits, count, sc, bytes) != 0) mismatches++;
        check(WEIGH, p, r, weighed, n, 1);
        if (ck_mont_weigh(c, r, base, e, bits, count, sc, bytes - 1) != -1) mismatches++;
        if (ck_mont_subsets(c, got, base, e, bits, count, sc, bytes) != 0) mismatches++;
        check(SUBSETS, p, got, subsets, n, bits);
        if (ck_mont_subsets(c, got, base, e, bits, count, sc, bytes - 1) != -1) mismatches++;
        free(sc);
        bytes = ck_mont_multi_scratch_bytes(c, bits, terms);
        sc = aligned(bytes);
        if (ck_mont_multi(c, r, base, stride, e, bits, terms, count, sc, bytes) != 0) mismatches++;
        check(MULTI, p, r, multi, n, count);
        if (ck_mont_multi(c, r, base, stride, e, bits, terms, count, sc, bytes - 1) != -1) mismatches++;
        free(sc);
    }
    mpz_clears(x, y, product, NULL);
    free(base); free(e); free(subsets); free(got); free(multi); free(r);
}

/// A context of no chosen path takes the one that was forced, and a chosen one its own.
static void forced_paths(void) {
    uint64_t modulus[4] = {~0ull, ~0ull, ~0ull, ~0ull};
    ck_mont *c = aligned(ck_mont_size(4));
    ck_force_path(CK_PATH_PORTABLE);
    int plain = ck_mont_init(c, modulus, 4) == 0 && ck_mont_path(c) == CK_PATH_PORTABLE;
    int automatic = ck_mont_init_path(c, modulus, 4, CK_PATH_AUTOMATIC, NULL) == 0 && ck_mont_path(c) == CK_PATH_PORTABLE;
    ck_force_path(CK_PATH_AUTOMATIC);
    int chosen = ck_mont_init_path(c, modulus, 4, CK_PATH_PORTABLE, NULL) == 0 && ck_mont_path(c) == CK_PATH_PORTABLE;
    if (!plain || !automatic || !chosen) {
        printf("a forced or chosen path is not taken: plain %d, automatic %d, chosen %d\n", plain, automatic, chosen);
        exit(1);
    }
    free(c);
}

int main(int argc, char **argv) {
    unsigned long wanted = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
    forced_paths();
    static const size_t sizes[] = {1536, 2048, 3072, 4096, 6144, 8192};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        memset(cases, 0, sizeof cases);
        for (unsigned round = 0; cases[MUL][1] < wanted; round++) {
            setting s;
            setting_init(&s, sizes[k], round % 5);
            products(&s, 8 * BATCH + round % 9);
            setting_clear(&s);
        }
        for (unsigned round = 0; cases[EXP][1] < wanted; round++) {
            setting s;
            setting_init(&s, sizes[k], round % 5);
            powers(&s, round == 0 ? sizes[k] / 2 : round == 1 ? 256 : 1 + random_word() % (round % 5 == 2 ? 400 : 40),
                round < 2 ? 33 : 8 * BATCH + round % 17);
            setting_clear(&s);
        }
        for (unsigned round = 0; cases[WEIGH][1] < (wanted + 19) / 20; round++) {
            setting s;
            setting_init(&s, sizes[k], round % 5);
            products_of_powers(
                &s, round == 0 ? 128 : 1 + random_word() % 150, round == 0 ? 300 : 1 + random_word() % 40,
                1 + random_word() % 9);
            setting_clear(&s);
        }
        printf("%zu bits:", sizes[k]);
        for (int q = 0; q < KERNELS; q++) {
            printf(" %s", kernel_names[q]);
            for (int p = 0; p < PATHS; p++) printf("%c%lu", p == 0 ? ' ' : '/', cases[q][p]);
        }
        printf(" mismatches %lu\n", mismatches);
        fflush(stdout);
    }
    // Lengths that no key has: the edges of tiles, halves and limbs.
    memset(cases, 0, sizeof cases);
    for (size_t bits = 2; bits <= 64 * CK_MAX_LIMBS; bits += bits < 300 ? 1 : bits % 128 < 67 ? 61 : 128 - bits % 128) {
        setting s;
        setting_init(&s, bits, bits % 5);
        products(&s, 1 + random_word() % 20);
        powers(&s, 1 + random_word() % 90, 1 + random_word() % 40);
        products_of_powers(&s, 1 + random_word() % 90, 1 + random_word() % 40, 1 + random_word() % 5);
        setting_clear(&s);
    }
    printf("odd lengths: mul %lu, exp %lu, comb %lu, weigh %lu, subsets %lu, multi %lu\n", cases[MUL][1], cases[EXP][1],
        cases[COMB][1], cases[WEIGH][1], cases[SUBSETS][1], cases[MULTI][1]);
    // What must be refused.
    uint64_t even[2] = {4, 1}, one[1] = {1}, zero_top[2] = {3, 0};
    ck_mont *c = aligned(ck_mont_size(2));
    if (ck_mont_init(c, even, 2) != -1 || ck_mont_init(c, one, 1) != -1 || ck_mont_init(c, zero_top, 2) != -1
        || ck_mont_init_square(c, one, 1, CK_PATH_AUTOMATIC, NULL) != -1
        || ck_mont_square_size(CK_MAX_LIMBS / 2 + 1) != 0
        || ck_mont_size(0) != 0 || ck_mont_size(CK_MAX_LIMBS + 1) != 0) {
        printf("a bad modulus was accepted\n");
        mismatches++;
    }
    free(c);
    printf("paths:");
    for (int p = 0; p < PATHS; p++) if (paths_used >> p & 1) printf(" %s", path_names[p]);
    printf("\n%s: %lu mismatches\n", mismatches ? "FAILED" : "passed", mismatches);
    return mismatches != 0;
}
