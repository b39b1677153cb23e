// The sums of a convolution's output that batch normalization needs in training: each channel's sum and sum of squares.
// They are computed for each piece while it is in cache or, if an implementation does not support that, for the whole
// output afterwards.
#include <algorithm>

#include "conv2d/conv2d.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kMostParts = 32;
constexpr int64_t kGrain = 16384;  // floats of a part

int64_t parts(const Conv2d& c) { return std::max<int64_t>(std::min(kMostParts, c.rows * c.out_channels / kGrain), 1); }

int64_t pieces(const Conv2dImplementation& i, const Conv2d& c) {
  return i.sum_pieces == nullptr ? parts(c) : std::max<int64_t>(i.sum_pieces(c), 1);
}

void sum_parts(const Conv2d& c, const float* dst, double* sums) {
  const int64_t n = parts(c), channels = c.out_channels;
  parallel_for(n, [&](int64_t part) {
    const int64_t begin = c.rows * part / n, end = c.rows * (part + 1) / n;
    double* own = sums + part * 2 * channels;
    kernels().moments(end - begin, channels, dst + begin * c.w.dst_pitch, c.w.dst_pitch, own, own + channels);
  });
}

}  // namespace

int64_t conv2d_piece_sums(const Conv2dImplementation& i, const Conv2d& c) noexcept {
  return pieces(i, c) * 2 * c.out_channels;
}

int conv2d_forward_with_sums(const Conv2dImplementation& i, const Conv2d& c, const void* src, const void* packed,
                             Post post, void* dst, double* sums, void* workspace, int64_t workspace_bytes) noexcept {
  const int64_t n = pieces(i, c), channels = 2 * c.out_channels;
  double* of_pieces = post.sums;
  std::fill(of_pieces, of_pieces + n * channels, 0.0);
  if (i.sum_pieces == nullptr) post.sums = nullptr;
  post.channels = c.out_channels;
  QUERN_TRY(i.forward(c, src, packed, post, dst, workspace, workspace_bytes));
  if (i.sum_pieces == nullptr) sum_parts(c, f32(dst), of_pieces);
  parallel_ranges(channels, kGrain / n + 1, [&](int64_t begin, int64_t end) {
    std::fill(sums + begin, sums + end, 0.0);
    for (int64_t piece = 0; piece < n; piece++) {
      for (int64_t k = begin; k < end; k++) sums[k] += of_pieces[piece * channels + k];
    }
  });
  return QUERN_OK;
}

}  // namespace quern
