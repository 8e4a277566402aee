// Products of weights and panels of eight examples, and of panels with one another; the definition is in CKLearning.h.

#include "CKLearning.h"
#include "lane_internal.h"

// One rounding an operation: a fused multiply-add would round once where the definition rounds twice.
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("-ffp-contract=off")
#endif

#if CK_LANES_X86

enum { LANES = 8, TILE = 4 };

// MARK: AVX2

/// Four rows of one panel: eight sums.
CK_AVX2 static void multiply_avx2(
    const float *w, size_t depth, const float *bias, const float *x, float *c
) {
    __m256 s[TILE];
    for (int r = 0; r < TILE; r++) s[r] = bias ? _mm256_set1_ps(bias[r]) : _mm256_loadu_ps(c + LANES * r);
    for (size_t k = 0; k < depth; k++, w += TILE, x += LANES) {
        __m256 value = _mm256_loadu_ps(x);
#pragma clang loop unroll(full)
        for (int r = 0; r < TILE; r++) s[r] = _mm256_add_ps(s[r], _mm256_mul_ps(_mm256_broadcast_ss(w + r), value));
    }
    for (int r = 0; r < TILE; r++) _mm256_storeu_ps(c + LANES * r, s[r]);
}

/// The same for two panels at once, so that more additions are on their way.
CK_AVX2 static void multiply_two_avx2(
    const float *w, size_t depth, const float *bias, const float *x, size_t x_stride, float *c, size_t c_stride
) {
    __m256 s[TILE], t[TILE];
    for (int r = 0; r < TILE; r++) {
        s[r] = bias ? _mm256_set1_ps(bias[r]) : _mm256_loadu_ps(c + LANES * r);
        t[r] = bias ? s[r] : _mm256_loadu_ps(c + c_stride + LANES * r);
    }
    for (size_t k = 0; k < depth; k++, w += TILE, x += LANES) {
        __m256 low = _mm256_loadu_ps(x), high = _mm256_loadu_ps(x + x_stride);
#pragma clang loop unroll(full)
        for (int r = 0; r < TILE; r++) {
            __m256 weight = _mm256_broadcast_ss(w + r);
            s[r] = _mm256_add_ps(s[r], _mm256_mul_ps(weight, low));
            t[r] = _mm256_add_ps(t[r], _mm256_mul_ps(weight, high));
        }
    }
    for (int r = 0; r < TILE; r++) {
        _mm256_storeu_ps(c + LANES * r, s[r]);
        _mm256_storeu_ps(c + c_stride + LANES * r, t[r]);
    }
}

/// Eight sums of four lanes each: 0-3 and 4-7 together, then pairs, then both.
CK_AVX2 CK_LANE_INLINE float folded(__m256 v) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

/// Two rows by at most six columns.
CK_AVX2 CK_LANE_INLINE void outer_pair_avx2(
    const float *e, size_t e_panel, size_t e_step, const float *x, size_t x_panel, size_t x_step, int wide,
    size_t columns, size_t panels, size_t steps, float *g
) {
    __m256 s[2][6];
    for (int r = 0; r < 2; r++)
        for (int j = 0; j < wide; j++) s[r][j] = _mm256_setzero_ps();
    for (size_t step = 0; step < steps; step++) {
        const float *a = e + step * e_step, *b = x + step * x_step;
        for (size_t panel = 0; panel < panels; panel++, a += e_panel, b += x_panel) {
            __m256 first = _mm256_loadu_ps(a), second = _mm256_loadu_ps(a + LANES);
#pragma clang loop unroll(full)
            for (int j = 0; j < wide; j++) {
                __m256 column = _mm256_loadu_ps(b + LANES * j);
                s[0][j] = _mm256_add_ps(s[0][j], _mm256_mul_ps(first, column));
                s[1][j] = _mm256_add_ps(s[1][j], _mm256_mul_ps(second, column));
            }
        }
    }
    for (int r = 0; r < 2; r++)
        for (int j = 0; j < wide; j++) g[columns * (size_t)r + (size_t)j] += folded(s[r][j]);
}

CK_AVX2 CK_LANE_INLINE void outer_avx2(
    const float *e, size_t e_panel, size_t e_step, const float *x, size_t x_panel, size_t x_step, int wide,
    size_t columns, size_t panels, size_t steps, float *g
) {
    for (size_t r = 0; r < TILE; r += 2)
        outer_pair_avx2(
            e + LANES * r, e_panel, e_step, x, x_panel, x_step, wide, columns, panels, steps, g + columns * r);
}

CK_AVX2 static void outer_six_avx2(
    const float *e, size_t e_panel, size_t e_step, const float *x, size_t x_panel, size_t x_step, size_t columns,
    size_t panels, size_t steps, float *g
) {
    outer_avx2(e, e_panel, e_step, x, x_panel, x_step, 6, columns, panels, steps, g);
}

CK_AVX2 static void outer_two_avx2(
    const float *e, size_t e_panel, size_t e_step, const float *x, size_t x_panel, size_t x_step, size_t columns,
    size_t panels, size_t steps, float *g
) {
    outer_avx2(e, e_panel, e_step, x, x_panel, x_step, 2, columns, panels, steps, g);
}

CK_AVX2 static void outer_one_avx2(
    const float *e, size_t e_panel, size_t e_step, const float *x, size_t x_panel, size_t x_step, size_t columns,
    size_t panels, size_t steps, float *g
) {
    outer_avx2(e, e_panel, e_step, x, x_panel, x_step, 1, columns, panels, steps, g);
}

// MARK: AVX-512

// A vector holds two rows of a panel, which lie one behind the other.

/// Four rows of at most four panels.
CK_AVX512 CK_LANE_INLINE void multiply_avx512(
    const float *w, size_t depth, const float *bias, const float *x, size_t x_stride, float *c, size_t c_stride, int wide
) {
    const __m512i low = _mm512_set_epi32(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m512i high = _mm512_set_epi32(3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2);
    __m512 s[4], t[4];
    if (bias) {
        __m512 four = _mm512_castps128_ps512(_mm_loadu_ps(bias));
        for (int p = 0; p < wide; p++) {
            s[p] = _mm512_permutexvar_ps(low, four);
            t[p] = _mm512_permutexvar_ps(high, four);
        }
    } else {
        for (int p = 0; p < wide; p++) {
            s[p] = _mm512_loadu_ps(c + c_stride * (size_t)p);
            t[p] = _mm512_loadu_ps(c + c_stride * (size_t)p + 16);
        }
    }
    for (size_t k = 0; k < depth; k++, w += TILE, x += LANES) {
        __m512 four = _mm512_castps128_ps512(_mm_loadu_ps(w));
        __m512 first = _mm512_permutexvar_ps(low, four), second = _mm512_permutexvar_ps(high, four);
#pragma clang loop unroll(full)
        for (int p = 0; p < wide; p++) {
            __m512 value = _mm512_broadcast_f32x8(_mm256_loadu_ps(x + x_stride * (size_t)p));
            s[p] = _mm512_add_ps(s[p], _mm512_mul_ps(first, value));
            t[p] = _mm512_add_ps(t[p], _mm512_mul_ps(second, value));
        }
    }
    for (int p = 0; p < wide; p++) {
        _mm512_storeu_ps(c + c_stride * (size_t)p, s[p]);
        _mm512_storeu_ps(c + c_stride * (size_t)p + 16, t[p]);
    }
}

CK_AVX512 static void multiply_four_avx512(
    const float *w, size_t depth, const float *bias, const float *x, size_t x_stride, float *c, size_t c_stride
) {
    multiply_avx512(w, depth, bias, x, x_stride, c, c_stride, 4);
}

CK_AVX512 static void multiply_one_avx512(
    const float *w, size_t depth, const float *bias, const float *x, size_t x_stride, float *c, size_t c_stride
) {
    multiply_avx512(w, depth, bias, x, x_stride, c, c_stride, 1);
}

CK_AVX512 CK_LANE_INLINE float folded_half(__m256 v) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

/// Four rows by at most six columns.
CK_AVX512 CK_LANE_INLINE void outer_avx512(
    const float *e, size_t e_panel, size_t e_step, const float *x, size_t x_panel, size_t x_step, int wide,
    size_t columns, size_t panels, size_t steps, float *g
) {
    __m512 s[2][6];
    for (int r = 0; r < 2; r++)
        for (int j = 0; j < wide; j++) s[r][j] = _mm512_setzero_ps();
    for (size_t step = 0; step < steps; step++) {
        const float *a = e + step * e_step, *b = x + step * x_step;
        for (size_t panel = 0; panel < panels; panel++, a += e_panel, b += x_panel) {
            __m512 first = _mm512_loadu_ps(a), second = _mm512_loadu_ps(a + 16);
#pragma clang loop unroll(full)
            for (int j = 0; j < wide; j++) {
                __m512 column = _mm512_broadcast_f32x8(_mm256_loadu_ps(b + LANES * j));
                s[0][j] = _mm512_add_ps(s[0][j], _mm512_mul_ps(first, column));
                s[1][j] = _mm512_add_ps(s[1][j], _mm512_mul_ps(second, column));
            }
        }
    }
    for (int r = 0; r < 2; r++)
        for (int j = 0; j < wide; j++) {
            float *line = g + columns * (size_t)(2 * r) + (size_t)j;
            line[0] += folded_half(_mm512_castps512_ps256(s[r][j]));
            line[columns] += folded_half(_mm512_extractf32x8_ps(s[r][j], 1));
        }
}

CK_AVX512 static void outer_six_avx512(
    const float *e, size_t e_panel, size_t e_step, const float *x, size_t x_panel, size_t x_step, size_t columns,
    size_t panels, size_t steps, float *g
) {
    outer_avx512(e, e_panel, e_step, x, x_panel, x_step, 6, columns, panels, steps, g);
}

CK_AVX512 static void outer_two_avx512(
    const float *e, size_t e_panel, size_t e_step, const float *x, size_t x_panel, size_t x_step, size_t columns,
    size_t panels, size_t steps, float *g
) {
    outer_avx512(e, e_panel, e_step, x, x_panel, x_step, 2, columns, panels, steps, g);
}

CK_AVX512 static void outer_one_avx512(
    const float *e, size_t e_panel, size_t e_step, const float *x, size_t x_panel, size_t x_step, size_t columns,
    size_t panels, size_t steps, float *g
) {
    outer_avx512(e, e_panel, e_step, x, x_panel, x_step, 1, columns, panels, steps, g);
}

#endif

// MARK: Calls

int ck_lanes_multiply(
    const float *w, size_t rows, size_t depth, size_t whole, const float *bias, const float *x, size_t x_stride, float *c,
    size_t c_stride, size_t panels, int path
) {
#if CK_LANES_X86
    path = ck_vectors_path(path);
    if (path == CK_LANES_PORTABLE) return 0;
    for (size_t row = 0; row < rows; row += TILE, w += TILE * whole) {
        const float *start = bias ? bias + row : NULL;
        size_t panel = 0;
        while (panel < panels) {
            const float *from = x + panel * x_stride;
            float *to = c + panel * c_stride + row * LANES;
            if (path == CK_LANES_AVX512) {
                if (panels - panel >= 4) {
                    multiply_four_avx512(w, depth, start, from, x_stride, to, c_stride);
                    panel += 4;
                } else {
                    multiply_one_avx512(w, depth, start, from, x_stride, to, c_stride);
                    panel += 1;
                }
            } else if (panels - panel >= 2) {
                multiply_two_avx2(w, depth, start, from, x_stride, to, c_stride);
                panel += 2;
            } else {
                multiply_avx2(w, depth, start, from, to);
                panel += 1;
            }
        }
    }
    return 1;
#else
    (void)w, (void)rows, (void)depth, (void)whole, (void)bias, (void)x, (void)x_stride, (void)c, (void)c_stride;
    (void)panels, (void)path;
    return 0;
#endif
}

int ck_lanes_outer(
    const float *e, size_t e_panel, size_t e_step, size_t rows, const float *x, size_t x_panel, size_t x_step, size_t columns,
    size_t panels, size_t steps, float *g, int path
) {
#if CK_LANES_X86
    path = ck_vectors_path(path);
    if (path == CK_LANES_PORTABLE) return 0;
    // a few columns of all examples stay in the nearest cache while the rows pass by
    size_t column = 0;
    while (column < columns) {
        size_t left = columns - column, taken = left >= 6 ? 6 : left >= 2 ? 2 : 1;
        void (*tile)(
            const float *, size_t, size_t, const float *, size_t, size_t, size_t, size_t, size_t, float *);
        if (path == CK_LANES_AVX512)
            tile = taken == 6 ? outer_six_avx512 : taken == 2 ? outer_two_avx512 : outer_one_avx512;
        else
            tile = taken == 6 ? outer_six_avx2 : taken == 2 ? outer_two_avx2 : outer_one_avx2;
        for (size_t row = 0; row < rows; row += TILE)
            tile(
                e + row * LANES, e_panel, e_step, x + column * LANES, x_panel, x_step, columns, panels, steps,
                g + row * columns + column);
        column += taken;
    }
    return 1;
#else
    (void)e, (void)e_panel, (void)e_step, (void)rows, (void)x, (void)x_panel, (void)x_step, (void)columns, (void)panels;
    (void)steps, (void)g, (void)path;
    return 0;
#endif
}
