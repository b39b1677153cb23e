// scale, clip, lerp and sum_squares against double arithmetic; bit-identical for any thread count; what is refused.
#include "vectors_check.h"

namespace {

using namespace of_vectors;

void same_bits() {
  const int64_t n = 1234567;
  Random random(7);
  std::vector<float> x(n);
  for (float& v : x) v = random.value(Values::Floats);
  CHECK_OK(quern_set_threads(1));
  double one = 0, other = 0;
  CHECK_OK(quern_sum_squares(n, x.data(), &one));
  for (int threads : {2, 3, 8}) {
    CHECK_OK(quern_set_threads(threads));
    CHECK_OK(quern_sum_squares(n, x.data(), &other));
    CHECK(one == other);
  }
}

void not_finite() {
  for (float bad : {NAN, INFINITY, -INFINITY}) {
    for (int64_t at : {0, 9, 40}) {
      std::vector<float> x(41, 3e38f);  // whose squares are finite in double
      double sum = 0;
      CHECK_OK(quern_sum_squares(41, x.data(), &sum));
      CHECK(std::isfinite(sum));
      x[static_cast<size_t>(at)] = bad;
      CHECK_OK(quern_sum_squares(41, x.data(), &sum));
      CHECK(!std::isfinite(sum));
    }
  }
  float nan = NAN;
  CHECK_OK(quern_clip(1, 1, &nan));
  CHECK(std::isnan(nan));
}

void refusals() {
  float* f = untouchable<float>();
  double* d = untouchable<double>();
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "scale: a required pointer is null", quern_scale(1, 1, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "clip: a required pointer is null", quern_clip(1, 1, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "lerp: a required pointer is null", quern_lerp(1, 1, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "lerp: a required pointer is null", quern_lerp(1, 1, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "sum_squares: a required pointer", quern_sum_squares(1, nullptr, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "sum_squares: a required pointer", quern_sum_squares(1, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "scale: -1 elements", quern_scale(-1, 1, f));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_sum_squares(INT64_MAX, f, d));
  for (double bad : {-1.0, static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "scale: factor", quern_scale(1, bad, f));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "clip: limit", quern_clip(1, bad, f));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "lerp: weight", quern_lerp(1, bad, f, f));
  }
}

}  // namespace

int main() {
  start();
  for (int threads : {1, 3}) {
    CHECK_OK(quern_set_threads(threads));
    for (int64_t n : {0, 1, 7, 8, 9, 31, 16384, 16385, 50001}) {
      in_case("%lld elements, %d threads", static_cast<long long>(n), threads);
      values(n, n % 2 ? Guard::Before : Guard::After);
    }
  }
  in_case("same bits");
  same_bits();
  not_finite();
  refusals();
  return finish();
}
