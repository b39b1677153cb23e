// conv2d with one input and one output channel a group: vectors of channels, pixel by pixel, no gathering.
#include <algorithm>
#include <cstring>

#include "bias.h"
#include "checks.h"
#include "conv2d.h"
#include "threads.h"

namespace quern {
namespace {

constexpr int64_t kMostTaps = 256;
constexpr int64_t kMostParts = 32;  // partial sums
constexpr int64_t kGrain = 32768;   // multiply-adds of a piece

int64_t taps_of(const Conv2d& c) { return c.w.kernel_height * c.w.kernel_width; }

const char* refuses(const Conv2d& c) {
  if (c.groups == 1 || c.w.channels != 1 || c.out_per_group != 1) return "groups of more than one channel";
  if (taps_of(c) > kMostTaps) return "the kernel has more than 256 taps";
  return nullptr;
}

// [ky][kx][channel].
void pack(const Conv2d& c, const float* weights, float* packed) {
  const int64_t taps = taps_of(c);
  for (int64_t o = 0; o < c.groups; o++) {
    for (int64_t t = 0; t < taps; t++) packed[t * c.groups + o] = weights[o * taps + t];
  }
}

// The taps of one pixel that fall on something: where the values are, and where the tap's weights.
struct Taps {
  int64_t count = 0;
  const float* from[kMostTaps];
  int64_t tap[kMostTaps];
};

// Inputs under output (y, x) of an image.
void inputs_under(const Conv2d& c, const float* image, int64_t y, int64_t x, Taps* taps) {
  const Windows& w = c.w;
  taps->count = 0;
  for (int64_t ky = 0; ky < w.kernel_height; ky++) {
    const int64_t iy = y * w.stride_height - w.padding_height + ky * w.dilation_height;
    if (iy < 0 || iy >= w.in_height) continue;
    for (int64_t kx = 0; kx < w.kernel_width; kx++) {
      const int64_t ix = x * w.stride_width - w.padding_width + kx * w.dilation_width;
      if (ix < 0 || ix >= w.in_width) continue;
      taps->from[taps->count] = image + (iy * w.in_width + ix) * w.src_pitch;
      taps->tap[taps->count++] = ky * w.kernel_width + kx;
    }
  }
}

// Outputs over input (y, x) of an image.
void outputs_over(const Conv2d& c, const float* image, int64_t y, int64_t x, Taps* taps) {
  const Windows& w = c.w;
  taps->count = 0;
  for (int64_t ky = 0; ky < w.kernel_height; ky++) {
    const int64_t down = y + w.padding_height - ky * w.dilation_height, oy = down / w.stride_height;
    if (down < 0 || down % w.stride_height != 0 || oy >= w.out_height) continue;
    for (int64_t kx = 0; kx < w.kernel_width; kx++) {
      const int64_t right = x + w.padding_width - kx * w.dilation_width, ox = right / w.stride_width;
      if (right < 0 || right % w.stride_width != 0 || ox >= w.out_width) continue;
      taps->from[taps->count] = image + (oy * w.out_width + ox) * w.dst_pitch;
      taps->tap[taps->count++] = ky * w.kernel_width + kx;
    }
  }
}

// `Find` gives the taps of each pixel of a batch of images.
template <typename Find>
void each_pixel(const Conv2d& c, int64_t height, int64_t width, int64_t pitch, const float* packed, const Post& post,
                float* dst, Find&& find) {
  parallel_ranges(c.batch * height, kGrain / (width * c.groups * taps_of(c)) + 1, [&](int64_t begin, int64_t end) {
    Taps taps;
    const float* weights[kMostTaps];
    Post of = post;
    for (int64_t row = begin; row < end; row++) {
      for (int64_t x = 0; x < width; x++) {
        find(row / height, row % height, x, &taps);
        for (int64_t t = 0; t < taps.count; t++) weights[t] = packed + taps.tap[t] * c.groups;
        const int64_t at = (row * width + x) * pitch;
        if (post.add != nullptr) of.add = post.add + at;
        kernels().depthwise_pixel(taps.count, c.groups, taps.from, weights, of, dst + at);
      }
    }
  });
}

int forward(const Conv2d& c, const float* src, const float* packed, const Post& post, float* dst, void*, int64_t) {
  const int64_t image = c.w.in_height * c.w.in_width * c.w.src_pitch;
  each_pixel(c, c.w.out_height, c.w.out_width, c.w.dst_pitch, packed, post, dst,
             [&](int64_t n, int64_t y, int64_t x, Taps* taps) { inputs_under(c, src + n * image, y, x, taps); });
  return QUERN_OK;
}

int backward_data(const Conv2d& c, const float* diff_dst, const float* packed, float* diff_src, void*, int64_t) {
  const int64_t image = c.per_image * c.w.dst_pitch;
  each_pixel(c, c.w.in_height, c.w.in_width, c.w.src_pitch, packed, Post{}, diff_src,
             [&](int64_t n, int64_t y, int64_t x, Taps* taps) { outputs_over(c, diff_dst + n * image, y, x, taps); });
  return QUERN_OK;
}

int64_t sums_floats(const Conv2d& c) { return taps_of(c) * c.groups; }

int64_t parts_of(const Conv2d& c) {
  const int64_t rows = c.batch * c.w.out_height;
  return std::max<int64_t>(std::min({rows, kMostParts, rows * c.w.out_width * sums_floats(c) / kGrain}), 1);
}

// Two sets of sums a part: of all its rows, and of one row, so that no sum has many terms.
int64_t workspace(const Conv2d& c) {
  if (c.inference) return 0;
  return column_sums_bytes(c.rows, c.out_channels) + parts_of(c) * 2 * sums_floats(c) * 4;
}

void add_rows(const Conv2d& c, int64_t begin, int64_t end, const float* src, const float* diff_dst, float* sums) {
  const int64_t floats = sums_floats(c), image = c.w.in_height * c.w.in_width * c.w.src_pitch;
  float* of_row = sums + floats;
  float* at[kMostTaps];
  Taps taps;
  std::memset(sums, 0, static_cast<size_t>(floats) * sizeof(float));
  for (int64_t row = begin; row < end; row++) {
    std::memset(of_row, 0, static_cast<size_t>(floats) * sizeof(float));
    for (int64_t x = 0; x < c.w.out_width; x++) {
      inputs_under(c, src + row / c.w.out_height * image, row % c.w.out_height, x, &taps);
      for (int64_t t = 0; t < taps.count; t++) at[t] = of_row + taps.tap[t] * c.groups;
      kernels().depthwise_sums(taps.count, c.groups, taps.from, diff_dst + (row * c.w.out_width + x) * c.w.dst_pitch,
                               at);
    }
    kernels().add(floats, sums, of_row, sums);
  }
}

int backward_weights(const Conv2d& c, const float* src, const float* diff_dst, float* diff_weights, float* diff_bias,
                     void* memory, int64_t bytes) {
  if (memory == nullptr || bytes < workspace(c)) {
    return fail(QUERN_WORKSPACE, "conv2d: workspace of %lld bytes is smaller than the %lld that are needed",
                static_cast<long long>(bytes), static_cast<long long>(workspace(c)));
  }
  if (diff_bias != nullptr) {
    column_sums(c.rows, c.out_channels, diff_dst, c.w.dst_pitch, diff_bias, static_cast<double*>(memory));
  }
  float* sums = reinterpret_cast<float*>(static_cast<char*>(memory) + column_sums_bytes(c.rows, c.out_channels));
  const int64_t parts = parts_of(c), rows = c.batch * c.w.out_height, taps = taps_of(c);
  parallel_for(parts, [&](int64_t part) {
    add_rows(c, rows * part / parts, rows * (part + 1) / parts, src, diff_dst, sums + part * 2 * sums_floats(c));
  });
  for (int64_t o = 0; o < c.groups; o++) {
    for (int64_t t = 0; t < taps; t++) {
      float sum = 0.0f;
      for (int64_t part = 0; part < parts; part++) sum += sums[part * 2 * sums_floats(c) + t * c.groups + o];
      diff_weights[o * taps + t] = sum;
    }
  }
  return QUERN_OK;
}

}  // namespace

const Conv2dImplementation conv2d_depthwise{"depthwise", refuses, plain_packed,  pack,
                                            workspace,   forward, backward_data, backward_weights};

}  // namespace quern
