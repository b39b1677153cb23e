// conv2d as matrix products: the inputs of a block of output pixels are gathered into rows (im2col) and multiplied by
// the weights. A 1x1 kernel needs no gathering: its rows are the pixels themselves. Chellapilla et al., "High
// Performance Convolutional Neural Networks for Document Processing", 2006.
#include <algorithm>
#include <cstring>

#include "conv2d/conv2d.h"
#include "runtime/blas.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kBlockFloats = 65536;  // 256 KiB of gathered rows: half of a small L2 cache
constexpr int64_t kLeastRows = 64;       // below that OpenBLAS's packing of the weights dominates
constexpr int64_t kMostParts = 8;        // partial sums of the weights' gradient
constexpr int64_t kPartBytes = int64_t{32} << 20;

bool is_gemm(const Conv2d& c) {
  const Windows& w = c.w;
  return w.kernel_height == 1 && w.kernel_width == 1 && w.stride_height == 1 && w.stride_width == 1 &&
         w.padding_height == 0 && w.padding_width == 0;
}

int64_t block_rows(const Conv2d& c) {
  return std::min(std::max(kBlockFloats / c.depth, kLeastRows), std::max<int64_t>(c.rows, 1));
}

int64_t blocks(const Conv2d& c) { return divide_up(c.rows, block_rows(c)); }

// How many partial sums: a function of the shape alone, so that results do not depend on the thread count.
int64_t parts(const Conv2d& c) {
  const int64_t affordable = std::max<int64_t>(kPartBytes / (c.weights * 4), 1);
  return std::max<int64_t>(std::min({blocks(c), kMostParts, affordable}), 1);
}

// Workspace: partial bias sums (double), partial weights, then gathered rows for each slot.
struct Workspace {
  double* bias_sums;
  float* weight_sums;
  float* columns;
  int slots;

  static int64_t bias_bytes(const Conv2d& c) { return c.inference ? 0 : parts(c) * c.out_channels * 8; }
  static int64_t weight_bytes(const Conv2d& c) { return c.inference ? 0 : round_up(parts(c) * c.weights * 4, 8); }
  static int64_t slot_floats(const Conv2d& c) { return is_gemm(c) ? 0 : block_rows(c) * c.depth; }
  static int64_t bytes(const Conv2d& c, int64_t slots) {
    return bias_bytes(c) + weight_bytes(c) + slots * slot_floats(c) * 4;
  }

  int take(const Conv2d& c, void* memory, int64_t bytes_given) {
    QUERN_TRY(check_workspace("conv2d", memory, bytes_given, bytes(c, 1)));
    char* at = static_cast<char*>(memory);
    bias_sums = reinterpret_cast<double*>(at);
    weight_sums = reinterpret_cast<float*>(at + bias_bytes(c));
    columns = reinterpret_cast<float*>(at + bias_bytes(c) + weight_bytes(c));
    const int64_t per_slot = slot_floats(c) * 4;
    const int64_t fit = per_slot == 0 ? kMaxThreads : (bytes_given - bytes(c, 0)) / per_slot;
    slots = static_cast<int>(std::min<int64_t>(fit, kMaxThreads));
    return QUERN_OK;
  }
};

int64_t workspace(const Conv2d& c) { return Workspace::bytes(c, threads()); }

// Rows of group g for output pixels [begin, end): gathered, or the pixels themselves.
struct Rows {
  const float* data;
  int64_t pitch;
};

Rows gather(const Conv2d& c, const float* src, int64_t g, int64_t begin, int64_t end, float* columns) {
  const float* group = src + g * c.w.channels;
  if (is_gemm(c)) return {group + begin * c.w.src_pitch, c.w.src_pitch};
  kernels().im2col(c.w, group, begin, end, columns);
  return {columns, c.depth};
}

int forward(const Conv2d& c, const float* src, const void* packed, const Post& post, float* dst, void* memory,
            int64_t bytes) {
  Workspace ws;
  QUERN_TRY(ws.take(c, memory, bytes));
  const int64_t step = block_rows(c), og = c.out_per_group;
  parallel_for(blocks(c), ws.slots, [&](int64_t block, int slot) {
    const int64_t begin = block * step, end = std::min(begin + step, c.rows);
    float* out = dst + begin * c.w.dst_pitch;
    if (post.bias != nullptr) kernels().fill_rows(end - begin, c.out_channels, post.bias, out, c.w.dst_pitch);
    for (int64_t g = 0; g < c.groups; g++) {
      const Rows r = gather(c, src, g, begin, end, ws.columns + slot * Workspace::slot_floats(c));
      gemm(Trans::No, Trans::Yes, end - begin, og, c.depth, r.data, r.pitch, f32(packed) + g * og * c.depth, c.depth,
           post.bias != nullptr ? 1.0f : 0.0f, out + g * og, c.w.dst_pitch);
    }
    if (!post.changes()) return;
    Post of = post;
    if (post.add != nullptr) of.add += begin * c.w.dst_pitch;
    kernels().post_rows(end - begin, c.out_channels, of, out, c.w.dst_pitch);
  });
  return QUERN_OK;
}

// diff_src of whole images [first, last), all groups.
void scatter_images(const Conv2d& c, const float* diff_dst, const float* weights, float* diff_src, int64_t first,
                    int64_t last, float* columns) {
  const int64_t image = c.w.in_height * c.w.in_width * c.w.src_pitch, og = c.out_per_group;
  kernels().zero_rows((last - first) * c.w.in_height * c.w.in_width, c.groups * c.w.channels, diff_src + first * image,
                      c.w.src_pitch);
  for (int64_t begin = first * c.per_image; begin < last * c.per_image; begin += block_rows(c)) {
    const int64_t end = std::min(begin + block_rows(c), last * c.per_image);
    for (int64_t g = 0; g < c.groups; g++) {
      gemm(Trans::No, Trans::No, end - begin, c.depth, og, diff_dst + begin * c.w.dst_pitch + g * og, c.w.dst_pitch,
           weights + g * og * c.depth, c.depth, 0.0f, columns, c.depth);
      for (int64_t r = begin; r < end;) {
        const int64_t i = r / c.per_image, stop = std::min(end, (i + 1) * c.per_image);
        kernels().col2im(c.w, columns + (r - begin) * c.depth, r - i * c.per_image, stop - i * c.per_image,
                         diff_src + i * image + g * c.w.channels);
        r = stop;
      }
    }
  }
}

int backward_data(const Conv2d& c, const float* diff_dst, const void* packed, float* diff_src, void* memory,
                  int64_t bytes) {
  Workspace ws;
  QUERN_TRY(ws.take(c, memory, bytes));
  const int64_t og = c.out_per_group;
  if (is_gemm(c)) {
    parallel_ranges(c.rows, block_rows(c), [&](int64_t begin, int64_t end) {
      for (int64_t g = 0; g < c.groups; g++) {
        gemm(Trans::No, Trans::No, end - begin, c.depth, og, diff_dst + begin * c.w.dst_pitch + g * og, c.w.dst_pitch,
             f32(packed) + g * og * c.depth, c.depth, 0.0f, diff_src + begin * c.w.src_pitch + g * c.depth,
             c.w.src_pitch);
      }
    });
    return QUERN_OK;
  }
  // Images overlap in no pixel, so each belongs to one piece.
  const int64_t images = std::max<int64_t>(block_rows(c) / c.per_image, 1);
  parallel_for(divide_up(c.batch, images), ws.slots, [&](int64_t piece, int slot) {
    scatter_images(c, diff_dst, f32(packed), diff_src, piece * images, std::min((piece + 1) * images, c.batch),
                   ws.columns + slot * Workspace::slot_floats(c));
  });
  return QUERN_OK;
}

// Adds the partial sums in their order and turns [out][ky][kx][in] into OIHW.
void reduce_weights(const Conv2d& c, const float* sums, int64_t n, float* diff_weights) {
  const int64_t taps = c.w.kernel_height * c.w.kernel_width;
  parallel_ranges(c.out_channels, kBlockFloats / 4 / c.depth + 1, [&](int64_t first, int64_t last) {
    for (int64_t o = first; o < last; o++) {
      for (int64_t t = 0; t < taps; t++) {
        for (int64_t i = 0; i < c.w.channels; i++) {
          const float* at = sums + (o * taps + t) * c.w.channels + i;
          float sum = 0.0f;
          for (int64_t p = 0; p < n; p++) sum += at[p * c.weights];
          diff_weights[(o * c.w.channels + i) * taps + t] = sum;
        }
      }
    }
  });
}

int backward_weights(const Conv2d& c, const float* src, const float* diff_dst, float* diff_weights, float* diff_bias,
                     void* memory, int64_t bytes) {
  Workspace ws;
  QUERN_TRY(ws.take(c, memory, bytes));
  const int64_t n = parts(c), all = blocks(c), step = block_rows(c), og = c.out_per_group;
  parallel_for(n, ws.slots, [&](int64_t part, int slot) {
    float* sums = ws.weight_sums + part * c.weights;
    double* bias_sums = ws.bias_sums + part * c.out_channels;
    std::memset(sums, 0, static_cast<size_t>(c.weights) * sizeof(float));
    std::fill(bias_sums, bias_sums + c.out_channels, 0.0);
    for (int64_t block = part * all / n; block < (part + 1) * all / n; block++) {
      const int64_t begin = block * step, end = std::min(begin + step, c.rows);
      const float* diff = diff_dst + begin * c.w.dst_pitch;
      for (int64_t g = 0; g < c.groups; g++) {
        const Rows r = gather(c, src, g, begin, end, ws.columns + slot * Workspace::slot_floats(c));
        gemm(Trans::Yes, Trans::No, og, c.depth, end - begin, diff + g * og, c.w.dst_pitch, r.data, r.pitch, 1.0f,
             sums + g * og * c.depth, c.depth);
      }
      if (diff_bias != nullptr) {
        kernels().add_column_sums(end - begin, c.out_channels, diff, c.w.dst_pitch, bias_sums);
      }
    }
  });
  reduce_weights(c, ws.weight_sums, n, diff_weights);
  for (int64_t o = 0; diff_bias != nullptr && o < c.out_channels; o++) {
    double sum = 0.0;
    for (int64_t p = 0; p < n; p++) sum += ws.bias_sums[p * c.out_channels + o];
    diff_bias[o] = static_cast<float>(sum);
  }
  return QUERN_OK;
}

const char* gemm_refuses(const Conv2d& c) {
  return is_gemm(c) ? nullptr : "the kernel is not 1x1 with stride 1 and no padding";
}

const char* im2col_refuses(const Conv2d& c) {
  return is_gemm(c) ? "a 1x1 kernel with stride 1 has nothing to gather" : nullptr;
}

}  // namespace

const Conv2dImplementation conv2d_gemm{"gemm",    gemm_refuses,    plain_packed,          of_f32<plain_pack>,
                                       workspace, of_f32<forward>, of_f32<backward_data>, of_f32<backward_weights>};
const Conv2dImplementation conv2d_im2col{"im2col",  im2col_refuses,  plain_packed,          of_f32<plain_pack>,
                                         workspace, of_f32<forward>, of_f32<backward_data>, of_f32<backward_weights>};

}  // namespace quern
