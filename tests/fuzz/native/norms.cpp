// group_norm, layer_norm, local_response_norm.
#include "attacks.h"
#include "group_norm_check.h"
#include "layer_norm_check.h"
#include "local_response_norm_check.h"

namespace {

constexpr int64_t kMost = INT32_MAX;
using G = quern_group_norm;
using L = quern_layer_norm;
const Field<G> kGroupFields[] = {{&G::batch, 0, kMost, nullptr},
                                 {&G::pixels, 1, kMost, nullptr},
                                 {&G::channels, 1, kMost, nullptr},
                                 {&G::groups, 1, kMost, nullptr}};
const Field<L> kLayerFields[] = {
    {&L::rows, 0, int64_t{1} << 53, nullptr}, {&L::length, 1, int64_t{1} << 53, nullptr}, {&L::rms, 0, 1, nullptr}};

double any_eps(Random* r) { return std::pow(10.0, -static_cast<double>(r->between(1, 5))); }

G any_group_norm(Random* r) {
  const int64_t groups = one_in(r, 3) ? 1 : r->between(1, 9);
  return {one_in(r, 20) ? 0 : r->between(1, 4), r->between(1, 60), groups * any_channels(r), groups, any_eps(r)};
}

L any_layer_norm(Random* r) {
  return {r->between(1, 9), one_in(r, 20) ? r->between(1000, 9000) : any_channels(r) * r->between(1, 5), any_eps(r),
          one_in(r, 2)};
}

void refused_by_all(const G& d) {
  float* f = untouchable<float>();
  double* s = untouchable<double>();
  const char* op = "group_norm: ";
  REFUSED(op, quern_group_norm_workspace, &d, untouchable<int64_t>());
  REFUSED(op, quern_group_norm_forward, &d, f, f, f, f, s);
  REFUSED(op, quern_group_norm_backward, &d, f, f, f, s, f, f, f, f, INT64_MAX);
}

void refused_by_all(const L& d) {
  float* f = untouchable<float>();
  double* s = untouchable<double>();
  const char* op = "layer_norm: ";
  REFUSED(op, quern_layer_norm_forward, &d, f, f, f, f, s);
  REFUSED(op, quern_layer_norm_backward, &d, f, f, f, s, f, f, f);
}

}  // namespace

void attack_group_norm(Random* r) {
  const G d = any_group_norm(r);
  if (d.batch == 0) return attack_group_norm(r);  // the yardstick divides by the batch
  of_group_norm::agrees(d, one_in(r, 2), 3 * r->real(), 0.1 + std::fabs(r->real()));
}

void refuse_group_norm(Random* r) {
  float* f = untouchable<float>();
  double* s = untouchable<double>();
  const char* op = "group_norm: ";
  G d = any_group_norm(r);
  d.batch = r->between(1, 4);
  int64_t bytes = 0;
  CHECK_OK(quern_group_norm_workspace(&d, &bytes));
  for (int64_t given : {bytes - 1, r->between(0, bytes - 1), int64_t{-1}, INT64_MIN}) {
    REFUSED("group_norm: workspace", quern_group_norm_backward, &d, f, f, f, s, f, f, f, f, given);
  }
  REFUSES_NULLS(op, "rr", quern_group_norm_workspace, &d, &bytes);
  REFUSES_NULLS(op, "rr..rr", quern_group_norm_forward, &d, f, f, f, f, s);
  REFUSES_NULLS(op, "rrr.r...r.", quern_group_norm_backward, &d, f, f, f, s, f, f, f, f, INT64_MAX);
  refused_by_all(broken(r, kGroupFields, d));
  G bad = d;
  bad.eps = bad_number(r);
  refused_by_all(bad);
  d.groups = d.channels + r->between(1, 9);
  refused_by_all(d);
}

void attack_layer_norm(Random* r) {
  of_layer_norm::agrees(any_layer_norm(r), one_in(r, 2), one_in(r, 2), 3 * r->real(), 0.1 + std::fabs(r->real()));
}

void refuse_layer_norm(Random* r) {
  float* f = untouchable<float>();
  double* s = untouchable<double>();
  const char* op = "layer_norm: ";
  L d = any_layer_norm(r);
  REFUSES_NULLS(op, "rr..rr", quern_layer_norm_forward, &d, f, f, f, f, s);
  REFUSES_NULLS(op, "rrr.r...", quern_layer_norm_backward, &d, f, f, f, s, f, f, f);
  refused_by_all(broken(r, kLayerFields, d));
  L wide = d;
  wide.rows = int64_t{1} << r->between(40, 53), wide.length = int64_t{1} << r->between(14, 53);
  refused_by_all(wide);
  d.eps = bad_number(r);
  refused_by_all(d);
}

void attack_local_response_norm(Random* r) {
  static const double betas[] = {0.5, 0.75, 1, 0, 0.6};
  of_local_response_norm::check({one_in(r, 20) ? 0 : any_length(r) / 30 + 1, any_channels(r), r->between(1, 12),
                                 std::fabs(r->real()), one_of(r, betas), 0.5 + std::fabs(r->real()), QUERN_F32},
                                any_side(r));
}

void refuse_local_response_norm(Random* r) {
  float* f = untouchable<float>();
  const char* op = "local_response_norm: ";
  const quern_local_response_norm good{r->between(1, 99), any_channels(r), r->between(1, 9), 1, 0.75, 1, QUERN_F32};
  int64_t bytes = 0;
  CHECK_OK(quern_local_response_norm_workspace(&good, &bytes));
  REFUSED("local_response_norm: workspace", quern_local_response_norm_backward, &good, f, f, f, f,
          r->between(-9, bytes - 1));
  REFUSES_NULLS(op, "rr", quern_local_response_norm_workspace, &good, &bytes);
  REFUSES_NULLS(op, "rrr", quern_local_response_norm_forward, &good, f, f);
  REFUSES_NULLS(op, "rrrrr.", quern_local_response_norm_backward, &good, f, f, f, f, INT64_MAX);
  quern_local_response_norm bad = good;
  const int64_t kind = r->between(0, 5);
  if (kind == 0) bad.rows = bad_length(r);
  if (kind == 1) bad.channels = bad_length(r);
  if (kind == 2) bad.size = bad_length(r);
  if (kind == 3) bad.alpha = bad_number(r);
  if (kind == 4) bad.beta = bad_number(r);
  if (kind == 5) bad.k = bad_number(r);
  REFUSED(op, quern_local_response_norm_workspace, &bad, &bytes);
  REFUSED(op, quern_local_response_norm_forward, &bad, f, f);
  REFUSED(op, quern_local_response_norm_backward, &bad, f, f, f, f, INT64_MAX);
}
