// Descriptors of convolutions, whose fields are set by name: 28 numbers in a row say nothing.
#pragma once

#include "quern.h"

// Stride 1, no padding, any implementation, float32 in channels last without gaps.
inline quern_conv2d conv(int64_t batch, int64_t in_channels, int64_t height, int64_t width, int64_t out_channels,
                         int64_t kernel_height, int64_t kernel_width) {
  quern_conv2d d{};
  d.batch = batch;
  d.in_channels = d.src_pitch = in_channels;
  d.in_height = height, d.in_width = width;
  d.out_channels = d.dst_pitch = out_channels;
  d.kernel_height = kernel_height, d.kernel_width = kernel_width;
  d.stride_height = d.stride_width = 1;
  d.dilation_height = d.dilation_width = 1;
  d.groups = 1;
  d.implementation = -1;
  return d;
}

inline quern_conv2d with(quern_conv2d d, int64_t stride, int64_t padding, int64_t dilation = 1, int64_t groups = 1) {
  d.stride_height = d.stride_width = stride;
  d.padding_height = d.padding_width = padding;
  d.dilation_height = d.dilation_width = dilation;
  d.groups = groups;
  return d;
}
