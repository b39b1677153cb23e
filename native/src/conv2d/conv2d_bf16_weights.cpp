// The weights' gradient by products of bfloat16: for each tap, output channels times input channels, a sum over
// positions of which 32 are one step. Gradients lie transposed, a channel's positions in one run, with zeros where
// there is none; inputs in pairs of positions, whole ones of which a tap shifts: two images at least are side by side.
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "conv2d/bias.h"
#include "conv2d/conv2d_bf16.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kStep = 32;  // positions
constexpr int64_t kTile = 16;  // channels
constexpr int64_t kTileFloats = kTile * kTile;
constexpr int64_t kTileBf16 = kTile * kStep;
constexpr int64_t kMostParts = 8;  // partial sums
constexpr int64_t kPartBytes = 5 << 20;
constexpr int64_t kLeastSteps = 16;       // of a piece, wanted: sums are loaded and stored but once
constexpr int64_t kPieceBytes = 1 << 20;  // wanted at most

struct Sums {
  DirectPass p;
  int shift = 1;  // 2^shift images lie side by side
  int64_t side_by_side = 2;
  int64_t planes;
  int64_t in_tiles, out_tiles;  // even numbers
  int64_t phase = 0, pitch = 0, steps = 0;
  int64_t rows = 1, groups = 1;  // of a piece
  int64_t pieces, parts, part;   // floats of a group's sums

  explicit Sums(const Conv2d& c) : p(direct_forward(c)), planes(c.parts) {
    in_tiles = divide_up(p.depth, 2 * kTile) * 2;
    out_tiles = divide_up(p.columns, 2 * kTile) * 2;
    while (shift < 5 && 5 * (p.x.out << shift) < 4 * round_up(p.x.out << shift, kStep)) shift++;
    set(shift, p.y.out);
    if (shift > 1 && bytes() > kBf16MostBytes) set(1, p.y.out);
    while (rows > 1 && bytes() > kPieceBytes && rows * steps > kLeastSteps) set(shift, divide_up(rows, 2));
    set(shift, divide_up(p.y.out, divide_up(p.y.out, rows)));  // pieces of nearly one size
    if (rows == p.y.out) {
      const int64_t wanted = std::max(divide_up(kLeastSteps, rows * steps), kPieceBytes / bytes());
      groups = std::max<int64_t>(std::min({wanted, kBf16MostBytes / bytes(), divide_up(c.batch, side_by_side)}), 1);
    }
    pieces = divide_up(c.batch, images()) * divide_up(p.y.out, rows);
    part = p.taps() * in_tiles * out_tiles * kTileFloats;
    const int64_t affordable = std::max<int64_t>(kPartBytes / (part * c.groups * 4), 1);
    parts = std::max<int64_t>(std::min({pieces, kMostParts, affordable}), 1);
  }

  void set(int by, int64_t piece_rows) {
    shift = by;
    side_by_side = int64_t{1} << shift;
    rows = piece_rows;
    phase = divide_up(bf16_reach(p.x, p.x.out), bf16_step(p.x));
    steps = divide_up(p.x.out * side_by_side, kStep);
    int64_t most = 0;
    for (int64_t t = 0; t < p.x.taps; t++) most = std::max(most, tap_x(t));
    pitch = std::max(most + steps * kStep, bf16_step(p.x) * phase * side_by_side);
  }

  int64_t images() const { return groups * side_by_side; }
  int64_t tap_x(int64_t t) const { return bf16_column(p.x, phase, t) * side_by_side; }
  // bfloat16 of gradients: of 32 positions, a row, a group
  int64_t a_step() const { return out_tiles * planes * kTileBf16; }
  int64_t a_row() const { return steps * a_step(); }
  int64_t a_group() const { return rows * a_row(); }
  // and of inputs: a plane of 16 channels of a row, the channels, the row, a group
  int64_t b_plane() const { return pitch * kTile; }
  int64_t b_tile() const { return planes * b_plane(); }
  int64_t b_row() const { return in_tiles * b_tile(); }
  int64_t b_group() const { return bf16_reach(p.y, rows) * b_row(); }
  int64_t bytes() const { return (a_group() + b_group()) * 2; }
  int64_t slot() const { return groups * bytes() + round_up(pitch * 8, 64); }
  int64_t fixed_bytes(const Conv2d& c) const {
    return round_up(column_sums_bytes(c.rows, c.out_channels), 64) + parts * part * c.groups * 4;
  }
};

// Rows [row, row + rows) of images [first, last).
struct Piece {
  int64_t first, last, row, rows;
};

Piece piece_of(const Conv2d& c, const Sums& s, int64_t i) {
  const int64_t bands = divide_up(s.p.y.out, s.rows), first = i / bands * s.images(), row = i % bands * s.rows;
  return {first, std::min(first + s.images(), c.batch), row, std::min(s.rows, s.p.y.out - row)};
}

// Blocks of two tiles of output channels, [first, last).
struct Share {
  int64_t first, last;
};

// Where each position of a row finds its channels, counted from the first image's row; -1 where no window looks: what
// is not finite there must not meet the zeros that stand for no gradient.
void place_inputs(const Sums& s, int64_t* places) {
  const DirectPass& p = s.p;
  const int64_t image = p.y.in * p.x.in * p.in_pitch;
  std::fill(places, places + s.pitch, -1);
  for (int64_t t = 0; t < p.x.taps; t++) {
    for (int64_t x = 0; x < p.x.out; x++) {
      const int64_t input = bf16_input(p.x, x * bf16_step(p.x) + t * p.x.step);
      if (input < 0 || input >= p.x.in) continue;
      for (int64_t n = 0; n < s.side_by_side; n++) {
        places[s.tap_x(t) + x * s.side_by_side + n] = n * image + input * p.in_pitch;
      }
    }
  }
}

template <typename Src>
void fill_inputs(const Sums& s, const Piece& piece, const int64_t* places, const Src* src, Bf16* b) {
  const DirectPass& p = s.p;
  const int64_t image = p.y.in * p.x.in * p.in_pitch;
  const bool halves = std::is_same_v<Src, Bf16>;
  const void* from[kStep];
  for (int64_t g = 0, n = piece.first; n < piece.last; g++, n += s.side_by_side) {
    const int64_t end = (piece.last - n) * image;
    for (int64_t r = 0; r < bf16_reach(p.y, piece.rows); r++) {
      const int64_t y = bf16_input(p.y, piece.row * bf16_step(p.y) + r);
      Bf16* to = b + g * s.b_group() + r * s.b_row();
      if (y < 0 || y >= p.y.in) {
        std::memset(to, 0, static_cast<size_t>(s.b_row()) * 2);
        continue;
      }
      const Src* row = src + n * image + y * p.x.in * p.in_pitch;
      for (int64_t q = 0; q < s.pitch; q += kStep) {
        const int64_t some = std::min(kStep, s.pitch - q);
        for (int64_t i = 0; i < some; i++) {
          const int64_t at = places[q + i];
          from[i] = at >= 0 && at < end ? row + at : nullptr;
        }
        bf16_kernels()->line(
            {from, halves, p.depth, some / 2, false, to + q * kTile, s.b_tile(), s.b_plane(), kStep, s.planes});
      }
    }
  }
}

template <typename Diff>
void fill_gradients(const Sums& s, const Piece& piece, const Share& share, const Diff* diff, Bf16* a) {
  const DirectPass& p = s.p;
  const bool halves = std::is_same_v<Diff, Bf16>;
  const int64_t column = share.first * 2 * kTile, columns = std::min(share.last * 2 * kTile, p.columns) - column;
  const void* from[kStep];
  for (int64_t g = 0; piece.first + g * s.side_by_side < piece.last; g++) {
    for (int64_t r = 0; r < piece.rows; r++) {
      for (int64_t k = 0; k < s.steps; k++) {
        for (int64_t i = 0; i < kStep; i++) {
          const int64_t x = (k * kStep + i) >> s.shift;
          const int64_t n = piece.first + g * s.side_by_side + ((k * kStep + i) & (s.side_by_side - 1));
          const int64_t pixel = n * p.image_pixels + (piece.row + r) * p.x.out + x;
          from[i] = x < p.x.out && n < piece.last ? diff + pixel * p.out_pitch + column : nullptr;
        }
        Bf16* to = a + g * s.a_group() + r * s.a_row() + k * s.a_step() + share.first * 2 * s.planes * kTileBf16;
        bf16_kernels()->line(
            {from, halves, columns, kTile, true, to, s.planes * kTileBf16, kTileBf16, kStep, s.planes});
      }
    }
  }
}

void add_piece(const Sums& s, const Piece& piece, const Share& share, bool first, const Bf16* a, const Bf16* b,
               float* sums) {
  const DirectPass& p = s.p;
  Bf16Outer o{};
  o.a_group = s.a_group();
  o.a_row = s.a_row();
  o.a_step = s.a_step();
  o.b_group = s.b_group();
  o.b_row = bf16_step(p.y) * s.b_row();
  o.b_tile = s.b_tile();
  o.b_plane = s.b_plane();
  o.steps = s.steps;
  int64_t taps[kBf16MostTaps];
  for (int64_t t = 0; t < p.taps(); t++) {
    taps[t] = t / p.x.taps * p.y.step * s.b_row() + s.tap_x(t % p.x.taps) * kTile;
  }
  o.taps = taps;
  o.tap_count = p.taps();
  o.groups = divide_up(piece.last - piece.first, s.side_by_side);
  o.rows = piece.rows;
  o.planes = s.planes;
  o.first = first;
  for (int64_t i = 0; i < s.in_tiles; i += 2) {  // the gradients of a share stay in L2, not always the inputs
    for (int64_t j = share.first; j < share.last; j++) {
      o.a = a + j * 2 * s.planes * kTileBf16;
      o.b = b + i * o.b_tile;
      o.c = sums + (j * s.in_tiles / 2 + i / 2) * p.taps() * 4 * kTileFloats;
      bf16_kernels()->outer(o);
    }
  }
}

// Adds the partial sums in their order, to the first, and brings those into OIHW.
void reduce(const Conv2d& c, const Sums& s, float* sums, float* diff_weights) {
  add_parts(s.parts, s.part * c.groups, sums);
  const int64_t taps = s.p.taps(), channels = c.w.channels;
  parallel_ranges(c.out_channels, 16384 / c.depth + 1, [&](int64_t first, int64_t last) {
    for (int64_t o = first; o < last; o++) {
      const int64_t out = o % c.out_per_group, block = 4 * kTileFloats;
      const float* group = sums + o / c.out_per_group * s.part + out / (2 * kTile) * (s.in_tiles / 2) * taps * block +
                           out / kTile % 2 * 2 * kTileFloats + out % kTile * kTile;
      for (int64_t i = 0; i < channels; i++) {
        const float* from = group + i / (2 * kTile) * taps * block + i / kTile % 2 * kTileFloats + i % kTile;
        float* to = diff_weights + (o * channels + i) * taps;
        for (int64_t t = 0; t < taps; t++) to[t] = from[t * block];
      }
    }
  });
}

}  // namespace

int64_t bf16_weights_workspace(const Conv2d& c) {
  const Sums s(c);
  return s.fixed_bytes(c) + threads() * s.slot();
}

int bf16_backward_weights(const Conv2d& c, const void* src, const void* diff_dst, float* diff_weights, float* diff_bias,
                          void* memory, int64_t bytes) {
  const Sums s(c);
  const int64_t fixed = s.fixed_bytes(c);
  QUERN_TRY(check_workspace("conv2d", memory, bytes, fixed + s.slot()));
  // the gradients, and the saved source, as what they are
  const auto with_diff = [&](auto&& body) {
    c.types.diff_dst == QUERN_BF16 ? body(static_cast<const Bf16*>(diff_dst)) : body(f32(diff_dst));
  };
  const auto with_src = [&](auto&& body) {
    c.types.saved == QUERN_BF16 ? body(static_cast<const Bf16*>(src)) : body(f32(src));
  };
  if (diff_bias != nullptr) {
    with_diff([&](auto* diff) {
      column_sums(c.rows, c.out_channels, diff, c.w.dst_pitch, diff_bias, static_cast<double*>(memory));
    });
  }
  float* sums = static_cast<float*>(memory) + divide_up(column_sums_bytes(c.rows, c.out_channels), 64) * 16;
  char* slots_begin = static_cast<char*>(memory) + fixed;
  const Slots slots(bytes - fixed, s.slot());
  if (c.batch == 0) std::memset(sums, 0, static_cast<size_t>(s.part * c.groups) * sizeof(float));
  // each channel's sums are its own, so that how they are shared may depend on the threads
  const int64_t units = s.out_tiles / 2, shares = column_splits(s.parts, units, 1);
  parallel_for(s.parts * shares, slots.count, [&](int64_t i, int slot) {
    const int64_t part = i / shares, own_share = i % shares;
    const Share share{units * own_share / shares, units * (own_share + 1) / shares};
    Bf16* a = reinterpret_cast<Bf16*>(slots_begin + slot * slots.bytes);
    Bf16* b = a + s.groups * s.a_group();
    int64_t* places = reinterpret_cast<int64_t*>(b + s.groups * s.b_group());
    place_inputs(s, places);
    const int64_t begin = part * s.pieces / s.parts;
    for (int64_t k = begin; k < (part + 1) * s.pieces / s.parts; k++) {
      const Piece piece = piece_of(c, s, k);
      for (int64_t g = 0; g < c.groups; g++) {
        with_src([&](auto* from) { fill_inputs(s, piece, places, from + g * s.p.depth, b); });
        with_diff([&](auto* from) { fill_gradients(s, piece, share, from + g * s.p.columns, a); });
        add_piece(s, piece, share, k == begin, a, b, sums + (part * c.groups + g) * s.part);
      }
    }
  });
  reduce(c, s, sums, diff_weights);
  return QUERN_OK;
}

}  // namespace quern
