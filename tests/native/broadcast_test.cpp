// Arithmetic of two tensors by strides against a plain loop: orders of memory, repeated axes, long and short ones, the
// bit-identical results for any number of threads; and what is refused.
#include "broadcast_check.h"

namespace {

using namespace of_broadcast;

void all_kinds(const Strides& s) {
  for (int64_t kind = QUERN_ADD; kind <= QUERN_UNLESS; kind++) {
    check(kind, s, Guard::After);
    check(kind, s, Guard::Before);
  }
}

// What does not choose is not looked at, NaN or not.
void no_nan_leaks() {
  const float condition[] = {1, 0, NAN, -2}, a[] = {1, NAN, 3, 4}, b[] = {NAN, 6, NAN, NAN}, diff[] = {1, 2, 3, 4};
  const int64_t size = 4, one = 1;
  float dst[4], diff_a[4], diff_b[4];
  const auto forward = [&](int64_t kind, const float* other) {
    return quern_broadcast_forward(kind, QUERN_F32, 1, &size, &one, &one, &one, condition, other, dst);
  };
  const auto backward = [&](int64_t kind, const float* other, float* to) {
    return quern_broadcast_backward(kind, QUERN_F32, 1, &size, &one, &one, &one, condition, other, diff, nullptr, to);
  };
  CHECK_OK(forward(QUERN_UNLESS, b));
  CHECK_OK(forward(QUERN_WHEN, a));
  CHECK(dst[0] == 1 && dst[1] == 6 && dst[2] == 3 && dst[3] == 4);
  CHECK_OK(backward(QUERN_WHEN, a, diff_a));
  CHECK_OK(backward(QUERN_UNLESS, b, diff_b));
  CHECK(diff_a[0] == 1 && diff_a[1] == 0 && diff_a[2] == 3 && diff_a[3] == 4);
  CHECK(diff_b[0] == 0 && diff_b[1] == 2 && diff_b[2] == 0 && diff_b[3] == 0);
}

int call(bool forward, int64_t kind, int64_t axes, int64_t size, int64_t stride) {
  float* f = untouchable<float>();
  const Numbers sizes(9, size), strides(9, stride), ones(9, 0);
  return forward ? quern_broadcast_forward(kind, QUERN_F32, axes, sizes.data(), strides.data(), ones.data(),
                                           ones.data(), f, f, f)
                 : quern_broadcast_backward(kind, QUERN_F32, axes, sizes.data(), ones.data(), strides.data(),
                                            ones.data(), f, f, f, f, f);
}

void refusals() {
  for (bool forward : {true, false}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "binary: kind 14 is not one of 0 to 13", call(forward, 14, 1, 1, 1));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "binary: kind -1", call(forward, -1, 1, 1, 1));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "add: axes 0", call(forward, QUERN_ADD, 0, 1, 1));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pow: axes 9 are outside [1, 8]", call(forward, QUERN_POW, 9, 1, 1));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "compare: size -1", call(forward, QUERN_LESS, 1, -1, 1));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "stride -1 is negative", call(forward, QUERN_ADD, 1, 3, -1));
    CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", call(forward, QUERN_ADD, 2, 1000, int64_t{1} << 52));
    CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", call(forward, QUERN_ADD, 8, 1000000, 0));
  }
  float* f = untouchable<float>();
  const int64_t one = 1, *n = &one;
  const char* text = "where: a required pointer is null";
  const auto forward = [&](const int64_t* sizes, const int64_t* strides, const float* a, const float* b, float* dst) {
    return quern_broadcast_forward(QUERN_WHEN, QUERN_F32, 1, sizes, n, strides, n, a, b, dst);
  };
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, forward(nullptr, n, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, forward(n, nullptr, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, forward(n, n, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, forward(n, n, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, forward(n, n, f, f, nullptr));
}

}  // namespace

int main() {
  start();
  Random random(11);
  for (int i = 0; i < (full_suite() ? 20 : 6); i++) {
    for (int64_t axes = 1; axes <= 8; axes++) all_kinds(drawn(&random, axes, axes < 4 ? 12 : 3, i % 4 == 0));
  }
  // long rows, in one piece and by a number each, and long sums
  all_kinds({{40009}, {1}, {1}, {1}});
  all_kinds({{2, 20011}, {20011, 1}, {0, 1}, {20011, 1}});
  all_kinds({{3, 17, 130}, {17, 1, 0}, {2210, 0, 17}, {2210, 1, 17}});
  all_kinds({{2, 900, 65}, {65, 0, 1}, {900, 1, 0}, {58500, 65, 1}});
  in_case("%s", "");
  no_nan_leaks();
  refusals();
  return finish();
}
