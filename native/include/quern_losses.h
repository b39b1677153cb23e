/* Reductions, softmax and losses. A part of quern.h, which has the rules of all. */
#ifndef QUERN_LOSSES_H
#define QUERN_LOSSES_H

#include "quern_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- sum, mean, amax, amin, prod ---- */

enum quern_reduction_kind {
  QUERN_SUM = 0,
  QUERN_MEAN = 1,
  QUERN_AMAX = 2, /* NaN wins; equal extremes share the gradient */
  QUERN_AMIN = 3,
  QUERN_PROD = 4
};

/* Over the axes whose stride in dst is 0, 1 to 8 axes in all; sizes are those of src. Sums and products are double. */
QUERN_API int quern_reduction_forward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                      const int64_t* src_strides, const int64_t* dst_strides, const void* src,
                                      void* dst) QUERN_NOEXCEPT;
/* src may be NULL for sum and mean, dst for all but amax and amin. Every number of diff_src is written. */
QUERN_API int quern_reduction_backward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                       const int64_t* src_strides, const int64_t* dst_strides, const void* src,
                                       const void* dst, const void* diff_dst, void* diff_src) QUERN_NOEXCEPT;

/* ---- argmax, argmin ---- */

/* The place of the extreme, a float, along the one axis whose stride in dst is 0; of at most 2^24. kind is QUERN_AMAX
 * or QUERN_AMIN. The first of equals, at select_last the last; NaN is more extreme than any number. */
QUERN_API int quern_argmax(int64_t kind, int64_t select_last, int64_t type, int64_t axes, const int64_t* sizes,
                           const int64_t* src_strides, const int64_t* dst_strides, const void* src,
                           void* dst) QUERN_NOEXCEPT;

/* ---- softmax, log_softmax, cross_entropy ---- */

/* Over the columns of [rows, classes]. */
QUERN_API int quern_softmax_forward(int64_t type, int64_t rows, int64_t classes, const void* src,
                                    void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_softmax_backward(int64_t type, int64_t rows, int64_t classes, const void* dst, const void* diff_dst,
                                     void* diff_src) QUERN_NOEXCEPT;

/* The logarithm of softmax, exact where a probability would vanish. */
QUERN_API int quern_log_softmax_forward(int64_t type, int64_t rows, int64_t classes, const void* src,
                                        void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_log_softmax_backward(int64_t type, int64_t rows, int64_t classes, const void* dst,
                                         const void* diff_dst, void* diff_src) QUERN_NOEXCEPT;

typedef struct quern_cross_entropy {
  int64_t batch;
  int64_t classes;
  double label_smoothing;
  int64_t sum;          /* 1: the sum over the batch, 0: the mean, divided by the targets' weights */
  int64_t ignore_index; /* a target that has no part in loss, gradient and mean, even where it is a class */
  double gamma;         /* 0: cross-entropy; else softmax_focal: a class's part is multiplied by (1 - p)^gamma */
} quern_cross_entropy;

/*
 * Loss from logits, and the loss's gradient unless diff_src is NULL. class_weights may be NULL. row_losses has a double
 * for each row (workspace); loss[0] receives the result. A target outside [0, classes), ignore_index apart, is
 * QUERN_INVALID_ARGUMENT. The mean over no target, all being ignored, is NaN, and its gradient 0.
 */
QUERN_API int quern_cross_entropy_loss(const quern_cross_entropy* ce, const float* src, const int32_t* targets,
                                       const float* class_weights, float* diff_src, double* row_losses,
                                       double* loss) QUERN_NOEXCEPT;
/* The same with a row of class probabilities, [classes], as each row's target; the mean divides by the batch, and
 * nothing is ignored. */
QUERN_API int quern_cross_entropy_soft_loss(const quern_cross_entropy* ce, const float* src, const float* targets,
                                            const float* class_weights, float* diff_src, double* row_losses,
                                            double* loss) QUERN_NOEXCEPT;

/* How many rows have their largest value (the first of equals) at their target; one of ignore_index never has. */
QUERN_API int quern_count_correct(int64_t rows, int64_t classes, int64_t ignore_index, const float* src,
                                  const int32_t* targets, int64_t* correct) QUERN_NOEXCEPT;
/* How many rows have their largest value where their row of targets has its largest. */
QUERN_API int quern_count_correct_soft(int64_t rows, int64_t classes, const float* src, const float* targets,
                                       int64_t* correct) QUERN_NOEXCEPT;

/* ---- dice ---- */

typedef struct quern_dice {
  int64_t batch;
  int64_t positions; /* of a sample */
  int64_t classes;   /* 1: sigmoid and a mask; else softmax */
  double smooth;
  int64_t sum;          /* 1: the sum over samples and classes, 0: the mean */
  int64_t ignore_index; /* a target that has no part in loss and gradient */
} quern_dice;

/* Enough for both losses; of any alignment that doubles have. */
QUERN_API int quern_dice_workspace(const quern_dice* dice, int64_t* bytes) QUERN_NOEXCEPT;
/*
 * Of each sample and class 1 - (2 sum p y + smooth) / (sum p + sum y + smooth), over the positions of
 * [batch, positions, classes], p being the logits' softmax or sigmoid; 0 where the divisor is. The gradient goes to
 * diff_src unless that is NULL; loss[0] receives the result. A target is a class, of one class 0 or 1, or ignore_index;
 * else QUERN_INVALID_ARGUMENT.
 */
QUERN_API int quern_dice_loss(const quern_dice* dice, const float* src, const int32_t* targets, float* diff_src,
                              void* workspace, int64_t workspace_bytes, double* loss) QUERN_NOEXCEPT;
/* The same with targets [batch, positions, classes], of which none is ignored. */
QUERN_API int quern_dice_soft_loss(const quern_dice* dice, const float* src, const float* targets, float* diff_src,
                                   void* workspace, int64_t workspace_bytes, double* loss) QUERN_NOEXCEPT;

/* ---- bce_with_logits, sigmoid_focal, mse, huber ---- */

/*
 * Losses of equally many sources and targets. sum is 1 for the sum over all of them, 0 for the mean. The gradient goes
 * to diff_src unless that is NULL; loss[0] receives the result.
 */

/* Logits [batch, classes] of labels that exclude nothing. weights, of each class, and pos_weights, of each class where
 * its label is 1, may be NULL: all 1. The mean divides by batch * classes, whatever they are. */
QUERN_API int quern_bce_with_logits_loss(int64_t batch, int64_t classes, int64_t sum, const float* src,
                                         const float* targets, const float* weights, const float* pos_weights,
                                         float* diff_src, double* loss) QUERN_NOEXCEPT;
/* Of each logit bce_with_logits without weights, times (1 - p)^gamma, p being the probability of its target, and times
 * alpha for targets of 1, 1 - alpha for those of 0; an alpha of -1 weighs nothing. The mean divides by n. */
QUERN_API int quern_sigmoid_focal_loss(int64_t n, int64_t sum, double alpha, double gamma, const float* src,
                                       const float* targets, float* diff_src, double* loss) QUERN_NOEXCEPT;
QUERN_API int quern_mse_loss(int64_t n, int64_t sum, const float* src, const float* targets, float* diff_src,
                             double* loss) QUERN_NOEXCEPT;
QUERN_API int quern_huber_loss(int64_t n, int64_t sum, double delta, const float* src, const float* targets,
                               float* diff_src, double* loss) QUERN_NOEXCEPT;

/* How many logits are above 0 where the target is above 0.5, or neither. */
QUERN_API int quern_count_correct_labels(int64_t n, const float* src, const float* targets,
                                         int64_t* correct) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
