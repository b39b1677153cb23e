/* Recurrent layers. See quern.h for the common rules. */
#ifndef QUERN_RECURRENT_H
#define QUERN_RECURRENT_H

#include "quern_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- recurrent ---- */

/*
 * The rule of a step; x is its input, h and c are the states before it, s is the logistic function. The gates are rows
 * of weight_ih, weight_hh, bias_ih and bias_hh in this order, hidden_size rows each.
 */
enum quern_recurrent_kind {
  QUERN_RNN_TANH = 0,       /* h = tanh(x + h) */
  QUERN_RNN_RELU = 1,       /* h = max(0, x + h) */
  QUERN_LSTM = 2,           /* i, f, g, o: c = s(f) c + s(i) tanh(g), h = s(o) tanh(c) */
  QUERN_GRU = 3,            /* r, z, n: n = tanh(x + s(r) (W h + bias_hh)), h = (1 - s(z)) n + s(z) h */
  QUERN_GRU_RESET_FIRST = 4 /* the same with n = tanh(x + W (s(r) h) + bias_hh) */
};

enum quern_recurrent_direction {
  QUERN_DIRECTION_FORWARD = 0,
  QUERN_DIRECTION_REVERSE = 1,      /* from the last step to the first */
  QUERN_DIRECTION_BIDIRECTIONAL = 2 /* both; a row of dst contains the forward direction's state first */
};

/* src [batch][steps][in_features], dst [batch][steps][directions * hidden_size] */
typedef struct quern_recurrent {
  int64_t kind; /* a quern_recurrent_kind */
  int64_t batch;
  int64_t steps;
  int64_t in_features;
  int64_t hidden_size;
  int64_t direction; /* a quern_recurrent_direction */
  int64_t cell;      /* 1: dst receives the cell states of QUERN_LSTM, c; 0: the hidden states, h */
  int64_t inference; /* 1: forward only, so that weights are not packed for the backward pass; else 0 */
  int64_t type;      /* a quern_type, of src and dst */
} quern_recurrent;

QUERN_API int quern_recurrent_packed_size(const quern_recurrent* recurrent, int64_t* bytes) QUERN_NOEXCEPT;
/*
 * Packs the weights of one direction, 0 or 1, at its place in packed, which both directions share. weight_ih is [gates
 * * hidden_size, in_features], weight_hh [gates * hidden_size, hidden_size], each bias [gates * hidden_size]; h and c,
 * [hidden_size], are the states before the first step. Biases and states may each be NULL for zeros.
 */
QUERN_API int quern_recurrent_pack(const quern_recurrent* recurrent, int64_t direction, const float* weight_ih,
                                   const float* weight_hh, const float* bias_ih, const float* bias_hh, const float* h,
                                   const float* c, void* packed) QUERN_NOEXCEPT;
/* bytes[0] receives the size of saved, which the forward pass writes and the backward pass reads. */
QUERN_API int quern_recurrent_saved_size(const quern_recurrent* recurrent, int64_t* bytes) QUERN_NOEXCEPT;
QUERN_API int quern_recurrent_forward(const quern_recurrent* recurrent, const void* src, const void* packed, void* dst,
                                      float* saved) QUERN_NOEXCEPT;
/* The workspace of the backward pass. */
QUERN_API int quern_recurrent_workspace(const quern_recurrent* recurrent, int64_t* bytes) QUERN_NOEXCEPT;
/*
 * Computes diff_src, which may be NULL, and leaves the gradients of the gates in the workspace, which
 * quern_recurrent_backward_weights then reads.
 */
QUERN_API int quern_recurrent_backward(const quern_recurrent* recurrent, const void* packed, const float* saved,
                                       const void* diff_dst, void* diff_src, void* workspace,
                                       int64_t workspace_bytes) QUERN_NOEXCEPT;
/* Computes the gradients of one direction's weights; each may be NULL. */
QUERN_API int quern_recurrent_backward_weights(const quern_recurrent* recurrent, int64_t direction, const void* src,
                                               const float* saved, float* diff_weight_ih, float* diff_weight_hh,
                                               float* diff_bias_ih, float* diff_bias_hh, float* diff_h, float* diff_c,
                                               const void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
