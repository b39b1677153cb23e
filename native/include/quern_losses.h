/* Reductions, softmax and losses. See quern.h for the common rules. */
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
  QUERN_AMAX = 2, /* NaN if an element is NaN; equal extremes share the gradient; the same for QUERN_AMIN */
  QUERN_AMIN = 3,
  QUERN_PROD = 4
};

/* Reduces the axes whose stride in dst is 0, in a tensor of 1 to 8 axes; sizes are those of src. Sums and products are
 * computed in double precision. */
QUERN_API int quern_reduction_forward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                      const int64_t* src_strides, const int64_t* dst_strides, const void* src,
                                      void* dst) QUERN_NOEXCEPT;
/* src may be NULL for sum and mean; dst is read for amax and amin only, and may be NULL for the others. Every element
 * of diff_src is written. */
QUERN_API int quern_reduction_backward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                       const int64_t* src_strides, const int64_t* dst_strides, const void* src,
                                       const void* dst, const void* diff_dst, void* diff_src) QUERN_NOEXCEPT;

/* ---- argmax, argmin ---- */

/* dst = the index of the extreme, as a float, along the only axis whose stride in dst is 0, which has at most 2^24
 * elements. kind is QUERN_AMAX or QUERN_AMIN. Among equal extremes the first is selected, or the last if select_last is
 * 1; NaN is more extreme than any number. */
QUERN_API int quern_argmax(int64_t kind, int64_t select_last, int64_t type, int64_t axes, const int64_t* sizes,
                           const int64_t* src_strides, const int64_t* dst_strides, const void* src,
                           void* dst) QUERN_NOEXCEPT;

/* ---- softmax, log_softmax, cross_entropy ---- */

/* Softmax over the columns of [rows, classes]. */
QUERN_API int quern_softmax_forward(int64_t type, int64_t rows, int64_t classes, const void* src,
                                    void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_softmax_backward(int64_t type, int64_t rows, int64_t classes, const void* dst, const void* diff_dst,
                                     void* diff_src) QUERN_NOEXCEPT;

/* The logarithm of softmax, computed without underflow of the probabilities. */
QUERN_API int quern_log_softmax_forward(int64_t type, int64_t rows, int64_t classes, const void* src,
                                        void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_log_softmax_backward(int64_t type, int64_t rows, int64_t classes, const void* dst,
                                         const void* diff_dst, void* diff_src) QUERN_NOEXCEPT;

typedef struct quern_cross_entropy {
  int64_t batch;
  int64_t classes;
  double label_smoothing;
  int64_t sum;          /* 1: the sum over the batch; 0: the mean, weighted with the class weights of the targets */
  int64_t ignore_index; /* rows with this target do not count in loss, gradient and mean, even if it is a class */
  double gamma; /* 0: cross-entropy; else softmax_focal, which multiplies the term of a class by (1 - p)^gamma */
} quern_cross_entropy;

/*
 * Computes the loss of logits and, unless diff_src is NULL, its gradient. class_weights may be NULL. row_losses is a
 * workspace of one double per row; loss[0] receives the result. A target that is neither in [0, classes) nor
 * ignore_index returns QUERN_INVALID_ARGUMENT. If all targets are ignored, the mean is NaN and the gradient is 0.
 */
QUERN_API int quern_cross_entropy_loss(const quern_cross_entropy* ce, const float* src, const int32_t* targets,
                                       const float* class_weights, float* diff_src, double* row_losses,
                                       double* loss) QUERN_NOEXCEPT;
/* Computes the cross-entropy with class probabilities [batch, classes] as targets. The mean divides by the batch, and
 * no target is ignored. */
QUERN_API int quern_cross_entropy_soft_loss(const quern_cross_entropy* ce, const float* src, const float* targets,
                                            const float* class_weights, float* diff_src, double* row_losses,
                                            double* loss) QUERN_NOEXCEPT;

/* correct[0] receives the number of rows whose largest value (the first of equal ones) is at the index of the target.
 * Rows with the target ignore_index do not count. */
QUERN_API int quern_count_correct(int64_t rows, int64_t classes, int64_t ignore_index, const float* src,
                                  const int32_t* targets, int64_t* correct) QUERN_NOEXCEPT;
/* correct[0] receives the number of rows whose largest value is at the index of the largest target of the row. */
QUERN_API int quern_count_correct_soft(int64_t rows, int64_t classes, const float* src, const float* targets,
                                       int64_t* correct) QUERN_NOEXCEPT;

/* ---- dice ---- */

typedef struct quern_dice {
  int64_t batch;
  int64_t positions; /* pixels per sample */
  int64_t classes;   /* 1: binary mask with sigmoid; else softmax */
  double smooth;
  int64_t sum;          /* 1: the sum over samples and classes; 0: the mean */
  int64_t ignore_index; /* positions with this target do not count in loss and gradient */
} quern_dice;

/* bytes[0] receives a workspace size that is sufficient for both Dice losses. The workspace is aligned as doubles. */
QUERN_API int quern_dice_workspace(const quern_dice* dice, int64_t* bytes) QUERN_NOEXCEPT;
/*
 * The loss of each sample and class is 1 - (2 sum p y + smooth) / (sum p + sum y + smooth), where the sums are over the
 * positions of [batch, positions, classes] and p is the softmax or sigmoid of the logits; it is 0 if the divisor is 0.
 * diff_src receives the gradient unless it is NULL; loss[0] receives the result. A target must be a class (0 or 1 for a
 * binary mask) or ignore_index; otherwise QUERN_INVALID_ARGUMENT is returned.
 */
QUERN_API int quern_dice_loss(const quern_dice* dice, const float* src, const int32_t* targets, float* diff_src,
                              void* workspace, int64_t workspace_bytes, double* loss) QUERN_NOEXCEPT;
/* Computes the Dice loss with class probabilities [batch, positions, classes] as targets; no target is ignored. */
QUERN_API int quern_dice_soft_loss(const quern_dice* dice, const float* src, const float* targets, float* diff_src,
                                   void* workspace, int64_t workspace_bytes, double* loss) QUERN_NOEXCEPT;

/* ---- bce_with_logits, sigmoid_focal, mse, huber ---- */

/*
 * Losses whose src and targets have the same shape. sum is 1 for the sum over all elements, 0 for the mean. diff_src
 * receives the gradient unless it is NULL; loss[0] receives the result.
 */

/* Binary cross-entropy of logits [batch, classes], where several labels may be 1. weights has one weight per class,
 * pos_weights has one factor per class for labels of 1; each may be NULL, which means 1. The mean divides by batch *
 * classes even with weights. */
QUERN_API int quern_bce_with_logits_loss(int64_t batch, int64_t classes, int64_t sum, const float* src,
                                         const float* targets, const float* weights, const float* pos_weights,
                                         float* diff_src, double* loss) QUERN_NOEXCEPT;
/* Binary cross-entropy of each logit, times (1 - p)^gamma, where p is the predicted probability of the target, and
 * times alpha for targets of 1 or 1 - alpha for targets of 0; an alpha of -1 disables this weighting. The mean divides
 * by n. */
QUERN_API int quern_sigmoid_focal_loss(int64_t n, int64_t sum, double alpha, double gamma, const float* src,
                                       const float* targets, float* diff_src, double* loss) QUERN_NOEXCEPT;
QUERN_API int quern_mse_loss(int64_t n, int64_t sum, const float* src, const float* targets, float* diff_src,
                             double* loss) QUERN_NOEXCEPT;
QUERN_API int quern_huber_loss(int64_t n, int64_t sum, double delta, const float* src, const float* targets,
                               float* diff_src, double* loss) QUERN_NOEXCEPT;

/* correct[0] receives the number of logits that are above 0 if and only if the target is above 0.5. */
QUERN_API int quern_count_correct_labels(int64_t n, const float* src, const float* targets,
                                         int64_t* correct) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
