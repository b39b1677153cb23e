// max_pool2d against plain loops: values, indices, ties, NaN; and what is refused.
#include <vector>

#include "pool2d.h"

namespace {

constexpr float kMinusInfinity = -INFINITY;

struct Maximum {
  float value = kMinusInfinity;
  int64_t at = -1;  // y * width + x; -1 where the window sees no pixel
};

// The first of equals wins, and a NaN (the last one) over everything.
Maximum maximum(const quern_pool2d& d, const Image& src, int64_t image, int64_t row, int64_t column, int64_t c) {
  Maximum m;
  for (int64_t ky = 0; ky < d.kernel_height; ky++) {
    for (int64_t kx = 0; kx < d.kernel_width; kx++) {
      const int64_t y = row * d.stride_height - d.padding_height + ky * d.dilation_height;
      const int64_t x = column * d.stride_width - d.padding_width + kx * d.dilation_width;
      if (y < 0 || y >= d.in_height || x < 0 || x >= d.in_width) continue;
      const float value = src.at(src.pixel(image, y, x), c);
      if (m.at < 0 || value > m.value || std::isnan(value)) m = {value, y * d.in_width + x};
    }
  }
  return m;
}

bool same_value(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

struct Run {
  Image dst, inference, diff_src;  // inference: without indices
  Guarded<int32_t> indices;

  Run(const quern_pool2d& d, Guard side)
      : dst(pool_dst(d, side)),
        inference(pool_dst(d, side)),
        diff_src(pool_src(d, side)),
        indices(dst.elements(), side) {}

  void run(const quern_pool2d& d, const Image& src, const Image& diff_dst) {
    CHECK_OK(quern_max_pool2d_forward(&d, src.data(), dst.data(), indices.data()));
    CHECK(ran("max_pool2d"));
    CHECK_OK(quern_max_pool2d_forward(&d, src.data(), inference.data(), nullptr));
    CHECK_OK(quern_max_pool2d_backward(&d, diff_dst.data(), indices.data(), diff_src.data()));
  }
};

void compare(const quern_pool2d& d, const Image& src, const Image& diff_dst, Values kind, const Run& got) {
  std::vector<Sum> diff_src(static_cast<size_t>(src.elements()));
  for (int64_t p = 0; p < got.dst.pixels(); p++) {
    const int64_t image = p / (got.dst.h * got.dst.w);
    for (int64_t c = 0; c < d.channels; c++) {
      const Maximum m = maximum(d, src, image, p / got.dst.w % got.dst.h, p % got.dst.w, c);
      CHECK(same_value(got.dst.at(p, c), m.value));
      CHECK(same_value(got.inference.at(p, c), m.value));
      CHECK(got.indices[p * d.channels + c] == m.at);
      if (m.at < 0) continue;
      const int64_t pixel = image * d.in_height * d.in_width + m.at;
      diff_src[static_cast<size_t>(pixel * d.channels + c)].add(diff_dst.at(p, c));
    }
  }
  for (int64_t e = 0; e < src.elements(); e++) {
    CHECK(close_to(got.diff_src.at(e / src.c, e % src.c), diff_src[static_cast<size_t>(e)], kind));
  }
  CHECK(got.dst.gaps_untouched() && got.inference.gaps_untouched() && got.diff_src.gaps_untouched());
}

void check_on(const quern_pool2d& d, const Image& src, Values kind, Guard side) {
  Image diff_dst = pool_dst(d, side);
  Random random(7);
  diff_dst.fill(&random, kind);
  CHECK_OK(quern_set_threads(1));
  Run one(d, side), three(d, side);
  one.run(d, src, diff_dst);
  compare(d, src, diff_dst, kind, one);
  CHECK_OK(quern_set_threads(3));
  three.run(d, src, diff_dst);
  CHECK(three.dst.same_bits(one.dst) && three.diff_src.same_bits(one.diff_src));
}

void check(const quern_pool2d& d, uint64_t seed) {
  in_pool_case(d, seed);
  for (Guard side : {Guard::After, Guard::Before}) {
    for (Values kind : {Values::Integers, Values::Floats}) {  // nine different integers: many ties
      Image src = pool_src(d, side);
      Random random(seed);
      src.fill(&random, kind);
      check_on(d, src, kind, side);
    }
  }
  in_case("%s", "");
}

quern_pool2d dilated(quern_pool2d d, int64_t height, int64_t width) {
  d.dilation_height = height;
  d.dilation_width = width;
  return d;
}

void dilations() {
  check(dilated(pool(2, 3, 9, 9, 3, 1, 1), 2, 1), 1);
  check(dilated(pool(2, 9, 8, 11, 2, 2), 3, 2), 2);
  check(ceiled(dilated(pool(1, 4, 10, 9, 3, 2, 1), 2, 3)), 3);
  check(dilated(pool(1, 2, 1, 1, 2, 1, 1), 2, 2), 4);  // a window that steps over the one pixel: minus infinity
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
  dilations();
  tiles();
  special_values();
  refusals();
  return finish();
}
