// The implementations of conv2d, best first.
#pragma once

#include <chrono>

#include "kernels/kernels.h"
#include "runtime/types.h"

namespace quern {

// Element types: of the source, of packed weights, of the destination, of the source that was saved, and of gradients.
struct Conv2dTypes {
  int64_t src, weights, dst, saved, diff_src, diff_dst;
};

// A checked convolution: windows over the channels of one group, and sizes that are used again and again.
struct Conv2d {
  Windows w;  // w.channels is in_channels / groups
  int64_t batch, groups, out_channels, out_per_group;
  int64_t depth;      // inputs that meet in one output: kernel_height * kernel_width * w.channels
  int64_t per_image;  // output pixels of one image
  int64_t rows;       // output pixels of the batch
  int64_t weights;    // out_channels * depth
  bool strict, inference;
  int64_t parts;  // bfloat16 of a factor, where products are of bfloat16: 3, or 2 or 1 where less precision will do
  bool src_nchw;  // in place of NHWC
  Conv2dTypes types;
  int64_t src_zero;
};

struct Conv2dImplementation;

// The implementation that runs a pass, and the byte offset of its weights in the packed weights.
struct Conv2dRun {
  const Conv2dImplementation* implementation;
  int64_t packed_at = 0;
};

struct Conv2dImplementation {
  const char* name;
  // NULL if it supports this convolution, else the reason why not.
  const char* (*refuses)(const Conv2d& c);
  // Bytes of the packed weights. Neither the size nor the packing depends on the batch, so that plans of any size share
  // packed weights.
  int64_t (*packed)(const Conv2d& c);
  void (*pack)(const Conv2d& c, const void* weights, void* packed);
  int64_t (*workspace)(const Conv2d& c);  // bytes, never fewer than for a smaller batch or fewer threads
  int (*forward)(const Conv2d& c, const void* src, const void* packed, const Post& post, void* dst, void* workspace,
                 int64_t workspace_bytes);
  int (*backward_data)(const Conv2d& c, const void* diff_dst, const void* packed, void* diff_src, void* workspace,
                       int64_t workspace_bytes);
  int (*backward_weights)(const Conv2d& c, const void* src, const void* diff_dst, float* diff_weights, float* diff_bias,
                          void* workspace, int64_t workspace_bytes);
  // Number of pieces of the output for which forward computes sums. It does not depend on the threads, and a smaller
  // batch never has more pieces. NULL if the implementation computes no sums.
  int64_t (*sum_pieces)(const Conv2d& c) = nullptr;
  // The cost of an image in the units of conv2d_cost.cpp; NULL if the order of the list decides.
  double (*cost)(const Conv2d& c) = nullptr;
  // Returns the implementation of a batch's forward pass if that may be another one; else NULL.
  Conv2dRun (*forward_of)(const Conv2d& c) = nullptr;
};

// An entry of the list: the passes, types and orders of an implementation, which may reject a convolution for further
// reasons.
struct Conv2dEntry {
  const Conv2dImplementation* implementation;
  unsigned passes;  // bits, by quern_pass
  bool bytes;       // to bytes or float32; else float32 alone
  bool src_nchw;    // NHWC besides
  bool bf16;        // reads and writes values in bfloat16, too
};

// Adapts the passes of a float32 implementation to the signatures of the list, whose memory has any type.
template <void (*Pack)(const Conv2d&, const float*, void*)>
void of_f32(const Conv2d& c, const void* weights, void* packed) {
  Pack(c, f32(weights), packed);
}
template <int (*Pass)(const Conv2d&, const float*, const void*, const Post&, float*, void*, int64_t)>
int of_f32(const Conv2d& c, const void* src, const void* packed, const Post& post, void* dst, void* workspace,
           int64_t workspace_bytes) {
  return Pass(c, f32(src), packed, post, f32(dst), workspace, workspace_bytes);
}
template <int (*Pass)(const Conv2d&, const float*, const void*, float*, void*, int64_t)>
int of_f32(const Conv2d& c, const void* diff_dst, const void* packed, void* diff_src, void* workspace,
           int64_t workspace_bytes) {
  return Pass(c, f32(diff_dst), packed, f32(diff_src), workspace, workspace_bytes);
}
template <int (*Pass)(const Conv2d&, const float*, const float*, float*, float*, void*, int64_t)>
int of_f32(const Conv2d& c, const void* src, const void* diff_dst, float* diff_weights, float* diff_bias,
           void* workspace, int64_t workspace_bytes) {
  return Pass(c, f32(src), f32(diff_dst), diff_weights, diff_bias, workspace, workspace_bytes);
}

// The cost model: what the passes over an image cost by direct convolution, by Winograd's, and on the matrix unit.
double direct_cost(const Conv2d& c) noexcept;
double winograd_cost(const Conv2d& c) noexcept;
double bf16_cost(const Conv2d& c) noexcept;

// The number of doubles for the sums of pieces.
int64_t conv2d_piece_sums(const Conv2dImplementation& i, const Conv2d& c) noexcept;
// Forward with post.sums for those of pieces, which are added up into `sums`.
int conv2d_forward_with_sums(const Conv2dImplementation& i, const Conv2d& c, const void* src, const void* packed,
                             Post post, void* dst, double* sums, void* workspace, int64_t workspace_bytes) noexcept;

// The reason why a pass of this convolution is not supported; NULL if it is.
const char* conv2d_refusal(const Conv2dEntry& e, const Conv2d& c, quern_pass pass) noexcept;

// Whether the cost model prefers the first; false if it does not model one of the two.
bool conv2d_costs_less(const Conv2dImplementation& a, const Conv2dImplementation& b, const Conv2d& c) noexcept;

// Pieces per thread if the data that pieces share is prepared once; other threads may wait for the last piece.
constexpr int64_t kManyPieces = 8;

// In how many parts a pass hands out the blocks of output channels, where its pieces are too few for `per_thread` each.
// No sum changes by that, so that it may depend on their number.
int64_t column_splits(int64_t pieces, int64_t blocks, int64_t per_thread = 2) noexcept;

// Floats from one row of `floats` to the next, where many rows are read in turn: an odd number of cache lines in place
// of a multiple of `apart` floats, since rows so far apart drive each other out of L1.
inline int64_t odd_pitch(int64_t floats, int64_t apart) noexcept { return floats % apart != 0 ? floats : floats + 16; }

// Adds parts of n floats each, in their order, to the first.
void add_parts(int64_t parts, int64_t n, float* sums) noexcept;

// [out][ky][kx][in / groups], in float32.
int64_t plain_packed(const Conv2d& c) noexcept;
void plain_pack(const Conv2d& c, const float* weights, void* packed) noexcept;

// Checks a descriptor, and reads it.
int conv2d_prepare(const quern_conv2d* desc, Conv2d* c) noexcept;

// The list, which ends with an entry without an implementation.
const Conv2dEntry* conv2d_list() noexcept;

// Prints the pass and its speed on standard error when it ends, if QUERN_VERBOSE is set.
struct Conv2dReport {
  const Conv2d& c;
  quern_pass pass;
  const Conv2dImplementation *chosen, *runs;
  bool on;
  std::chrono::steady_clock::time_point start;

  Conv2dReport(const Conv2d& conv, quern_pass which, const Conv2dImplementation* taken,
               const Conv2dImplementation* running) noexcept;
  ~Conv2dReport();
  Conv2dReport(const Conv2dReport&) = delete;
  Conv2dReport& operator=(const Conv2dReport&) = delete;
};

extern const Conv2dImplementation conv2d_amx;             // on x86's matrix unit
extern const Conv2dImplementation conv2d_bf16;            // by vectors of bfloat16
extern const Conv2dImplementation conv2d_depthwise;       // a channel a group
extern const Conv2dImplementation conv2d_direct;          // register tiles on packed weights
extern const Conv2dImplementation conv2d_merged;          // groups of few channels, several as one
extern const Conv2dImplementation conv2d_gemm;            // a 1x1 kernel as one matrix product, without copies
extern const Conv2dImplementation conv2d_im2col;          // any convolution as matrix products over gathered rows
extern const Conv2dImplementation conv2d_int8;            // register tiles on bytes
extern const Conv2dImplementation conv2d_int8_depthwise;  // bytes, a channel a group
extern const Conv2dImplementation conv2d_planar;          // few channels, by vectors along the width
extern const Conv2dImplementation conv2d_reference;       // any convolution, as the definition has it
extern const Conv2dImplementation conv2d_winograd;        // 3x3 kernels in fewer multiplications

}  // namespace quern
