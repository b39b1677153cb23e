// max_pool2d against plain loops: values, indices, ties, NaN; and what is refused.
#include "max_pool2d_check.h"

namespace {

using namespace of_max_pool2d;

void check(const quern_pool2d& d, uint64_t seed) {
  in_pool_case(d, seed);
  for (Guard side : {Guard::After, Guard::Before}) {
    for (Values kind : {Values::Integers, Values::Floats}) {  // nine different integers: many ties
      Image src = pool_src(d, side);
      Random random(seed);
      src.fill(&random, kind);
      check_on(d, src, kind, side);
      check_bf16(d, src, side);
      check_bytes(d, &random, side);
    }
  }
  in_case("%s", "");
}

// Windows side by side, whose backward pass adds nothing; rows longer and shorter than vectors.
void tiles() {
  check(pool(2, 1, 28, 28, 2, 2), 1);
  check(pool(1, 1, 6, 70, 2, 2), 2);
  check(pool(2, 19, 8, 6, 2, 2), 3);
  check(pool(1, 33, 9, 6, 3, 3), 4);
  check(pool(1, 1, 9, 36, 3, 3), 5);
  check(pool(1, 1, 9, 37, 2, 2), 6);  // a column and a row of nobody's
}

void special_values() {
  const quern_pool2d d = pool(1, 3, 6, 6, 3, 1, 1);
  const float values[] = {NAN, INFINITY, kMinusInfinity, 0.0f, -0.0f, 1.0f, -3e38f, 3e38f};
  Random random(5);
  for (int round = 0; round < 20; round++) {
    in_case("special values, round %d", round);
    Image src = pool_src(d, Guard::After);
    for (int64_t p = 0; p < src.pixels(); p++) {
      // NaN in every other round only: they cover each other
      for (int64_t c = 0; c < d.channels; c++) src.at(p, c) = values[random.between(round % 2, 7)];
    }
    check_on(d, src, Values::Integers, Guard::After);
    check_bf16(d, src, Guard::After);
  }
  in_case("%s", "");
}

void refusals() {
  float* f = untouchable<float>();
  int32_t* i = untouchable<int32_t>();
  using Call = int (*)(const quern_pool2d*);
  const Call calls[] = {[](const quern_pool2d* d) {
                          return quern_max_pool2d_forward(d, untouchable<float>(), untouchable<float>(), nullptr);
                        },
                        [](const quern_pool2d* d) {
                          return quern_max_pool2d_backward(d, untouchable<float>(), untouchable<int32_t>(),
                                                           untouchable<float>());
                        }};
  pool_fields_out_of_range(calls);
  pool_shapes(calls);
  const quern_pool2d good = pool(1, 1, 2, 2, 2, 2);
  const char* text = "max_pool2d: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_max_pool2d_forward(&good, nullptr, f, i));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_max_pool2d_forward(&good, f, nullptr, i));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_max_pool2d_backward(&good, nullptr, i, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_max_pool2d_backward(&good, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_max_pool2d_backward(&good, f, i, nullptr));
}

}  // namespace

int main() {
  start();
  each_pool_case(check);
  tiles();
  special_values();
  refusals();
  return finish();
}
