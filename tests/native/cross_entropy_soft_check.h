// cross_entropy with probabilities as targets, against long double arithmetic.
#pragma once

#include "cross_entropy_check.h"
#include "elements.h"

namespace of_cross_entropy_soft {

struct Problem {
  quern_cross_entropy ce;
  Elements e;
  Guarded<float> weights;
  Guarded<double> rows;

  Problem(const quern_cross_entropy& desc, bool weighted, float spread, Guard side)
      : ce(desc),
        e(ce.batch * ce.classes, spread, side,
          [this, weighted](const float* src, const float* targets, float* diff, double* loss) {
            return quern_cross_entropy_soft_loss(&ce, src, targets, weighted ? weights.data() : nullptr, diff,
                                                 rows.data(), loss);
          }),
        weights(ce.classes, side),
        rows(ce.batch, side) {
    Random random(static_cast<uint64_t>(ce.classes));
    for (float& w : weights) w = weighted ? 1.5f + random.real() : 1.0f;
  }

  long double wanted(int64_t i) {
    const int64_t c = ce.classes;
    return weights[i % c] * ((1 - static_cast<long double>(ce.label_smoothing)) * e.targets[i] +
                             static_cast<long double>(ce.label_smoothing) / c);
  }
  // with what focal multiplies
  long double factor(int64_t i, bool slope) {
    if (ce.gamma == 0) return 1;
    const long double l = -log_probability(i);
    long double of_slope = 0;
    const long double loss = of_cross_entropy::focal(ce.gamma, rest(i), l, &of_slope);
    return slope ? of_slope : loss / (l == 0 ? 1 : l);
  }
  // 1 - softmax
  long double rest(int64_t i) {
    const float* row = e.src.data() + i / ce.classes * ce.classes;
    long double others = 0, all = 0;
    for (int64_t k = 0; k < ce.classes; k++) {
      const long double v = expl(static_cast<long double>(row[k]) - e.src[i]);
      all += v;
      if (k != i % ce.classes) others += v;
    }
    return others / all;
  }
  // log softmax
  long double log_probability(int64_t i) {
    const float* row = e.src.data() + i / ce.classes * ce.classes;
    long double most = row[0], sum = 0;
    for (int64_t k = 1; k < ce.classes; k++) most = fmaxl(most, row[k]);
    for (int64_t k = 0; k < ce.classes; k++) sum += expl(row[k] - most);
    return e.src[i] - most - logl(sum);
  }
  void compare() {
    const double scale = ce.sum ? 1.0 : 1.0 / static_cast<double>(ce.batch);
    e.compare(
        scale,
        [this](int64_t i, long double, long double) { return -wanted(i) * factor(i, false) * log_probability(i); },
        [this](int64_t i, long double, long double) {
          const int64_t first = i / ce.classes * ce.classes;
          long double mass = 0;
          for (int64_t k = first; k < first + ce.classes; k++) mass += wanted(k) * factor(k, true);
          return mass * expl(log_probability(i)) - wanted(i) * factor(i, true);
        });
    CHECK(ran(ce.gamma == 0 ? "cross_entropy" : "softmax_focal"));
  }
};

}  // namespace of_cross_entropy_soft
