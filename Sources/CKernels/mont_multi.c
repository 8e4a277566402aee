// Products of several numbers to public powers that all results share: one run of squarings for all factors
// (E. G. Straus, American Mathematical Monthly 71, 1964), sliding windows, tables of odd powers.

#include "mont_internal.h"

/// Products of a term: a table of odd powers, then one in width + 1 bits.
static size_t expected_products(size_t bits, size_t width) { return ((size_t)1 << (width - 1)) + bits / (width + 1); }

static size_t sliding_width(size_t bits) {
    size_t best = 1;
    for (size_t width = 2; width <= 8; width++)
        if (expected_products(bits, width) < expected_products(bits, best)) best = width;
    return best;
}

size_t ck_mont_multi_scratch_bytes(const ck_mont *m, size_t bits, size_t terms) {
    if (bits == 0 || terms == 0) return 0;
    size_t entries = (size_t)1 << (sliding_width(bits) - 1);
    return 64 * 8 + ck_block_scratch_bytes(m) + 8 * (terms * entries + 2) * ck_block_words(m) + terms * bits;
}

/// Odd digits at the places where a product is due, zeros elsewhere.
static void recode(uint8_t *digits, const uint64_t *e, size_t bits, size_t width) {
    memset(digits, 0, bits);
    for (size_t at = bits; at != 0;) {
        at--;
        if (!((e[at / 64] >> (at % 64)) & 1)) continue;
        size_t low = at + 1 >= width ? at + 1 - width : 0;
        while (!((e[low / 64] >> (low % 64)) & 1)) low++;
        digits[low] = (uint8_t)ck_exponent_window(e, bits, low, at + 1 - low);
        at = low;
    }
}

int ck_mont_multi(
    const ck_mont *m, uint64_t *out, const uint64_t *bases, size_t stride, const uint64_t *exponents, size_t bits,
    size_t terms, size_t count, void *scratch, size_t scratch_bytes) {
    if (bits == 0 || terms == 0 || scratch_bytes < ck_mont_multi_scratch_bytes(m, bits, terms)) return -1;
    size_t width = sliding_width(bits), entries = (size_t)1 << (width - 1), step = ck_exponent_limbs(bits);
    size_t n = m->limbs, block = ck_block_words(m), lanes_of_block = ck_block_lanes(m);
    uint64_t *acc = ck_align64(scratch), *square = acc + block, *table = square + block;
    void *work = ck_align64(table + terms * entries * block);
    uint8_t *digits = (uint8_t *)work + ck_block_scratch_bytes(m);
    for (size_t t = 0; t < terms; t++) recode(digits + t * bits, exponents + t * step, bits, width);
    for (size_t i = 0; i < count; i += lanes_of_block) {
        size_t lanes = count - i < lanes_of_block ? count - i : lanes_of_block;
        for (size_t t = 0; t < terms; t++) {
            uint64_t *powers = table + t * entries * block;
            ck_block_enter(m, powers, bases + t * stride + i * n, lanes, work);
            if (entries > 1) ck_block_sqr(m, square, powers, work);
            for (size_t k = 1; k < entries; k++)
                ck_block_mul(m, powers + k * block, powers + (k - 1) * block, square, work);
        }
        int started = 0;
        for (size_t at = bits; at-- != 0;) {
            if (started) ck_block_sqr(m, acc, acc, work);
            for (size_t t = 0; t < terms; t++) {
                size_t digit = digits[t * bits + at];
                if (digit == 0) continue;
                const uint64_t *power = table + (t * entries + digit / 2) * block;
                if (started) {
                    ck_block_mul(m, acc, acc, power, work);
                } else {
                    memcpy(acc, power, block * sizeof *acc);
                    started = 1;
                }
            }
        }
        if (!started) ck_block_one(m, acc);
        ck_block_leave(m, out + i * n, acc, lanes, work);
    }
    ck_wipe(scratch, scratch_bytes);
    return 0;
}
