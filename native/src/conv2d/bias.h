// Computes the gradient of a bias: sums over rows.
#pragma once

#include <cstdint>

#include "kernels/half_types.h"

namespace quern {

int64_t column_sums_bytes(int64_t rows, int64_t channels) noexcept;
// partial has that many bytes.
void column_sums(int64_t rows, int64_t channels, const float* src, int64_t pitch, float* sums,
                 double* partial) noexcept;
void column_sums(int64_t rows, int64_t channels, const Bf16* src, int64_t pitch, float* sums, double* partial) noexcept;

}  // namespace quern
