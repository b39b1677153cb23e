// dice against long double arithmetic.
#pragma once

#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_dice {

struct Problem {
  quern_dice dice;
  Guarded<float> src, targets;
  Guarded<int32_t> labels;
  Guarded<char> workspace;

  Problem(const quern_dice& d, float spread, Guard side)
      : dice(d),
        src(d.batch * d.positions * d.classes, side),
        targets(src.size(), side),
        labels(d.batch * d.positions, side),
        workspace(bytes(d), side) {
    Random random(static_cast<uint64_t>(src.size()));
    for (float& v : src) v = random.real() * spread;
    for (float& v : targets) v = 0.5f + 0.5f * random.real();
    const int64_t most = d.classes == 1 ? 1 : d.classes - 1;
    for (int32_t& l : labels) {
      const bool ignored = d.ignore_index != -100 && random.between(0, 3) == 0;
      l = static_cast<int32_t>(ignored ? d.ignore_index : random.between(0, most));
    }
  }
  static int64_t bytes(const quern_dice& d) {
    int64_t n = -1;
    CHECK_OK(quern_dice_workspace(&d, &n));
    return n;
  }
  int run(bool hard, float* diff, double* loss) {
    return hard ? quern_dice_loss(&dice, src.data(), labels.data(), diff, workspace.data(), workspace.size(), loss)
                : quern_dice_soft_loss(&dice, src.data(), targets.data(), diff, workspace.data(), workspace.size(),
                                       loss);
  }

  bool counts(bool hard, int64_t row) const { return !hard || labels[row] != dice.ignore_index; }
  long double target(bool hard, int64_t row, int64_t k) const {
    if (!hard) return targets[row * dice.classes + k];
    return dice.classes == 1 ? labels[row] : labels[row] == k ? 1 : 0;
  }
  std::vector<long double> probabilities(int64_t row) const {
    const int64_t c = dice.classes;
    const float* x = src.data() + row * c;
    if (c == 1) return {1 / (1 + expl(-static_cast<long double>(x[0])))};
    std::vector<long double> p(static_cast<size_t>(c));
    long double sum = 0, most = x[0];
    for (int64_t k = 0; k < c; k++) most = fmaxl(most, x[k]);
    for (int64_t k = 0; k < c; k++) sum += p[static_cast<size_t>(k)] = expl(x[k] - most);
    for (long double& v : p) v /= sum;
    return p;
  }

  void compare(bool hard, Guard side) {
    Guarded<float> diff(src.size(), side);
    Guarded<double> loss(1, side), inference(1, side);
    CHECK_OK(run(hard, diff.data(), loss.data()));
    CHECK(ran("dice"));
    CHECK_OK(run(hard, nullptr, inference.data()));
    CHECK(inference[0] == loss[0]);
    const int64_t c = dice.classes;
    const long double scale = dice.sum ? 1 : 1 / static_cast<long double>(dice.batch * c);
    long double total = 0;
    for (int64_t n = 0; n < dice.batch; n++) {
      std::vector<long double> both(static_cast<size_t>(c)), found(both), wanted(both);
      for (int64_t row = n * dice.positions; row < (n + 1) * dice.positions; row++) {
        const std::vector<long double> p = probabilities(row);
        for (size_t k = 0; k < both.size() && counts(hard, row); k++) {
          const long double y = target(hard, row, static_cast<int64_t>(k));
          both[k] += p[k] * y;
          found[k] += p[k];
          wanted[k] += y;
        }
      }
      std::vector<long double> above, below;
      for (size_t k = 0; k < both.size(); k++) {
        above.push_back(2 * both[k] + dice.smooth);
        below.push_back(found[k] + wanted[k] + dice.smooth);
        total += below[k] == 0 ? 0 : 1 - above[k] / below[k];
      }
      for (int64_t row = n * dice.positions; row < (n + 1) * dice.positions; row++) {
        compare(hard, row, above, below, scale, diff.data() + row * c);
      }
    }
    const double expected = static_cast<double>(total * scale);
    CHECK(close_to(loss[0], expected, 1e-12 * std::fabs(expected) + 1e-13));
  }

  void compare(bool hard, int64_t row, const std::vector<long double>& above, const std::vector<long double>& below,
               long double scale, const float* diff) {
    const std::vector<long double> p = probabilities(row);
    std::vector<long double> pull;
    long double mean = 0;
    for (size_t k = 0; k < p.size(); k++) {
      const long double y = target(hard, row, static_cast<int64_t>(k)), d = below[k];
      pull.push_back(d == 0 ? 0 : (above[k] - 2 * y * d) / (d * d) * scale);
      mean += p[k] * pull[k];
    }
    for (size_t k = 0; k < p.size(); k++) {
      const long double slope = p[k] * (p.size() == 1 ? pull[k] * (1 - p[k]) : pull[k] - mean);
      const double wanted = counts(hard, row) ? static_cast<double>(slope) : 0;
      CHECK(close_to(diff[k], wanted, std::fabs(wanted) * 0x1.1p-24 + 1e-13 * static_cast<double>(scale)));
    }
  }
};

}  // namespace of_dice
