// The same tiles of sums on x86's matrix unit: 16 pixels by 16 channels of 64 inputs an instruction. All else is done
// as with VNNI.
#include "kernels/int8/unit.h"

namespace quern {

const Int8Kernels& int8_avx512_vnni() noexcept;

namespace amx {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/simd.inc"
#include "kernels/int8/vectors.inc"
#include "kernels/int8/avx512.inc"
#include "kernels/int8/quads.inc"
#include "kernels/int8/post.inc"
// clang-format on

constexpr int64_t kTilePixels = 16, kTileSteps = 16;  // at most, of a matrix of inputs and of one of weights
constexpr int64_t kLeastPixels = 4, kLeastSteps = 3;  // fewer leave most of the unit idle

// Matrices 0 to 3 are sums, 4 and 5 inputs, 6 and 7 weights.
class Unit {
 public:
  Unit(int64_t pixels, int64_t steps) {
    alignas(64) struct {
      uint8_t palette, start_row, reserved[14];
      uint16_t bytes[16];
      uint8_t rows[16];
    } config = {};
    config.palette = 1;
    for (int i = 0; i < 8; i++) {
      config.bytes[i] = static_cast<uint16_t>(i == 4 || i == 5 ? steps * kDepth : 64);
      config.rows[i] = static_cast<uint8_t>(i < 6 ? pixels : steps);
    }
    _tile_loadconfig(&config);
  }
  ~Unit() { _tile_release(); }
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;
};

// The pixels of a matrix of inputs: where the first one's lie, and where its outputs go.
struct UnitTile {
  const Element* src;
  int64_t dst;
};

// One step of a product: M matrices of inputs by N of weights.
template <int M, int N>
[[gnu::always_inline]] inline void unit_multiply(const UnitTile* tiles, int64_t k, int64_t pitch, const int8_t* w,
                                                 int64_t step) {
  if constexpr (M == 2 && N == 2) {
    _tile_loadd(4, tiles[0].src + k, pitch);
    _tile_loadd(6, w, step);
    _tile_dpbusd(0, 4, 6);
    _tile_loadd(7, w + 64, step);
    _tile_dpbusd(1, 4, 7);
    _tile_loadd(5, tiles[1].src + k, pitch);
    _tile_dpbusd(2, 5, 6);
    _tile_dpbusd(3, 5, 7);
  } else if constexpr (M == 4) {
    _tile_loadd(6, w, step);
    _tile_loadd(4, tiles[0].src + k, pitch);
    _tile_dpbusd(0, 4, 6);
    _tile_loadd(5, tiles[1].src + k, pitch);
    _tile_dpbusd(1, 5, 6);
    _tile_loadd(4, tiles[2].src + k, pitch);
    _tile_dpbusd(2, 4, 6);
    _tile_loadd(5, tiles[3].src + k, pitch);
    _tile_dpbusd(3, 5, 6);
  } else {
    _tile_loadd(4, tiles[0].src + k, pitch);
    _tile_loadd(6, w, step);
    _tile_dpbusd(0, 4, 6);
    if constexpr (N >= 2) {
      _tile_loadd(7, w + 64, step);
      _tile_dpbusd(1, 4, 7);
    }
    if constexpr (N == 4) {
      _tile_loadd(6, w + 128, step);
      _tile_dpbusd(2, 4, 6);
      _tile_loadd(7, w + 192, step);
      _tile_dpbusd(3, 4, 7);
    }
  }
}

inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

struct UnitPass {
  const Int8Rows& t;
  int64_t pixels, steps;  // of a matrix
};

// The next matrices of N vectors of weights, which are rarely in L1.
template <int N>
[[gnu::always_inline]] inline void fetch_weights(const int8_t* w, int64_t step, int64_t steps) {
#pragma GCC unroll 4
  for (int64_t i = 0; i < steps; i++, w += step) {
#pragma GCC unroll 4
    for (int n = 0; n < N; n++) _mm_prefetch(w + n * kLanes * kDepth, _MM_HINT_T0);
  }
}

// M matrices of pixels by N vectors of channels.
template <int M, int N>
inline void unit_tiles(const UnitPass& pass, const UnitTile* tiles, int64_t vector) {
  const Int8Rows& t = pass.t;
  const int64_t step = t.vectors * kLanes * kDepth, pitch = t.src_step, steps = pass.steps;
  const int8_t* w = t.weights + vector * kLanes * kDepth;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (int64_t r = 0; r < t.run_count; r++) {
    const int64_t begin = t.runs[r], end = begin + t.run_steps * kDepth;
    for (int64_t k = begin; k < end; k += steps * kDepth) {
      const int8_t* next = w + steps * step;
      fetch_weights<N>(next, step, steps);
      unit_multiply<M, N>(tiles, k, pitch, w, step);
      w = next;
    }
  }
  alignas(64) int32_t sums[4][kTilePixels][kLanes];  // [M][N]
  _tile_stored(0, sums[0], 64);
  if constexpr (M * N > 1) _tile_stored(1, sums[1], 64);
  if constexpr (M * N > 2) {
    _tile_stored(2, sums[2], 64);
    _tile_stored(3, sums[3], 64);
  }
  const int64_t channel = vector * kLanes;
  Int8Post post = t.post;
  post.scale += channel;
  post.shift += channel;
  IntVec start[N];
  for (int v = 0; v < N; v++) start[v] = load_ints(t.start + channel + v * kLanes);
  constexpr int kPixels = kGroup / N;
  const bool whole = post.to_bytes && t.columns >= channel + N * kLanes && pass.pixels % kPixels == 0;
  for (int tile = 0; tile < M; tile++) {
    const int64_t at = tiles[tile].dst + channel;
    if (whole) {
      const GroupPost<N> group(post, t.dst);
      for (int64_t m = 0; m < pass.pixels; m += kPixels) {
        IntVec sum[kGroup];
        int64_t to[kPixels];
#pragma GCC unroll 4
        for (int i = 0; i < kGroup; i++) sum[i] = load_ints(sums[tile * N + i % N][m + i / N]) + start[i % N];
#pragma GCC unroll 4
        for (int i = 0; i < kPixels; i++) to[i] = at + (m + i) * t.dst_step;
        group.finish(sum, to);
      }
    } else {
      for (int64_t m = 0; m < pass.pixels; m++) {
        const int64_t to[1] = {at + m * t.dst_step};
        IntVec sum[1][N];
        for (int v = 0; v < N; v++) sum[0][v] = load_ints(sums[tile * N + v][m]) + start[v];
        finish_as<false>(post, sum, to, t.columns - channel, t.dst);
      }
    }
  }
}

// Lines without gaps between them are one: so many of them each time, or 1.
int64_t lines_together(const Int8Rows& t) {
  const auto joins = [&](int64_t i) {
    return t.src_lines[i] == t.src_lines[i - 1] + t.pixels * t.src_step &&
           t.dst_lines[i] == t.dst_lines[i - 1] + t.pixels * t.dst_step;
  };
  int64_t together = 1;
  while (together < t.lines && joins(together)) together++;
  bool alike = t.lines % together == 0;
  for (int64_t i = together; alike && i < t.lines; i++) alike = joins(i) == (i % together != 0);
  return alike ? together : 1;
}

// Matrices of so many steps make up a run; 0 if none does well.
int64_t matrix_steps(int64_t run) {
  for (int64_t n = divide_up(run, kTileSteps); run >= n * kLeastSteps; n++) {
    if (run % n == 0) return run / n;
  }
  return 0;
}

void unit_rows(const Int8Rows& t) {
  const int64_t together = lines_together(t), lines = t.lines / together, pixels = t.pixels * together;
  const int64_t steps = matrix_steps(t.run_steps);
  if (steps == 0 || pixels < kLeastPixels) return int8_avx512_vnni().rows(t);
  const int64_t rows = least(pixels, kTilePixels), per_line = divide_up(pixels, rows), count = lines * per_line;
  const Unit unit(rows, steps);
  const UnitPass pass{t, rows, steps};
  // the last tile of a line ends with it, so that some of its pixels are there twice
  const auto tile = [&](int64_t i) {
    const int64_t line = i / per_line * together, at = i % per_line * rows,
                  x = at + rows <= pixels ? at : pixels - rows;
    return UnitTile{static_cast<const Element*>(t.src) + t.src_lines[line] + x * t.src_step,
                    t.dst_lines[line] + x * t.dst_step};
  };
  for (int64_t i = 0; i < count;) {
    const int64_t left = count - i;
    const UnitTile tiles[4] = {tile(i), tile(least(i + 1, count - 1)), tile(least(i + 2, count - 1)),
                               tile(least(i + 3, count - 1))};
    if (t.vectors == 1 && left >= 4) {
      unit_tiles<4, 1>(pass, tiles, 0);
      i += 4;
    } else if (t.vectors == 4 && left == 1) {
      unit_tiles<1, 4>(pass, tiles, 0);
      i++;
    } else if (left >= 2 && t.vectors >= 2) {
      for (int64_t v = 0; v + 2 <= t.vectors; v += 2) unit_tiles<2, 2>(pass, tiles, v);
      if (t.vectors == 3) {
        unit_tiles<1, 1>(pass, tiles, 2);
        unit_tiles<1, 1>(pass, tiles + 1, 2);
      }
      i += 2;
    } else {
      if (t.vectors >= 2) unit_tiles<1, 2>(pass, tiles, 0);
      if (t.vectors % 2 != 0) unit_tiles<1, 1>(pass, tiles, t.vectors - 1);
      i++;
    }
  }
}

}  // namespace
}  // namespace amx

// Called under a lock, as kernels_amx is.
const Int8Kernels& int8_amx() noexcept {
  static Int8Kernels table;
  table = int8_avx512_vnni();
  table.rows = amx::unit_rows;
  table.together = amx::kTilePixels;
  return table;
}

}  // namespace quern
