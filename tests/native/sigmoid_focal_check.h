// sigmoid_focal against long double arithmetic.
#pragma once

#include "elements.h"

namespace of_sigmoid_focal {

inline Elements problem(int64_t n, int64_t sum, double alpha, double gamma, float spread, Guard side) {
  return Elements(n, spread, side, [=](const float* src, const float* targets, float* diff, double* loss) {
    return quern_sigmoid_focal_loss(n, sum, alpha, gamma, src, targets, diff, loss);
  });
}

inline long double softplus(long double x) { return fmaxl(x, 0) + log1pl(expl(-fabsl(x))); }

inline long double sigmoid(long double x) { return 1 / (1 + expl(-x)); }

// Targets are those of a problem, or where they are to be labels 0 and 1.
inline void check(int64_t n, int64_t sum, double alpha, double gamma, float spread, bool labels, Guard side) {
  Elements e = problem(n, sum, alpha, gamma, spread, side);
  for (float& y : e.targets) {
    if (labels) y = y > 0.5f ? 1.0f : 0.0f;
  }
  const auto weight = [=](long double y) { return alpha < 0 ? 1.0L : alpha * y + (1 - alpha) * (1 - y); };
  const auto miss = [](long double x, long double y) { return sigmoid(x) * (1 - y) + sigmoid(-x) * y; };
  const auto cross = [](long double x, long double y) { return (1 - y) * softplus(x) + y * softplus(-x); };
  e.compare(
      sum ? 1.0 : 1.0 / static_cast<double>(n),
      [&](int64_t, long double x, long double y) { return weight(y) * powl(miss(x, y), gamma) * cross(x, y); },
      [&](int64_t, long double x, long double y) {
        const long double q = miss(x, y), p = sigmoid(x);
        const long double pull = gamma == 0 ? 0 : gamma * powl(q, gamma - 1) * (1 - 2 * y) * p * sigmoid(-x);
        return weight(y) * (powl(q, gamma) * (p - y) + pull * cross(x, y));
      });
  CHECK(ran("sigmoid_focal"));
}

}  // namespace of_sigmoid_focal
