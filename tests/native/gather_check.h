// gather against a plain loop, there and back.
#pragma once

#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_gather {

struct Gathering {
  std::vector<int64_t> sizes, src, dst;  // of dst, and strides
  int64_t axis, src_size;
  std::vector<int32_t> indices;

  std::vector<int64_t> src_sizes() const {
    std::vector<int64_t> of = sizes;
    of[static_cast<size_t>(axis)] = src_size;
    return of;
  }
};

// One more than the farthest element's place.
inline int64_t reach(const std::vector<int64_t>& sizes, const std::vector<int64_t>& strides) {
  int64_t last = 0;
  for (size_t k = 0; k < sizes.size(); k++) {
    if (sizes[k] == 0) return 0;
    last += (sizes[k] - 1) * strides[k];
  }
  return last + 1;
}

inline int64_t elements(const std::vector<int64_t>& sizes) {
  int64_t n = 1;
  for (int64_t size : sizes) n *= size;
  return n;
}

// Calls body(place in dst, place in src) for each number that is copied.
template <typename Body>
void each(const Gathering& g, Body&& body) {
  for (int64_t e = 0; e < elements(g.sizes); e++) {
    int64_t to = 0, from = 0, rest = e;
    for (size_t k = g.sizes.size(); k-- > 0; rest /= g.sizes[k]) {
      const int64_t i = rest % g.sizes[k];
      to += i * g.dst[k];
      from += (k == static_cast<size_t>(g.axis) ? g.indices[static_cast<size_t>(i)] : i) * g.src[k];
    }
    body(to, from);
  }
}

// For each position of src, those of dst that came from it.
struct Back {
  std::vector<int32_t> starts{0}, places;
  explicit Back(const Gathering& g) {
    for (int64_t p = 0; p < g.src_size; p++) {
      for (size_t i = 0; i < g.indices.size(); i++) {
        if (g.indices[i] == p) places.push_back(static_cast<int32_t>(i));
      }
      starts.push_back(static_cast<int32_t>(places.size()));
    }
  }
};

template <typename T>
void fill(Guarded<T>* to, const std::vector<T>& from) {
  for (size_t i = 0; i < from.size(); i++) (*to)[static_cast<int64_t>(i)] = from[i];
}

inline void check(const Gathering& g, Guard side) {
  const std::vector<int64_t> src_sizes = g.src_sizes();
  const int64_t axes = static_cast<int64_t>(g.sizes.size());
  Guarded<float> src(reach(src_sizes, g.src), side), dst(reach(g.sizes, g.dst), side), again(dst.size(), side);
  Guarded<int32_t> indices(static_cast<int64_t>(g.indices.size()), side);
  fill(&indices, g.indices);
  for (int64_t i = 0; i < src.size(); i++) src[i] = static_cast<float>(i + 1);
  const auto forward = [&](float* to) {
    return quern_gather(QUERN_F32, axes, g.sizes.data(), g.src.data(), g.dst.data(), g.axis, g.src_size, indices.data(),
                        nullptr, src.data(), to);
  };
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(forward(dst.data()));
  CHECK(ran("gather"));
  each(g, [&](int64_t to, int64_t from) { CHECK(dst[to] == src[from]); });
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(forward(again.data()));
  CHECK(std::memcmp(dst.data(), again.data(), sizeof(float) * static_cast<size_t>(dst.size())) == 0);

  const Back back(g);
  Guarded<int32_t> starts(static_cast<int64_t>(back.starts.size()), side), places(indices.size(), side);
  fill(&starts, back.starts);
  fill(&places, back.places);
  Guarded<float> sums(src.size(), side), sums_again(src.size(), side);
  std::vector<double> wanted(static_cast<size_t>(src.size()));
  each(g, [&](int64_t to, int64_t from) { wanted[static_cast<size_t>(from)] += static_cast<double>(dst[to]); });
  const auto backward = [&](float* to) {
    return quern_gather(QUERN_F32, axes, src_sizes.data(), g.dst.data(), g.src.data(), g.axis, g.sizes[(size_t)g.axis],
                        places.data(), starts.data(), dst.data(), to);
  };
  CHECK_OK(backward(sums.data()));
  Gathering all = g;  // every place of src once
  all.sizes = src_sizes;
  all.indices.clear();
  for (int32_t p = 0; p < g.src_size; p++) all.indices.push_back(p);
  each(all, [&](int64_t, int64_t at) { CHECK(sums[at] == static_cast<float>(wanted[static_cast<size_t>(at)])); });
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(backward(sums_again.data()));
  CHECK(std::memcmp(sums.data(), sums_again.data(), sizeof(float) * static_cast<size_t>(src.size())) == 0);
}

// Strides of packed axes, in an order of their own.
inline std::vector<int64_t> packed(Random* random, const std::vector<int64_t>& sizes, bool shuffled) {
  std::vector<size_t> order;
  for (size_t k = 0; k < sizes.size(); k++) {
    const int64_t at = shuffled ? random->between(0, static_cast<int64_t>(k)) : 0;
    order.insert(order.begin() + at, k);
  }
  std::vector<int64_t> strides(sizes.size());
  int64_t next = 1;
  for (size_t k : order) {
    strides[k] = next;
    next *= sizes[k] > 0 ? sizes[k] : 1;
  }
  return strides;
}

inline Gathering drawn(Random* random, int64_t axes, int64_t most, bool shuffled) {
  Gathering g;
  for (int64_t k = 0; k < axes; k++) g.sizes.push_back(random->between(1, most));
  g.axis = random->between(0, axes - 1);
  g.src_size = random->between(1, most);
  for (int64_t i = 0; i < g.sizes[static_cast<size_t>(g.axis)]; i++) {
    g.indices.push_back(static_cast<int32_t>(random->between(0, g.src_size - 1)));
  }
  g.src = packed(random, g.src_sizes(), shuffled);
  g.dst = packed(random, g.sizes, shuffled);
  return g;
}

// A row of n numbers from one of src_size, behind and before other axes.
inline Gathering long_one(int64_t before, int64_t n, int64_t src_size, int64_t behind) {
  Gathering g;
  Random random(static_cast<uint64_t>(n));
  g.sizes = {before, n, behind};
  g.axis = 1;
  g.src_size = src_size;
  for (int64_t i = 0; i < n; i++) g.indices.push_back(static_cast<int32_t>(random.between(0, src_size - 1)));
  g.src = packed(&random, g.src_sizes(), false);
  g.dst = packed(&random, g.sizes, false);
  return g;
}

}  // namespace of_gather
