// Coordinates on an axis that is reflected at its ends, which are not repeated.
#pragma once

#include <algorithm>
#include <cstdint>

namespace quern {

// The position of the pixel at coordinate t.
struct Reflected {
  int64_t from, step;  // step: to where the next coordinate lies
  int64_t pixels;      // until the next end

  // direction: 1, or -1 where coordinates fall.
  Reflected(int64_t t, int64_t direction, int64_t length) noexcept {
    const int64_t last = length - 1, period = std::max<int64_t>(2 * last, 1);
    const int64_t folded = (t % period + period) % period;
    from = folded <= last ? folded : period - folded;
    step = last == 0 ? 0 : folded <= last ? direction : -direction;
    pixels = last == 0 ? INT64_MAX : (step > 0 ? last - from : from) + 1;
  }
};

}  // namespace quern
