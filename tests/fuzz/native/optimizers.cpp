// sgd, adam, rmsprop, muon.
#include "adam_check.h"
#include "attacks.h"
#include "muon_check.h"
#include "rmsprop_check.h"
#include "sgd_check.h"

namespace {

double any_rate(Random* r) { return one_in(r, 4) ? 0.0 : std::fabs(r->real()) * 0.99; }

template <typename D, size_t kCount>
D with_bad_number(Random* r, D d, double D::*const (&fields)[kCount]) {
  d.*one_of(r, fields) = bad_number(r);
  return d;
}

}  // namespace

void attack_sgd(Random* r) {
  const int64_t n = any_length(r);
  const bool exact = one_in(r, 2);
  const float momentum = one_in(r, 2) ? 0.0f : exact ? 0.5f : 0.9f * std::fabs(r->real());
  const float decay = one_in(r, 2) ? 0.0f : exact ? 0.25f : 0.1f * std::fabs(r->real());
  const quern_sgd d{exact ? 0.5f : std::fabs(r->real()), momentum, decay, static_cast<int32_t>(r->between(0, 1)), 0};
  in_case("%lld weights, {lr %g, momentum %g, weight_decay %g, nesterov %d}", (long long)n, d.lr, d.momentum,
          d.weight_decay, d.nesterov);
  of_sgd::check_run(d, n, exact ? Values::Integers : Values::Floats, any_side(r));
}

void refuse_sgd(Random* r) {
  float* f = untouchable<float>();
  const int64_t bad = bad_length(r);
  const quern_sgd good{0.1f, 0.9f, 0, 0, 0};
  quern_sgd flag = good;
  (one_in(r, 2) ? flag.nesterov : flag.first_step) = one_in(r, 2) ? -1 : static_cast<int32_t>(r->between(2, INT32_MAX));
  REFUSED("sgd: ", quern_sgd_step, &good, bad, f, f, f);
  REFUSED("sgd: ", quern_sgd_step, &flag, 1, f, f, f);
  REFUSES_NULLS("sgd: ", "r.rrr", quern_sgd_step, &good, 1, f, f, f);
}

void attack_adam(Random* r) {
  const int64_t n = any_length(r);
  const quern_adam d{0.1, any_rate(r), any_rate(r), 1e-8, one_in(r, 2) ? 0.0 : 0.1, 1, 1, r->between(0, 1)};
  in_case("%lld weights, {beta1 %.17g, beta2 %.17g, weight_decay %g, decoupled %lld}", (long long)n, d.beta1, d.beta2,
          d.weight_decay, (long long)d.decoupled);
  of_adam::run(d, one_in(r, 2), n, any_side(r));
}

void refuse_adam(Random* r) {
  using D = quern_adam;
  static double D::*const numbers[] = {
      &D::lr, &D::beta1, &D::beta2, &D::eps, &D::weight_decay, &D::bias_correction1, &D::bias_correction2};
  float* f = untouchable<float>();
  const int64_t bad = bad_length(r);
  const D good{0.1, 0.9, 0.999, 1e-8, 0, 0.1, 0.001, 0}, number = with_bad_number(r, good, numbers);
  D flag = good;
  flag.decoupled = one_in(r, 2) ? 2 : bad;
  REFUSED("adam: ", quern_adam_step, &good, bad, f, f, f, f, f);
  REFUSED("adam: ", quern_adam_step, &number, 1, f, f, f, f, f);
  REFUSED("adam: ", quern_adam_step, &flag, 1, f, f, f, f, f);
  REFUSES_NULLS("adam: ", "r.rrrr.", quern_adam_step, &good, 1, f, f, f, f, f);
}

void attack_rmsprop(Random* r) {
  const int64_t n = any_length(r);
  quern_rmsprop d{0.1, any_rate(r), 1e-6, one_in(r, 2) ? 0.0 : 0.1, any_rate(r), r->between(0, 1)};
  // of the latest gradients alone the variance is nothing, by which no yardstick divides
  if (d.centered == 1) d.alpha = 0.5 + d.alpha / 2;
  in_case("%lld weights, {alpha %.17g, weight_decay %g, momentum %.17g, centered %lld}", (long long)n, d.alpha,
          d.weight_decay, d.momentum, (long long)d.centered);
  of_rmsprop::run(d, n, any_side(r));
}

void refuse_rmsprop(Random* r) {
  using D = quern_rmsprop;
  static double D::*const numbers[] = {&D::lr, &D::alpha, &D::eps, &D::weight_decay, &D::momentum};
  float* f = untouchable<float>();
  const int64_t bad = bad_length(r);
  const D good{0.1, 0.9, 1e-8, 0, 0.9, 1}, number = with_bad_number(r, good, numbers);
  D flag = good;
  flag.centered = one_in(r, 2) ? 2 : bad;
  REFUSED("rmsprop: ", quern_rmsprop_step, &good, bad, f, f, f, f, f);
  REFUSED("rmsprop: ", quern_rmsprop_step, &number, 1, f, f, f, f, f);
  REFUSED("rmsprop: ", quern_rmsprop_step, &flag, 1, f, f, f, f, f);
  REFUSES_NULLS("rmsprop: ", "r.rrrrr", quern_rmsprop_step, &good, 1, f, f, f, f, f);
}

void attack_muon(Random* r) {
  quern_muon d = of_muon::muon(r->between(1, 24), r->between(1, 40));
  if (one_in(r, 20)) d.rows = any_channels(r), d.columns = any_channels(r);
  d.momentum = any_rate(r);
  d.nesterov = r->between(0, 1);
  d.ns_steps = r->between(1, 5);
  d.normalize_weights = r->between(0, 1);
  d.lr = 0.1;
  in_case("{rows %lld, columns %lld, momentum %.17g, nesterov %lld, ns_steps %lld, normalize_weights %lld}",
          (long long)d.rows, (long long)d.columns, d.momentum, (long long)d.nesterov, (long long)d.ns_steps,
          (long long)d.normalize_weights);
  of_muon::check_step(d);
}

void refuse_muon(Random* r) {
  using D = quern_muon;
  static double D::*const numbers[] = {&D::lr, &D::weight_decay, &D::momentum, &D::eps};
  static const Field<D> fields[] = {{&D::rows, 1, INT32_MAX, nullptr},
                                    {&D::columns, 1, INT32_MAX, nullptr},
                                    {&D::nesterov, 0, 1, nullptr},
                                    {&D::ns_steps, 1, INT32_MAX, nullptr},
                                    {&D::normalize_weights, 0, 1, nullptr}};
  float* f = untouchable<float>();
  const D good = of_muon::muon(any_channels(r), any_channels(r));
  D wide = good;
  wide.rows = wide.columns = r->between(1 << 27, INT32_MAX);
  int64_t bytes = 0;
  CHECK_OK(quern_muon_workspace(&good, &bytes));
  for (const D& bad : {with_bad_number(r, good, numbers), broken(r, fields, good), wide}) {
    REFUSED("muon: ", quern_muon_workspace, &bad, untouchable<int64_t>());
    REFUSED("muon: ", quern_muon_step, &bad, f, f, f, f, INT64_MAX);
  }
  REFUSED("muon: workspace", quern_muon_step, &good, f, f, f, f, r->between(-9, bytes - 1));
  REFUSES_NULLS("muon: ", "rr", quern_muon_workspace, &good, &bytes);
  REFUSES_NULLS("muon: ", "rrrrr.", quern_muon_step, &good, f, f, f, f, INT64_MAX);
}
