// quantize and dequantize against their definition, to the bit.
#pragma once

#include <algorithm>
#include <cmath>

#include "guarded.h"
#include "numbers.h"

namespace of_quantize {

struct Steps {
  float scale;
  int64_t zero, low, high;
};

inline Steps any_steps(Random* r) {
  Steps s{std::ldexp(1.0f + static_cast<float>(r->between(0, 99)) / 100.0f, static_cast<int>(r->between(-9, 3))), 0, 0,
          255};
  if (r->between(0, 3) == 0) s.low = r->between(0, 100), s.high = r->between(s.low, 255);
  s.zero = r->between(s.low, s.high);
  return s;
}

inline uint8_t wanted(const Steps& s, float x) {
  const float step = std::nearbyint(x / s.scale), low = static_cast<float>(s.low - s.zero);
  const float least = step >= low ? step : low;
  return static_cast<uint8_t>(std::min(least, static_cast<float>(s.high - s.zero)) + static_cast<float>(s.zero));
}

inline void check(const Steps& s, int64_t n, Random* r, Guard side) {
  Guarded<float> src(n, side), back(n, side);
  Guarded<uint8_t> one(n, side), many(n, side);
  static const float special[] = {NAN, INFINITY, -INFINITY, 0.0f, -0.0f, -3e38f, 3e38f, 1e-45f};
  for (float& x : src) {
    const float step = static_cast<float>(r->between(-600, 600)) / 2.0f;  // halves among them
    x = r->between(0, 20) == 0 ? special[r->between(0, 7)] : step * s.scale;
  }
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_quantize(n, src.data(), s.scale, s.zero, s.low, s.high, one.data()));
  CHECK(ran("quantize"));
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(quern_quantize(n, src.data(), s.scale, s.zero, s.low, s.high, many.data()));
  CHECK_OK(quern_dequantize(n, one.data(), s.scale, s.zero, back.data()));
  CHECK(ran("dequantize"));
  int64_t wrong = 0;
  for (int64_t i = 0; i < n; i++) {
    if (one[i] != wanted(s, src[i]) || many[i] != one[i]) wrong++;
    if (back[i] != static_cast<float>(one[i] - s.zero) * s.scale) wrong++;
  }
  CHECK(wrong == 0);
}

}  // namespace of_quantize
