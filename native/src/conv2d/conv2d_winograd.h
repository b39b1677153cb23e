// Shared code of the passes of Winograd's convolution. A pass cuts its results into tiles of m x m pixels; a tile's n x
// n inputs, n = m + 2, are transformed into as many slabs, each slab is a matrix product of its own over the channels,
// and the products are transformed back (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015).
//
// A kernel of another size is cut into parts of 3x3, the last ones filled up with zeros. What a part sees lies beside
// what its neighbor sees, so that the parts are more channels of one 3x3 kernel:
//
//   5x5:   a a a b b .     channels of part a, from the tile
//          a a a b b .     channels of part b, from three pixels to the right
//          a a a b b .     channels of part c, from three lines below
//          c c c d d .     channels of part d, from there
//          c c c d d .
//          . . . . . .
#pragma once

#include "conv2d/conv2d.h"

namespace quern {

// Along an axis of a dilated convolution, pixels `dilation` apart are an image of their own, without dilation. Tiles of
// these images take turns, so that neighbors read the same lines:
//
//   dilation 2, m 2:  pixel  0 1 2 3 4 5 6 7
//                     tile   0 1 0 1 2 3 2 3
struct WinogradAxis {
  int64_t dilation, images;
  int64_t tiles;  // of all images
  int64_t next;   // from the last image's tile to the first one's next

  WinogradAxis() = default;
  WinogradAxis(int64_t apart, int64_t pixels, int64_t m)
      : dilation(apart),
        images(apart < pixels ? apart : pixels),
        tiles(images * divide_up(divide_up(pixels, apart), m)),
        next(m * dilation - images + 1) {}
  // The first pixel of a tile.
  int64_t begin(int64_t tile) const { return tile / images * (images - 1 + next) + tile % images; }
};

struct WinogradPass {
  struct Image {
    int64_t height, width, pitch, padding_height, padding_width;
    int64_t side;  // pixels of a tile
  };
  Image in, out;
  int64_t channels;          // of a group of the input
  int64_t parts_y, parts_x;  // of the kernel
  int64_t part;              // channels of a part: whole vectors, where there are several
  int64_t depth;             // of all parts
  int64_t columns;           // channels of a group of the output

  int64_t m;
  WinogradAxis y, x;
  int64_t tiles;            // of the batch
  int64_t vectors, blocks;  // of the columns
  int64_t lanes;
  int64_t most;   // tiles of a group, at most, unless one group is all
  int64_t group;  // tiles that are transformed together
  bool streams;   // weights too large to stay in cache, which each group packs anew, chunk by chunk
  int64_t chunk;  // inputs that pass together
  int64_t panel;  // blocks that pass together

  int64_t parts() const { return parts_y * parts_x; }
  int64_t per_image() const { return y.tiles * x.tiles; }
  int64_t slabs() const { return (m + 2) * (m + 2); }
  int64_t width() const { return vectors * lanes; }  // of a block
  int64_t chunk_pitch() const { return round_up(chunk, lanes); }
  int64_t chunks() const { return divide_up(depth, chunk); }
  int64_t panels() const { return divide_up(blocks, panel); }
  // Pointers to tiles of `pixels` pixels, in whole cache lines, since floats lie behind them: vectors that cross lines
  // took a quarter more time.
  int64_t pointers(int64_t pixels) const { return round_up(group * pixels, 8); }
  // Floats from one slab to the next: an odd number of cache lines, since slabs a multiple of 4
  // KiB apart would drive each other out of L1.
  static int64_t slab(int64_t floats) { return (divide_up(floats, 16) | 1) * 16; }
  int64_t packed() const { return blocks * slabs() * depth * width(); }  // floats of a group's weights
  int64_t groups() const { return divide_up(tiles, group); }             // of tiles
};

// Whose kernel is its only part, as it lies in memory.
inline bool is_3x3(const Conv2d& c) noexcept { return c.w.kernel_height == 3 && c.w.kernel_width == 3; }

WinogradPass winograd_forward(const Conv2d& c) noexcept;
WinogradPass winograd_backward(const Conv2d& c) noexcept;

// Of one tile, whose pixels are Side x Side: at, in row-major order, points to each pixel or to `none` outside the
// image.
template <int Side, typename Float>
Float** winograd_tile(const WinogradPass& p, const WinogradPass::Image& image, Float* from, int64_t top, int64_t left,
                      Float* none, Float** at) noexcept {
  const int64_t down = p.y.dilation, right = p.x.dilation;
  const int64_t line = image.width * image.pitch, bottom = top + Side * down, end = left + Side * right;
  if (top >= 0 && left >= 0 && bottom - down < image.height && end - right < image.width) {
    Float* row = from + top * line + left * image.pitch;
    for (int y = 0; y < Side; y++, row += down * line) {
      for (int x = 0; x < Side; x++) *at++ = row + x * right * image.pitch;
    }
    return at;
  }
  for (int64_t y = top; y < bottom; y += down) {
    const bool outside = y < 0 || y >= image.height;
    for (int64_t x = left; x < end; x += right) {
      *at++ = outside || x < 0 || x >= image.width ? none : from + y * line + x * image.pitch;
    }
  }
  return at;
}

// The region of an image that a part of the kernel reads.
inline WinogradPass::Image seen_by(const WinogradPass& p, int64_t part) noexcept {
  WinogradPass::Image image = p.in;
  image.padding_height -= part / p.parts_x * 3 * p.y.dilation;
  image.padding_width -= part % p.parts_x * 3 * p.x.dilation;
  return image;
}

// Calls body(part, begin, end, at) for each part that is among channels [begin, end) of all parts: its own channels,
// and where in the range they lie.
template <typename Body>
void each_winograd_part(const WinogradPass& p, int64_t begin, int64_t end, Body&& body) {
  for (int64_t part = 0; part < p.parts(); part++) {
    const int64_t start = part * p.part, from = begin > start ? begin : start;
    const int64_t to = end < start + p.channels ? end : start + p.channels;
    if (from < to) body(part, from - start, to - start, from - begin);
  }
}

// For each of `count` tiles from `first` on, its pixels. The lists cost a tenth of the time with 16 channels, so that
// they are made without divisions along a line, and without questions inside the image.
template <typename Float>
void winograd_pixels(const WinogradPass& p, const WinogradPass::Image& image, int64_t first, int64_t count,
                     Float* images, Float* none, Float** at) noexcept {
  const int64_t floats = image.height * image.width * image.pitch;
  int64_t y = first % p.per_image() / p.x.tiles, x = first % p.x.tiles;
  int64_t top = p.y.begin(y), left = p.x.begin(x), of = x % p.x.images;
  Float* from = images + first / p.per_image() * floats;
  const auto tile = image.side == 6   ? winograd_tile<6, Float>
                    : image.side == 4 ? winograd_tile<4, Float>
                                      : winograd_tile<2, Float>;
  for (int64_t t = 0; t < count; t++) {
    at = tile(p, image, from, top - image.padding_height, left - image.padding_width, none, at);
    const bool last = ++of == p.x.images;
    left += last ? p.x.next : 1;
    if (last) of = 0;
    if (++x < p.x.tiles) continue;
    x = left = 0;
    if (++y == p.y.tiles) y = 0, from += floats;
    top = p.y.begin(y);
  }
}

// The taps of a part between a kernel of the convolution and one of 3x3; `turned`: by 180 degrees.
class WinogradTaps {
 public:
  WinogradTaps(const Conv2d& c, const WinogradPass& p, int64_t part, bool turned);
  void read(const float* kernel, float* nine) const;   // zeros where there is none
  void write(const float* nine, float* kernel) const;  // those that are there

 private:
  int64_t at_[9];  // in the kernel, or -1
};

int winograd_backward_weights(const Conv2d& c, const float* src, const float* diff_dst, float* diff_weights,
                              float* diff_bias, void* memory, int64_t bytes);
int64_t winograd_weights_workspace(const Conv2d& c);

}  // namespace quern
