// Shared code of the convolution passes whose products are of bfloat16.
#pragma once

#include "conv2d/conv2d_direct.h"
#include "kernels/bf16.h"

namespace quern {

constexpr int64_t kBf16MostTaps = 64;
constexpr int64_t kBf16MostUnrolled = 64;    // inputs under a row of the kernel
constexpr int64_t kBf16Chunk = 32;           // channels of a step of the sum
constexpr int64_t kBf16Pixels = 16;          // of a tile
constexpr int64_t kBf16Columns = 16;         // of a tile, channels
constexpr int64_t kBf16MostTiles = 64;       // of a piece
constexpr int64_t kBf16MostBytes = 4 << 20;  // of an image's row, or of images side by side

// Inputs are copied; of an axis with one tap, only those that it reads. From one output to the next in the copy ...
inline int64_t bf16_step(const DirectAxis& axis) { return axis.taps == 1 ? 1 : axis.stride; }
// ... how many inputs some outputs see there ...
inline int64_t bf16_reach(const DirectAxis& axis, int64_t outputs) {
  return (outputs - 1) * bf16_step(axis) + axis.reach();
}
// ... and the input at a place of the copy.
inline int64_t bf16_input(const DirectAxis& axis, int64_t at) {
  return at * (axis.stride / bf16_step(axis)) + axis.first;
}

// Where a tap's first column lies in a row of the copy, whose columns of one remainder modulo the step lie together.
inline int64_t bf16_column(const DirectAxis& axis, int64_t phase, int64_t tap) {
  const int64_t column = tap * axis.step, step = bf16_step(axis);
  return column % step * phase + column / step;
}

// Whether the inputs under a row of the kernel, which lie one after another in memory, are the channels of one tap:
// where there are few channels, as of an image, in inference.
bool bf16_unrolls(const Conv2d& c) noexcept;

// A pass, cut into pieces: rows of one image, groups of images side by side, or a run of pixels.
struct Bf16Pass {
  DirectPass p;
  int64_t src_planes, planes;  // of inputs, and of weights
  int64_t chunks, pitch;  // of a pixel's channels; bfloat16 from one pixel to the next, an odd number of cache lines
  int shift = 0;          // 2^shift images lie side by side
  int64_t side_by_side = 1;
  int64_t phase, line;           // pixels of a row's columns of one remainder, of a row
  int64_t rows = 1, groups = 1;  // of a piece: output rows, and groups of images
  int64_t pixels = 0;            // of a flat piece
  DirectAxis unrolled{};         // the x axis of the convolution, where p has the unrolled one; else without taps

  Bf16Pass(const DirectPass& pass, int64_t batch, int64_t src_planes, int64_t planes) noexcept;
  bool whole() const { return rows == p.y.out; }
  // Tiles run on from row to row where what lies between them is less than what the rows' last tiles would waste.
  int64_t run() const { return (rows - 1) * line + p.x.out; }
  bool runs_on() const {
    return shift == 0 && bf16_step(p.x) == 1 && bf16_step(p.y) == 1 &&
           divide_up(run(), kBf16Pixels) < rows * line_tiles();
  }
  int64_t line_tiles() const { return divide_up(p.x.out * side_by_side, kBf16Pixels); }
  // Of a group of images; the last tile of a row may read on beyond it.
  int64_t tiles() const {
    if (pixels > 0) return pixels / kBf16Pixels;
    return runs_on() ? divide_up(run(), kBf16Pixels) : rows * line_tiles();
  }
  int64_t group_pixels() const { return pixels > 0 ? pixels : bf16_reach(p.y, rows) * line; }
  int64_t bytes() const { return group_pixels() * pitch * 2; }
  // A slot: inputs, then sums of tiles.
  int64_t input_bytes() const { return round_up((groups * group_pixels() + kBf16Pixels) * pitch * 2, 64); }
  int64_t slot() const { return input_bytes() + (groups * tiles() + 3) * 2048; }

  int64_t vectors() const { return divide_up(p.columns, kBf16Columns); }
  int64_t blocks() const { return divide_up(vectors(), 2); }
  int64_t tap_floats(int64_t of) const { return chunks * planes * of * 256; }  // of one tap's weights, in floats
  int64_t packed() const { return p.taps() * tap_floats(vectors()); }
  int64_t images() const { return groups * side_by_side; }
  int64_t pieces(const Conv2d& c) const {
    if (pixels > 0) return divide_up(c.batch * p.image_pixels, pixels);
    return whole() ? divide_up(c.batch, images()) : c.batch * divide_up(p.y.out, rows);
  }
  int64_t tap_at(int64_t y, int64_t x) const {
    return (y * p.y.step * line + bf16_column(p.x, phase, x) * side_by_side) * pitch;
  }
  void set(int64_t piece_rows) noexcept;
};

// Pixels [first, last) of the batch where flat, else rows [row, row + rows) of images [first, last).
struct Bf16Piece {
  int64_t number, first, last, row, rows;
};

// The input and output positions of tiles.
struct Bf16Places {
  int64_t count = 0;
  int64_t at[kBf16MostTiles], to[kBf16MostTiles * kBf16Pixels];

  Bf16Places(const Bf16Pass& a, const Bf16Piece& piece) noexcept;
  // Those of a flat piece whose inputs tiles read where they are, `pitch` apart; the last tile begins where it ends
  // with the piece.
  static Bf16Places in_place(const Bf16Pass& a, const Bf16Piece& piece) noexcept;

 private:
  Bf16Places() = default;
  // `positions` from `from` on. where(i) is the place of position i in the output, or -1.
  template <typename Where>
  void add(const Bf16Pass& a, int64_t from, int64_t positions, Where&& where) noexcept;
};

// A group's inputs under a piece.
void bf16_fill(const Bf16Pass& a, const Bf16Piece& piece, const float* src, Bf16* scratch) noexcept;
void bf16_fill(const Bf16Pass& a, const Bf16Piece& piece, const Bf16* src, Bf16* scratch) noexcept;

int bf16_backward_weights(const Conv2d& c, const void* src, const void* diff_dst, float* diff_weights, float* diff_bias,
                          void* memory, int64_t bytes);
int64_t bf16_weights_workspace(const Conv2d& c);

}  // namespace quern
