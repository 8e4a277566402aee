// Exponentiation: parameters, tables and the choice of a path.

#include "mont_internal.h"

size_t ck_mont_exp_scratch_bytes(const ck_mont *m, size_t exponent_bits) {
    size_t entries = (size_t)1 << ck_window_width(exponent_bits), n = m->limbs, d = ck_residue_words(m);
    size_t portable = sizeof(uint64_t) * (CK_P_SCRATCH(n) + (2 + entries) * n + entries * ck_round8(n));
    size_t vectors = 64 * ((entries + 2) * d + CK_X_SCRATCH(m));
    return 64 + (m->path == CK_PATH_IFMA ? vectors : portable);
}

int ck_mont_exp(
    const ck_mont *m, uint64_t *out, const uint64_t *base, const uint64_t *exponent, size_t exponent_bits,
    int shared_exponent, size_t count, void *scratch, size_t scratch_bytes) {
    size_t needed = ck_mont_exp_scratch_bytes(m, exponent_bits);
    if (scratch_bytes < needed || exponent_bits == 0) return -1;
    void *s = ck_align64(scratch);
#if CK_X86
    if (m->path == CK_PATH_IFMA) {
        ck_v_exp(m, out, base, exponent, exponent_bits, shared_exponent, count, s);
    } else
#endif
        ck_p_exp(m, out, base, exponent, exponent_bits, shared_exponent, count, s);
    ck_wipe(s, needed - 64);
    return 0;
}

// MARK: Fixed base

#define LEAST_TEETH 4
#define MOST_TEETH 10

size_t ck_comb_plan_exactly(ck_comb *c, const ck_mont *m, size_t exponent_bits, size_t teeth, size_t blocks) {
    if (exponent_bits == 0 || exponent_bits > 65536 || teeth < LEAST_TEETH || teeth > MOST_TEETH) return 0;
    size_t columns = (exponent_bits + teeth - 1) / teeth;
    if (blocks == 0 || blocks > columns) return 0;
    size_t per_block = (columns + blocks - 1) / blocks;
    // Blocks that would start beyond the last column are not needed.
    blocks = (columns + per_block - 1) / per_block;
    *c = (ck_comb){
        .mont = m, .table = NULL, .exponent_bits = (uint32_t)exponent_bits, .teeth = (uint32_t)teeth,
        .blocks = (uint32_t)blocks, .columns = (uint32_t)columns, .columns_per_block = (uint32_t)per_block,
    };
    size_t limbs = m->path == CK_PATH_IFMA ? m->limbs : ck_round8(m->limbs);
    return (blocks << teeth) * limbs * sizeof(uint64_t);
}

/// Rough cycles of one exponentiation; on the IFMA path of eight.
static uint64_t expected_cost(const ck_comb *c, const ck_mont *m) {
    uint64_t n = m->limbs, d = m->digits, entries = (uint64_t)1 << c->teeth, product, square, selection;
    if (m->path == CK_PATH_IFMA) {
        product = 36 * d * d / 10;
        square = 30 * d * d / 10;
        selection = 20 * n * entries / 100 + 8 * n;
    } else {
        product = 22 * n * n / 10;
        square = 19 * n * n / 10;
        selection = 14 * n * entries / 100;
    }
    return c->columns * (product + selection) + (c->columns_per_block - 1) * square;
}

size_t ck_comb_plan(ck_comb *c, const ck_mont *m, size_t exponent_bits, size_t limit) {
    if (limit == 0) limit = CK_COMB_TABLE_LIMIT;
    size_t best_bytes = 0;
    uint64_t best_cost = UINT64_MAX;
    ck_comb best = {0};
    for (size_t teeth = LEAST_TEETH; teeth <= MOST_TEETH; teeth++) {
        for (size_t blocks = 1; blocks <= 64; blocks++) {
            ck_comb tried;
            size_t bytes = ck_comb_plan_exactly(&tried, m, exponent_bits, teeth, blocks);
            if (bytes == 0 || bytes > limit) continue;
            uint64_t cost = expected_cost(&tried, m);
            if (cost < best_cost) {
                best_cost = cost;
                best_bytes = bytes;
                best = tried;
            }
        }
    }
    if (best_bytes != 0) *c = best;
    return best_bytes;
}

size_t ck_comb_scratch_bytes(const ck_comb *c) {
    const ck_mont *m = c->mont;
    size_t n = m->limbs, d = ck_residue_words(m);
    size_t portable = sizeof(uint64_t) * (CK_P_SCRATCH(n) + 2 * CK_FELLOWS * n);
    size_t vectors = 64 * (CK_GROUPS * (d + n + 2) + d + CK_X_SCRATCH(m));
    size_t exponentiation = m->path == CK_PATH_IFMA ? vectors : portable;
    // Building wants one block of entries and the powers of one tooth beside a product.
    size_t building = ck_mont_scratch_bytes(m)
        + sizeof(uint64_t) * (n * (((size_t)1 << c->teeth) + c->teeth + 1) + CK_P_SCRATCH(n));
    return 64 + (exponentiation > building ? exponentiation : building);
}

/// One block of entries to the place of the table: transposed for vectors, as it is otherwise.
static void place_block(const ck_comb *c, uint64_t *table, size_t block, const uint64_t *entries) {
    size_t n = c->mont->limbs, size = (size_t)1 << c->teeth;
    if (c->mont->path != CK_PATH_IFMA) {
        for (size_t u = 0; u < size; u++)
            ck_p_place(table + block * size * ck_round8(n), entries + u * n, u, size, n);
        return;
    }
    uint64_t *to = table + block * size * n;
    for (size_t u = 0; u < size; u++)
        for (size_t l = 0; l < n; l++) to[l * size + u] = entries[u * n + l];
}

int ck_comb_build(ck_comb *c, const uint64_t *base, uint64_t *table, void *scratch, size_t scratch_bytes) {
    if (table == NULL || scratch_bytes < ck_comb_scratch_bytes(c)) return -1;
    const ck_mont *m = c->mont;
    size_t n = m->limbs, size = (size_t)1 << c->teeth;
    uint64_t *entries = ck_align64(scratch), *powers = entries + size * n, *product = powers + (c->teeth + 1) * n;
    uint64_t *batch = product + CK_P_SCRATCH(n), *running = powers + c->teeth * n;
    for (size_t j = 0; j < c->blocks; j++) {
        // powers[t] = base^(2^(t columns + j per_block)), walked up from the base for every block.
        ck_q_enter(m, running, base, product);
        for (size_t i = 0; i < j * c->columns_per_block; i++) ck_q_sqr(m, running, running, product);
        for (size_t t = 0; t < c->teeth; t++) {
            if (t != 0)
                for (size_t i = 0; i < c->columns; i++) ck_q_sqr(m, running, running, product);
            memcpy(powers + t * n, running, n * sizeof *running);
        }
        memcpy(entries, ck_q_one(m), n * sizeof *entries);
        for (size_t u = 1; u < size; u++) {
            size_t top = 63 - (size_t)__builtin_clzll(u), rest = u ^ ((size_t)1 << top);
            ck_q_mul(m, entries + u * n, entries + rest * n, powers + top * n, product);
        }
        if (m->path == CK_PATH_IFMA && ck_root(m) != NULL) {
            for (size_t u = 0; u < size; u++) ck_q_to_vectors(m, entries + u * n, entries + u * n, product);
        } else if (m->path == CK_PATH_IFMA) {
            // From residues of 2^64 to residues of 2^52.
            uint64_t one[CK_MAX_LIMBS] = {1};
            for (size_t u = 0; u < size; u++) ck_p_mul(m, entries + u * n, entries + u * n, one, product);
            ck_mont_to_domain(m, entries, entries, size, batch);
        }
        place_block(c, table, j, entries);
    }
    c->table = table;
    ck_wipe(scratch, scratch_bytes);
    return 0;
}

int ck_comb_exp(
    const ck_comb *c, uint64_t *out, const uint64_t *exponents, size_t count, void *scratch, size_t scratch_bytes) {
    if (scratch_bytes < ck_comb_scratch_bytes(c)) return -1;
    void *s = ck_align64(scratch);
#if CK_X86
    if (c->mont->path == CK_PATH_IFMA) {
        ck_v_comb_exp(c, out, exponents, count, s);
    } else
#endif
        ck_p_comb_exp(c, out, exponents, count, s);
    ck_wipe(s, ck_comb_scratch_bytes(c) - 64);
    return 0;
}
