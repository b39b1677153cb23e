/* Convolution. A part of quern.h, which has the rules of all. */
#ifndef QUERN_CONV2D_H
#define QUERN_CONV2D_H

#include "quern_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- conv2d ---- */

typedef struct quern_conv2d {
  int64_t batch;
  int64_t in_channels;
  int64_t in_height;
  int64_t in_width;
  int64_t out_channels;
  int64_t kernel_height;
  int64_t kernel_width;
  int64_t stride_height;
  int64_t stride_width;
  int64_t padding_height;
  int64_t padding_width;
  int64_t dilation_height;
  int64_t dilation_width;
  int64_t groups;
  int64_t src_pitch;
  int64_t dst_pitch;
  int64_t implementation; /* -1: the first of the list that accepts, or a later one that costs less; else that index */
  int64_t strict;         /* 1: plain sums of float32 products, no Winograd or AMX; else 0 */
  int64_t inference;      /* 1: no backward passes, for which weights are not packed then; else 0 */
  int64_t src_type;       /* quern_types; weights_type is that of the packed weights */
  int64_t weights_type;
  int64_t dst_type;
  int64_t src_order; /* quern_orders; no backward_data of a src in QUERN_NCHW */
  int64_t dst_order;
  int64_t src_zero; /* of a src in QUERN_U8: the byte that stands for 0, of padding too; else 0 */
  int64_t
      uneven_height; /* of a src in QUERN_U8: how much more padding there is at the bottom than at the top, or less */
  int64_t uneven_width; /* and on the right than on the left; else 0 */
  int64_t bf16; /* 1: products of inputs and weights rounded to bfloat16 will do where they are faster; else 0 */
} quern_conv2d;

/* Names are oneDNN's. */
enum quern_pass { QUERN_FORWARD = 0, QUERN_BACKWARD_DATA = 1, QUERN_BACKWARD_WEIGHTS = 2 };

/* The implementations, best first; NULL past the end. One list serves all passes, which share the packed weights. */
QUERN_API const char* quern_conv2d_implementation(int64_t index) QUERN_NOEXCEPT;
/* QUERN_OK if that implementation takes this pass (a quern_pass) of this convolution, with its types and orders;
 * QUERN_UNSUPPORTED with a reason otherwise. */
QUERN_API int quern_conv2d_accepts(const quern_conv2d* conv, int64_t pass, int64_t index) QUERN_NOEXCEPT;

/* The index of what runs this pass: the implementation that packs the weights or, where that leaves a batch of few
 * pixels to another, the other one. */
QUERN_API int quern_conv2d_chosen(const quern_conv2d* conv, int64_t pass, int64_t* index) QUERN_NOEXCEPT;

/* Bytes of the packed weights; 0 where the passes take the weights as they are, and pack for themselves. They serve
 * convolutions that differ in batch alone. */
QUERN_API int quern_conv2d_packed_size(const quern_conv2d* conv, int64_t* bytes) QUERN_NOEXCEPT;
/* The weights are of weights_type, those of 16 bits as float32. */
QUERN_API int quern_conv2d_pack(const quern_conv2d* conv, const void* weights, void* packed) QUERN_NOEXCEPT;
/* Bytes that all three passes can do with. */
QUERN_API int quern_conv2d_workspace(const quern_conv2d* conv, int64_t* bytes) QUERN_NOEXCEPT;

/*
 * The post-operation of each sum (bias included) before forward stores it:
 * min(max(sum * scale + shift + add, low), high). A NaN passes the bounds.
 *
 * Of a src in QUERN_U8 the sums are whole numbers, exact ones, of (src - src_zero) * weight over as many inputs as fit
 * 32 bits, 65536 at most, half as many with weights in QUERN_S16. Scale and shift, in which bias is, make them numbers
 * again, in float32, each operation rounded; add is (add - add_zero) * add_scale where dst is QUERN_U8. What a dst in
 * QUERN_U8 receives is then rounded, halves to even, and dst_zero is added: the bounds keep that in [0, 255].
 */
typedef struct quern_post_ops {
  const float* scale; /* one a channel; NULL with shift: 1 and 0 */
  const float* shift;
  const void* add;  /* NULL, or values of dst's type, laid out as dst is, in other memory */
  float low;        /* -infinity for none */
  float high;       /* infinity for none */
  double* sums;     /* NULL, or, in training, 2 * out_channels: each channel's sum over dst, then that of squares */
  double* pieces;   /* with sums: memory for those of pieces of dst, as many doubles as quern_conv2d_piece_sums says */
  int64_t dst_zero; /* of QUERN_U8 */
  int64_t add_zero;
  float add_scale;
} quern_post_ops;

/* Enough for every smaller batch, too. */
QUERN_API int quern_conv2d_piece_sums(const quern_conv2d* conv, int64_t* doubles) QUERN_NOEXCEPT;
/* bias and post may be NULL. */
QUERN_API int quern_conv2d_forward(const quern_conv2d* conv, const void* src, const void* packed, const float* bias,
                                   const quern_post_ops* post, void* dst, void* workspace,
                                   int64_t workspace_bytes) QUERN_NOEXCEPT;
QUERN_API int quern_conv2d_backward_data(const quern_conv2d* conv, const void* diff_dst, const void* packed,
                                         void* diff_src, void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;
/* Overwrites diff_weights (OIHW) and, unless NULL, diff_bias. */
QUERN_API int quern_conv2d_backward_weights(const quern_conv2d* conv, const void* src, const void* diff_dst,
                                            float* diff_weights, float* diff_bias, void* workspace,
                                            int64_t workspace_bytes) QUERN_NOEXCEPT;

/* ---- bias: what a transposed convolution needs besides the passes of the convolution that it mirrors ---- */

/* Adds values, one a channel, to each row of dst. */
QUERN_API int quern_add_bias(int64_t type, int64_t rows, int64_t channels, const float* values, void* dst,
                             int64_t dst_pitch) QUERN_NOEXCEPT;
QUERN_API int quern_column_sums_workspace(int64_t rows, int64_t channels, int64_t* bytes) QUERN_NOEXCEPT;
/* sums[i], one a channel, receives the sum over all rows: the gradient of what quern_add_bias added. */
QUERN_API int quern_column_sums(int64_t type, int64_t rows, int64_t channels, const void* src, int64_t src_pitch,
                                float* sums, void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
