// batch_norm2d on [rows, channels]: sums in double over fixed parts of the rows, added in their order.
#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"
#include "operators/activation.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kMostParts = 32;

// How many partial sums: a function of the shape alone.
int64_t parts(const quern_batch_norm2d& d) {
  return std::max<int64_t>(std::min(kMostParts, d.rows * d.channels / 16384), 1);
}

// Rows that go through an activation at once, in L1.
int64_t block_rows(const quern_batch_norm2d& d) { return 4096 / d.channels + 1; }

// Two doubles a channel and part, then three floats a channel, then a block a part for an activation's backward pass.
int64_t bytes_of(const quern_batch_norm2d& d) {
  const int64_t blocks = d.activation == nullptr ? 0 : parts(d) * block_rows(d) * d.channels * 4;
  return parts(d) * d.channels * 16 + d.channels * 12 + blocks;
}

int check_relu(int64_t relu) noexcept {
  if (relu == QUERN_NO_RELU || relu == QUERN_RELU || relu == QUERN_RELU6) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "batch_norm2d: relu %lld is not a quern_relu", static_cast<long long>(relu));
}

// What `saved` holds, and the rest; the scale is computed there.
Normalize normalize_by(const quern_batch_norm2d& d, const float* saved, const float* weights, const float* bias,
                       float* scale) {
  for (int64_t i = 0; i < d.channels; i++) scale[i] = weights[i] * saved[d.channels + i];
  return {saved, scale, bias, d.relu != QUERN_NO_RELU, d.relu == QUERN_RELU6 ? 6.0f : NAN};
}

int prepare(const quern_batch_norm2d* d) noexcept {
  QUERN_TRY(check_initialized("batch_norm2d"));
  QUERN_TRY(check_pointers("batch_norm2d", d != nullptr));
  QUERN_TRY(check_range("batch_norm2d", "channels", d->channels, 1));
  QUERN_TRY(check_flag("batch_norm2d", "training", d->training));
  QUERN_TRY(check_relu(d->relu));
  QUERN_TRY(check_type("batch_norm2d", "type", d->type));
  if (d->saved_type != QUERN_BF16) QUERN_TRY(check_type("batch_norm2d", "saved_type", d->saved_type));
  if (d->diff_src_type != QUERN_BF16) QUERN_TRY(check_type("batch_norm2d", "diff_src_type", d->diff_src_type));
  if (d->diff_dst_type != QUERN_BF16) QUERN_TRY(check_type("batch_norm2d", "diff_dst_type", d->diff_dst_type));
  if (d->diff_src_type == QUERN_BF16 && d->saved_type != QUERN_BF16) {
    return fail(QUERN_UNSUPPORTED, "batch_norm2d: diff_src_type %lld with saved_type %lld",
                static_cast<long long>(d->diff_src_type), static_cast<long long>(d->saved_type));
  }
  if (d->diff_dst_type == QUERN_BF16 && d->diff_src_type != QUERN_BF16) {
    return fail(QUERN_UNSUPPORTED, "batch_norm2d: diff_dst_type %lld with diff_src_type %lld",
                static_cast<long long>(d->diff_dst_type), static_cast<long long>(d->diff_src_type));
  }
  if (d->rows < (d->training ? 2 : 0)) {
    return fail(QUERN_INVALID_SHAPE, "batch_norm2d: %lld values per channel, training needs 2 or more",
                static_cast<long long>(d->rows));
  }
  if (!(d->momentum >= 0 && d->momentum <= 1)) {
    return fail(QUERN_INVALID_ARGUMENT, "batch_norm2d: momentum %g is outside [0, 1]", d->momentum);
  }
  if (!(d->eps >= 0) || std::isinf(d->eps)) {
    return fail(QUERN_INVALID_ARGUMENT, "batch_norm2d: eps %g is not a number of at least 0", d->eps);
  }
  if (d->activation != nullptr) {
    QUERN_TRY(check_activation(d->activation));
    QUERN_TRY(check_type("batch_norm2d", "diff_src_type of an activation", d->diff_src_type));
    if (d->relu != QUERN_NO_RELU)
      return fail(QUERN_INVALID_ARGUMENT, "batch_norm2d: activation and relu exclude each other");
  }
  int64_t ignored;
  return count("batch_norm2d", "input", d->rows, d->channels, 1, 1, &ignored);
}

// Calls kernel(first row, rows, sums, other sums) for each part, then adds the parts up into the first one's sums.
template <typename Kernel>
void sum_parts(const quern_batch_norm2d& d, double* sums, Kernel&& kernel) {
  const int64_t n = parts(d), c = d.channels;
  parallel_for(n, [&](int64_t part) {
    double* at = sums + part * 2 * c;
    std::fill(at, at + 2 * c, 0.0);
    const int64_t begin = d.rows * part / n, end = d.rows * (part + 1) / n;
    kernel(begin, end - begin, at, at + c);
  });
  for (int64_t part = 1; part < n; part++) {
    for (int64_t i = 0; i < 2 * c; i++) sums[i] += sums[part * 2 * c + i];
  }
}

// Bound by memory. Beginning where the pass before ended, whose last rows are in L2, and stores past the caches gained
// nothing (0.96 to 1.02 and 0.94 to 1.03 of resnet20's step on a Xeon).
template <typename Body>
void each_rows(const quern_batch_norm2d& d, Body&& body) {
  parallel_ranges(d.rows, 16384 / d.channels + 1,
                  [&](int64_t begin, int64_t end) { body(begin * d.channels, end - begin); });
}

// Each channel's sum, then of squares.
void batch_sums(const quern_batch_norm2d& d, const float* src, double* sums) {
  const int64_t c = d.channels;
  sum_parts(d, sums, [&](int64_t first, int64_t rows, double* sum, double* squares) {
    kernels().moments(rows, c, src + first * c, c, sum, squares);
  });
}

// Mean and 1 / sqrt(var + eps) of the batch; moves the running statistics by PyTorch's rule (unbiased variance).
void batch_statistics(const quern_batch_norm2d& d, const double* sums, float* running_mean, float* running_var,
                      float* saved) {
  const int64_t c = d.channels;
  const double m = static_cast<double>(d.rows);
  for (int64_t i = 0; i < c; i++) {
    const double mean = sums[i] / m, var = std::max(sums[c + i] / m - mean * mean, 0.0);
    saved[i] = static_cast<float>(mean);
    saved[c + i] = static_cast<float>(1 / std::sqrt(var + d.eps));
    if (running_mean == nullptr) continue;
    running_mean[i] = static_cast<float>((1 - d.momentum) * running_mean[i] + d.momentum * mean);
    running_var[i] = static_cast<float>((1 - d.momentum) * running_var[i] + d.momentum * var * m / (m - 1));
  }
}

int check_no_sum(const quern_batch_norm2d& d, const void* sum) noexcept {
  if (d.activation == nullptr || sum == nullptr) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "batch_norm2d: activation and addend exclude each other");
}

void widen(int64_t n, const Values& src, float* dst) {
  if (src.bf16) return kernels().from_bf16(n, static_cast<const Bf16*>(src.data), dst);
  std::copy_n(static_cast<const float*>(src.data), n, dst);
}

// The gradient goes through the activation into diff_src, unless that is NULL, and into the sums, block by block: of
// its input, which was not kept, a block is made again.
void through_activation(const quern_batch_norm2d& d, const Normalize& n, const Values& src, const Values& dst,
                        const float* diff_dst, float* diff_src, double* sums, float* blocks) {
  const ActivationStep step = activation_step(*d.activation);
  const int64_t c = d.channels, most = block_rows(d);
  sum_parts(d, sums, [&](int64_t first, int64_t rows, double* diff_sums, double* product_sums) {
    float* block = blocks + (diff_sums - sums) / (2 * c) * most * c;
    for (int64_t row = first, end = first + rows; row < end; row += most) {
      const int64_t at = row * c, some = std::min(most, end - row);
      widen(some * c, (dst.data == nullptr ? src : dst).from(at), block);
      if (dst.data == nullptr) kernels().normalize(n, some, c, block, nullptr, {block, false}, nullptr, c);
      float* diff = diff_src == nullptr ? block : diff_src + at;
      kernels().activation_backward(step, some * c, block, diff_dst + at, diff);
      kernels().normalize_sums(n, some, c, src.from(at), {}, {diff, false}, nullptr, diff_sums, product_sums, c);
    }
  });
}

// The kernels of the forward pass on rows that stay in L1 from one to the next. Copies, and `add`, may be NULL; `dst`,
// where both copies are wanted, too.
void normalize_and_copy(const quern_batch_norm2d& d, const Normalize& n, int64_t begin, int64_t rows, const float* src,
                        const float* add, float* dst, Bf16* src_bf16, Bf16* dst_bf16) {
  const ActivationStep step = d.activation == nullptr ? ActivationStep{} : activation_step(*d.activation);
  const int64_t c = d.channels, most = src_bf16 == nullptr && dst_bf16 == nullptr ? rows : block_rows(d);
  for (int64_t row = 0; row < rows; row += most) {
    const int64_t at = begin + row * c, some = std::min(most, rows - row);
    const float* other = add == nullptr ? nullptr : add + at;
    const Results to = (dst == nullptr ? Results{dst_bf16, true} : Results{dst, false}).from(at);
    kernels().normalize(n, some, c, src + at, other, to, src_bf16 == nullptr ? nullptr : src_bf16 + at, c);
    if (dst == nullptr) continue;
    if (d.activation != nullptr) kernels().activation_forward(step, some * c, dst + at, dst + at);
    if (dst_bf16 != nullptr) kernels().to_bf16(some * c, dst + at, dst_bf16 + at);
  }
}

// The data of `dst` may be NULL. An activation's gradient, which is float, goes through `diff_src`.
void backward(const quern_batch_norm2d& d, const Values& src, Values dst, Values diff_dst, const float* weights,
              const float* bias, const float* saved, const Results& diff_src, float* diff_add, float* diff_weights,
              float* diff_bias, void* workspace) {
  const int64_t c = d.channels;
  double* sums = static_cast<double*>(workspace);
  float *scale = reinterpret_cast<float*>(sums + parts(d) * 2 * c), *slope = scale + c, *offset = slope + c;
  Normalize n = normalize_by(d, saved, weights, bias, scale);
  if (d.activation != nullptr) {
    if (!activation_reads_dst(*d.activation)) dst = {};
    through_activation(d, n, src, dst, f32(diff_dst.data), f32(diff_src.data), sums, offset + c);
    diff_dst = {diff_src.data, false};  // what has passed the activation
    dst = {};
  } else if (d.training || diff_weights != nullptr || diff_bias != nullptr || diff_add != nullptr) {
    // what is frozen, by the running statistics, needs no sums
    sum_parts(d, sums, [&](int64_t first, int64_t rows, double* diff_sums, double* product_sums) {
      const int64_t at = first * c;
      float* passed = diff_add == nullptr ? nullptr : diff_add + at;
      kernels().normalize_sums(n, rows, c, src.from(at), dst.from(at), diff_dst.from(at), passed, diff_sums,
                               product_sums, c);
    });
  }
  // dx = w s (dy - mean(dy) - (x - mean) s^2 mean(dy (x - mean))), s = 1 / sqrt(var + eps); in evaluation dx = w s dy
  for (int64_t i = 0; i < c; i++) {
    const double s = saved[c + i], ws = weights[i] * s, m = static_cast<double>(d.rows);
    if (diff_bias != nullptr) diff_bias[i] = static_cast<float>(sums[i]);
    if (diff_weights != nullptr) diff_weights[i] = static_cast<float>(sums[c + i] * s);
    slope[i] = d.training ? static_cast<float>(-ws * s * s * sums[c + i] / m) : 0.0f;
    offset[i] = d.training ? static_cast<float>(-ws * sums[i] / m) : 0.0f;
  }
  if (diff_src.data == nullptr) return;
  if (diff_add != nullptr) {
    diff_dst = {diff_add, false};  // what has passed ReLU
    n.relu = false;
  }
  each_rows(d, [&](int64_t at, int64_t rows) {
    kernels().normalize_backward(n, rows, c, src.from(at), dst.from(at), diff_dst.from(at), {scale, slope, offset},
                                 diff_src.from(at));
  });
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_batch_norm2d_workspace(const quern_batch_norm2d* norm, int64_t* bytes) noexcept {
  QUERN_TRY(prepare(norm));
  QUERN_TRY(check_pointers("batch_norm2d", bytes != nullptr));
  *bytes = bytes_of(*norm);
  return QUERN_OK;
}

extern "C" int quern_batch_norm2d_forward(const quern_batch_norm2d* norm, const void* src, const double* sums,
                                          const float* weights, const float* bias, float* running_mean,
                                          float* running_var, const void* add, void* dst, float* saved, void* src_bf16,
                                          void* dst_bf16, void* workspace, int64_t workspace_bytes) noexcept {
  QUERN_TRY(prepare(norm));
  const bool running = norm->training == 0 || running_mean != nullptr || running_var != nullptr;
  QUERN_TRY(check_pointers("batch_norm2d", src && weights && bias && saved));
  QUERN_TRY(check_pointers("batch_norm2d", dst || (src_bf16 && dst_bf16 && norm->activation == nullptr)));
  QUERN_TRY(check_pointers("batch_norm2d", !running || (running_mean != nullptr && running_var != nullptr)));
  QUERN_TRY(check_workspace("batch_norm2d", workspace, workspace_bytes, bytes_of(*norm)));
  QUERN_TRY(check_no_sum(*norm, add));
  ran("batch_norm2d");
  const quern_batch_norm2d& d = *norm;
  const int64_t c = d.channels;
  double* own = static_cast<double*>(workspace);
  float* scale = reinterpret_cast<float*>(own + parts(d) * 2 * c);
  if (d.training) {
    if (sums == nullptr) batch_sums(d, f32(src), own);
    batch_statistics(d, sums == nullptr ? own : sums, running_mean, running_var, saved);
  } else {
    for (int64_t i = 0; i < c; i++) {
      saved[i] = running_mean[i];
      saved[c + i] = static_cast<float>(1 / std::sqrt(running_var[i] + d.eps));
    }
  }
  const Normalize n = normalize_by(d, saved, weights, bias, scale);
  each_rows(d, [&](int64_t at, int64_t rows) {
    normalize_and_copy(d, n, at, rows, f32(src), f32(add), f32(dst), static_cast<Bf16*>(src_bf16),
                       static_cast<Bf16*>(dst_bf16));
  });
  return QUERN_OK;
}

extern "C" int quern_batch_norm2d_backward(const quern_batch_norm2d* norm, const void* src, const void* dst,
                                           const void* diff_dst, const float* weights, const float* bias,
                                           const float* saved, void* diff_src, void* diff_add, float* diff_weights,
                                           float* diff_bias, void* workspace, int64_t workspace_bytes) noexcept {
  QUERN_TRY(prepare(norm));
  QUERN_TRY(check_pointers("batch_norm2d", src && diff_dst && weights && bias && saved));
  QUERN_TRY(check_workspace("batch_norm2d", workspace, workspace_bytes, bytes_of(*norm)));
  QUERN_TRY(check_no_sum(*norm, diff_add));
  const bool by_dst = norm->activation != nullptr && activation_reads_dst(*norm->activation);
  QUERN_TRY(check_pointers("batch_norm2d", !by_dst || dst != nullptr));
  ran("batch_norm2d");
  const bool is_bf16 = norm->saved_type == QUERN_BF16;
  backward(*norm, {src, is_bf16}, {dst, is_bf16}, {diff_dst, norm->diff_dst_type == QUERN_BF16}, weights, bias, saved,
           {diff_src, norm->diff_src_type == QUERN_BF16}, f32(diff_add), diff_weights, diff_bias, workspace);
  return QUERN_OK;
}

extern "C" int quern_batch_norm2d_fold(const quern_batch_norm2d* norm, const float* weights, const float* bias,
                                       const float* running_mean, const float* running_var, const float* src_bias,
                                       float* scale, float* shift) noexcept {
  QUERN_TRY(prepare(norm));
  QUERN_TRY(check_pointers("batch_norm2d", weights && bias && running_mean && running_var && scale && shift));
  for (int64_t i = 0; i < norm->channels; i++) {
    const double factor = weights[i] / std::sqrt(running_var[i] + norm->eps);
    const double mean = running_mean[i], first = src_bias == nullptr ? 0.0 : src_bias[i];
    scale[i] = static_cast<float>(factor);
    shift[i] = static_cast<float>(bias[i] + (first - mean) * factor);
  }
  return QUERN_OK;
}
