// Compiled once per instruction set (see cmake/Isa.cmake) with QUERN_ISA_NAME set to its name: convolution by products
// of bfloat16 in one part, on AVX-512's vdpbf16ps, which multiplies two pairs a lane and adds both to the lane's float,
// and arm64's bfmmla, which does so for two rows by two columns and four products each. Elsewhere each pair takes two
// multiply-adds of floats: not faster than float32, but rounded in the same way.
#include "kernels/bf16.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define QUERN_JOIN2(a, b) a##b
#define QUERN_JOIN(a, b) QUERN_JOIN2(a, b)

namespace quern {
namespace QUERN_ISA_NAME {
namespace {
namespace bf16 {

// each stands on those before it
// clang-format off
#include "simd.inc"
#include "post.inc"
#include "transpose.inc"
#include "bf16_vectors.inc"
#include "bf16_parts.inc"
// clang-format on

#if defined(__AVX512BF16__) || defined(__ARM_FEATURE_BF16_VECTOR_ARITHMETIC)
constexpr bool kInstruction = true;
#else
constexpr bool kInstruction = false;
#endif
#if defined(__ARM_FEATURE_BF16_VECTOR_ARITHMETIC)
constexpr bool kByTwo = true;  // a vector of sums is two rows by two columns
#else
constexpr bool kByTwo = false;
#endif

constexpr int64_t kSteps = 8;                       // 16 KiB of weights
constexpr int64_t kTile = 512;                      // bfloat16 of a tile of weights: 16 pairs by 16 columns
constexpr int kMostColumns = kLanes == 16 ? 2 : 1;  // tiles of columns whose sums are in registers at once
constexpr int kVectors = kLanes == 16 ? 1 : 2;      // of such a tile
constexpr int rows_of(int columns) { return kLanes == 16 ? 16 / columns : kByTwo ? 8 : 4; }

// clang-format off
#if defined(__ARM_FEATURE_BF16_VECTOR_ARITHMETIC)
#include "bf16_bfmmla.inc"
#else
#include "bf16_pairs.inc"
#endif
// clang-format on

template <int R, int N>
inline void load_sums(bool first, const float* from, int64_t row, int64_t apart, Vec (&sum)[R][N]) {
#pragma GCC unroll 16
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 2
    for (int v = 0; v < N; v++) sum[r][v] = first ? Vec{} : load(from + r * row + v * apart);
  }
  turn(sum);
}

template <int R, int N>
inline void store_sums(Vec (&sum)[R][N], float* to, int64_t row, int64_t apart) {
  turn(sum);
#pragma GCC unroll 16
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 2
    for (int v = 0; v < N; v++) store(to + r * row + v * apart, sum[r][v]);
  }
}

template <int R, int N>
inline void copy_sums(Vec (&from)[R][N], Vec (&to)[R][N]) {
#pragma GCC unroll 16
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 2
    for (int v = 0; v < N; v++) to[r][v] = from[r][v];
  }
}

// Bias and post-operation of R pixels, of which those at -1 are left out, and their place in memory; of vectors of
// columns from `column` on.
template <bool Whole, int R, int N>
inline void end_rows(const Bf16Tiles& t, Vec (&sum)[R][N], int64_t column, const int64_t* to) {
  const Post post = t.post.from(column);
  const int64_t columns = t.columns - column;
  for (int r = 0; r < R; r++) {
    if (to[r] < 0) continue;
    Vec one[1][N];
#pragma GCC unroll 2
    for (int v = 0; v < N; v++) {
      one[0][v] = sum[r][v];
      if (post.bias != nullptr) {
        one[0][v] = one[0][v] + load_lanes<Whole>(post.bias + v * kLanes, columns - v * kLanes);
      }
    }
    if (t.dst_bf16 != nullptr) {
      end_row_bf16<Whole>(t, post, one, column, to[r]);
      continue;
    }
    const auto at = [&](int) { return to[r]; };
    post_tile<Whole>(post, one, columns, at);
    store_tile<Whole>(one, columns, t.dst + column, at);
  }
}

// Steps of a sum, of 32 channels of one tap: so many that their weights stay in L1 while all tiles pass.
struct Steps {
  int64_t begin, end;
  bool first, last;
};

// Rows [row, row + R) of a tile of pixels by N vectors of columns from `column` on.
template <int R, int N>
inline void block(const Bf16Tiles& t, const Steps& steps, int64_t tile, int64_t row, int64_t column) {
  const int64_t apart = N * kLanes > 16 ? kTile : 2 * kLanes;
  const Bf16* w = t.weights + steps.begin * t.vectors * kTile + column / 16 * kTile + column % 16 * 2;
  const Bf16* a = t.src + t.at[tile] + row * t.pitch;
  float* sums = t.sums + (tile * 16 + row) * t.vectors * 16 + column;
  Vec sum[R][N];
  load_sums(steps.first, sums, t.vectors * 16, kLanes, sum);
  for (int64_t step = steps.begin; step < steps.end;) {
    const int64_t tap = step / t.chunks, chunk = step % t.chunks;
    const int64_t end = t.chunks < chunk + steps.end - step ? t.chunks : chunk + steps.end - step;
    const Bf16* x = a + t.taps[tap] + chunk * 32;
    for (int64_t k = chunk; k < end; k++, x += 32, w += t.vectors * kTile) multiply(sum, x, t.pitch, w, apart);
    step += end - chunk;
  }
  if (!steps.last) return store_sums(sum, sums, t.vectors * 16, kLanes);
  turn(sum);
  const int64_t left = t.columns - column;
  const auto finish = left >= N * kLanes ? end_rows<true, R, N> : end_rows<false, R, N>;
  Vec ended[R][N];  // `sum` stays in registers, since nobody has its address
  copy_sums(sum, ended);
  finish(t, ended, column, t.to + tile * 16 + row);
}

template <int Columns>
void tiles_of(const Bf16Tiles& t) {
  constexpr int kRows = rows_of(Columns), kWide = Columns * kVectors;
  const int64_t all = t.tap_count * t.chunks, lines = t.ahead == nullptr ? 0 : kSteps * t.vectors * 16;
  int64_t begin = 0;
  do {  // at least once: where a pass has no taps, sums are 0
    const int64_t end = begin + kSteps < all ? begin + kSteps : all;
    const Steps steps{begin, end, t.first && begin == 0, t.last && end == all};
    for (int64_t i = 0; i < lines; i++) __builtin_prefetch(t.ahead + (begin * t.vectors * 16 + i) * 32, 0, 2);
    for (int64_t tile = 0; tile < t.tiles; tile++) {
      for (int64_t column = 0; column < t.vectors * 16 && column < t.columns; column += kWide * kLanes) {
        for (int64_t row = 0; row < 16; row += kRows) block<kRows, kWide>(t, steps, tile, row, column);
      }
    }
    begin = end;
  } while (begin < all);
}

void tiles(const Bf16Tiles& t) { t.vectors == 2 && kMostColumns == 2 ? tiles_of<kMostColumns>(t) : tiles_of<1>(t); }

void outer(const Bf16Outer& o) {
  constexpr int kRows = rows_of(kMostColumns), kWide = kMostColumns * kVectors;
  const int64_t apart = kWide * kLanes > 16 ? o.b_tile : 2 * kLanes;
  const int64_t sums_apart = kWide * kLanes > 16 ? 256 : kLanes;
  for (int64_t tap = 0; tap < o.tap_count; tap++) {
    for (int64_t row = 0; row < 32; row += kRows) {
      for (int64_t column = 0; column < 32; column += kWide * kLanes) {
        const Bf16* a = o.a + row / 16 * kTile + row % 16 * 32;
        const Bf16* b = o.b + o.taps[tap] + column / 16 * o.b_tile + column % 16 * 2;
        float* c = o.c + (tap * 4 + row / 16 * 2 + column / 16) * 256 + row % 16 * 16 + column % 16;
        Vec sum[kRows][kWide];
        load_sums(o.first, c, 16, sums_apart, sum);
        for (int64_t g = 0; g < o.groups; g++) {
          for (int64_t r = 0; r < o.rows; r++) {
            const Bf16 *x = a + g * o.a_group + r * o.a_row, *y = b + g * o.b_group + r * o.b_row;
            for (int64_t k = 0; k < o.steps; k++, x += o.a_step, y += kTile) multiply(sum, x, 32, y, apart);
          }
        }
        store_sums(sum, c, 16, sums_apart);
      }
    }
  }
}

}  // namespace bf16
}  // namespace
}  // namespace QUERN_ISA_NAME

const Bf16Kernels& QUERN_JOIN(bf16_, QUERN_ISA_NAME)() noexcept {
  using namespace QUERN_ISA_NAME::bf16;
  static constexpr Bf16Kernels table{false, kInstruction, tiles, split, weights, line, outer};
  return table;
}

}  // namespace quern
