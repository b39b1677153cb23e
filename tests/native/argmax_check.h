// argmax and argmin against a plain loop.
#pragma once

#include "reduction_check.h"

namespace of_argmax {

using of_reduction::Axes;
using of_reduction::parts;

inline bool wins(float x, float best, bool smallest, bool last) {
  if (std::isnan(best)) return last && std::isnan(x);
  return std::isnan(x) || (smallest ? x < best : x > best) || (last && x == best);
}

inline void check_places(int64_t kind, bool last, const Axes& a, Guard side) {
  Random random(static_cast<uint64_t>(a.elements()) + 7);
  Guarded<float> src(a.elements(), side), dst(a.outputs(), side), again(a.outputs(), side);
  for (float& x : src) x = random.between(0, 40) == 0 ? NAN : static_cast<float>(random.between(-5, 5));
  const auto run = [&](float* to) {
    return quern_argmax(kind, last, QUERN_F32, a.count(), a.sizes.data(), a.src.data(), a.dst.data(), src.data(), to);
  };
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(run(dst.data()));
  CHECK(ran(kind == QUERN_AMAX ? "argmax" : "argmin"));
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(run(again.data()));
  CHECK(std::memcmp(dst.data(), again.data(), sizeof(float) * static_cast<size_t>(dst.size())) == 0);
  const auto all = parts(a);
  for (size_t o = 0; o < all.size(); o++) {
    size_t best = 0;
    for (size_t i = 1; i < all[o].size(); i++) {
      if (wins(src[all[o][i]], src[all[o][best]], kind == QUERN_AMIN, last)) best = i;
    }
    CHECK(dst[static_cast<int64_t>(o)] == static_cast<float>(best));
  }
}

}  // namespace of_argmax
