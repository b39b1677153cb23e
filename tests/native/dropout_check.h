// dropout's masks against a plain Philox.
#pragma once

#include "guarded.h"
#include "numbers.h"
#include "philox.h"

namespace of_dropout {

inline bool falls(const quern_dropout& d, int64_t sample, int64_t number) {
  const uint32_t counter[4] = {static_cast<uint32_t>(number / 4), static_cast<uint32_t>(number / 4 >> 32),
                               static_cast<uint32_t>(sample), 0};
  uint32_t words[4];
  philox(counter, static_cast<uint64_t>(d.key), words);
  return (words[number % 4] >> 8) * 0x1p-24 < d.p;
}

inline void compare(const quern_dropout& d, Guard side) {
  const int64_t elements = d.channels * d.pixels, n = d.batch * elements;
  Random random(static_cast<uint64_t>(n));
  Guarded<float> src(n, side), dst(n, side);
  for (float& v : src) v = random.between(0, 9) == 0 ? NAN : random.real();
  CHECK_OK(quern_dropout_apply(&d, src.data(), dst.data()));
  CHECK(ran("dropout"));
  const float scale = d.p < 1 ? static_cast<float>(1 / (1 - d.p)) : 0.0f;
  for (int64_t i = 0; i < n; i++) {
    const int64_t c = i % elements % d.channels, pixel = i % elements / d.channels;
    const bool fell = falls(d, i / elements, d.whole_channels ? c : c * d.pixels + pixel);
    const float wanted = fell ? 0.0f : src[i] * scale;
    CHECK(dst[i] == wanted || (std::isnan(dst[i]) && std::isnan(wanted)));
  }
  CHECK_OK(quern_dropout_apply(&d, src.data(), src.data()));
  CHECK(std::memcmp(src.data(), dst.data(), static_cast<size_t>(n) * sizeof(float)) == 0);
}

}  // namespace of_dropout
