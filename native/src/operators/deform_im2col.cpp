// deform_im2col: an image at the positions that the elements of a deformable convolution's kernel read. A position is
// at most two taps along each axis, each a pixel with a weight and the weight's slope; all arithmetic of positions is
// double, so that they fall on the same pixels on every CPU.
#include <algorithm>
#include <cmath>

#include "runtime/checks.h"
#include "runtime/status.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr const char* kName = "deform_im2col";
constexpr double kFar = 2147483648.0;  // pixels
constexpr int kMostPixels = 4;
constexpr int64_t kLanes = 8;            // of sums over channels
constexpr int64_t kBlock = 32;           // channels of a piece of the image's gradient
constexpr int64_t kPieceFloats = 16384;  // about

struct Deform {
  quern_deform_im2col d;
  int64_t out_height, out_width;
  int64_t kernel;          // its elements
  int64_t points;          // of an output pixel: its elements in all offset groups
  int64_t group_channels;  // of an offset group

  int64_t outputs() const noexcept { return out_height * out_width; }
  int64_t image() const noexcept { return d.in_height * d.in_width * d.src_pitch; }
  int64_t grain() const noexcept { return kPieceFloats / (kernel * (d.channels + 16 * d.offset_groups)) + 1; }
  // Where the column of a kernel element begins; output is counted over the batch.
  int64_t column(int64_t output, int64_t element) const noexcept {
    const int64_t row = output / out_width, x = output % out_width;
    const int64_t y = row * d.kernel_height + element / d.kernel_width;
    return ((y * out_width + x) * d.kernel_width + element % d.kernel_width) * d.channels;
  }
};

int prepare(const quern_deform_im2col* deform, bool pointers, Deform* out) noexcept {
  QUERN_TRY(check_initialized(kName));
  QUERN_TRY(check_pointers(kName, deform != nullptr));
  const quern_deform_im2col& d = *deform;
  struct Field {
    const char* name;
    int64_t value, least;
  };
  const Field fields[] = {{"batch", d.batch, 0},
                          {"channels", d.channels, 1},
                          {"in_height", d.in_height, 1},
                          {"in_width", d.in_width, 1},
                          {"kernel_height", d.kernel_height, 1},
                          {"kernel_width", d.kernel_width, 1},
                          {"stride_height", d.stride_height, 1},
                          {"stride_width", d.stride_width, 1},
                          {"padding_height", d.padding_height, 0},
                          {"padding_width", d.padding_width, 0},
                          {"dilation_height", d.dilation_height, 1},
                          {"dilation_width", d.dilation_width, 1},
                          {"offset_groups", d.offset_groups, 1}};
  for (const Field& f : fields) QUERN_TRY(check_range(kName, f.name, f.value, f.least));
  if (d.channels % d.offset_groups != 0) {
    return fail(QUERN_INVALID_ARGUMENT, "%s: %lld channels are not a multiple of %lld offset_groups", kName,
                static_cast<long long>(d.channels), static_cast<long long>(d.offset_groups));
  }
  QUERN_TRY(check_type(kName, "type", d.type));
  QUERN_TRY(check_channels_last(kName, "order", d.order));
  QUERN_TRY(check_pitch(kName, "src_pitch", d.order, d.src_pitch, d.channels));
  const int64_t oh =
      Axis{d.in_height, d.kernel_height, d.stride_height, d.padding_height, d.padding_height, d.dilation_height}
          .windows(false);
  const int64_t ow =
      Axis{d.in_width, d.kernel_width, d.stride_width, d.padding_width, d.padding_width, d.dilation_width}.windows(
          false);
  if (oh < 1 || ow < 1) {
    return fail(QUERN_INVALID_SHAPE, "%s: kernel %lldx%lld does not fit the padded input %lldx%lld", kName,
                static_cast<long long>(d.kernel_height), static_cast<long long>(d.kernel_width),
                static_cast<long long>(d.in_height + 2 * d.padding_height),
                static_cast<long long>(d.in_width + 2 * d.padding_width));
  }
  const int64_t samples = d.batch > 0 ? d.batch : 1;
  int64_t points, ignored;
  QUERN_TRY(count(kName, "input", samples, d.src_pitch, d.in_height, d.in_width, &ignored));
  QUERN_TRY(count(kName, "columns", samples, d.channels, oh * d.kernel_height, ow * d.kernel_width, &ignored));
  QUERN_TRY(count(kName, "offset", 2, d.offset_groups, d.kernel_height, d.kernel_width, &points));
  QUERN_TRY(count(kName, "offset", samples, points, oh, ow, &ignored));
  QUERN_TRY(check_pointers(kName, pointers));
  *out = {d, oh, ow, d.kernel_height * d.kernel_width, points / 2, d.channels / d.offset_groups};
  return QUERN_OK;
}

// The taps along one axis that lie in the image.
struct Taps {
  int count = 0;
  int64_t at[2];
  double weight[2], slope[2];  // slope: of the weight by the offset

  Taps(double x, int64_t size) noexcept {
    double s = 1.0;
    if (!(x > -kFar)) x = -kFar, s = 0.0;  // also a NaN
    if (x > kFar) x = kFar, s = 0.0;
    const double first = std::floor(x), t = x - first;
    add(first, size, 1.0 - t, -s);
    add(first + 1.0, size, t, s);
  }

  void add(double place, int64_t size, double w, double s) noexcept {
    if (!(place >= 0.0 && place <= static_cast<double>(size - 1))) return;
    at[count] = static_cast<int64_t>(place), weight[count] = w, slope[count] = s;
    count++;
  }
};

// Pixels with their weights; also of derivatives by the offset where asked.
struct Pixels {
  int count = 0;
  int64_t at[kMostPixels];  // the first channel, in floats of the image
  float weight[kMostPixels], by_y[kMostPixels], by_x[kMostPixels];
};

double position(int64_t output, int64_t stride, int64_t element, int64_t dilation, int64_t padding,
                float offset) noexcept {
  const double first = static_cast<double>(output) * static_cast<double>(stride) - static_cast<double>(padding);
  return first + static_cast<double>(element) * static_cast<double>(dilation) + static_cast<double>(offset);
}

// output: of one image; offset: y and x of the point
Pixels pixels(const Deform& f, int64_t output, int64_t element, const float* offset, bool slopes) noexcept {
  const quern_deform_im2col& d = f.d;
  const Taps y(position(output / f.out_width, d.stride_height, element / d.kernel_width, d.dilation_height,
                        d.padding_height, offset[0]),
               d.in_height);
  const Taps x(position(output % f.out_width, d.stride_width, element % d.kernel_width, d.dilation_width,
                        d.padding_width, offset[1]),
               d.in_width);
  Pixels p;
  for (int i = 0; i < y.count; i++) {
    for (int k = 0; k < x.count; k++) {
      p.at[p.count] = (y.at[i] * d.in_width + x.at[k]) * d.src_pitch;
      p.weight[p.count] = static_cast<float>(y.weight[i] * x.weight[k]);
      if (slopes) {
        p.by_y[p.count] = static_cast<float>(y.slope[i] * x.weight[k]);
        p.by_x[p.count] = static_cast<float>(y.weight[i] * x.slope[k]);
      }
      p.count++;
    }
  }
  return p;
}

// mask times the sum of weight times pixel, in the order of the pixels
template <int kCount>
void sample_pixels(const Pixels& p, float mask, const float* src, int64_t channels, float* dst) noexcept {
  const float* from[kCount];
  for (int t = 0; t < kCount; t++) from[t] = src + p.at[t];
  for (int64_t c = 0; c < channels; c++) {
    float sum = p.weight[0] * from[0][c];
    for (int t = 1; t < kCount; t++) sum += p.weight[t] * from[t][c];
    dst[c] = mask * sum;
  }
}

void sample(const Pixels& p, float mask, const float* src, int64_t channels, float* dst) noexcept {
  if (p.count == 4) return sample_pixels<4>(p, mask, src, channels, dst);
  if (p.count == 2) return sample_pixels<2>(p, mask, src, channels, dst);
  if (p.count == 1) return sample_pixels<1>(p, mask, src, channels, dst);
  std::fill(dst, dst + channels, mask * 0.0f);
}

// The columns of one output pixel, counted over the batch.
void sample_output(const Deform& f, int64_t i, const float* src, const float* offset, const float* mask,
                   float* columns) noexcept {
  const int64_t output = i % f.outputs();
  src += i / f.outputs() * f.image();
  offset += 2 * i * f.points;
  for (int64_t g = 0; g < f.d.offset_groups; g++) {
    const int64_t first = g * f.group_channels;
    for (int64_t e = 0; e < f.kernel; e++) {
      const int64_t point = g * f.kernel + e;
      const Pixels p = pixels(f, output, e, offset + 2 * point, false);
      sample(p, mask == nullptr ? 1.0f : mask[i * f.points + point], src + first, f.group_channels,
             columns + f.column(i, e) + first);
    }
  }
}

double sum_lanes(const float (&lanes)[kLanes]) noexcept {
  double sum = 0.0;
  for (float lane : lanes) sum += static_cast<double>(lane);
  return sum;
}

// The gradients of a point's offset and, if there is one, of its mask.
void point_gradient(const Pixels& p, float mask, const float* src, int64_t channels, const float* diff, float* offset,
                    float* diff_mask) noexcept {
  float y[kLanes] = {}, x[kLanes] = {}, m[kLanes] = {};
  for (int64_t first = 0; first < channels; first += kLanes) {
    const int64_t n = std::min(kLanes, channels - first);
    float by_y[kLanes] = {}, by_x[kLanes] = {}, sum[kLanes] = {};
    for (int t = 0; t < p.count; t++) {
      const float* from = src + p.at[t] + first;
      for (int64_t c = 0; c < n; c++) {
        by_y[c] += p.by_y[t] * from[c], by_x[c] += p.by_x[t] * from[c], sum[c] += p.weight[t] * from[c];
      }
    }
    for (int64_t c = 0; c < n; c++) {
      const float dy = diff[first + c];
      y[c] += by_y[c] * dy, x[c] += by_x[c] * dy, m[c] += sum[c] * dy;
    }
  }
  if (offset != nullptr) {
    offset[0] = static_cast<float>(static_cast<double>(mask) * sum_lanes(y));
    offset[1] = static_cast<float>(static_cast<double>(mask) * sum_lanes(x));
  }
  if (diff_mask != nullptr) *diff_mask = static_cast<float>(sum_lanes(m));
}

void output_gradient(const Deform& f, int64_t i, const float* src, const float* offset, const float* mask,
                     const float* diff, float* diff_offset, float* diff_mask) noexcept {
  const int64_t output = i % f.outputs();
  src += i / f.outputs() * f.image();
  for (int64_t g = 0; g < f.d.offset_groups; g++) {
    const int64_t first = g * f.group_channels;
    for (int64_t e = 0; e < f.kernel; e++) {
      const int64_t point = i * f.points + g * f.kernel + e;
      const Pixels p = pixels(f, output, e, offset + 2 * point, true);
      point_gradient(p, mask == nullptr ? 1.0f : mask[point], src + first, f.group_channels,
                     diff + f.column(i, e) + first, diff_offset == nullptr ? nullptr : diff_offset + 2 * point,
                     diff_mask == nullptr ? nullptr : diff_mask + point);
    }
  }
}

// Channels [begin, end) of image n's gradient, which lie in offset group g: points add to it in their order.
void image_gradient(const Deform& f, int64_t n, int64_t g, int64_t begin, int64_t end, const float* offset,
                    const float* mask, const float* diff, float* to) noexcept {
  to += n * f.image();
  for (int64_t i = 0; i < f.d.in_height * f.d.in_width; i++) {
    std::fill(to + i * f.d.src_pitch + begin, to + i * f.d.src_pitch + end, 0.0f);
  }
  for (int64_t output = 0; output < f.outputs(); output++) {
    const int64_t i = n * f.outputs() + output;
    for (int64_t e = 0; e < f.kernel; e++) {
      const int64_t point = i * f.points + g * f.kernel + e;
      const Pixels p = pixels(f, output, e, offset + 2 * point, false);
      const float* from = diff + f.column(i, e);
      const float factor = mask == nullptr ? 1.0f : mask[point];
      for (int t = 0; t < p.count; t++) {
        float* pixel = to + p.at[t];
        const float weight = factor * p.weight[t];
        for (int64_t c = begin; c < end; c++) pixel[c] += weight * from[c];
      }
    }
  }
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_deform_im2col_forward(const quern_deform_im2col* deform, const void* src, const void* offset,
                                           const void* mask, void* columns) noexcept {
  Deform f;
  QUERN_TRY(prepare(deform, src && offset && columns, &f));
  ran(kName);
  parallel_ranges(f.d.batch * f.outputs(), f.grain(), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) sample_output(f, i, f32(src), f32(offset), f32(mask), f32(columns));
  });
  return QUERN_OK;
}

extern "C" int quern_deform_im2col_backward(const quern_deform_im2col* deform, const void* src, const void* offset,
                                            const void* mask, const void* diff_columns, void* diff_src,
                                            void* diff_offset, void* diff_mask) noexcept {
  Deform f;
  QUERN_TRY(prepare(deform, src && offset && diff_columns, &f));
  if (mask == nullptr && diff_mask != nullptr) {
    return fail(QUERN_INVALID_ARGUMENT, "%s: diff_mask is given, but mask is null", kName);
  }
  ran(kName);
  if (diff_offset != nullptr || diff_mask != nullptr) {
    parallel_ranges(f.d.batch * f.outputs(), f.grain(), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        output_gradient(f, i, f32(src), f32(offset), f32(mask), f32(diff_columns), f32(diff_offset), f32(diff_mask));
      }
    });
  }
  if (diff_src != nullptr) {
    const int64_t blocks = divide_up(f.group_channels, kBlock), pieces = f.d.offset_groups * blocks;
    parallel_for(f.d.batch * pieces, [&](int64_t piece) {
      const int64_t g = piece % pieces / blocks, begin = g * f.group_channels + piece % blocks * kBlock;
      const int64_t end = std::min(begin + kBlock, (g + 1) * f.group_channels);
      image_gradient(f, piece / pieces, g, begin, end, f32(offset), f32(mask), f32(diff_columns), f32(diff_src));
    });
  }
  return QUERN_OK;
}
