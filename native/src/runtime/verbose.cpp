#include "runtime/verbose.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kPeakSteps = 250000, kPeakChains = 12;

double peak_operations() noexcept { return 2.0 * static_cast<double>(kernels().lanes * kPeakChains * kPeakSteps); }

// The minimum of several runs, because other load on the machine only increases the time.
template <typename Body>
double least_seconds(Body&& body) noexcept {
  double least = 0.0;
  for (int repeat = 0; repeat < 10; repeat++) {
    const auto start = std::chrono::steady_clock::now();
    body();
    const double t = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (repeat == 0 || t < least) least = t;
  }
  return least;
}

double measure_peak() noexcept {
  return peak_operations() / least_seconds([] { kernels().fma_steps(kPeakSteps); });
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

extern "C" int quern_speed(double* operations, double* bytes) noexcept {
  QUERN_TRY(check_initialized("speed"));
  QUERN_TRY(check_pointers("speed", operations != nullptr && bytes != nullptr));
  constexpr int64_t kPieces = 64, kPiece = int64_t{1} << 19;  // 32 MiB read and as much written
  const std::unique_ptr<char[]> from(new (std::nothrow) char[kPieces * kPiece]());
  const std::unique_ptr<char[]> to(new (std::nothrow) char[kPieces * kPiece]());
  if (from == nullptr || to == nullptr) return fail(QUERN_OUT_OF_MEMORY, "speed: out of memory for a copy of 32 MiB");
  const int64_t each = threads();
  *operations = static_cast<double>(each) * peak_operations() /
                least_seconds([&] { parallel_for(each, [](int64_t) { kernels().fma_steps(kPeakSteps); }); });
  *bytes =
      2.0 * kPieces * kPiece / least_seconds([&] {
        parallel_for(kPieces, [&](int64_t i) { std::memcpy(to.get() + i * kPiece, from.get() + i * kPiece, kPiece); });
      });
  return QUERN_OK;
}
