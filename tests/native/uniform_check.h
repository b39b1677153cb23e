// uniform against a plain Philox.
#pragma once

#include "guarded.h"
#include "numbers.h"
#include "philox.h"

namespace of_uniform {

inline void compare(int64_t n, int64_t seed, int64_t part, float bound, Guard side) {
  Guarded<float> dst(n, side);
  CHECK_OK(quern_uniform(n, seed, part, bound, dst.data()));
  CHECK(ran("uniform"));
  for (int64_t i = 0; i < n; i++) {
    const uint32_t counter[4] = {static_cast<uint32_t>(i), 0, static_cast<uint32_t>(part), 0};
    uint32_t words[4];
    philox(counter, static_cast<uint64_t>(seed), words);
    const float u = static_cast<float>(words[1] >> 8) * 0x1p-24f;
    CHECK(dst[i] == (2 * u - 1) * bound);
  }
}

}  // namespace of_uniform
