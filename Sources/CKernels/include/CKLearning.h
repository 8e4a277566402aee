#ifndef CK_LEARNING_H
#define CK_LEARNING_H

// Products of small matrices whose columns are examples, eight of them side by side: a table of features of many examples is
// [panel][feature][8]. Every operation is one IEEE operation in a fixed order, never a fused one, so that results do not depend
// on the path, bit for bit. Nothing here is secret from the machine it runs on.
//
// Paths are those of CKMasks.h. There is no portable form here: on that path a call does nothing and returns 0.

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// c = bias + w x, or c += w x when bias is null, for every panel: terms are added in the order of k. Weights are packed in tiles
/// of four rows, [tile][k][4], tiles `whole` * 4 numbers apart; `rows` is a multiple of 4. Panels of x and c lie x_stride and
/// c_stride numbers apart. 1, or 0 when nothing was done.
int ck_lanes_multiply(
    const float *w, size_t rows, size_t depth, size_t whole, const float *bias, const float *x, size_t x_stride, float *c,
    size_t c_stride, size_t panels, int path);

/// g[row][column] += the sum over steps and panels of e[row] x[column]: lane by lane in that order, then lanes 0-3 and 4-7
/// together, 0-1 and 2-3, 0 and 1. g has `columns` a row; `rows` is a multiple of 4. Panels and steps of e and x lie so many
/// numbers apart. 1, or 0 when nothing was done.
int ck_lanes_outer(
    const float *e, size_t e_panel, size_t e_step, size_t rows, const float *x, size_t x_panel, size_t x_step, size_t columns,
    size_t panels, size_t steps, float *g, int path);

#ifdef __cplusplus
}
#endif

#endif
