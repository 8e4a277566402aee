// Contexts: what is derived from a modulus, and the choice of a path.

#include "mont_internal.h"

int ck_has_ifma(void) {
#if CK_X86
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512ifma")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq");
#else
    return 0;
#endif
}

static _Atomic int forced_path = CK_PATH_AUTOMATIC;

static int usable_path(int wanted) {
    return wanted != CK_PATH_PORTABLE && ck_has_ifma() ? CK_PATH_IFMA : CK_PATH_PORTABLE;
}

int ck_force_path(int path) {
    forced_path = path;
    return usable_path(path);
}

const char *ck_path_name(void) {
    return usable_path(forced_path) == CK_PATH_IFMA ? "avx512-ifma" : "portable";
}

static size_t digits_for(size_t limbs) {
    size_t digits = (64 * limbs + 2 + CK_DIGIT_BITS - 1) / CK_DIGIT_BITS;
    return (digits + CK_BLOCK - 1) / CK_BLOCK * CK_BLOCK;
}

size_t ck_mont_size(size_t limbs) {
    if (limbs == 0 || limbs > CK_MAX_LIMBS) return 0;
    return sizeof(ck_mont) + (3 * ck_round8(limbs) + 3 * ck_round8(digits_for(limbs))) * sizeof(uint64_t);
}

size_t ck_mont_square_size(size_t root_limbs) {
    if (root_limbs == 0 || 2 * root_limbs > CK_MAX_LIMBS) return 0;
    return ck_mont_size(2 * root_limbs) + ck_mont_size(root_limbs)
        + CK_PAIR_CONSTANTS * ck_pair_step(digits_for(root_limbs)) * sizeof(uint64_t);
}

size_t ck_mont_limbs(const ck_mont *m) { return m->limbs; }
int ck_mont_path(const ck_mont *m) { return m->path; }
size_t ck_mont_digits(const ck_mont *m) { return m->digits; }

size_t ck_mont_scratch_bytes(const ck_mont *m) {
    size_t portable = (CK_P_SCRATCH(m->limbs) + 2 * (size_t)m->limbs) * sizeof(uint64_t);
    size_t vectors = 64 * (CK_V_PRODUCT(m->digits) + CK_V_CONVERT(m) + 3 * (size_t)m->digits);
    return 64 + (m->path == CK_PATH_IFMA ? vectors : portable);
}

void ck_to_digits(uint64_t *d, size_t digits, const uint64_t *w, size_t limbs) {
    for (size_t i = 0; i < digits; i++) {
        size_t q = i * CK_DIGIT_BITS / 64, o = i * CK_DIGIT_BITS % 64;
        uint64_t low = q < limbs ? w[q] >> o : 0;
        if (o != 0 && q + 1 < limbs) low |= w[q + 1] << (64 - o);
        d[i] = low & CK_DIGIT_MASK;
    }
}

int ck_mont_init(ck_mont *m, const uint64_t *modulus, size_t limbs) {
    return ck_mont_init_path(m, modulus, limbs, usable_path(forced_path), NULL);
}

int ck_mont_init_path(ck_mont *m, const uint64_t *modulus, size_t limbs, int path, const ck_limb_ops *ops) {
    size_t bytes = ck_mont_size(limbs);
    if (bytes == 0 || (modulus[0] & 1) == 0 || modulus[limbs - 1] == 0) return -1;
    if (limbs == 1 && modulus[0] < 3) return -1;
    if (path == CK_PATH_AUTOMATIC) path = usable_path(forced_path);
    if (path != usable_path(path)) return -2;
    memset(m, 0, bytes);
    m->limbs = (uint32_t)limbs;
    m->digits = (uint32_t)digits_for(limbs);
    m->path = path;
    m->ops = ops != NULL ? *ops : *ck_limb_ops_fastest();
    uint64_t inverse = 1;
    for (int i = 0; i < 6; i++) inverse *= 2 - modulus[0] * inverse;
    m->negative_inverse = (uint64_t)0 - inverse;

    uint64_t *n = m->words, *r1 = n + ck_round8(limbs), *r2 = r1 + ck_round8(limbs);
    memcpy(n, modulus, limbs * sizeof *n);
    // The largest power of two below the modulus, doubled up to R. The length of the top limb is public.
    m->top_bits = 64 - (uint32_t)__builtin_clzll(modulus[limbs - 1]);
    r1[limbs - 1] = (uint64_t)1 << (m->top_bits - 1);
    for (size_t i = m->top_bits - 1; i < 64; i++) ck_p_double(m, r1, r1);
    uint64_t scratch[CK_P_SCRATCH(CK_MAX_LIMBS)], x[CK_MAX_LIMBS], one[CK_MAX_LIMBS] = {1};
    ck_p_power_of_two(m, r2, 64 * limbs, scratch);
    if (path == CK_PATH_IFMA) {
        uint64_t *d = r2 + ck_round8(limbs);
        size_t step = ck_round8(m->digits);
        ck_to_digits(d, m->digits, modulus, limbs);
        for (uint64_t k = 1; k <= 2; k++) {
            ck_p_power_of_two(m, x, k * CK_DIGIT_BITS * m->digits, scratch);
            ck_p_mul(m, x, x, one, scratch);
            ck_to_digits(d + k * step, m->digits, x, limbs);
        }
    }
    ck_wipe(scratch, sizeof scratch);
    ck_wipe(x, sizeof x);
    return 0;
}

int ck_mont_init_square(ck_mont *m, const uint64_t *root, size_t root_limbs, int path, const ck_limb_ops *ops) {
    size_t bytes = ck_mont_square_size(root_limbs);
    if (bytes == 0 || root[root_limbs - 1] >> 63 == 0) return -1;
    uint64_t square[CK_MAX_LIMBS];
    if (ops == NULL) ops = ck_limb_ops_fastest();
    ops->mul(square, root, root, root_limbs);
    int code = ck_mont_init_path(m, square, 2 * root_limbs, path, ops);
    ck_wipe(square, sizeof square);
    if (code != 0) return code;
    size_t at = (ck_mont_size(2 * root_limbs) - sizeof *m) / sizeof(uint64_t);
    code = ck_mont_init_path((ck_mont *)(void *)(m->words + at), root, root_limbs, path, ops);
    if (code != 0) return code;
    m->root = (uint32_t)at;
    m->pairs = (uint32_t)(at + ck_mont_size(root_limbs) / sizeof(uint64_t));
    memset(m->words + m->pairs, 0, CK_PAIR_CONSTANTS * ck_pair_step(ck_root(m)->digits) * sizeof(uint64_t));
    ck_pair_init(m);
    return 0;
}
