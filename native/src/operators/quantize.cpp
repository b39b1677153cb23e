#include <cfloat>

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kGrain = 16384;

int check_byte(const char* op, const char* what, int64_t value, int64_t least, int64_t most) noexcept {
  if (value >= least && value <= most) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "%s: %s %lld is outside [%lld, %lld]", op, what, static_cast<long long>(value),
              static_cast<long long>(least), static_cast<long long>(most));
}

int check_steps(const char* op, float scale, int64_t zero, int64_t low, int64_t high) noexcept {
  if (!(scale >= FLT_MIN && scale <= 1.0f / FLT_MIN)) {
    return fail(QUERN_INVALID_ARGUMENT, "%s: scale %g is outside [%g, %g]", op, static_cast<double>(scale), FLT_MIN,
                1.0 / FLT_MIN);
  }
  QUERN_TRY(check_byte(op, "low", low, 0, 255));
  QUERN_TRY(check_byte(op, "high", high, low, 255));
  return check_byte(op, "zero", zero, low, high);
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_quantize(int64_t n, const void* src, float scale, int64_t zero, int64_t low, int64_t high,
                              void* dst) noexcept {
  QUERN_TRY(check_initialized("quantize"));
  QUERN_TRY(check_pointers("quantize", src && dst));
  QUERN_TRY(check_elements("quantize", n));
  QUERN_TRY(check_steps("quantize", scale, zero, low, high));
  ran("quantize");
  auto* to = static_cast<uint8_t*>(dst);
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().quantize(end - begin, f32(src) + begin, scale, static_cast<float>(low - zero),
                       static_cast<float>(high - zero), static_cast<int32_t>(zero), to + begin);
  });
  return QUERN_OK;
}

extern "C" int quern_dequantize(int64_t n, const void* src, float scale, int64_t zero, void* dst) noexcept {
  QUERN_TRY(check_initialized("dequantize"));
  QUERN_TRY(check_pointers("dequantize", src && dst));
  QUERN_TRY(check_elements("dequantize", n));
  QUERN_TRY(check_steps("dequantize", scale, zero, 0, 255));
  ran("dequantize");
  const auto* from = static_cast<const uint8_t*>(src);
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().dequantize(end - begin, from + begin, scale, static_cast<int32_t>(zero), f32(dst) + begin);
  });
  return QUERN_OK;
}

extern "C" int quern_quantize_weights(int64_t channels, int64_t n, const float* src, float* scales, float* rounded,
                                      void* steps) noexcept {
  QUERN_TRY(check_initialized("quantize_weights"));
  QUERN_TRY(check_pointers("quantize_weights", src && scales));
  QUERN_TRY(check_range("quantize_weights", "channels", channels, 1));
  QUERN_TRY(check_range("quantize_weights", "n", n, 1));
  int64_t all;
  QUERN_TRY(count("quantize_weights", "weight", channels, n, 1, 1, &all));
  ran("quantize_weights");
  parallel_ranges(channels, kGrain / n, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; c++) {
      const float* from = src + c * n;
      float most;
      kernels().largest(n, from, &most);
      scales[c] = most / 127.0f < FLT_MIN ? 1.0f : most / 127.0f;
      if (rounded) kernels().round_weights(n, from, scales[c], rounded + c * n);
      if (steps) kernels().quantize_weights(n, from, scales[c], static_cast<int8_t*>(steps) + c * n);
    }
  });
  return QUERN_OK;
}
