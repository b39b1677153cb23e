// prelu's yardstick: values at the kink and beyond, a weight a channel or one for all, in place.
#pragma once

#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_prelu {

inline bool same(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

struct Passes {
  Guarded<float> dst, diff_src, diff_weights;

  Passes(int64_t n, int64_t channels, Guard side) : dst(n, side), diff_src(n, side), diff_weights(channels, side) {}

  void run(int64_t channels, const Guarded<float>& src, const Guarded<float>& diff_dst, const Guarded<float>& weights,
           Guard side) {
    const int64_t rows = src.size() / channels;
    int64_t bytes = 0;
    CHECK_OK(quern_prelu_workspace(rows, channels, &bytes));
    Guarded<char> workspace(bytes, side, 8);
    CHECK_OK(quern_prelu_forward(QUERN_F32, rows, channels, src.data(), weights.data(), dst.data()));
    CHECK(ran("prelu"));
    CHECK_OK(quern_prelu_backward(QUERN_F32, rows, channels, src.data(), diff_dst.data(), weights.data(),
                                  diff_src.data(), diff_weights.data(), workspace.data(), bytes));
  }
};

// special: some values are ones that comparisons and sums treat in their own way.
inline void compare(int64_t rows, int64_t channels, bool special, Guard side) {
  const float odd[] = {0.0f, -0.0f, 1e-45f, -1e-45f, 3e38f, -3e38f, INFINITY, -INFINITY, NAN};
  const int64_t n = rows * channels;
  Random random(static_cast<uint64_t>(n));
  Guarded<float> src(n, side), diff_dst(n, side), weights(channels, side);
  for (float& v : src) v = special && random.between(0, 3) == 0 ? odd[random.between(0, 8)] : random.real();
  for (float& v : diff_dst) v = random.real();
  for (float& v : weights) v = random.real();
  CHECK_OK(quern_set_threads(1));
  Passes one(n, channels, side), many(n, channels, side);
  one.run(channels, src, diff_dst, weights, side);
  std::vector<Sum> sums(static_cast<size_t>(channels));
  for (int64_t i = 0; i < n; i++) {
    const float w = weights[i % channels];
    CHECK(same(one.dst[i], src[i] > 0 ? src[i] : w * src[i]));
    CHECK(same(one.diff_src[i], src[i] > 0 ? diff_dst[i] : w * diff_dst[i]));
    const double product = static_cast<double>(src[i]) * static_cast<double>(diff_dst[i]);
    sums[static_cast<size_t>(i % channels)].add(src[i] > 0 ? 0.0 : product);
  }
  for (int64_t c = 0; c < channels; c++) {
    const Sum& s = sums[static_cast<size_t>(c)];
    if (!special) CHECK(close_to(one.diff_weights[c], s.value, 1e-12 * s.magnitude + std::fabs(s.value) * 0x1p-24));
  }
  CHECK_OK(quern_set_threads(many_threads));
  many.run(channels, src, diff_dst, weights, side);
  for (int64_t i = 0; i < n; i++) CHECK(same(many.dst[i], one.dst[i]) && same(many.diff_src[i], one.diff_src[i]));
  for (int64_t c = 0; c < channels; c++) CHECK(same(many.diff_weights[c], one.diff_weights[c]));
  // in place, and without the gradient of the weights
  CHECK_OK(quern_prelu_backward(QUERN_F32, rows, channels, src.data(), diff_dst.data(), weights.data(), diff_dst.data(),
                                nullptr, nullptr, 0));
  CHECK_OK(quern_prelu_forward(QUERN_F32, rows, channels, src.data(), weights.data(), src.data()));
  for (int64_t i = 0; i < n; i++) CHECK(same(src[i], one.dst[i]) && same(diff_dst[i], one.diff_src[i]));
}

}  // namespace of_prelu
