// batch_norm2d: forward by the batch's or the running statistics, by sums that a convolution left, with ReLU and what
// is added before it; backward from what forward saved; folding. Each step against its formula in double,
// and with an activation against both operators.
#include <algorithm>

#include "attacks.h"
#include "batch_norm2d_check.h"

namespace {

using D = quern_batch_norm2d;
const Field<D> kFields[] = {{&D::rows, 2, int64_t{1} << 53, nullptr},
                            {&D::channels, 1, INT32_MAX, nullptr},
                            {&D::training, 0, 1, nullptr},
                            {&D::relu, 0, 2, nullptr}};
constexpr double kUnit = 0x1p-24;

D any_batch_norm2d(Random* r) {
  const int64_t channels = any_channels(r), rows = one_in(r, 20) ? r->between(300, 1200) : r->between(2, 60);
  const double momentum = std::fabs(r->real()), eps = std::pow(10.0, -static_cast<double>(r->between(1, 5)));
  return {rows, channels, momentum, eps, r->between(0, 1), r->between(0, 2)};
}

// All that a step reads and writes, in guarded memory.
struct Problem {
  D d;
  int64_t bytes = 0;
  bool adds, sums_given;
  Guarded<float> src, add, diff_dst, weights, bias, mean, var, dst, saved, diff_src, diff_add, diff_weights, diff_bias;
  Guarded<double> sums;

  Problem(Random* r, const D& desc, Guard side)
      : d(desc),
        adds(one_in(r, 2)),
        sums_given(d.training && one_in(r, 2)),
        src(d.rows * d.channels, side),
        add(src.size(), side),
        diff_dst(src.size(), side),
        weights(d.channels, side),
        bias(d.channels, side),
        mean(d.channels, side),
        var(d.channels, side),
        dst(src.size(), side),
        saved(2 * d.channels, side),
        diff_src(src.size(), side),
        diff_add(src.size(), side),
        diff_weights(d.channels, side),
        diff_bias(d.channels, side),
        sums(2 * d.channels, side) {
    for (auto* tensor : {&src, &add, &diff_dst, &weights, &bias, &mean}) {
      for (float& v : *tensor) v = r->real();
    }
    for (float& v : var) v = 1.5f + r->real();
    for (double& v : sums) v = 0;
    for (int64_t i = 0; i < src.size(); i++) {
      const double x = src[i];
      sums[i % d.channels] += x;
      sums[d.channels + i % d.channels] += x * x;
    }
  }
};

void check_statistics(const Problem& p, const Guarded<float>& mean_before, const Guarded<float>& var_before) {
  const double m = static_cast<double>(p.d.rows), part = p.d.momentum;
  for (int64_t c = 0; c < p.d.channels; c++) {
    const double mean = p.d.training ? p.sums[c] / m : mean_before[c];
    const double var = p.d.training ? std::max(p.sums[p.d.channels + c] / m - mean * mean, 0.0) : var_before[c];
    const double inverse = 1 / std::sqrt(var + p.d.eps);
    CHECK(close_to(p.saved[c], mean, 2 * kUnit * std::fabs(mean) + 1e-14));
    CHECK(close_to(p.saved[p.d.channels + c], inverse, 2 * kUnit * inverse));
    const double new_mean = p.d.training ? (1 - part) * mean_before[c] + part * mean : mean_before[c];
    const double new_var = p.d.training ? (1 - part) * var_before[c] + part * var * m / (m - 1) : var_before[c];
    CHECK(close_to(p.mean[c], new_mean, 2 * kUnit * std::fabs(new_mean) + 1e-14));
    CHECK(close_to(p.var[c], new_var, 2 * kUnit * new_var + 1e-14));
  }
}

// From the statistics that were saved.
void check_dst(const Problem& p) {
  for (int64_t i = 0; i < p.src.size(); i++) {
    const int64_t c = i % p.d.channels;
    const double centred = static_cast<double>(p.src[i]) - p.saved[c], s = p.saved[p.d.channels + c];
    const double scaled = centred * s * p.weights[c], added = p.adds ? p.add[i] : 0.0;
    double wanted = scaled + p.bias[c] + added;
    if (p.d.relu != QUERN_NO_RELU) wanted = std::max(wanted, 0.0);
    if (p.d.relu == QUERN_RELU6) wanted = std::min(wanted, 6.0);
    CHECK(close_to(p.dst[i], wanted, 8 * kUnit * (std::fabs(scaled) + std::fabs(p.bias[c]) + std::fabs(added))));
  }
}

void check_backward(const Problem& p) {
  const int64_t n = p.d.channels;
  const double m = static_cast<double>(p.d.rows);
  for (int64_t c = 0; c < n; c++) {
    const double mean = p.saved[c], s = p.saved[n + c], w = p.weights[c];
    Sum diff, product;
    const auto masked = [&](int64_t i) {
      const bool cut = p.dst[i] <= 0 || (p.d.relu == QUERN_RELU6 && p.dst[i] >= 6);
      return p.d.relu != QUERN_NO_RELU && cut ? 0.0 : p.diff_dst[i];
    };
    for (int64_t i = c; i < p.src.size(); i += n) {
      diff.add(masked(i));
      product.add(masked(i) * (p.src[i] - mean));
    }
    CHECK(close_to(p.diff_bias[c], diff.value, 2 * kUnit * diff.magnitude));
    CHECK(close_to(p.diff_weights[c], product.value * s, 3 * kUnit * product.magnitude * s));
    for (int64_t i = c; i < p.src.size(); i += n) {
      const double slope = p.d.training ? -w * s * s * s * product.value / m : 0, straight = w * s * masked(i);
      const double shift = p.d.training ? -w * s * diff.value / m : 0, sloped = slope * (p.src[i] - mean);
      const double most = std::fabs(straight) + std::fabs(sloped) + std::fabs(shift);
      // the sums are off by the rounding of each factor: products of centered values are taken in float
      const double of_sums = p.d.training ? std::fabs(w * s * s * s * (p.src[i] - mean)) * product.magnitude / m : 0;
      CHECK(close_to(p.diff_src[i], straight + sloped + shift, 8 * kUnit * (most + of_sums)));
      CHECK(!p.adds || p.diff_add[i] == static_cast<float>(masked(i)));
    }
  }
}

void refused_by_all(const D& d) {
  float* f = untouchable<float>();
  const double* s = untouchable<double>();
  const char* op = "batch_norm2d: ";
  REFUSED(op, quern_batch_norm2d_workspace, &d, untouchable<int64_t>());
  REFUSED(op, quern_batch_norm2d_forward, &d, f, s, f, f, f, f, f, f, f, f, f, f, INT64_MAX);
  REFUSED(op, quern_batch_norm2d_backward, &d, f, f, f, f, f, f, f, f, f, f, f, INT64_MAX);
  REFUSED(op, quern_batch_norm2d_fold, &d, f, f, f, f, f, f, f);
}

void name_case(const D& d) {
  in_case("{rows %lld, channels %lld, momentum %g, eps %g, training %lld, relu %lld}", (long long)d.rows,
          (long long)d.channels, d.momentum, d.eps, (long long)d.training, (long long)d.relu);
}

}  // namespace

void attack_batch_norm2d(Random* r) {
  const D d = any_batch_norm2d(r);
  const Guard side = any_side(r);
  static const char* const names[] = {"relu6", "leaky_relu", "elu",         "gelu",    "silu",
                                      "mish",  "hardswish",  "hardsigmoid", "sigmoid", "tanh"};
  if (one_in(r, 4)) of_batch_norm2d::ends_with_an_activation(d.rows, d.channels, d.training, one_of(r, names), side);
  if (one_in(r, 4)) {
    const bool adds = one_in(r, 2);
    const int64_t relu = r->between(QUERN_NO_RELU, QUERN_RELU6);
    const bool active = relu == QUERN_NO_RELU && !adds && one_in(r, 2);
    of_batch_norm2d::keeps_bf16(d.rows, d.channels, active ? one_of(r, names) : nullptr, relu, adds, side);
  }
  name_case(d);
  Problem p(r, d, side);
  D most = d;  // a workspace for more rows serves fewer
  most.rows += one_in(r, 2) ? r->between(0, 900) : 0;
  int64_t bytes = 0;
  CHECK_OK(quern_batch_norm2d_workspace(&most, &bytes));
  Guarded<char> workspace(bytes, side, 8);
  Guarded<float> mean(d.channels), var(d.channels), scale(d.channels, side), shift(d.channels, side);
  std::copy(p.mean.begin(), p.mean.end(), mean.begin());
  std::copy(p.var.begin(), p.var.end(), var.begin());
  CHECK_OK(quern_batch_norm2d_forward(&d, p.src.data(), p.sums_given ? p.sums.data() : nullptr, p.weights.data(),
                                      p.bias.data(), p.mean.data(), p.var.data(), p.adds ? p.add.data() : nullptr,
                                      p.dst.data(), p.saved.data(), nullptr, nullptr, workspace.data(), bytes));
  CHECK(ran("batch_norm2d"));
  check_statistics(p, mean, var);
  check_dst(p);
  CHECK_OK(quern_set_threads(many_threads));
  for (const bool wanted : {true, one_in(r, 2)}) {  // gradients of weights and bias, once at least
    std::fill(p.diff_src.begin(), p.diff_src.end(), 7.0f);
    std::fill(p.diff_add.begin(), p.diff_add.end(), 7.0f);
    CHECK_OK(quern_batch_norm2d_backward(&d, p.src.data(), p.adds ? p.dst.data() : nullptr, p.diff_dst.data(),
                                         p.weights.data(), p.bias.data(), p.saved.data(), p.diff_src.data(),
                                         p.adds ? p.diff_add.data() : nullptr, wanted ? p.diff_weights.data() : nullptr,
                                         wanted ? p.diff_bias.data() : nullptr, workspace.data(), bytes));
    check_backward(p);
  }
  const float* before = one_in(r, 2) ? p.add.data() : nullptr;
  CHECK_OK(quern_batch_norm2d_fold(&d, p.weights.data(), p.bias.data(), mean.data(), var.data(), before, scale.data(),
                                   shift.data()));
  for (int64_t c = 0; c < d.channels; c++) {
    const double factor = p.weights[c] / std::sqrt(var[c] + d.eps), first = before == nullptr ? 0.0 : before[c];
    CHECK(close_to(scale[c], factor, 2 * kUnit * std::fabs(factor)));
    const double moved = (first - mean[c]) * factor;
    CHECK(close_to(shift[c], p.bias[c] + moved, 2 * kUnit * (std::fabs(p.bias[c]) + std::fabs(moved))));
  }
}

void refuse_batch_norm2d(Random* r) {
  float* f = untouchable<float>();
  const double* s = untouchable<double>();
  const char* op = "batch_norm2d: ";
  D d = any_batch_norm2d(r);
  name_case(d);
  int64_t bytes = 0;
  CHECK_OK(quern_batch_norm2d_workspace(&d, &bytes));
  for (int64_t given : {bytes - 1, r->between(0, bytes - 1), int64_t{-1}, INT64_MIN}) {
    REFUSED(op, quern_batch_norm2d_forward, &d, f, s, f, f, f, f, f, f, f, f, f, f, given);
    REFUSED(op, quern_batch_norm2d_backward, &d, f, f, f, f, f, f, f, f, f, f, f, given);
  }
  REFUSES_NULLS(op, "rr", quern_batch_norm2d_workspace, &d, &bytes);
  REFUSES_NULLS(op, "rr.rrrr..r..r.", quern_batch_norm2d_forward, &d, f, s, f, f, f, f, f, f, f, f, f, f, INT64_MAX);
  REFUSES_NULLS(op, "........r.....", quern_batch_norm2d_forward, &d, f, s, f, f, f, f, f, f, f, nullptr, f, f,
                INT64_MAX);  // without both copies
  REFUSES_NULLS(op, "rr.rrrr....r.", quern_batch_norm2d_backward, &d, f, f, f, f, f, f, f, f, f, f, f, INT64_MAX);
  REFUSES_NULLS(op, "rrrrr.rr", quern_batch_norm2d_fold, &d, f, f, f, f, f, f, f);
  d.training = 1;
  const D bad = broken(r, kFields, d);
  // fewer than two rows are no training, but all right without it
  if (bad.training == 1 || bad.rows < 0) {
    name_case(bad);
    refused_by_all(bad);
  }
  D number = d;
  (one_in(r, 2) ? number.eps : number.momentum) = bad_number(r);
  name_case(number);
  refused_by_all(number);
  d.rows = int64_t{1} << r->between(40, 62), d.channels = int64_t{1} << r->between(14, 30);
  name_case(d);
  refused_by_all(d);
}
