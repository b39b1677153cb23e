/* Operators that work element by element. A part of quern.h, which has the rules of all. */
#ifndef QUERN_ELEMENTS_H
#define QUERN_ELEMENTS_H

#include "quern_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- prelu ---- */

/* Rows of channels with a weight each: x where it is above 0, else weight * x. One weight for all values is one
 * channel, and each value a row. */
QUERN_API int quern_prelu_workspace(int64_t rows, int64_t channels, int64_t* bytes) QUERN_NOEXCEPT;
/* dst may be src. */
QUERN_API int quern_prelu_forward(int64_t type, int64_t rows, int64_t channels, const void* src, const float* weights,
                                  void* dst) QUERN_NOEXCEPT;
/* diff_src may be NULL or diff_dst. diff_weights may be NULL, and the workspace with it. */
QUERN_API int quern_prelu_backward(int64_t type, int64_t rows, int64_t channels, const void* src, const void* diff_dst,
                                   const float* weights, void* diff_src, float* diff_weights, void* workspace,
                                   int64_t workspace_bytes) QUERN_NOEXCEPT;

/* ---- quantize ---- */

/* min(max(round(src / scale) + zero, low), high) in QUERN_U8, halves to even; a NaN becomes low. low <= zero <= high.
 */
QUERN_API int quern_quantize(int64_t n, const void* src, float scale, int64_t zero, int64_t low, int64_t high,
                             void* dst) QUERN_NOEXCEPT;
/* (src - zero) * scale of a src in QUERN_U8. */
QUERN_API int quern_dequantize(int64_t n, const void* src, float scale, int64_t zero, void* dst) QUERN_NOEXCEPT;
/* Channels of n weights each, rounded to whole steps, halves to even. A step is scales[channel], which becomes the
 * channel's largest magnitude / 127, or 1 where that is below FLT_MIN. rounded gets the steps times the scale, steps
 * the steps themselves in QUERN_S8; either may be NULL. A channel with a NaN or an infinity has it for a scale, and no
 * number among what is rounded. */
QUERN_API int quern_quantize_weights(int64_t channels, int64_t n, const float* src, float* scales, float* rounded,
                                     void* steps) QUERN_NOEXCEPT;

/* table[src] in QUERN_U8, of a table of 256 bytes: any function of one. dst may be src. */
QUERN_API int quern_lookup(int64_t n, const void* src, const void* table, void* dst) QUERN_NOEXCEPT;

/* ---- relu ---- */

/* dst may be src. */
QUERN_API int quern_relu_forward(int64_t type, int64_t n, const void* src, void* dst) QUERN_NOEXCEPT;
/* From the output (or the input: the sign is the same); diff_src may be diff_dst. */
QUERN_API int quern_relu_backward(int64_t type, int64_t n, const void* dst, const void* diff_dst,
                                  void* diff_src) QUERN_NOEXCEPT;

/* ---- activation ---- */

/*
 * Element by element; values and gradients at kinks are PyTorch's, and NaN stays NaN. The functions, each with its
 * coefficients and their rules, are listed by name in src/kernels/activations.inc. A function's kind is its place in
 * that list, from 0 on.
 */
/* kind[0] receives the kind of the function of that name. */
QUERN_API int quern_activation_kind(const char* name, int64_t* kind) QUERN_NOEXCEPT;
/* NULL where no function is of that kind. */
QUERN_API const char* quern_activation_name(int64_t kind) QUERN_NOEXCEPT;
/* count[0] receives the number of the function's coefficients, at most 3. */
QUERN_API int quern_activation_coefficients(int64_t kind, int64_t* count) QUERN_NOEXCEPT;

typedef struct quern_activation {
  int64_t kind;           /* from quern_activation_kind */
  double coefficients[3]; /* those of the kind, which are rounded to floats; it ignores the rest */
  int64_t type;           /* a quern_type, of source and destination */
} quern_activation;

/*
 * reads_dst[0] receives 1 where the backward pass reads the output or neither side, so that the forward pass may
 * overwrite its input; 0 where it reads the input.
 */
QUERN_API int quern_activation_reads_dst(const quern_activation* activation, int64_t* reads_dst) QUERN_NOEXCEPT;
/* dst may be src. */
QUERN_API int quern_activation_forward(const quern_activation* activation, int64_t n, const void* src,
                                       void* dst) QUERN_NOEXCEPT;
/* saved is dst or src, as quern_activation_reads_dst says; diff_src may be diff_dst. */
QUERN_API int quern_activation_backward(const quern_activation* activation, int64_t n, const void* saved,
                                        const void* diff_dst, void* diff_src) QUERN_NOEXCEPT;

/* ---- dropout, dropout2d ---- */

typedef struct quern_dropout {
  int64_t batch;
  int64_t channels;
  int64_t pixels;         /* elements of a sample are counted in C, H, W order, wherever they lie in memory */
  int64_t whole_channels; /* 1: a channel falls as a whole (dropout2d); 0: each element by itself */
  double p;               /* how likely that is */
  int64_t key;  /* of Philox4x32-10, whose counter is the element's (or channel's) number / 4 and the sample's;
                   what falls has the upper 24 bits of its word below p * 2^24 */
  int64_t type; /* a quern_type, of source and destination */
} quern_dropout;

/* What falls becomes 0, the rest is multiplied by 1 / (1 - p); the same for the gradients with the same key. dst may be
 * src. */
QUERN_API int quern_dropout_apply(const quern_dropout* dropout, const void* src, void* dst) QUERN_NOEXCEPT;

/* ---- add, concat ---- */

/* dst = a + b; dst may be either. */
QUERN_API int quern_add(int64_t type, int64_t n, const void* a, const void* b, void* dst) QUERN_NOEXCEPT;
/* The same of bytes, each with a scale and a zero: min(max(round(a' + b') + dst_zero, low), high), halves to even,
 * where a' = (a - a_zero) * (a_scale / dst_scale) is a float, as is the factor, which is at most 2^100. */
QUERN_API int quern_add_bytes(int64_t n, const void* a, float a_scale, int64_t a_zero, const void* b, float b_scale,
                              int64_t b_zero, void* dst, float dst_scale, int64_t dst_zero, int64_t low,
                              int64_t high) QUERN_NOEXCEPT;
/* Copies c channels of each row between tensors of different pitches: concat forward, and backward the other way. */
QUERN_API int quern_copy_channels(int64_t type, int64_t rows, int64_t c, const void* src, int64_t src_pitch, void* dst,
                                  int64_t dst_pitch) QUERN_NOEXCEPT;

/* ---- binary: arithmetic and comparisons of two tensors ---- */

enum quern_binary_kind {
  QUERN_ADD = 0,
  QUERN_MULTIPLY = 1,
  QUERN_SUBTRACT = 2,
  QUERN_DIVIDE = 3,
  QUERN_MAXIMUM = 4, /* NaN wins; of two equal values each gets half of the gradient; so for the next */
  QUERN_MINIMUM = 5,
  QUERN_POW = 6,   /* src to the power of other, as in C */
  QUERN_EQUAL = 7, /* 1 or 0, as what follows; a comparison with NaN is 0. No gradient passes */
  QUERN_LESS = 8,
  QUERN_LESS_OR_EQUAL = 9,
  QUERN_GREATER = 10,
  QUERN_GREATER_OR_EQUAL = 11,
  QUERN_WHEN = 12,  /* other where src is not 0, else dst as it was; quern_broadcast_* only, as the next */
  QUERN_UNLESS = 13 /* other where src is 0, else dst as it was. Only other gets a gradient */
};

/* dst = src + other and so on, each [batch][pixels][channels], or other [batch][channels] for all pixels where
 * other_pixels is 1; dst may be either of the same size. */
QUERN_API int quern_binary_forward(int64_t kind, int64_t type, int64_t batch, int64_t pixels, int64_t other_pixels,
                                   int64_t channels, const void* src, const void* other, void* dst) QUERN_NOEXCEPT;
/* diff_src and diff_other may each be NULL; no output is an input. */
QUERN_API int quern_binary_backward(int64_t kind, int64_t type, int64_t batch, int64_t pixels, int64_t other_pixels,
                                    int64_t channels, const void* src, const void* other, const void* diff_dst,
                                    void* diff_src, void* diff_other) QUERN_NOEXCEPT;
/* The product of bytes, each with a scale and a zero, of the same shapes: min(max(round((src - src_zero) * (other -
 * other_zero) * factor) + dst_zero, low), high), halves to even, whose factor src_scale * other_scale / dst_scale is a
 * float of at most 2^100. */
QUERN_API int quern_multiply_bytes(int64_t batch, int64_t pixels, int64_t other_pixels, int64_t channels,
                                   const void* src, float src_scale, int64_t src_zero, const void* other,
                                   float other_scale, int64_t other_zero, void* dst, float dst_scale, int64_t dst_zero,
                                   int64_t low, int64_t high) QUERN_NOEXCEPT;

/*
 * The same by strides, as quern_strided_copy's: along 1 to 8 axes of these sizes, each of the three tensors has a
 * stride, which is 0 where src or other is of one number there that meets all of the axis. No two numbers of dst are in
 * one place, nor any of src or of other but by such a 0. No output is an input. Of no numbers nothing is written.
 */
QUERN_API int quern_broadcast_forward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                      const int64_t* src_strides, const int64_t* other_strides,
                                      const int64_t* dst_strides, const void* src, const void* other,
                                      void* dst) QUERN_NOEXCEPT;
/* diff_src and diff_other have the strides of what they belong to, and may each be NULL. A number that meets several
 * gets the sum of its gradients, always in the same order. */
QUERN_API int quern_broadcast_backward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                       const int64_t* src_strides, const int64_t* other_strides,
                                       const int64_t* dst_strides, const void* src, const void* other,
                                       const void* diff_dst, void* diff_src, void* diff_other) QUERN_NOEXCEPT;

/* ---- strided_copy ---- */

/* dst[sum of i[k] * dst_strides[k]] = src[sum of i[k] * src_strides[k]] for all i[k] in [0, sizes[k]), k in [0, axes),
 * 1 to 8 axes. A source's stride may be 0, so that its numbers repeat; no two numbers may go to one place. */
QUERN_API int quern_strided_copy(int64_t type, int64_t axes, const int64_t* sizes, const int64_t* src_strides,
                                 const int64_t* dst_strides, const void* src, void* dst) QUERN_NOEXCEPT;

/* ---- gather ---- */

/* The same, but along `axis`: position p of dst is position indices[p] of src, which has src_size of them; sizes are
 * those of dst. Unless starts is NULL, it is the sum of the positions indices[starts[p]] to before
 * indices[starts[p + 1]], in this order and in double precision: starts are sizes[axis] + 1 numbers that ascend from 0.
 * That is the way back, where several positions came from one. */
QUERN_API int quern_gather(int64_t type, int64_t axes, const int64_t* sizes, const int64_t* src_strides,
                           const int64_t* dst_strides, int64_t axis, int64_t src_size, const int32_t* indices,
                           const int32_t* starts, const void* src, void* dst) QUERN_NOEXCEPT;

/* ---- uniform: first values of weights ---- */

/* (2 u - 1) * bound, where u is the upper 24 bits, as a fraction, of the second word of Philox4x32-10 for the key seed
 * and the counter {the value's number, in 64 bits, part, 0}: dev.quern.internal.Philox's INITIALIZE. */
QUERN_API int quern_uniform(int64_t n, int64_t seed, int64_t part, float bound, float* dst) QUERN_NOEXCEPT;

/* ---- vectors ---- */

/* x *= factor. */
QUERN_API int quern_scale(int64_t n, double factor, float* x) QUERN_NOEXCEPT;
/* Each x to the nearest number in [-limit, limit]; a NaN stays one. */
QUERN_API int quern_clip(int64_t n, double limit, float* x) QUERN_NOEXCEPT;
/* y += weight * (x - y). */
QUERN_API int quern_lerp(int64_t n, double weight, const float* x, float* y) QUERN_NOEXCEPT;
/* result[0] receives the sum of x * x, in double: infinite or NaN exactly where an x is. */
QUERN_API int quern_sum_squares(int64_t n, const float* x, double* result) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
