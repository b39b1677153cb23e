// Shared code of the operators on quantized bytes: scale, zero point and bounds.
#pragma once

#include "kernels/int8.h"

namespace quern {

// (byte - zero) * scale, of bytes in [low, high].
int check_steps(const char* op, float scale, int64_t zero, int64_t low, int64_t high) noexcept;

// The ratio of the steps of a source to those of the result; sums of steps must be finite floats.
int check_ratio(const char* op, double ratio) noexcept;

// More pixels of a window than 32 bits have sums of bytes for.
int check_byte_window(const char* op, int64_t height, int64_t width) noexcept;

// The quantization of a tensor, as in the C ABI.
struct ByteScale {
  float scale;
  int64_t zero, low = 0, high = 255;
};

// Checks and returns the quantization of means; `unit` is a step of the input in steps of the output.
int prepare_mean(const char* op, const ByteScale& from, const ByteScale& to, bool to_bytes, Int8Mean* mean,
                 double* unit) noexcept;

inline Int8Steps byte_steps(int64_t zero, int64_t low, int64_t high) noexcept {
  return {static_cast<float>(low - zero), static_cast<float>(high - zero), static_cast<int32_t>(zero)};
}

}  // namespace quern
