/* Pooling, padding and resizing. See quern.h for the common rules. */
#ifndef QUERN_WINDOWS_H
#define QUERN_WINDOWS_H

#include "quern_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- max_pool2d, avg_pool2d ---- */

typedef struct quern_pool2d {
  int64_t batch;
  int64_t channels;
  int64_t in_height;
  int64_t in_width;
  int64_t kernel_height;
  int64_t kernel_width;
  int64_t stride_height;
  int64_t stride_width;
  int64_t padding_top; /* each less than the kernel's extent, dilation * (kernel - 1) + 1 */
  int64_t padding_left;
  int64_t padding_bottom;
  int64_t padding_right;
  int64_t dilation_height;
  int64_t dilation_width;
  int64_t ceil_mode;         /* 0 or 1 */
  int64_t count_include_pad; /* 0 or 1; average only: whether padding counts in the divisor */
  int64_t src_pitch;
  int64_t dst_pitch;
  int64_t src_type; /* quern_types */
  int64_t dst_type;
  int64_t src_order; /* quern_orders */
  int64_t dst_order;
} quern_pool2d;

/* indices, [n, h', w', c] without gaps, receives y * width + x of each maximum, or -1 if a dilated window contains no
 * pixel of the image. It may be NULL if no backward pass follows, and must be NULL if src and dst are in QUERN_U8 or
 * QUERN_BF16. */
QUERN_API int quern_max_pool2d_forward(const quern_pool2d* pool, const void* src, void* dst,
                                       int32_t* indices) QUERN_NOEXCEPT;
QUERN_API int quern_max_pool2d_backward(const quern_pool2d* pool, const void* diff_dst, const int32_t* indices,
                                        void* diff_src) QUERN_NOEXCEPT;
QUERN_API int quern_avg_pool2d_forward(const quern_pool2d* pool, const void* src, void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_avg_pool2d_backward(const quern_pool2d* pool, const void* diff_dst, void* diff_src) QUERN_NOEXCEPT;
/* Average pooling of quantized values (src - src_zero) * src_scale. Windows have at most 2^23 pixels, so that sums are
 * exact integers. If dst_type is QUERN_U8, dst = min(max(round(sum * factor) + dst_zero, low), high), rounded half to
 * even, where factor = src_scale / (count * dst_scale) is rounded once. If dst_type is QUERN_F32, dst = sum *
 * (src_scale / count), and the four arguments of the quantized dst are checked but not used. src_scale / dst_scale is
 * at most 2^100. */
QUERN_API int quern_avg_pool2d_bytes(const quern_pool2d* pool, const void* src, float src_scale, int64_t src_zero,
                                     void* dst, float dst_scale, int64_t dst_zero, int64_t low,
                                     int64_t high) QUERN_NOEXCEPT;

/* ---- adaptive_avg_pool2d, adaptive_max_pool2d, zero_pad2d, reflection_pad2d, replication_pad2d, circular_pad2d,
 * upsample_nearest2d, upsample_bilinear2d ---- */

/* An operator that changes height and width only. */
typedef struct quern_resize2d {
  int64_t batch;
  int64_t channels;
  int64_t in_height;
  int64_t in_width;
  int64_t out_height;
  int64_t out_width;
  int64_t padding_top; /* of the padding operators only; the bottom padding is the rest of out_height */
  int64_t padding_left;
  int64_t src_pitch;
  int64_t dst_pitch;
  int64_t src_type; /* quern_types */
  int64_t dst_type;
  int64_t src_order; /* quern_orders */
  int64_t dst_order;
  int64_t align_corners; /* 0 or 1; upsample_bilinear2d only */
} quern_resize2d;

/* Output row i averages input rows [floor(i * in_height / out_height), ceil((i + 1) * in_height / out_height)). */
QUERN_API int quern_adaptive_avg_pool2d_forward(const quern_resize2d* resize, const void* src,
                                                void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_adaptive_avg_pool2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                                 void* diff_src) QUERN_NOEXCEPT;
/* Adaptive average pooling of quantized values; arguments and rounding as in quern_avg_pool2d_bytes. */
QUERN_API int quern_adaptive_avg_pool2d_bytes(const quern_resize2d* resize, const void* src, float src_scale,
                                              int64_t src_zero, void* dst, float dst_scale, int64_t dst_zero,
                                              int64_t low, int64_t high) QUERN_NOEXCEPT;
/* The windows are those of adaptive average pooling; indices are those of quern_max_pool2d_forward. */
QUERN_API int quern_adaptive_max_pool2d_forward(const quern_resize2d* resize, const void* src, void* dst,
                                                int32_t* indices) QUERN_NOEXCEPT;
QUERN_API int quern_adaptive_max_pool2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                                 const int32_t* indices, void* diff_src) QUERN_NOEXCEPT;
QUERN_API int quern_zero_pad2d_forward(const quern_resize2d* resize, const void* src, void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_zero_pad2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                        void* diff_src) QUERN_NOEXCEPT;
/* Crops an image, as quern_zero_pad2d_backward does, as a part of another operator: quern_last_implementation keeps
 * returning the name of that operator, as it does after quern_add_bias and quern_column_sums. */
QUERN_API int quern_crop2d(const quern_resize2d* resize, const void* src, void* dst) QUERN_NOEXCEPT;
/* Reflects the image at its first and last pixel, which are not repeated; each padding is less than the input's size.
 * */
QUERN_API int quern_reflection_pad2d_forward(const quern_resize2d* resize, const void* src, void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_reflection_pad2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                              void* diff_src) QUERN_NOEXCEPT;
/* Repeats the first and the last pixel. */
QUERN_API int quern_replication_pad2d_forward(const quern_resize2d* resize, const void* src, void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_replication_pad2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                               void* diff_src) QUERN_NOEXCEPT;
/* Continues with the opposite side of the image; each padding is at most the input's size. */
QUERN_API int quern_circular_pad2d_forward(const quern_resize2d* resize, const void* src, void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_circular_pad2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                            void* diff_src) QUERN_NOEXCEPT;
/* Output sizes are multiples of the input's; src and dst may both be in QUERN_U8. */
QUERN_API int quern_upsample_nearest2d_forward(const quern_resize2d* resize, const void* src, void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_upsample_nearest2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                                void* diff_src) QUERN_NOEXCEPT;

/* Bilinear interpolation to any output size. Output row i is the input at row max((i + 1/2) * in_height / out_height -
 * 1/2, 0) or, with align_corners, at row i * (in_height - 1) / (out_height - 1). */
QUERN_API int quern_upsample_bilinear2d_forward(const quern_resize2d* resize, const void* src,
                                                void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_upsample_bilinear2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                                 void* diff_src) QUERN_NOEXCEPT;

/* ---- grid_sample ---- */

enum quern_sample_mode {
  QUERN_SAMPLE_BILINEAR = 0,
  QUERN_SAMPLE_NEAREST = 1, /* halves round to the even pixel */
  QUERN_SAMPLE_BICUBIC = 2  /* Keys's kernel with a = -0.75 */
};

enum quern_sample_padding {
  QUERN_SAMPLE_ZEROS = 0,
  QUERN_SAMPLE_BORDER = 1,    /* repeats the first and the last pixel */
  QUERN_SAMPLE_REFLECTION = 2 /* at the centers of the outer pixels with align_corners, else at their outer edges */
};

/*
 * Samples an image at points that a grid lists. The grid is [batch][out_height][out_width][2] without gaps: x and y
 * from -1 to 1, which are the centers of the outer pixels with align_corners, else their outer edges. Points are
 * computed in double and limited to 2^31 pixels from the first pixel; a NaN is -2^31.
 */
typedef struct quern_grid_sample {
  int64_t batch;
  int64_t channels;
  int64_t in_height;
  int64_t in_width;
  int64_t out_height;
  int64_t out_width;
  int64_t mode;          /* a quern_sample_mode */
  int64_t padding;       /* a quern_sample_padding */
  int64_t align_corners; /* 0 or 1 */
  int64_t src_pitch;
  int64_t dst_pitch;
  int64_t type;  /* a quern_type, of all tensors */
  int64_t order; /* a quern_order, of src and dst */
} quern_grid_sample;

QUERN_API int quern_grid_sample_forward(const quern_grid_sample* sample, const void* src, const void* grid,
                                        void* dst) QUERN_NOEXCEPT;
/* diff_src and diff_grid may each be NULL; they must not be inputs. */
QUERN_API int quern_grid_sample_backward(const quern_grid_sample* sample, const void* src, const void* grid,
                                         const void* diff_dst, void* diff_src, void* diff_grid) QUERN_NOEXCEPT;

/* ---- deform_im2col ---- */

/*
 * The columns of a deformable convolution: the image that each kernel element reads, sampled at its position plus an
 * offset. Columns are images [batch][out_height * kernel_height][out_width * kernel_width][channels] without gaps, so
 * that a conv2d with the same kernel, a stride of the kernel's size and no padding computes the deformable convolution.
 * The output's size is that of a conv2d with the same window.
 *
 * offset is [batch][out_height][out_width][offset_groups][kernel_height][kernel_width][2] without gaps, y before x, in
 * pixels; mask is the same without the last axis and multiplies the samples. Offset group g reads channels
 * [g * channels / offset_groups, (g + 1) * channels / offset_groups). Samples are bilinear, with zeros outside the
 * image. Positions are computed in double and limited to 2^31 pixels from the first pixel; a NaN is -2^31.
 */
typedef struct quern_deform_im2col {
  int64_t batch;
  int64_t channels;
  int64_t in_height;
  int64_t in_width;
  int64_t kernel_height;
  int64_t kernel_width;
  int64_t stride_height;
  int64_t stride_width;
  int64_t padding_height;
  int64_t padding_width;
  int64_t dilation_height;
  int64_t dilation_width;
  int64_t offset_groups;
  int64_t src_pitch;
  int64_t type;  /* a quern_type, of all tensors */
  int64_t order; /* a quern_order, of all tensors */
} quern_deform_im2col;

/* mask may be NULL, which is a mask of ones. */
QUERN_API int quern_deform_im2col_forward(const quern_deform_im2col* deform, const void* src, const void* offset,
                                          const void* mask, void* columns) QUERN_NOEXCEPT;
/* diff_src, diff_offset and diff_mask may each be NULL; they must not be inputs. diff_mask must be NULL if mask is. */
QUERN_API int quern_deform_im2col_backward(const quern_deform_im2col* deform, const void* src, const void* offset,
                                           const void* mask, const void* diff_columns, void* diff_src,
                                           void* diff_offset, void* diff_mask) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
