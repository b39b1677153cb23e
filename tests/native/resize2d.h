// What the tests of adaptive_avg_pool2d, the pads and the upsamplings share: each is a list of which inputs add up to
// which output with which factor, by plain loops; and what all refuse.
#pragma once

#include <functional>
#include <vector>

#include "image.h"

inline quern_resize2d resize(int64_t n, int64_t c, int64_t h, int64_t w, int64_t out_h, int64_t out_w, int64_t top = 0,
                             int64_t left = 0) {
  return {n, c, h, w, out_h, out_w, top, left, c, c};
}

// Takes one term: output pixel (row, column) += factor * input pixel (y, x).
using Term = std::function<void(int64_t row, int64_t column, int64_t y, int64_t x, double factor)>;

struct Resize2d {
  const char* name;
  int (*forward)(const quern_resize2d*, const void*, void*);
  int (*backward)(const quern_resize2d*, const void*, void*);
  void (*terms)(const quern_resize2d& d, const Term& term);  // of one image
  double roundings = 2;                                      // of a factor and its product, beside those of the sum
};

inline void compare(const Resize2d& op, const quern_resize2d& d, const Image& src, const Image& diff_dst,
                    const Image& dst, const Image& diff_src) {
  std::vector<Sum> sums(static_cast<size_t>(dst.elements())), diffs(static_cast<size_t>(src.elements()));
  for (int64_t n = 0; n < d.batch; n++) {
    op.terms(d, [&](int64_t row, int64_t column, int64_t y, int64_t x, double factor) {
      const int64_t out = dst.pixel(n, row, column), in = src.pixel(n, y, x);
      for (int64_t c = 0; c < d.channels; c++) {
        sums[static_cast<size_t>(out * d.channels + c)].add(src.at(in, c) * factor);
        diffs[static_cast<size_t>(in * d.channels + c)].add(diff_dst.at(out, c) * factor);
      }
    });
  }
  const auto tolerance = [&](const Sum& s) { return s.tolerance() + op.roundings * s.magnitude * 0x1p-24; };
  for (int64_t e = 0; e < dst.elements(); e++) {
    const Sum& sum = sums[static_cast<size_t>(e)];
    CHECK(close_to(dst.at(e / dst.c, e % dst.c), sum.value, tolerance(sum)));
  }
  for (int64_t e = 0; e < src.elements(); e++) {
    const Sum& sum = diffs[static_cast<size_t>(e)];
    CHECK(close_to(diff_src.at(e / src.c, e % src.c), sum.value, tolerance(sum)));
  }
  CHECK(dst.gaps_untouched() && diff_src.gaps_untouched());
}

inline void check_on(const Resize2d& op, const quern_resize2d& d, Guard side) {
  const auto src_like = [&] { return Image(d.batch, d.in_height, d.in_width, d.channels, d.src_pitch, side); };
  const auto dst_like = [&] { return Image(d.batch, d.out_height, d.out_width, d.channels, d.dst_pitch, side); };
  Image src = src_like(), diff_dst = dst_like(), dst = dst_like(), diff_src = src_like();
  Random random(static_cast<uint64_t>(d.in_height * 31 + d.in_width));
  src.fill(&random, Values::Floats);
  diff_dst.fill(&random, Values::Floats);
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(op.forward(&d, src.data(), dst.data()));
  CHECK(ran(op.name));
  CHECK_OK(op.backward(&d, diff_dst.data(), diff_src.data()));
  CHECK(ran(op.name));
  compare(op, d, src, diff_dst, dst, diff_src);
  Image dst3 = dst_like(), diff_src3 = src_like();
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(op.forward(&d, src.data(), dst3.data()));
  CHECK_OK(op.backward(&d, diff_dst.data(), diff_src3.data()));
  CHECK(dst3.same_bits(dst) && diff_src3.same_bits(diff_src));
}

// Without gaps and with them, at both ends of a page.
inline void check(const Resize2d& op, quern_resize2d d) {
  for (int64_t gap : {0, 3}) {
    d.src_pitch = d.channels + gap, d.dst_pitch = d.channels + 2 * gap;
    for (Guard side : {Guard::After, Guard::Before}) {
      in_case("%lldx%lldx%lldx%lld to %lldx%lld, padding %lldx%lld, gap %lld", (long long)d.batch,
              (long long)d.channels, (long long)d.in_height, (long long)d.in_width, (long long)d.out_height,
              (long long)d.out_width, (long long)d.padding_top, (long long)d.padding_left, (long long)gap);
      check_on(op, d, side);
    }
  }
  in_case("%s", "");
}

inline void refused(const Resize2d& op, int status, const char* text, const quern_resize2d& d) {
  float* f = untouchable<float>();
  CHECK_REFUSED(status, text, op.forward(&d, f, f));
  CHECK_REFUSED(status, text, op.backward(&d, f, f));
}

// good: a case that is accepted.
inline void refusals(const Resize2d& op, const quern_resize2d& good) {
  const struct {
    int64_t quern_resize2d::*field;
    const char* name;
    int64_t least;
  } fields[] = {{&quern_resize2d::batch, "batch", 0},
                {&quern_resize2d::channels, "channels", 1},
                {&quern_resize2d::in_height, "in_height", 1},
                {&quern_resize2d::in_width, "in_width", 1},
                {&quern_resize2d::out_height, "out_height", 1},
                {&quern_resize2d::out_width, "out_width", 1},
                {&quern_resize2d::padding_top, "padding_top", 0},
                {&quern_resize2d::padding_left, "padding_left", 0},
                {&quern_resize2d::src_pitch, "src_pitch", good.channels},
                {&quern_resize2d::dst_pitch, "dst_pitch", good.channels},
                {&quern_resize2d::align_corners, "align_corners", 0}};
  for (const auto& f : fields) {
    for (int64_t bad : {f.least - 1, INT64_MIN, int64_t{INT32_MAX} + 1, INT64_MAX}) {
      quern_resize2d d = good;
      d.*f.field = bad;
      in_case("%s %lld", f.name, (long long)bad);
      refused(op, QUERN_INVALID_ARGUMENT, f.name, d);
    }
  }
  in_case("%s", "");
  quern_resize2d wide = good;
  wide.batch = wide.dst_pitch = INT32_MAX;
  refused(op, QUERN_INVALID_SHAPE, "more than 2^53", wide);
  float* f = untouchable<float>();
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", op.forward(nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", op.forward(&good, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", op.forward(&good, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", op.backward(nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", op.backward(&good, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", op.backward(&good, f, nullptr));
}
