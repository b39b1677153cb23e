// uniform: values against a plain Philox, whatever the threads, and what is refused.
#include "uniform_check.h"

namespace {

using namespace of_uniform;

// Of Random123, for the yardstick itself.
void knows_the_known_answers() {
  const uint32_t zero[4] = {}, ones[4] = {~0u, ~0u, ~0u, ~0u};
  const uint32_t pi[4] = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
  uint32_t out[4];
  philox(zero, 0, out);
  CHECK(out[0] == 0x6627e8d5 && out[1] == 0xe169c58d && out[2] == 0xbc57ac4c && out[3] == 0x9b00dbd8);
  philox(ones, ~uint64_t{0}, out);
  CHECK(out[0] == 0x408f276d && out[1] == 0x41c83b0e && out[2] == 0xa20bc7c6 && out[3] == 0x6d5451fd);
  philox(pi, 0x299f31d0a4093822u, out);
  CHECK(out[0] == 0xd16cfe09 && out[1] == 0x94fdcceb && out[2] == 0x5001e420 && out[3] == 0x24126ea1);
}

void sizes() {
  for (int threads : {1, 3}) {
    CHECK_OK(quern_set_threads(threads));
    for (int64_t n : {0, 1, 2, 15, 16, 17, 63, 64, 65, 1009, 16383, 16384, 16385, 50021}) {
      in_case("%lld values, %d threads", static_cast<long long>(n), threads);
      compare(n, n % 2 == 0 ? 7 : INT64_MIN + n, n % 5, 0.25f, Guard::After);
      compare(n, -1 - n, INT32_MAX - n, 1e-3f, Guard::Before);
    }
  }
  in_case("%s", "");
}

void refusals() {
  float* f = untouchable<float>();
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "uniform: a required pointer is null", quern_uniform(1, 0, 0, 1, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "uniform: -1 elements", quern_uniform(-1, 0, 0, 1, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "uniform: part", quern_uniform(1, 0, -1, 1, f));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_uniform(INT64_MAX, 0, 0, 1, f));
  for (float bound : {-1.0f, NAN, INFINITY}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "uniform: bound", quern_uniform(1, 0, 0, bound, f));
  }
}

}  // namespace

int main() {
  start();
  knows_the_known_answers();
  sizes();
  refusals();
  return finish();
}
