#include "kernels/kernels.h"
#include "operators/bytes.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

using namespace quern;

extern "C" int quern_add(int64_t type, int64_t n, const void* a, const void* b, void* dst) noexcept {
  QUERN_TRY(check_initialized("add"));
  QUERN_TRY(check_pointers("add", a && b && dst));
  QUERN_TRY(check_type("add", "type", type));
  int64_t ignored;
  if (n < 0) return fail(QUERN_INVALID_ARGUMENT, "add: %lld elements", static_cast<long long>(n));
  QUERN_TRY(count("add", "tensor", n, 1, 1, 1, &ignored));
  ran("add");
  parallel_ranges(n, 16384, [&](int64_t begin, int64_t end) {
    kernels().add(end - begin, f32(a) + begin, f32(b) + begin, f32(dst) + begin);
  });
  return QUERN_OK;
}

extern "C" int quern_add_bytes(int64_t n, const void* a, float a_scale, int64_t a_zero, const void* b, float b_scale,
                               int64_t b_zero, void* dst, float dst_scale, int64_t dst_zero, int64_t low,
                               int64_t high) noexcept {
  QUERN_TRY(check_initialized("add"));
  QUERN_TRY(check_pointers("add", a && b && dst));
  QUERN_TRY(check_elements("add", n));
  QUERN_TRY(check_steps("add", a_scale, a_zero, 0, 255));
  QUERN_TRY(check_steps("add", b_scale, b_zero, 0, 255));
  QUERN_TRY(check_steps("add", dst_scale, dst_zero, low, high));
  const double unit = dst_scale, of_a = a_scale / unit, of_b = b_scale / unit;
  QUERN_TRY(check_ratio("add", of_a));
  QUERN_TRY(check_ratio("add", of_b));
  ran("add");
  const Int8Operand from_a{static_cast<float>(a_zero), static_cast<float>(of_a)};
  const Int8Operand from_b{static_cast<float>(b_zero), static_cast<float>(of_b)};
  const Int8Steps to = byte_steps(dst_zero, low, high);
  parallel_ranges(n, 16384, [&](int64_t begin, int64_t end) {
    int8_kernels()->sum(end - begin, static_cast<const uint8_t*>(a) + begin, from_a,
                        static_cast<const uint8_t*>(b) + begin, from_b, to, static_cast<uint8_t*>(dst) + begin);
  });
  return QUERN_OK;
}
