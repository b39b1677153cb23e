// Convolution on x86's matrix unit, AMX. A float is the sum of three bfloat16, of 8 bits each: high, middle and low. Of
// the nine products of two such sums the six largest are added up in float32, the small ones first: at most 2^-23 of a
// product is left out, of either sign, which is lost among float32's own roundings. Numbers that are not finite, or
// beyond 3.38e38, give ones that are not; those below 2^-126 count as 0. After Henry, Tang and Heinecke, "Leveraging
// the bfloat16 Artificial Intelligence Datatype For Higher-Precision Computations", 2019.
//
// A weight that is a bfloat16 already is one part, with three products, none left out. Where less precision will do,
// floats have two parts, with three products: at most 2^-15 of a product is left out; or they are rounded to one.
#include <immintrin.h>

#include "kernels/bf16.h"

namespace quern {
namespace amx {
namespace {

// each stands on those before it
// clang-format off
#include "simd.inc"
#include "post.inc"
#include "transpose.inc"
#include "bf16_vectors.inc"
#include "bf16_parts.inc"
// clang-format on

constexpr int64_t kTile = 512;  // bfloat16 of a tile

// Eight tiles of 16 rows by 64 bytes.
struct Shape {
  unsigned char palette = 1, start = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  unsigned char rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

// The unit's registers, for as long as somebody needs them: unless released, they would be saved at every switch.
struct Unit {
  Unit() {
    const Shape shape;
    _tile_loadconfig(&shape);
  }
  ~Unit() { _tile_release(); }
};

// What the compiler does not know that tiles read.
inline void written() { asm volatile("" ::: "memory"); }

// Four tiles of sums, from and to memory.
inline void begin_sums(bool first, const float* sums) {
  written();
  if (first) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  } else {
    _tile_loadd(0, sums, 64);
    _tile_loadd(1, sums + 256, 64);
    _tile_loadd(2, sums + 512, 64);
    _tile_loadd(3, sums + 768, 64);
  }
}

inline void end_sums(float* sums) {
  _tile_stored(0, sums, 64);
  _tile_stored(1, sums + 256, 64);
  _tile_stored(2, sums + 512, 64);
  _tile_stored(3, sums + 768, 64);
  written();
}

#define QUERN_SQUARE       \
  _tile_dpbf16ps(0, 4, 6); \
  _tile_dpbf16ps(1, 4, 7); \
  _tile_dpbf16ps(2, 5, 6); \
  _tile_dpbf16ps(3, 5, 7)

// Brings lines of weights into L2, so many at each chunk of the sum.
struct Ahead {
  const Bf16* at;
  int64_t lines;

  void fetch_some() {
    for (int64_t i = 0; i < lines; i++, at += 32) __builtin_prefetch(at, 0, 2);
  }
};

#define QUERN_SQUARE_PIXELS(plane)      \
  _tile_loadd(4, x + (plane)*32, step); \
  _tile_loadd(5, y + (plane)*32, step)
#define QUERN_SQUARE_WEIGHTS(plane)          \
  _tile_loadd(6, w + 2 * (plane)*kTile, 64); \
  _tile_loadd(7, w + (2 * (plane) + 1) * kTile, 64)

// Two tiles of pixels by two of columns; of P planes of pixels by Q of weights. The small products come first.
template <int P, int Q>
inline void square(const Bf16Tiles& t, const Bf16* a, const Bf16* b, const Bf16* next, Ahead& ahead) {
  const int64_t step = t.pitch * 2;
  const Bf16* w = t.weights;
  for (int64_t tap = 0; tap < t.tap_count; tap++) {
    const Bf16 *x = a + t.taps[tap], *y = b + t.taps[tap];
    for (int64_t k = 0; k < t.chunks; k++, x += P * 32, y += P * 32, w += 2 * Q * kTile) {
      ahead.fetch_some();
      if (next != nullptr) {
        for (int64_t r = 0; r < 32; r++) __builtin_prefetch(next + r * t.pitch + k * 32, 0, 2);
      }
      if constexpr (Q == 1) {
        QUERN_SQUARE_WEIGHTS(0);
        for (int plane = P - 1; plane >= 0; plane--) {
          QUERN_SQUARE_PIXELS(plane);
          QUERN_SQUARE;
        }
        continue;
      }
      QUERN_SQUARE_PIXELS(0);
      QUERN_SQUARE_WEIGHTS(Q - 1);
      QUERN_SQUARE;
      if constexpr (Q == 3) {
        QUERN_SQUARE_WEIGHTS(1);
        QUERN_SQUARE;
        QUERN_SQUARE_PIXELS(1);
        QUERN_SQUARE;
      }
      QUERN_SQUARE_WEIGHTS(0);
      if constexpr (Q == 2) {
        QUERN_SQUARE_PIXELS(1);
      }
      QUERN_SQUARE;
      if constexpr (Q == 3) {
        QUERN_SQUARE_PIXELS(2);
        QUERN_SQUARE;
      }
      QUERN_SQUARE_PIXELS(0);
      QUERN_SQUARE;
    }
  }
}

// Four tiles of pixels by the column of weights that is loaded.
#define QUERN_COLUMN(plane)                \
  _tile_loadd(4, x[0] + (plane)*32, step); \
  _tile_loadd(5, x[1] + (plane)*32, step); \
  _tile_loadd(6, x[2] + (plane)*32, step); \
  _tile_dpbf16ps(0, 4, 7);                 \
  _tile_dpbf16ps(1, 5, 7);                 \
  _tile_dpbf16ps(2, 6, 7);                 \
  _tile_loadd(6, x[3] + (plane)*32, step); \
  _tile_dpbf16ps(3, 6, 7)

template <int P, int Q>
inline void column(const Bf16Tiles& t, const Bf16* const* a, Ahead& ahead) {
  const int64_t step = t.pitch * 2;
  const Bf16* w = t.weights;
  for (int64_t tap = 0; tap < t.tap_count; tap++) {
    const Bf16* x[4];
    for (int i = 0; i < 4; i++) x[i] = a[i] + t.taps[tap];
    for (int64_t k = 0; k < t.chunks; k++, w += Q * kTile) {
      ahead.fetch_some();
      for (int weights = Q - 1; weights >= 0; weights--) {  // the small products first
        _tile_loadd(7, w + weights * kTile, 64);
        for (int plane = P - 1 - weights; plane >= 0; plane--) {
          QUERN_COLUMN(plane);
        }
      }
      for (int i = 0; i < 4; i++) x[i] += P * 32;
    }
  }
}

template <bool Whole, int NV>
inline void end_rows(const Bf16Tiles& t, const float* sums, const int64_t* to) {
  for (int64_t r = 0; r < 16; r++) {
    if (to[r] < 0) continue;
    Vec sum[1][NV];
    for (int v = 0; v < NV; v++) {
      sum[0][v] = load(sums + (v * 16 + r) * 16);
      if (t.post.bias != nullptr) {
        sum[0][v] = sum[0][v] + load_lanes<Whole>(t.post.bias + v * kLanes, t.columns - v * kLanes);
      }
    }
    if (t.dst_bf16 != nullptr) {
      end_row_bf16<Whole>(t, t.post, sum, 0, to[r]);
      continue;
    }
    const auto at = [&](int) { return to[r]; };
    post_tile<Whole>(t.post, sum, t.columns, at);
    store_tile<Whole>(sum, t.columns, t.dst, at);
  }
}

// Whole rows in bfloat16, a cache line of two vectors each, with what belongs to the columns in registers.
struct Bf16Rows {
  Vec bias[2], scale[2], shift[2];
  bool scaled;

  explicit Bf16Rows(const Post& post) : scaled(post.scale != nullptr) {
    for (int v = 0; v < 2; v++) {
      bias[v] = post.bias != nullptr ? load(post.bias + v * kLanes) : Vec{};
      scale[v] = scaled ? load(post.scale + v * kLanes) : Vec{};
      shift[v] = scaled ? load(post.shift + v * kLanes) : Vec{};
    }
  }

  template <bool Add>
  inline void end(const Bf16Tiles& t, const float* sums, const int64_t* to) const {
    const Vec low = all_lanes(t.post.bounded ? t.post.low : -__builtin_inff());
    const Vec high = all_lanes(t.post.bounded ? t.post.high : __builtin_inff());
    for (int64_t r = 0; r < 16; r++) {
      if (to[r] < 0) continue;
      Vec x[2];
#pragma GCC unroll 2
      for (int v = 0; v < 2; v++) {
        x[v] = load(sums + (v * 16 + r) * 16) + bias[v];
        if (scaled) x[v] = fma(x[v], scale[v], shift[v]);
        if (Add) x[v] = x[v] + load(t.add_bf16 + to[r] + v * kLanes);
        x[v] = x[v] < low ? low : x[v];
        x[v] = x[v] > high ? high : x[v];
      }
#if defined(__AVX512BF16__)
      _mm512_storeu_si512(t.dst_bf16 + to[r], reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(x[1], x[0])));
#else  // emulated
      for (int v = 0; v < 2; v++) store(t.dst_bf16 + to[r] + v * kLanes, x[v]);
#endif
    }
  }
};

template <int NV>
void end_tiles(const Bf16Tiles& t, const float* sums, int64_t first, int64_t count) {
  const bool lines = NV == 2 && t.dst_bf16 != nullptr && t.columns >= 2 * kLanes;
  const Bf16Rows rows(lines ? t.post : Post{});
  for (int64_t i = 0; i < count; i++) {
    const float* from = sums + i * NV * 256;
    const int64_t* to = t.to + (first + i) * 16;
    if (lines) {
      t.add_bf16 != nullptr ? rows.end<true>(t, from, to) : rows.end<false>(t, from, to);
      continue;
    }
    t.columns >= NV* kLanes ? end_rows<true, NV>(t, from, to) : end_rows<false, NV>(t, from, to);
  }
}

// Brings what the rows of `count` tiles will be, and what is added to them, into L2: a row's line is far from the next
// one's, where the processor's own prefetcher sees no pattern.
void fetch_rows(const Bf16Tiles& t, int64_t first, int64_t count) {
  const int64_t* to = t.to + first * 16;
  for (int64_t r = 0; r < count * 16; r++) {
    if (to[r] < 0) continue;
    if (t.dst_bf16 != nullptr) {
      __builtin_prefetch(t.dst_bf16 + to[r], 1, 2);
      if (t.add_bf16 != nullptr && t.add_bf16 != t.dst_bf16) __builtin_prefetch(t.add_bf16 + to[r], 0, 2);
    }
  }
}

// As many tiles as fill four registers of sums; the last ones may repeat.
template <int NV, int P, int Q>
void tiles_of(const Bf16Tiles& t) {
  constexpr int kTiles = 4 / NV;
  const int64_t passes = divide_up(t.tiles, kTiles);
  Ahead ahead{t.ahead, t.ahead == nullptr ? 0 : divide_up(NV * 16 * Q, passes)};  // a chunk is so many lines
  for (int64_t i = 0; i < t.tiles; i += kTiles) {
    const Bf16* a[kTiles];
    for (int64_t j = 0; j < kTiles; j++) a[j] = t.src + t.at[i + j < t.tiles ? i + j : t.tiles - 1];
    float* sums = t.sums + (t.first && t.last ? 0 : i * NV * 256);
    const int64_t next = i + kTiles;
    if (t.last && next < t.tiles) fetch_rows(t, next, t.tiles - next < kTiles ? t.tiles - next : kTiles);
    begin_sums(t.first, sums);
    if constexpr (NV == 2) {
      square<P, Q>(t, a[0], a[1], t.fetch && next < t.tiles ? t.src + t.at[next] : nullptr, ahead);
    } else {
      column<P, Q>(t, a, ahead);
    }
    end_sums(sums);
    if (t.last) end_tiles<NV>(t, sums, i, t.tiles - i < kTiles ? t.tiles - i : kTiles);
  }
}

template <int P, int Q>
void tiles_with(const Bf16Tiles& t) {
  t.vectors == 2 ? tiles_of<2, P, Q>(t) : tiles_of<1, P, Q>(t);
}

void tiles(const Bf16Tiles& t) {
  const Unit unit;
  if (t.planes == 3) return tiles_with<3, 3>(t);
  if (t.planes == 2) return tiles_with<2, 2>(t);
  t.src_planes == 3 ? tiles_with<3, 1>(t) : t.src_planes == 2 ? tiles_with<2, 1>(t) : tiles_with<1, 1>(t);
}

#define QUERN_OUTER_A(plane)             \
  _tile_loadd(4, x + (plane)*kTile, 64); \
  _tile_loadd(5, y + (plane)*kTile, 64)
#define QUERN_OUTER_B(plane)                 \
  _tile_loadd(6, w + (plane)*t.b_plane, 64); \
  _tile_loadd(7, v + (plane)*t.b_plane, 64)

// Of P planes; the small products come first.
template <int P>
inline void outer_tap(const Bf16Outer& t, const Bf16* b, float* c) {
  begin_sums(t.first, c);
  for (int64_t g = 0; g < t.groups; g++) {
    for (int64_t r = 0; r < t.rows; r++) {
      const Bf16 *x = t.a + g * t.a_group + r * t.a_row, *y = x + P * kTile;
      const Bf16 *w = b + g * t.b_group + r * t.b_row, *v = w + t.b_tile;
      for (int64_t k = 0; k < t.steps; k++, x += t.a_step, y += t.a_step, w += kTile, v += kTile) {
        QUERN_OUTER_A(0);
        QUERN_OUTER_B(P - 1);
        QUERN_SQUARE;
        if constexpr (P == 1) continue;
        if constexpr (P == 3) {
          QUERN_OUTER_B(1);
          QUERN_SQUARE;
          QUERN_OUTER_A(1);
          QUERN_SQUARE;
        }
        QUERN_OUTER_B(0);
        if constexpr (P == 2) {
          QUERN_OUTER_A(1);
        }
        QUERN_SQUARE;
        if constexpr (P == 3) {
          QUERN_OUTER_A(2);
          QUERN_SQUARE;
        }
        QUERN_OUTER_A(0);
        QUERN_SQUARE;
      }
    }
  }
  end_sums(c);
}

void outer(const Bf16Outer& t) {
  const Unit unit;
  const auto sums = t.planes == 1 ? outer_tap<1> : t.planes == 2 ? outer_tap<2> : outer_tap<3>;
  for (int64_t tap = 0; tap < t.tap_count; tap++) sums(t, t.b + t.taps[tap], t.c + tap * 1024);
}

}  // namespace
}  // namespace amx

const Bf16Kernels& bf16_amx() noexcept {
  using namespace amx;
  static constexpr Bf16Kernels table{true, true, tiles, split, weights, line, outer};
  return table;
}

}  // namespace quern
