// Faults for the disassembly check to find: an address, a branch and a register that depend on vectors.

#include <immintrin.h>
#include <stdint.h>

#define VECTOR __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq")))

VECTOR __m512i planted_address(const int64_t *table, __m512i index) { return _mm512_i64gather_epi64(index, table, 8); }

VECTOR int planted_branch(__m512i secret, int (*next)(void)) {
    if (_mm512_test_epi64_mask(secret, secret) != 0) return next();
    return 0;
}

VECTOR int64_t planted_move(const int64_t *table, const __m512i *index) {
    __m512i v = _mm512_add_epi64(index[0], index[1]);
    __asm__("" : "+v"(v));
    return table[_mm_cvtsi128_si64(_mm512_castsi512_si128(v))];
}
