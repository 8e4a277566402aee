// The limb loop of the portable path with two carry chains (MULX, ADCX, ADOX), for x86 without IFMA.

#include "mont_internal.h"

#if CK_X86
#include <cpuid.h>

/// r += a b for n limbs; time depends on n alone.
static uint64_t adx_addmul_1(uint64_t *r, const uint64_t *a, size_t n, uint64_t b) {
    uint64_t carry = 0;
    size_t odd = n % 8, rounds = n / 8;
    for (size_t i = 0; i < odd; i++) {
        ck_u128 s = (ck_u128)a[i] * b + r[i] + carry;
        r[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
    if (rounds == 0) return carry;
    r += odd;
    a += odd;
    uint64_t low, other;
// One limb: the carry flag runs through the high words, the overflow flag through r.
#define LIMB(offset, before, after)                                             \
    "mulx " #offset "(%[a]), %[low], " after "\n\t"                             \
    "adcx " before ", %[low]\n\t"                                               \
    "adox " #offset "(%[r]), %[low]\n\t"                                        \
    "mov %[low], " #offset "(%[r])\n\t"
    __asm__ volatile(
        "xor %k[low], %k[low]\n\t"
        "1:\n\t"
        LIMB(0, "%[carry]", "%[other]") LIMB(8, "%[other]", "%[carry]")
        LIMB(16, "%[carry]", "%[other]") LIMB(24, "%[other]", "%[carry]")
        LIMB(32, "%[carry]", "%[other]") LIMB(40, "%[other]", "%[carry]")
        LIMB(48, "%[carry]", "%[other]") LIMB(56, "%[other]", "%[carry]")
        "lea 64(%[a]), %[a]\n\t"
        "lea 64(%[r]), %[r]\n\t"
        "lea -1(%%rcx), %%rcx\n\t"
        "jrcxz 2f\n\t"
        "jmp 1b\n\t"
        "2:\n\t"
        "mov $0, %k[low]\n\t"
        "adcx %[low], %[carry]\n\t"
        "adox %[low], %[carry]\n\t"
        : [carry] "+&r"(carry), [low] "=&r"(low), [other] "=&r"(other), [a] "+&r"(a), [r] "+&r"(r), "+&c"(rounds)
        : "d"(b)
        : "cc", "memory");
    return carry;
}

static void adx_mul(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n) {
    memset(r, 0, n * sizeof *r);
    for (size_t i = 0; i < n; i++) r[n + i] = adx_addmul_1(r + i, a, n, b[i]);
}

static void adx_sqr(uint64_t *r, const uint64_t *a, size_t n, uint64_t *scratch) {
    (void)scratch;
    memset(r, 0, 2 * n * sizeof *r);
    for (size_t i = 0; i + 1 < n; i++) r[n + i] = adx_addmul_1(r + 2 * i + 1, a + i + 1, n - 1 - i, a[i]);
    ck_limbs_double_and_add_squares(r, a, n);
}

static const ck_limb_ops adx_ops = {adx_mul, adx_sqr, adx_addmul_1};

static int has_adx(void) {
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_ADX) != 0 && (b & bit_BMI2) != 0;
}
#endif

const ck_limb_ops *ck_limb_ops_fastest(void) {
#if CK_X86
    if (has_adx()) return &adx_ops;
#endif
    return ck_limb_ops_plain();
}
