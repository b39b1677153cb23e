// bce_with_logits against long double arithmetic.
#pragma once

#include "elements.h"

namespace of_bce_with_logits {

struct Weights {
  Guarded<float> weights, pos_weights;
  bool each, positives;
  Weights(int64_t classes, int mode)
      : weights(classes), pos_weights(classes), each(mode % 2 != 0), positives(mode / 2 != 0) {
    Random random(static_cast<uint64_t>(classes));
    for (float& w : weights) w = 1.5f + random.real();
    for (float& w : pos_weights) w = 2.5f + random.real();
  }
  const float* of_each() const { return each ? weights.data() : nullptr; }
  const float* of_positives() const { return positives ? pos_weights.data() : nullptr; }
  long double of_each(int64_t i) const { return each ? weights[i % weights.size()] : 1.0L; }
  long double of_positives(int64_t i) const { return positives ? pos_weights[i % weights.size()] : 1.0L; }
};

inline Elements problem(int64_t batch, int64_t classes, int64_t sum, const Weights& w, float spread, Guard side) {
  return Elements(
      batch * classes, spread, side, [=, &w](const float* src, const float* targets, float* diff, double* loss) {
        return quern_bce_with_logits_loss(batch, classes, sum, src, targets, w.of_each(), w.of_positives(), diff, loss);
      });
}

// log(1 + exp(x))
inline long double softplus(long double x) { return fmaxl(x, 0) + log1pl(expl(-fabsl(x))); }

inline long double sigmoid(long double x) { return 1 / (1 + expl(-x)); }

inline void check(int64_t batch, int64_t classes, int64_t sum, int mode, float spread, Guard side) {
  const Weights w(classes, mode);
  const auto each = [&](int64_t i, long double x, long double y) {
    return w.of_each(i) * ((1 - y) * softplus(x) + w.of_positives(i) * y * softplus(-x));
  };
  const auto slope = [&](int64_t i, long double x, long double y) {
    return w.of_each(i) * ((1 - y) * sigmoid(x) - w.of_positives(i) * y * sigmoid(-x));
  };
  const double scale = sum ? 1.0 : 1.0 / static_cast<double>(batch * classes);
  problem(batch, classes, sum, w, spread, side).compare(scale, each, slope);
  CHECK(ran("bce_with_logits"));
}

}  // namespace of_bce_with_logits
