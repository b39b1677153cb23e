#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

using namespace quern;

namespace {
constexpr int64_t kGrain = 16384;

int check(int64_t type, bool pointers, int64_t n) noexcept {
  QUERN_TRY(check_initialized("relu"));
  QUERN_TRY(check_pointers("relu", pointers));
  QUERN_TRY(check_type("relu", "type", type));
  int64_t ignored;
  return n < 0 ? fail(QUERN_INVALID_ARGUMENT, "relu: %lld elements", static_cast<long long>(n))
               : count("relu", "tensor", n, 1, 1, 1, &ignored);
}
}  // namespace

extern "C" int quern_relu_forward(int64_t type, int64_t n, const void* src, void* dst) noexcept {
  QUERN_TRY(check(type, src && dst, n));
  ran("relu");
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().relu_forward(end - begin, f32(src) + begin, f32(dst) + begin);
  });
  return QUERN_OK;
}

extern "C" int quern_relu_backward(int64_t type, int64_t n, const void* dst, const void* diff_dst,
                                   void* diff_src) noexcept {
  QUERN_TRY(check(type, dst && diff_dst && diff_src, n));
  ran("relu");
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().relu_backward(end - begin, f32(dst) + begin, f32(diff_dst) + begin, f32(diff_src) + begin);
  });
  return QUERN_OK;
}
