// dropout, dropout2d: masks against a plain Philox for every order of memory, in place, and what is refused.
#include "dropout_check.h"

namespace {

using namespace of_dropout;

void sizes() {
  const int64_t shapes[][3] = {{0, 3, 4},    {1, 0, 5},    {1, 1, 1},    {2, 1, 3},    {3, 127, 1},
                               {2, 128, 1},  {2, 129, 1},  {1, 1, 517},  {3, 2, 2},    {2, 16, 124},
                               {2, 17, 125}, {2, 15, 123}, {1, 33, 251}, {5, 3, 1024}, {40, 20, 49}};
  uint64_t key = (uint64_t{1} << 63) + 77;  // wraps round
  for (int threads : {1, 3}) {
    CHECK_OK(quern_set_threads(threads));
    for (const auto& s : shapes) {
      for (double p : {0.0, 0.1, 0.5, 1.0}) {
        for (int64_t whole : {0, 1}) {
          in_case("%lld x %lld channels x %lld pixels, p %g, %d threads", static_cast<long long>(s[0]),
                  static_cast<long long>(s[1]), static_cast<long long>(s[2]), p, threads);
          const quern_dropout d{s[0], s[1], s[2], whole, p, static_cast<int64_t>(key += 0x123456789abcdef)};
          compare(d, Guard::After);
          compare(d, Guard::Before);
        }
      }
    }
  }
  in_case("%s", "");
}

void refusals() {
  float* f = untouchable<float>();
  const quern_dropout good{1, 2, 3, 0, 0.5, 1};
  const auto refuse = [&](int status, const char* text, quern_dropout d) {
    CHECK_REFUSED(status, text, quern_dropout_apply(&d, f, f));
  };
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "null", quern_dropout_apply(nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "null", quern_dropout_apply(&good, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "null", quern_dropout_apply(&good, f, nullptr));
  refuse(QUERN_INVALID_ARGUMENT, "batch -1", {-1, 2, 3, 0, 0.5, 1});
  refuse(QUERN_INVALID_ARGUMENT, "channels -2", {1, -2, 3, 0, 0.5, 1});
  refuse(QUERN_INVALID_ARGUMENT, "pixels 2147483648", {1, 2, int64_t{1} << 31, 0, 0.5, 1});
  refuse(QUERN_INVALID_ARGUMENT, "whole_channels 2", {1, 2, 3, 2, 0.5, 1});
  refuse(QUERN_INVALID_ARGUMENT, "p -0.5 is outside", {1, 2, 3, 0, -0.5, 1});
  refuse(QUERN_INVALID_ARGUMENT, "p 1.5 is outside", {1, 2, 3, 0, 1.5, 1});
  refuse(QUERN_INVALID_ARGUMENT, "p nan is outside", {1, 2, 3, 0, NAN, 1});
  refuse(QUERN_INVALID_SHAPE, "more than 2^53", {1 << 30, 1 << 30, 3, 0, 0.5, 1});
}

}  // namespace

int main() {
  start();
  sizes();
  refusals();
  return finish();
}
