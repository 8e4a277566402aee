// Keystreams and masks on every path against libsodium and against lanes added one by one.
// Usage: masks [cases of random shape, default 20000]

#include "support.h"

#include <sodium.h>

enum { MOST = 4096, ROOM = 128, STREAM = 1 << 20 };
static const int generators[] = {CK_CHACHA20, CK_AES256_CTR};
enum { PATHS = 4 };
static const int paths[PATHS] = {CK_LANES_PORTABLE, CK_LANES_AVX2, CK_LANES_VAES, CK_LANES_AVX512};
static unsigned long cases[2][PATHS], mismatches;

static void fail(const char *what, int g, int p, size_t a, size_t b) {
    if (mismatches++ < 20)
        printf("MISMATCH %s, %s: %zu %zu\n", what, ck_generator_path_name(generators[g], paths[p]), a, b);
}

/// Paths that the machine has, each once; CK_LANES_VAES is one of AES alone.
static int has(int g, int p) {
    if (g == 0 && paths[p] == CK_LANES_VAES) return 0;
    return ck_lanes_best() >= paths[p] && ck_generator_runs(generators[g], paths[p]);
}

static void random_bytes(uint8_t *p, size_t n) {
    for (size_t i = 0; i < n; i++) p[i] = (uint8_t)random_word();
}

/// libsodium's keystream from the first block on; of AES the ciphertext of zeros.
static void oracle(int g, uint8_t *out, size_t bytes, uint32_t block, const uint8_t *key) {
    static uint8_t buffer[STREAM + 16];
    const uint8_t nonce[12] = {0};
    memset(buffer, 0, sizeof buffer);
    if (g == 0) {
        crypto_stream_chacha20_ietf_xor_ic(out, buffer, bytes, nonce, block, key);
        return;
    }
    size_t from = (size_t)block * 64;
    unsigned long long written;
    if (from + bytes > STREAM) { printf("the oracle ends there\n"); exit(1); }
    crypto_aead_aes256gcm_encrypt(buffer, &written, buffer, from + bytes, NULL, 0, NULL, nonce, key);
    memcpy(out, buffer + from, bytes);
}

static void keystreams(void) {
    uint8_t *buffer = aligned(MOST + 2 * ROOM), *want = aligned(MOST), key[32];
    for (int g = 0; g < 2; g++)
        for (size_t length = 0; length <= MOST; length++) {
            random_bytes(key, sizeof key);
            uint32_t block = (uint32_t)random_word() % (STREAM / 64 - MOST / 64 - 1);
            if (length % 4 == 0) block %= 5;
            if (g == 0 && length % 16 == 1) block = UINT32_MAX - (uint32_t)((length + 63) / 64) + 1;
            oracle(g, want, length, block, key);
            for (int p = 0; p < PATHS; p++) {
                if (!has(g, p)) continue;
                size_t at = ROOM + (length + random_word()) % 64;
                memset(buffer, 0x5a, MOST + 2 * ROOM);
                int code = ck_keystream(generators[g], buffer + at, length, block, key, paths[p]);
                int stray = 0;
                for (size_t i = 0; i < MOST + 2 * ROOM; i++)
                    stray |= (i < at || i >= at + length) && buffer[i] != 0x5a;
                if (code != 0 || stray || memcmp(buffer + at, want, length) != 0) fail("keystream", g, p, length, block);
                cases[g][p]++;
            }
        }
    free(buffer);
    free(want);
}

/// The slow way: every lane out of its word, added modulo 2^bits, and back.
static uint64_t by_lanes(uint64_t x, uint64_t y, unsigned bits, int subtract) {
    uint64_t mask = bits == 64 ? ~(uint64_t)0 : ((uint64_t)1 << bits) - 1, r = 0;
    for (unsigned at = 0; at + bits <= 64; at += bits) {
        uint64_t a = x >> at & mask, b = y >> at & mask;
        r |= ((subtract ? a - b : a + b) & mask) << at;
    }
    return r;
}

static void shape(unsigned bits, uint64_t *top, uint64_t *used) {
    *top = *used = 0;
    for (unsigned at = 0; at + bits <= 64; at += bits) {
        *top |= (uint64_t)1 << (at + bits - 1);
        *used |= (bits == 64 ? ~(uint64_t)0 : ((uint64_t)1 << bits) - 1) << at;
    }
}

static void masks(unsigned long count) {
    enum { WORDS = 5000, MASKS = 70 };
    uint64_t *start = aligned(8 * WORDS), *want = aligned(8 * WORDS), *term = aligned(8 * WORDS);
    uint64_t *got = aligned(8 * WORDS + ROOM);
    uint8_t *stream = aligned(8 * WORDS), keys[MASKS][32];
    for (unsigned long c = 0; c < count; c++) {
        unsigned bits = 8 + (unsigned)(random_word() % 56);
        if (bits == 63) bits = 64;
        uint64_t top, used, word, first = 8 * (random_word() % 1000);
        shape(bits, &top, &used);
        // Mostly short; some over the edge of a tile.
        size_t n = c % 50 == 0 ? random_word() % WORDS : random_word() % 300, how_many = 1 + random_word() % (c % 40 == 7 ? MASKS : 4);
        int g = (int)(random_word() & 1), style = (int)(random_word() % 3), signs[MASKS];
        for (int m = 0; m < MASKS; m++) signs[m] = style == 2 ? (int)(random_word() & 1) : style;
        for (size_t i = 0; i < n; i++) {
            want[i] = start[i] = random_word() & used;
            term[i] = random_word();
        }
        for (size_t m = 0; m < how_many; m++) {
            random_bytes(keys[m], 32);
            oracle(g, stream, 8 * n, (uint32_t)(first / 8), keys[m]);
            for (size_t i = 0; i < n; i++) {
                memcpy(&word, stream + 8 * i, 8);
                want[i] = by_lanes(want[i], word, bits, signs[m]);
            }
        }
        for (int p = 0; p < PATHS; p++) {
            if (!has(g, p)) continue;
            uint64_t *at = got + random_word() % 8;
            ck_mask ready[MASKS];
            int code = 0;
            for (size_t m = 0; m < how_many; m++)
                code |= ck_mask_init(&ready[m], generators[g], keys[m], signs[m]);
            memcpy(at, start, 8 * n);
            at[n] = 0xa5a5a5a5a5a5a5a5u;
            code |= ck_mask_apply(ready, how_many, at, n, first, used, top, paths[p]);
            if (code != 0 || at[n] != 0xa5a5a5a5a5a5a5a5u || memcmp(at, want, 8 * n) != 0) fail("mask", g, p, n, bits);
            // Adding words that the caller has.
            memcpy(at, start, 8 * n);
            ck_lanes_add(at, term, n, used, top, signs[0], paths[p]);
            for (size_t i = 0; i < n; i++)
                if (at[i] != by_lanes(start[i], term[i], bits, signs[0])) { fail("sum", g, p, n, bits); break; }
            uint64_t any = 0;
            for (size_t i = 0; i < n; i++) any |= term[i];
            if (ck_lanes_union(term, n) != any) fail("union", g, p, n, bits);
            cases[g][p]++;
        }
    }
    free(start);
    free(want);
    free(term);
    free(got);
    free(stream);
}

/// What cannot run is refused, and a forced path is taken.
static void refusals(void) {
    uint8_t key[32] = {0}, out[64];
    ck_mask mask;
    uint64_t word = 0;
    if (ck_generator_runs(CK_AES256_CTR, CK_LANES_PORTABLE)) fail("AES in software", 1, 0, 0, 0);
    if (ck_keystream(CK_AES256_CTR, out, 64, 0, key, CK_LANES_PORTABLE) != -1) fail("AES in software", 1, 0, 1, 0);
    if (ck_mask_init(&mask, CK_AES256_CTR, key, 0) == 0
        && ck_mask_apply(&mask, 1, &word, 1, 0, ~(uint64_t)0, (uint64_t)1 << 63, CK_LANES_PORTABLE) != -1)
        fail("AES in software", 1, 0, 2, 0);
    if (ck_keystream(3, out, 64, 0, key, CK_LANES_AUTOMATIC) != -1) fail("an unknown generator", 0, 0, 0, 0);
    if (ck_lanes_force(CK_LANES_PORTABLE) != CK_LANES_PORTABLE) fail("force", 0, 0, 0, 0);
    if (strcmp(ck_generator_path_name(CK_CHACHA20, CK_LANES_AUTOMATIC), "portable") != 0) fail("force", 0, 0, 1, 0);
    if (ck_generator_runs(CK_AES256_CTR, CK_LANES_AUTOMATIC)) fail("force", 0, 0, 2, 0);
    if (ck_lanes_force(CK_LANES_AUTOMATIC) != ck_lanes_best()) fail("force", 0, 0, 3, 0);
}

int main(int argc, char **argv) {
    if (sodium_init() < 0) return 3;
    keystreams();
    masks(argc > 1 ? strtoul(argv[1], NULL, 10) : 20000);
    refusals();
    unsigned long all = 0;
    for (int g = 0; g < 2; g++)
        for (int p = 0; p < PATHS; p++)
            if (cases[g][p] > 0) {
                all += cases[g][p];
                printf("%-12s %-8s %9lu cases\n", g == 0 ? "chacha20" : "aes-256-ctr",
                       ck_generator_path_name(generators[g], paths[p]), cases[g][p]);
            }
    printf("%lu cases, %lu mismatches\n", all, mismatches);
    return mismatches != 0 || all == 0;
}
