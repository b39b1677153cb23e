#include <cfloat>

#include "kernels/kernels.h"
#include "operators/bytes.h"
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

}  // namespace

int check_steps(const char* op, float scale, int64_t zero, int64_t low, int64_t high) noexcept {
  if (!(scale >= FLT_MIN && scale <= 1.0f / FLT_MIN)) {
    return fail(QUERN_INVALID_ARGUMENT, "%s: scale %g is outside [%g, %g]", op, static_cast<double>(scale), FLT_MIN,
                1.0 / FLT_MIN);
  }
  QUERN_TRY(check_byte(op, "low", low, 0, 255));
  QUERN_TRY(check_byte(op, "high", high, low, 255));
  return check_byte(op, "zero", zero, low, high);
}

int check_ratio(const char* op, double ratio) noexcept {
  if (ratio <= 0x1p100) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "%s: a step of the input is %g of the output's, more than 2^100", op, ratio);
}

int check_byte_window(const char* op, int64_t height, int64_t width) noexcept {
  constexpr int64_t kMost = 1 << 23;
  if (height * width <= kMost) return QUERN_OK;
  return fail(QUERN_UNSUPPORTED, "%s: windows of %lldx%lld pixels, at most 2^23 are allowed for int8", op,
              static_cast<long long>(height), static_cast<long long>(width));
}

int prepare_mean(const char* op, const ByteScale& from, const ByteScale& to, bool to_bytes, Int8Mean* mean,
                 double* unit) noexcept {
  QUERN_TRY(check_steps(op, from.scale, from.zero, from.low, from.high));
  QUERN_TRY(check_steps(op, to.scale, to.zero, to.low, to.high));
  *unit = static_cast<double>(from.scale) / (to_bytes ? static_cast<double>(to.scale) : 1.0);
  QUERN_TRY(check_ratio(op, *unit));
  mean->to_bytes = to_bytes;
  mean->to = byte_steps(to.zero, to.low, to.high);
  return QUERN_OK;
}

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

extern "C" int quern_lookup(int64_t n, const void* src, const void* table, void* dst) noexcept {
  QUERN_TRY(check_initialized("lookup"));
  QUERN_TRY(check_pointers("lookup", src && table && dst));
  QUERN_TRY(check_elements("lookup", n));
  ran("lookup");
  const auto* from = static_cast<const uint8_t*>(src);
  const auto* values = static_cast<const uint8_t*>(table);
  auto* to = static_cast<uint8_t*>(dst);
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    int8_kernels()->lookup(end - begin, from + begin, values, to + begin);
  });
  return QUERN_OK;
}
