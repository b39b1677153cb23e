// What group_norm and layer_norm must give.
#pragma once

#include <vector>

#include "guarded.h"

// The formulas, element by element in double. layer_norm is the case of one pixel and one group; with rms, means count
// as 0, as in RMSNorm.
struct Yardstick {
  std::vector<double> dst, diff_src, diff_weights, diff_bias;

  Yardstick(const quern_group_norm& d, const float* src, const float* diff_dst, const float* weights, const float* bias,
            bool rms = false)
      : dst(static_cast<size_t>(d.batch * d.pixels * d.channels)),
        diff_src(dst.size()),
        diff_weights(static_cast<size_t>(d.channels)),
        diff_bias(diff_weights.size()) {
    const int64_t width = d.channels / d.groups;
    for (int64_t b = 0; b < d.batch; b++) {
      for (int64_t g = 0; g < d.groups; g++) {
        std::vector<int64_t> own;
        for (int64_t p = 0; p < d.pixels; p++) {
          for (int64_t c = g * width; c < (g + 1) * width; c++) own.push_back((b * d.pixels + p) * d.channels + c);
        }
        group(d, own, src, diff_dst, weights, bias, rms);
      }
    }
  }

  void group(const quern_group_norm& d, const std::vector<int64_t>& own, const float* src, const float* diff_dst,
             const float* weights, const float* bias, bool rms) {
    const double m = static_cast<double>(own.size());
    double mean = 0, var = 0, diff = 0, product = 0;
    for (int64_t i : own) mean += rms ? 0.0 : src[i] / m;
    for (int64_t i : own) var += (src[i] - mean) * (src[i] - mean) / m;
    const double s = 1 / std::sqrt(var + d.eps);
    const auto gradient = [&](int64_t i) { return 1.0 * diff_dst[i] * (weights ? weights[i % d.channels] : 1.0f); };
    for (int64_t i : own) diff += rms ? 0.0 : gradient(i) / m, product += gradient(i) * (src[i] - mean) * s / m;
    for (int64_t i : own) {
      const size_t at = static_cast<size_t>(i), c = static_cast<size_t>(i % d.channels);
      const double x = (src[i] - mean) * s;
      dst[at] = x * (weights ? weights[c] : 1.0f) + (bias ? bias[c] : 0.0f);
      diff_src[at] = s * (gradient(i) - diff - x * product);
      diff_weights[c] += diff_dst[i] * x;
      diff_bias[c] += diff_dst[i];
    }
  }
};

// Within what a float holds of the largest.
inline bool all_close(const Guarded<float>& got, const std::vector<double>& wanted) {
  double most = 1e-3, off = 0;
  for (int64_t i = 0; i < got.size(); i++) {
    const double w = wanted[static_cast<size_t>(i)];
    most = std::fmax(most, std::fabs(w)), off = std::fmax(off, std::fabs(got[i] - w));
  }
  return off <= 1e-6 * most;
}
