// The memory layout of the passes in bfloat16: inputs are copied and split into parts so that the pixels of a tile
// are evenly spaced, and pieces of work are divided into tiles.
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "conv2d/conv2d_bf16.h"

namespace quern {
namespace {

constexpr int64_t kPieceTiles = 16;       // wanted of a piece of work
constexpr int64_t kPieceBytes = 1 << 20;  // of inputs, wanted at most

template <typename Src>
void split(int64_t pixels, const Bf16Pass& a, const Src* src, int64_t step, Bf16* to, int64_t to_step) {
  constexpr bool halves = std::is_same_v<Src, Bf16>;
  bf16_kernels()->split({src, halves, pixels, step, a.p.depth, to, to_step, kBf16Chunk, a.src_planes});
}

// The inputs under a row of the kernel, for each output of a row of the image.
template <typename Src>
void fill_unrolled(const Bf16Pass& a, const Src* row, Bf16* to) {
  const DirectAxis& x = a.unrolled;
  const int64_t to_step = a.side_by_side * a.pitch, channels = a.p.in_pitch;
  const auto start = [&](int64_t i) { return i * x.stride + x.first; };
  int64_t first = 0, last = x.out;
  while (first < last && start(first) < 0) first++;
  while (last > first && start(last - 1) + x.taps > x.in) last--;
  if (first < last) {
    split(last - first, a, row + start(first) * channels, x.stride * channels, to + first * to_step, to_step);
  }
  for (int64_t i = 0; i < x.out; i++) {
    if (i == first) i = last;  // what lies between is whole
    if (i >= x.out) break;
    Src run[kBf16MostUnrolled] = {};
    for (int64_t t = 0; t < x.taps; t++) {
      const int64_t at = start(i) + t;
      if (at >= 0 && at < x.in) std::copy_n(row + at * channels, channels, run + t * channels);
    }
    split(1, a, run, 0, to + i * to_step, to_step);
  }
}

// One row of an image to its place among the others' of its group.
template <typename Src>
void fill_row(const Bf16Pass& a, const Src* row, Bf16* to) {
  if (a.unrolled.taps > 0) return fill_unrolled(a, row, to);
  const DirectPass& p = a.p;
  const int64_t to_step = a.side_by_side * a.pitch, apart = bf16_step(p.x);
  for (int64_t r = 0; r < apart; r++) {  // columns r, r + apart ... of the copy
    const auto column = [&](int64_t i) { return bf16_input(p.x, r + i * apart); };
    Bf16* at = to + r * a.phase * to_step;
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

template <typename Src>
void fill(const Bf16Pass& a, const Bf16Piece& piece, const Src* src, Bf16* scratch) {
  const DirectPass& p = a.p;
  if (a.pixels > 0)
    return split(piece.last - piece.first, a, src + piece.first * p.in_pitch, p.in_pitch, scratch, a.pitch);
  const int64_t width = a.unrolled.taps > 0 ? a.unrolled.in : p.x.in;
  const int64_t image = p.y.in * width * p.in_pitch, rows = bf16_reach(p.y, piece.rows);
  for (int64_t n = piece.first; n < piece.last; n++) {
    const int64_t i = n - piece.first;
    Bf16* group = scratch + ((i >> a.shift) * a.group_pixels() + (i & (a.side_by_side - 1))) * a.pitch;
    for (int64_t r = 0; r < rows; r++) {
      const int64_t y = bf16_input(p.y, piece.row * bf16_step(p.y) + r);
      Bf16* to = group + r * a.line * a.pitch;
      if (y >= 0 && y < p.y.in) {
        fill_row(a, src + n * image + y * width * p.in_pitch, to);
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

}  // namespace

Bf16Pass::Bf16Pass(const DirectPass& pass, int64_t batch, int64_t of_src, int64_t of_weights) noexcept
    : p(pass), src_planes(of_src), planes(of_weights) {
  chunks = divide_up(p.depth, kBf16Chunk);
  pitch = (src_planes * chunks | 1) * kBf16Chunk;
  if (p.flat()) {
    phase = line = 0;
    pixels = std::max(std::min(kPieceTiles, kPieceBytes / (pitch * 2 * kBf16Pixels)), int64_t{4}) * kBf16Pixels;
    return;
  }
  const auto used = [&](int by) { return 5 * (p.x.out << by) >= 4 * round_up(p.x.out << by, kBf16Pixels); };
  while (shift < 4 && !used(shift)) shift++;
  set(p.y.out);
  if (bytes() > kBf16MostBytes / 2 || tiles() > kBf16MostTiles) shift = 0;
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

void Bf16Pass::set(int64_t piece_rows) noexcept {
  side_by_side = int64_t{1} << shift;
  rows = piece_rows;
  phase = divide_up(bf16_reach(p.x, p.x.out), bf16_step(p.x));
  line = bf16_step(p.x) * phase * side_by_side;
}

template <typename Where>
void Bf16Places::add(const Bf16Pass& a, int64_t from, int64_t positions, Where&& where) noexcept {
  for (int64_t q = 0; q < positions; q += kBf16Pixels, count++) {
    at[count] = (from + q) * a.pitch;
    for (int64_t r = 0; r < kBf16Pixels; r++) {
      to[count * kBf16Pixels + r] = q + r < positions ? where(q + r) * a.p.out_pitch : -1;
    }
  }
}

Bf16Places::Bf16Places(const Bf16Pass& a, const Bf16Piece& piece) noexcept {
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
      add(a, group + y * bf16_step(p.y) * a.line, p.x.out << a.shift, [&](int64_t q) {
        const int64_t image = q & (a.side_by_side - 1);
        return image < left ? image * p.image_pixels + first + y * p.out_y + (q >> a.shift) * p.out_x : gone;
      });
    }
  }
}

Bf16Places Bf16Places::in_place(const Bf16Pass& a, const Bf16Piece& piece) noexcept {
  Bf16Places places;
  const int64_t pixels = piece.last - piece.first;
  for (int64_t q = 0; q < pixels; q += kBf16Pixels, places.count++) {
    const int64_t from = std::min(q, pixels - kBf16Pixels);
    places.at[places.count] = from * a.p.in_pitch;
    for (int64_t r = 0; r < kBf16Pixels; r++) {
      places.to[places.count * kBf16Pixels + r] = from + r < q ? -1 : (piece.first + from + r) * a.p.out_pitch;
    }
  }
  return places;
}

void bf16_fill(const Bf16Pass& a, const Bf16Piece& piece, const float* src, Bf16* scratch) noexcept {
  fill(a, piece, src, scratch);
}
void bf16_fill(const Bf16Pass& a, const Bf16Piece& piece, const Bf16* src, Bf16* scratch) noexcept {
  fill(a, piece, src, scratch);
}

}  // namespace quern
