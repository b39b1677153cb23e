// The output of QUERN_VERBOSE=1 for each call of a convolution.
#include <cstdio>

#include "conv2d/conv2d.h"
#include "runtime/threads.h"
#include "runtime/verbose.h"

namespace quern {
namespace {
const char* const passes[] = {"forward", "backward_data", "backward_weights"};  // by quern_pass
}  // namespace

Conv2dReport::Conv2dReport(const Conv2d& conv, quern_pass which, const Conv2dImplementation* taken,
                           const Conv2dImplementation* running) noexcept
    : c(conv), pass(which), chosen(taken), runs(running), on(verbose()) {
  if (on) start = std::chrono::steady_clock::now();
}

Conv2dReport::~Conv2dReport() {
  if (!on) return;
  const double t = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  char refusals[512] = "";
  size_t used = 0;
  for (const Conv2dEntry* e = conv2d_list(); e->implementation != nullptr && e->implementation != runs; e++) {
    const char* why = conv2d_refusal(*e, c, pass);
    if (why == nullptr && e->implementation == chosen) why = "leaves another few remaining pixels";
    if (why == nullptr && conv2d_costs_less(*chosen, *e->implementation, c)) why = "costs more by the model";
    if (why == nullptr || used >= sizeof refusals) continue;
    const int written = std::snprintf(refusals + used, sizeof refusals - used, "%s%s: %s", used == 0 ? " (" : "; ",
                                      e->implementation->name, why);
    used += written > 0 ? static_cast<size_t>(written) : 0;
  }
  const double operations = 2.0 * static_cast<double>(c.rows) * static_cast<double>(c.weights);
  const Windows& w = c.w;
  std::fprintf(stderr,
               "quern: conv2d %s %lldx%lldx%lldx%lld to %lldx%lldx%lld, kernel %lldx%lld, stride %lldx%lld, groups "
               "%lld: %s%s%s, %.3f ms, %.1f GFLOP/s, %.0f %% of the FMA peak of %d threads\n",
               passes[pass], static_cast<long long>(c.batch), static_cast<long long>(c.groups * w.channels),
               static_cast<long long>(w.in_height), static_cast<long long>(w.in_width),
               static_cast<long long>(c.out_channels), static_cast<long long>(w.out_height),
               static_cast<long long>(w.out_width), static_cast<long long>(w.kernel_height),
               static_cast<long long>(w.kernel_width), static_cast<long long>(w.stride_height),
               static_cast<long long>(w.stride_width), static_cast<long long>(c.groups), runs->name, refusals,
               used == 0 ? "" : ")", t * 1e3, operations / t / 1e9, 100 * operations / t / (fma_peak() * threads()),
               threads());
}

}  // namespace quern
