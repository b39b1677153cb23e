// The int8 kernels, beginning with convolution. They are compiled separately from the other kernels, once for each
// method of multiplying bytes, because processors with one instruction set differ in these methods.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace quern {

// The post-operation of a sum; pointers refer to the first computed channel.
struct Int8Post {
  const float *scale, *shift;
  float low, high;
  bool to_bytes;  // rounded, and zero added; else floats are stored
  int32_t zero;
  const void* add;            // NULL, or laid out as dst, and of its type
  float add_zero, add_scale;  // of bytes
};

// Lines of output pixels, at most `widest` vectors of their channels. The inputs of a pixel lie in runs of steps, each
// of `depth` inputs that one instruction takes; the weights follow in the same order, `vectors` vectors a step.
struct Int8Rows {
  const void* src;      // elements as `widen` makes them
  int64_t src_step;     // elements from one pixel's inputs to the next one's
  const int64_t* runs;  // where each run begins
  int64_t run_count, run_steps;
  const int8_t* weights;
  const int32_t* start;  // where the sums begin, whole vectors
  Int8Post post;
  void* dst;
  int64_t dst_step;
  const int64_t *src_lines, *dst_lines;  // where each line begins
  int64_t lines, pixels;                 // pixels of a line
  int64_t columns, vectors;
};

// A line of output pixels of a depthwise convolution, all channels: each run has, of `depth` rows of the kernel, inputs
// side by side, [channel][depth].
struct Int8Depthwise {
  const void* src;
  int64_t src_step;
  const int64_t* runs;
  int64_t run_count;
  const int8_t* weights;  // [vector][run][lanes][depth]
  const int32_t* start;
  Int8Post post;
  void* dst;
  int64_t dst_step;
  int64_t pixels, channels;
};

// Converts steps to bytes: clamped to [low, high], rounded, and zero added.
struct Int8Steps {
  float low, high;
  int32_t zero;
};

// Converts a byte to steps: (byte - zero) * scale.
struct Int8Operand {
  float zero, scale;
};

// The mean of the pixels of a window, for all channels: (sum - less) * scale.
struct Int8Mean {
  const uint8_t* src;
  int64_t lines, line, pixels, pixel;  // bytes from one line to the next, and from one pixel
  int64_t channels;
  int32_t less;  // what as many zeros are
  float scale;
  bool to_bytes;  // else floats are stored
  Int8Steps to;
  void* dst;
};

// Products of bytes less their zeros, in steps of the result.
struct Int8Product {
  float a_zero, b_zero, scale;
  Int8Steps to;
};

struct Int8Kernels {
  int64_t lanes, widest;  // of a vector; vectors of Int8Rows
  int64_t depth;          // inputs that one instruction multiplies for each of a vector's channels
  int64_t element;        // bytes of an input as kernels read it
  int64_t less;           // what `widen` takes from each, for processors that multiply signed bytes alone
  void (*widen)(int64_t n, const uint8_t* src, void* dst);
  // n channels of `depth` rows, side by side
  void (*interleave)(int64_t n, const uint8_t* const* rows, void* dst);
  void (*rows)(const Int8Rows& rows);
  void (*depthwise)(const Int8Depthwise& row);
  void (*mean)(const Int8Mean& mean);
  void (*sum)(int64_t n, const uint8_t* a, const Int8Operand& of_a, const uint8_t* b, const Int8Operand& of_b,
              const Int8Steps& to, uint8_t* dst);
  // rows of `channels`, each of which meets the same row of the other
  void (*product)(int64_t rows, int64_t channels, const uint8_t* a, const uint8_t* b, const Int8Product& p,
                  uint8_t* dst);
  // dst[i] = table[src[i]], of 256 bytes; dst may be src
  void (*lookup)(int64_t n, const uint8_t* src, const uint8_t* table, uint8_t* dst);
  int64_t together;  // pixels that `rows` does best where they lie as far apart as those of a line, across lines, too
};

// The selected ones; NULL before quern_init.
const Int8Kernels* int8_kernels() noexcept;

}  // namespace quern
