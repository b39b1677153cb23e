// The bias of rows and its gradient, for operators that consist of a convolution's passes. These functions are only a
// part of such an operator and therefore do not record their name as the implementation that ran.
#include "conv2d/bias.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kMostParts = 32;

// The number of partial sums, which depends only on the shape.
int64_t parts(int64_t rows, int64_t channels) {
  return std::max<int64_t>(std::min(kMostParts, rows * channels / 16384), 1);
}

void add_rows(int64_t rows, int64_t channels, const float* src, int64_t pitch, double* sums) {
  kernels().add_column_sums(rows, channels, src, pitch, sums);
}
void add_rows(int64_t rows, int64_t channels, const Bf16* src, int64_t pitch, double* sums) {
  constexpr int64_t kMost = 1024;
  float floats[kMost];
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t i = 0; i < channels; i += kMost) {
      const int64_t some = std::min(kMost, channels - i);
      kernels().from_bf16(some, src + row * pitch + i, floats);
      kernels().add_column_sums(1, some, floats, some, sums + i);
    }
  }
}

template <typename Src>
void sum_parts(int64_t rows, int64_t channels, const Src* src, int64_t pitch, float* sums, double* partial) {
  const int64_t n = parts(rows, channels);
  parallel_for(n, [&](int64_t part) {
    double* at = partial + part * channels;
    std::fill(at, at + channels, 0.0);
    const int64_t begin = rows * part / n, end = rows * (part + 1) / n;
    add_rows(end - begin, channels, src + begin * pitch, pitch, at);
  });
  for (int64_t i = 0; i < channels; i++) {
    double sum = 0.0;
    for (int64_t part = 0; part < n; part++) sum += partial[part * channels + i];
    sums[i] = static_cast<float>(sum);
  }
}

int check(const char* op, bool pointers, int64_t rows, int64_t channels, int64_t pitch) noexcept {
  QUERN_TRY(check_initialized(op));
  QUERN_TRY(check_pointers(op, pointers));
  QUERN_TRY(check_elements(op, rows));
  QUERN_TRY(check_range(op, "channels", channels, 1));
  QUERN_TRY(check_range(op, "pitch", pitch, channels));
  int64_t ignored;
  return count(op, "tensor", rows, pitch, 1, 1, &ignored);
}

}  // namespace

int64_t column_sums_bytes(int64_t rows, int64_t channels) noexcept { return parts(rows, channels) * channels * 8; }

void column_sums(int64_t rows, int64_t channels, const float* src, int64_t pitch, float* sums,
                 double* partial) noexcept {
  sum_parts(rows, channels, src, pitch, sums, partial);
}
void column_sums(int64_t rows, int64_t channels, const Bf16* src, int64_t pitch, float* sums,
                 double* partial) noexcept {
  sum_parts(rows, channels, src, pitch, sums, partial);
}

}  // namespace quern

using namespace quern;

extern "C" int quern_add_bias(int64_t type, int64_t rows, int64_t channels, const float* values, void* dst,
                              int64_t dst_pitch) noexcept {
  QUERN_TRY(check_type("add_bias", "type", type));
  QUERN_TRY(check("add_bias", values && dst, rows, channels, dst_pitch));
  parallel_ranges(rows, 16384 / channels + 1, [&](int64_t begin, int64_t end) {
    kernels().add_to_rows(end - begin, channels, values, f32(dst) + begin * dst_pitch, dst_pitch);
  });
  return QUERN_OK;
}

extern "C" int quern_column_sums_workspace(int64_t rows, int64_t channels, int64_t* bytes) noexcept {
  QUERN_TRY(check("column_sums", bytes != nullptr, rows, channels, channels));
  *bytes = column_sums_bytes(rows, channels);
  return QUERN_OK;
}

extern "C" int quern_column_sums(int64_t type, int64_t rows, int64_t channels, const void* src, int64_t src_pitch,
                                 float* sums, void* workspace, int64_t workspace_bytes) noexcept {
  QUERN_TRY(check_type("column_sums", "type", type));
  QUERN_TRY(check("column_sums", src && sums, rows, channels, src_pitch));
  QUERN_TRY(check_workspace("column_sums", workspace, workspace_bytes, column_sums_bytes(rows, channels)));
  column_sums(rows, channels, f32(src), src_pitch, sums, static_cast<double*>(workspace));
  return QUERN_OK;
}
