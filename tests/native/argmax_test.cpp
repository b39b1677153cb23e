// argmax and argmin along any axis in any memory order against a plain loop; NaN; what is refused.
#include "argmax_check.h"

namespace {

using namespace of_reduction;
using of_argmax::check_places;

void refusals() {
  float* f = untouchable<float>();
  const int64_t sizes[] = {2, 3}, strides[] = {3, 1}, last[] = {1, 0}, both[] = {0, 0}, huge[] = {2, (1 << 24) + 1};
  const auto run = [&](int64_t kind, int64_t select, const int64_t* of, const int64_t* dst) {
    return quern_argmax(kind, select, QUERN_F32, 2, of, strides, dst, f, f);
  };
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "argmax: kind 0 is neither amax nor amin", run(QUERN_SUM, 0, sizes, last));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "argmin: select_last 2", run(QUERN_AMIN, 2, sizes, last));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "argmax: reduces 2 axes, not 1", run(QUERN_AMAX, 0, sizes, both));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "argmax: an axis of 16777217 is longer than float32 can index",
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
