#include "runtime/verbose.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "kernels/kernels.h"
#include "runtime/checks.h"

namespace quern {
namespace {

double measure_peak() noexcept {
  constexpr int64_t kSteps = 250000, kChains = 12;
  double best = 0.0;
  for (int repeat = 0; repeat < 10; repeat++) {
    const auto start = std::chrono::steady_clock::now();
    kernels().fma_steps(kSteps);
    const double t = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    best = std::max(best, 2.0 * static_cast<double>(kernels().lanes * kChains * kSteps) / t);
  }
  return best;
}

}  // namespace

bool verbose() noexcept {
  static const bool on = [] {
    const char* value = std::getenv("QUERN_VERBOSE");
    return value != nullptr && std::strcmp(value, "1") == 0;
  }();
  return on;
}

double fma_peak() noexcept {
  static const double peak = measure_peak();
  return peak;
}

}  // namespace quern

using namespace quern;

extern "C" int quern_fma_peak(double* result) noexcept {
  QUERN_TRY(check_initialized("fma_peak"));
  QUERN_TRY(check_pointers("fma_peak", result != nullptr));
  *result = measure_peak();
  return QUERN_OK;
}
