
#include "operators/elements.h"

using namespace quern;

extern "C" int quern_sigmoid_focal_loss(int64_t n, int64_t sum, double alpha, double gamma, const float* src,
                                        const float* targets, float* diff_src, double* loss) noexcept {
  QUERN_TRY(check_loss("sigmoid_focal", src && targets && loss, n, sum));
  if (!(alpha == -1 || (alpha >= 0 && alpha <= 1))) {
    return fail(QUERN_INVALID_ARGUMENT, "sigmoid_focal: alpha %g is neither in [0, 1] nor -1", alpha);
  }
  QUERN_TRY(check_not_negative("sigmoid_focal", "gamma", gamma));
  ran("sigmoid_focal");
  const double scale = loss_scale(sum, n);
  *loss = scale * sum_of_losses(n, 4096, [&](int64_t begin, int64_t end, double* part) {
            kernels().sigmoid_focal(end - begin, src + begin, targets + begin, alpha, gamma, scale,
                                    diff_src == nullptr ? nullptr : diff_src + begin, part);
          });
  return QUERN_OK;
}
