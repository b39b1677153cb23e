// relu: values at the kink and beyond, in place, and what is refused.
#include "guarded.h"
#include "numbers.h"

namespace {

// A NaN stays, since it is not at most 0.
float relu(float x) { return x <= 0 ? 0.0f : x; }
float relu_diff(float x, float diff) { return x <= 0 ? 0.0f : diff; }

bool same(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void fill(Guarded<float>* values, Random* random) {
  const float special[] = {0.0f, -0.0f, 1e-45f, -1e-45f, 3e38f, -3e38f, INFINITY, -INFINITY, NAN};
  for (float& v : *values) v = random->between(0, 3) == 0 ? special[random->between(0, 8)] : random->real();
}

void compare(int64_t n, Guard side) {
  Random random(static_cast<uint64_t>(n));
  Guarded<float> src(n, side), dst(n, side), diff_dst(n, side), from_dst(n, side), from_src(n, side);
  fill(&src, &random);
  fill(&diff_dst, &random);
  CHECK_OK(quern_relu_forward(n, src.data(), dst.data()));
  CHECK(ran("relu"));
  CHECK_OK(quern_relu_backward(n, dst.data(), diff_dst.data(), from_dst.data()));
  CHECK_OK(quern_relu_backward(n, src.data(), diff_dst.data(), from_src.data()));
  for (int64_t i = 0; i < n; i++) {
    CHECK(same(dst[i], relu(src[i])));
    CHECK(same(from_dst[i], relu_diff(src[i], diff_dst[i])));
    CHECK(same(from_src[i], relu_diff(src[i], diff_dst[i])));
  }
  CHECK_OK(quern_relu_backward(n, src.data(), diff_dst.data(), diff_dst.data()));
  CHECK_OK(quern_relu_forward(n, src.data(), src.data()));
  for (int64_t i = 0; i < n; i++) CHECK(same(src[i], dst[i]) && same(diff_dst[i], from_src[i]));
}

void sizes() {
  for (int threads : {1, 3}) {
    CHECK_OK(quern_set_threads(threads));
    for (int64_t n : {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 1009, 16383, 16384, 16385, 50021}) {
      in_case("%lld elements, %d threads", static_cast<long long>(n), threads);
      compare(n, Guard::After);
      compare(n, Guard::Before);
    }
  }
  in_case("%s", "");
}

void refusals() {
  float* f = untouchable<float>();
  const char* text = "relu: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_relu_forward(1, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_relu_forward(1, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_relu_backward(1, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_relu_backward(1, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_relu_backward(1, f, f, nullptr));
  for (int64_t n : {int64_t{-1}, INT64_MIN}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "relu: -", quern_relu_forward(n, f, f));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "relu: -", quern_relu_backward(n, f, f, f));
  }
  for (int64_t n : {(int64_t{1} << 53) + 1, INT64_MAX}) {
    CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_relu_forward(n, f, f));
    CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_relu_backward(n, f, f, f));
  }
}

}  // namespace

int main() {
  start();
  sizes();
  refusals();
  return finish();
}
