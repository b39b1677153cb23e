/* Elementwise operators. See quern.h for the common rules. */
#ifndef QUERN_ELEMENTS_H
#define QUERN_ELEMENTS_H

#include "quern_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- prelu ---- */

/* PReLU of [rows, channels] with one weight per channel: x if x > 0, else weight * x. For a single weight, pass one
 * channel and each value as a row. */
QUERN_API int quern_prelu_workspace(int64_t rows, int64_t channels, int64_t* bytes) QUERN_NOEXCEPT;
/* dst may be src. */
QUERN_API int quern_prelu_forward(int64_t type, int64_t rows, int64_t channels, const void* src, const float* weights,
                                  void* dst) QUERN_NOEXCEPT;
/* diff_src may be NULL or diff_dst. diff_weights may be NULL; then the workspace may be NULL, too. */
QUERN_API int quern_prelu_backward(int64_t type, int64_t rows, int64_t channels, const void* src, const void* diff_dst,
                                   const float* weights, void* diff_src, float* diff_weights, void* workspace,
                                   int64_t workspace_bytes) QUERN_NOEXCEPT;

/* ---- quantize ---- */

/* dst = min(max(round(src / scale) + zero, low), high) in QUERN_U8, rounded half to even, where low <= zero <= high. A
 * NaN becomes low. */
QUERN_API int quern_quantize(int64_t n, const void* src, float scale, int64_t zero, int64_t low, int64_t high,
                             void* dst) QUERN_NOEXCEPT;
/* dst = (src - zero) * scale, where src is in QUERN_U8. */
QUERN_API int quern_dequantize(int64_t n, const void* src, float scale, int64_t zero, void* dst) QUERN_NOEXCEPT;
/* Quantizes n weights per channel to int8, rounded half to even. scales[channel] receives the channel's largest
 * magnitude / 127, or 1 if the quotient is below FLT_MIN. steps receives the quantized weights in QUERN_S8, rounded
 * receives them times the scale; either may be NULL. If a channel contains a NaN or an infinity, its scale is that
 * value, and its rounded weights are NaN or infinite. */
QUERN_API int quern_quantize_weights(int64_t channels, int64_t n, const float* src, float* scales, float* rounded,
                                     void* steps) QUERN_NOEXCEPT;

/* dst = table[src] in QUERN_U8, where the table has 256 bytes: any function of a byte. dst may be src. */
QUERN_API int quern_lookup(int64_t n, const void* src, const void* table, void* dst) QUERN_NOEXCEPT;

/* ---- cast ---- */

/* Converts n elements from QUERN_F32 to QUERN_BF16, rounded to nearest, ties to even, or back. A NaN stays one. */
QUERN_API int quern_cast(int64_t n, int64_t src_type, const void* src, int64_t dst_type, void* dst) QUERN_NOEXCEPT;

/* ---- relu ---- */

/* dst may be src. */
QUERN_API int quern_relu_forward(int64_t type, int64_t n, const void* src, void* dst) QUERN_NOEXCEPT;
/* dst may also be the input, which has the same sign as the output; diff_src may be diff_dst. */
QUERN_API int quern_relu_backward(int64_t type, int64_t n, const void* dst, const void* diff_dst,
                                  void* diff_src) QUERN_NOEXCEPT;

/* ---- activation ---- */

/*
 * Elementwise activation functions. Gradients at points without a derivative are PyTorch's, and NaN stays NaN.
 * src/kernels/activations.inc lists the functions with their coefficients by name. The kind of a function is its
 * zero-based index in that list.
 */
/* kind[0] receives the kind of the function with this name. */
QUERN_API int quern_activation_kind(const char* name, int64_t* kind) QUERN_NOEXCEPT;
/* Returns the name of the function, or NULL for an unknown kind. */
QUERN_API const char* quern_activation_name(int64_t kind) QUERN_NOEXCEPT;
/* count[0] receives the number of coefficients of the function, at most 3. */
QUERN_API int quern_activation_coefficients(int64_t kind, int64_t* count) QUERN_NOEXCEPT;

typedef struct quern_activation {
  int64_t kind;           /* from quern_activation_kind */
  double coefficients[3]; /* the coefficients of the kind, which are rounded to floats; further ones are ignored */
  int64_t type;           /* a quern_type, of src and dst */
} quern_activation;

/*
 * reads_dst[0] receives 0 if the backward pass reads the input. It receives 1 if the backward pass reads the output or
 * neither, so that the forward pass may overwrite its input.
 */
QUERN_API int quern_activation_reads_dst(const quern_activation* activation, int64_t* reads_dst) QUERN_NOEXCEPT;
/* dst may be src. */
QUERN_API int quern_activation_forward(const quern_activation* activation, int64_t n, const void* src,
                                       void* dst) QUERN_NOEXCEPT;
/* saved is dst if quern_activation_reads_dst yields 1, else src; diff_src may be diff_dst. */
QUERN_API int quern_activation_backward(const quern_activation* activation, int64_t n, const void* saved,
                                        const void* diff_dst, void* diff_src) QUERN_NOEXCEPT;

/* ---- dropout, dropout2d ---- */

typedef struct quern_dropout {
  int64_t batch;
  int64_t channels;
  int64_t pixels;         /* elements of a sample are numbered in C, H, W order, for every memory order */
  int64_t whole_channels; /* 1: drops whole channels (dropout2d); 0: drops single elements */
  double p;               /* the probability of a drop */
  int64_t key;  /* of Philox4x32-10, whose counter is the number of the element (or channel) / 4 and the number of the
                   sample; an element is dropped if the upper 24 bits of its word are below p * 2^24 */
  int64_t type; /* a quern_type, of src and dst */
} quern_dropout;

/* Sets dropped elements to 0 and multiplies the others by 1 / (1 - p). The backward pass is the same function of the
 * gradients with the same key. dst may be src. */
QUERN_API int quern_dropout_apply(const quern_dropout* dropout, const void* src, void* dst) QUERN_NOEXCEPT;

/* ---- add, concat ---- */

/* dst = a + b; dst may be a or b. */
QUERN_API int quern_add(int64_t type, int64_t n, const void* a, const void* b, void* dst) QUERN_NOEXCEPT;
/* The sum of quantized tensors in QUERN_U8: min(max(round(a' + b') + dst_zero, low), high), rounded half to even, where
 * a' = (a - a_zero) * (a_scale / dst_scale). a' and the quotient of the scales, which is at most 2^100, are floats. */
QUERN_API int quern_add_bytes(int64_t n, const void* a, float a_scale, int64_t a_zero, const void* b, float b_scale,
                              int64_t b_zero, void* dst, float dst_scale, int64_t dst_zero, int64_t low,
                              int64_t high) QUERN_NOEXCEPT;
/* Copies c channels of each row between tensors of different pitches: the forward pass of concat and, with src and dst
 * exchanged, its backward pass. */
QUERN_API int quern_copy_channels(int64_t type, int64_t rows, int64_t c, const void* src, int64_t src_pitch, void* dst,
                                  int64_t dst_pitch) QUERN_NOEXCEPT;

/* ---- binary: arithmetic and comparisons of two tensors ---- */

enum quern_binary_kind {
  QUERN_ADD = 0,
  QUERN_MULTIPLY = 1,
  QUERN_SUBTRACT = 2,
  QUERN_DIVIDE = 3,
  QUERN_MAXIMUM =
      4, /* a NaN operand yields NaN; equal values each get half of the gradient; the same for QUERN_MINIMUM */
  QUERN_MINIMUM = 5,
  QUERN_POW = 6,   /* src to the power of other, as pow in C */
  QUERN_EQUAL = 7, /* comparisons yield 1 or 0, and 0 if an operand is NaN; their gradients are 0 */
  QUERN_LESS = 8,
  QUERN_LESS_OR_EQUAL = 9,
  QUERN_GREATER = 10,
  QUERN_GREATER_OR_EQUAL = 11,
  QUERN_WHEN = 12,  /* dst = other where src is not 0; elsewhere dst is unchanged. quern_broadcast_* only */
  QUERN_UNLESS = 13 /* dst = other where src is 0, as QUERN_WHEN; only other gets a gradient */
};

/* dst = src + other and so on, each [batch][pixels][channels]. If other_pixels is 1, other is [batch][channels] and
 * applies to all pixels. dst may be an input of its size. */
QUERN_API int quern_binary_forward(int64_t kind, int64_t type, int64_t batch, int64_t pixels, int64_t other_pixels,
                                   int64_t channels, const void* src, const void* other, void* dst) QUERN_NOEXCEPT;
/* diff_src and diff_other may each be NULL; they must not be inputs. */
QUERN_API int quern_binary_backward(int64_t kind, int64_t type, int64_t batch, int64_t pixels, int64_t other_pixels,
                                    int64_t channels, const void* src, const void* other, const void* diff_dst,
                                    void* diff_src, void* diff_other) QUERN_NOEXCEPT;
/* The product of quantized tensors in QUERN_U8, with the shapes of quern_binary_forward: min(max(round((src - src_zero)
 * * (other - other_zero) * factor) + dst_zero, low), high), rounded half to even, where the factor src_scale *
 * other_scale / dst_scale is a float of at most 2^100. */
QUERN_API int quern_multiply_bytes(int64_t batch, int64_t pixels, int64_t other_pixels, int64_t channels,
                                   const void* src, float src_scale, int64_t src_zero, const void* other,
                                   float other_scale, int64_t other_zero, void* dst, float dst_scale, int64_t dst_zero,
                                   int64_t low, int64_t high) QUERN_NOEXCEPT;

/*
 * The binary operators with broadcasting, over 1 to 8 axes. Each of the three tensors has one stride per axis, as in
 * quern_strided_copy; a stride of src or other is 0 on the axes where it is broadcast. Otherwise, no two elements of a
 * tensor have the same address. dst must not be an input. If a size is 0, nothing is written.
 */
QUERN_API int quern_broadcast_forward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                      const int64_t* src_strides, const int64_t* other_strides,
                                      const int64_t* dst_strides, const void* src, const void* other,
                                      void* dst) QUERN_NOEXCEPT;
/* diff_src and diff_other have the strides of src and other, and may each be NULL. The gradient of a broadcast element
 * is the sum over its uses, always in the same order. */
QUERN_API int quern_broadcast_backward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                       const int64_t* src_strides, const int64_t* other_strides,
                                       const int64_t* dst_strides, const void* src, const void* other,
                                       const void* diff_dst, void* diff_src, void* diff_other) QUERN_NOEXCEPT;

/* ---- strided_copy ---- */

/* dst[sum of i[k] * dst_strides[k]] = src[sum of i[k] * src_strides[k]] for all i[k] in [0, sizes[k]), k in [0, axes),
 * 1 to 8 axes. A stride of src may be 0 to repeat its elements; all elements of dst have different addresses. */
QUERN_API int quern_strided_copy(int64_t type, int64_t axes, const int64_t* sizes, const int64_t* src_strides,
                                 const int64_t* dst_strides, const void* src, void* dst) QUERN_NOEXCEPT;

/* ---- gather ---- */

/* Copies with strides as quern_strided_copy does, but along `axis`, position p of dst is position indices[p] of src,
 * which has src_size positions; sizes are the sizes of dst. If starts is not NULL, position p of dst is the sum of the
 * positions indices[starts[p]], ..., indices[starts[p + 1] - 1] of src, in this order and in double precision; starts
 * has sizes[axis] + 1 elements and ascends from 0. The backward pass uses starts for positions that were gathered
 * several times. */
QUERN_API int quern_gather(int64_t type, int64_t axes, const int64_t* sizes, const int64_t* src_strides,
                           const int64_t* dst_strides, int64_t axis, int64_t src_size, const int32_t* indices,
                           const int32_t* starts, const void* src, void* dst) QUERN_NOEXCEPT;

/* ---- uniform: initial values of weights ---- */

/* dst = (2 u - 1) * bound, where the fraction u is the upper 24 bits of the second word of Philox4x32-10 with the key
 * seed and the counter {64-bit index of the element, part, 0}, which is INITIALIZE of dev.quern.internal.Philox. */
QUERN_API int quern_uniform(int64_t n, int64_t seed, int64_t part, float bound, float* dst) QUERN_NOEXCEPT;

/* ---- vectors ---- */

/* x *= factor. */
QUERN_API int quern_scale(int64_t n, double factor, float* x) QUERN_NOEXCEPT;
/* Clamps each x to [-limit, limit]; a NaN stays a NaN. */
QUERN_API int quern_clip(int64_t n, double limit, float* x) QUERN_NOEXCEPT;
/* y += weight * (x - y). */
QUERN_API int quern_lerp(int64_t n, double weight, const float* x, float* y) QUERN_NOEXCEPT;
/* result[0] receives the sum of x * x in double precision. It is infinite or NaN only if an x is infinite or NaN. */
QUERN_API int quern_sum_squares(int64_t n, const float* x, double* result) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
