// Blocks: one interface to both paths, for algorithms whose choices are public.

#include "mont_internal.h"

#if CK_X86
#define IFMA_OR(vector, scalar)                                                 \
    if (m->path == CK_PATH_IFMA) { vector; } else { scalar; }
#else
#define IFMA_OR(vector, scalar) { scalar; }
#endif

size_t ck_block_scratch_bytes(const ck_mont *m) {
    return m->path == CK_PATH_IFMA ? 64 * CK_X_SCRATCH(m) : sizeof(uint64_t) * ck_round8(CK_P_SCRATCH(m->limbs));
}

void ck_block_mul(const ck_mont *m, uint64_t *r, const uint64_t *a, const uint64_t *b, void *scratch) {
    IFMA_OR(ck_x_mul(m, (ck_v *)r, (const ck_v *)a, (const ck_v *)b, scratch), ck_q_mul(m, r, a, b, scratch))
}

void ck_block_sqr(const ck_mont *m, uint64_t *r, const uint64_t *a, void *scratch) {
    IFMA_OR(ck_x_sqr(m, (ck_v *)r, (const ck_v *)a, scratch), ck_q_sqr(m, r, a, scratch))
}

void ck_block_one(const ck_mont *m, uint64_t *r) {
    IFMA_OR(ck_x_one(m, (ck_v *)r), memcpy(r, ck_q_one(m), m->limbs * sizeof *r))
}

void ck_block_enter(const ck_mont *m, uint64_t *r, const uint64_t *numbers, size_t lanes, void *scratch) {
    (void)lanes;
    IFMA_OR(ck_x_enter(m, (ck_v *)r, numbers, m->limbs, lanes, scratch), ck_q_enter(m, r, numbers, scratch))
}

void ck_block_leave(const ck_mont *m, uint64_t *numbers, const uint64_t *a, size_t lanes, void *scratch) {
    (void)lanes;
    IFMA_OR(ck_x_leave(m, numbers, m->limbs, lanes, (const ck_v *)a, scratch), ck_q_leave(m, numbers, a, scratch))
}

void ck_block_gather(const ck_mont *m, uint64_t *r, const uint64_t *const places[CK_LANES]) {
    IFMA_OR(
        ck_v_gather((ck_v *)r, places, ck_residue_words(m)),
        memcpy(r, places[0], ck_residue_words(m) * sizeof *r))
}

void ck_block_scatter(const ck_mont *m, uint64_t *const places[CK_LANES], const uint64_t *a) {
    IFMA_OR(
        ck_v_scatter(places, (const ck_v *)a, ck_residue_words(m)),
        memcpy(places[0], a, ck_residue_words(m) * sizeof *a))
}
