// Backward data of inputs with few channels. As a sum for each input pixel it would fill a fraction of a vector, and
// where nothing pads the input, it would work on more pixels than there are outputs; as a product for each output pixel
// its columns are all taps' channels.
#include <algorithm>

#include "conv2d/conv2d_direct.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kScratchFloats = 65536;  // 256 KiB of columns
constexpr int64_t kAddingCost = 16;        // of a column to its input pixel, in multiply-adds

int64_t columns(const Conv2d& c) { return c.w.kernel_height * c.w.kernel_width * c.w.channels; }

int64_t chunk(const Conv2d& c) { return std::max<int64_t>(std::min(kScratchFloats / columns(c), c.per_image), 1); }

}  // namespace

bool direct_scatters(const Conv2d& c) noexcept {
  int64_t direct = 0;
  for (int64_t y = 0; y < std::min(c.w.stride_height, c.w.in_height); y++) {
    for (int64_t x = 0; x < std::min(c.w.stride_width, c.w.in_width); x++) {
      const DirectPass p = direct_backward(c, y, x);
      direct += p.y.out * p.x.out * p.packed;
    }
  }
  const int64_t scatter = c.per_image * columns(c) * (c.out_per_group + kAddingCost);
  return columns(c) > c.w.channels && scatter + scatter / 4 < direct;
}

DirectPass direct_scatter(const Conv2d& c) noexcept {
  DirectPass p{};
  p.y = {c.w.out_height, c.w.out_height, 1, 1, 0, 1, 0, 1};
  p.x = {c.w.out_width, c.w.out_width, 1, 1, 0, 1, 0, 1};
  p.depth = c.out_per_group;
  p.columns = columns(c);
  p.in_pitch = c.w.dst_pitch;
  p.out_pitch = columns(c);
  p.out_y = c.w.out_width;
  p.out_x = 1;
  p.image_pixels = c.per_image;
  return direct_finished(p);
}

int64_t direct_scatter_floats(const Conv2d& c) noexcept { return chunk(c) * columns(c); }

void direct_scatter_images(const Conv2d& c, const float* diff_dst, const float* packed, float* diff_src, float* scratch,
                           int slots) noexcept {
  const DirectPass p = direct_scatter(c);
  const int64_t pixels = c.w.in_height * c.w.in_width, step = chunk(c);
  parallel_for(c.batch, slots, [&](int64_t n, int slot) {
    float *image = diff_src + n * pixels * c.w.src_pitch, *columns_of = scratch + slot * direct_scatter_floats(c);
    kernels().zero_rows(pixels, c.groups * c.w.channels, image, c.w.src_pitch);
    for (int64_t g = 0; g < c.groups; g++) {
      for (int64_t begin = 0; begin < c.per_image; begin += step) {
        const int64_t end = std::min(begin + step, c.per_image);
        const float* from = diff_dst + (n * c.per_image + begin) * c.w.dst_pitch + g * c.out_per_group;
        direct_flat(p, end - begin, 0, p.blocks, false, from, packed + g * p.packed, Post{}, columns_of);
        kernels().col2im(c.w, columns_of, begin, end, image + g * c.w.channels);
      }
    }
  });
}

}  // namespace quern
