// strided_copy against a plain loop.
#pragma once

#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_strided_copy {

struct Strides {
  std::vector<int64_t> sizes, src, dst;

  int64_t axes() const { return static_cast<int64_t>(sizes.size()); }
  int64_t elements() const {
    int64_t n = 1;
    for (int64_t size : sizes) n *= size;
    return n;
  }
  // One more than the farthest element's place.
  int64_t reach(const std::vector<int64_t>& strides) const {
    if (elements() == 0) return 0;
    int64_t last = 0;
    for (size_t k = 0; k < sizes.size(); k++) last += (sizes[k] - 1) * strides[k];
    return last + 1;
  }
  int64_t place(int64_t element, const std::vector<int64_t>& strides) const {
    int64_t at = 0;
    for (size_t k = sizes.size(); k-- > 0; element /= sizes[k]) at += element % sizes[k] * strides[k];
    return at;
  }
  int run(const void* from, void* to) const {
    return quern_strided_copy(QUERN_F32, axes(), sizes.data(), src.data(), dst.data(), from, to);
  }
};

inline void check(const Strides& s, Guard side) {
  Guarded<float> from(s.reach(s.src), side), to(s.reach(s.dst), side), again(s.reach(s.dst), side);
  for (int64_t i = 0; i < from.size(); i++) from[i] = static_cast<float>(i + 1);
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(s.run(from.data(), to.data()));
  CHECK(ran("strided_copy"));
  for (int64_t e = 0; e < s.elements(); e++) CHECK(to[s.place(e, s.dst)] == from[s.place(e, s.src)]);
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(s.run(from.data(), again.data()));
  CHECK(std::memcmp(to.data(), again.data(), sizeof(float) * static_cast<size_t>(to.size())) == 0);
}

// Sizes in some order on one side, each with a gap behind it; on the other packed.
inline Strides drawn(Random* random, int64_t axes, int64_t most, bool scattered) {
  Strides s;
  std::vector<int64_t> order;
  for (int64_t k = 0; k < axes; k++) {
    s.sizes.push_back(random->between(1, most));
    order.insert(order.begin() + random->between(0, k), k);
  }
  std::vector<int64_t> packed(s.sizes.size()), loose(s.sizes.size());
  int64_t next = 1;
  for (int64_t k = axes - 1; k >= 0; k--) {
    packed[static_cast<size_t>(k)] = next;
    next *= s.sizes[static_cast<size_t>(k)];
  }
  next = 1;
  for (int64_t k : order) {
    const auto axis = static_cast<size_t>(k);
    loose[axis] = next * random->between(1, 2);
    next = loose[axis] * s.sizes[axis];
  }
  s.src = scattered ? packed : loose;
  s.dst = scattered ? loose : packed;
  return s;
}

}  // namespace of_strided_copy
