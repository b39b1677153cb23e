// What QUERN_VERBOSE=1 says of each call of a convolution.
#include <cstdio>

#include "conv2d/conv2d.h"
#include "runtime/threads.h"
#include "runtime/verbose.h"

namespace quern {

Conv2dReport::Conv2dReport(const Conv2d& conv, const char* which, const Conv2dImplementation* taken) noexcept
    : c(conv), pass(which), chosen(taken), on(verbose()) {
  if (on) start = std::chrono::steady_clock::now();
}

Conv2dReport::~Conv2dReport() {
  if (!on) return;
  const double t = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  char refusals[512] = "";
  size_t used = 0;
  for (const Conv2dImplementation* const* i = conv2d_implementations(); *i != nullptr && *i != chosen; i++) {
    const char* why = conv2d_refusal(**i, c);
    if (why == nullptr && conv2d_costs_less(*chosen, **i, c)) why = "costs more by the model";
    if (why == nullptr || used >= sizeof refusals) continue;
    const int written =
        std::snprintf(refusals + used, sizeof refusals - used, "%s%s: %s", used == 0 ? " (" : "; ", (*i)->name, why);
    used += written > 0 ? static_cast<size_t>(written) : 0;
  }
  const double operations = 2.0 * static_cast<double>(c.rows) * static_cast<double>(c.weights);
  const Windows& w = c.w;
  std::fprintf(stderr,
               "quern: conv2d %s %lldx%lldx%lldx%lld to %lldx%lldx%lld, kernel %lldx%lld, stride %lldx%lld, groups "
               "%lld: %s%s%s, %.3f ms, %.1f GFLOP/s, %.0f %% of the FMA peak of %d threads\n",
               pass, static_cast<long long>(c.batch), static_cast<long long>(c.groups * w.channels),
               static_cast<long long>(w.in_height), static_cast<long long>(w.in_width),
               static_cast<long long>(c.out_channels), static_cast<long long>(w.out_height),
               static_cast<long long>(w.out_width), static_cast<long long>(w.kernel_height),
               static_cast<long long>(w.kernel_width), static_cast<long long>(w.stride_height),
               static_cast<long long>(w.stride_width), static_cast<long long>(c.groups), chosen->name, refusals,
               used == 0 ? "" : ")", t * 1e3, operations / t / 1e9, 100 * operations / t / (fma_peak() * threads()),
               threads());
}

}  // namespace quern
