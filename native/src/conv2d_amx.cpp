// conv2d on x86's matrix unit, forward and backward data: direct convolution, whose products are made of bfloat16 in
// three parts (kernels/amx.cpp), 16 output pixels by 16 output channels at a time. The unit reads a tile's pixels at
// one distance from each other. So inputs are copied, split into their parts, to where neighbours in the output are
// neighbours: columns of one remainder modulo the stride together, and of narrow images several side by side.
#include "conv2d_amx.h"

#include <algorithm>
#include <cstring>

#include "checks.h"
#include "threads.h"

namespace quern {
namespace {

constexpr int64_t kTilePixels = 16, kChunk = 32;
constexpr int64_t kPieceTiles = 16;  // wanted of a piece of work
constexpr int64_t kMostTiles = 64;
constexpr int64_t kPieceBytes = 1 << 20;    // of inputs, wanted at most
constexpr int64_t kMostBytes = 4 << 20;     // of an image's row, or of images side by side
constexpr int64_t kPanelBytes = 384 << 10;  // of weights that stay in L2 while a piece's tiles pass
constexpr int64_t kLeastPixels = 64;        // of a thread, where pixels are shared out rather than columns
constexpr int64_t kLeastChannels = 32, kLeastInInference = 20;
constexpr int64_t kFewPixels = 64;
constexpr int64_t kLargeWeights = 589824;

int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

// A pass, cut into pieces: rows of one image, groups of images side by side, or a run of pixels.
struct Pass {
  DirectPass p;
  int64_t chunks, pitch;  // of a pixel's channels; bfloat16 from one pixel to the next, an odd number of cache lines
  int shift = 0;          // 2^shift images lie side by side
  int64_t side_by_side = 1;
  int64_t phase, line;           // pixels of a row's columns of one remainder, of a row
  int64_t rows = 1, groups = 1;  // of a piece: output rows, and groups of images
  int64_t pixels = 0;            // of a flat piece

  Pass(const DirectPass& pass, int64_t batch) : p(pass) {
    chunks = divide_up(p.depth, kChunk);
    pitch = (3 * chunks | 1) * kChunk;
    if (p.flat()) {
      phase = line = 0;
      pixels = std::max(std::min(kPieceTiles, kPieceBytes / (pitch * 2 * kTilePixels)), int64_t{4}) * kTilePixels;
      return;
    }
    const auto used = [&](int by) {
      return 5 * (p.x.out << by) >= 4 * divide_up(p.x.out << by, kTilePixels) * kTilePixels;
    };
    while (shift < 4 && !used(shift)) shift++;
    set(p.y.out);
    if (bytes() > kMostBytes / 2 || tiles() > kMostTiles) shift = 0;
    while (shift > 0 && int64_t{1} << (shift - 1) >= batch) shift--;  // a smaller batch never needs a larger slot
    set(p.y.out);
    if (shift == 0) {
      while (rows > 1 && (bytes() > kPieceBytes || tiles() > kPieceTiles)) set(divide_up(rows, 2));
      set(divide_up(p.y.out, divide_up(p.y.out, rows)));  // pieces of nearly one size
    }
    if (rows == p.y.out) {
      const int64_t most = std::min(kPieceTiles / tiles(), kPieceBytes / bytes());
      groups = std::max<int64_t>(std::min(most, divide_up(batch, side_by_side)), 1);
    }
  }

  void set(int64_t piece_rows) {
    side_by_side = int64_t{1} << shift;
    rows = piece_rows;
    phase = divide_up(amx_reach(p.x, p.x.out), amx_step(p.x));
    line = amx_step(p.x) * phase * side_by_side;
  }

  bool whole() const { return rows == p.y.out; }
  // Tiles run on from row to row where what lies between them is less than what the rows' last tiles would waste.
  int64_t run() const { return (rows - 1) * line + p.x.out; }
  bool runs_on() const {
    return shift == 0 && amx_step(p.x) == 1 && amx_step(p.y) == 1 &&
           divide_up(run(), kTilePixels) < rows * line_tiles();
  }
  int64_t line_tiles() const { return divide_up(p.x.out * side_by_side, kTilePixels); }
  // Of a group of images; the last tile of a row may read on beyond it.
  int64_t tiles() const {
    if (pixels > 0) return pixels / kTilePixels;
    return runs_on() ? divide_up(run(), kTilePixels) : rows * line_tiles();
  }
  int64_t group_pixels() const { return pixels > 0 ? pixels : amx_reach(p.y, rows) * line; }
  int64_t bytes() const { return group_pixels() * pitch * 2; }
  // A slot: inputs, then sums of tiles.
  int64_t input_bytes() const { return divide_up((groups * group_pixels() + kTilePixels) * pitch * 2, 64) * 64; }
  int64_t slot() const { return input_bytes() + (groups * tiles() + 3) * 2048; }

  int64_t vectors() const { return divide_up(p.columns, kernels().lanes); }
  int64_t blocks() const { return divide_up(vectors(), 2); }
  int64_t tap_floats(int64_t of) const { return chunks * 3 * of * 256; }  // of one tap's weights, in floats
  int64_t packed() const { return p.taps() * tap_floats(vectors()); }
  int64_t images() const { return groups * side_by_side; }
  int64_t pieces(const Conv2d& c) const {
    if (pixels > 0) return divide_up(c.batch * p.image_pixels, pixels);
    return whole() ? divide_up(c.batch, images()) : c.batch * divide_up(p.y.out, rows);
  }
  int64_t tap_at(int64_t y, int64_t x) const {
    const int64_t column = x * p.x.step;
    return (y * p.y.step * line + (column % amx_step(p.x) * phase + column / amx_step(p.x)) * side_by_side) * pitch;
  }
};

// body(pass) for each pass of backward data: one for each remainder of the stride that input pixels have.
template <typename Body>
void each_backward(const Conv2d& c, Body&& body) {
  for (int64_t y = 0; y < std::min(c.w.stride_height, c.w.in_height); y++) {
    for (int64_t x = 0; x < std::min(c.w.stride_width, c.w.in_width); x++)
      body(Pass(direct_backward(c, y, x), c.batch));
  }
}

const char* refuses(const Conv2d& c) {
  if (kernels().amx == nullptr) return "the instruction set has no matrix unit";
  if (c.strict) return "strict precision is asked for";
  if (std::min(c.w.channels, c.out_per_group) < (c.inference ? kLeastInInference : kLeastChannels)) {
    return "so few channels fill too little of a tile";
  }
  if (c.w.kernel_height * c.w.kernel_width > kAmxMostTaps) return "the kernel has more than 64 taps";
  const Pass p(direct_forward(c), c.batch);
  if (p.bytes() > kMostBytes || p.tiles() > kMostTiles) return "a row of the image does not fit in cache";
  return nullptr;
}

// at(input, column) points to the kernel of a pair of channels.
template <typename At>
void pack_block(const Conv2d& c, const Pass& a, int64_t block, float* packed, At&& at) {
  const DirectPass& p = a.p;
  const int64_t lanes = kernels().lanes, of = std::min<int64_t>(2, a.vectors() - block * 2);
  uint16_t* to = reinterpret_cast<uint16_t*>(packed + block * p.taps() * a.tap_floats(2));
  float pairs[kTilePixels][kChunk];  // [pair][first of 16 columns, second]
  for (int64_t v = 0; v < of; v++) {
    const int64_t column = (block * 2 + v) * lanes, columns = std::min(lanes, p.columns - column);
    for (int64_t chunk = 0; chunk < a.chunks; chunk++) {
      for (int64_t tap = 0; tap < p.taps(); tap++) {
        const int64_t y = p.y.weight_first + tap / p.x.taps * p.y.weight_step;
        const int64_t offset = y * c.w.kernel_width + p.x.weight_first + tap % p.x.taps * p.x.weight_step;
        std::memset(pairs, 0, sizeof pairs);
        for (int64_t k = 0; k < std::min(kChunk, p.depth - chunk * kChunk); k++) {
          float* row = pairs[k % kTilePixels] + k / kTilePixels * lanes;
          for (int64_t j = 0; j < columns; j++) row[j] = at(chunk * kChunk + k, column + j)[offset];
        }
        uint16_t* tile = to + tap * a.tap_floats(of) * 2 + (chunk * 3 * of + v) * 512;
        kernels().amx->split({pairs[0], kTilePixels, kChunk, kChunk, tile, kChunk, of * 512});
      }
    }
  }
}

// Whether weights are packed for direct convolution too. Not by the batch: plans of any size share them.
bool keeps_direct(const Conv2d& c) {
  return c.inference && c.per_image <= kFewPixels && c.weights >= kLargeWeights && conv2d_direct.refuses(c) == nullptr;
}

int64_t packed_floats(const Conv2d& c) {
  int64_t floats = Pass(direct_forward(c), c.batch).packed();
  if (!c.inference) each_backward(c, [&](const Pass& a) { floats += a.packed(); });
  return floats * c.groups + (keeps_direct(c) ? conv2d_direct.packed(c) : 0);
}

void pack(const Conv2d& c, const float* weights, float* packed) {
  const int64_t taps = c.w.kernel_height * c.w.kernel_width;
  const auto kernel_of = [&](int64_t g, int64_t out, int64_t in) {
    return weights + ((g * c.out_per_group + out) * c.w.channels + in) * taps;
  };
  const Pass forward(direct_forward(c), c.batch);
  parallel_for(c.groups * forward.blocks(), [&](int64_t piece) {
    const int64_t g = piece / forward.blocks();
    pack_block(c, forward, piece % forward.blocks(), packed + g * forward.packed(),
               [&](int64_t k, int64_t column) { return kernel_of(g, column, k); });
  });
  packed += forward.packed() * c.groups;
  if (keeps_direct(c)) conv2d_direct.pack(c, weights, packed);
  if (c.inference) return;
  each_backward(c, [&](const Pass& a) {
    parallel_for(c.groups * a.blocks(), [&](int64_t piece) {
      const int64_t g = piece / a.blocks();
      pack_block(c, a, piece % a.blocks(), packed + g * a.packed(),
                 [&](int64_t k, int64_t column) { return kernel_of(g, k, column); });
    });
    packed += a.packed() * c.groups;
  });
}

// Pixels [pixel, pixel + pixels) of the batch where flat, else rows [row, row + rows) of images [first, last).
struct Piece {
  int64_t number, first, last, row, rows;
};

Piece piece_of(const Conv2d& c, const Pass& a, int64_t i, int64_t pieces) {
  if (a.pixels > 0) {
    const int64_t tiles = divide_up(c.batch * a.p.image_pixels, kTilePixels);
    return {i, tiles * i / pieces * kTilePixels,
            std::min(tiles * (i + 1) / pieces * kTilePixels, c.batch * a.p.image_pixels), 0, 1};
  }
  if (a.whole()) return {i, i * a.images(), std::min((i + 1) * a.images(), c.batch), 0, a.rows};
  const int64_t per_image = divide_up(a.p.y.out, a.rows), row = i % per_image * a.rows;
  return {i, i / per_image, i / per_image + 1, row, std::min(a.rows, a.p.y.out - row)};
}

// Where tiles read and pixels go.
struct Tiles {
  int64_t count = 0;
  int64_t at[kMostTiles], to[kMostTiles * kTilePixels];

  // `positions` from `from` on. where(i) is the place of position i in the output, or -1.
  template <typename Where>
  void add(const Pass& a, int64_t from, int64_t positions, Where&& where) {
    for (int64_t q = 0; q < positions; q += kTilePixels, count++) {
      at[count] = (from + q) * a.pitch;
      for (int64_t r = 0; r < kTilePixels; r++) {
        to[count * kTilePixels + r] = q + r < positions ? where(q + r) * a.p.out_pitch : -1;
      }
    }
  }

  Tiles(const Pass& a, const Piece& piece) {
    const DirectPass& p = a.p;
    if (a.pixels > 0) {
      add(a, 0, piece.last - piece.first, [&](int64_t q) { return piece.first + q; });
      return;
    }
    const int64_t gone = -1;
    for (int64_t n = piece.first; n < piece.last; n += a.side_by_side) {
      const int64_t group = (n - piece.first) / a.side_by_side * a.group_pixels();
      const int64_t first = n * p.image_pixels + p.out_first + piece.row * p.out_y, left = piece.last - n;
      if (a.runs_on()) {
        int64_t x = -1, line = first;
        add(a, group, (piece.rows - 1) * a.line + p.x.out, [&](int64_t) {
          if (++x == a.line) x = 0, line += p.out_y;
          return x < p.x.out ? line + x * p.out_x : gone;
        });
        continue;
      }
      for (int64_t y = 0; y < piece.rows; y++) {
        add(a, group + y * amx_step(p.y) * a.line, p.x.out << a.shift, [&](int64_t q) {
          const int64_t image = q & (a.side_by_side - 1);
          return image < left ? image * p.image_pixels + first + y * p.out_y + (q >> a.shift) * p.out_x : gone;
        });
      }
    }
  }
};

void split(int64_t pixels, const Pass& a, const float* src, int64_t step, uint16_t* to, int64_t to_step) {
  kernels().amx->split({src, pixels, step, a.p.depth, to, to_step, kChunk});
}

// One row of an image to its place among the others' of its group.
void fill_row(const Pass& a, const float* row, uint16_t* to) {
  const DirectPass& p = a.p;
  const int64_t to_step = a.side_by_side * a.pitch, apart = amx_step(p.x);
  for (int64_t r = 0; r < apart; r++) {  // columns r, r + apart ... of the copy
    const auto column = [&](int64_t i) { return amx_input(p.x, r + i * apart); };
    uint16_t* at = to + r * a.phase * to_step;
    int64_t first = 0, last = a.phase;
    while (first < last && column(first) < 0) first++;
    while (last > first && column(last - 1) >= p.x.in) last--;
    for (int64_t i = 0; i < a.phase; i++) {
      if (i < first || i >= last) std::memset(at + i * to_step, 0, static_cast<size_t>(a.pitch) * 2);
    }
    if (first < last) {
      split(last - first, a, row + column(first) * p.in_pitch, p.x.stride * p.in_pitch, at + first * to_step, to_step);
    }
  }
}

void fill(const Pass& a, const Piece& piece, const float* src, uint16_t* scratch) {
  const DirectPass& p = a.p;
  if (a.pixels > 0)
    return split(piece.last - piece.first, a, src + piece.first * p.in_pitch, p.in_pitch, scratch, a.pitch);
  const int64_t image = p.y.in * p.x.in * p.in_pitch, rows = amx_reach(p.y, piece.rows);
  for (int64_t n = piece.first; n < piece.last; n++) {
    const int64_t i = n - piece.first;
    uint16_t* group = scratch + ((i >> a.shift) * a.group_pixels() + (i & (a.side_by_side - 1))) * a.pitch;
    for (int64_t r = 0; r < rows; r++) {
      const int64_t y = amx_input(p.y, piece.row * amx_step(p.y) + r);
      uint16_t* to = group + r * a.line * a.pitch;
      if (y >= 0 && y < p.y.in) {
        fill_row(a, src + n * image + y * p.x.in * p.in_pitch, to);
      } else if (a.shift == 0) {
        std::memset(to, 0, static_cast<size_t>(a.line * a.pitch) * 2);
      } else {
        for (int64_t x = 0; x < a.line; x += a.side_by_side) {
          std::memset(to + x * a.pitch, 0, static_cast<size_t>(a.pitch) * 2);
        }
      }
    }
  }
}

void leave_sums(const Conv2d& c, const Pass& a, const Piece& piece, const Post& post, int64_t begin, int64_t end,
                const float* dst) {
  int64_t pixel = piece.first, pixels = piece.last - piece.first;
  if (a.pixels == 0) {
    pixel = piece.first * c.per_image + piece.row * a.p.x.out;
    pixels *= piece.rows * a.p.x.out;
  }
  double* sums = post.sums + piece.number * 2 * post.channels + begin;
  kernels().moments(pixels, end - begin, dst + pixel * a.p.out_pitch + begin, a.p.out_pitch, sums,
                    sums + post.channels);
}

// The blocks [first, last) of each group's columns.
void run_piece(const Conv2d& c, const Pass& a, const Piece& piece, int64_t first, int64_t last, bool once,
               const float* src, const float* packed, const Post& post, float* dst, char* slot) {
  const DirectPass& p = a.p;
  const int64_t lanes = kernels().lanes, width = 2 * lanes;
  uint16_t* scratch = reinterpret_cast<uint16_t*>(slot);
  int64_t taps[kAmxMostTaps];
  for (int64_t t = 0; t < p.taps(); t++) taps[t] = a.tap_at(t / p.x.taps, t % p.x.taps);
  const Tiles tiles(a, piece);
  for (int64_t g = 0; g < c.groups; g++) {
    fill(a, piece, src + g * p.depth, scratch);
    for (int64_t block = first; block < last; block++) {
      const int64_t column = block * width, of = std::min<int64_t>(2, a.vectors() - block * 2);
      const int64_t some = std::max<int64_t>(kPanelBytes / (a.tap_floats(of) * 4), 1);
      AmxTiles t{};
      t.src = scratch;
      t.at = tiles.at;
      t.pitch = a.pitch;
      t.tiles = tiles.count;
      t.chunks = a.chunks;
      t.vectors = of;
      t.sums = reinterpret_cast<float*>(slot + a.input_bytes());
      t.post = post.from(g * p.columns + column);
      t.dst = dst + g * p.columns + column;
      t.to = tiles.to;
      t.columns = std::min(width, p.columns - column);
      int64_t begin = 0;
      do {
        t.taps = taps + begin;
        t.tap_count = std::min(some, p.taps() - begin);
        t.weights = reinterpret_cast<const uint16_t*>(packed + g * a.packed() + block * p.taps() * a.tap_floats(2) +
                                                      begin * a.tap_floats(of));
        t.first = begin == 0;
        begin += t.tap_count;
        t.last = begin >= p.taps();
        const bool ends = t.last && block + 1 == last;
        t.ahead = once && !ends ? t.weights + t.tap_count * a.tap_floats(of) * 2 : nullptr;
        kernels().amx->tiles(t);
      } while (begin < p.taps());
    }
    if (post.sums != nullptr) {
      leave_sums(c, a, piece, post, g * p.columns + first * width, g * p.columns + std::min(last * width, p.columns),
                 dst);
    }
  }
}

int64_t workspace_bytes(const Conv2d& c) {
  int64_t most = Pass(direct_forward(c), c.batch).slot();
  if (!c.inference) each_backward(c, [&](const Pass& a) { most = std::max(most, a.slot()); });
  return most;
}

int64_t workspace(const Conv2d& c) {
  const int64_t bytes = threads() * workspace_bytes(c);
  if (keeps_direct(c)) return std::max(bytes, conv2d_direct.workspace(c));
  return c.inference ? bytes : std::max(bytes, amx_weights_workspace(c));
}

int run(const Conv2d& c, const Pass& a, const float* src, const float* packed, const Post& post, float* dst,
        void* memory, int64_t bytes) {
  const int64_t least = workspace_bytes(c);
  if (memory == nullptr || bytes < least) {
    return fail(QUERN_WORKSPACE, "conv2d: workspace of %lld bytes is smaller than the %lld that are needed",
                static_cast<long long>(bytes), static_cast<long long>(least));
  }
  const Slots slots(bytes, a.slot());
  char* scratch = static_cast<char*>(memory);
  int64_t pieces = a.pieces(c);
  if (a.pixels > 0 && post.sums == nullptr) {  // a next layer finds pixels in its own core's cache
    pieces = std::max(pieces, std::min<int64_t>(threads(), c.batch * a.p.image_pixels / kLeastPixels));
  }
  const int64_t splits = column_splits(pieces, a.blocks());
  const bool once = c.inference && pieces <= threads();  // a thread reads weights, which come from far
  parallel_for(pieces * splits, slots.count, [&](int64_t i, int slot) {
    const int64_t split = i % splits;
    run_piece(c, a, piece_of(c, a, i / splits, pieces), split * a.blocks() / splits, (split + 1) * a.blocks() / splits,
              once, src, packed, post, dst, scratch + slot * slots.bytes);
  });
  return QUERN_OK;
}

int forward(const Conv2d& c, const float* src, const float* packed, const Post& post, float* dst, void* memory,
            int64_t bytes) {
  return run(c, Pass(direct_forward(c), c.batch), src, packed, post, dst, memory, bytes);
}

int forward_few(const Conv2d& c, const float* src, const float* packed, const Post& post, float* dst, void* memory,
                int64_t bytes) {
  packed += Pass(direct_forward(c), c.batch).packed() * c.groups;
  return conv2d_direct.forward(c, src, packed, post, dst, memory, bytes);
}

int64_t sum_pieces(const Conv2d& c) { return Pass(direct_forward(c), c.batch).pieces(c); }

int backward_data(const Conv2d& c, const float* diff_dst, const float* packed, float* diff_src, void* memory,
                  int64_t bytes) {
  packed += Pass(direct_forward(c), c.batch).packed() * c.groups;
  int status = QUERN_OK;
  each_backward(c, [&](const Pass& a) {
    if (status == QUERN_OK) status = run(c, a, diff_dst, packed, Post{}, diff_src, memory, bytes);
    packed += a.packed() * c.groups;
  });
  return status;
}

}  // namespace

bool amx_few(const Conv2d& c) noexcept { return keeps_direct(c) && c.rows <= kFewPixels; }

const Conv2dImplementation conv2d_amx_few{"direct",  refuses,     packed_floats, pack,
                                          workspace, forward_few, backward_data, amx_backward_weights};
const Conv2dImplementation conv2d_amx{"amx",   refuses,       packed_floats,        pack,       workspace,
                                      forward, backward_data, amx_backward_weights, sum_pieces, amx_cost};

}  // namespace quern
