// relu's yardstick: values at the kink and beyond, in place.
#pragma once

#include "guarded.h"
#include "numbers.h"

namespace of_relu {

// A NaN stays, since it is not at most 0.
inline float relu(float x) { return x <= 0 ? 0.0f : x; }
inline float relu_diff(float x, float diff) { return x <= 0 ? 0.0f : diff; }

inline bool same(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

inline void fill(Guarded<float>* values, Random* random) {
  const float special[] = {0.0f, -0.0f, 1e-45f, -1e-45f, 3e38f, -3e38f, INFINITY, -INFINITY, NAN};
  for (float& v : *values) v = random->between(0, 3) == 0 ? special[random->between(0, 8)] : random->real();
}

inline void compare(int64_t n, Guard side) {
  Random random(static_cast<uint64_t>(n));
  Guarded<float> src(n, side), dst(n, side), diff_dst(n, side), from_dst(n, side), from_src(n, side);
  fill(&src, &random);
  fill(&diff_dst, &random);
  CHECK_OK(quern_relu_forward(QUERN_F32, n, src.data(), dst.data()));
  CHECK(ran("relu"));
  CHECK_OK(quern_relu_backward(QUERN_F32, n, dst.data(), diff_dst.data(), from_dst.data()));
  CHECK_OK(quern_relu_backward(QUERN_F32, n, src.data(), diff_dst.data(), from_src.data()));
  for (int64_t i = 0; i < n; i++) {
    CHECK(same(dst[i], relu(src[i])));
    CHECK(same(from_dst[i], relu_diff(src[i], diff_dst[i])));
    CHECK(same(from_src[i], relu_diff(src[i], diff_dst[i])));
  }
  CHECK_OK(quern_relu_backward(QUERN_F32, n, src.data(), diff_dst.data(), diff_dst.data()));
  CHECK_OK(quern_relu_forward(QUERN_F32, n, src.data(), src.data()));
  for (int64_t i = 0; i < n; i++) CHECK(same(src[i], dst[i]) && same(diff_dst[i], from_src[i]));
}

}  // namespace of_relu
