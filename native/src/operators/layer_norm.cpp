// layer_norm on rows of [rows, length]: statistics in double, of each row alone.
#include <algorithm>

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

// Columns whose sums over the rows are taken at once, on the stack.
constexpr int64_t kColumns = 64;

int prepare(const quern_layer_norm* d) noexcept {
  QUERN_TRY(check_initialized("layer_norm"));
  QUERN_TRY(check_pointers("layer_norm", d != nullptr));
  QUERN_TRY(check_elements("layer_norm", d->rows));
  QUERN_TRY(check_elements("layer_norm", d->length));
  if (d->length < 1) {
    return fail(QUERN_INVALID_SHAPE, "layer_norm: a row of %lld elements has no mean",
                static_cast<long long>(d->length));
  }
  QUERN_TRY(check_not_negative("layer_norm", "eps", d->eps));
  QUERN_TRY(check_flag("layer_norm", "rms", d->rms));
  QUERN_TRY(check_type("layer_norm", "type", d->type));
  int64_t ignored;
  return count("layer_norm", "input", d->rows, d->length, 1, 1, &ignored);
}

void backward_weights(const quern_layer_norm& d, const float* src, const float* diff_dst, const double* saved,
                      float* diff_weights, float* diff_bias) {
  parallel_ranges(d.length, kColumns, [&](int64_t begin, int64_t end) {
    double diff[kColumns] = {}, product[kColumns] = {};
    kernels().layer_norm_sums(d.rows, end - begin, src + begin, diff_dst + begin, d.length, saved, saved + d.rows, diff,
                              product);
    for (int64_t i = begin; i < end; i++) {
      if (diff_bias != nullptr) diff_bias[i] = static_cast<float>(diff[i - begin]);
      if (diff_weights != nullptr) diff_weights[i] = static_cast<float>(product[i - begin]);
    }
  });
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_layer_norm_forward(const quern_layer_norm* norm, const void* src, const float* weights,
                                        const float* bias, void* dst, double* saved) noexcept {
  QUERN_TRY(prepare(norm));
  QUERN_TRY(check_pointers("layer_norm", src && dst && saved));
  ran("layer_norm");
  const quern_layer_norm& d = *norm;
  parallel_ranges(d.rows, 16384 / d.length + 1, [&](int64_t begin, int64_t end) {
    const int64_t at = begin * d.length;
    kernels().layer_norm_forward(end - begin, d.length, d.eps, d.rms == 1, f32(src) + at, weights, bias, f32(dst) + at,
                                 saved + begin, saved + d.rows + begin);
  });
  return QUERN_OK;
}

extern "C" int quern_layer_norm_backward(const quern_layer_norm* norm, const void* src, const void* diff_dst,
                                         const float* weights, const double* saved, void* diff_src, float* diff_weights,
                                         float* diff_bias) noexcept {
  QUERN_TRY(prepare(norm));
  QUERN_TRY(check_pointers("layer_norm", src && diff_dst && saved));
  ran("layer_norm");
  const quern_layer_norm& d = *norm;
  if (diff_weights != nullptr || diff_bias != nullptr) {
    backward_weights(d, f32(src), f32(diff_dst), saved, diff_weights, diff_bias);
  }
  if (diff_src == nullptr) return QUERN_OK;
  parallel_ranges(d.rows, 16384 / d.length + 1, [&](int64_t begin, int64_t end) {
    const int64_t at = begin * d.length;
    kernels().layer_norm_backward(end - begin, d.length, d.rms == 1, f32(src) + at, f32(diff_dst) + at, weights,
                                  saved + begin, saved + d.rows + begin, f32(diff_src) + at);
  });
  return QUERN_OK;
}
