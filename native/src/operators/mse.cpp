#include "operators/elements.h"

using namespace quern;

extern "C" int quern_mse_loss(int64_t n, int64_t sum, const float* src, const float* targets, float* diff_src,
                              double* loss) noexcept {
  QUERN_TRY(check_loss("mse", src && targets && loss, n, sum));
  ran("mse");
  const double scale = loss_scale(sum, n);
  *loss = scale * sum_of_losses(n, 16384, [&](int64_t begin, int64_t end, double* part) {
            kernels().mse(end - begin, src + begin, targets + begin, scale,
                          diff_src == nullptr ? nullptr : diff_src + begin, part);
          });
  return QUERN_OK;
}
