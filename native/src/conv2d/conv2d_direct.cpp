// conv2d without gathering: register tiles of output pixels and channels on packed weights, for forward and, as a
// convolution of the output's gradient, for backward data. After Georganas et al., "Anatomy of High-Performance Deep
// Learning Convolutions on SIMD Architectures", 2018.
#include "conv2d/conv2d_direct.h"

#include <algorithm>
#include <cstring>

#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kPanelFloats = 98304;  // 384 KiB of weights that stay in L2 while a piece's rows pass
constexpr int64_t kMostRuns = 256;
constexpr int64_t kLeastGroup = 8;
constexpr int64_t kMostPasses = 4;  // that run together

// body(pass) for each pass of backward data: one for each remainder of the stride that input pixels have.
template <typename Body>
void each_backward(const Conv2d& c, Body&& body) {
  for (int64_t y = 0; y < std::min(c.w.stride_height, c.w.in_height); y++) {
    if (direct_takes_pairs(c)) {
      body(direct_backward_pairs(c, y));
      continue;
    }
    for (int64_t x = 0; x < std::min(c.w.stride_width, c.w.in_width); x++) body(direct_backward(c, y, x));
  }
}

int64_t slot_floats(const DirectPass& p) { return p.inside < 1 ? 0 : p.images * p.image_floats(); }

int64_t pieces_of(const Conv2d& c, const DirectPass& p) {
  return p.images > 1 ? divide_up(c.batch, p.images) : c.batch * divide_up(p.y.out, p.rows);
}

const char* refuses(const Conv2d& c) {
  if (c.groups > 1 && (c.w.channels < kLeastGroup || c.out_per_group < kLeastGroup)) {
    return "groups of fewer than 8 channels fill no vector";
  }
  if (c.w.kernel_height * c.w.kernel_width > kMostRuns) return "the kernel has more than 256 taps";
  if (!c.inference && !direct_has_few_remainders(c)) return "the stride has more than 1024 remainders";
  if (slot_floats(direct_forward(c)) > 16 * kPieceFloats) return "a row of the image does not fit in cache";
  return nullptr;
}

// Weights of one group, [block][tap y][tap x][input][column of the block], padded with zeros.
// at(input, column) points to the kernel of a pair of channels; that of a neighboring pixel is shifted.
template <typename W, typename At, typename Of>
void pack_as(const Conv2d& c, const DirectPass& p, int64_t block, W* packed, At&& at, Of&& of) {
  const int64_t width = p.vectors_of(block) * p.lanes, column = p.column_of(block), inputs = p.taps() * p.depth;
  W* to = packed + inputs * column;
  std::memset(to, 0, static_cast<size_t>(inputs * width) * sizeof(W));
  for (int64_t k = 0; k < p.depth; k++) {
    for (int64_t j = 0; j < std::min(width, p.columns - column); j++) {
      const float* kernel = at(k, column + j);
      const int64_t shift = p.x.weight_first + (column + j) / (p.columns / p.across);
      for (int64_t ty = 0; ty < p.y.taps; ty++) {
        const float* row = kernel + (p.y.weight_first + ty * p.y.weight_step) * c.w.kernel_width;
        for (int64_t tx = 0; tx < p.x.taps; tx++) {
          const int64_t x = shift + tx * p.x.weight_step;
          if (x >= 0 && x < c.w.kernel_width) to[((ty * p.x.taps + tx) * p.depth + k) * width + j] = of(row[x]);
        }
      }
    }
  }
}

template <typename At>
void pack_pass(const Conv2d& c, const DirectPass& p, int64_t block, void* packed, At&& at) {
  switch (p.type) {
    case QUERN_BF16:
      return pack_as(c, p, block, static_cast<Bf16*>(packed), at, [](float x) { return bf16_of(x); });
    case QUERN_F16:
      return pack_as(c, p, block, static_cast<F16*>(packed), at, [](float x) { return f16_of(x); });
    default:
      return pack_as(c, p, block, static_cast<float*>(packed), at, [](float x) { return x; });
  }
}

int64_t packed_bytes(const Conv2d& c) {
  const DirectPass forward = direct_forward(c);
  const int64_t each = c.groups * weight_bytes(forward.type);  // bytes of an element of every group
  int64_t floats = forward.packed;
  if (c.inference) return floats * each;
  if (direct_scatters(c)) return (floats + direct_scatter(c).packed) * each;
  each_backward(c, [&](const DirectPass& p) { floats += p.packed; });
  return floats * each;
}

void pack(const Conv2d& c, const float* weights, void* memory) {
  float* packed = static_cast<float*>(memory);
  const int64_t taps = c.w.kernel_height * c.w.kernel_width;
  const auto kernel_of = [&](int64_t g, int64_t out, int64_t in) {
    return weights + ((g * c.out_per_group + out) * c.w.channels + in) * taps;
  };
  const DirectPass forward = direct_forward(c);
  parallel_for(c.groups * forward.blocks, [&](int64_t piece) {
    const int64_t g = piece / forward.blocks;
    pack_pass(c, forward, piece % forward.blocks,
              static_cast<char*>(memory) + g * forward.packed * weight_bytes(forward.type),
              [&](int64_t k, int64_t column) { return kernel_of(g, column, k); });
  });
  if (c.inference) return;
  packed += forward.packed * c.groups;
  if (direct_scatters(c)) {
    const DirectPass p = direct_scatter(c);
    parallel_for(c.groups * p.blocks, [&](int64_t piece) {
      const int64_t g = piece / p.blocks;
      pack_pass(c, p, piece % p.blocks, packed + g * p.packed, [&](int64_t k, int64_t column) {
        return kernel_of(g, k, column % c.w.channels) + column / c.w.channels;
      });
    });
    return;
  }
  each_backward(c, [&](const DirectPass& p) {
    parallel_for(c.groups * p.blocks, [&](int64_t piece) {
      const int64_t g = piece / p.blocks;
      pack_pass(c, p, piece % p.blocks, packed + g * p.packed,
                [&](int64_t k, int64_t column) { return kernel_of(g, k, column % c.w.channels); });
    });
    packed += p.packed * c.groups;
  });
}

// Rows [row, row + rows) of images [first, last), all groups.
struct Piece {
  int64_t number, first, last, row, rows;
};

Piece piece_of(const Conv2d& c, const DirectPass& p, int64_t i) {
  if (p.images > 1) return {i, i * p.images, std::min((i + 1) * p.images, c.batch), 0, p.y.out};
  const int64_t per_image = divide_up(p.y.out, p.rows), row = i % per_image * p.rows;
  return {i, i / per_image, i / per_image + 1, row, std::min(p.rows, p.y.out - row)};
}

// Where the lines of a piece begin, in its scratch and in the output.
struct Lines {
  int64_t count = 0;
  int64_t src[kPiecePixels], dst[kPiecePixels];

  Lines(const DirectPass& p, const Piece& piece) {
    for (int64_t n = piece.first; n < piece.last; n++) {
      for (int64_t y = 0; y < piece.rows; y++, count++) {
        src[count] = (n - piece.first) * p.image_floats() + y * p.y.stride * p.scratch_width() * p.depth;
        dst[count] = (n * p.image_pixels + p.out_first + (piece.row + y) * p.out_y) * p.out_pitch;
      }
    }
  }
};

// The blocks [first, last) of each group's columns. `held` tells what the scratch of this slot holds.
void run_piece(const Conv2d& c, const DirectPass& p, const Piece& piece, int64_t first, int64_t last, const float* src,
               const void* packed, const Post& post, float* dst, float* scratch, Held* held, int slot) {
  const int64_t in_image = p.y.in * p.x.in * p.in_pitch;
  const int64_t chunk = std::max<int64_t>(kPanelFloats / (p.run_length() * p.most_columns() + 1), 1);
  int64_t runs[kMostRuns];
  for (int64_t r = 0; r < p.runs(); r++) {
    const int64_t y = p.runs_along() ? r : r / p.x.taps, x = p.runs_along() ? 0 : r % p.x.taps;
    runs[r] = (y * p.y.step * p.scratch_width() + x * p.x.step) * p.depth;
  }
  const Lines lines(p, piece);
  for (int64_t g = 0; g < c.groups; g++) {
    const bool fresh = held->changes(slot, piece.number * c.groups + g);
    for (int64_t n = piece.first; fresh && n < piece.last; n++) {
      direct_scratch(p, src + n * in_image + g * p.depth, piece.row, scratch + (n - piece.first) * p.image_floats());
    }
    for (int64_t block = first; block < last; block++) {
      const int64_t column = p.column_of(block), width = p.vectors_of(block) * p.lanes;
      ConvRow row{};
      row.src = scratch;
      row.src_step = p.x.stride * p.depth;
      row.src_lines = lines.src;
      row.run_length = p.run_length();
      row.second_only = p.second_only;
      row.dst = dst + g * p.columns + column;
      row.dst_step = p.out_x * p.out_pitch;
      row.dst_lines = lines.dst;
      row.lines = lines.count;
      row.pixels = p.x.out;
      row.columns = std::min(width, p.columns - column);
      row.vectors = p.vectors_of(block);
      row.post = post.from(g * p.columns + column);
      int64_t begin = 0;
      do {
        row.runs = runs + begin;
        row.run_count = std::min(chunk, p.runs() - begin);
        row.weights = p.at(packed, g * p.packed + p.taps() * p.depth * column + begin * p.run_length() * width);
        if (p.blocks > 1 || chunk < p.runs()) {
          row.ahead = p.at(row.weights, row.run_count * p.run_length() * width);
        }
        row.first = begin == 0;
        row.last = begin + row.run_count >= p.runs();
        direct_row(p, row);
        begin += row.run_count;
      } while (begin < p.runs());
    }
    if (post.sums != nullptr) {  // of a forward pass, whose rows follow one another
      const int64_t begin = g * p.columns + p.column_of(first), end = g * p.columns + p.column_of(last);
      const int64_t pixel = piece.first * p.image_pixels + piece.row * p.x.out;
      double* sums = post.sums + piece.number * 2 * post.channels + begin;
      kernels().moments((piece.last - piece.first) * piece.rows * p.x.out, end - begin,
                        dst + pixel * p.out_pitch + begin, p.out_pitch, sums, sums + post.channels);
    }
  }
}

int64_t workspace_floats(const Conv2d& c) {
  int64_t most = slot_floats(direct_forward(c));
  if (c.inference) return most;
  if (direct_scatters(c)) return std::max(most, direct_scatter_floats(c));
  each_backward(c, [&](const DirectPass& p) { most = std::max(most, slot_floats(p)); });
  return most;
}

int64_t workspace(const Conv2d& c) {
  const int64_t bytes = threads() * workspace_floats(c) * 4;
  return c.inference ? bytes : std::max(bytes, direct_weights_workspace(c));
}

int take(const Conv2d& c, int64_t floats, const void* memory, int64_t bytes, Slots* slots) {
  const int64_t least = workspace_floats(c) * 4;
  QUERN_TRY(check_workspace("conv2d", memory, bytes, least));
  *slots = Slots(bytes, floats * 4);
  return QUERN_OK;
}

int run(const Conv2d& c, const DirectPass& p, const float* src, const void* packed, const Post& post, float* dst,
        void* memory, int64_t bytes) {
  if (p.inside < 1) {
    direct_inside(p, c.batch, c.groups, src, packed, post, dst);
    return QUERN_OK;
  }
  Slots slots{};
  QUERN_TRY(take(c, slot_floats(p), memory, bytes, &slots));
  if (p.flat()) {
    direct_flat_all(p, c.groups, c.batch * p.image_pixels, src, packed, post, dst);
    return QUERN_OK;
  }
  char* scratch = static_cast<char*>(memory);
  // a scratch holds one group's inputs, the next one of which would take their place
  const int64_t splits =
      c.groups == 1 ? column_splits(pieces_of(c, p), p.blocks, kManyPieces) : column_splits(pieces_of(c, p), p.blocks);
  Held held;
  parallel_for(pieces_of(c, p) * splits, slots.count, [&](int64_t i, int slot) {
    const int64_t split = i % splits;
    run_piece(c, p, piece_of(c, p, i / splits), split * p.blocks / splits, (split + 1) * p.blocks / splits, src, packed,
              post, dst, reinterpret_cast<float*>(scratch + slot * slots.bytes), &held, slot);
  });
  return QUERN_OK;
}

int forward(const Conv2d& c, const float* src, const void* packed, const Post& post, float* dst, void* memory,
            int64_t bytes) {
  return run(c, direct_forward(c), src, packed, post, dst, memory, bytes);
}

int64_t sum_pieces(const Conv2d& c) {
  const DirectPass p = direct_forward(c);
  return p.flat() ? direct_flat_pieces(c.rows) : pieces_of(c, p);
}

// The passes of backward data.
struct Passes {
  DirectPass at[kMostPasses];
  int64_t packed[kMostPasses];  // where each one's weights begin
  int64_t count = 0, floats = 0, slot = 0, pieces = 0;

  explicit Passes(const Conv2d& c) {
    each_backward(c, [&](const DirectPass& p) {
      if (count < kMostPasses) at[count] = p, packed[count] = floats;
      count++;
      floats += p.packed;
      slot = std::max(slot, slot_floats(p));
      pieces = std::max(pieces, pieces_of(c, p));
    });
  }
  // Where all their weights stay in L2.
  bool together(const Conv2d& c) const {
    return c.groups == 1 && count > 1 && count <= kMostPasses && floats <= kPanelFloats;
  }
};

// A piece of each pass in turn, so that gradients are read, and lines of neighboring pixels written, while in cache.
int run_together(const Conv2d& c, const Passes& all, const float* diff_dst, const float* packed, float* diff_src,
                 void* memory, int64_t bytes) {
  Slots slots{};
  QUERN_TRY(take(c, all.slot, memory, bytes, &slots));
  char* scratch = static_cast<char*>(memory);
  const int64_t blocks = all.at[0].blocks, splits = column_splits(all.pieces * all.count, blocks, kManyPieces);
  Held held;
  parallel_for(all.pieces * all.count * splits, slots.count, [&](int64_t i, int slot) {
    const int64_t split = i % splits, number = i / splits, pass = number % all.count;
    const DirectPass& p = all.at[pass];
    if (number / all.count >= pieces_of(c, p)) return;
    Piece piece = piece_of(c, p, number / all.count);
    piece.number = number;
    run_piece(c, p, piece, split * blocks / splits, (split + 1) * blocks / splits, diff_dst, packed + all.packed[pass],
              Post{}, diff_src, reinterpret_cast<float*>(scratch + slot * slots.bytes), &held, slot);
  });
  return QUERN_OK;
}

int backward_data(const Conv2d& c, const float* diff_dst, const void* packed, float* diff_src, void* memory,
                  int64_t bytes) {
  const float* weights = f32(packed) + direct_forward(c).packed * c.groups;
  if (direct_scatters(c)) {
    Slots slots{};
    QUERN_TRY(take(c, direct_scatter_floats(c), memory, bytes, &slots));
    direct_scatter_images(c, diff_dst, weights, diff_src, static_cast<float*>(memory), slots.count);
    return QUERN_OK;
  }
  const Passes all(c);
  if (all.together(c)) return run_together(c, all, diff_dst, weights, diff_src, memory, bytes);
  int status = QUERN_OK;
  each_backward(c, [&](const DirectPass& p) {
    if (status == QUERN_OK) status = run(c, p, diff_dst, weights, Post{}, diff_src, memory, bytes);
    weights += p.packed * c.groups;
  });
  return status;
}

}  // namespace

void direct_scratch(const DirectPass& p, const float* image, int64_t row, float* scratch) noexcept {
  const int64_t width = p.scratch_width(), floats = width * p.depth;
  const int64_t left = std::min(std::max<int64_t>(-p.x.first, 0), width);
  const int64_t right = std::max(std::min(p.x.in - p.x.first, width), left);
  for (int64_t r = 0; r < p.scratch_rows(); r++, scratch += floats) {
    const int64_t y = row * p.y.stride + p.y.first + r;
    if (y < 0 || y >= p.y.in) {
      std::memset(scratch, 0, static_cast<size_t>(floats) * sizeof(float));
      continue;
    }
    std::memset(scratch, 0, static_cast<size_t>(left * p.depth) * sizeof(float));
    const float* from = image + (y * p.x.in + p.x.first + left) * p.in_pitch;
    if (p.in_pitch == p.depth) {
      std::memcpy(scratch + left * p.depth, from, static_cast<size_t>((right - left) * p.depth) * sizeof(float));
    } else {
      kernels().copy_rows(right - left, p.depth, from, p.in_pitch, scratch + left * p.depth, p.depth);
    }
    std::memset(scratch + right * p.depth, 0, static_cast<size_t>((width - right) * p.depth) * sizeof(float));
  }
}

const Conv2dImplementation conv2d_direct{
    "direct",   refuses,         packed_bytes,          of_f32<pack>,
    workspace,  of_f32<forward>, of_f32<backward_data>, of_f32<direct_backward_weights>,
    sum_pieces, direct_cost};

}  // namespace quern
