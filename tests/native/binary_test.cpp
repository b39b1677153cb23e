// Arithmetic and comparisons, of two sizes alike and by one value a channel, against plain loops; and what is
// refused.
#include "binary_check.h"

namespace {

using namespace of_binary;

int forward(int64_t kind, int64_t n, int64_t pixels, int64_t other_pixels, int64_t c) {
  float* f = untouchable<float>();
  return quern_binary_forward(kind, QUERN_F32, n, pixels, other_pixels, c, f, f, f);
}

int backward(int64_t kind, int64_t n, int64_t pixels, int64_t other_pixels, int64_t c) {
  float* f = untouchable<float>();
  return quern_binary_backward(kind, QUERN_F32, n, pixels, other_pixels, c, f, f, f, f, f);
}

void refusals() {
  for (auto* call : {forward, backward}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "binary: kind 12 is not one of 0 to 11", call(QUERN_WHEN, 1, 1, 1, 1));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "binary: kind -1", call(-1, 1, 1, 1, 1));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "subtract: batch -1", call(QUERN_SUBTRACT, -1, 1, 1, 1));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "divide: -1 pixels", call(QUERN_DIVIDE, 1, -1, -1, 1));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "maximum: channels 0", call(QUERN_MAXIMUM, 1, 1, 1, 0));
    CHECK_REFUSED(QUERN_INVALID_SHAPE, "other_pixels 2 is neither 1 nor pixels 4", call(QUERN_DIVIDE, 1, 4, 2, 1));
    CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", call(QUERN_MAXIMUM, 1, INT64_MAX, 1, 2));
  }
  float* f = untouchable<float>();
  const char* text = "add: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_binary_forward(0, QUERN_F32, 1, 1, 1, 1, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_binary_forward(0, QUERN_F32, 1, 1, 1, 1, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_binary_forward(0, QUERN_F32, 1, 1, 1, 1, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_binary_backward(0, QUERN_F32, 1, 1, 1, 1, f, f, nullptr, f, f));
}

void nan_wins() {
  const float a[] = {NAN, 1, NAN, 2}, b[] = {1, NAN, NAN, 3};
  float dst[4];
  CHECK_OK(quern_binary_forward(QUERN_MAXIMUM, QUERN_F32, 1, 4, 4, 1, a, b, dst));
  CHECK(std::isnan(dst[0]) && std::isnan(dst[1]) && std::isnan(dst[2]) && dst[3] == 3);
  CHECK_OK(quern_binary_forward(QUERN_MINIMUM, QUERN_F32, 1, 4, 4, 1, a, b, dst));
  CHECK(std::isnan(dst[0]) && std::isnan(dst[1]) && std::isnan(dst[2]) && dst[3] == 2);
}

void powers_are_cs() {
  const float values[] = {NAN, 0.0f, -0.0f, 1, -1, 2, -2, 0.5f, -3, 3, 16777215, INFINITY, -INFINITY, 1e-40f, 1e30f};
  for (float a : values) {
    for (float b : values) {
      float dst;
      CHECK_OK(quern_binary_forward(QUERN_POW, QUERN_F32, 1, 1, 1, 1, &a, &b, &dst));
      const float wanted = static_cast<float>(std::pow(static_cast<double>(a), static_cast<double>(b)));
      in_case("pow(%g, %g)", static_cast<double>(a), static_cast<double>(b));
      const bool signs = std::isnan(wanted) || std::signbit(dst) == std::signbit(wanted);
      CHECK(signs && close_to(dst, wanted, std::fabs(wanted) * 1e-6));
    }
  }
}

}  // namespace

int main() {
  start();
  for (Guard side : {Guard::After, Guard::Before}) {
    for (int64_t kind = QUERN_ADD; kind <= QUERN_GREATER_OR_EQUAL; kind++) {
      for (int64_t c : {1, 3, 8, 17, 64, 65, 130}) {
        for (int64_t pixels : {1, 2, 35, 900}) {
          if (!full_suite() && pixels == 900 && c != 65) continue;
          check(kind, 2, pixels, pixels, c, side);
          check(kind, 3, pixels, 1, c, side);
        }
      }
      check(kind, 0, 4, 1, 3, side);
    }
  }
  in_case("%s", "");
  nan_wins();
  powers_are_cs();
  in_case("%s", "");
  refusals();
  return finish();
}
