// matmul against plain loops.
#pragma once

#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_matmul {

// Calls body(place in dst, in src, in other) for each product.
template <typename Body>
void each_term(const quern_matmul& d, Body&& body) {
  for (int64_t o = 0; o < d.batch * d.rows * d.columns; o++) {
    const int64_t matrix = o / (d.rows * d.columns), row = o / d.columns % d.rows, column = o % d.columns;
    for (int64_t i = 0; i < d.inner; i++) {
      body(o, (matrix * d.rows + row) * d.inner + i, (matrix * d.inner + i) * d.columns + column);
    }
  }
}

inline void compare(const Guarded<float>& got, const std::vector<Sum>& wanted, Values kind) {
  for (size_t i = 0; i < wanted.size(); i++) CHECK(close_to(got[static_cast<int64_t>(i)], wanted[i], kind));
}

inline bool same_bits(const Guarded<float>& a, const Guarded<float>& b) {
  return std::memcmp(a.data(), b.data(), static_cast<size_t>(a.size()) * sizeof(float)) == 0;
}

inline void check(const quern_matmul& d, Values kind, Guard side) {
  in_case("%lld products of %lldx%lld by %lldx%lld", (long long)d.batch, (long long)d.rows, (long long)d.inner,
          (long long)d.inner, (long long)d.columns);
  const int64_t a = d.batch * d.rows * d.inner, b = d.batch * d.inner * d.columns, c = d.batch * d.rows * d.columns;
  Guarded<float> src(a, side), other(b, side), diff(c, side), dst(c, side), diff_src(a, side), diff_other(b, side);
  Random random(static_cast<uint64_t>(a + 7 * b + 31 * c));
  for (float& v : src) v = random.value(kind);
  for (float& v : other) v = random.value(kind);
  for (float& v : diff) v = random.value(kind);
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_matmul_forward(&d, src.data(), other.data(), dst.data()));
  CHECK(ran("matmul"));
  CHECK_OK(quern_matmul_backward(&d, src.data(), other.data(), diff.data(), diff_src.data(), diff_other.data()));
  std::vector<Sum> sums(static_cast<size_t>(c)), to_src(static_cast<size_t>(a)), to_other(static_cast<size_t>(b));
  each_term(d, [&](int64_t o, int64_t i, int64_t j) {
    sums[static_cast<size_t>(o)].add(static_cast<double>(src[i]) * other[j]);
    to_src[static_cast<size_t>(i)].add(static_cast<double>(diff[o]) * other[j]);
    to_other[static_cast<size_t>(j)].add(static_cast<double>(diff[o]) * src[i]);
  });
  compare(dst, sums, kind);
  compare(diff_src, to_src, kind);
  compare(diff_other, to_other, kind);
  CHECK_OK(quern_set_threads(many_threads));
  Guarded<float> dst3(c, side), diff_src3(a, side), diff_other3(b, side);
  CHECK_OK(quern_matmul_forward(&d, src.data(), other.data(), dst3.data()));
  CHECK_OK(quern_matmul_backward(&d, src.data(), other.data(), diff.data(), diff_src3.data(), nullptr));
  CHECK_OK(quern_matmul_backward(&d, src.data(), other.data(), diff.data(), nullptr, diff_other3.data()));
  CHECK(same_bits(dst, dst3) && same_bits(diff_src, diff_src3) && same_bits(diff_other, diff_other3));
}

}  // namespace of_matmul
