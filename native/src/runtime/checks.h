// Rules that several operators share. Every number is bounded by 2^31 - 1 and every element count by 2^53, so that the
// arithmetic behind them cannot overflow.
#pragma once

#include <cstdint>

#include "runtime/status.h"
#include "runtime/types.h"

namespace quern {

int check_initialized(const char* op) noexcept;
int check_pointers(const char* op, bool all_present) noexcept;
int check_range(const char* op, const char* what, int64_t value, int64_t least) noexcept;
int check_not_negative(const char* op, const char* what, double value) noexcept;  // nor infinite
int check_rate(const char* op, const char* what, double value) noexcept;          // of a running average: [0, 1)
int check_elements(const char* op, int64_t n) noexcept;                           // [0, 2^53]
int check_flag(const char* op, const char* what, int64_t value) noexcept;         // 0 or 1
// Checks the workspace of a compute call; it may be null if its required size is 0.
int check_workspace(const char* op, const void* workspace, int64_t bytes, int64_t needed) noexcept;
// Checks the address of packed weights: aligned to 64 bytes.
int check_packed(const char* op, const void* packed) noexcept;
// Class indices in [0, classes), or the ignored one.
int check_targets(const char* op, int64_t rows, int64_t classes, int64_t ignore_index, const int32_t* targets) noexcept;
// Element count of a tensor, or QUERN_INVALID_SHAPE. A batch of 0 bounds nothing: callers count one sample then.
int count(const char* op, const char* tensor, int64_t a, int64_t b, int64_t c, int64_t d, int64_t* out) noexcept;

// A sliding window along one axis.
struct Axis {
  int64_t in, kernel, stride, padding, padding_end, dilation;
  // Number of windows; 0 where not even one fits.
  int64_t windows(bool ceil) const noexcept {
    const int64_t room = in + padding + padding_end - (dilation * (kernel - 1) + 1);
    if (in < 1 || room < 0) return 0;
    const int64_t out = (ceil ? room + stride - 1 : room) / stride + 1;
    return ceil && (out - 1) * stride >= in + padding ? out - 1 : out;
  }
};

}  // namespace quern
