// grid_sample against plain loops: weights by the distance of each pixel, in double.
#pragma once

#include <limits>
#include <vector>

#include "image.h"

namespace of_grid_sample {

using D = quern_grid_sample;

struct Tap {
  int64_t at;
  double weight, slope;  // slope: by the coordinate in pixels, before padding
};

// Where a coordinate lies behind the padding, and how fast it moves there.
inline std::pair<double, double> behind_padding(double x, int64_t size, const D& d) {
  const double last = static_cast<double>(size - 1);
  double slope = 1;
  if (d.padding == QUERN_SAMPLE_ZEROS) return {x, slope};
  if (d.padding == QUERN_SAMPLE_REFLECTION) {
    const double low = d.align_corners ? 0 : -0.5, high = d.align_corners ? last : last + 0.5;
    if (low == high) return {0, 0};
    const double period = 2 * (high - low);
    double phase = std::fmod(x - low, period);
    if (phase < 0) phase += period;
    if (phase > high - low || (phase == high - low && x > low)) {
      phase = period - phase, slope = -1;
    }
    if (x < low && phase == 0) slope = -1;
    x = low + phase;
  }
  if (x <= 0) return {0, 0};
  if (x >= last) return {last, 0};
  return {x, slope};
}

inline double keys(double t) {
  constexpr double a = -0.75;
  t = std::fabs(t);
  if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? a * (((t - 5) * t + 8) * t - 4) : 0;
}

inline double keys_slope(double t) {
  constexpr double a = -0.75;
  const double sign = t < 0 ? -1 : 1;
  t = std::fabs(t);
  if (t <= 1) return sign * (3 * (a + 2) * t - 2 * (a + 3)) * t;
  return t < 2 ? sign * a * ((3 * t - 10) * t + 8) : 0;
}

inline std::vector<Tap> taps(float coordinate, int64_t size, const D& d) {
  const double extent = static_cast<double>(d.align_corners ? size - 1 : size) / 2;
  double x = (static_cast<double>(coordinate) + 1) * extent - (d.align_corners ? 0 : 0.5), scale = extent;
  constexpr double far = 2147483648.0;
  if (std::isnan(x) || x <= -far) x = -far, scale = 0;
  if (x > far) x = far, scale = 0;
  std::vector<Tap> all;
  const auto add = [&](double at, double weight, double slope) {
    if (at >= 0 && at < static_cast<double>(size)) all.push_back({static_cast<int64_t>(at), weight, slope * scale});
  };
  if (d.mode == QUERN_SAMPLE_BICUBIC) {
    for (int k = -1; k <= 2; k++) {
      const double at = std::floor(x) + k;
      add(behind_padding(at, size, d).first, keys(x - at), keys_slope(x - at));
    }
    return all;
  }
  const auto [at, slope] = behind_padding(x, size, d);
  if (d.mode == QUERN_SAMPLE_NEAREST) {
    add(std::rint(at), 1, 0);
    return all;
  }
  const double first = std::floor(at);
  add(first, 1 - (at - first), -slope);
  add(first + 1, at - first, slope);
  return all;
}

inline void name_case(const D& d) {
  in_case("%lldx%lldx%lldx%lld at %lldx%lld, mode %lld, padding %lld, align %lld, pitch %lld and %lld",
          (long long)d.batch, (long long)d.channels, (long long)d.in_height, (long long)d.in_width,
          (long long)d.out_height, (long long)d.out_width, (long long)d.mode, (long long)d.padding,
          (long long)d.align_corners, (long long)d.src_pitch, (long long)d.dst_pitch);
}

// Coordinates in the image and beside it; on the pixels, and half way; and now and then far away or not a number.
inline float coordinate(Random* r, int64_t size) {
  const float odd[] = {std::numeric_limits<float>::quiet_NaN(), INFINITY, -INFINITY, 3e38f, -3e38f, 1e10f, 0, 1, -1};
  switch (r->between(0, 9)) {
    case 0:
      return odd[r->between(0, 8)];
    case 1:
      return static_cast<float>(r->between(-2 * size, 4 * size)) / static_cast<float>(size) - 1;
    case 2:
      return 6 * r->real();
    default:
      return 1.2f * r->real();
  }
}

inline void compare(const D& d, const Image& src, const Guarded<float>& grid, const Image& diff, const Image& dst,
                    const Image& diff_src, const Guarded<float>& diff_grid) {
  const auto near = [](float got, const Sum& sum) {
    return close_to(got, sum.value, sum.tolerance() + 3 * sum.magnitude * 0x1p-24 + 1e-37);
  };
  std::vector<Sum> to_src(static_cast<size_t>(src.elements()));
  for (int64_t i = 0; i < dst.pixels(); i++) {
    const int64_t n = i / (d.out_height * d.out_width);
    const std::vector<Tap> xs = taps(grid[2 * i], d.in_width, d), ys = taps(grid[2 * i + 1], d.in_height, d);
    Sum by_x, by_y;
    for (int64_t c = 0; c < d.channels; c++) {
      Sum sum;
      const double dy = static_cast<double>(diff.at(i, c));
      for (const Tap& y : ys) {
        for (const Tap& x : xs) {
          const int64_t from = src.pixel(n, y.at, x.at);
          const double value = static_cast<double>(src.at(from, c));
          sum.add(y.weight * x.weight * value);
          by_x.add(y.weight * x.slope * value * dy);
          by_y.add(y.slope * x.weight * value * dy);
          to_src[static_cast<size_t>(from * d.channels + c)].add(y.weight * x.weight * dy);
        }
      }
      CHECK(near(dst.at(i, c), sum));
    }
    CHECK(near(diff_grid[2 * i], by_x) && near(diff_grid[2 * i + 1], by_y));
  }
  for (int64_t e = 0; e < src.elements(); e++) {
    CHECK(near(diff_src.at(e / src.c, e % src.c), to_src[static_cast<size_t>(e)]));
  }
  CHECK(dst.gaps_untouched() && diff_src.gaps_untouched());
}

inline void check(const D& d, Guard side) {
  name_case(d);
  const auto src_like = [&] { return Image(d.batch, d.in_height, d.in_width, d.channels, d.src_pitch, side); };
  const auto dst_like = [&] { return Image(d.batch, d.out_height, d.out_width, d.channels, d.dst_pitch, side); };
  Image src = src_like(), diff = dst_like(), dst = dst_like(), diff_src = src_like();
  Guarded<float> grid(2 * dst.pixels(), side), diff_grid(grid.size(), side), diff_grid3(grid.size(), side);
  Random random(static_cast<uint64_t>(d.in_height * 31 + d.in_width + 7 * d.mode + d.padding));
  src.fill(&random, Values::Floats);
  diff.fill(&random, Values::Floats);
  for (int64_t i = 0; i < grid.size(); i++) grid[i] = coordinate(&random, i % 2 == 0 ? d.in_width : d.in_height);
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_grid_sample_forward(&d, src.data(), grid.data(), dst.data()));
  CHECK(ran("grid_sample"));
  CHECK_OK(quern_grid_sample_backward(&d, src.data(), grid.data(), diff.data(), diff_src.data(), diff_grid.data()));
  compare(d, src, grid, diff, dst, diff_src, diff_grid);
  Image dst3 = dst_like(), diff_src3 = src_like();
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(quern_grid_sample_forward(&d, src.data(), grid.data(), dst3.data()));
  CHECK_OK(quern_grid_sample_backward(&d, src.data(), grid.data(), diff.data(), diff_src3.data(), nullptr));
  CHECK_OK(quern_grid_sample_backward(&d, src.data(), grid.data(), diff.data(), nullptr, diff_grid3.data()));
  CHECK(dst3.same_bits(dst) && diff_src3.same_bits(diff_src));
  CHECK(std::memcmp(diff_grid.data(), diff_grid3.data(), static_cast<size_t>(grid.size()) * sizeof(float)) == 0);
}

}  // namespace of_grid_sample
