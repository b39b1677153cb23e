// argmax and argmin along any axis in any memory order against a plain loop; NaN; what is refused.
#include "reduction_check.h"

namespace {

using namespace of_reduction;

bool wins(float x, float best, bool smallest, bool last) {
  if (std::isnan(best)) return last && std::isnan(x);
  return std::isnan(x) || (smallest ? x < best : x > best) || (last && x == best);
}

void check_places(int64_t kind, bool last, const Axes& a, Guard side) {
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

void refusals() {
  float* f = untouchable<float>();
  const int64_t sizes[] = {2, 3}, strides[] = {3, 1}, last[] = {1, 0}, both[] = {0, 0}, huge[] = {2, (1 << 24) + 1};
  const auto run = [&](int64_t kind, int64_t select, const int64_t* of, const int64_t* dst) {
    return quern_argmax(kind, select, QUERN_F32, 2, of, strides, dst, f, f);
  };
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "argmax: kind 0 is neither amax nor amin", run(QUERN_SUM, 0, sizes, last));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "argmin: select_last 2", run(QUERN_AMIN, 2, sizes, last));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "argmax: 2 axes go, not 1", run(QUERN_AMAX, 0, sizes, both));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "argmax: an axis of 16777217 is longer than floats count",
                run(QUERN_AMAX, 0, huge, last));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "argmax: a required pointer is null", run(QUERN_AMAX, 0, sizes, nullptr));
}

}  // namespace

int main() {
  start();
  for (Guard side : {Guard::After, Guard::Before}) {
    for (int64_t kind : {QUERN_AMAX, QUERN_AMIN}) {
      for (bool last : {false, true}) {
        for (int64_t count = 1; count <= 8; count++) {
          Random random(static_cast<uint64_t>(count));
          for (int i = 0; i < 12; i++) {
            std::vector<int64_t> sizes;
            for (int64_t k = 0; k < count; k++) {
              sizes.push_back(random.between(1, count < 3 ? 90 : count < 5 ? 9 : 3));
            }
            in_case("kind %lld, %lld axes, case %d", (long long)kind, (long long)count, i);
            check_places(kind, last, axes(&random, sizes, 1u << random.between(0, count - 1), i % 2 == 0), side);
          }
        }
        Random random(1);
        for (uint64_t gone : {1, 2, 4}) check_places(kind, last, axes(&random, {3, 130, 67}, gone, false), side);
        check_places(kind, last, axes(&random, {0, 4, 5}, 2, false), side);
      }
    }
  }
  in_case("%s", "");
  refusals();
  return finish();
}
