/* Normalization. See quern.h for the common rules. */
#ifndef QUERN_NORMS_H
#define QUERN_NORMS_H

#include "quern_base.h"
#include "quern_elements.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- batch_norm2d ---- */

/* What follows batch normalization, and an addition. */
enum quern_relu { QUERN_NO_RELU = 0, QUERN_RELU = 1, QUERN_RELU6 = 2 };

typedef struct quern_batch_norm2d {
  int64_t rows; /* batch * height * width */
  int64_t channels;
  double momentum;
  double eps;
  int64_t training;   /* 1: uses the batch's statistics and updates the running ones; 0: uses the running ones */
  int64_t relu;       /* a quern_relu */
  int64_t type;       /* a quern_type, of src and dst */
  int64_t saved_type; /* of src and dst in the backward pass: QUERN_F32, or QUERN_BF16 for the forward pass's copies */
  const quern_activation* activation; /* applied to the result; NULL for none, and with ReLU or add */
  int64_t diff_src_type; /* QUERN_F32, or QUERN_BF16 with saved_type in QUERN_BF16 and without an activation */
  int64_t diff_dst_type; /* QUERN_F32, or QUERN_BF16 with diff_src_type in QUERN_BF16 */
} quern_batch_norm2d;

QUERN_API int quern_batch_norm2d_workspace(const quern_batch_norm2d* norm, int64_t* bytes) QUERN_NOEXCEPT;
/*
 * In training, sums contains the sums of src per channel, then the sums of its squares, as quern_post_ops.sums of a
 * convolution; it may be NULL. Both running statistics may be NULL in training and are then not updated. add, unless it
 * is NULL, is added before ReLU. saved, 2 * channels floats, receives the means and then 1 / sqrt(var + eps) for the
 * backward pass. src_bf16 and dst_bf16 receive src and dst in bfloat16; either may be NULL. They are rounded to
 * nearest, except that with relu and without add, where the nearest value of src would have another mask of ReLU,
 * src_bf16 receives the neighbor on the other side. With both and without an activation, dst may be NULL.
 */
QUERN_API int quern_batch_norm2d_forward(const quern_batch_norm2d* norm, const void* src, const double* sums,
                                         const float* weights, const float* bias, float* running_mean,
                                         float* running_var, const void* add, void* dst, float* saved, void* src_bf16,
                                         void* dst_bf16, void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;
/*
 * dst, the output of the forward pass, is read if the forward pass had add and ReLU; otherwise it may be NULL. diff_src
 * may be NULL or, in float32, diff_dst. diff_add (the gradient of add), diff_weights and diff_bias may be NULL.
 */
QUERN_API int quern_batch_norm2d_backward(const quern_batch_norm2d* norm, const void* src, const void* dst,
                                          const void* diff_dst, const float* weights, const float* bias,
                                          const float* saved, void* diff_src, void* diff_add, float* diff_weights,
                                          float* diff_bias, void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;
/*
 * Computes scale and shift for quern_post_ops of a convolution from the running statistics: src * scale + shift is the
 * result of the forward pass for src + src_bias. src_bias may be NULL.
 */
QUERN_API int quern_batch_norm2d_fold(const quern_batch_norm2d* norm, const float* weights, const float* bias,
                                      const float* running_mean, const float* running_var, const float* src_bias,
                                      float* scale, float* shift) QUERN_NOEXCEPT;

/* ---- group_norm, layer_norm ---- */

/*
 * Normalization of each sample independently of the others. weights and bias may be NULL, which means 1 and 0. saved
 * receives the means and then the values 1 / sqrt(var + eps) for the backward pass. diff_src, diff_weights and
 * diff_bias may each be NULL.
 */
typedef struct quern_group_norm {
  int64_t batch;
  int64_t pixels; /* height * width; 1 for features */
  int64_t channels;
  int64_t groups;
  double eps;
  int64_t type; /* a quern_type, of src and dst */
} quern_group_norm;

QUERN_API int quern_group_norm_workspace(const quern_group_norm* norm, int64_t* bytes) QUERN_NOEXCEPT;
/* weights and bias have one value per channel; saved has 2 * batch * groups doubles. */
QUERN_API int quern_group_norm_forward(const quern_group_norm* norm, const void* src, const float* weights,
                                       const float* bias, void* dst, double* saved) QUERN_NOEXCEPT;
QUERN_API int quern_group_norm_backward(const quern_group_norm* norm, const void* src, const void* diff_dst,
                                        const float* weights, const double* saved, void* diff_src, float* diff_weights,
                                        float* diff_bias, void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;

typedef struct quern_layer_norm {
  int64_t rows;   /* the batch times the sizes of the axes that are not normalized */
  int64_t length; /* elements that are normalized together; weights and bias have this length and order */
  double eps;
  int64_t rms;  /* 1: no mean is subtracted, as in RMSNorm; else 0 */
  int64_t type; /* a quern_type, of src and dst */
} quern_layer_norm;

/* saved has 2 * rows doubles. With rms, its means are 0 and its other values 1 / sqrt(mean(src^2) + eps). */
QUERN_API int quern_layer_norm_forward(const quern_layer_norm* norm, const void* src, const float* weights,
                                       const float* bias, void* dst, double* saved) QUERN_NOEXCEPT;
QUERN_API int quern_layer_norm_backward(const quern_layer_norm* norm, const void* src, const void* diff_dst,
                                        const float* weights, const double* saved, void* diff_src, float* diff_weights,
                                        float* diff_bias) QUERN_NOEXCEPT;

/* ---- local_response_norm ---- */

/* Over the channels of each pixel, dst[i] = src[i] / (k + alpha / size * sum)^beta, where sum is the sum of src[j]^2
 * over the existing channels j in [i - (size - 1) / 2, i + size / 2]. alpha, beta and k are at least 0. */
typedef struct quern_local_response_norm {
  int64_t rows; /* pixels of all images */
  int64_t channels;
  int64_t size;
  double alpha;
  double beta;
  double k;
  int64_t type; /* a quern_type, of src and dst */
} quern_local_response_norm;

/* bytes[0] receives the workspace size of the backward pass. */
QUERN_API int quern_local_response_norm_workspace(const quern_local_response_norm* norm, int64_t* bytes) QUERN_NOEXCEPT;
QUERN_API int quern_local_response_norm_forward(const quern_local_response_norm* norm, const void* src,
                                                void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_local_response_norm_backward(const quern_local_response_norm* norm, const void* src,
                                                 const void* diff_dst, void* diff_src, void* workspace,
                                                 int64_t workspace_bytes) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
