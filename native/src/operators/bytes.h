// What operators on bytes share: what bytes stand for, and what the float that becomes one is bounded by.
#pragma once

#include "kernels/int8.h"

namespace quern {

// (byte - zero) * scale, of bytes in [low, high].
int check_steps(const char* op, float scale, int64_t zero, int64_t low, int64_t high) noexcept;

// What steps of a source are in steps of the result; sums of some must be finite floats.
int check_ratio(const char* op, double ratio) noexcept;

// More pixels of a window than 32 bits have sums of bytes for.
int check_byte_window(const char* op, int64_t height, int64_t width) noexcept;

// What a tensor's bytes stand for, as the C ABI has it.
struct ByteScale {
  float scale;
  int64_t zero, low = 0, high = 255;
};

// Checks what becomes of means, and says it; `unit` is what a step of the input is in those of the output.
int prepare_mean(const char* op, const ByteScale& from, const ByteScale& to, bool to_bytes, Int8Mean* mean,
                 double* unit) noexcept;

inline Int8Steps byte_steps(int64_t zero, int64_t low, int64_t high) noexcept {
  return {static_cast<float>(low - zero), static_cast<float>(high - zero), static_cast<int32_t>(zero)};
}

}  // namespace quern
