// AMX's instructions in plain code, for processors without the unit: included ahead of a file of kernels, it takes the
// place of the compiler's intrinsics. What the processor would refuse aborts: a tile outside the configuration, shapes
// that do not fit together. After the Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace tile_emulation {

constexpr int kTiles = 8, kRows = 16, kBytes = 64;

struct Tile {
  int rows, bytes;
  unsigned char at[kRows][kBytes];
};

struct Config {
  unsigned char palette, start_row, reserved[14];
  uint16_t bytes[16];
  unsigned char rows[16];
};
static_assert(sizeof(Config) == 64);

// Each unit that is compiled with this has tiles of its own.
static thread_local Tile tiles[kTiles];
static thread_local bool configured;

inline void must(bool holds, const char* rule) {
  if (holds) return;
  std::fprintf(stderr, "tile_emulation: %s\n", rule);
  std::abort();
}

inline Tile& tile(int64_t number) {
  must(configured, "a tile is used without a configuration");
  Tile& t = tiles[number];
  must(t.rows > 0 && t.bytes > 0, "a tile is used that is not configured");
  return t;
}

static inline void load_config(const void* from) {
  Config config;
  std::memcpy(&config, from, sizeof config);
  must(config.palette == 1 && config.start_row == 0, "palette 1 is needed");
  for (unsigned char byte : config.reserved) must(byte == 0, "reserved bytes must be 0");
  std::memset(tiles, 0, sizeof tiles);
  for (int i = 0; i < 16; i++) {
    must(config.rows[i] <= kRows && config.bytes[i] <= kBytes, "a tile has at most 16 rows of 64 bytes");
    must((config.rows[i] == 0) == (config.bytes[i] == 0), "a tile has rows and bytes, or neither");
    if (i >= kTiles) continue;
    tiles[i].rows = config.rows[i];
    tiles[i].bytes = config.bytes[i];
  }
  configured = true;
}

static inline void release() { configured = false; }

static inline void zero(int64_t to) {
  Tile& t = tile(to);
  std::memset(t.at, 0, sizeof t.at);
}

static inline void load(int64_t to, const void* from, int64_t stride) {
  zero(to);
  Tile& t = tile(to);
  for (int r = 0; r < t.rows; r++) {
    std::memcpy(t.at[r], static_cast<const char*>(from) + r * stride, static_cast<size_t>(t.bytes));
  }
}

static inline void store(int64_t from, void* to, int64_t stride) {
  const Tile& t = tile(from);
  for (int r = 0; r < t.rows; r++) {
    std::memcpy(static_cast<char*>(to) + r * stride, t.at[r], static_cast<size_t>(t.bytes));
  }
}

// Aborts unless the shapes of both factors and of the sum match.
inline void check_product(const Tile& sum, const Tile& a, const Tile& b) {
  must(sum.rows == a.rows && sum.bytes == b.bytes && a.bytes == b.rows * 4, "shapes of a product do not fit together");
}

// Multiplies pairs of bfloat16: adds up the products of the first numbers and those of the second numbers, then both
// sums and the tile. Rounds to the nearest; denormal factors and results count as 0.
static inline void multiply_bf16(int64_t to, int64_t from_a, int64_t from_b) {
  Tile& sum = tile(to);
  const Tile &a = tile(from_a), &b = tile(from_b);
  check_product(sum, a, b);
  const unsigned before = _mm_getcsr();
  constexpr unsigned kUsual = 0x1f80, kResults = 0x8000, kFactors = 0x40;
  _mm_setcsr(kUsual | kResults | kFactors);
  const __m512i second = _mm512_set1_epi32(static_cast<int>(0xffff0000u));
  for (int m = 0; m < sum.rows; m++) {
    __m512 sums[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
    for (int k = 0; k < b.rows; k++) {
      int pair;
      std::memcpy(&pair, a.at[m] + 4 * k, sizeof pair);
      const __m512i x = _mm512_set1_epi32(pair), y = _mm512_loadu_si512(b.at[k]);
      sums[0] = _mm512_fmadd_ps(_mm512_castsi512_ps(_mm512_slli_epi32(x, 16)),
                                _mm512_castsi512_ps(_mm512_slli_epi32(y, 16)), sums[0]);
      sums[1] = _mm512_fmadd_ps(_mm512_castsi512_ps(_mm512_and_si512(x, second)),
                                _mm512_castsi512_ps(_mm512_and_si512(y, second)), sums[1]);
    }
    const __m512 all = _mm512_add_ps(_mm512_loadu_ps(sum.at[m]), _mm512_add_ps(sums[0], sums[1]));
    _mm512_storeu_ps(sum.at[m], all);
    std::memset(sum.at[m] + sum.bytes, 0, static_cast<size_t>(kBytes - sum.bytes));
  }
  _mm_setcsr(before);
}

// Multiplies unsigned bytes by signed bytes.
static inline void multiply_bytes(int64_t to, int64_t from_a, int64_t from_b) {
  Tile& sum = tile(to);
  const Tile &a = tile(from_a), &b = tile(from_b);
  check_product(sum, a, b);
  for (int m = 0; m < sum.rows; m++) {
    for (int n = 0; n < sum.bytes / 4; n++) {
      int32_t total;
      std::memcpy(&total, sum.at[m] + 4 * n, sizeof total);
      for (int k = 0; k < b.rows; k++) {
        for (int i = 0; i < 4; i++) total += a.at[m][4 * k + i] * static_cast<int8_t>(b.at[k][4 * n + i]);
      }
      std::memcpy(sum.at[m] + 4 * n, &total, sizeof total);
    }
  }
}

}  // namespace tile_emulation

#undef _tile_loadconfig
#undef _tile_release
#undef _tile_zero
#undef _tile_loadd
#undef _tile_stored
#undef _tile_dpbf16ps
#undef _tile_dpbusd
#define _tile_loadconfig tile_emulation::load_config
#define _tile_release tile_emulation::release
#define _tile_zero tile_emulation::zero
#define _tile_loadd tile_emulation::load
#define _tile_stored tile_emulation::store
#define _tile_dpbf16ps tile_emulation::multiply_bf16
#define _tile_dpbusd tile_emulation::multiply_bytes
