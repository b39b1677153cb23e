// conv2d of bytes by register tiles over output pixels and channels, as conv2d_direct.cpp for float32. Pieces of the
// output gather the inputs that they need, with their padding, in the form that kernels read; where that is the form
// in which they lie, they are read there.
#include "conv2d/conv2d_int8.h"

#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kMostRuns = 256, kMostLines = 512;
constexpr int64_t kPiecePixels = 512;            // at most
constexpr int64_t kFewPixels = 64;               // images of fewer come several a piece
constexpr int64_t kPieceBytes = 98304;           // of gathered inputs, unless a line has more
constexpr int64_t kNearBytes = 65536;            // weights of a block that stay in a near cache
constexpr int64_t kFewNear = 32, kFewFar = 128;  // pixels of a piece at least, as weights are near or far
constexpr int64_t kApartChannels = 48;           // fewer fill no matrix of the unit by themselves

struct Int8Pass {
  const Int8Kernels& k;
  bool there;                           // inputs are read where they lie
  bool apart;                           // gathered for each column of the kernel by itself
  int64_t pixel, width, extent;         // elements from pixel to pixel; pixels of a gathered line; its lines
  int64_t vectors, blocks;              // of a group's output channels
  int64_t runs, run_steps, taps_along;  // taps_along: of the kernel's row, whose inputs make one run
  int64_t parts, stride;                // of a weight; from a line to the next one's
  int64_t columns, near;                // of the kernel if they are apart, else 1; pixels from one to the next
  int64_t rows, images;                 // of a piece: rows of one image, or several images

  explicit Int8Pass(const Conv2d& c) : k(*int8_kernels()) {
    const Windows& w = c.w;
    stride = w.stride_height;
    const int64_t bottom = (w.out_height - 1) * w.stride_height + w.dilation_height * (w.kernel_height - 1) + 1;
    const int64_t right = (w.out_width - 1) * w.stride_width + w.dilation_width * (w.kernel_width - 1) + 1;
    // what a step takes behind its run has weights of zero, but must not lie behind the image
    there = k.element == 1 && k.less == 0 && w.channels % k.depth == 0 && w.padding_height == 0 &&
            w.padding_width == 0 && bottom <= w.in_height && right <= w.in_width;
    const bool one =
        there && w.kernel_width == 1 && w.kernel_height == 1 && w.stride_height == 1 && w.stride_width == 1;
    apart = !one && 3 * w.out_width <= 2 * k.together && w.channels >= kApartChannels;
    there = there && !apart;
    pixel = there ? w.src_pitch : w.channels;
    extent = w.dilation_height * (w.kernel_height - 1) + 1;
    width = there ? w.in_width : apart ? w.out_width : right;
    columns = apart ? w.kernel_width : 1;
    near = apart ? 1 : w.stride_width;
    vectors = divide_up(c.out_per_group, k.lanes);
    blocks = divide_up(vectors, k.widest);
    const bool along = !apart && w.dilation_width == 1 && pixel == w.channels;
    taps_along = along ? w.kernel_width : 1;
    runs = w.kernel_height * (w.kernel_width / taps_along);
    run_steps = divide_up(taps_along * w.channels, k.depth);
    parts = int8_parts(c);
    images = 1;
    if (c.per_image < kFewPixels) {
      images = std::min({divide_up(kFewPixels, c.per_image), kMostLines / w.out_height,
                         std::max<int64_t>(kPieceBytes / image_bytes(w.out_height), 1)});
      images = std::max<int64_t>(images, 1);
    }
    rows = w.out_height;
    if (images == 1) {
      rows = std::min({rows, kMostLines, std::max<int64_t>(kPiecePixels / w.out_width, 1)});
      while (!there && rows > 1 && image_bytes(rows) > kPieceBytes) rows = divide_up(rows, 2);
      const int64_t few = part_bytes(std::min(vectors, k.widest)) <= kNearBytes ? kFewNear : kFewFar;
      while (pieces(c) * blocks < kManyPieces && rows / 2 >= extent && rows / 2 * w.out_width >= few) {
        rows = divide_up(rows, 2);
      }
    }
  }

  int64_t lines(int64_t output_rows) const { return (output_rows - 1) * stride + extent; }
  // Lines that lie `stride` apart follow each other if columns are apart, so that those of output rows do.
  int64_t phase_lines(int64_t output_rows) const { return divide_up(lines(output_rows), stride); }
  int64_t column_elements(int64_t output_rows) const {
    // a stride beyond the lines, of one row then, leaves each line a phase of its own
    const int64_t all = lines(output_rows), phases = std::min(stride, all);
    return (apart ? phases * phase_lines(output_rows) : all) * width * pixel;
  }
  int64_t image_elements(int64_t output_rows) const { return columns * column_elements(output_rows); }
  // Where a line of a piece's inputs begins, among those of its column.
  int64_t line_at(int64_t line) const {
    return (apart ? line % stride * phase_lines(rows) + line / stride : line) * width * pixel;
  }
  int64_t run_at(int64_t line, int64_t column) const {
    return line_at(line) + column * (apart ? column_elements(rows) : pixel);
  }
  int64_t image_bytes(int64_t output_rows) const { return image_elements(output_rows) * k.element; }
  int64_t slot_bytes() const { return there ? 0 : round_up(images * image_bytes(rows) + k.depth * k.element, 64); }
  int64_t pieces(const Conv2d& c) const {
    return images > 1 ? divide_up(c.batch, images) : c.batch * divide_up(c.w.out_height, rows);
  }
  int64_t column(int64_t block) const { return block * k.widest * k.lanes; }
  int64_t vectors_of(int64_t block) const { return std::min(k.widest, vectors - block * k.widest); }
  int64_t steps() const { return runs * run_steps; }
  // what comes before a group's weights: where sums begin, and how many parts each block has
  int64_t start_bytes() const { return round_up((vectors * k.lanes + blocks) * 4, 64); }
  int64_t part_bytes(int64_t block_vectors) const { return steps() * k.depth * block_vectors * k.lanes; }
  int64_t group_bytes() const { return start_bytes() + round_up(parts * part_bytes(vectors), 64); }
  int64_t block_at(int64_t block) const { return start_bytes() + parts * part_bytes(block * k.widest); }
  int64_t parts_at(int64_t block) const { return vectors * k.lanes + block; }
};

const char* refuses(const Conv2d& c) {
  if (c.depth > kMostInt8Inputs / int8_parts(c)) return "an output sums more products than 32 bits hold";
  if (c.w.kernel_height * c.w.kernel_width > kMostRuns) return "the kernel has more than 256 taps";
  return nullptr;
}

int64_t packed_bytes(const Conv2d& c) { return c.groups * Int8Pass(c).group_bytes(); }

// Of a group, behind start_bytes: [block][part][run][step][vector][lane][depth], zeros where there is no channel.
void pack(const Conv2d& c, const void* from, void* packed) {
  const Int8Pass p(c);
  const int64_t taps = c.w.kernel_height * c.w.kernel_width, lanes = p.k.lanes, depth = p.k.depth;
  parallel_for(c.groups * p.blocks, [&](int64_t piece) {
    const int64_t g = piece / p.blocks, block = piece % p.blocks, column = p.column(block),
                  vectors = p.vectors_of(block);
    char* group = static_cast<char*>(packed) + g * p.group_bytes();
    auto* start = reinterpret_cast<int32_t*>(group) + column;
    auto* to = reinterpret_cast<int8_t*>(group + p.block_at(block));
    const int64_t part = p.part_bytes(vectors);
    bool second = false;
    std::memset(start, 0, static_cast<size_t>(vectors * lanes) * sizeof *start);
    std::memset(to, 0, static_cast<size_t>(p.parts * part));
    for (int64_t j = 0; j < std::min(vectors * lanes, c.out_per_group - column); j++) {
      const int64_t kernel = (g * c.out_per_group + column + j) * c.depth;
      int64_t sum = 0;
      for (int64_t i = 0; i < c.w.channels; i++) {
        for (int64_t t = 0; t < taps; t++) {
          const int64_t input = t % p.taps_along * c.w.channels + i,
                        step = t / p.taps_along * p.run_steps + input / depth,
                        at = ((step * vectors + j / lanes) * lanes + j % lanes) * depth + input % depth;
          const Int8Weight weight = int8_weight(c, from, kernel + i * taps + t);
          to[at] = weight.parts[0];
          sum += weight.parts[0] + weight.parts[1];
          if (weight.parts[1] != 0) {
            to[part + at] = weight.parts[1];
            second = true;
          }
        }
      }
      start[j] = int8_start(c, sum);
    }
    reinterpret_cast<int32_t*>(group)[p.parts_at(block)] = second ? 2 : 1;
  });
}

// Zeros for n elements.
void fill(const Conv2d& c, const Int8Pass& p, int64_t n, char* to) {
  constexpr int64_t kRun = 256;
  uint8_t zeros[kRun];
  std::memset(zeros, static_cast<int>(c.src_zero), sizeof zeros);
  for (; n > 0; n -= kRun, to += kRun * p.k.element) p.k.widen(std::min(n, kRun), zeros, to);
}

// A line of a piece, whose pixels begin at `first` of the input's line and lie `step` of them apart.
void gather_line(const Conv2d& c, const Int8Pass& p, const uint8_t* line, int64_t first, int64_t step, char* to) {
  const Windows& w = c.w;
  const auto inside = [&](int64_t x) { return std::clamp<int64_t>(divide_up(x - first, step), 0, p.width); };
  const int64_t left = first < 0 ? inside(0) : 0,
                right = first < w.in_width ? std::max(inside(w.in_width), left) : left;
  const int64_t pixel = w.channels * p.k.element;
  fill(c, p, left * w.channels, to);
  const uint8_t* from = line + (first + left * step) * w.src_pitch;
  if (w.src_pitch == w.channels && step == 1) {
    p.k.widen((right - left) * w.channels, from, to + left * pixel);
  } else {
    for (int64_t x = left; x < right; x++, from += step * w.src_pitch) p.k.widen(w.channels, from, to + x * pixel);
  }
  fill(c, p, (p.width - right) * w.channels, to + right * pixel);
}

// The inputs of `rows` rows of an image's output, from `row` on.
void gather(const Conv2d& c, const Int8Pass& p, const uint8_t* image, int64_t row, int64_t rows, char* to) {
  const Windows& w = c.w;
  for (int64_t column = 0; column < p.columns; column++) {
    const int64_t first = column * w.dilation_width - w.padding_width;
    for (int64_t r = 0; r < p.lines(rows); r++) {
      const int64_t y = row * w.stride_height - w.padding_height + r;
      char* line = to + (column * p.column_elements(p.rows) + p.line_at(r)) * p.k.element;
      if (y < 0 || y >= w.in_height) {
        fill(c, p, p.width * w.channels, line);
      } else {
        gather_line(c, p, image + y * w.in_width * w.src_pitch, first, p.apart ? w.stride_width : 1, line);
      }
    }
  }
}

struct Piece {
  int64_t first, last, row, rows;
};

Piece piece_of(const Conv2d& c, const Int8Pass& p, int64_t i) {
  if (p.images > 1) return {i * p.images, std::min((i + 1) * p.images, c.batch), 0, c.w.out_height};
  const int64_t per_image = divide_up(c.w.out_height, p.rows), row = i % per_image * p.rows;
  return {i / per_image, i / per_image + 1, row, std::min(p.rows, c.w.out_height - row)};
}

// The blocks [first, last) of a group's columns of a piece, whose gathered inputs lie in `scratch`.
void run_blocks(const Conv2d& c, const Int8Pass& p, const Piece& piece, int64_t g, int64_t first, int64_t last,
                const uint8_t* src, const char* packed, const Post& post, void* dst, const char* scratch) {
  const Windows& w = c.w;
  int64_t runs[2 * kMostRuns], src_lines[kMostLines], dst_lines[kMostLines], lines = 0;
  for (int64_t r = 0; r < p.runs; r++) {
    const int64_t across = w.kernel_width / p.taps_along, y = r / across, x = r % across;
    runs[r] = runs[p.runs + r] = p.run_at(y * w.dilation_height, p.apart ? x : x * w.dilation_width);
  }
  for (int64_t n = piece.first; n < piece.last; n++) {
    for (int64_t y = 0; y < piece.rows; y++, lines++) {
      src_lines[lines] = p.there ? (n * w.in_height + (piece.row + y) * w.stride_height) * p.width * p.pixel
                                 : (n - piece.first) * p.image_elements(p.rows) + p.line_at(y * w.stride_height);
      dst_lines[lines] = ((n * w.out_height + piece.row + y) * w.out_width) * w.dst_pitch;
    }
  }
  const char* group = packed + g * p.group_bytes();
  for (int64_t block = first; block < last; block++) {
    const int64_t column = p.column(block), channel = g * c.out_per_group + column;
    Int8Rows rows{};
    rows.src = p.there ? static_cast<const void*>(src + g * w.channels) : scratch;
    rows.src_step = p.near * p.pixel;
    rows.runs = runs;
    rows.run_count = p.runs * reinterpret_cast<const int32_t*>(group)[p.parts_at(block)];
    rows.run_steps = p.run_steps;
    rows.weights = reinterpret_cast<const int8_t*>(group + p.block_at(block));
    rows.start = reinterpret_cast<const int32_t*>(group) + column;
    rows.post = int8_post(c, post, channel);
    rows.post.add = int8_at(c, static_cast<const void*>(post.add), channel);
    rows.dst = int8_at(c, dst, channel);
    rows.dst_step = w.dst_pitch;
    rows.src_lines = src_lines;
    rows.dst_lines = dst_lines;
    rows.lines = lines;
    rows.pixels = w.out_width;
    rows.vectors = p.vectors_of(block);
    rows.columns = std::min(rows.vectors * p.k.lanes, c.out_per_group - column);
    p.k.rows(rows);
  }
}

int64_t workspace(const Conv2d& c) { return threads() * Int8Pass(c).slot_bytes(); }

int forward(const Conv2d& c, const void* src, const void* packed, const Post& post, void* dst, void* memory,
            int64_t bytes) {
  const Int8Pass p(c);
  QUERN_TRY(check_workspace("conv2d", memory, bytes, p.slot_bytes()));
  const Slots slots = p.there ? Slots() : Slots(bytes, p.slot_bytes());
  const auto* from = static_cast<const uint8_t*>(src);
  const int64_t per_piece = c.groups == 1 ? kManyPieces : 2, pieces = p.pieces(c);
  const int64_t splits = column_splits(pieces, p.blocks, per_piece),
                image = c.w.in_height * c.w.in_width * c.w.src_pitch;
  Held held;
  parallel_for(pieces * splits, p.there ? kMaxThreads : slots.count, [&](int64_t i, int slot) {
    const int64_t split = i % splits;
    const Piece piece = piece_of(c, p, i / splits);
    char* scratch = p.there ? nullptr : static_cast<char*>(memory) + slot * slots.bytes;
    for (int64_t g = 0; g < c.groups; g++) {
      if (!p.there && held.changes(slot, i / splits * c.groups + g)) {
        for (int64_t n = piece.first; n < piece.last; n++) {
          gather(c, p, from + n * image + g * c.w.channels, piece.row, piece.rows,
                 scratch + (n - piece.first) * p.image_bytes(p.rows));
        }
      }
      run_blocks(c, p, piece, g, split * p.blocks / splits, (split + 1) * p.blocks / splits, from,
                 static_cast<const char*>(packed), post, dst, scratch);
    }
  });
  return QUERN_OK;
}

}  // namespace

const Conv2dImplementation conv2d_int8{"int8", refuses, packed_bytes, pack, workspace, forward, nullptr, nullptr};

}  // namespace quern
