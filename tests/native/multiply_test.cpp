// multiply, of two sizes alike and by one value a channel, against plain loops; and what is refused.
#include "image.h"

namespace {

void check(int64_t n, int64_t pixels, int64_t other_pixels, int64_t c, Guard side) {
  in_case("%lldx%lldx%lld by %lld pixels", (long long)n, (long long)pixels, (long long)c, (long long)other_pixels);
  const auto whole = [&] { return Image(n, 1, pixels, c, c, side); };
  const auto part = [&] { return Image(n, 1, other_pixels, c, c, side); };
  Image a = whole(), b = part(), diff = whole(), dst = whole(), diff_a = whole(), diff_b = part();
  Random random(static_cast<uint64_t>(pixels * 100 + c));
  for (Image* i : {&a, &b, &diff}) i->fill(&random, Values::Floats);
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_multiply_forward(n, pixels, other_pixels, c, a.data(), b.data(), dst.data()));
  CHECK(ran("multiply"));
  CHECK_OK(quern_multiply_backward(n, pixels, other_pixels, c, a.data(), b.data(), diff.data(), diff_a.data(),
                                   diff_b.data()));
  CHECK(ran("multiply"));
  for (int64_t i = 0; i < c; i++) {
    for (int64_t q = 0; q < n * other_pixels; q++) {
      Sum sum;
      for (int64_t p = q * pixels / other_pixels; p < (q + 1) * pixels / other_pixels; p++) {
        CHECK(dst.at(p, i) == a.at(p, i) * b.at(q, i));
        CHECK(diff_a.at(p, i) == diff.at(p, i) * b.at(q, i));
        sum.add(static_cast<double>(diff.at(p, i)) * a.at(p, i));
      }
      CHECK(close_to(diff_b.at(q, i), sum.value, std::fabs(sum.value) * 0x1p-23 + 1e-12));
    }
  }
  CHECK_OK(quern_set_threads(3));
  Image diff_a3 = whole(), diff_b3 = part();
  CHECK_OK(
      quern_multiply_backward(n, pixels, other_pixels, c, a.data(), b.data(), diff.data(), diff_a3.data(), nullptr));
  CHECK_OK(
      quern_multiply_backward(n, pixels, other_pixels, c, a.data(), b.data(), diff.data(), nullptr, diff_b3.data()));
  CHECK(diff_a3.same_bits(diff_a) && diff_b3.same_bits(diff_b));
  CHECK_OK(quern_multiply_forward(n, pixels, other_pixels, c, a.data(), b.data(), a.data()));
  CHECK(a.same_bits(dst));
}

int forward(int64_t n, int64_t pixels, int64_t other_pixels, int64_t c) {
  float* f = untouchable<float>();
  return quern_multiply_forward(n, pixels, other_pixels, c, f, f, f);
}

int backward(int64_t n, int64_t pixels, int64_t other_pixels, int64_t c) {
  float* f = untouchable<float>();
  return quern_multiply_backward(n, pixels, other_pixels, c, f, f, f, f, f);
}

void refusals() {
  for (auto* call : {forward, backward}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "multiply: batch -1", call(-1, 1, 1, 1));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "multiply: -1 pixels", call(1, -1, -1, 1));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "multiply: channels 0", call(1, 1, 1, 0));
    CHECK_REFUSED(QUERN_INVALID_SHAPE, "multiply: other_pixels 2 is neither 1 nor pixels 4", call(1, 4, 2, 1));
    CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", call(1, INT64_MAX, 1, 2));
  }
  float* f = untouchable<float>();
  const char* text = "multiply: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_multiply_forward(1, 1, 1, 1, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_multiply_forward(1, 1, 1, 1, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_multiply_forward(1, 1, 1, 1, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_multiply_backward(1, 1, 1, 1, nullptr, f, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_multiply_backward(1, 1, 1, 1, f, nullptr, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_multiply_backward(1, 1, 1, 1, f, f, nullptr, f, f));
}

}  // namespace

int main() {
  start();
  for (Guard side : {Guard::After, Guard::Before}) {
    for (int64_t c : {1, 3, 8, 17, 63, 64, 65, 130}) {
      for (int64_t pixels : {1, 2, 35, 900}) {
        check(2, pixels, pixels, c, side);
        check(3, pixels, 1, c, side);
      }
    }
    check(0, 4, 1, 3, side);
  }
  in_case("%s", "");
  refusals();
  return finish();
}
