#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

using namespace quern;

extern "C" int quern_sgd_step(const quern_sgd* sgd, int64_t n, const float* diff, float* weights,
                              float* velocity) noexcept {
  QUERN_TRY(check_initialized("sgd"));
  QUERN_TRY(check_pointers("sgd", sgd && diff && weights && (velocity || sgd->momentum == 0)));
  QUERN_TRY(check_flag("sgd", "nesterov", sgd->nesterov));
  QUERN_TRY(check_flag("sgd", "first_step", sgd->first_step));
  QUERN_TRY(check_elements("sgd", n));
  ran("sgd");
  parallel_ranges(n, 16384, [&](int64_t begin, int64_t end) {
    kernels().sgd(*sgd, end - begin, diff + begin, weights + begin, velocity == nullptr ? nullptr : velocity + begin);
  });
  return QUERN_OK;
}
