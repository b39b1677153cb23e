/* Matrix products. See quern.h for the common rules. */
#ifndef QUERN_PRODUCTS_H
#define QUERN_PRODUCTS_H

#include "quern_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- linear ---- */

typedef struct quern_linear {
  int64_t batch;
  int64_t in_features; /* columns of the weights, in C, H, W order */
  int64_t out_features;
  int64_t pixels;    /* H * W if src is the NHWC memory of a flattened image; 1 if it is a plain row */
  int64_t inference; /* 1: forward only, so that weights are not packed for the backward passes; else 0 */
  int64_t src_type;  /* quern_types; weights_type is the type of the packed weights */
  int64_t weights_type;
  int64_t dst_type;
} quern_linear;

/* bytes[0] receives the size of the packed weights, or 0 if the passes expect the unpacked weights (for training with
 * pixels of 1). */
QUERN_API int quern_linear_packed_size(const quern_linear* linear, int64_t* bytes) QUERN_NOEXCEPT;
QUERN_API int quern_linear_pack(const quern_linear* linear, const float* weights, void* packed) QUERN_NOEXCEPT;
QUERN_API int quern_linear_workspace(const quern_linear* linear, int64_t* bytes) QUERN_NOEXCEPT;
QUERN_API int quern_linear_forward(const quern_linear* linear, const void* src, const void* packed, const float* bias,
                                   void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_linear_backward_data(const quern_linear* linear, const void* diff_dst, const void* packed,
                                         void* diff_src) QUERN_NOEXCEPT;
QUERN_API int quern_linear_backward_weights(const quern_linear* linear, const void* src, const void* diff_dst,
                                            float* diff_weights, float* diff_bias, void* workspace,
                                            int64_t workspace_bytes) QUERN_NOEXCEPT;

/* ---- matmul ---- */

/* Batched matrix product of row-major matrices: src [batch][rows][inner] times other [batch][inner][columns]. */
typedef struct quern_matmul {
  int64_t batch; /* number of matrices */
  int64_t rows;
  int64_t inner;
  int64_t columns;
  int64_t type; /* a quern_type, of all three */
} quern_matmul;

QUERN_API int quern_matmul_forward(const quern_matmul* matmul, const void* src, const void* other,
                                   void* dst) QUERN_NOEXCEPT;
/* diff_src and diff_other may each be NULL; they must not be inputs. */
QUERN_API int quern_matmul_backward(const quern_matmul* matmul, const void* src, const void* other,
                                    const void* diff_dst, void* diff_src, void* diff_other) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
