// conv2d's yardstick: one loop nest over every product that a convolution is made of, from which all three passes
// follow.
#pragma once

#include <cstring>
#include <vector>

#include "image.h"

// Whether the last convolution was by transforms, or may have been: merged groups are convolved by Winograd's, too.
// The most by which a product of the last run's float32 factors was off, as a share of it.
inline double product_error(const quern_conv2d& d) {
  if (!ran("conv2d:amx") && !ran("conv2d:bf16")) return 0;
  const bool bf16_weights = d.weights_type == QUERN_BF16;
  if (d.precision == QUERN_PRECISION_HIGH) return bf16_weights ? 0x1p-17 : 0x1p-15;
  return d.precision != QUERN_PRECISION_BF16 ? 0 : bf16_weights ? 0x1p-8 : 0x1p-7 + 0x1p-16;
}

inline bool ran_transformed() { return ran("conv2d:winograd") || ran("conv2d:merged"); }

// Of the list of implementations; -1 if there is none of that name.
inline int64_t index_of(const char* name) {
  for (int64_t i = 0; quern_conv2d_implementation(i) != nullptr; i++) {
    if (std::strcmp(quern_conv2d_implementation(i), name) == 0) return i;
  }
  return -1;
}

// How many windows fit along one axis, counted one by one.
inline int64_t windows(int64_t in, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation) {
  int64_t n = 0;
  while (n * stride + dilation * (kernel - 1) + 1 <= in + 2 * padding) n++;
  return n;
}

inline int64_t out_height(const quern_conv2d& d) {
  return windows(d.in_height + d.uneven_height, d.kernel_height, d.stride_height, d.padding_height, d.dilation_height);
}
inline int64_t out_width(const quern_conv2d& d) {
  return windows(d.in_width + d.uneven_width, d.kernel_width, d.stride_width, d.padding_width, d.dilation_width);
}
inline int64_t weight_count(const quern_conv2d& d) {
  return d.out_channels * (d.in_channels / d.groups) * d.kernel_height * d.kernel_width;
}

// body(src pixel, first src channel, first weight (OIHW), dst pixel, dst channel) for every window's pixel that is in
// the image: all channels of a group are multiplied, those of the source one apart, the weights height * width.
template <typename Body>
void each_run(const quern_conv2d& d, Body&& body) {
  const int64_t oh = out_height(d), ow = out_width(d);
  const int64_t in_group = d.in_channels / d.groups, out_group = d.out_channels / d.groups;
  for (int64_t p = 0; p < d.batch * oh * ow; p++) {
    const int64_t image = p / (oh * ow), row = p / ow % oh, column = p % ow;
    for (int64_t ky = 0; ky < d.kernel_height; ky++) {
      for (int64_t kx = 0; kx < d.kernel_width; kx++) {
        const int64_t y = row * d.stride_height - d.padding_height + ky * d.dilation_height;
        const int64_t x = column * d.stride_width - d.padding_width + kx * d.dilation_width;
        if (y < 0 || y >= d.in_height || x < 0 || x >= d.in_width) continue;
        const int64_t from = (image * d.in_height + y) * d.in_width + x;
        for (int64_t o = 0; o < d.out_channels; o++) {
          const int64_t weight = (o * in_group * d.kernel_height + ky) * d.kernel_width + kx;
          body(from, o / out_group * in_group, weight, p, o);
        }
      }
    }
  }
}

// Inputs, and what must come out of each pass (in inference of the forward one), unless that is not asked for.
struct Conv2dProblem {
  quern_conv2d d;
  Values kind;
  Image src, diff_dst;
  Guarded<float> weights, bias;
  std::vector<Sum> dst, diff_src, diff_weights, diff_bias;

  Conv2dProblem(const quern_conv2d& desc, Values values, Guard side, uint64_t seed, bool computes = true)
      : d(desc),
        kind(values),
        src(d.batch, d.in_height, d.in_width, d.in_channels, d.src_pitch, side),
        diff_dst(d.batch, out_height(d), out_width(d), d.out_channels, d.dst_pitch, side),
        weights(weight_count(d), side),
        bias(d.out_channels, side) {
    Random random(seed);
    src.fill(&random, kind);
    diff_dst.fill(&random, kind);
    for (float& w : weights) w = rounded(d.weights_type, random.value(kind));
    for (float& b : bias) b = random.value(kind);
    if (computes) compute();
  }

  // The same with numbers that are bfloat16, so that their products are exact there, too.
  void to_bf16() {
    for (float& w : weights) w = rounded(QUERN_BF16, w);
    for (Image* image : {&src, &diff_dst}) {
      for (int64_t e = 0; e < image->elements(); e++) {
        float& x = image->at(e / image->c, e % image->c);
        x = rounded(QUERN_BF16, x);
      }
    }
    compute();
  }

  // What must come out of what the inputs are now.
  void compute() {
    for (auto* sums : {&dst, &diff_src, &diff_weights, &diff_bias}) sums->clear();
    dst.resize(static_cast<size_t>(diff_dst.elements()));
    diff_src.resize(static_cast<size_t>(src.elements()));
    diff_weights.resize(static_cast<size_t>(weights.size()));
    diff_bias.resize(static_cast<size_t>(d.out_channels));
    for (int64_t p = 0; p < diff_dst.pixels(); p++) {
      for (int64_t o = 0; o < d.out_channels; o++) {
        dst[static_cast<size_t>(p * d.out_channels + o)].add(bias[o]);
        diff_bias[static_cast<size_t>(o)].add(diff_dst.at(p, o));
      }
    }
    const int64_t channels = d.in_channels / d.groups, step = d.kernel_height * d.kernel_width;
    const bool backward = d.inference == 0;
    each_run(d, [=](int64_t from, int64_t first, int64_t weight, int64_t to, int64_t o) {
      const double diff = diff_dst.at(to, o);
      const float *x = &src.memory[from * src.pitch + first], *w = &weights[weight];
      Sum* const x_sums = &diff_src[static_cast<size_t>(from * d.in_channels + first)];
      Sum* const w_sums = &diff_weights[static_cast<size_t>(weight)];
      Sum sum = dst[static_cast<size_t>(to * d.out_channels + o)];
      for (int64_t i = 0; i < channels; i++) {
        sum.add(static_cast<double>(x[i]) * w[i * step]);
        if (backward) {
          x_sums[i].add(diff * w[i * step]);
          w_sums[i * step].add(diff * x[i]);
        }
      }
      dst[static_cast<size_t>(to * d.out_channels + o)] = sum;
    });
  }
};
