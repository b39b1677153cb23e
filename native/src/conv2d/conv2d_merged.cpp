// conv2d of groups with few channels, as in ResNeXt: several groups become one that fills a vector. Its weights are
// zero between channels of different groups, and direct convolution or Winograd's computes it. Up to `lanes` times the
// products, in vectors.
#include <algorithm>
#include <cstring>

#include "conv2d/conv2d.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kLeastChannels = 8;  // of a group that direct convolution accepts

// How many groups become one; 1 where none do.
int64_t factor(const Conv2d& c) {
  const int64_t lanes = kernels().lanes, target = std::max(lanes, kLeastChannels);
  int64_t f = std::max<int64_t>(target / std::max(c.w.channels, c.out_per_group), 1);
  while (c.groups % f != 0) f--;
  return f;
}

Conv2d merged(const Conv2d& c) {
  const int64_t f = factor(c);
  Conv2d m = c;
  m.groups /= f;
  m.w.channels *= f;
  m.out_per_group *= f;
  m.depth *= f;
  m.weights *= f;
  return m;
}

const Conv2dImplementation& inner(const Conv2d& m) {
  const bool winograd = conv2d_winograd.refuses(m) == nullptr && conv2d_costs_less(conv2d_winograd, conv2d_direct, m);
  return winograd ? conv2d_winograd : conv2d_direct;
}

const char* refuses(const Conv2d& c) {
  if (factor(c) == 1) return "no groups that together fill a vector";
  if (c.strict) return "strict: an infinite input would reach other groups";
  const Conv2d m = merged(c);
  return inner(m).refuses(m);
}

int64_t weight_bytes_of(const Conv2d& m) { return round_up(m.weights * 4, 64); }

// body(own, all, at) for each output: where its weights begin, where the merged ones do, and where within these its
// group's are.
template <typename Body>
void each_kernel(const Conv2d& c, const Conv2d& m, Body&& body) {
  const int64_t taps = c.w.kernel_height * c.w.kernel_width, f = m.w.channels / c.w.channels;
  parallel_ranges(c.out_channels, 4096 / m.depth + 1, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; o++) {
      body(o * c.depth, o * m.depth, o / c.out_per_group % f * c.w.channels * taps);
    }
  });
}

int64_t packed_bytes(const Conv2d& c) {
  const Conv2d m = merged(c);
  return round_up(inner(m).packed(m), 64) + weight_bytes_of(m);
}

void pack(const Conv2d& c, const float* weights, void* memory) {
  const Conv2d m = merged(c);
  const int64_t packed = inner(m).packed(m);
  float* wide = reinterpret_cast<float*>(static_cast<char*>(memory) + round_up(packed, 64));
  each_kernel(c, m, [&](int64_t own, int64_t all, int64_t at) {
    std::memset(wide + all, 0, static_cast<size_t>(m.depth) * sizeof(float));
    std::memcpy(wide + all + at, weights + own, static_cast<size_t>(c.depth) * sizeof(float));
  });
  if (packed > 0) inner(m).pack(m, wide, memory);
}

// In training, the gradient of the merged weights, and behind it what the passes need.
int64_t own_workspace(const Conv2d& m) { return m.inference ? 0 : weight_bytes_of(m); }

int64_t workspace(const Conv2d& c) {
  const Conv2d m = merged(c);
  return inner(m).workspace(m) + own_workspace(m);
}

// pass(merged convolution, its implementation, the rest of the workspace, its bytes)
template <typename Pass>
int run(const Conv2d& c, void* memory, int64_t bytes, Pass&& pass) {
  const Conv2d m = merged(c);
  const int64_t own = own_workspace(m);
  QUERN_TRY(check_workspace("conv2d", memory, bytes, own));
  return pass(m, inner(m), static_cast<char*>(memory) + own, bytes - own);
}

int forward(const Conv2d& c, const void* src, const void* packed, const Post& post, void* dst, void* memory,
            int64_t bytes) {
  return run(c, memory, bytes, [&](const Conv2d& m, const Conv2dImplementation& i, void* rest, int64_t left) {
    return i.forward(m, src, packed, post, dst, rest, left);
  });
}

int backward_data(const Conv2d& c, const void* diff_dst, const void* packed, void* diff_src, void* memory,
                  int64_t bytes) {
  return run(c, memory, bytes, [&](const Conv2d& m, const Conv2dImplementation& i, void* rest, int64_t left) {
    return i.backward_data(m, diff_dst, packed, diff_src, rest, left);
  });
}

int backward_weights(const Conv2d& c, const void* src, const void* diff_dst, float* diff_weights, float* diff_bias,
                     void* memory, int64_t bytes) {
  return run(c, memory, bytes, [&](const Conv2d& m, const Conv2dImplementation& i, void* rest, int64_t left) -> int {
    float* wide = static_cast<float*>(memory);
    QUERN_TRY(i.backward_weights(m, src, diff_dst, wide, diff_bias, rest, left));
    each_kernel(c, m, [&](int64_t own, int64_t all, int64_t at) {
      std::memcpy(diff_weights + own, wide + all + at, static_cast<size_t>(c.depth) * sizeof(float));
    });
    return QUERN_OK;
  });
}

int64_t sum_pieces(const Conv2d& c) {
  const Conv2d m = merged(c);
  return inner(m).sum_pieces(m);
}

double cost(const Conv2d& c) {
  const Conv2d m = merged(c);
  return inner(m).cost(m);
}

}  // namespace

const Conv2dImplementation conv2d_merged{"merged", refuses,       packed_bytes,     of_f32<pack>, workspace,
                                         forward,  backward_data, backward_weights, sum_pieces,   cost};

}  // namespace quern
