// Vector operations of optimizers: scaling, clipping, averaging, norms.
#include <cmath>

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

using namespace quern;

namespace {
constexpr int64_t kGrain = 16384;

int check(const char* op, bool pointers, int64_t n) noexcept {
  QUERN_TRY(check_initialized(op));
  QUERN_TRY(check_pointers(op, pointers));
  int64_t ignored;
  return n < 0 ? fail(QUERN_INVALID_ARGUMENT, "%s: %lld elements", op, static_cast<long long>(n))
               : count(op, "tensor", n, 1, 1, 1, &ignored);
}

int check_factor(const char* op, const char* what, double value, double least) noexcept {
  if (value >= least && std::isfinite(value)) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "%s: %s %g is not a number of at least %g", op, what, value, least);
}
}  // namespace

extern "C" int quern_scale(int64_t n, double factor, float* x) noexcept {
  QUERN_TRY(check("scale", x != nullptr, n));
  QUERN_TRY(check_factor("scale", "factor", factor, 0));
  ran("scale");
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().scale(end - begin, static_cast<float>(factor), x + begin);
  });
  return QUERN_OK;
}

extern "C" int quern_clip(int64_t n, double limit, float* x) noexcept {
  QUERN_TRY(check("clip", x != nullptr, n));
  QUERN_TRY(check_factor("clip", "limit", limit, 0));
  ran("clip");
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().clip(end - begin, static_cast<float>(limit), x + begin);
  });
  return QUERN_OK;
}

extern "C" int quern_lerp(int64_t n, double weight, const float* x, float* y) noexcept {
  QUERN_TRY(check("lerp", x && y, n));
  QUERN_TRY(check_factor("lerp", "weight", weight, 0));
  ran("lerp");
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().lerp(end - begin, static_cast<float>(weight), x + begin, y + begin);
  });
  return QUERN_OK;
}

extern "C" int quern_sum_squares(int64_t n, const float* x, double* result) noexcept {
  QUERN_TRY(check("sum_squares", x && result, n));
  ran("sum_squares");
  *result = parallel_sum(n, kGrain, [&](int64_t begin, int64_t end) {
    double sum = 0.0;
    kernels().add_squares(end - begin, x + begin, &sum);
    return sum;
  });
  return QUERN_OK;
}
