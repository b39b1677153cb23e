/* Convolution. See quern.h for the common rules. */
#ifndef QUERN_CONV2D_H
#define QUERN_CONV2D_H

#include "quern_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- conv2d ---- */

/* How exact products of float32 are. A product of bfloat16 is exact in float32, in which all sums are made.
 * DEFAULT: as float32, also by Winograd's algorithm or, with AMX, by factors of three bfloat16 each. STRICT: plain sums
 * of float32 products. HIGH: where AMX is faster, factors of two bfloat16 each, else as DEFAULT. BF16: factors rounded
 * to bfloat16; in inference, where this is faster. */
enum quern_precisions {
  QUERN_PRECISION_DEFAULT = 0,
  QUERN_PRECISION_STRICT = 1,
  QUERN_PRECISION_HIGH = 2,
  QUERN_PRECISION_BF16 = 3
};

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
  int64_t
      implementation; /* index of an implementation, or -1: the first that accepts, or a later one that costs less */
  int64_t precision;  /* quern_precisions */
  int64_t inference;  /* 1: forward only, so that weights are not packed for the backward passes; else 0 */
  int64_t src_type;   /* quern_types; weights_type is the type of the packed weights */
  int64_t weights_type;
  int64_t dst_type;
  int64_t saved_type; /* of src in backward_weights */
  int64_t diff_src_type;
  int64_t diff_dst_type;
  int64_t src_order; /* quern_orders; backward_data does not support a src in QUERN_NCHW */
  int64_t dst_order;
  int64_t src_zero;      /* src in QUERN_U8: the byte that represents 0, also in the padding; else 0 */
  int64_t uneven_height; /* src in QUERN_U8: padding at the bottom minus padding at the top; else 0 */
  int64_t uneven_width;  /* src in QUERN_U8: padding at the right minus padding at the left; else 0 */
} quern_conv2d;

/* Where the implementation multiplies numbers of bfloat16 in QUERN_PRECISION_BF16, any of src, dst, saved, diff_src and
 * diff_dst may be QUERN_BF16 in place of QUERN_F32. Results are then rounded to nearest, ties to even; those below
 * 2^-126 may become 0. The sums of quern_post_ops are those of a dst in QUERN_F32. */

/* The passes, named as in oneDNN. */
enum quern_pass { QUERN_FORWARD = 0, QUERN_BACKWARD_DATA = 1, QUERN_BACKWARD_WEIGHTS = 2 };

/* Returns the name of an implementation, best first, or NULL after the last one. All passes use the same list because
 * they share the packed weights. */
QUERN_API const char* quern_conv2d_implementation(int64_t index) QUERN_NOEXCEPT;
/* Returns QUERN_OK if the implementation supports this pass (a quern_pass) of the convolution with its types and
 * orders, or QUERN_UNSUPPORTED with a reason. */
QUERN_API int quern_conv2d_accepts(const quern_conv2d* conv, int64_t pass, int64_t index) QUERN_NOEXCEPT;

/* index[0] receives the index of the implementation that runs this pass. It is the implementation that packs the
 * weights, unless that one delegates batches of few pixels to another implementation. */
QUERN_API int quern_conv2d_chosen(const quern_conv2d* conv, int64_t pass, int64_t* index) QUERN_NOEXCEPT;

/* bytes[0] receives the size of the packed weights, or 0 where the passes expect the unpacked weights and pack them
 * internally. Packed weights fit all convolutions that differ only in the batch. */
QUERN_API int quern_conv2d_packed_size(const quern_conv2d* conv, int64_t* bytes) QUERN_NOEXCEPT;
/* The weights have the type weights_type, except that weights in half precision are passed as float32. */
QUERN_API int quern_conv2d_pack(const quern_conv2d* conv, const void* weights, void* packed) QUERN_NOEXCEPT;
/* bytes[0] receives a workspace size that is sufficient for all three passes. */
QUERN_API int quern_conv2d_workspace(const quern_conv2d* conv, int64_t* bytes) QUERN_NOEXCEPT;

/*
 * The post-operation that forward applies to each sum (including bias) before it stores the result: min(max(sum * scale
 * + shift + add, low), high). A NaN stays a NaN.
 *
 * If src is in QUERN_U8, the sums of (src - src_zero) * weight are exact int32, over at most 65536 inputs (32768 for
 * weights in QUERN_S16). scale and shift, which includes the bias, then convert them to float32, where each operation
 * is rounded. If dst is in QUERN_U8, add means (add - add_zero) * add_scale, and the result is rounded half to even
 * before dst_zero is added; the bounds keep it in [0, 255].
 */
typedef struct quern_post_ops {
  const float* scale; /* one per channel; NULL, together with shift, means 1 and 0 */
  const float* shift;
  const void* add; /* NULL, or values of dst's type and layout: in different memory or, if amx or bf16 runs, at dst */
  float low;       /* -infinity for none */
  float high;      /* infinity for none */
  double* sums; /* NULL or, in training, 2 * out_channels: the sums of dst per channel, then the sums of its squares */
  double* pieces;   /* with sums: memory for the partial sums, whose size quern_conv2d_piece_sums returns */
  int64_t dst_zero; /* for dst in QUERN_U8 */
  int64_t add_zero;
  float add_scale;
} quern_post_ops;

/* doubles[0] receives the number of doubles in quern_post_ops.pieces, which is also sufficient for smaller batches. */
QUERN_API int quern_conv2d_piece_sums(const quern_conv2d* conv, int64_t* doubles) QUERN_NOEXCEPT;
/* bias and post may be NULL. */
QUERN_API int quern_conv2d_forward(const quern_conv2d* conv, const void* src, const void* packed, const float* bias,
                                   const quern_post_ops* post, void* dst, void* workspace,
                                   int64_t workspace_bytes) QUERN_NOEXCEPT;
QUERN_API int quern_conv2d_backward_data(const quern_conv2d* conv, const void* diff_dst, const void* packed,
                                         void* diff_src, void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;
/* Overwrites diff_weights (OIHW) and, unless it is NULL, diff_bias. */
QUERN_API int quern_conv2d_backward_weights(const quern_conv2d* conv, const void* src, const void* diff_dst,
                                            float* diff_weights, float* diff_bias, void* workspace,
                                            int64_t workspace_bytes) QUERN_NOEXCEPT;

/* ---- bias of a transposed convolution, which otherwise uses the passes of the ordinary convolution ---- */

/* Adds values, one per channel, to each row of dst. */
QUERN_API int quern_add_bias(int64_t type, int64_t rows, int64_t channels, const float* values, void* dst,
                             int64_t dst_pitch) QUERN_NOEXCEPT;
QUERN_API int quern_column_sums_workspace(int64_t rows, int64_t channels, int64_t* bytes) QUERN_NOEXCEPT;
/* sums[c] receives the sum of channel c over all rows: the gradient of the values that quern_add_bias adds. */
QUERN_API int quern_column_sums(int64_t type, int64_t rows, int64_t channels, const void* src, int64_t src_pitch,
                                float* sums, void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
