// Microseconds of one core for multiples of a ristretto255 element and for polynomials of elements, beside libsodium, in one run.

#include "support.h"

#include <sodium.h>

enum { COUNT = 32, TIMES = 200 };

static uint8_t elements[COUNT][32], scalars[COUNT][32], out[COUNT][32];
static void *scratch;
static int path;

static int multiples(void) { return ck_ristretto_multiples(out[0], elements[0], scalars[0], COUNT, scratch, path); }
static int table(void) { return ck_ristretto_multiples(out[0], elements[0], scalars[0], 0, scratch, path); }
static int polynomial(void) { return ck_ristretto_evaluate(out[0], elements[0], COUNT, 151); }

static int slow_multiples(void) {
    int failed = 0;
    for (int i = 0; i < COUNT; i++) failed |= crypto_scalarmult_ristretto255(out[i], scalars[i], elements[0]);
    return failed;
}

static int slow_polynomial(void) {
    static const uint8_t x[32] = {151};
    uint8_t product[32];
    int failed = 0;
    memcpy(out[0], elements[COUNT - 1], 32);
    for (int i = COUNT - 1; i-- > 0;) {
        failed |= crypto_scalarmult_ristretto255(product, x, out[0]);
        failed |= crypto_core_ristretto255_add(out[0], product, elements[i]);
    }
    return failed;
}

static void measure(const char *name, int (*run)(void), double per) {
    double from = cpu_seconds();
    for (int i = 0; i < TIMES; i++)
        if (run() != 0) exit(4);
    printf("%-44s %8.2f us\n", name, (cpu_seconds() - from) / TIMES / per * 1e6);
}

int main(void) {
    if (sodium_init() < 0 || ck_ristretto_scratch_bytes() == 0) return 3;
    scratch = malloc(ck_ristretto_scratch_bytes());
    for (int i = 0; i < COUNT; i++) crypto_core_ristretto255_random(elements[i]), crypto_core_ristretto255_scalar_random(scalars[i]);
    measure("a product, libsodium", slow_multiples, COUNT);
    for (path = CK_LANES_PORTABLE; path <= ck_lanes_best(); path += CK_LANES_AVX512 - CK_LANES_PORTABLE) {
        printf("path %s\n", path == CK_LANES_PORTABLE ? "portable" : "avx512");
        measure("a table alone", table, 1);
        measure("a product, with its part of a table for 32", multiples, COUNT);
    }
    measure("a coefficient at 151", polynomial, COUNT);
    measure("the same, libsodium", slow_polynomial, COUNT);
    free(scratch);
    return 0;
}
