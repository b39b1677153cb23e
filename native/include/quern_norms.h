/* Normalisation. A part of quern.h, which has the rules of all. */
#ifndef QUERN_NORMS_H
#define QUERN_NORMS_H

#include "quern_base.h"
#include "quern_elements.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- batch_norm2d ---- */

typedef struct quern_batch_norm2d {
  int64_t rows; /* batch * height * width */
  int64_t channels;
  double momentum;
  double eps;
  int64_t training;                   /* 1: the batch's statistics, and the running ones move; 0: the running ones */
  int64_t relu;                       /* 1: ends with ReLU; 0: without */
  int64_t type;                       /* a quern_type, of source and destination */
  const quern_activation* activation; /* behind it, where there is neither ReLU nor a sum; NULL for none */
} quern_batch_norm2d;

QUERN_API int quern_batch_norm2d_workspace(const quern_batch_norm2d* norm, int64_t* bytes) QUERN_NOEXCEPT;
/*
 * sums, unless NULL, has in training each channel's sum over src and then of squares, as a convolution's post ops leave
 * them. Both running statistics may be NULL in training: none move then. add, unless NULL, is added before ReLU. saved,
 * 2 * channels floats, receives mean and 1 / sqrt(var + eps) for the backward pass.
 */
QUERN_API int quern_batch_norm2d_forward(const quern_batch_norm2d* norm, const void* src, const double* sums,
                                         const float* weights, const float* bias, float* running_mean,
                                         float* running_var, const void* add, void* dst, float* saved, void* workspace,
                                         int64_t workspace_bytes) QUERN_NOEXCEPT;
/*
 * dst, what forward made, is read where something was added before ReLU; else it may be NULL. diff_src may be NULL or
 * diff_dst; diff_add, the gradient of what was added, may be NULL, and so may diff_weights and diff_bias.
 */
QUERN_API int quern_batch_norm2d_backward(const quern_batch_norm2d* norm, const void* src, const void* dst,
                                          const void* diff_dst, const float* weights, const float* bias,
                                          const float* saved, void* diff_src, void* diff_add, float* diff_weights,
                                          float* diff_bias, void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;
/*
 * By the running statistics, and for a convolution's post ops: scale and shift such that src * scale + shift is what
 * forward makes of src + src_bias, which may be NULL.
 */
QUERN_API int quern_batch_norm2d_fold(const quern_batch_norm2d* norm, const float* weights, const float* bias,
                                      const float* running_mean, const float* running_var, const float* src_bias,
                                      float* scale, float* shift) QUERN_NOEXCEPT;

/* ---- group_norm, layer_norm ---- */

/*
 * Normalisations of each sample by itself. weights and bias may be NULL, meaning 1 and 0. saved receives the means, and
 * behind them each 1 / sqrt(var + eps), for the backward pass, in which diff_src, diff_weights and diff_bias may be
 * NULL each.
 */
typedef struct quern_group_norm {
  int64_t batch;
  int64_t pixels; /* height * width; 1 for features */
  int64_t channels;
  int64_t groups;
  double eps;
  int64_t type; /* a quern_type, of source and destination */
} quern_group_norm;

QUERN_API int quern_group_norm_workspace(const quern_group_norm* norm, int64_t* bytes) QUERN_NOEXCEPT;
/* weights and bias have a value a channel; saved has 2 * batch * groups doubles. */
QUERN_API int quern_group_norm_forward(const quern_group_norm* norm, const void* src, const float* weights,
                                       const float* bias, void* dst, double* saved) QUERN_NOEXCEPT;
QUERN_API int quern_group_norm_backward(const quern_group_norm* norm, const void* src, const void* diff_dst,
                                        const float* weights, const double* saved, void* diff_src, float* diff_weights,
                                        float* diff_bias, void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;

typedef struct quern_layer_norm {
  int64_t rows;   /* the batch, times the axes that are not normalised over */
  int64_t length; /* elements that are normalised together; weights and bias lie in their order */
  double eps;
  int64_t type; /* a quern_type, of source and destination */
} quern_layer_norm;

/* saved has 2 * rows doubles. */
QUERN_API int quern_layer_norm_forward(const quern_layer_norm* norm, const void* src, const float* weights,
                                       const float* bias, void* dst, double* saved) QUERN_NOEXCEPT;
QUERN_API int quern_layer_norm_backward(const quern_layer_norm* norm, const void* src, const void* diff_dst,
                                        const float* weights, const double* saved, void* diff_src, float* diff_weights,
                                        float* diff_bias) QUERN_NOEXCEPT;

/* ---- local_response_norm ---- */

/* dst[i] = src[i] / (k + alpha / size * sum)^beta of each pixel's channels, where sum is that of src[j]^2 over
 * [i - (size - 1) / 2, i + size / 2], as far as there are such channels. alpha, beta and k are at least 0. */
typedef struct quern_local_response_norm {
  int64_t rows; /* pixels of all images */
  int64_t channels;
  int64_t size;
  double alpha;
  double beta;
  double k;
  int64_t type; /* a quern_type, of source and destination */
} quern_local_response_norm;

/* For the backward pass. */
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
