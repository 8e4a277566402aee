// Fixed-base exponentiation of eight secret exponents at once from a table of packed limbs in vector registers.
//
// The table of a block holds limb l of all its entries side by side, eight entries a vector. A lane picks its entry by
// register permutes and merges over the whole row, so addresses do not depend on exponents. Up to four groups of eight
// share one pass over a row.

#include "mont_internal.h"

#if CK_X86

/// Bits 4... of the eight indices as lane masks.
typedef struct { __mmask8 bit[6]; } high_bits;

/// Entry `index` of one row of 2^teeth limbs, for eight indices.
CK_IFMA CK_INLINE ck_v pick(const ck_v *row, int teeth, ck_v index, high_bits high) {
    ck_v level[7];
    // A binary tree in the order of a counter: leaf s joins its neighbours as far up as its trailing ones reach.
#pragma clang loop unroll(full)
    for (int s = 0; s < 1 << (teeth - 4); s++) {
        ck_v v = _mm512_permutex2var_epi64(row[2 * s], index, row[2 * s + 1]);
        int up = 0;
#pragma clang loop unroll(full)
        for (int t = 0; t < teeth - 4; t++) {
            if (up == t && ((s >> t) & 1)) {
                v = _mm512_mask_mov_epi64(level[t], high.bit[t], v);
                up = t + 1;
            }
        }
        level[up] = v;
    }
    return level[teeth - 4];
}

CK_IFMA CK_INLINE void pick_all(
    ck_v *w, const ck_v *rows, size_t limbs, int teeth, size_t groups, const ck_v *index, size_t step) {
    high_bits high[CK_GROUPS];
    for (size_t g = 0; g < groups; g++)
        for (int t = 0; t < teeth - 4; t++)
            high[g].bit[t] = _mm512_test_epi64_mask(index[g], _mm512_set1_epi64(16ll << t));
    size_t row = ((size_t)1 << teeth) / 8;
    for (size_t l = 0; l < limbs; l++)
        for (size_t g = 0; g < groups; g++) w[g * step + l] = pick(rows + l * row, teeth, index[g], high[g]);
}

/// w[g * step + l] = limb l of the entries that index[g] names.
CK_IFMA static void select_entries(
    ck_v *w, const ck_v *rows, size_t limbs, size_t teeth, size_t groups, const ck_v *index, size_t step) {
    switch (teeth) {
    case 4: pick_all(w, rows, limbs, 4, groups, index, step); break;
    case 5: pick_all(w, rows, limbs, 5, groups, index, step); break;
    case 6: pick_all(w, rows, limbs, 6, groups, index, step); break;
    case 7: pick_all(w, rows, limbs, 7, groups, index, step); break;
    case 8: pick_all(w, rows, limbs, 8, groups, index, step); break;
    case 9: pick_all(w, rows, limbs, 9, groups, index, step); break;
    default: pick_all(w, rows, limbs, 10, groups, index, step); break;
    }
}

/// The comb digits of column `column` for every group.
CK_IFMA static void indices(
    ck_v *index, const ck_comb *c, const uint64_t *exponents, size_t count, size_t groups, size_t column) {
    size_t step = ck_exponent_limbs(c->exponent_bits);
    for (size_t g = 0; g < groups; g++) {
        uint64_t u[8] = {0};
        for (size_t i = 0; i < 8 && 8 * g + i < count; i++)
            u[i] = ck_comb_digit(c, exponents + (8 * g + i) * step, column);
        index[g] = _mm512_loadu_si512(u);
        ck_wipe(u, sizeof u);
    }
}

/// Transposed limbs of a table entry to a residue; both halves of a pair, one after the other.
CK_IFMA static void digits_of(const ck_mont *m, ck_v *r, const ck_v *w) {
    const ck_mont *n = ck_root(m);
    if (n == NULL) {
        ck_v_digits(m, r, w);
    } else {
        ck_v_digits(n, r, w);
        ck_v_digits(n, r + n->digits, w + n->limbs);
    }
}

CK_IFMA void ck_v_comb_exp(const ck_comb *c, uint64_t *out, const uint64_t *exponents, size_t count, ck_v *scratch) {
    const ck_mont *m = c->mont;
    size_t n = m->limbs, d = ck_residue_words(m), per_block = c->columns_per_block;
    size_t step = ck_exponent_limbs(c->exponent_bits);
    size_t block_vectors = n * ((size_t)1 << c->teeth) / 8, room = n + 2;
    ck_v *acc = scratch, *w = acc + CK_GROUPS * d, *y = w + CK_GROUPS * room, *work = y + d;
    ck_v index[CK_GROUPS];
    const ck_v *table = (const ck_v *)c->table;
    for (size_t i = 0; i < count; i += 8 * CK_GROUPS) {
        size_t here = count - i < 8 * CK_GROUPS ? count - i : 8 * CK_GROUPS, groups = (here + 7) / 8;
        int started = 0;
        for (size_t k = per_block; k-- != 0;) {
            if (started)
                for (size_t g = 0; g < groups; g++) ck_x_sqr(m, acc + g * d, acc + g * d, work);
            for (size_t j = 0; j < c->blocks; j++) {
                size_t column = j * per_block + k;
                if (column >= c->columns) continue;
                indices(index, c, exponents + i * step, here, groups, column);
                select_entries(w, table + j * block_vectors, n, c->teeth, groups, index, room);
                for (size_t g = 0; g < groups; g++) {
                    if (started) {
                        digits_of(m, y, w + g * room);
                        ck_x_mul(m, acc + g * d, acc + g * d, y, work);
                    } else {
                        digits_of(m, acc + g * d, w + g * room);
                    }
                }
                started = 1;
            }
        }
        for (size_t g = 0; g < groups; g++) {
            size_t lanes = here - 8 * g < 8 ? here - 8 * g : 8;
            ck_x_leave(m, out + (i + 8 * g) * n, n, lanes, acc + g * d, work);
        }
    }
    ck_wipe(index, sizeof index);
}

#endif
