// Checks of cast, for its test and for the fuzzer.
#pragma once

#include <cmath>
#include <cstring>

#include "guarded.h"
#include "numbers.h"

namespace of_cast {

// The nearest bfloat16 of a number by its distance from both neighbors, of which the even one takes a tie.
inline uint16_t nearest(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  const auto lower = static_cast<uint16_t>(bits >> 16);
  if (std::isinf(x)) return lower;
  const auto upper = static_cast<uint16_t>(lower + 1);
  const auto size = [](uint16_t half) {
    const uint32_t wide = uint32_t{half & 0x7fffu} << 16;
    float value;
    std::memcpy(&value, &wide, sizeof value);
    return std::isinf(value) ? 0x1p128 : static_cast<double>(value);
  };
  const double down = std::fabs(x) - size(lower), up = size(upper) - std::fabs(x);
  return down < up || (down == up && lower % 2 == 0) ? lower : upper;
}

// To bfloat16 one by one, and back; what is not a number stays none.
inline void check(int64_t n, Random* r, Guard side) {
  Guarded<float> src(n, side), back(n, side);
  Guarded<uint16_t> dst(n, side);
  for (int64_t i = 0; i < n; i++) {
    const auto bits = static_cast<uint32_t>(r->between(0, UINT32_MAX));
    std::memcpy(&src[i], &bits, sizeof bits);  // any number, infinities and NaN too
    if (i % 3 == 0) src[i] = r->real();
    if (i % 7 == 0) src[i] = std::ldexp(1.0f, static_cast<int>(r->between(-149, 127))) * 1.00390625f;  // a tie
  }
  CHECK_OK(quern_cast(n, QUERN_F32, src.data(), QUERN_BF16, dst.data()));
  CHECK_OK(quern_cast(n, QUERN_BF16, dst.data(), QUERN_F32, back.data()));
  for (int64_t i = 0; i < n; i++) {
    if (std::isnan(src[i])) {
      CHECK(std::isnan(back[i]));
      continue;
    }
    const uint16_t wanted = nearest(src[i]);
    CHECK(dst[i] == wanted);
    const uint32_t bits = uint32_t{wanted} << 16;
    CHECK(std::memcmp(&back[i], &bits, sizeof bits) == 0);
  }
}

}  // namespace of_cast
