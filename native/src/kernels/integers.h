// Arithmetic of sizes. Always inlined, since units of several instruction sets have it.
#pragma once

#include <stdint.h>

namespace quern {

// Of numbers that are not negative; b is positive.
[[gnu::always_inline]] constexpr int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }
[[gnu::always_inline]] constexpr int64_t round_up(int64_t a, int64_t b) { return divide_up(a, b) * b; }

}  // namespace quern
