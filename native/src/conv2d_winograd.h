// What the passes of Winograd's convolution share. A pass cuts its results into tiles of m x m pixels; a tile's n x n
// inputs, n = m + 2, are transformed into as many slabs, each slab is a matrix product of its own over the channels,
// and the products are transformed back (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015).
#pragma once

#include "conv2d.h"

namespace quern {

struct WinogradPass {
  struct Image {
    int64_t height, width, pitch, padding_height, padding_width;
    int64_t side;  // pixels of a tile
  };
  Image in, out;
  int64_t depth, columns;  // channels of a group, of its input and its output

  int64_t m;
  int64_t tiles_y, tiles_x, tiles;  // of an image, and of the batch
  int64_t vectors, blocks;          // of the columns
  int64_t lanes;
  int64_t group;  // tiles that are transformed together

  int64_t slabs() const { return (m + 2) * (m + 2); }
  int64_t width() const { return vectors * lanes; }  // of a block
  int64_t depth_pitch() const { return (depth + lanes - 1) / lanes * lanes; }
  // Floats from one slab of transformed tiles to the next: an odd number of cache lines, since slabs a multiple of 4
  // KiB apart would drive each other out of L1.
  int64_t slab(int64_t pitch) const { return ((group * pitch + 15) / 16 | 1) * 16; }
  int64_t packed() const { return blocks * slabs() * depth * width(); }  // floats of a group's weights
  int64_t groups() const { return (tiles + group - 1) / group; }         // of tiles
};

WinogradPass winograd_forward(const Conv2d& c) noexcept;
WinogradPass winograd_backward(const Conv2d& c) noexcept;

// For each of `count` tiles from `first` on, its pixels in row-major order; `none` stands for those outside the image.
template <typename Float>
void winograd_pixels(const WinogradPass& p, const WinogradPass::Image& image, int64_t first, int64_t count,
                     Float* images, Float* none, Float** at) noexcept {
  const int64_t per_image = p.tiles_y * p.tiles_x;
  for (int64_t t = first; t < first + count; t++) {
    const int64_t top = t % per_image / p.tiles_x * p.m - image.padding_height;
    const int64_t left = t % p.tiles_x * p.m - image.padding_width;
    Float* from = images + t / per_image * image.height * image.width * image.pitch;
    for (int64_t y = top; y < top + image.side; y++) {
      for (int64_t x = left; x < left + image.side; x++) {
        const bool inside = y >= 0 && y < image.height && x >= 0 && x < image.width;
        *at++ = inside ? from + (y * image.width + x) * image.pitch : none;
      }
    }
  }
}

int winograd_backward_weights(const Conv2d& c, const float* src, const float* diff_dst, float* diff_weights,
                              float* diff_bias, void* memory, int64_t bytes);
int64_t winograd_weights_workspace(const Conv2d& c);

}  // namespace quern
