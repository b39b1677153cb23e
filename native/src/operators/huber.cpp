#include <cfloat>

#include "operators/elements.h"

using namespace quern;

extern "C" int quern_huber_loss(int64_t n, int64_t sum, double delta, const float* src, const float* targets,
                                float* diff_src, double* loss) noexcept {
  QUERN_TRY(check_loss("huber", src && targets && loss, n, sum));
  if (!(delta > 0 && delta <= DBL_MAX)) {
    return fail(QUERN_INVALID_ARGUMENT, "huber: delta %g is not a number above 0", delta);
  }
  ran("huber");
  const double scale = loss_scale(sum, n);
  *loss = scale * sum_of_losses(n, 16384, [&](int64_t begin, int64_t end, double* part) {
            kernels().huber(end - begin, src + begin, targets + begin, delta, scale,
                            diff_src == nullptr ? nullptr : diff_src + begin, part);
          });
  return QUERN_OK;
}
