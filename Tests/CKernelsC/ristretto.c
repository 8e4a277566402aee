// Multiples of ristretto255 elements, and polynomials of them, against libsodium. Usage: ristretto [elements, default 100] [planted-branch]
// Under valgrind scalars are undefined memory, so that a branch or an address made of one is reported; the planted one must be.

#include "support.h"

#include <sodium.h>
#include <valgrind/memcheck.h>

/// More than share an inversion.
enum { MANY = 150 };
static unsigned long cases, mismatches;
static volatile int sink;

static void check(const uint8_t *element, uint8_t scalars[MANY][32], size_t count, void *scratch, int path, int is_planted) {
    uint8_t got[MANY][32], want[32], hidden[MANY][32];
    memcpy(hidden, scalars, sizeof hidden);
    VALGRIND_MAKE_MEM_UNDEFINED(hidden, sizeof hidden);
    if (is_planted && hidden[0][0] & 1) sink++;
    if (ck_ristretto_multiples(got[0], element, hidden[0], count, scratch, path) != 0) mismatches++;
    VALGRIND_MAKE_MEM_DEFINED(got, sizeof got);
    for (size_t i = 0; i < count; i++, cases++)
        if (crypto_scalarmult_ristretto255(want, scalars[i], element) != 0 || memcmp(want, got[i], 32) != 0) {
            if (mismatches++ < 5) printf("MISMATCH in scalar %zu of %zu, path %d\n", i, count, path);
        }
}

/// Encodings of no element are refused where libsodium refuses them, and where the 256th bit is set.
static void refusals(void *scratch) {
    uint8_t element[32], scalar[32] = {1}, out[32];
    for (int i = 0; i < 4000; i++, cases++) {
        randombytes_buf(element, 32);
        if (i % 2 == 0) element[31] &= 0x7f;
        if (i % 4 == 0) element[0] &= 0xfe;
        if (i % 100 == 1) memset(element, 0xff, 32);
        int sound = element[31] < 0x80 && crypto_core_ristretto255_is_valid_point(element) == 1;
        if ((ck_ristretto_multiples(out, element, scalar, 1, scratch, CK_LANES_AUTOMATIC) == 0) != sound) mismatches++;
        if (sound && memcmp(out, element, 32) != 0) mismatches++;
    }
}

/// A product that is the identity spoils the others of its batch: the kernel says so and gives nothing.
static void identities(void *scratch) {
    static const uint8_t nothing[MANY][32];
    uint8_t element[32], scalars[MANY][32], out[MANY][32];
    for (int place = 0; place < MANY; place += 7)
        for (int path = CK_LANES_PORTABLE; path <= ck_lanes_best(); path++, cases++) {
            crypto_core_ristretto255_random(element);
            for (int i = 0; i < MANY; i++) crypto_core_ristretto255_scalar_random(scalars[i]);
            if (ck_ristretto_multiples(out[0], element, scalars[0], MANY, scratch, path) != 0) mismatches++;
            memset(scalars[place], 0, 32);
            if (ck_ristretto_multiples(out[0], element, scalars[0], MANY, scratch, path) != -3) mismatches++;
            if (memcmp(out, nothing, sizeof out) != 0) mismatches++;
        }
    memset(element, 0, 32);
    if (ck_ristretto_multiples(out[0], element, scalars[0], 1, scratch, CK_LANES_AUTOMATIC) != -3) mismatches++;
}

/// Horner's rule by libsodium, where the partial sum may be the identity, which it writes but reports as an error.
static void slow_evaluate(uint8_t *out, uint8_t elements[][32], size_t count, uint64_t x) {
    static const uint8_t identity[32];
    uint8_t scalar[32] = {0}, product[32];
    for (int i = 0; i < 8; i++) scalar[i] = (uint8_t)(x >> 8 * i);
    memcpy(out, elements[count - 1], 32);
    for (size_t i = count - 1; i-- > 0;) {
        if (memcmp(out, identity, 32) == 0 || crypto_scalarmult_ristretto255(product, scalar, out) != 0) memset(product, 0, 32);
        if (crypto_core_ristretto255_add(out, product, elements[i]) != 0) exit(4);
    }
}

/// Polynomials at every kind of number, the identity on the way and at the end, and coefficients that are none.
static void polynomials(unsigned long rounds) {
    enum { MOST = 9 };
    uint8_t elements[MOST][32], got[32], want[32], scalar[32];
    for (unsigned long e = 0; e < rounds; e++, cases++) {
        size_t count = 1 + e % MOST;
        uint64_t x = random_word() >> (e * 7 % 64) | (e % 3 == 0);
        if (x == 0) x = 1;
        for (size_t i = 0; i < count; i++) crypto_core_ristretto255_random(elements[i]);
        if (e % 5 == 4 && count > 1) {
            // The last two cancel at x.
            memset(scalar, 0, 32);
            for (int i = 0; i < 8; i++) scalar[i] = (uint8_t)(x >> 8 * i);
            crypto_core_ristretto255_scalar_negate(scalar, scalar);
            if (crypto_scalarmult_ristretto255(elements[count - 2], scalar, elements[count - 1]) != 0) exit(4);
        }
        slow_evaluate(want, elements, count, x);
        if (ck_ristretto_evaluate(got, elements[0], count, x) != 0 || memcmp(got, want, 32) != 0) {
            if (mismatches++ < 5) printf("MISMATCH in polynomial %lu\n", e);
        }
        elements[e % count][e % 32] ^= (uint8_t)(1 << e % 8);
        int sound = elements[e % count][31] < 0x80 && crypto_core_ristretto255_is_valid_point(elements[e % count]) == 1;
        if ((ck_ristretto_evaluate(got, elements[0], count, x) == 0) != sound) mismatches++;
    }
    if (ck_ristretto_evaluate(got, elements[0], 0, 1) != -1 || ck_ristretto_evaluate(got, elements[0], 1, 0) != -1) mismatches++;
}

int main(int argc, char **argv) {
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                      0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    if (sodium_init() < 0 || ck_ristretto_scratch_bytes() == 0) return 3;
    void *scratch = malloc(ck_ristretto_scratch_bytes());
    unsigned long elements = argc > 1 ? strtoul(argv[1], NULL, 10) : 100;
    for (unsigned long e = 0; e < elements; e++) {
        uint8_t element[32], scalars[MANY][32];
        crypto_core_ristretto255_random(element);
        for (int i = 0; i < MANY; i++) crypto_core_ristretto255_scalar_random(scalars[i]);
        // The smallest, the largest, and digits that carry all the way.
        memset(scalars[0], 0, 32);
        scalars[0][0] = 1 + (uint8_t)(e % 250);
        memcpy(scalars[1], order, 32);
        scalars[1][0] -= 1 + (uint8_t)(e % 200);
        memset(scalars[2], e % 2 ? 0x88 : 0x77, 31);
        scalars[2][31] = 0x08;
        memset(scalars[3], 0xff, 31);
        scalars[3][31] = 0x0f;
        const int is_planted = argc > 2 && strcmp(argv[2], "planted-branch") == 0;
        check(element, scalars, MANY, scratch, CK_LANES_PORTABLE, is_planted);
        if (ck_lanes_best() == CK_LANES_AVX512) check(element, scalars, 1 + e % MANY, scratch, CK_LANES_AVX512, is_planted);
    }
    if (!RUNNING_ON_VALGRIND) {
        refusals(scratch);
        identities(scratch);
        polynomials(10 * elements);
    }
    printf("%lu cases of multiples and polynomials, %lu mismatches\n", cases, mismatches);
    free(scratch);
    return mismatches != 0;
}
