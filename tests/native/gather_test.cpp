// gather along any axis in any memory order against a plain loop, there and back; and what is refused.
#include "gather_check.h"

namespace {

using namespace of_gather;

void refusals() {
  float* f = untouchable<float>();
  const int64_t sizes[] = {2, 3}, strides[] = {3, 1}, negative[] = {3, -1};
  const int32_t good[] = {0, 3, 3}, low[] = {0, -1, 0}, high[] = {0, 4, 0};
  const int32_t starts[] = {0, 2, 2, 3}, descend[] = {0, 2, 1, 3}, late[] = {1, 2, 2, 3};
  const auto run = [&](int64_t axes, int64_t axis, int64_t src_size, const int32_t* indices, const int32_t* from,
                       const int64_t* src_strides, const int64_t* dst_strides) {
    return quern_gather(QUERN_F32, axes, sizes, src_strides, dst_strides, axis, src_size, indices, from, f, f);
  };
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "gather: axes 0 are outside [1, 8]",
                run(0, 0, 4, good, nullptr, strides, strides));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "gather: axis 2 is outside [0, 2)",
                run(2, 2, 4, good, nullptr, strides, strides));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "gather: axis -1 is outside [0, 2)",
                run(2, -1, 4, good, nullptr, strides, strides));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "gather: src_size -1", run(2, 1, -1, good, nullptr, strides, strides));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "gather: index -1 at 1 is outside [0, 4)",
                run(2, 1, 4, low, nullptr, strides, strides));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "gather: index 4 at 1 is outside [0, 4)",
                run(2, 1, 4, high, starts, strides, strides));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "gather: start 1 at 2 does not ascend from 0",
                run(2, 1, 4, good, descend, strides, strides));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "gather: start 1 at 0 does not ascend from 0",
                run(2, 1, 4, good, late, strides, strides));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "source stride -1 is negative", run(2, 1, 4, good, nullptr, negative, strides));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "destination stride -1 is negative",
                run(2, 1, 4, good, nullptr, strides, negative));
  const char* text = "gather: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, run(2, 1, 4, nullptr, nullptr, strides, strides));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, run(2, 1, 4, good, nullptr, nullptr, strides));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, run(2, 1, 4, good, nullptr, strides, nullptr));
}

}  // namespace

int main() {
  start();
  for (Guard side : {Guard::After, Guard::Before}) {
    for (int64_t axes = 1; axes <= 8; axes++) {
      Random random(static_cast<uint64_t>(axes));
      for (int i = 0; i < 12; i++) {
        in_case("%lld axes, case %d", (long long)axes, i);
        check(drawn(&random, axes, axes < 4 ? 40 : axes < 6 ? 6 : 3, i % 2 == 0), side);
      }
    }
    in_case("%s", "");
    check(long_one(1, 70000, 300, 1), side);  // several pieces of one row
    check(long_one(3, 5, 3, 20000), side);    // several pieces of each run
    check(long_one(300, 20, 6, 50), side);
    check(long_one(2, 40, 2, 300), side);  // sums of more numbers than are held at once
    check(long_one(0, 5, 3, 2), side);     // nothing
  }
  refusals();
  return finish();
}
