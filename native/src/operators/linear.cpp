// linear: y = x W^T + b. Where x is a flattened NHWC image, the columns of the weights are packed into its order, so
// that activations never move. In inference, where they are packed once, it is direct convolution's flat pass with rows
// for pixels: OpenBLAS would pack at every call.
#include <algorithm>

#include "conv2d/conv2d_direct.h"
#include "kernels/kernels.h"
#include "operators/split.h"
#include "runtime/blas.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

int prepare(const quern_linear* d) noexcept {
  QUERN_TRY(check_initialized("linear"));
  QUERN_TRY(check_pointers("linear", d != nullptr));
  QUERN_TRY(check_range("linear", "batch", d->batch, 0));
  QUERN_TRY(check_range("linear", "in_features", d->in_features, 1));
  QUERN_TRY(check_range("linear", "out_features", d->out_features, 1));
  QUERN_TRY(check_range("linear", "pixels", d->pixels, 1));
  QUERN_TRY(check_flag("linear", "inference", d->inference));
  QUERN_TRY(check_type("linear", "src_type", d->src_type));
  if (!is_half(d->weights_type)) QUERN_TRY(check_type("linear", "weights_type", d->weights_type));
  QUERN_TRY(check_type("linear", "dst_type", d->dst_type));
  if (is_half(d->weights_type) && d->inference == 0) {
    return fail(QUERN_UNSUPPORTED, "linear: weights_type %lld in training", static_cast<long long>(d->weights_type));
  }
  if (d->in_features % d->pixels != 0) {
    return fail(QUERN_INVALID_SHAPE, "linear: in_features %lld are not a multiple of pixels %lld",
                static_cast<long long>(d->in_features), static_cast<long long>(d->pixels));
  }
  int64_t ignored;
  QUERN_TRY(count("linear", "input", d->batch, d->in_features, 1, 1, &ignored));
  QUERN_TRY(count("linear", "output", d->batch, d->out_features, 1, 1, &ignored));
  return count("linear", "weight", d->in_features, d->out_features, 1, 1, &ignored);
}

int prepare_backward(const quern_linear* d) noexcept {
  QUERN_TRY(prepare(d));
  return d->inference ? fail(QUERN_INVALID_ARGUMENT, "linear: inference has no backward pass") : QUERN_OK;
}

DirectPass inference_pass(const quern_linear& d) noexcept {
  DirectPass p{};
  p.y = p.x = {1, 1, 1, 1, 0, 1, 0, 1};
  p.depth = p.in_pitch = d.in_features;
  p.columns = p.out_pitch = d.out_features;
  p.out_x = p.out_y = p.image_pixels = 1;
  p.type = d.weights_type;
  return direct_finished(p);
}

// [block][input in memory's order][column of the block], padded with zeros.
template <typename W, typename Of>
void pack_inference(const quern_linear& d, const float* weights, W* packed, Of&& of) noexcept {
  const DirectPass p = inference_pass(d);
  const int64_t in = d.in_features, channels = in / d.pixels;
  parallel_for(p.blocks, [&](int64_t block) {
    const int64_t width = p.vectors_of(block) * p.lanes;
    W* to = packed + p.column_of(block) * in;
    for (int64_t lane = 0; lane < width; lane++) {
      const int64_t column = p.column_of(block) + lane;
      for (int64_t k = 0; k < in; k++) {
        const int64_t from = k % channels * d.pixels + k / channels;
        to[k * width + lane] = of(column < d.out_features ? weights[column * in + from] : 0.0f);
      }
    }
  });
}

// Between the file's column order [c][pixel] and the memory's [pixel][c], row by row.
void permute(const quern_linear& d, const float* src, float* dst, bool to_memory) noexcept {
  const int64_t c = d.in_features / d.pixels, rows = to_memory ? c : d.pixels, n = to_memory ? d.pixels : c;
  parallel_ranges(d.out_features, 16384 / d.in_features + 1, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin * d.in_features; o < end * d.in_features; o += d.in_features) {
      kernels().transpose_rows(rows, n, src + o, n, dst + o, rows);
    }
  });
}

bool permuted(const quern_linear& d) { return d.pixels > 1 && d.in_features > d.pixels; }

int64_t bias_bytes(const quern_linear& d) { return d.out_features * 8; }
int64_t workspace_bytes_of(const quern_linear& d) {
  return bias_bytes(d) + (permuted(d) ? d.in_features * d.out_features * 4 : 0);
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_linear_packed_size(const quern_linear* linear, int64_t* bytes) noexcept {
  QUERN_TRY(prepare(linear));
  QUERN_TRY(check_pointers("linear", bytes != nullptr));
  *bytes = linear->inference   ? inference_pass(*linear).packed * weight_bytes(linear->weights_type)
           : permuted(*linear) ? linear->in_features * linear->out_features * 4
                               : 0;
  return QUERN_OK;
}

extern "C" int quern_linear_pack(const quern_linear* linear, const float* weights, void* packed) noexcept {
  QUERN_TRY(prepare(linear));
  QUERN_TRY(check_pointers("linear", weights && packed));
  QUERN_TRY(check_packed("linear", packed));
  float* to = static_cast<float*>(packed);
  if (linear->weights_type == QUERN_BF16) {
    pack_inference(*linear, weights, static_cast<Bf16*>(packed), [](float x) { return bf16_of(x); });
  } else if (linear->weights_type == QUERN_F16) {
    pack_inference(*linear, weights, static_cast<F16*>(packed), [](float x) { return f16_of(x); });
  } else if (linear->inference) {
    pack_inference(*linear, weights, to, [](float x) { return x; });
  } else {
    permute(*linear, weights, to, true);
  }
  return QUERN_OK;
}

extern "C" int quern_linear_workspace(const quern_linear* linear, int64_t* bytes) noexcept {
  QUERN_TRY(prepare(linear));
  QUERN_TRY(check_pointers("linear", bytes != nullptr));
  *bytes = workspace_bytes_of(*linear);
  return QUERN_OK;
}

extern "C" int quern_linear_forward(const quern_linear* linear, const void* src, const void* packed, const float* bias,
                                    void* dst) noexcept {
  QUERN_TRY(prepare(linear));
  QUERN_TRY(check_pointers("linear", src && packed && dst));
  const int64_t in = linear->in_features, out = linear->out_features;
  if (linear->inference) {
    ran("linear", "direct");
    Post post;
    post.bias = bias;
    direct_flat_all(inference_pass(*linear), 1, linear->batch, f32(src), packed, post, f32(dst));
    return QUERN_OK;
  }
  ran("linear", "gemm");
  split_product(linear->batch, out, [&](int64_t r0, int64_t r1, int64_t c0, int64_t c1) {
    float* to = f32(dst) + r0 * out + c0;
    if (bias != nullptr) kernels().fill_rows(r1 - r0, c1 - c0, bias + c0, to, out);
    gemm(Trans::No, Trans::Yes, r1 - r0, c1 - c0, in, f32(src) + r0 * in, in, f32(packed) + c0 * in, in,
         bias != nullptr ? 1.0f : 0.0f, to, out);
  });
  return QUERN_OK;
}

extern "C" int quern_linear_backward_data(const quern_linear* linear, const void* diff_dst, const void* packed,
                                          void* diff_src) noexcept {
  QUERN_TRY(prepare_backward(linear));
  QUERN_TRY(check_pointers("linear", diff_dst && packed && diff_src));
  ran("linear", "gemm");
  const int64_t in = linear->in_features, out = linear->out_features;
  split_product(linear->batch, in, [&](int64_t r0, int64_t r1, int64_t c0, int64_t c1) {
    gemm(Trans::No, Trans::No, r1 - r0, c1 - c0, out, f32(diff_dst) + r0 * out, out, f32(packed) + c0, in, 0.0f,
         f32(diff_src) + r0 * in + c0, in);
  });
  return QUERN_OK;
}

extern "C" int quern_linear_backward_weights(const quern_linear* linear, const void* src, const void* diff_dst,
                                             float* diff_weights, float* diff_bias, void* workspace,
                                             int64_t workspace_bytes) noexcept {
  QUERN_TRY(prepare_backward(linear));
  QUERN_TRY(check_pointers("linear", src && diff_dst && diff_weights));
  QUERN_TRY(check_workspace("linear", workspace, workspace_bytes, workspace_bytes_of(*linear)));
  ran("linear", "gemm");
  const int64_t in = linear->in_features, out = linear->out_features;
  double* sums = static_cast<double*>(workspace);
  float* direct = permuted(*linear) ? reinterpret_cast<float*>(sums + out) : diff_weights;
  split_product(out, in, [&](int64_t r0, int64_t r1, int64_t c0, int64_t c1) {
    if (linear->batch == 0) {
      for (int64_t r = r0; r < r1; r++) std::fill(direct + r * in + c0, direct + r * in + c1, 0.0f);
      return;
    }
    gemm(Trans::Yes, Trans::No, r1 - r0, c1 - c0, linear->batch, f32(diff_dst) + r0, out, f32(src) + c0, in, 0.0f,
         direct + r0 * in + c0, in);
  });
  if (permuted(*linear)) permute(*linear, direct, diff_weights, false);
  if (diff_bias == nullptr) return QUERN_OK;
  std::fill(sums, sums + out, 0.0);
  kernels().add_column_sums(linear->batch, out, f32(diff_dst), out, sums);
  std::transform(sums, sums + out, diff_bias, [](double s) { return static_cast<float>(s); });
  return QUERN_OK;
}
