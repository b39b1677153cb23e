// conv2d by its definition: slow, without workspace, for any convolution. It is the last entry of the list, and tests
// compare the other implementations with it.
#include "conv2d/conv2d.h"
#include "runtime/status.h"
#include "runtime/threads.h"

namespace quern {
namespace {

// Calls body(offset into the image's pixels, tap) for every input pixel under the window of output pixel p.
template <typename Body>
void each_tap(const Windows& w, int64_t p, Body&& body) {
  const int64_t y0 = p / w.out_width * w.stride_height - w.padding_height;
  const int64_t x0 = p % w.out_width * w.stride_width - w.padding_width;
  for (int64_t ky = 0; ky < w.kernel_height; ky++) {
    const int64_t y = y0 + ky * w.dilation_height;
    if (y < 0 || y >= w.in_height) continue;
    for (int64_t kx = 0; kx < w.kernel_width; kx++) {
      const int64_t x = x0 + kx * w.dilation_width;
      if (x < 0 || x >= w.in_width) continue;
      body((y * w.in_width + x) * w.src_pitch, ky * w.kernel_width + kx);
    }
  }
}

const char* refuses(const Conv2d&) { return nullptr; }
int64_t workspace(const Conv2d&) { return 0; }

int forward(const Conv2d& c, const float* src, const void* packed, const Post& post, float* dst, void*, int64_t) {
  const int64_t image = c.w.in_height * c.w.in_width * c.w.src_pitch;
  parallel_for(c.batch, [&](int64_t n) {
    for (int64_t p = 0; p < c.per_image; p++) {
      for (int64_t o = 0; o < c.out_channels; o++) {
        const float* from = src + n * image + o / c.out_per_group * c.w.channels;
        double sum = post.bias == nullptr ? 0.0 : post.bias[o];
        each_tap(c.w, p, [&](int64_t at, int64_t tap) {
          const float* weights = f32(packed) + o * c.depth + tap * c.w.channels;
          for (int64_t i = 0; i < c.w.channels; i++) sum += static_cast<double>(from[at + i]) * weights[i];
        });
        const int64_t to = (n * c.per_image + p) * c.w.dst_pitch + o;
        if (post.scale != nullptr) sum = sum * post.scale[o] + post.shift[o];
        if (post.add != nullptr) sum += post.add[to];
        if (post.bounded && sum < post.low) sum = post.low;
        if (post.bounded && sum > post.high) sum = post.high;
        dst[to] = static_cast<float>(sum);
      }
    }
  });
  return QUERN_OK;
}

int backward_data(const Conv2d& c, const float* diff_dst, const void* packed, float* diff_src, void*, int64_t) {
  const int64_t image = c.w.in_height * c.w.in_width * c.w.src_pitch;
  parallel_for(c.batch, [&](int64_t n) {
    kernels().zero_rows(c.w.in_height * c.w.in_width, c.groups * c.w.channels, diff_src + n * image, c.w.src_pitch);
    for (int64_t p = 0; p < c.per_image; p++) {
      for (int64_t o = 0; o < c.out_channels; o++) {
        float* to = diff_src + n * image + o / c.out_per_group * c.w.channels;
        const float diff = diff_dst[(n * c.per_image + p) * c.w.dst_pitch + o];
        each_tap(c.w, p, [&](int64_t at, int64_t tap) {
          const float* weights = f32(packed) + o * c.depth + tap * c.w.channels;
          for (int64_t i = 0; i < c.w.channels; i++) to[at + i] += diff * weights[i];
        });
      }
    }
  });
  return QUERN_OK;
}

// The gradient of one weight: a sum over the batch, in double precision.
float weight_gradient(const Conv2d& c, const float* src, const float* diff_dst, int64_t o, int64_t tap, int64_t i) {
  const int64_t image = c.w.in_height * c.w.in_width * c.w.src_pitch;
  const int64_t down = tap / c.w.kernel_width * c.w.dilation_height - c.w.padding_height;
  const int64_t right = tap % c.w.kernel_width * c.w.dilation_width - c.w.padding_width;
  double sum = 0.0;
  for (int64_t n = 0; n < c.batch; n++) {
    const float* from = src + n * image + o / c.out_per_group * c.w.channels + i;
    for (int64_t p = 0; p < c.per_image; p++) {
      const int64_t y = p / c.w.out_width * c.w.stride_height + down;
      const int64_t x = p % c.w.out_width * c.w.stride_width + right;
      if (y < 0 || y >= c.w.in_height || x < 0 || x >= c.w.in_width) continue;
      const double diff = diff_dst[(n * c.per_image + p) * c.w.dst_pitch + o];
      sum += diff * from[(y * c.w.in_width + x) * c.w.src_pitch];
    }
  }
  return static_cast<float>(sum);
}

int backward_weights(const Conv2d& c, const float* src, const float* diff_dst, float* diff_weights, float* diff_bias,
                     void*, int64_t) {
  const int64_t taps = c.w.kernel_height * c.w.kernel_width;
  parallel_for(c.out_channels, [&](int64_t o) {
    for (int64_t i = 0; i < c.w.channels; i++) {
      for (int64_t t = 0; t < taps; t++) {
        diff_weights[(o * c.w.channels + i) * taps + t] = weight_gradient(c, src, diff_dst, o, t, i);
      }
    }
    if (diff_bias == nullptr) return;
    double sum = 0.0;
    for (int64_t r = 0; r < c.rows; r++) sum += diff_dst[r * c.w.dst_pitch + o];
    diff_bias[o] = static_cast<float>(sum);
  });
  return QUERN_OK;
}

}  // namespace

const Conv2dImplementation conv2d_reference{
    "reference", refuses,         plain_packed,          of_f32<plain_pack>,
    workspace,   of_f32<forward>, of_f32<backward_data>, of_f32<backward_weights>};

}  // namespace quern
