// cross_entropy, and with a gamma softmax_focal, against long double arithmetic.
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
    for (int64_t r = 1; ce.ignore_index != -100 && r < ce.batch; r += 3) {
      targets[r] = static_cast<int32_t>(ce.ignore_index);
    }
    if (ce.batch > 0 && ce.classes > 1 && targets[0] == ce.ignore_index) {
      targets[0] = ce.ignore_index == 0 ? 1 : 0;  // one is left
    }
  }
  const float* class_weights() const { return weighted ? weights.data() : nullptr; }
  long double weight(int64_t i) const { return weighted ? weights[i] : 1.0L; }
  bool ignored(int64_t r) const { return targets[r] == ce.ignore_index; }
};

struct Answer {
  long double loss = 0;
  std::vector<long double> rows, diff;
};

// (1 - p)^gamma (-log p), and the factor that its gradient has before cross-entropy's.
inline long double focal(long double gamma, long double q, long double l, long double* slope) {
  if (gamma == 0) return *slope = 1, l;
  const long double power = powl(q, gamma), p = 1 - q;
  *slope = power + (q == 0 ? 0 : gamma * powl(q, gamma - 1) * p * l);
  return power * l;
}

// PyTorch's definition: the target's own term weighs 1 - s, and s is spread over all classes; the mean divides by the
// weights of the targets that are not ignored.
inline Answer solve(const Problem& p) {
  Answer a;
  const int64_t n = p.ce.batch, classes = p.ce.classes;
  const long double s = p.ce.label_smoothing;
  long double divisor = 0;
  for (int64_t r = 0; r < n; r++) divisor += p.ignored(r) ? 0 : p.weight(p.targets[r]);
  if (p.ce.sum) divisor = 1;
  for (int64_t r = 0; r < n; r++) {
    if (p.ignored(r)) {
      a.rows.push_back(0);
      a.diff.insert(a.diff.end(), static_cast<size_t>(classes), 0);
      continue;
    }
    const float* x = p.src.data() + r * classes;
    const int64_t at_most = std::max_element(x, x + classes) - x;
    const long double most = x[at_most];
    long double others = 0, row = 0, mass = 0;
    for (int64_t i = 0; i < classes; i++) others += i == at_most ? 0 : expl(x[i] - most);
    std::vector<long double> wanted;
    for (int64_t i = 0; i < classes; i++) {
      const long double log_probability = x[i] - most - log1pl(others);
      const long double hit = i == p.targets[r] ? 1 - s : 0;
      const long double rest = x[i] == most ? others / (1 + others) : -expm1l(log_probability);
      long double slope = 0;
      row += p.weight(i) * (hit + s / classes) * focal(p.ce.gamma, rest, -log_probability, &slope);
      wanted.push_back(p.weight(i) * (hit + s / classes) * slope);
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

// The kernel works in double, and only adds what is positive: small losses keep their digits too. A power's relative
// error is gamma times its logarithm's.
inline double slack(const Problem& p, long double value) {
  return (p.ce.gamma == 0 ? 1e-13 : 1e-12 * (1 + p.ce.gamma)) * std::fabs(static_cast<double>(value)) + 1e-300;
}

inline void compare(const Problem& p, Guard side, int threads) {
  CHECK_OK(quern_set_threads(threads));
  const Answer a = solve(p);
  Guarded<float> diff(p.src.size(), side);
  Guarded<double> rows(p.ce.batch, side), loss(1, side), inference(1, side);
  CHECK_OK(quern_cross_entropy_loss(&p.ce, p.src.data(), p.targets.data(), p.class_weights(), diff.data(), rows.data(),
                                    loss.data()));
  CHECK(ran(p.ce.gamma == 0 ? "cross_entropy" : "softmax_focal"));
  CHECK(close_to(loss[0], static_cast<double>(a.loss), slack(p, a.loss)));
  for (int64_t r = 0; r < p.ce.batch; r++) {
    const long double row = a.rows[static_cast<size_t>(r)];
    CHECK(close_to(rows[r], static_cast<double>(row), slack(p, row)));
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
