// cross_entropy against long double arithmetic.
#pragma once

#include <algorithm>
#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_cross_entropy {

struct Problem {
  quern_cross_entropy ce;
  Guarded<float> src, weights;
  Guarded<int32_t> targets;
  bool weighted;

  Problem(const quern_cross_entropy& desc, bool with_weights, float scale, Guard side)
      : ce(desc),
        src(ce.batch * ce.classes, side),
        weights(ce.classes, side),
        targets(ce.batch, side),
        weighted(with_weights) {
    Random random(static_cast<uint64_t>(ce.classes));
    for (float& v : src) v = random.real() * scale;
    for (float& w : weights) w = 1.5f + random.real();
    for (int32_t& t : targets) t = static_cast<int32_t>(random.between(0, ce.classes - 1));
  }
  const float* class_weights() const { return weighted ? weights.data() : nullptr; }
  long double weight(int64_t i) const { return weighted ? weights[i] : 1.0L; }
};

struct Answer {
  long double loss = 0;
  std::vector<long double> rows, diff;
};

// PyTorch's definition: the target's own term weighs 1 - s, and s is spread over all classes; the mean divides by the
// weights of the targets.
inline Answer solve(const Problem& p) {
  Answer a;
  const int64_t n = p.ce.batch, classes = p.ce.classes;
  const long double s = p.ce.label_smoothing;
  long double divisor = 0;
  for (int64_t r = 0; r < n; r++) divisor += p.weight(p.targets[r]);
  if (p.ce.sum) divisor = 1;
  for (int64_t r = 0; r < n; r++) {
    const float* x = p.src.data() + r * classes;
    const int64_t at_most = std::max_element(x, x + classes) - x;
    const long double most = x[at_most];
    long double others = 0, row = 0, mass = 0;
    for (int64_t i = 0; i < classes; i++) others += i == at_most ? 0 : expl(x[i] - most);
    std::vector<long double> wanted;
    for (int64_t i = 0; i < classes; i++) {
      const long double log_probability = x[i] - most - log1pl(others);
      const long double hit = i == p.targets[r] ? 1 - s : 0;
      wanted.push_back(p.weight(i) * (hit + s / classes));
      row -= wanted.back() * log_probability;
      mass += wanted.back();
    }
    a.rows.push_back(row);
    a.loss += row / divisor;
    for (int64_t i = 0; i < classes; i++) {
      a.diff.push_back((mass * expl(x[i] - most) / (1 + others) - wanted[static_cast<size_t>(i)]) / divisor);
    }
  }
  return a;
}

// The kernel works in double, and only adds what is positive: small losses keep their digits too.
inline double slack(long double value) { return 1e-13 * std::fabs(static_cast<double>(value)) + 1e-300; }

inline void compare(const Problem& p, Guard side, int threads) {
  CHECK_OK(quern_set_threads(threads));
  const Answer a = solve(p);
  Guarded<float> diff(p.src.size(), side);
  Guarded<double> rows(p.ce.batch, side), loss(1, side), inference(1, side);
  CHECK_OK(quern_cross_entropy_loss(&p.ce, p.src.data(), p.targets.data(), p.class_weights(), diff.data(), rows.data(),
                                    loss.data()));
  CHECK(ran("cross_entropy"));
  CHECK(close_to(loss[0], static_cast<double>(a.loss), slack(a.loss)));
  for (int64_t r = 0; r < p.ce.batch; r++) {
    const long double row = a.rows[static_cast<size_t>(r)];
    CHECK(close_to(rows[r], static_cast<double>(row), slack(row)));
  }
  for (int64_t i = 0; i < diff.size(); i++) {
    const double wanted = static_cast<double>(a.diff[static_cast<size_t>(i)]);
    CHECK(close_to(diff[i], wanted, std::fabs(wanted) * 0x1.001p-24 + 1e-15));
  }
  CHECK_OK(quern_cross_entropy_loss(&p.ce, p.src.data(), p.targets.data(), p.class_weights(), nullptr, rows.data(),
                                    inference.data()));
  CHECK(inference[0] == loss[0]);
}

}  // namespace of_cross_entropy
