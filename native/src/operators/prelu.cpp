// prelu: rows of channels with a weight each. One weight for all is taken as one for each of so many columns, so that
// there is one loop to write and the sums have one order.
#include <algorithm>

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kColumns = 64;
constexpr int64_t kMostParts = 32;

int check(bool pointers, int64_t type, int64_t rows, int64_t channels) noexcept {
  QUERN_TRY(check_initialized("prelu"));
  QUERN_TRY(check_pointers("prelu", pointers));
  QUERN_TRY(check_type("prelu", "type", type));
  QUERN_TRY(check_elements("prelu", rows));
  QUERN_TRY(check_range("prelu", "channels", channels, 1));
  int64_t ignored;
  return count("prelu", "tensor", rows, channels, 1, 1, &ignored);
}

// The tensor as rows of columns, and what is left behind the last whole row.
struct Rows {
  int64_t rows, columns, rest;
  bool shared;
  float weights[kColumns];  // where shared

  Rows(int64_t n, int64_t channels) : shared(channels == 1) {
    columns = shared ? kColumns : channels;
    rows = shared ? n / kColumns : n;
    rest = shared ? n % kColumns : 0;
  }

  // A weight for each column.
  const float* of(const float* given) {
    if (shared) std::fill(weights, weights + kColumns, *given);
    return shared ? weights : given;
  }

  // How many partial sums: a function of the shape alone.
  int64_t parts() const { return std::max<int64_t>(std::min(kMostParts, rows * columns / 16384), 1); }

  // body(first element, rows, columns, part) for each part; the last one has what is left.
  template <typename Body>
  void each_part(Body&& body) const noexcept {
    const int64_t n = parts();
    parallel_for(n, [&](int64_t part) {
      const int64_t begin = rows * part / n, end = rows * (part + 1) / n;
      body(begin * columns, end - begin, columns, part);
      if (part + 1 == n && rest > 0) body(rows * columns, 1, rest, part);
    });
  }
};

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_prelu_workspace(int64_t rows, int64_t channels, int64_t* bytes) noexcept {
  QUERN_TRY(check(bytes != nullptr, QUERN_F32, rows, channels));
  const Rows r(rows, channels);
  *bytes = r.parts() * r.columns * 8;
  return QUERN_OK;
}

extern "C" int quern_prelu_forward(int64_t type, int64_t rows, int64_t channels, const void* src, const float* weights,
                                   void* dst) noexcept {
  QUERN_TRY(check(src && weights && dst, type, rows, channels));
  ran("prelu");
  Rows r(rows, channels);
  const float* w = r.of(weights);
  parallel_ranges(r.rows, 16384 / r.columns + 1, [&](int64_t begin, int64_t end) {
    kernels().prelu_forward(end - begin, r.columns, f32(src) + begin * r.columns, w, f32(dst) + begin * r.columns);
  });
  const int64_t done = r.rows * r.columns;
  if (r.rest > 0) kernels().prelu_forward(1, r.rest, f32(src) + done, w, f32(dst) + done);
  return QUERN_OK;
}

extern "C" int quern_prelu_backward(int64_t type, int64_t rows, int64_t channels, const void* src, const void* diff_dst,
                                    const float* weights, void* diff_src, float* diff_weights, void* workspace,
                                    int64_t workspace_bytes) noexcept {
  QUERN_TRY(check(src && diff_dst && weights, type, rows, channels));
  Rows r(rows, channels);
  if (diff_weights != nullptr) {
    QUERN_TRY(check_workspace("prelu", workspace, workspace_bytes, r.parts() * r.columns * 8));
  }
  ran("prelu");
  const float* w = r.of(weights);
  double* sums = diff_weights == nullptr ? nullptr : static_cast<double*>(workspace);
  if (sums != nullptr) std::fill(sums, sums + r.parts() * r.columns, 0.0);
  r.each_part([&](int64_t at, int64_t n, int64_t columns, int64_t part) {
    kernels().prelu_backward(n, columns, f32(src) + at, f32(diff_dst) + at, w,
                             diff_src == nullptr ? nullptr : f32(diff_src) + at,
                             sums == nullptr ? nullptr : sums + part * r.columns);
  });
  if (sums == nullptr) return QUERN_OK;
  for (int64_t part = 1; part < r.parts(); part++) {
    for (int64_t i = 0; i < r.columns; i++) sums[i] += sums[part * r.columns + i];
  }
  for (int64_t i = 1; r.shared && i < r.columns; i++) sums[0] += sums[i];
  std::transform(sums, sums + channels, diff_weights, [](double s) { return static_cast<float>(s); });
  return QUERN_OK;
}
