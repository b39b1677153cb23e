#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

int check(const quern_rmsprop& d) noexcept {
  QUERN_TRY(check_not_negative("rmsprop", "lr", d.lr));
  QUERN_TRY(check_rate("rmsprop", "alpha", d.alpha));
  QUERN_TRY(check_not_negative("rmsprop", "eps", d.eps));
  QUERN_TRY(check_not_negative("rmsprop", "weight_decay", d.weight_decay));
  QUERN_TRY(check_not_negative("rmsprop", "momentum", d.momentum));
  return check_flag("rmsprop", "centered", d.centered);
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_rmsprop_step(const quern_rmsprop* rmsprop, int64_t n, const float* diff, float* weights,
                                  float* square, float* velocity, float* average) noexcept {
  QUERN_TRY(check_initialized("rmsprop"));
  QUERN_TRY(check_pointers("rmsprop", rmsprop && diff && weights && square));
  QUERN_TRY(check(*rmsprop));
  const quern_rmsprop& d = *rmsprop;
  const bool moving = d.momentum > 0, centered = d.centered != 0;
  QUERN_TRY(check_pointers("rmsprop", (velocity || !moving) && (average || !centered)));
  QUERN_TRY(check_elements("rmsprop", n));
  ran("rmsprop");
  const RmsPropStep step{static_cast<float>(d.alpha),        static_cast<float>(1 - d.alpha), static_cast<float>(d.eps),
                         static_cast<float>(d.weight_decay), static_cast<float>(d.momentum),  static_cast<float>(d.lr)};
  parallel_ranges(n, 16384, [&](int64_t begin, int64_t end) {
    kernels().rmsprop(step, end - begin, diff + begin, weights + begin, square + begin,
                      moving ? velocity + begin : nullptr, centered ? average + begin : nullptr);
  });
  return QUERN_OK;
}
