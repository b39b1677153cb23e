// What softmax and log_softmax must give, in long double.
#pragma once

#include <cfloat>
#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_softmax {

using Row = std::vector<long double>;

inline Row softmax(int64_t classes, const float* src) {
  long double most = src[0], sum = 0;
  for (int64_t i = 1; i < classes; i++) most = src[i] > most ? src[i] : most;
  Row row;
  for (int64_t i = 0; i < classes; i++) {
    row.push_back(expl(src[i] - most));
    sum += row.back();
  }
  for (long double& v : row) v /= sum;
  return row;
}

// The sum is taken in double: what remains is the rounding to float, or half the smallest float.
inline double rounding(long double value) { return std::fabs(static_cast<double>(value)) * 0x1.0001p-24 + 0x1p-150; }

// Of an exponential in float and its share of a sum: a few units in the last place.
inline double rounding_share(long double value) { return 5 * rounding(value); }

inline void fill(Guarded<float>* values, Random* random, float scale) {
  for (float& v : *values) v = random->real() * scale;
}

inline void compare_forward(int64_t rows, int64_t classes, const float* src, const float* dst) {
  for (int64_t r = 0; r < rows; r++) {
    const Row wanted = softmax(classes, src + r * classes);
    for (int64_t i = 0; i < classes; i++) {
      const long double value = wanted[static_cast<size_t>(i)];
      CHECK(close_to(dst[r * classes + i], static_cast<double>(value), rounding_share(value)));
    }
  }
}

inline void compare_backward(int64_t rows, int64_t classes, const float* dst, const float* diff_dst,
                             const float* diff_src) {
  for (int64_t r = 0; r < rows; r++, dst += classes, diff_dst += classes, diff_src += classes) {
    long double dot = 0, magnitude = 0;
    for (int64_t i = 0; i < classes; i++) {
      const long double term = static_cast<long double>(dst[i]) * diff_dst[i];
      dot += term;
      magnitude += fabsl(term);
    }
    for (int64_t i = 0; i < classes; i++) {
      const long double wanted = dst[i] * (diff_dst[i] - dot);
      const double slack = static_cast<double>(magnitude) * static_cast<double>(classes) * 1e-15;
      CHECK(close_to(diff_src[i], static_cast<double>(wanted), rounding(wanted) + slack));
    }
  }
}

// log softmax(x)[i] = (x[i] - max) - log(sum of exp(x - max)).
inline void compare_log(int64_t rows, int64_t classes, const float* src, const float* diff_dst, Guard side) {
  Guarded<float> dst(rows * classes, side), diff_src(rows * classes, side);
  CHECK_OK(quern_log_softmax_forward(QUERN_F32, rows, classes, src, dst.data()));
  CHECK(ran("log_softmax"));
  CHECK_OK(quern_log_softmax_backward(QUERN_F32, rows, classes, dst.data(), diff_dst, diff_src.data()));
  for (int64_t r = 0; r < rows; r++) {
    const float *x = src + r * classes, *dy = diff_dst + r * classes;
    long double most = x[0], sum = 0, diffs = 0;
    for (int64_t i = 1; i < classes; i++) most = x[i] > most ? x[i] : most;
    for (int64_t i = 0; i < classes; i++) {
      sum += expl(x[i] - most);
      diffs += dy[i];
    }
    for (int64_t i = 0; i < classes; i++) {
      const long double exact = (x[i] - most) - logl(sum), wanted = exact < -FLT_MAX ? -HUGE_VALL : exact;
      CHECK(close_to(dst[r * classes + i], static_cast<double>(wanted), rounding(exact) + 1e-18));
      const long double slope = dy[i] - expl(dst[r * classes + i]) * diffs;
      const double slack = static_cast<double>(classes) * 1e-15;
      CHECK(close_to(diff_src[r * classes + i], static_cast<double>(slope), rounding(slope) + slack));
    }
  }
}

inline void check(int64_t rows, int64_t classes, float scale, Guard side) {
  Random random(static_cast<uint64_t>(classes));
  Guarded<float> src(rows * classes, side), dst(rows * classes, side), diff_dst(rows * classes, side);
  Guarded<float> diff_src(rows * classes, side), dst3(rows * classes, side), diff_src3(rows * classes, side);
  fill(&src, &random, scale);
  fill(&diff_dst, &random, 1);
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_softmax_forward(QUERN_F32, rows, classes, src.data(), dst.data()));
  CHECK(ran("softmax"));
  compare_forward(rows, classes, src.data(), dst.data());
  CHECK_OK(quern_softmax_backward(QUERN_F32, rows, classes, dst.data(), diff_dst.data(), diff_src.data()));
  compare_backward(rows, classes, dst.data(), diff_dst.data(), diff_src.data());
  compare_log(rows, classes, src.data(), diff_dst.data(), side);
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(quern_softmax_forward(QUERN_F32, rows, classes, src.data(), dst3.data()));
  CHECK_OK(quern_softmax_backward(QUERN_F32, rows, classes, dst.data(), diff_dst.data(), diff_src3.data()));
  CHECK(std::memcmp(dst3.data(), dst.data(), sizeof(float) * dst.size()) == 0);
  CHECK(std::memcmp(diff_src3.data(), diff_src.data(), sizeof(float) * dst.size()) == 0);
}

}  // namespace of_softmax
