// grid_sample: an image at the points of a grid. A point is at most four taps along each axis, each a pixel with a
// weight and the weight's slope; all arithmetic of points is double, so that they fall on the same pixels on every CPU.
#include <algorithm>
#include <cmath>

#include "runtime/checks.h"
#include "runtime/status.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr const char* kName = "grid_sample";
constexpr double kFar = 2147483648.0;  // pixels
constexpr int kMostTaps = 4, kMostPixels = kMostTaps * kMostTaps;
constexpr int64_t kLanes = 8;            // of sums over channels
constexpr int64_t kBlock = 64;           // channels of a piece of the image's gradient
constexpr int64_t kPieceFloats = 16384;  // about

int check_choice(const char* what, int64_t value, int64_t most) noexcept {
  QUERN_TRY(check_range(kName, what, value, 0));
  return value <= most ? QUERN_OK
                       : fail(QUERN_INVALID_ARGUMENT, "%s: %s %lld is above %lld", kName, what,
                              static_cast<long long>(value), static_cast<long long>(most));
}

int check(const quern_grid_sample* sample, bool pointers) noexcept {
  QUERN_TRY(check_initialized(kName));
  QUERN_TRY(check_pointers(kName, sample != nullptr));
  const quern_grid_sample& d = *sample;
  QUERN_TRY(check_range(kName, "batch", d.batch, 0));
  QUERN_TRY(check_range(kName, "channels", d.channels, 1));
  QUERN_TRY(check_range(kName, "in_height", d.in_height, 1));
  QUERN_TRY(check_range(kName, "in_width", d.in_width, 1));
  QUERN_TRY(check_range(kName, "out_height", d.out_height, 1));
  QUERN_TRY(check_range(kName, "out_width", d.out_width, 1));
  QUERN_TRY(check_choice("mode", d.mode, QUERN_SAMPLE_BICUBIC));
  QUERN_TRY(check_choice("padding", d.padding, QUERN_SAMPLE_REFLECTION));
  QUERN_TRY(check_flag(kName, "align_corners", d.align_corners));
  QUERN_TRY(check_type(kName, "type", d.type));
  QUERN_TRY(check_channels_last(kName, "order", d.order));
  QUERN_TRY(check_pitch(kName, "src_pitch", d.order, d.src_pitch, d.channels));
  QUERN_TRY(check_pitch(kName, "dst_pitch", d.order, d.dst_pitch, d.channels));
  const int64_t samples = d.batch > 0 ? d.batch : 1;
  int64_t ignored;
  QUERN_TRY(count(kName, "input", samples, d.src_pitch, d.in_height, d.in_width, &ignored));
  QUERN_TRY(count(kName, "output", samples, d.dst_pitch, d.out_height, d.out_width, &ignored));
  QUERN_TRY(count(kName, "grid", samples, 2, d.out_height, d.out_width, &ignored));
  return check_pointers(kName, pointers);
}

struct Place {
  double at, slope;  // slope: of at by the coordinate before padding
};

// Reflects about the outer pixels' centers, or their outer edges.
Place reflected(double x, int64_t size, bool align) noexcept {
  const double low = align ? 0.0 : -0.5, span = align ? static_cast<double>(size - 1) : static_cast<double>(size);
  if (span == 0.0) return {0.0, 0.0};
  const double from = x - low, away = std::fabs(from);
  // as std::fmod, which needs a newer C library: exact, as the span is whole, but for the rounding of the quotient
  int64_t flips = static_cast<int64_t>(away / span);
  if (away < static_cast<double>(flips) * span) flips--;
  const double extra = away - static_cast<double>(flips) * span;
  const double sign = from < 0.0 ? -1.0 : 1.0;
  return flips % 2 == 0 ? Place{low + extra, sign} : Place{low + (span - extra), -sign};
}

Place padded(double x, int64_t size, int64_t padding, bool align) noexcept {
  Place p{x, 1.0};
  if (padding == QUERN_SAMPLE_ZEROS) return p;
  if (padding == QUERN_SAMPLE_REFLECTION) p = reflected(x, size, align);
  const double last = static_cast<double>(size - 1);
  if (p.at <= 0.0) return {0.0, 0.0};
  return p.at >= last ? Place{last, 0.0} : p;
}

// The taps along one axis that lie in the image.
struct Taps {
  int count = 0;
  int64_t at[kMostTaps];
  double weight[kMostTaps], slope[kMostTaps];  // slope: of the weight by the grid's coordinate

  void add(double place, int64_t size, double w, double s) noexcept {
    if (!(place >= 0.0 && place <= static_cast<double>(size - 1))) return;
    at[count] = static_cast<int64_t>(place), weight[count] = w, slope[count] = s;
    count++;
  }
};

// Keys's cubic convolution at distance t from the second of four taps, and its derivative.
void cubic(double t, double (&w)[4], double (&s)[4]) noexcept {
  constexpr double a = -0.75;
  const double u = 1.0 - t, far = t + 1.0, end = 2.0 - t;
  w[0] = ((a * far - 5.0 * a) * far + 8.0 * a) * far - 4.0 * a;
  w[1] = ((a + 2.0) * t - (a + 3.0)) * t * t + 1.0;
  w[2] = ((a + 2.0) * u - (a + 3.0)) * u * u + 1.0;
  w[3] = ((a * end - 5.0 * a) * end + 8.0 * a) * end - 4.0 * a;
  s[0] = (3.0 * a * far - 10.0 * a) * far + 8.0 * a;
  s[1] = (3.0 * (a + 2.0) * t - 2.0 * (a + 3.0)) * t;
  s[2] = -(3.0 * (a + 2.0) * u - 2.0 * (a + 3.0)) * u;
  s[3] = -((3.0 * a * end - 10.0 * a) * end + 8.0 * a);
}

Taps taps(const quern_grid_sample& d, float coordinate, int64_t size) noexcept {
  const bool align = d.align_corners != 0;
  const double scale = static_cast<double>(align ? size - 1 : size) / 2.0;
  double x = (static_cast<double>(coordinate) + 1.0) * scale - (align ? 0.0 : 0.5), slope = scale;
  if (!(x > -kFar)) x = -kFar, slope = 0.0;  // also a NaN
  if (x > kFar) x = kFar, slope = 0.0;
  Taps to;
  if (d.mode == QUERN_SAMPLE_BICUBIC) {
    const double first = std::floor(x);
    double w[4], s[4];
    cubic(x - first, w, s);
    for (int i = 0; i < 4; i++) {
      to.add(padded(first + (i - 1), size, d.padding, align).at, size, w[i], s[i] * slope);
    }
    return to;
  }
  const Place p = padded(x, size, d.padding, align);
  slope *= p.slope;
  if (d.mode == QUERN_SAMPLE_NEAREST) {
    to.add(std::nearbyint(p.at), size, 1.0, 0.0);
    return to;
  }
  const double first = std::floor(p.at), t = p.at - first;
  to.add(first, size, 1.0 - t, -slope);
  to.add(first + 1.0, size, t, slope);
  return to;
}

// Pixels with their weights; also of derivatives by x and y where asked.
struct Pixels {
  int count = 0;
  int64_t at[kMostPixels];  // in pixels of the image
  float weight[kMostPixels], by_x[kMostPixels], by_y[kMostPixels];
};

Pixels pixels(const quern_grid_sample& d, const float* point, bool slopes) noexcept {
  const Taps x = taps(d, point[0], d.in_width), y = taps(d, point[1], d.in_height);
  Pixels p;
  for (int i = 0; i < y.count; i++) {
    for (int k = 0; k < x.count; k++) {
      p.at[p.count] = y.at[i] * d.in_width + x.at[k];
      p.weight[p.count] = static_cast<float>(y.weight[i] * x.weight[k]);
      if (slopes) {
        p.by_x[p.count] = static_cast<float>(y.weight[i] * x.slope[k]);
        p.by_y[p.count] = static_cast<float>(y.slope[i] * x.weight[k]);
      }
      p.count++;
    }
  }
  return p;
}

// sum of weight times pixel, in the order of the pixels
template <int kCount>
void sample_pixels(const Pixels& p, const float* src, int64_t pitch, int64_t channels, float* dst) noexcept {
  const float* from[kCount];
  for (int t = 0; t < kCount; t++) from[t] = src + p.at[t] * pitch;
  for (int64_t c = 0; c < channels; c++) {
    float sum = p.weight[0] * from[0][c];
    for (int t = 1; t < kCount; t++) sum += p.weight[t] * from[t][c];
    dst[c] = sum;
  }
}

void sample_point(const quern_grid_sample& d, const float* src, const float* point, float* dst) noexcept {
  const Pixels p = pixels(d, point, false);
  const int64_t pitch = d.src_pitch, channels = d.channels;
  if (p.count == 1) return sample_pixels<1>(p, src, pitch, channels, dst);
  if (p.count == 2) return sample_pixels<2>(p, src, pitch, channels, dst);
  if (p.count == 4) return sample_pixels<4>(p, src, pitch, channels, dst);
  std::fill(dst, dst + channels, 0.0f);
  for (int t = 0; t < p.count; t++) {
    const float* from = src + p.at[t] * pitch;
    for (int64_t c = 0; c < channels; c++) dst[c] += p.weight[t] * from[c];
  }
}

// The gradients of a point's coordinates.
void point_gradient(const quern_grid_sample& d, const float* src, const float* point, const float* diff,
                    float* to) noexcept {
  const Pixels p = pixels(d, point, true);
  float x[kLanes] = {}, y[kLanes] = {};
  for (int64_t first = 0; first < d.channels; first += kLanes) {
    const int64_t n = std::min(kLanes, d.channels - first);
    float by_x[kLanes] = {}, by_y[kLanes] = {};
    for (int t = 0; t < p.count; t++) {
      const float* from = src + p.at[t] * d.src_pitch + first;
      for (int64_t c = 0; c < n; c++) by_x[c] += p.by_x[t] * from[c], by_y[c] += p.by_y[t] * from[c];
    }
    for (int64_t c = 0; c < n; c++) x[c] += by_x[c] * diff[first + c], y[c] += by_y[c] * diff[first + c];
  }
  double sum_x = 0.0, sum_y = 0.0;
  for (int64_t c = 0; c < kLanes; c++) sum_x += static_cast<double>(x[c]), sum_y += static_cast<double>(y[c]);
  to[0] = static_cast<float>(sum_x);
  to[1] = static_cast<float>(sum_y);
}

// Channels [begin, end) of one image's gradient: points add to it in their order.
void image_gradient(const quern_grid_sample& d, const float* grid, const float* diff, int64_t begin, int64_t end,
                    float* to) noexcept {
  for (int64_t i = 0; i < d.in_height * d.in_width; i++) {
    std::fill(to + i * d.src_pitch + begin, to + i * d.src_pitch + end, 0.0f);
  }
  for (int64_t i = 0; i < d.out_height * d.out_width; i++) {
    const Pixels p = pixels(d, grid + 2 * i, false);
    const float* from = diff + i * d.dst_pitch;
    for (int t = 0; t < p.count; t++) {
      float* pixel = to + p.at[t] * d.src_pitch;
      for (int64_t c = begin; c < end; c++) pixel[c] += p.weight[t] * from[c];
    }
  }
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_grid_sample_forward(const quern_grid_sample* sample, const void* src, const void* grid,
                                         void* dst) noexcept {
  QUERN_TRY(check(sample, src && grid && dst));
  ran(kName);
  const quern_grid_sample& d = *sample;
  const int64_t points = d.out_height * d.out_width, image = d.in_height * d.in_width * d.src_pitch;
  parallel_ranges(d.batch * points, kPieceFloats / (d.channels + 16) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      sample_point(d, f32(src) + i / points * image, f32(grid) + 2 * i, f32(dst) + i * d.dst_pitch);
    }
  });
  return QUERN_OK;
}

extern "C" int quern_grid_sample_backward(const quern_grid_sample* sample, const void* src, const void* grid,
                                          const void* diff_dst, void* diff_src, void* diff_grid) noexcept {
  QUERN_TRY(check(sample, src && grid && diff_dst));
  ran(kName);
  const quern_grid_sample& d = *sample;
  const int64_t points = d.out_height * d.out_width, image = d.in_height * d.in_width * d.src_pitch;
  if (diff_grid != nullptr) {
    parallel_ranges(d.batch * points, kPieceFloats / (d.channels + 16) + 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        point_gradient(d, f32(src) + i / points * image, f32(grid) + 2 * i, f32(diff_dst) + i * d.dst_pitch,
                       f32(diff_grid) + 2 * i);
      }
    });
  }
  if (diff_src != nullptr) {
    const int64_t blocks = divide_up(d.channels, kBlock);
    parallel_for(d.batch * blocks, [&](int64_t piece) {
      const int64_t n = piece / blocks, begin = piece % blocks * kBlock;
      image_gradient(d, f32(grid) + 2 * n * points, f32(diff_dst) + n * points * d.dst_pitch, begin,
                     std::min(begin + kBlock, d.channels), f32(diff_src) + n * image);
    });
  }
  return QUERN_OK;
}
