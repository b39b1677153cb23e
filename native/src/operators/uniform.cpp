#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

using namespace quern;

extern "C" int quern_uniform(int64_t n, int64_t seed, int64_t part, float bound, float* dst) noexcept {
  QUERN_TRY(check_initialized("uniform"));
  QUERN_TRY(check_pointers("uniform", dst != nullptr));
  QUERN_TRY(check_range("uniform", "part", part, 0));
  QUERN_TRY(check_not_negative("uniform", "bound", static_cast<double>(bound)));
  if (n < 0) return fail(QUERN_INVALID_ARGUMENT, "uniform: %lld elements", static_cast<long long>(n));
  int64_t ignored;
  QUERN_TRY(count("uniform", "tensor", n, 1, 1, 1, &ignored));
  ran("uniform");
  parallel_ranges(n, 16384, [&](int64_t begin, int64_t end) {
    kernels().uniform(begin, end - begin, static_cast<uint64_t>(seed), static_cast<uint32_t>(part), bound, dst + begin);
  });
  return QUERN_OK;
}
