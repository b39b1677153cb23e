// avg_pool2d against plain loops, with and without padding in the count; and what is refused.
#include <vector>

#include "pool2d.h"

namespace {

// body(y, x) for every input pixel of a window; returns the divisor. Padding counts if asked for, but what ceil mode
// adds beyond the padding never does (as in PyTorch).
template <typename Body>
int64_t each_in_window(const quern_pool2d& d, int64_t row, int64_t column, Body&& body) {
  int64_t inside = 0, padded = 0;
  for (int64_t ky = 0; ky < d.kernel_height; ky++) {
    for (int64_t kx = 0; kx < d.kernel_width; kx++) {
      const int64_t y = row * d.stride_height - d.padding_height + ky;
      const int64_t x = column * d.stride_width - d.padding_width + kx;
      padded += y < d.in_height + d.padding_height && x < d.in_width + d.padding_width;
      if (y < 0 || y >= d.in_height || x < 0 || x >= d.in_width) continue;
      inside++;
      body(y, x);
    }
  }
  return d.count_include_pad ? padded : inside;
}

// Adding, then multiplying by a rounded reciprocal: three roundings more than the plain sum.
double tolerance(const Sum& sum) { return (static_cast<double>(sum.terms) + 4) * sum.magnitude * 0x1p-24; }

void compare(const quern_pool2d& d, const Image& src, const Image& diff_dst, const Image& dst, const Image& diff_src) {
  std::vector<Sum> diffs(static_cast<size_t>(src.elements()));
  for (int64_t p = 0; p < dst.pixels(); p++) {
    const int64_t image = p / (dst.h * dst.w), row = p / dst.w % dst.h, column = p % dst.w;
    const int64_t divisor = each_in_window(d, row, column, [](int64_t, int64_t) {});
    for (int64_t c = 0; c < d.channels; c++) {
      Sum sum;
      each_in_window(d, row, column, [&](int64_t y, int64_t x) {
        const int64_t pixel = src.pixel(image, y, x);
        sum.add(src.at(pixel, c) / static_cast<double>(divisor));
        diffs[static_cast<size_t>(pixel * d.channels + c)].add(diff_dst.at(p, c) / static_cast<double>(divisor));
      });
      CHECK(close_to(dst.at(p, c), sum.value, tolerance(sum)));
    }
  }
  for (int64_t e = 0; e < src.elements(); e++) {
    const Sum& sum = diffs[static_cast<size_t>(e)];
    CHECK(close_to(diff_src.at(e / src.c, e % src.c), sum.value, tolerance(sum)));
  }
  CHECK(dst.gaps_untouched() && diff_src.gaps_untouched());
}

void check_on(const quern_pool2d& d, Guard side, Values kind, uint64_t seed) {
  Image src = pool_src(d, side), diff_dst = pool_dst(d, side);
  Random random(seed);
  src.fill(&random, kind);
  diff_dst.fill(&random, kind);
  Image dst = pool_dst(d, side), diff_src = pool_src(d, side), dst3 = pool_dst(d, side), diff_src3 = pool_src(d, side);
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_avg_pool2d_forward(&d, src.data(), dst.data()));
  CHECK(ran("avg_pool2d"));
  CHECK_OK(quern_avg_pool2d_backward(&d, diff_dst.data(), diff_src.data()));
  compare(d, src, diff_dst, dst, diff_src);
  CHECK_OK(quern_set_threads(3));
  CHECK_OK(quern_avg_pool2d_forward(&d, src.data(), dst3.data()));
  CHECK_OK(quern_avg_pool2d_backward(&d, diff_dst.data(), diff_src3.data()));
  CHECK(dst3.same_bits(dst) && diff_src3.same_bits(diff_src));
}

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
  quern_pool2d good = pool(1, 1, 4, 4, 2, 1);
  const char* text = "avg_pool2d: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_avg_pool2d_forward(&good, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_avg_pool2d_forward(&good, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_avg_pool2d_backward(&good, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_avg_pool2d_backward(&good, f, nullptr));
  good.dilation_height = 2;  // averages have no dilation
  pool_refused(QUERN_INVALID_ARGUMENT, "dilation", good, calls);
  good.dilation_height = 1, good.dilation_width = 2;
  pool_refused(QUERN_INVALID_ARGUMENT, "dilation", good, calls);
}

}  // namespace

int main() {
  start();
  each_pool_case(check);
  exact_averages();
  refusals();
  return finish();
}
