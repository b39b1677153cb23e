/* Optimizer steps. See quern.h for the common rules. */
#ifndef QUERN_OPTIMIZERS_H
#define QUERN_OPTIMIZERS_H

#include "quern_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- sgd ---- */

typedef struct quern_sgd {
  float lr;
  float momentum;
  float weight_decay;
  int32_t nesterov;
  int32_t first_step; /* 1: velocity is set to the gradient instead of being updated */
} quern_sgd;

/* velocity may be NULL where momentum is 0. */
QUERN_API int quern_sgd_step(const quern_sgd* sgd, int64_t n, const float* diff, float* weights,
                             float* velocity) QUERN_NOEXCEPT;

/* ---- adam ---- */

typedef struct quern_adam {
  double lr;
  double beta1;
  double beta2;
  double eps;
  double weight_decay;
  double bias_correction1; /* 1 - beta1^step */
  double bias_correction2; /* 1 - beta2^step */
  int64_t decoupled;       /* 1: subtracts lr * weight_decay * weights (AdamW); 0: adds the decay to the gradient */
} quern_adam;

/* average and square are the running averages of the gradient and of its square; largest is the maximum of square so
 * far, and NULL without amsgrad. The caller sets all to zero before the first step. */
QUERN_API int quern_adam_step(const quern_adam* adam, int64_t n, const float* diff, float* weights, float* average,
                              float* square, float* largest) QUERN_NOEXCEPT;

/* ---- rmsprop ---- */

typedef struct quern_rmsprop {
  double lr;
  double alpha;
  double eps;
  double weight_decay;
  double momentum;
  int64_t centered; /* 1: divides by the standard deviation of the gradient; 0: by its root mean square */
} quern_rmsprop;

/* square and average are the running averages of the gradient's square and of the gradient. velocity may be NULL if
 * momentum is 0; average may be NULL if centered is 0. The caller sets all to zero before the first step. */
QUERN_API int quern_rmsprop_step(const quern_rmsprop* rmsprop, int64_t n, const float* diff, float* weights,
                                 float* square, float* velocity, float* average) QUERN_NOEXCEPT;

/* ---- muon ---- */

typedef struct quern_muon {
  int64_t rows;    /* rows of the weights as a matrix: output channels */
  int64_t columns; /* input channels * kernel height * kernel width */
  double lr;
  double weight_decay;
  double momentum;
  double ns_a; /* one step of the iteration maps a singular value x to a x + b x^3 + c x^5 */
  double ns_b;
  double ns_c;
  double eps;
  int64_t nesterov; /* 0 or 1 */
  int64_t ns_steps;
  int64_t normalize_weights; /* 0 or 1: weights are scaled to a norm of sqrt(rows) before the step */
} quern_muon;

QUERN_API int quern_muon_workspace(const quern_muon* muon, int64_t* bytes) QUERN_NOEXCEPT;
/* The caller sets velocity to zero before the first step. */
QUERN_API int quern_muon_step(const quern_muon* muon, const float* diff, float* weights, float* velocity,
                              void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
