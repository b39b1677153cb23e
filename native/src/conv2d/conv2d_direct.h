// Shared code of the passes of direct convolution. Forward, and backward data for each residue of the stride, compute
// the same kind of sum: every output pixel is a sum of a grid of input pixels times weights. Inputs of a few rows are
// copied to a padded scratch without gaps, where borders need no special case and a row of taps without dilation is one
// run of floats.
#pragma once

#include "conv2d/conv2d.h"
#include "runtime/halves.h"

namespace quern {

constexpr int64_t kPiecePixels = 256;    // of a piece of work, at most
constexpr int64_t kPieceFloats = 65536;  // 256 KiB of scratch

// The taps of one axis: tap t of output o reads input o * stride + first + t * step, and weight weight_first + t *
// weight_step.
struct DirectAxis {
  int64_t in, out, stride, taps, first, step, weight_first, weight_step;
  int64_t reach() const { return taps > 0 ? (taps - 1) * step + 1 : 1; }  // inputs under one output
};

struct DirectPass {
  DirectAxis y, x;
  int64_t depth, columns;   // channels of a group, of its input and its output
  int64_t across = 1;       // neighboring output pixels, whose channels are columns of one sum
  int64_t second_only = 0;  // inputs at the end of a run that only the second of two such pixels has weights for
  int64_t in_pitch, out_pitch;
  int64_t out_width;                // of the whole output image, in pixels
  int64_t out_first, out_y, out_x;  // the pass's first output pixel, and from one to the next

  int64_t image_pixels = 0;        // of the whole output image
  double inside = 1;               // the share of taps that are computed: of those within the image, or all
  int64_t type = QUERN_F32;        // of packed weights
  int64_t lanes = 0, vectors = 0;  // of the columns,
  int64_t blocks = 0;              // which are cut into blocks of nearly one size
  int64_t packed = 0;              // elements of a group's weights
  int64_t rows = 0, images = 0;    // of a piece of work: rows of one image, or several whole images

  // Packed weights from this element on.
  const void* at(const void* weights, int64_t element) const {
    return static_cast<const char*>(weights) + element * weight_bytes(type);
  }
  // One tap on every pixel: the batch is one run of pixels, which needs no scratch.
  bool flat() const {
    return taps() == 1 && y.stride == 1 && x.stride == 1 && y.first == 0 && x.first == 0 && y.in == y.out &&
           x.in == x.out && out_x == 1 && image_pixels == y.out * x.out;
  }
  int64_t vector_of(int64_t block) const { return vectors * block / blocks; }  // its first
  int64_t vectors_of(int64_t block) const { return vector_of(block + 1) - vector_of(block); }
  // The first column of a block, or the end of them all.
  int64_t column_of(int64_t block) const { return block < blocks ? vector_of(block) * lanes : columns; }
  int64_t most_columns() const { return divide_up(vectors, blocks) * lanes; }  // of a block
  int64_t taps() const { return y.taps * x.taps; }
  bool runs_along() const { return x.step == 1; }
  int64_t run_length() const { return runs_along() ? x.taps * depth : depth; }
  int64_t runs() const { return runs_along() ? y.taps : taps(); }
  int64_t scratch_width() const { return (x.out - 1) * x.stride + x.reach(); }
  int64_t scratch_rows() const { return (rows - 1) * y.stride + y.reach(); }
  int64_t image_floats() const { return scratch_rows() * scratch_width() * depth; }
};

// Passes of backward data, one for each remainder of the stride that input pixels have. Direct convolution refuses
// more: to lay so many out would take for ever where stride and image are huge.
constexpr int64_t kMostRemainders = 1024;
bool direct_has_few_remainders(const Conv2d& c) noexcept;

// The register tiles for the type of the pass's weights.
void direct_row(const DirectPass& p, const ConvRow& row) noexcept;

// Fills in the kernels' vectors and the pieces of work.
DirectPass direct_finished(DirectPass p) noexcept;
DirectPass direct_forward(const Conv2d& c) noexcept;
// Input pixels whose padded coordinates leave these remainders. taps() may be 0: then their gradient is 0.
DirectPass direct_backward(const Conv2d& c, int64_t remainder_y, int64_t remainder_x) noexcept;
// If a vector contains all channels of an input pixel, the two pixels under a stride of 2 are one pass of backward
// data, in which each input's load serves both. Both have the same taps but for the last one of a row, which the first
// pixel lacks where the padding is odd: a vector of its own leaves it out, a weight of 0 would make NaN of infinities.
bool direct_takes_pairs(const Conv2d& c) noexcept;
DirectPass direct_backward_pairs(const Conv2d& c, int64_t remainder_y) noexcept;

// Backward data with columns, for inputs with few channels: every output pixel's gradient times all weights, a row of
// [ky][kx][in], which is then added to the input pixels that it belongs to.
bool direct_scatters(const Conv2d& c) noexcept;
DirectPass direct_scatter(const Conv2d& c) noexcept;
int64_t direct_scatter_floats(const Conv2d& c) noexcept;  // of a slot
void direct_scatter_images(const Conv2d& c, const float* diff_dst, const float* packed, float* diff_src, float* scratch,
                           int slots) noexcept;

// A run of pixels of a flat pass, the blocks [first, last) of a group's columns. Where a thread reads weights but once,
// those that come next are fetched into L2: 10 % where they come from far, which costs 3 % where they are there.
void direct_flat(const DirectPass& p, int64_t pixels, int64_t first, int64_t last, bool once, const float* src,
                 const void* packed, const Post& post, float* dst) noexcept;

// All pixels of a flat pass, shared by the threads; where sums are left, in so many pieces.
int64_t direct_flat_pieces(int64_t pixels) noexcept;
void direct_flat_all(const DirectPass& p, int64_t groups, int64_t pixels, const float* src, const void* packed,
                     const Post& post, float* dst) noexcept;

// The share of all outputs' taps that lie within the image; 1 where these are no few rectangles.
double direct_taps_inside(const DirectPass& p) noexcept;

// The sum of these taps alone, for all images. No scratch.
void direct_inside(const DirectPass& p, int64_t batch, int64_t groups, const float* src, const void* packed,
                   const Post& post, float* dst) noexcept;

// Copies the input rows under output rows [row, row + p.rows) of an image, with zeros around it; the last rows of a
// piece may lie beyond the image.
void direct_scratch(const DirectPass& p, const float* image, int64_t row, float* scratch) noexcept;

int direct_backward_weights(const Conv2d& c, const float* src, const float* diff_dst, float* diff_weights,
                            float* diff_bias, void* memory, int64_t bytes);
int64_t direct_weights_workspace(const Conv2d& c);

}  // namespace quern
