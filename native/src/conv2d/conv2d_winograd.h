// What the passes of Winograd's convolution share. A pass cuts its results into tiles of m x m pixels; a tile's n x n
// inputs, n = m + 2, are transformed into as many slabs, each slab is a matrix product of its own over the channels,
// and the products are transformed back (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015).
#pragma once

#include "conv2d/conv2d.h"

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
  int64_t most;   // tiles of a group, at most, unless one group is all
  int64_t group;  // tiles that are transformed together
  bool streams;   // weights too large to stay in cache, which each group packs anew, chunk by chunk
  int64_t chunk;  // inputs that pass together
  int64_t panel;  // blocks that pass together

  int64_t slabs() const { return (m + 2) * (m + 2); }
  int64_t width() const { return vectors * lanes; }  // of a block
  int64_t chunk_pitch() const { return (chunk + lanes - 1) / lanes * lanes; }
  int64_t chunks() const { return (depth + chunk - 1) / chunk; }
  int64_t panels() const { return (blocks + panel - 1) / panel; }
  // Pointers to tiles of `pixels` pixels, in whole cache lines, since floats lie behind them: vectors that cross lines
  // took a quarter more time.
  int64_t pointers(int64_t pixels) const { return (group * pixels + 7) / 8 * 8; }
  // Floats from one slab to the next: an odd number of cache lines, since slabs a multiple of 4
  // KiB apart would drive each other out of L1.
  static int64_t slab(int64_t floats) { return ((floats + 15) / 16 | 1) * 16; }
  int64_t packed() const { return blocks * slabs() * depth * width(); }  // floats of a group's weights
  int64_t groups() const { return (tiles + group - 1) / group; }         // of tiles
};

WinogradPass winograd_forward(const Conv2d& c) noexcept;
WinogradPass winograd_backward(const Conv2d& c) noexcept;

// Of one tile, whose pixels are Side x Side: at, in row-major order, points to each pixel or to `none` outside the
// image.
template <int Side, typename Float>
Float** winograd_tile(const WinogradPass::Image& image, Float* from, int64_t top, int64_t left, Float* none,
                      Float** at) noexcept {
  const int64_t line = image.width * image.pitch;
  Float* row = from + top * line + left * image.pitch;
  if (top >= 0 && left >= 0 && top + Side <= image.height && left + Side <= image.width) {
    for (int y = 0; y < Side; y++, row += line) {
      for (int x = 0; x < Side; x++) *at++ = row + x * image.pitch;
    }
    return at;
  }
  for (int64_t y = top; y < top + Side; y++, row += line) {
    const bool outside = y < 0 || y >= image.height;
    for (int64_t x = 0; x < Side; x++) {
      *at++ = outside || left + x < 0 || left + x >= image.width ? none : row + x * image.pitch;
    }
  }
  return at;
}

// For each of `count` tiles from `first` on, its pixels. The lists cost a tenth of the time with 16 channels, so that
// they are made without divisions, and without questions inside the image.
template <typename Float>
void winograd_pixels(const WinogradPass& p, const WinogradPass::Image& image, int64_t first, int64_t count,
                     Float* images, Float* none, Float** at) noexcept {
  const int64_t per_image = p.tiles_y * p.tiles_x;
  int64_t y = first % per_image / p.tiles_x, x = first % p.tiles_x;
  Float* from = images + first / per_image * image.height * image.width * image.pitch;
  const auto tile = image.side == 6   ? winograd_tile<6, Float>
                    : image.side == 4 ? winograd_tile<4, Float>
                                      : winograd_tile<2, Float>;
  for (int64_t t = 0; t < count; t++) {
    at = tile(image, from, y * p.m - image.padding_height, x * p.m - image.padding_width, none, at);
    if (++x < p.tiles_x) continue;
    x = 0;
    if (++y < p.tiles_y) continue;
    y = 0;
    from += image.height * image.width * image.pitch;
  }
}

int winograd_backward_weights(const Conv2d& c, const float* src, const float* diff_dst, float* diff_weights,
                              float* diff_bias, void* memory, int64_t bytes);
int64_t winograd_weights_workspace(const Conv2d& c);

}  // namespace quern
