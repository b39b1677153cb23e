// strided_copy of any number of axes in any order against a plain loop; and what is refused.
#include "strided_copy_check.h"

namespace {

using namespace of_strided_copy;

void refusals() {
  float* f = untouchable<float>();
  const auto run = [&](int64_t axes, int64_t size, int64_t src, int64_t dst) {
    const int64_t sizes[] = {size, 2, 1, 1, 1, 1, 1, 1}, from[] = {src, 1, 1, 1, 1, 1, 1, 1};
    const int64_t to[] = {dst, 1, 1, 1, 1, 1, 1, 1};
    return quern_strided_copy(QUERN_F32, axes, sizes, from, to, f, f);
  };
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "strided_copy: axes 0 are outside [1, 8]", run(0, 1, 1, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "strided_copy: axes 9 are outside [1, 8]", run(9, 1, 1, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "strided_copy: size -1", run(2, -1, 1, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "source stride -1 is negative", run(2, 3, -1, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "destination stride -1 is negative", run(2, 3, 1, -1));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "source is spread over more than 2^53", run(2, 3, int64_t{1} << 53, 1));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "destination is spread over more than 2^53", run(2, 3, 1, INT64_MAX));
  const int64_t one[] = {1};
  const char* text = "strided_copy: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_strided_copy(QUERN_F32, 1, nullptr, one, one, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_strided_copy(QUERN_F32, 1, one, nullptr, one, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_strided_copy(QUERN_F32, 1, one, one, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_strided_copy(QUERN_F32, 1, one, one, one, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_strided_copy(QUERN_F32, 1, one, one, one, f, nullptr));
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
    check({{3, 5}, {0, 1}, {5, 1}}, side);           // a constant for each sample
    check({{4, 0, 2}, {2, 2, 1}, {2, 2, 1}}, side);  // nothing
    check({{70000}, {2}, {1}}, side);                // several pieces
    check({{2, 300, 200}, {60000, 1, 300}, {60000, 200, 1}}, side);
  }
  refusals();
  return finish();
}
