// Quantiser, norm, packing and hash pieces on every path against slow, obvious versions and libsodium.
// Usage: codec [cases, default 3000]

#include "support.h"

#include <math.h>
#include <sodium.h>

#pragma STDC FP_CONTRACT OFF

enum { MOST = 700 };
static const int paths[] = {CK_LANES_PORTABLE, CK_LANES_AVX2, CK_LANES_AVX512};
static unsigned long cases, mismatches;

static void fail(const char *what, int p, size_t a, size_t b) {
    if (mismatches++ < 20) printf("MISMATCH %s on path %d: %zu %zu\n", what, paths[p], a, b);
}

static double unit(void) { return (double)(random_word() >> 11) * 0x1p-53; }

/// floor, one test, plus one: by the library's floor.
static int64_t slow_round(double x, int stochastic, double threshold) {
    if (!stochastic) return (int64_t)rint(x);
    double f = floor(x);
    return (int64_t)f + (x - f >= threshold);
}

static double value_for(double clip) {
    switch (random_word() % 12) {
    case 0: return 0;
    case 1: return -0.0;
    case 2: return clip;
    case 3: return -clip;
    case 4: return clip * 1.5;
    case 5: return -clip * 3;
    case 6: return 0x1p-140 * unit();
    case 7: return -0x1p-60 * unit();
    default: return clip * (4 * unit() - 2);
    }
}

static void quantiser(void) {
    static float f[MOST];
    static double d[MOST];
    static uint32_t u32[MOST];
    static uint64_t u64[MOST];
    static int64_t want[MOST], got[MOST + 1];
    size_t n = random_word() % MOST;
    double clip = ldexp(1 + unit(), (int)(random_word() % 40) - 20), scale = ldexp(1 + unit(), (int)(random_word() % 40));
    if (clip * scale > 0x1p51) scale = 0x1p50 / clip;
    if (random_word() % 4 == 0) { clip = 8; scale = 128; }
    for (size_t i = 0; i < n; i++) {
        f[i] = (float)value_for(clip);
        d[i] = value_for(clip);
        u32[i] = random_word() % 8 == 0 ? (uint32_t)(random_word() % 2 - 1) : (uint32_t)random_word();
        u64[i] = random_word() % 8 == 0 ? random_word() % 2 - 1 : random_word();
    }
    for (int kind = 0; kind < 4; kind++) {
        int wide = kind & 1, stochastic = kind >> 1;
        uint64_t clipped = 0;
        for (size_t i = 0; i < n; i++) {
            double v = wide ? d[i] : (double)f[i];
            clipped += fabs(v) > clip;
            v = fmin(fmax(v, -clip), clip);
            double t = wide ? 1 - ldexp((double)(u64[i] >> 11), -53) : 1 - ldexp((double)u32[i], -32);
            want[i] = slow_round(v * scale, stochastic, t);
        }
        for (int p = 0; p < 3; p++) {
            if (ck_lanes_best() < paths[p]) continue;
            got[n] = 77;
            uint64_t c = wide ? ck_quantise_f64(got, d, n, scale, clip, stochastic ? u64 : NULL, paths[p])
                              : ck_quantise_f32(got, f, n, scale, clip, stochastic ? u32 : NULL, paths[p]);
            if (c != clipped || got[n] != 77 || memcmp(got, want, 8 * n) != 0) fail("quantiser", p, n, (size_t)kind);
            cases++;
        }
    }
    for (int p = 0; p < 3; p++) {
        if (ck_lanes_best() < paths[p]) continue;
        if (ck_any_not_finite_f32(f, n, paths[p])) fail("finite", p, n, 0);
        for (int k = 0; n > 0 && k < 3; k++) {
            const size_t at = random_word() % n;
            const float was = f[at], strange[] = {INFINITY, -INFINITY, NAN};
            f[at] = strange[k];
            if (!ck_any_not_finite_f32(f, n, paths[p])) fail("not finite", p, n, at);
            f[at] = was;
        }
        cases++;
    }
    double sums[16] = {0};
    for (size_t i = 0; i < n; i++) sums[i % 16] += (double)f[i] * (double)f[i];
    double sum = 0, pairs[4];
    for (int i = 0; i < 4; i++) pairs[i] = (sums[i] + sums[i + 8]) + (sums[i + 4] + sums[i + 12]);
    sum = (pairs[0] + pairs[2]) + (pairs[1] + pairs[3]);
    for (int p = 0; p < 3; p++) {
        if (ck_lanes_best() < paths[p]) continue;
        double s = ck_sum_of_squares_f32(f, n, paths[p]);
        if (memcmp(&s, &sum, 8) != 0) fail("sum of squares", p, n, 0);
        cases++;
    }
}

static void packing(void) {
    static int64_t in[8 * MOST], back[8 * MOST + 1];
    static uint64_t want[MOST], got[MOST + 1];
    size_t n = random_word() % MOST;
    unsigned bits = 8 + (unsigned)(random_word() % 57), lanes = 64 / bits;
    int stray = random_word() % 4 == 0;
    uint64_t outside = 0;
    for (size_t i = 0; i < n * lanes; i++) in[i] = (int64_t)random_word() >> (64 - bits);
    if (stray && n > 0 && bits < 64) in[random_word() % (n * lanes)] = (int64_t)1 << (bits - 1);
    memset(want, 0, sizeof want);
    for (size_t i = 0; i < n * lanes; i++) {
        for (unsigned b = 0; b < bits; b++)
            want[i / lanes] |= ((uint64_t)in[i] >> b & 1) << (i % lanes * bits + b);
        outside |= bits < 64 && (in[i] >> (bits - 1) != 0 && in[i] >> (bits - 1) != -1);
    }
    for (int p = 0; p < 3; p++) {
        if (ck_lanes_best() < paths[p]) continue;
        got[n] = 77;
        uint64_t excess = ck_pack(got, in, n, bits, paths[p]);
        if ((excess != 0) != (outside != 0) || got[n] != 77 || memcmp(got, want, 8 * n) != 0) fail("pack", p, n, bits);
        back[n * lanes] = 77;
        ck_unpack(back, got, n, bits, paths[p]);
        if (back[n * lanes] != 77 || (!outside && memcmp(back, in, 8 * n * lanes) != 0)) fail("unpack", p, n, bits);
        cases++;
    }
}

static void pieces(void) {
    static uint8_t data[40 * 1000], got[40 * 32 + 1], want[40 * 32], personal[16];
    size_t bytes = random_word() % 1000, count = random_word() % 40;
    if (random_word() % 3 == 0) bytes = bytes / 128 * 128;
    for (size_t i = 0; i < bytes * count; i++) data[i] = (uint8_t)random_word();
    if (bytes * count > 0 && random_word() % 2 == 0) {  // one bit, which must be seen wherever it is
        memset(data, 0, bytes * count);
        data[random_word() % (bytes * count)] = (uint8_t)(1 << random_word() % 8);
    }
    for (int i = 0; i < 16; i++) personal[i] = (uint8_t)random_word();
    for (size_t i = 0; i < count; i++)
        crypto_generichash_blake2b_salt_personal(want + 32 * i, 32, data + bytes * i, bytes, NULL, 0, NULL, personal);
    uint64_t set = 0;
    for (size_t i = 0; i < bytes * count; i++) set |= (uint64_t)data[i] << (8 * (i % bytes % 8));
    for (int p = 0; p < 3; p++) {
        if (ck_lanes_best() < paths[p]) continue;
        got[32 * count] = 77;
        uint64_t seen = ck_blake2b_pieces(got, data, bytes, count, personal, paths[p]);
        if (seen != set || got[32 * count] != 77 || memcmp(got, want, 32 * count) != 0) fail("pieces", p, bytes, count);
        cases++;
    }
}

int main(int argc, char **argv) {
    if (sodium_init() < 0) return 3;
    unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 3000;
    for (unsigned long i = 0; i < rounds; i++) {
        quantiser();
        packing();
        pieces();
    }
    printf("%lu cases of the codec, %lu mismatches\n", cases, mismatches);
    return mismatches != 0 || cases == 0;
}
