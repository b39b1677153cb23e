// group_norm on [batch, pixels, channels]: statistics of one sample and a group of its channels each, by batch_norm2d's
// kernels.
#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

// Channels that a kernel takes at once, so that their numbers fit on the stack.
constexpr int64_t kColumns = 64;

int prepare(const quern_group_norm* d) noexcept {
  QUERN_TRY(check_initialized("group_norm"));
  QUERN_TRY(check_pointers("group_norm", d != nullptr));
  QUERN_TRY(check_range("group_norm", "batch", d->batch, 0));
  QUERN_TRY(check_range("group_norm", "pixels", d->pixels, 1));
  QUERN_TRY(check_range("group_norm", "channels", d->channels, 1));
  QUERN_TRY(check_range("group_norm", "num_groups", d->groups, 1));
  if (d->channels % d->groups != 0) {
    return fail(QUERN_INVALID_SHAPE, "group_norm: %lld channels are not a multiple of num_groups %lld",
                static_cast<long long>(d->channels), static_cast<long long>(d->groups));
  }
  QUERN_TRY(check_not_negative("group_norm", "eps", d->eps));
  QUERN_TRY(check_type("group_norm", "type", d->type));
  int64_t ignored;
  return count("group_norm", "input", d->batch, d->pixels, d->channels, 1, &ignored);
}

// Channels of a group.
int64_t width(const quern_group_norm& d) { return d.channels / d.groups; }

// Two doubles a channel of each sample.
int64_t bytes_of(const quern_group_norm& d) { return d.batch * d.channels * 16; }

// Some groups of one sample: what one thread normalizes at a time.
struct Part {
  const quern_group_norm& d;
  int64_t sample, first, groups;

  // The offset of the sample.
  int64_t at() const { return sample * d.pixels * d.channels; }
  // The index of the first group among all groups.
  int64_t group_at() const { return sample * d.groups + first; }
  // The group of a channel, counted from the part's first.
  int64_t group(int64_t channel) const { return channel / width(d) - first; }

  // Calls body(first channel, channels) for at most kColumns channels at a time.
  template <typename Body>
  void each_columns(Body&& body) const {
    const int64_t end = (first + groups) * width(d);
    for (int64_t c = first * width(d); c < end; c += kColumns) body(c, std::min(kColumns, end - c));
  }
};

// Calls body(part) for all parts. Narrow groups go together, so that a line of the cache serves one thread.
template <typename Body>
void each_part(const quern_group_norm& d, Body&& body) {
  const int64_t together = std::min(d.groups, divide_up(kColumns, width(d)));
  const int64_t parts = divide_up(d.groups, together);
  parallel_ranges(d.batch * parts, 16384 / d.pixels / (together * width(d)) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t first = i % parts * together;
      body(Part{d, i / parts, first, std::min(together, d.groups - first)});
    }
  });
}

// Mean and 1 / sqrt(var + eps) of each group: by distances from its first element, whose squares do not cancel where
// the mean is far from zero.
void statistics(const Part& p, const float* sample, double* mean, double* inverse) {
  const double m = static_cast<double>(p.d.pixels * width(p.d));
  float first[kColumns];
  double sums[2 * kColumns];
  std::fill(mean, mean + p.groups, 0.0);
  std::fill(inverse, inverse + p.groups, 0.0);
  const auto first_of = [&](int64_t group) { return sample[(p.first + group) * width(p.d)]; };
  p.each_columns([&](int64_t c, int64_t n) {
    std::fill(sums, sums + 2 * n, 0.0);
    for (int64_t i = 0; i < n; i++) first[i] = first_of(p.group(c + i));
    kernels().centred_moments(p.d.pixels, n, sample + c, p.d.channels, first, sums, sums + n);
    for (int64_t i = 0; i < n; i++) {
      mean[p.group(c + i)] += sums[i];
      inverse[p.group(c + i)] += sums[n + i];
    }
  });
  for (int64_t g = 0; g < p.groups; g++) {
    const double distance = mean[g] / m, var = inverse[g] / m - distance * distance;
    mean[g] = first_of(g) + distance;
    inverse[g] = 1 / std::sqrt((var < 0 ? 0 : var) + p.d.eps);  // NaN stays
  }
}

double weight_of(const float* weights, int64_t channel) { return weights == nullptr ? 1.0 : weights[channel]; }

// Each channel's sums of the gradient and of the gradient times the centered input, which come back in sums. In double
// the mean may be taken away at last.
void add_sums(const Part& p, const float* src, const float* diff_dst, const double* mean, double* sums) {
  const float zeros[kColumns] = {};
  double* products = sums + p.d.channels;
  p.each_columns([&](int64_t c, int64_t n) {
    std::fill(sums + c, sums + c + n, 0.0);
    std::fill(products + c, products + c + n, 0.0);
    kernels().normalize_sums({zeros, zeros, zeros, false, NAN}, p.d.pixels, n, {src + c, false}, {},
                             {diff_dst + c, false}, nullptr, sums + c, products + c, p.d.channels);
    for (int64_t i = c; i < c + n; i++) products[i] -= mean[p.group(i)] * sums[i];
  });
}

// In float: the means are rounded, and what that takes away goes to the shift.
void normalise(const Part& p, const float* src, const float* weights, const float* bias, const double* mean,
               const double* inverse, float* dst) {
  float means[kColumns], scales[kColumns], shifts[kColumns];
  p.each_columns([&](int64_t c, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
      const int64_t g = p.group(c + i);
      const double scale = inverse[g] * weight_of(weights, c + i);
      means[i] = static_cast<float>(mean[g]);
      scales[i] = static_cast<float>(scale);
      shifts[i] = static_cast<float>((bias == nullptr ? 0.0 : bias[c + i]) + (means[i] - mean[g]) * scale);
    }
    kernels().normalize({means, scales, shifts, false, NAN}, p.d.pixels, n, src + c, nullptr, {dst + c, false}, nullptr,
                        p.d.channels);
  });
}

// dx = s (w dy - mean(w dy) - (x - mean) s^2 mean(w dy (x - mean))), s = 1 / sqrt(var + eps)
void backward_data(const Part& p, const float* src, const float* diff_dst, const float* weights, const double* mean,
                   const double* inverse, const double* sums, float* diff_src) {
  const double m = static_cast<double>(p.d.pixels * width(p.d)), *products = sums + p.d.channels;
  double diff_mean[kColumns] = {}, product_mean[kColumns] = {};
  p.each_columns([&](int64_t c, int64_t n) {
    for (int64_t i = c; i < c + n; i++) {
      diff_mean[p.group(i)] += weight_of(weights, i) * sums[i] / m;
      product_mean[p.group(i)] += weight_of(weights, i) * products[i] / m;
    }
  });
  double factor[kColumns], slope[kColumns], offset[kColumns];
  p.each_columns([&](int64_t c, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
      const int64_t g = p.group(c + i);
      const double s = inverse[g];
      factor[i] = s * weight_of(weights, c + i);
      slope[i] = -s * s * s * product_mean[g];
      offset[i] = -s * diff_mean[g] - mean[g] * slope[i];
    }
    kernels().group_norm_backward(p.d.pixels, n, src + c, diff_dst + c, p.d.channels, factor, slope, offset,
                                  diff_src + c);
  });
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_group_norm_workspace(const quern_group_norm* norm, int64_t* bytes) noexcept {
  QUERN_TRY(prepare(norm));
  QUERN_TRY(check_pointers("group_norm", bytes != nullptr));
  *bytes = bytes_of(*norm);
  return QUERN_OK;
}

extern "C" int quern_group_norm_forward(const quern_group_norm* norm, const void* src, const float* weights,
                                        const float* bias, void* dst, double* saved) noexcept {
  QUERN_TRY(prepare(norm));
  QUERN_TRY(check_pointers("group_norm", src && dst && saved));
  ran("group_norm");
  each_part(*norm, [&](const Part& p) {
    const quern_group_norm& d = p.d;
    double *mean = saved + p.group_at(), *inverse = mean + d.batch * d.groups;
    statistics(p, f32(src) + p.at(), mean, inverse);
    normalise(p, f32(src) + p.at(), weights, bias, mean, inverse, f32(dst) + p.at());
  });
  return QUERN_OK;
}

extern "C" int quern_group_norm_backward(const quern_group_norm* norm, const void* src, const void* diff_dst,
                                         const float* weights, const double* saved, void* diff_src, float* diff_weights,
                                         float* diff_bias, void* workspace, int64_t workspace_bytes) noexcept {
  QUERN_TRY(prepare(norm));
  QUERN_TRY(check_pointers("group_norm", src && diff_dst && saved));
  QUERN_TRY(check_workspace("group_norm", workspace, workspace_bytes, bytes_of(*norm)));
  ran("group_norm");
  const quern_group_norm& d = *norm;
  const int64_t c = d.channels;
  double* sums = static_cast<double*>(workspace);
  const double* inverse = saved + d.batch * d.groups;
  each_part(d, [&](const Part& p) {
    const double* mean = saved + p.group_at();
    double* of_sample = sums + p.sample * 2 * c;
    add_sums(p, f32(src) + p.at(), f32(diff_dst) + p.at(), mean, of_sample);
    if (diff_src == nullptr) return;
    backward_data(p, f32(src) + p.at(), f32(diff_dst) + p.at(), weights, mean, inverse + p.group_at(), of_sample,
                  f32(diff_src) + p.at());
  });
  for (int64_t i = 0; i < c; i++) {
    double diff = 0.0, product = 0.0;
    for (int64_t b = 0; b < d.batch; b++) {
      diff += sums[b * 2 * c + i];
      product += sums[b * 2 * c + c + i] * inverse[b * d.groups + i / width(d)];
    }
    if (diff_bias != nullptr) diff_bias[i] = static_cast<float>(diff);
    if (diff_weights != nullptr) diff_weights[i] = static_cast<float>(product);
  }
  return QUERN_OK;
}
