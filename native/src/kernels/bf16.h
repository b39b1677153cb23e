// Convolution by products of bfloat16, which are exact in float32, where they are added up: on x86's matrix unit
// (kernels/amx.cpp), or by vectors (kernels/bf16.cpp).
#pragma once

#include "kernels/kernels.h"

namespace quern {

// Output tiles of 16 pixels by 16 columns of convolution, whose products are of bfloat16: each float is the sum of one
// to three of them, its planes. Numbers of `src` and `weights` are counted in bfloat16.
struct Bf16Tiles {
  int64_t src_planes, planes;  // of src, and of weights: as many, or 1 of weights
  const Bf16* src;             // pixels `pitch` apart, [chunk of 32 channels][plane][32]
  const int64_t* at;           // each tile's first pixel
  const int64_t* taps;         // from there, the input pixel of each tap
  const Bf16* weights;         // [tap][chunk][plane][vector][16 pairs of channels][16 columns][2]
  int64_t pitch, tiles, tap_count, chunks;
  int64_t vectors;    // of columns, 1 or 2
  float* sums;        // [tile][vector][16][16]; some more tiles are written
  const Bf16* ahead;  // as many weights, which come next and are brought into L2; or NULL
  bool fetch;         // pixels, which no earlier call has read, are brought into L2 a step ahead
  bool first, last;   // of the calls that make the sum
  Post post;          // add is laid out as dst
  float* dst;         // or NULL where the output is bfloat16:
  const Bf16* add_bf16;
  Bf16* dst_bf16;
  const int64_t* to;  // [tile][16]: where each pixel goes, or -1
  int64_t columns;    // valid ones of the vectors
};

// Weights of up to 32 channels and 16 columns for Bf16Tiles, zeros where there are fewer.
struct Bf16Weights {
  const float* src;
  int64_t channel, column;  // floats from one channel's weights to the next, and from one column's
  int64_t channels, columns;
  const int64_t* taps;  // where each tap's weight lies
  int64_t tap_count;
  Bf16* to;
  int64_t tap, plane;  // bfloat16 from one tap to the next, and from one plane
  int64_t planes;      // 1 to 3
};

// Rows of floats in planes, a chunk of 32 channels after the other, or of bfloat16 in one plane; zeros fill the last
// chunk.
struct Bf16Split {
  const void* src;
  bool halves;  // bfloat16 in place of floats
  int64_t rows, src_step, channels;
  Bf16* dst;  // chunks are their planes apart
  int64_t dst_step, plane, planes;
};

// Up to 32 positions of a row in planes, all channels by 16: where transposed, which takes 32, a channel's
// positions follow each other, else pairs of positions, [pair][channel][2].
struct Bf16Line {
  const void* const* from;  // each position's channels, or NULL for zeros
  bool halves;              // which are bfloat16, in place of floats
  int64_t channels, pairs;
  bool transposed;
  Bf16* to;
  int64_t tile, plane, row;  // from one 16 channels to the next, from one plane, from one channel or pair
  int64_t planes;            // 1 to 3
};

// c[o][i] of 32 output and 32 input channels += sum over groups, rows and 32 positions at a time, or becomes it: for
// each tap, which shifts b.
struct Bf16Outer {
  const int64_t* taps;
  int64_t tap_count;
  const Bf16* a;  // [step][tile][plane][16 channels][32 positions]
  int64_t a_group, a_row, a_step;
  const Bf16* b;  // [tile][plane][pair][16 channels][2]
  int64_t b_group, b_row, b_tile, b_plane;
  int64_t groups, rows, steps;
  int64_t planes;  // of a and of b
  bool first;
  float* c;  // [tap][tile][tile][16][16]
};

struct Bf16Kernels {
  bool matrix_unit;  // on which a float32 product in three parts is faster than by vectors
  bool instruction;  // for bfloat16; else results are the same kind, but no faster than float32's
  void (*tiles)(const Bf16Tiles& tiles);
  void (*split)(const Bf16Split& split);
  void (*weights)(const Bf16Weights& weights);
  void (*line)(const Bf16Line& line);
  void (*outer)(const Bf16Outer& outer);
};

// The selected ones; NULL before quern_init.
const Bf16Kernels* bf16_kernels() noexcept;

}  // namespace quern
