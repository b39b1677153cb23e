// The kernels of one instruction set: plain functions on plain pointers, written once and compiled once per set in a
// namespace of its own. Operators validate and split the work; kernels only compute.
#pragma once

#include <stdint.h>

#include "quern.h"

namespace quern {

// A convolution or pooling window with its output size, as kernels need it.
struct Windows {
  int64_t channels, in_height, in_width, out_height, out_width;
  int64_t kernel_height, kernel_width, stride_height, stride_width;
  int64_t padding_height, padding_width, dilation_height, dilation_width;
  int64_t src_pitch, dst_pitch;
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

// name, arguments. All return void.
#define QUERN_KERNELS(KERNEL)                                                                                          \
  KERNEL(relu_forward, (int64_t n, const float* src, float* dst))                                                      \
  KERNEL(relu_backward, (int64_t n, const float* dst, const float* diff_dst, float* diff_src))                         \
  KERNEL(nchw_to_nhwc, (int64_t c, int64_t pixels, const float* src, float* dst, int64_t pitch))                       \
  KERNEL(nhwc_to_nchw, (int64_t c, int64_t pixels, const float* src, int64_t pitch, float* dst))                       \
  KERNEL(images, (int64_t c, int64_t pixels, const unsigned char* src, const float* scale, const float* shift,         \
                  float* dst, int64_t pitch))                                                                          \
  /* Rows [begin, end) of output pixels, counted over the batch, to rows of kernel_height * kernel_width * channels */ \
  KERNEL(im2col, (const Windows& w, const float* src, int64_t begin, int64_t end, float* col))                         \
  /* Adds rows of output pixels [begin, end) of one image back into that image */                                      \
  KERNEL(col2im, (const Windows& w, const float* col, int64_t begin, int64_t end, float* image))                       \
  KERNEL(fill_rows, (int64_t rows, int64_t c, const float* values, float* dst, int64_t pitch))                         \
  KERNEL(zero_rows, (int64_t rows, int64_t c, float* dst, int64_t pitch))                                              \
  KERNEL(add_column_sums, (int64_t rows, int64_t c, const float* src, int64_t pitch, double* sums))                    \
  KERNEL(max_pool2d_forward, (const Windows& w, const float* image, int64_t row, float* dst, int32_t* indices))        \
  KERNEL(max_pool2d_backward, (const Windows& w, const float* diff_dst, const int32_t* indices, float* diff_image))    \
  KERNEL(avg_pool2d_forward, (const Windows& w, bool count_pad, const float* image, int64_t row, float* dst))          \
  KERNEL(avg_pool2d_backward, (const Windows& w, bool count_pad, const float* diff_dst, float* diff_image))            \
  KERNEL(add, (int64_t n, const float* a, const float* b, float* dst))                                                 \
  KERNEL(copy_rows, (int64_t rows, int64_t c, const float* src, int64_t src_pitch, float* dst, int64_t dst_pitch))     \
  KERNEL(moments, (int64_t rows, int64_t c, const float* src, double* sums, double* squares))                          \
  KERNEL(normalize, (int64_t rows, int64_t c, const float* src, const float* mean, const float* scale,                 \
                     const float* shift, float* dst))                                                                  \
  KERNEL(normalize_sums, (int64_t rows, int64_t c, const float* src, const float* diff_dst, const float* mean,         \
                          double* diff_sums, double* product_sums))                                                    \
  KERNEL(normalize_backward, (int64_t rows, int64_t c, const float* src, const float* diff_dst, const float* mean,     \
                              const float* scale, const float* slope, const float* shift, float* diff_src))            \
  KERNEL(softmax_forward, (int64_t rows, int64_t c, const float* src, float* dst))                                     \
  KERNEL(softmax_backward, (int64_t rows, int64_t c, const float* dst, const float* diff_dst, float* diff_src))        \
  KERNEL(cross_entropy, (int64_t rows, int64_t c, const float* src, const int32_t* targets, const float* weights,      \
                         double smoothing, double scale, float* diff_src, double* losses))                             \
  KERNEL(scale, (int64_t n, float factor, float* x))                                                                   \
  KERNEL(clip, (int64_t n, float limit, float* x))                                                                     \
  KERNEL(lerp, (int64_t n, float weight, const float* x, float* y))                                                    \
  KERNEL(add_squares, (int64_t n, const float* x, double* sum))                                                        \
  KERNEL(sgd, (const quern_sgd& sgd, int64_t n, const float* diff, float* weights, float* velocity))                   \
  KERNEL(adam, (const AdamStep& step, int64_t n, const float* diff, float* weights, float* average, float* square,     \
                float* largest))                                                                                       \
  KERNEL(rmsprop, (const RmsPropStep& step, int64_t n, const float* diff, float* weights, float* square,               \
                   float* velocity, float* average))                                                                   \
  KERNEL(muon_momentum,                                                                                                \
         (float momentum, float rest, bool nesterov, int64_t n, const float* diff, float* velocity, float* dst))       \
  KERNEL(muon_polynomial, (int64_t n, float b, float c, const float* gram, float* product))                            \
  KERNEL(muon_update, (int64_t n, float shrink, float rate, const float* src, float* weights))                         \
  /* the end, so that each line above has its backslash */

struct Kernels {
  const char* isa = "none";
#define QUERN_MEMBER(name, arguments) void(*name) arguments = nullptr;
  QUERN_KERNELS(QUERN_MEMBER)
#undef QUERN_MEMBER
};

// One per instruction set, defined by compiling kernels.cpp with QUERN_ISA_NAME set.
const Kernels& kernels_baseline() noexcept;
const Kernels& kernels_avx2() noexcept;
const Kernels& kernels_avx512() noexcept;
const Kernels& kernels_neon() noexcept;

void select_kernels(const char* isa) noexcept;
bool initialized() noexcept;
// The selected kernels; an empty table with isa "none" before quern_init.
const Kernels& kernels() noexcept;

}  // namespace quern
