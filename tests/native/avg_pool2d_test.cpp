// avg_pool2d against plain loops, with and without padding in the count; and what is refused.
#include "avg_pool2d_check.h"

namespace {

using namespace of_avg_pool2d;

void check(quern_pool2d d, uint64_t seed) {
  for (d.count_include_pad = 0; d.count_include_pad <= 1; d.count_include_pad++) {
    in_pool_case(d, seed);
    for (Guard side : {Guard::After, Guard::Before}) {
      for (Values kind : {Values::Integers, Values::Floats}) check_on(d, side, kind, seed);
    }
  }
  in_case("%s", "");
}

// Powers of two: exact.
void exact_averages() {
  const quern_pool2d d = pool(1, 1, 2, 4, 2, 2);
  const float src[] = {1, 2, 3, 4, 5, 6, 7, 9};
  float dst[2] = {}, diff_src[8] = {};
  CHECK_OK(quern_avg_pool2d_forward(&d, src, dst));
  CHECK(dst[0] == 3.5f && dst[1] == 5.75f);
  CHECK_OK(quern_avg_pool2d_backward(&d, dst, diff_src));
  for (int i = 0; i < 8; i++) CHECK(diff_src[i] == (i % 4 < 2 ? 0.875f : 1.4375f));
}

void refusals() {
  float* f = untouchable<float>();
  using Call = int (*)(const quern_pool2d*);
  const Call calls[] = {
      [](const quern_pool2d* d) { return quern_avg_pool2d_forward(d, untouchable<float>(), untouchable<float>()); },
      [](const quern_pool2d* d) { return quern_avg_pool2d_backward(d, untouchable<float>(), untouchable<float>()); }};
  pool_fields_out_of_range(calls);
  pool_shapes(calls);
  const quern_pool2d good = pool(1, 1, 4, 4, 2, 1);
  const char* text = "avg_pool2d: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_avg_pool2d_forward(&good, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_avg_pool2d_forward(&good, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_avg_pool2d_backward(&good, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_avg_pool2d_backward(&good, f, nullptr));
}

}  // namespace

int main() {
  start();
  each_pool_case(check);
  exact_averages();
  refusals();
  return finish();
}
