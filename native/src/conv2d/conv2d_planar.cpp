// conv2d where input and output have few channels, so that vectors run along the width: an image is copied into padded
// planes, one a channel, of which every tap is a shifted run.
#include <algorithm>
#include <cstring>

#include "conv2d/bias.h"
#include "conv2d/conv2d.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kMostChannels = 4;
constexpr int64_t kMostFloats = 65536;  // 256 KiB of planes
constexpr int64_t kMostParts = 32;      // partial sums
constexpr int64_t kGrain = 1048576;     // multiply-adds of a piece

int64_t whole_vectors(int64_t n) { return round_up(n, kernels().lanes); }

// Where a pass reads planes.
struct View {
  const float* at;
  int64_t plane, line;
};

// An image as planes: `top` and `left` rows and columns of zeros before it, or, where negative, of the image left out.
struct Planes {
  int64_t channels, in_height, in_width, pitch, top, left;
  int64_t rows, line;
  bool apart;  // the image lies in planes itself

  int64_t plane() const { return rows * line; }
  int64_t floats() const { return channels * plane(); }
  int64_t image() const { return in_height * in_width * (apart ? channels : pitch); }

  void clear(float* to) const { std::memset(to, 0, static_cast<size_t>(floats()) * sizeof(float)); }

  // Over the last image's pixels: what lies around them stays zero.
  void fill(const float* image, float* to) const {
    const int64_t first = std::min(std::max<int64_t>(left, 0), line);
    const int64_t last = std::max(std::min(in_width + left, line), first);
    const int64_t begin = std::max<int64_t>(top, 0), end = std::max(std::min(in_height + top, rows), begin);
    const int64_t from = (begin - top) * in_width + first - left;
    to += begin * line + first;
    for (int64_t c = 0; apart && c < channels; c++) {
      kernels().copy_rows(end - begin, last - first, image + c * in_height * in_width + from, in_width,
                          to + c * plane(), line);
    }
    for (int64_t r = 0; !apart && r < end - begin; r++) {
      kernels().transpose_rows(last - first, channels, image + (from + r * in_width) * pitch, pitch, to + r * line,
                               plane());
    }
  }

  // Where nothing is padded, planes are read where they lie: vectors then run on into the next row, or image, by fewer
  // floats than one has lanes.
  View view(const float* pixels, bool last, float* scratch) const {
    if (apart && !last && top == 0 && left == 0 && rows == in_height && image() >= kernels().lanes) {
      return {pixels, in_height * in_width, in_width};
    }
    fill(pixels, scratch);
    return {scratch, plane(), line};
  }
};

// One of the two sums over taps: forward, or backward data as a convolution of the output's gradient with turned
// kernels.
struct PlanarPass {
  Planes in;
  int64_t out_channels, out_height, out_width, out_pitch;
};

PlanarPass make_pass(const Conv2d& c, bool backward) {
  const Windows& w = c.w;
  const int64_t reach_y = (w.kernel_height - 1) * w.dilation_height, reach_x = (w.kernel_width - 1) * w.dilation_width;
  PlanarPass p{};
  if (backward) {
    p.in = {c.out_channels,
            w.out_height,
            w.out_width,
            w.dst_pitch,
            reach_y - w.padding_height,
            reach_x - w.padding_width,
            0,
            0,
            c.out_channels == 1 && w.dst_pitch == 1};
    p.out_channels = w.channels, p.out_height = w.in_height, p.out_width = w.in_width, p.out_pitch = w.src_pitch;
  } else {
    const bool apart = c.src_nchw || (w.channels == 1 && w.src_pitch == 1);
    p.in = {w.channels, w.in_height, w.in_width, w.src_pitch, w.padding_height, w.padding_width, 0, 0, apart};
    p.out_channels = c.out_channels, p.out_height = w.out_height, p.out_width = w.out_width, p.out_pitch = w.dst_pitch;
  }
  p.in.rows = p.out_height + reach_y;
  p.in.line = whole_vectors(p.out_width) + reach_x;
  return p;
}

// The output's gradient for the weights': as many rows of zeros above and below as a kernel reaches, and no padding but
// to whole vectors at the sides.
Planes gradient_planes(const Conv2d& c) {
  const int64_t above = c.w.kernel_height - 1;
  return {c.out_channels,
          c.w.out_height,
          c.w.out_width,
          c.w.dst_pitch,
          above,
          0,
          c.w.out_height + 2 * above,
          whole_vectors(c.w.out_width),
          c.out_channels == 1 && c.w.dst_pitch == 1};
}

const char* refuses(const Conv2d& c) {
  const Windows& w = c.w;
  if (c.groups > 1) return "there are groups";
  if (w.channels > kMostChannels || c.out_channels > kMostChannels) return "more than 4 channels";
  if (w.stride_height != 1 || w.stride_width != 1) return "the stride is not 1";
  if (make_pass(c, false).in.floats() > kMostFloats || make_pass(c, true).in.floats() > kMostFloats) {
    return "the planes do not fit in cache";
  }
  return nullptr;
}

// [out][in][ky][kx], and for backward data [in][out][ky][kx] turned.
int64_t packed_bytes(const Conv2d& c) { return (c.inference ? 1 : 2) * c.weights * 4; }

void pack(const Conv2d& c, const float* weights, void* packed) {
  const int64_t taps = c.w.kernel_height * c.w.kernel_width;
  std::memcpy(packed, weights, static_cast<size_t>(c.weights) * sizeof(float));
  if (c.inference) return;
  float* turned = static_cast<float*>(packed) + c.weights;
  for (int64_t i = 0; i < c.w.channels; i++) {
    for (int64_t o = 0; o < c.out_channels; o++) {
      for (int64_t t = 0; t < taps; t++) *turned++ = weights[(o * c.w.channels + i) * taps + taps - 1 - t];
    }
  }
}

// Planes of the input, and one of the output where that has several channels.
int64_t pass_floats(const PlanarPass& p) { return p.in.floats() + p.out_height * p.out_width; }
int64_t weights_floats(const Conv2d& c) { return make_pass(c, false).in.floats() + gradient_planes(c).floats(); }

int64_t slot_floats(const Conv2d& c) {
  const int64_t forward = pass_floats(make_pass(c, false));
  return c.inference ? forward : std::max({forward, pass_floats(make_pass(c, true)), weights_floats(c)});
}

int64_t grain(const Conv2d& c) { return kGrain / (c.per_image * c.weights) + 1; }

int64_t parts_of(const Conv2d& c) { return std::max<int64_t>(std::min(kMostParts, divide_up(c.batch, grain(c))), 1); }

// Sums of the bias's gradient, and of the weights' for each part.
int64_t fixed_bytes(const Conv2d& c) {
  return c.inference ? 0 : column_sums_bytes(c.rows, c.out_channels) + parts_of(c) * c.weights * 8;
}

int64_t workspace(const Conv2d& c) { return fixed_bytes(c) + threads() * slot_floats(c) * 4; }

int take(const Conv2d& c, void* memory, int64_t bytes, float** slots, int* count) {
  const int64_t least = fixed_bytes(c) + slot_floats(c) * 4;
  QUERN_TRY(check_workspace("conv2d", memory, bytes, least));
  *slots = reinterpret_cast<float*>(static_cast<char*>(memory) + fixed_bytes(c));
  *count = static_cast<int>(std::min<int64_t>((bytes - fixed_bytes(c)) / 4 / slot_floats(c), kMaxThreads));
  return QUERN_OK;
}

void run_image(const Conv2d& c, const PlanarPass& p, const float* src, bool last, const float* packed, const Post& post,
               float* dst, float* scratch) {
  const int64_t per_channel = c.w.kernel_height * c.w.kernel_width * p.in.channels, pixels = p.out_height * p.out_width;
  const bool plain = p.out_channels == 1 && p.out_pitch == 1;
  float* one = plain ? dst : scratch + p.in.floats();
  const View in = p.in.view(src, last, scratch);
  for (int64_t o = 0; o < p.out_channels; o++) {
    PlanarSum s{};
    s.src = in.at;
    s.plane = in.plane, s.line = in.line, s.channels = p.in.channels;
    s.kernel_height = c.w.kernel_height, s.kernel_width = c.w.kernel_width;
    s.dilation_height = c.w.dilation_height, s.dilation_width = c.w.dilation_width;
    s.weights = packed + o * per_channel;
    s.bias = post.bias == nullptr ? 0.0f : post.bias[o];
    s.dst = one, s.dst_line = p.out_width;
    s.height = p.out_height, s.width = p.out_width;
    kernels().planar_sum(s);
    for (int64_t i = 0; !plain && i < pixels; i++) dst[i * p.out_pitch + o] = one[i];
  }
  if (post.changes()) kernels().post_rows(pixels, p.out_channels, post, dst, p.out_pitch);
}

int run(const Conv2d& c, const PlanarPass& p, const float* src, const float* packed, const Post& post, float* dst,
        void* memory, int64_t bytes) {
  float* scratch = nullptr;
  int slots = 0;
  QUERN_TRY(take(c, memory, bytes, &scratch, &slots));
  const int64_t in = p.in.image(), out = p.out_height * p.out_width * p.out_pitch;
  const int64_t step = grain(c);
  parallel_for(divide_up(c.batch, step), slots, [&](int64_t piece, int slot) {
    p.in.clear(scratch + slot * slot_floats(c));
    for (int64_t n = piece * step; n < std::min((piece + 1) * step, c.batch); n++) {
      Post of = post;
      if (of.add != nullptr) of.add += n * out;
      run_image(c, p, src + n * in, n == c.batch - 1, packed, of, dst + n * out, scratch + slot * slot_floats(c));
    }
  });
  return QUERN_OK;
}

int forward(const Conv2d& c, const float* src, const void* packed, const Post& post, float* dst, void* memory,
            int64_t bytes) {
  return run(c, make_pass(c, false), src, f32(packed), post, dst, memory, bytes);
}

int backward_data(const Conv2d& c, const float* diff_dst, const void* packed, float* diff_src, void* memory,
                  int64_t bytes) {
  return run(c, make_pass(c, true), diff_dst, f32(packed) + c.weights, Post{}, diff_src, memory, bytes);
}

void add_image(const Conv2d& c, const Planes& in, const Planes& gradient, const float* src, bool last,
               const float* diff_dst, double* sums, float* scratch) {
  float* diff = scratch + in.floats();
  const View view = in.view(src, last, scratch);
  gradient.fill(diff_dst, diff);
  for (int64_t o = 0; o < c.out_channels; o++) {
    PlanarWeights p{};
    p.src = view.at;
    p.plane = view.plane, p.line = view.line, p.channels = in.channels;
    p.kernel_height = c.w.kernel_height, p.kernel_width = c.w.kernel_width;
    p.dilation_height = c.w.dilation_height, p.dilation_width = c.w.dilation_width;
    p.diff = diff + o * gradient.plane() + gradient.top * gradient.line, p.diff_line = gradient.line;
    p.height = c.w.out_height, p.width = c.w.out_width;
    p.sums = sums + o * c.depth;
    kernels().planar_weights(p);
  }
}

int backward_weights(const Conv2d& c, const float* src, const float* diff_dst, float* diff_weights, float* diff_bias,
                     void* memory, int64_t bytes) {
  float* scratch = nullptr;
  int slots = 0;
  QUERN_TRY(take(c, memory, bytes, &scratch, &slots));
  double* bias_sums = static_cast<double*>(memory);
  if (diff_bias != nullptr) column_sums(c.rows, c.out_channels, diff_dst, c.w.dst_pitch, diff_bias, bias_sums);
  double* sums = bias_sums + column_sums_bytes(c.rows, c.out_channels) / 8;
  const Planes in = make_pass(c, false).in, gradient = gradient_planes(c);
  const int64_t image = in.image(), out = c.per_image * c.w.dst_pitch;
  const int64_t parts = parts_of(c);
  parallel_for(parts, slots, [&](int64_t part, int slot) {
    double* of_part = sums + part * c.weights;
    std::fill(of_part, of_part + c.weights, 0.0);
    in.clear(scratch + slot * slot_floats(c));
    gradient.clear(scratch + slot * slot_floats(c) + in.floats());
    for (int64_t n = c.batch * part / parts; n < c.batch * (part + 1) / parts; n++) {
      add_image(c, in, gradient, src + n * image, n == c.batch - 1, diff_dst + n * out, of_part,
                scratch + slot * slot_floats(c));
    }
  });
  for (int64_t i = 0; i < c.weights; i++) {
    double sum = 0.0;
    for (int64_t part = 0; part < parts; part++) sum += sums[part * c.weights + i];
    diff_weights[i] = static_cast<float>(sum);
  }
  return QUERN_OK;
}

}  // namespace

const Conv2dImplementation conv2d_planar{"planar",  refuses,         packed_bytes,          of_f32<pack>,
                                         workspace, of_f32<forward>, of_f32<backward_data>, of_f32<backward_weights>};

}  // namespace quern
