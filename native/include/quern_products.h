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

/* ---- scaled_dot_product_attention ---- */

/*
 * softmax(scale query key^T + bias) value for each head. Tokens lie row by row, each head's features side by side:
 * query [batch][queries][heads][depth], key [batch][keys][heads][depth], value [batch][keys][heads][value_depth], dst
 * [batch][queries][heads][value_depth].
 */
typedef struct quern_scaled_dot_product_attention {
  int64_t batch;
  int64_t heads;
  int64_t queries;
  int64_t keys;
  int64_t depth;
  int64_t value_depth;
  double scale;         /* finite */
  int64_t causal;       /* 1: query i sees the keys 0 to i alone; else 0 */
  int64_t bias_heads;   /* of bias [bias_samples][bias_heads][queries][keys]: 0 for none, 1 for all heads, or heads */
  int64_t bias_samples; /* sample i adds bias i % bias_samples; a divisor of batch, where bias_heads is not 0 */
  int64_t type;         /* a quern_type, of all */
} quern_scaled_dot_product_attention;

QUERN_API int quern_scaled_dot_product_attention_workspace(const quern_scaled_dot_product_attention* attention,
                                                           int64_t* bytes) QUERN_NOEXCEPT;
/*
 * bias is NULL where bias_heads is 0; -infinity hides a key, and a query that sees none gives zeros. saved gets two
 * floats for each query of each head of each sample, for the backward pass: the largest score and 1 / the sum of
 * exp(score - largest), which are its log-sum-exp; both are 0 for a query that sees no key.
 */
QUERN_API int quern_scaled_dot_product_attention_forward(const quern_scaled_dot_product_attention* attention,
                                                         const void* query, const void* key, const void* value,
                                                         const float* bias, void* dst, float* saved, void* workspace,
                                                         int64_t workspace_bytes) QUERN_NOEXCEPT;
/* Computes the scores again. diff_query, diff_key, diff_value and diff_bias may each be NULL; none is an input. */
QUERN_API int quern_scaled_dot_product_attention_backward(const quern_scaled_dot_product_attention* attention,
                                                          const void* query, const void* key, const void* value,
                                                          const float* bias, const float* saved, const void* diff_dst,
                                                          void* diff_query, void* diff_key, void* diff_value,
                                                          float* diff_bias, void* workspace,
                                                          int64_t workspace_bytes) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
