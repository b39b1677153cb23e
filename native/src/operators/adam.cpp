#include <cmath>

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

int check(const quern_adam& d) noexcept {
  QUERN_TRY(check_not_negative("adam", "lr", d.lr));
  QUERN_TRY(check_rate("adam", "beta1", d.beta1));
  QUERN_TRY(check_rate("adam", "beta2", d.beta2));
  QUERN_TRY(check_not_negative("adam", "eps", d.eps));
  QUERN_TRY(check_not_negative("adam", "weight_decay", d.weight_decay));
  if (!(d.bias_correction1 > 0 && d.bias_correction1 <= 1 && d.bias_correction2 > 0 && d.bias_correction2 <= 1)) {
    return fail(QUERN_INVALID_ARGUMENT, "adam: bias corrections %g and %g are not inside (0, 1]", d.bias_correction1,
                d.bias_correction2);
  }
  return check_flag("adam", "decoupled", d.decoupled);
}

AdamStep step_of(const quern_adam& d) noexcept {
  AdamStep s;
  s.beta1 = static_cast<float>(d.beta1);
  s.rest1 = static_cast<float>(1 - d.beta1);
  s.beta2 = static_cast<float>(d.beta2);
  s.rest2 = static_cast<float>(1 - d.beta2);
  s.decay = d.decoupled ? 0.0f : static_cast<float>(d.weight_decay);
  s.shrink = d.decoupled ? static_cast<float>(1 - d.lr * d.weight_decay) : 1.0f;
  s.step = static_cast<float>(d.lr / d.bias_correction1);
  s.root_scale = static_cast<float>(1 / std::sqrt(d.bias_correction2));
  s.eps = static_cast<float>(d.eps);
  return s;
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_adam_step(const quern_adam* adam, int64_t n, const float* diff, float* weights, float* average,
                               float* square, float* largest) noexcept {
  QUERN_TRY(check_initialized("adam"));
  QUERN_TRY(check_pointers("adam", adam && diff && weights && average && square));
  QUERN_TRY(check(*adam));
  QUERN_TRY(check_elements("adam", n));
  ran("adam");
  const AdamStep step = step_of(*adam);
  parallel_ranges(n, 16384, [&](int64_t begin, int64_t end) {
    kernels().adam(step, end - begin, diff + begin, weights + begin, average + begin, square + begin,
                   largest == nullptr ? nullptr : largest + begin);
  });
  return QUERN_OK;
}
