// Arithmetic by strides against a plain loop.
#pragma once

#include <vector>

#include "binary_check.h"

namespace of_broadcast {

using Numbers = std::vector<int64_t>;

struct Strides {
  Numbers sizes, a, b, dst;

  int64_t axes() const { return static_cast<int64_t>(sizes.size()); }
  int64_t elements() const {
    int64_t n = 1;
    for (int64_t size : sizes) n *= size;
    return n;
  }
  // One more than the farthest element's place.
  int64_t reach(const Numbers& strides) const {
    int64_t last = 0;
    for (size_t k = 0; k < sizes.size(); k++) last += (sizes[k] - 1) * strides[k];
    return last + 1;
  }
  int64_t place(int64_t element, const Numbers& strides) const {
    int64_t at = 0;
    for (size_t k = sizes.size(); k-- > 0; element /= sizes[k]) at += element % sizes[k] * strides[k];
    return at;
  }
};

// Strides in some order of the axes, 0 where a bit of `repeats` is set.
inline Numbers strides(Random* random, const Numbers& sizes, uint64_t repeats, int64_t gap) {
  Numbers order, out(sizes.size());
  for (int64_t k = 0; k < static_cast<int64_t>(sizes.size()); k++)
    order.insert(order.begin() + random->between(0, k), k);
  int64_t next = 1;
  for (int64_t k : order) {
    const auto axis = static_cast<size_t>(k);
    out[axis] = (repeats >> k & 1) != 0 ? 0 : next;
    if (out[axis] != 0) next *= sizes[axis] * random->between(1, gap);
  }
  return out;
}

// An axis may be repeated in both inputs.
inline Strides drawn(Random* random, int64_t axes, int64_t most, bool plain) {
  Strides s;
  for (int64_t k = 0; k < axes; k++) s.sizes.push_back(random->between(1, most));
  const uint64_t of_a = plain ? 0 : random->next(), of_b = plain ? 0 : random->next();
  Random packed = *random;  // the same order, so that axes are joined now and then
  s.a = strides(&packed, s.sizes, of_a, 1);
  packed = *random;
  s.dst = strides(&packed, s.sizes, 0, 1);
  s.b = strides(random, s.sizes, of_b, 2);
  return s;
}

inline void check(int64_t kind, const Strides& s, Guard side) {
  in_case("%s (%lld), %lld axes, %lld elements", of_binary::kNames[kind], (long long)kind, (long long)s.axes(),
          (long long)s.elements());
  Random random(static_cast<uint64_t>(s.elements() + kind));
  const auto guarded = [&](const Numbers& strides) { return Guarded<float>(s.reach(strides), side); };
  Guarded<float> a = guarded(s.a), b = guarded(s.b), dst = guarded(s.dst), diff = guarded(s.dst);
  Guarded<float> diff_a = guarded(s.a), diff_b = guarded(s.b);
  for (float& v : a) v = random.value(Values::Integers);
  for (float& v : b) v = random.value(Values::Integers);
  for (float& v : diff) v = random.value(Values::Floats);
  for (float& v : b) v = v == 0 ? 0.5f : v;
  for (float& v : dst) v = 7;
  if (kind == QUERN_POW) {
    for (float& v : a) v = std::fabs(v) + 0.25f;
  }
  const auto forward = [&](float* to) {
    return quern_broadcast_forward(kind, QUERN_F32, s.axes(), s.sizes.data(), s.a.data(), s.b.data(), s.dst.data(),
                                   a.data(), b.data(), to);
  };
  const auto backward = [&](float* to_a, float* to_b) {
    return quern_broadcast_backward(kind, QUERN_F32, s.axes(), s.sizes.data(), s.a.data(), s.b.data(), s.dst.data(),
                                    a.data(), b.data(), diff.data(), to_a, to_b);
  };
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(forward(dst.data()));
  CHECK(ran(of_binary::kNames[kind]));
  CHECK_OK(backward(diff_a.data(), diff_b.data()));
  std::vector<double> sum_a(static_cast<size_t>(a.size())), sum_b(static_cast<size_t>(b.size()));
  std::vector<double> most_a = sum_a, most_b = sum_b;
  for (int64_t e = 0; e < s.elements(); e++) {
    const auto at_a = static_cast<size_t>(s.place(e, s.a)), at_b = static_cast<size_t>(s.place(e, s.b));
    const double x = a[static_cast<int64_t>(at_a)], y = b[static_cast<int64_t>(at_b)], g = diff[s.place(e, s.dst)];
    const double wanted = of_binary::value(kind, x, y, 7);
    CHECK(close_to(dst[s.place(e, s.dst)], wanted, of_binary::off(wanted)));
    sum_a[at_a] += of_binary::to_a(kind, x, y, g);
    most_a[at_a] += std::fabs(of_binary::to_a(kind, x, y, g));
    sum_b[at_b] += of_binary::to_b(kind, x, y, g);
    most_b[at_b] += std::fabs(of_binary::to_b(kind, x, y, g));
  }
  for (int64_t e = 0; e < s.elements(); e++) {
    const int64_t at_a = s.place(e, s.a), at_b = s.place(e, s.b);
    const auto i = static_cast<size_t>(at_a), j = static_cast<size_t>(at_b);
    CHECK(close_to(diff_a[at_a], sum_a[i], of_binary::off(most_a[i])));
    CHECK(close_to(diff_b[at_b], sum_b[j], of_binary::off(most_b[j])));
  }
  CHECK_OK(quern_set_threads(many_threads));
  Guarded<float> dst3 = guarded(s.dst), diff_a3 = guarded(s.a), diff_b3 = guarded(s.b);
  for (float& v : dst3) v = 7;
  CHECK_OK(forward(dst3.data()));
  CHECK_OK(backward(diff_a3.data(), nullptr));
  CHECK_OK(backward(nullptr, diff_b3.data()));
  for (int64_t e = 0; e < s.elements(); e++) {
    CHECK(dst3[s.place(e, s.dst)] == dst[s.place(e, s.dst)]);
    CHECK(diff_a3[s.place(e, s.a)] == diff_a[s.place(e, s.a)] && diff_b3[s.place(e, s.b)] == diff_b[s.place(e, s.b)]);
  }
}

}  // namespace of_broadcast
