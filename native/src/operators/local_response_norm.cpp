// local_response_norm on rows of channels: each pixel by itself.
#include <algorithm>

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kMostParts = 32;

int prepare(const quern_local_response_norm* desc, LocalNorm* out) noexcept {
  constexpr const char* op = "local_response_norm";
  QUERN_TRY(check_initialized(op));
  QUERN_TRY(check_pointers(op, desc != nullptr));
  const quern_local_response_norm& d = *desc;
  QUERN_TRY(check_elements(op, d.rows));
  QUERN_TRY(check_range(op, "channels", d.channels, 1));
  QUERN_TRY(check_range(op, "size", d.size, 1));
  QUERN_TRY(check_not_negative(op, "alpha", d.alpha));
  QUERN_TRY(check_not_negative(op, "beta", d.beta));
  QUERN_TRY(check_not_negative(op, "k", d.k));
  QUERN_TRY(check_type(op, "type", d.type));
  int64_t ignored;
  QUERN_TRY(count(op, "tensor", d.rows, d.channels, 1, 1, &ignored));
  const int64_t most = d.channels - 1;  // more is beyond every channel
  out->channels = d.channels;
  out->before = std::min((d.size - 1) / 2, most);
  out->behind = std::min(d.size / 2, most);
  out->scale = static_cast<float>(d.alpha / static_cast<double>(d.size));
  out->k = static_cast<float>(d.k);
  out->beta = d.beta;
  out->power = d.beta == 0.5    ? NormPower::Half
               : d.beta == 0.75 ? NormPower::ThreeQuarters
               : d.beta == 1    ? NormPower::One
                                : NormPower::Any;
  return QUERN_OK;
}

// How many pieces the backward pass has: a function of the shape alone.
int64_t parts(const quern_local_response_norm& d) noexcept {
  return std::max<int64_t>(std::min({kMostParts, d.rows, d.rows * d.channels / 16384}), 1);
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_local_response_norm_workspace(const quern_local_response_norm* norm, int64_t* bytes) noexcept {
  LocalNorm n;
  QUERN_TRY(prepare(norm, &n));
  QUERN_TRY(check_pointers("local_response_norm", bytes != nullptr));
  *bytes = parts(*norm) * norm->channels * 4;
  return QUERN_OK;
}

extern "C" int quern_local_response_norm_forward(const quern_local_response_norm* norm, const void* src,
                                                 void* dst) noexcept {
  LocalNorm n;
  QUERN_TRY(prepare(norm, &n));
  QUERN_TRY(check_pointers("local_response_norm", src && dst));
  ran("local_response_norm");
  parallel_ranges(norm->rows, 16384 / n.channels + 1, [&](int64_t begin, int64_t end) {
    kernels().local_response_norm_forward(n, end - begin, f32(src) + begin * n.channels, f32(dst) + begin * n.channels);
  });
  return QUERN_OK;
}

extern "C" int quern_local_response_norm_backward(const quern_local_response_norm* norm, const void* src,
                                                  const void* diff_dst, void* diff_src, void* workspace,
                                                  int64_t workspace_bytes) noexcept {
  LocalNorm n;
  QUERN_TRY(prepare(norm, &n));
  QUERN_TRY(check_pointers("local_response_norm", src && diff_dst && diff_src));
  const int64_t pieces = parts(*norm);
  QUERN_TRY(check_workspace("local_response_norm", workspace, workspace_bytes, pieces * n.channels * 4));
  ran("local_response_norm");
  parallel_for(pieces, [&](int64_t piece) {
    const int64_t begin = norm->rows * piece / pieces, end = norm->rows * (piece + 1) / pieces;
    const int64_t at = begin * n.channels;
    kernels().local_response_norm_backward(n, end - begin, f32(src) + at, f32(diff_dst) + at,
                                           static_cast<float*>(workspace) + piece * n.channels, f32(diff_src) + at);
  });
  return QUERN_OK;
}
