// Binary cross-entropy of many labels, and the metric that goes with it.
#include "operators/elements.h"

using namespace quern;

extern "C" int quern_bce_with_logits_loss(int64_t batch, int64_t classes, int64_t sum, const float* src,
                                          const float* targets, const float* weights, const float* pos_weights,
                                          float* diff_src, double* loss) noexcept {
  QUERN_TRY(check_initialized("bce_with_logits"));
  QUERN_TRY(check_range("bce_with_logits", "batch", batch, 0));
  QUERN_TRY(check_range("bce_with_logits", "classes", classes, 1));
  const int64_t n = batch * classes;
  QUERN_TRY(check_loss("bce_with_logits", src && targets && loss, n, sum));
  ran("bce_with_logits");
  const double scale = loss_scale(sum, n);
  // without weights every element is a row, so that the split does not depend on where rows end
  const bool weighted = weights != nullptr || pos_weights != nullptr;
  const int64_t c = weighted ? classes : 1;
  *loss = scale * sum_of_losses(weighted ? batch : n, 4096 / c + 1, [&](int64_t begin, int64_t end, double* part) {
            const int64_t at = begin * c;
            kernels().bce_with_logits(end - begin, c, src + at, targets + at, weights, pos_weights, scale,
                                      diff_src == nullptr ? nullptr : diff_src + at, part);
          });
  return QUERN_OK;
}

extern "C" int quern_count_correct_labels(int64_t n, const float* src, const float* targets,
                                          int64_t* correct) noexcept {
  QUERN_TRY(check_initialized("count_correct_labels"));
  QUERN_TRY(check_pointers("count_correct_labels", src && targets && correct));
  QUERN_TRY(check_elements("count_correct_labels", n));
  int64_t hits = 0;
  for (int64_t i = 0; i < n; i++) hits += (src[i] > 0) == (targets[i] > 0.5f);
  *correct = hits;
  return QUERN_OK;
}
