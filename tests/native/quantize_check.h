// quantize and dequantize against their definition, to the bit.
#pragma once

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>

#include "guarded.h"
#include "numbers.h"

namespace of_quantize {

struct Steps {
  float scale;
  int64_t zero, low, high;
};

inline Steps any_steps(Random* r) {
  const int exponent = static_cast<int>(r->between(0, 7) == 0 ? r->between(-24, 24) : r->between(-9, 3));
  Steps s{std::ldexp(1.0f + static_cast<float>(r->between(0, 99)) / 100.0f, exponent), 0, 0, 255};
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

// What a weight becomes, in whole steps; NaN in a channel without a largest number.
inline float wanted_step(float x, float scale) {
  const float step = std::nearbyint(x / scale) + 0.0f;
  return step < -127.0f ? -127.0f : step > 127.0f ? 127.0f : step;
}

inline void check_weights(int64_t channels, int64_t n, bool numbers, Random* r, Guard side) {
  Guarded<float> src(channels * n, side), scales(channels, side), more(channels, side), rounded(channels * n, side),
      again(channels * n, side);
  Guarded<int8_t> one(channels * n, side), many(channels * n, side);
  static const float special[] = {NAN, INFINITY, -INFINITY, 0.0f, -0.0f, 3e38f, 1e-45f, -1e-39f};
  for (int64_t c = 0; c < channels; c++) {
    const int unit = static_cast<int>(r->between(-140, 100));
    const int64_t most = r->between(0, 254);  // halves of steps among them
    for (int64_t i = 0; i < n; i++) {
      src[c * n + i] = std::ldexp(static_cast<float>(r->between(-most, most)), unit);
      if (r->between(0, 40) == 0) src[c * n + i] = special[r->between(numbers ? 3 : 0, 7)];
    }
  }
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_quantize_weights(channels, n, src.data(), scales.data(), rounded.data(), one.data()));
  CHECK(ran("quantize_weights"));
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(quern_quantize_weights(channels, n, src.data(), more.data(), nullptr, many.data()));
  CHECK_OK(quern_quantize_weights(channels, n, src.data(), more.data(), again.data(), nullptr));
  int64_t wrong = 0;
  for (int64_t c = 0; c < channels; c++) {
    float most = 0;
    for (int64_t i = 0; i < n; i++) {
      const float x = std::fabs(src[c * n + i]);
      most = std::isnan(most) || std::isnan(x) ? NAN : std::max(most, x);
    }
    const float scale = most / 127.0f < FLT_MIN ? 1.0f : most / 127.0f;
    if (!(scales[c] == scale || (std::isnan(scales[c]) && std::isnan(scale)))) wrong++;
    for (int64_t i = c * n; i < (c + 1) * n; i++) {
      if (std::memcmp(&rounded[i], &again[i], sizeof(float)) != 0 || one[i] != many[i]) wrong++;
      const float step = wanted_step(src[i], scale), value = step * scale;
      if (std::isnan(value) ? !std::isnan(rounded[i]) : std::memcmp(&rounded[i], &value, sizeof value) != 0) wrong++;
      if (std::isfinite(scale) && static_cast<float>(one[i]) != step) wrong++;
    }
  }
  CHECK(wrong == 0);
}

}  // namespace of_quantize
