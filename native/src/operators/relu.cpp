#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

using namespace quern;

namespace {
constexpr int64_t kGrain = 16384;

int check(bool pointers, int64_t n) noexcept {
  QUERN_TRY(check_initialized("relu"));
  QUERN_TRY(check_pointers("relu", pointers));
  int64_t ignored;
  return n < 0 ? fail(QUERN_INVALID_ARGUMENT, "relu: %lld elements", static_cast<long long>(n))
               : count("relu", "tensor", n, 1, 1, 1, &ignored);
}
}  // namespace

extern "C" int quern_relu_forward(int64_t n, const float* src, float* dst) noexcept {
  QUERN_TRY(check(src && dst, n));
  ran("relu");
  parallel_ranges(n, kGrain,
                  [&](int64_t begin, int64_t end) { kernels().relu_forward(end - begin, src + begin, dst + begin); });
  return QUERN_OK;
}

extern "C" int quern_relu_backward(int64_t n, const float* dst, const float* diff_dst, float* diff_src) noexcept {
  QUERN_TRY(check(dst && diff_dst && diff_src, n));
  ran("relu");
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().relu_backward(end - begin, dst + begin, diff_dst + begin, diff_src + begin);
  });
  return QUERN_OK;
}
