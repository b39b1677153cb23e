// The kernels of one instruction set: plain functions on plain pointers, written once and compiled once per set in a
// namespace of its own. Operators validate and split the work; kernels only compute.
#pragma once

#include <stdint.h>

#include <type_traits>

#include "kernels/half_types.h"
#include "kernels/integers.h"
#include "quern.h"

namespace quern {

// Where a kernel reads or writes floats or, as it learns at run time, bfloat16.
template <typename Memory>
struct ValuesAt {
  Memory* data;  // or NULL
  bool bf16;

  [[gnu::always_inline]] ValuesAt from(int64_t i) const {
    using Byte = std::conditional_t<std::is_const_v<Memory>, const char, char>;
    return {data == nullptr ? data : static_cast<Byte*>(data) + i * (bf16 ? 2 : 4), bf16};
  }
};
using Values = ValuesAt<const void>;
using Results = ValuesAt<void>;

// A convolution or pooling window with its output size, as kernels need it.
struct Windows {
  int64_t channels, in_height, in_width, out_height, out_width;
  int64_t kernel_height, kernel_width, stride_height, stride_width;
  int64_t padding_height, padding_width, dilation_height, dilation_width;
  int64_t src_pitch, dst_pitch;
};

// The padding behind the input of an average, and whether padding counts in the divisor.
struct AvgPadding {
  int64_t bottom, right;
  bool counts;
};

// local_response_norm: channel i has the base k + scale * the sum of squares of channels [i - before, i + behind], and
// is divided by base^beta.
enum class NormPower { Half, ThreeQuarters, One, Any };
struct LocalNorm {
  int64_t channels, before, behind;
  float scale, k;
  double beta;
  NormPower power;  // which of beta's values have a way of their own
};

// One step of Adam or RMSProp, in the numbers that each element needs.
struct AdamStep {
  float beta1, rest1, beta2, rest2;  // rest is 1 - beta
  float decay;                       // joins the gradient
  float shrink;                      // multiplies the weights first
  float step, root_scale, eps;       // weights -= step * average / (root_scale * sqrt(square) + eps)
};
struct RmsPropStep {
  float alpha, rest, eps, decay, momentum, lr;
};

// An activation in the numbers that each element needs.
struct ActivationStep {
  int64_t kind;              // its place in QUERN_ACTIVATIONS
  float alpha, beta, gamma;  // the kind's coefficients in their order
  float inverse;             // of the first, where its rule is Divisor
};

// Rows of numbers of a and b that meet, and what is made of them or, of a backward pass, the output's gradient.
struct BroadcastPlane {
  int64_t rows, columns;
  const float *a, *b, *diff;
  float* dst;
  int64_t row[3], step[3];  // of a, of b and of the output: from one row to the next, and from one column

  [[gnu::always_inline]] bool whole() const { return step[0] == 1 && step[1] == 1 && step[2] == 1; }
};

// The post-operation of a convolution's sum. Pointers refer to the first computed channel.
struct Post {
  const float* bias = nullptr;   // where the sum begins
  const float* scale = nullptr;  // it becomes sum * scale + shift
  const float* shift = nullptr;
  const float* add = nullptr;  // is added then; laid out as dst, whose first pixel's value this is
  float low = 0.0f, high = 0.0f;
  bool bounded = false;    // by low and high, at last
  double* sums = nullptr;  // unless null, of each piece of the output `channels` sums and as many of squares
  int64_t channels = 0;
  // of bytes: those that stand for 0, and what `add` stands for
  int64_t dst_zero = 0, add_zero = 0;
  float add_scale = 0.0f;

  bool changes() const { return scale != nullptr || add != nullptr || bounded; }
  [[gnu::always_inline]] Post from(int64_t channel) const {
    Post p = *this;
    if (bias != nullptr) p.bias += channel;
    if (scale != nullptr) p.scale += channel, p.shift += channel;
    if (add != nullptr) p.add += channel;
    if (sums != nullptr) p.sums += channel;
    return p;
  }
};

// Lines of neighboring output pixels, at most kWidest vectors of their channels. The inputs of a pixel lie in
// runs of floats; the weights follow in the same order, `vectors` vectors for each input.
struct ConvRow {
  const float* src;
  int64_t src_step;     // floats from one pixel's inputs to the next one's
  const int64_t* runs;  // where each run begins
  int64_t run_count, run_length;
  int64_t second_only;  // inputs at a run's end that only the second of two vectors has weights for
  const void* weights;  // floats, or what the kernel's weights are
  Post post;            // add is this run's
  float* dst;
  int64_t dst_step;
  const int64_t *src_lines, *dst_lines;  // where each line of pixels begins
  int64_t lines, pixels;                 // pixels of a line
  int64_t columns;                       // valid ones of the vectors
  int64_t vectors;
  const void* ahead;  // as many weights, which come next and are brought into L2; or NULL
  bool first, last;   // of the calls that make the sum: one begins with the bias, the other ends with post
};

// c [rows][columns] = a b, or added to it: a of rows by inner numbers, each row of b in one piece.
struct SmallProduct {
  int64_t rows, columns, inner;
  const float* a;
  int64_t a_row, a_step;  // floats from one row to the next, and from one number of a row
  const float* b;
  int64_t b_row;
  bool padded;  // rows of b end at a whole vector
  float* c;
  int64_t c_row;
  bool add;
};

// Neighbouring queries of a head and their products with the keys, of which the first query sees `visible`, and each
// further one one more, at most all.
struct AttentionRows {
  int64_t rows, keys, visible;
  float* scores;
  int64_t pitch;  // floats from one row of scores to the next
  float scale;
  const float* bias;  // or NULL
  int64_t bias_row;
};

// One step of a recurrent layer for some samples. Pointers refer to the first sample's units; *_row are the floats from
// one sample to the next.
struct RecurrentStep {
  int64_t rows, units;
  float* gates;  // each gate's units in turn: before their functions, and then after them
  int64_t gates_row;
  const float* h;  // the states before the step
  float* kept;     // GRU: what the reset gate multiplies with, or its product
  float* next_h;   // or NULL after the last step
  int64_t h_row;   // of h, kept and next_h
  const float* c;  // LSTM
  float* next_c;
  int64_t c_row;
  float* dst;
  int64_t dst_row;
  bool cell;  // dst receives c rather than h
};

// The backward pass of a step: dh and dc, [rows][units], are the gradients of the states behind the step, without
// diff's part, and become those of the states before it, without what the products with weights add.
struct RecurrentSlopes {
  int64_t rows, units;
  const float* gates;
  float* slopes;  // the gradients of the gates before their functions
  int64_t gates_row;
  const float *h, *kept;
  float* kept_slopes;
  int64_t h_row;
  const float *c, *next_c;
  int64_t c_row;
  const float* diff;
  int64_t diff_row;
  float *dh, *dc;
  bool cell;
};

// A matrix of 3x3 kernels, and its slabs, [row][width] each.
struct WinogradKernels {
  int64_t m, rows, columns;
  int64_t row_step, column_step;  // floats from one kernel to the next
  bool turned;                    // by 180 degrees
  int64_t slab, width;            // whole vectors
};

// Lines of neighboring output pixels of a depthwise convolution whose taps all fall on something: for tap t, the first
// pixel's inputs and the weights, all channels.
template <typename Src>
struct DepthwiseRows {
  int64_t taps, channels, lines, pixels;
  const Src* const* from;
  const float* const* weights;
  int64_t src_line, dst_line;  // elements from one line to the next
  int64_t src_step, dst_step;  // and from one pixel
  int64_t run;                 // taps in turn whose inputs are those of neighboring pixels ...
  bool back;                   // ... before this one, or behind it
  Post post;                   // add is the first pixel's
  Results dst;                 // bfloat16 of bfloat16 only
};

// Products of a depthwise convolution's input and output gradient, by one tap, summed over lines of pixels for the
// channels [begin, end) and added to what is there.
template <typename Src, typename Diff>
struct DepthwiseTap {
  int64_t begin, end, lines, pixels;
  const Src* src;
  int64_t src_line, src_step;
  const Diff* diff;
  int64_t diff_line, diff_step;
  float* sums;
};

// One channel of a convolution's output, [height][width], from planes of its input: sums over channels and taps.
struct PlanarSum {
  const float* src;
  int64_t plane, line, channels;  // floats from one plane to the next, and from one line
  int64_t kernel_height, kernel_width, dilation_height, dilation_width;
  const float* weights;  // [channel][ky][kx]
  float bias;
  float* dst;
  int64_t dst_line, height, width;
};

// The contribution of one channel's gradient to the gradient of the weights: a plane of zeros behind its width, and in
// kernel_height - 1 rows above and below.
struct PlanarWeights {
  const float* src;
  int64_t plane, line, channels;
  int64_t kernel_height, kernel_width, dilation_height, dilation_width;
  const float* diff;
  int64_t diff_line, height, width;
  double* sums;  // [channel][ky][kx]
};

// c[m][n] += sum over images, lines and steps of a[m] * b[n], or becomes it at `first`. Reads b up to a whole vector.
struct ConvOuter {
  const float *a, *b;
  int64_t a_step, b_step, count;
  int64_t a_line, b_line, lines;
  int64_t a_image, b_image, images;
  bool first;
  float* c;
  int64_t c_step, rows, columns;
};

// A run of an image's pixels, from bytes `step` (1, -1 or 0) apart in planes to floats `pitch` apart from pixel to
// pixel and `plane` from channel to channel.
struct ImageRun {
  int64_t channels, pixels;
  const unsigned char* src;
  int64_t src_plane, step;
  const float *scale, *shift;
  float* dst;
  int64_t pitch, plane;
};

// (x - mean) * scale + shift for each channel, and at last ReLU or not, which has an upper bound unless `high` is NaN.
struct Normalize {
  const float *mean, *scale, *shift;
  bool relu;
  float high;
};

struct NormalizeSlopes {
  const float *factor, *slope, *offset;
};

// The dropout of a sample's elements or channels: those whose 24 random bits are below the threshold are dropped.
struct DropoutStep {
  uint64_t key;
  int64_t channels, pixels;
  int32_t threshold;
  float scale;
};

// The reduction of many numbers: Equal counts numbers that are equal to a key, NonzeroProd omits zeros.
enum class ReductionFold { Sum, Amax, Amin, Prod, Equal, NonzeroProd };

// Rows of n numbers, of which each column is folded, kReducedColumns at most, or all to one.
constexpr int64_t kReducedColumns = 64;
struct ReductionRows {
  bool columns;
  int64_t rows, row, n, step;  // elements from one row to the next, and from one number
  const float* src;
};

// The gradient of a number x in column i, for each quern_reduction_kind
struct ReductionSpread {
  int64_t kind;                   // prod: x == 0 ? on : off / x; amax and amin: x == key ? on : off; else on
  const double *keys, *on, *off;  // of each column, or of all
};

// The kernels of each unit, which is compiled by itself (kernels/units/NAME.cpp): name, arguments. All return void.
#define QUERN_CONVOLUTION_KERNELS(KERNEL)                                                        \
  KERNEL(im2col, (const Windows& w, const float* src, int64_t begin, int64_t end, float* col))   \
  /* Adds rows of output pixels [begin, end) of one image back into that image */                \
  KERNEL(col2im, (const Windows& w, const float* col, int64_t begin, int64_t end, float* image)) \
  KERNEL(conv_row, (const ConvRow& row))                                                         \
  /* All of post but the bias */                                                                 \
  KERNEL(post_rows, (int64_t rows, int64_t c, const Post& post, float* dst, int64_t pitch))      \
  /* 12 multiply-adds of vectors a step */                                                       \
  KERNEL(fma_steps, (int64_t steps))

#define QUERN_CONVOLUTION_WEIGHTS_KERNELS(KERNEL)                         \
  KERNEL(conv_outer, (const ConvOuter& outer))                            \
  KERNEL(depthwise_rows, (const DepthwiseRows<float>& row))               \
  KERNEL(depthwise_tap, (const DepthwiseTap<float, float>& tap))          \
  KERNEL(depthwise_rows_bf16, (const DepthwiseRows<Bf16>& row))           \
  KERNEL(depthwise_tap_bf16, (const DepthwiseTap<Bf16, Bf16>& tap))       \
  KERNEL(depthwise_tap_src_bf16, (const DepthwiseTap<Bf16, float>& tap))  \
  KERNEL(depthwise_tap_diff_bf16, (const DepthwiseTap<float, Bf16>& tap)) \
  KERNEL(planar_sum, (const PlanarSum& sum))                              \
  KERNEL(planar_weights, (const PlanarWeights& weights))

#define QUERN_WINOGRAD_KERNELS(KERNEL)                                                                               \
  /* Tiles, channels [begin, end) of n * n pixels each, to rows of n * n slabs */                                    \
  KERNEL(winograd_input, (int64_t m, int64_t tiles, int64_t begin, int64_t end, const float* const* from, float* to, \
                          int64_t slab, int64_t pitch))                                                              \
  KERNEL(winograd_gradient,                                                                                          \
         (int64_t m, int64_t tiles, int64_t c, const float* const* from, float* to, int64_t slab, int64_t pitch))    \
  /* Rows of slabs to channels [begin, end) of m * m pixels a tile, those that are not NULL */                       \
  KERNEL(winograd_output, (int64_t m, int64_t tiles, int64_t begin, int64_t end, const float* from, int64_t slab,    \
                           int64_t pitch, const Post& post, const float* dst, float* const* to))                     \
  /* Kernels to slabs, and slabs to kernels */                                                                       \
  KERNEL(winograd_pack, (const WinogradKernels& k, const float* kernels, float* slabs))                              \
  KERNEL(winograd_unpack, (const WinogradKernels& k, const float* slabs, float* kernels))

#define QUERN_BINARY_KERNELS(KERNEL)                                                                                   \
  KERNEL(broadcast_forward, (int64_t kind, const BroadcastPlane& p))                                                   \
  /* to a, or else to b, where each has one number for each of the output's */                                         \
  KERNEL(broadcast_to, (int64_t kind, bool to_a, const BroadcastPlane& p))                                             \
  /* sums[i], one of at most 64 columns, grows by the gradients of all rows */                                         \
  KERNEL(broadcast_sums, (int64_t kind, bool to_a, const BroadcastPlane& p, double* sums))                             \
  /* One row of b meets all rows of a */                                                                               \
  KERNEL(binary_forward, (int64_t kind, int64_t rows, int64_t c, const float* a, const float* b, float* dst))          \
  KERNEL(binary_to_a, (int64_t kind, int64_t rows, int64_t c, const float* a, const float* b, const float* diff_dst,   \
                       float* diff_a))                                                                                 \
  KERNEL(binary_to_b, (int64_t kind, int64_t n, const float* a, const float* b, const float* diff_dst, float* diff_b)) \
  /* for at most 64 columns */                                                                                         \
  KERNEL(binary_sums, (int64_t kind, int64_t rows, int64_t c, int64_t pitch, const float* a, const float* b,           \
                       const float* diff_dst, float* diff_b))

#define QUERN_REDUCTION_KERNELS(KERNEL)                                                                       \
  KERNEL(argmax, (bool smallest, bool last, const ReductionRows& rows, float* places))                        \
  KERNEL(reduction_first, (ReductionFold fold, int64_t n, double* folded))                                    \
  KERNEL(reduction_fold, (ReductionFold fold, const ReductionRows& rows, const double* keys, double* folded)) \
  KERNEL(reduction_spread, (const ReductionRows& rows, const ReductionSpread& spread, float* dst))

#define QUERN_POOLING_KERNELS(KERNEL)                                                                                  \
  KERNEL(max_pool2d_forward, (const Windows& w, const float* image, int64_t row, float* dst, int32_t* indices))        \
  KERNEL(max_pool2d_backward, (const Windows& w, const float* diff_dst, const int32_t* indices, float* diff_image))    \
  KERNEL(max_pool2d_bf16, (const Windows& w, const Bf16* image, int64_t row, Bf16* dst))                               \
  KERNEL(max_pool2d_bytes, (const Windows& w, const uint8_t* image, int64_t row, uint8_t* dst))                        \
  KERNEL(avg_pool2d_forward,                                                                                           \
         (const Windows& w, const AvgPadding& padding, const float* image, int64_t row, float* dst))                   \
  KERNEL(avg_pool2d_backward, (const Windows& w, const AvgPadding& padding, const float* diff_dst, float* diff_image)) \
  KERNEL(adaptive_avg_pool2d_forward, (const quern_resize2d& d, const float* image, int64_t row, float* dst))          \
  KERNEL(adaptive_avg_pool2d_backward, (const quern_resize2d& d, const float* diff_dst, float* diff_image))            \
  KERNEL(adaptive_max_pool2d_forward,                                                                                  \
         (const quern_resize2d& d, const float* image, int64_t row, float* dst, int32_t* indices))                     \
  KERNEL(adaptive_max_pool2d_backward,                                                                                 \
         (const quern_resize2d& d, const float* diff_dst, const int32_t* indices, float* diff_image))

#define QUERN_RESIZING_KERNELS(KERNEL)                                                                        \
  KERNEL(reflection_pad2d_forward, (const quern_resize2d& d, const float* image, int64_t row, float* dst))    \
  KERNEL(reflection_pad2d_backward, (const quern_resize2d& d, const float* diff_dst, float* diff_image))      \
  KERNEL(replication_pad2d_forward, (const quern_resize2d& d, const float* image, int64_t row, float* dst))   \
  KERNEL(replication_pad2d_backward, (const quern_resize2d& d, const float* diff_dst, float* diff_image))     \
  KERNEL(circular_pad2d_forward, (const quern_resize2d& d, const float* image, int64_t row, float* dst))      \
  KERNEL(circular_pad2d_backward, (const quern_resize2d& d, const float* diff_dst, float* diff_image))        \
  KERNEL(upsample_bilinear2d_forward, (const quern_resize2d& d, const float* image, int64_t row, float* dst)) \
  KERNEL(upsample_bilinear2d_backward,                                                                        \
         (const quern_resize2d& d, const float* diff_dst, int64_t row, float* diff_image))                    \
  KERNEL(upsample_nearest2d_forward, (const quern_resize2d& d, const float* image, int64_t row, float* dst))  \
  KERNEL(upsample_nearest2d_backward, (const quern_resize2d& d, const float* diff_dst, int64_t row, float* diff_image))

#define QUERN_NORMALIZATION_KERNELS(KERNEL)                                                                          \
  KERNEL(moments, (int64_t rows, int64_t c, const float* src, int64_t pitch, double* sums, double* squares))         \
  KERNEL(centred_moments, (int64_t rows, int64_t c, const float* src, int64_t pitch, const float* centre,            \
                           double* sums, double* squares))                                                           \
  KERNEL(moments_at,                                                                                                 \
         (int64_t pixels, const float* const* at, int64_t first, int64_t c, double* sums, double* squares))          \
  KERNEL(normalize, (const Normalize& n, int64_t rows, int64_t c, const float* src, const float* add,                \
                     const Results& dst, Bf16* saved, int64_t pitch))                                                \
  KERNEL(normalize_sums,                                                                                             \
         (const Normalize& n, int64_t rows, int64_t c, const Values& src, const Values& dst, const Values& diff_dst, \
          float* diff_add, double* diff_sums, double* product_sums, int64_t pitch))                                  \
  KERNEL(normalize_backward, (const Normalize& n, int64_t rows, int64_t c, const Values& src, const Values& dst,     \
                              const Values& diff_dst, const NormalizeSlopes& slopes, const Results& diff_src))       \
  KERNEL(group_norm_backward, (int64_t rows, int64_t c, const float* src, const float* diff_dst, int64_t pitch,      \
                               const double* factor, const double* slope, const double* offset, float* diff_src))    \
  KERNEL(layer_norm_forward, (int64_t rows, int64_t n, double eps, bool rms, const float* src, const float* weights, \
                              const float* bias, float* dst, double* mean, double* inverse))                         \
  KERNEL(layer_norm_backward, (int64_t rows, int64_t n, bool rms, const float* src, const float* diff_dst,           \
                               const float* weights, const double* mean, const double* inverse, float* diff_src))    \
  KERNEL(local_response_norm_forward, (const LocalNorm& d, int64_t pixels, const float* src, float* dst))            \
  KERNEL(local_response_norm_backward, (const LocalNorm& d, int64_t pixels, const float* src, const float* diff_dst, \
                                        float* ratios, float* diff_src))                                             \
  KERNEL(layer_norm_sums, (int64_t rows, int64_t c, const float* src, const float* diff_dst, int64_t pitch,          \
                           const double* mean, const double* inverse, double* diff_sums, double* product_sums))

#define QUERN_ELEMENTS_KERNELS(KERNEL)                                                                             \
  KERNEL(relu_forward, (int64_t n, const float* src, float* dst))                                                  \
  KERNEL(relu_backward, (int64_t n, const float* dst, const float* diff_dst, float* diff_src))                     \
  KERNEL(prelu_forward, (int64_t rows, int64_t c, const float* src, const float* weights, float* dst))             \
  KERNEL(prelu_backward, (int64_t rows, int64_t c, const float* src, const float* diff_dst, const float* weights,  \
                          float* diff_src, double* sums))                                                          \
  KERNEL(activation_forward, (const ActivationStep& step, int64_t n, const float* src, float* dst))                \
  KERNEL(activation_backward,                                                                                      \
         (const ActivationStep& step, int64_t n, const float* saved, const float* diff_dst, float* diff_src))      \
  KERNEL(transpose_rows,                                                                                           \
         (int64_t rows, int64_t n, const float* src, int64_t src_pitch, float* dst, int64_t dst_pitch))            \
  KERNEL(images, (const ImageRun& run))                                                                            \
  KERNEL(fill_rows, (int64_t rows, int64_t c, const float* values, float* dst, int64_t pitch))                     \
  KERNEL(zero_rows, (int64_t rows, int64_t c, float* dst, int64_t pitch))                                          \
  KERNEL(add_column_sums, (int64_t rows, int64_t c, const float* src, int64_t pitch, double* sums))                \
  KERNEL(add, (int64_t n, const float* a, const float* b, float* dst))                                             \
  KERNEL(add_to_rows, (int64_t rows, int64_t c, const float* values, float* dst, int64_t pitch))                   \
  KERNEL(copy_rows, (int64_t rows, int64_t c, const float* src, int64_t src_pitch, float* dst, int64_t dst_pitch)) \
  KERNEL(dropout, (const DropoutStep& step, uint32_t sample, const float* src, float* dst))                        \
  KERNEL(dropout2d, (const DropoutStep& step, uint32_t sample, const float* src, float* dst))                      \
  KERNEL(uniform, (int64_t first, int64_t n, uint64_t seed, uint32_t part, float bound, float* dst))               \
  KERNEL(scale, (int64_t n, float factor, float* x))                                                               \
  KERNEL(clip, (int64_t n, float limit, float* x))                                                                 \
  KERNEL(lerp, (int64_t n, float weight, const float* x, float* y))                                                \
  KERNEL(add_squares, (int64_t n, const float* x, double* sum))                                                    \
  KERNEL(quantize, (int64_t n, const float* src, float scale, float low, float high, int32_t zero, uint8_t* dst))  \
  KERNEL(dequantize, (int64_t n, const uint8_t* src, float scale, int32_t zero, float* dst))                       \
  KERNEL(largest, (int64_t n, const float* src, float* most))                                                      \
  KERNEL(round_weights, (int64_t n, const float* src, float scale, float* dst))                                    \
  KERNEL(quantize_weights, (int64_t n, const float* src, float scale, int8_t* dst))                                \
  KERNEL(to_bf16, (int64_t n, const float* src, Bf16* dst))                                                        \
  KERNEL(from_bf16, (int64_t n, const Bf16* src, float* dst))

#define QUERN_ATTENTION_KERNELS(KERNEL)                                   \
  KERNEL(small_product, (const SmallProduct& product))                    \
  KERNEL(attention_weights, (const AttentionRows& queries, float* saved)) \
  KERNEL(attention_slopes, (const AttentionRows& queries, const float* saved, float factor, float* slopes))

#define QUERN_RECURRENT_KERNELS(KERNEL)                                 \
  KERNEL(rnn_forward, (const RecurrentStep& step, bool relu))           \
  KERNEL(rnn_backward, (const RecurrentSlopes& step, bool relu))        \
  KERNEL(lstm_forward, (const RecurrentStep& step))                     \
  KERNEL(lstm_backward, (const RecurrentSlopes& step))                  \
  KERNEL(gru_reset, (const RecurrentStep& step))                        \
  KERNEL(gru_forward, (const RecurrentStep& step, bool reset_first))    \
  KERNEL(gru_backward, (const RecurrentSlopes& step, bool reset_first)) \
  KERNEL(gru_reset_backward, (const RecurrentSlopes& step, const float* slopes))

#define QUERN_LOSSES_KERNELS(KERNEL)                                                                                  \
  KERNEL(softmax_forward, (int64_t rows, int64_t c, const float* src, float* dst))                                    \
  KERNEL(softmax_backward, (int64_t rows, int64_t c, const float* dst, const float* diff_dst, float* diff_src))       \
  KERNEL(log_softmax_forward, (int64_t rows, int64_t c, const float* src, float* dst))                                \
  KERNEL(log_softmax_backward, (int64_t rows, int64_t c, const float* dst, const float* diff_dst, float* diff_src))   \
  KERNEL(cross_entropy, (const quern_cross_entropy& ce, int64_t rows, const float* src, const int32_t* targets,       \
                         const float* weights, double scale, float* diff_src, double* losses))                        \
  KERNEL(cross_entropy_soft, (const quern_cross_entropy& ce, int64_t rows, const float* src, const float* targets,    \
                              const float* weights, double scale, float* diff_src, double* losses))                   \
  KERNEL(bce_with_logits, (int64_t rows, int64_t c, const float* src, const float* targets, const float* weights,     \
                           const float* pos_weights, double scale, float* diff_src, double* loss))                    \
  KERNEL(sigmoid_focal, (int64_t n, const float* src, const float* targets, double alpha, double gamma, double scale, \
                         float* diff_src, double* loss))                                                              \
  KERNEL(dice_sums, (const quern_dice& dice, int64_t rows, const float* src, const int32_t* labels,                   \
                     const float* targets, double* sums))                                                             \
  KERNEL(dice_backward, (const quern_dice& dice, int64_t rows, const float* src, const int32_t* labels,               \
                         const float* targets, const double* constant, const double* slope, float* diff_src))         \
  KERNEL(mse, (int64_t n, const float* src, const float* targets, double scale, float* diff_src, double* loss))       \
  KERNEL(huber, (int64_t n, const float* src, const float* targets, double delta, double scale, float* diff_src,      \
                 double* loss))

#define QUERN_OPTIMIZERS_KERNELS(KERNEL)                                                                           \
  KERNEL(sgd, (const quern_sgd& sgd, int64_t n, const float* diff, float* weights, float* velocity))               \
  KERNEL(adam, (const AdamStep& step, int64_t n, const float* diff, float* weights, float* average, float* square, \
                float* largest))                                                                                   \
  KERNEL(rmsprop, (const RmsPropStep& step, int64_t n, const float* diff, float* weights, float* square,           \
                   float* velocity, float* average))                                                               \
  KERNEL(muon_momentum,                                                                                            \
         (float momentum, float rest, bool nesterov, int64_t n, const float* diff, float* velocity, float* dst))   \
  KERNEL(muon_polynomial, (int64_t n, float b, float c, const float* gram, float* product))                        \
  KERNEL(muon_update, (int64_t n, float shrink, float rate, const float* src, float* weights))

#define QUERN_KERNEL_UNITS(UNIT)                               \
  UNIT(convolution, QUERN_CONVOLUTION_KERNELS)                 \
  UNIT(convolution_weights, QUERN_CONVOLUTION_WEIGHTS_KERNELS) \
  UNIT(winograd, QUERN_WINOGRAD_KERNELS)                       \
  UNIT(binary, QUERN_BINARY_KERNELS)                           \
  UNIT(reduction, QUERN_REDUCTION_KERNELS)                     \
  UNIT(pooling, QUERN_POOLING_KERNELS)                         \
  UNIT(resizing, QUERN_RESIZING_KERNELS)                       \
  UNIT(normalization, QUERN_NORMALIZATION_KERNELS)             \
  UNIT(elements, QUERN_ELEMENTS_KERNELS)                       \
  UNIT(attention, QUERN_ATTENTION_KERNELS)                     \
  UNIT(recurrent, QUERN_RECURRENT_KERNELS)                     \
  UNIT(losses, QUERN_LOSSES_KERNELS)                           \
  UNIT(optimizers, QUERN_OPTIMIZERS_KERNELS)

constexpr int64_t kMostLanes = 16;

struct Kernels {
  int64_t lanes = 1;         // of a vector
  int64_t widest = 1;        // vectors of a ConvRow, at most
  int64_t most_vectors = 1;  // of blocks that are all of one width, Winograd's
#define QUERN_MEMBER(name, arguments) void(*name) arguments = nullptr;
#define QUERN_MEMBERS(unit, list) list(QUERN_MEMBER)
  QUERN_KERNEL_UNITS(QUERN_MEMBERS)
#undef QUERN_MEMBERS
#undef QUERN_MEMBER
};

// One per instruction set, put together from its units in dispatch.cpp.
const Kernels& kernels_baseline() noexcept;
const Kernels& kernels_avx2() noexcept;
const Kernels& kernels_avx512() noexcept;
const Kernels& kernels_neon() noexcept;

void select_kernels(const char* isa) noexcept;
bool initialized() noexcept;
// The name as in QUERN_ISA; "none" before quern_init.
const char* selected_isa() noexcept;
// The selected kernels; an empty table before quern_init.
const Kernels& kernels() noexcept;

}  // namespace quern
