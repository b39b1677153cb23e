// sum, mean, amax, amin and prod against plain loops in double, both passes.
#pragma once

#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_reduction {

// Axes of src in some memory order, of which those that are kept lie in dst in the same.
struct Axes {
  std::vector<int64_t> sizes, src, dst;

  int64_t count() const { return static_cast<int64_t>(sizes.size()); }
  int64_t elements() const {
    int64_t n = 1;
    for (int64_t size : sizes) n *= size;
    return n;
  }
  int64_t outputs() const {
    int64_t n = 1;
    for (size_t k = 0; k < sizes.size(); k++) n *= dst[k] == 0 ? 1 : sizes[k];
    return n;
  }
  int64_t place(int64_t element, const std::vector<int64_t>& strides) const {
    int64_t at = 0;
    for (size_t k = sizes.size(); k-- > 0; element /= sizes[k]) at += element % sizes[k] * strides[k];
    return at;
  }
};

// A mask of the axes that go.
inline Axes axes(Random* random, const std::vector<int64_t>& sizes, uint64_t gone, bool shuffled) {
  Axes a;
  a.sizes = sizes;
  std::vector<size_t> order;
  for (size_t k = 0; k < sizes.size(); k++) {
    order.insert(order.begin() + (shuffled ? random->between(0, static_cast<int64_t>(k)) : 0), k);
  }
  a.src.resize(sizes.size());
  a.dst.resize(sizes.size());
  int64_t from = 1, to = 1;
  for (size_t k : order) {
    a.src[k] = from;
    from *= sizes[k];
    a.dst[k] = gone >> k & 1 ? 0 : to;
    if (a.dst[k] > 0) to *= sizes[k];
  }
  return a;
}

inline const char* name(int64_t kind) {
  static const char* const names[] = {"sum", "mean", "amax", "amin", "prod"};
  return names[kind];
}

// What each output is made of: places in src.
inline std::vector<std::vector<int64_t>> parts(const Axes& a) {
  std::vector<std::vector<int64_t>> parts(static_cast<size_t>(a.outputs()));
  for (int64_t e = 0; e < a.elements(); e++) {
    parts[static_cast<size_t>(a.place(e, a.dst))].push_back(a.place(e, a.src));
  }
  return parts;
}

inline double reduced(int64_t kind, const Guarded<float>& src, const std::vector<int64_t>& of) {
  double y = kind == QUERN_PROD ? 1 : kind == QUERN_AMAX ? -INFINITY : kind == QUERN_AMIN ? INFINITY : 0;
  for (int64_t at : of) {
    const double x = src[at];
    y = kind == QUERN_PROD   ? y * x
        : kind == QUERN_AMAX ? std::fmax(x, y)
        : kind == QUERN_AMIN ? std::fmin(x, y)
                             : x + y;
  }
  return kind == QUERN_MEAN ? y / static_cast<double>(of.size()) : y;
}

// How much of the output's gradient flows to the number at `at`.
inline double share(int64_t kind, const Guarded<float>& src, const std::vector<int64_t>& of, double y, int64_t at) {
  if (kind == QUERN_SUM) return 1;
  if (kind == QUERN_MEAN) return 1 / static_cast<double>(of.size());
  double others = 1, equal = 0;
  for (int64_t i : of) {
    if (i != at) others *= src[i];
    equal += src[i] == y;
  }
  return kind == QUERN_PROD ? others : src[at] == y ? 1 / equal : 0;
}

inline void check(int64_t kind, const Axes& a, Guard side) {
  Random random(static_cast<uint64_t>(a.elements()) + 7);
  Guarded<float> src(a.elements(), side), dst(a.outputs(), side), again(a.outputs(), side);
  Guarded<float> diff_dst(a.outputs(), side), diff_src(a.elements(), side), diff_again(a.elements(), side);
  const int64_t reduced_to = a.outputs() > 0 ? a.elements() / a.outputs() : 1;
  // ties; in products few zeros, and numbers near 1
  const float factors[] = {-1, 1, 65.0f / 64, 63.0f / 64};
  for (float& x : src) {
    x = static_cast<float>(random.between(-3, 3));
    if (kind == QUERN_PROD) x = random.between(0, 2 * reduced_to) == 0 ? 0.0f : factors[random.between(0, 3)];
  }
  for (float& x : diff_dst) x = static_cast<float>(random.between(-8, 8));
  const auto forward = [&](float* to) {
    return quern_reduction_forward(kind, QUERN_F32, a.count(), a.sizes.data(), a.src.data(), a.dst.data(), src.data(),
                                   to);
  };
  const auto backward = [&](float* to) {
    return quern_reduction_backward(kind, QUERN_F32, a.count(), a.sizes.data(), a.src.data(), a.dst.data(),
                                    kind <= QUERN_MEAN ? nullptr : src.data(),
                                    kind == QUERN_AMAX || kind == QUERN_AMIN ? dst.data() : nullptr, diff_dst.data(),
                                    to);
  };
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(forward(dst.data()));
  CHECK(ran(name(kind)));
  CHECK_OK(backward(diff_src.data()));
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(forward(again.data()));
  CHECK_OK(backward(diff_again.data()));
  CHECK(std::memcmp(dst.data(), again.data(), sizeof(float) * static_cast<size_t>(dst.size())) == 0);
  CHECK(std::memcmp(diff_src.data(), diff_again.data(), sizeof(float) * static_cast<size_t>(diff_src.size())) == 0);

  const auto all = parts(a);
  for (size_t o = 0; o < all.size(); o++) {
    const auto at = static_cast<int64_t>(o);
    const double y = reduced(kind, src, all[o]);
    CHECK(close_to(dst[at], y, std::fabs(y) * 0x1.01p-24));
    const size_t checked = kind == QUERN_SUM || all[o].size() < 200 ? all[o].size() : 5;
    for (size_t k = 0; k < checked; k++) {
      const double g = diff_dst[at] * share(kind, src, all[o], y, all[o][k]);
      CHECK(close_to(diff_src[all[o][k]], g, std::fabs(g) * 0x1p-23));
    }
  }
}

}  // namespace of_reduction
