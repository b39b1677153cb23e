// Compiled for the machine that it runs on.
#include "peak.h"

#include <chrono>

namespace {
#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif
typedef float Vec __attribute__((vector_size(kLanes * sizeof(float))));
constexpr int kChains = 12;
}  // namespace

double fma_peak() {
  double best = 0.0;
  for (int repeat = 0; repeat < 10; repeat++) {
    Vec sums[kChains] = {};
    Vec factor;
    for (int i = 0; i < kLanes; i++) factor[i] = 0.5f;
    constexpr int kSteps = 1000000;
    const auto start = std::chrono::steady_clock::now();
    for (int step = 0; step < kSteps; step++) {
#pragma GCC unroll 12
      for (int c = 0; c < kChains; c++) {
        sums[c] = sums[c] * factor + factor;
        asm volatile("" : "+v"(sums[c]));  // neither removed nor merged
      }
    }
    const double t = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double rate = 2.0 * kLanes * kChains * kSteps / t;
    if (rate > best) best = rate;
  }
  return best;
}
