// linear, in training and inference, of rows and of flattened images.
#include "attacks.h"
#include "linear_check.h"
#include "matmul_check.h"

namespace {

constexpr int64_t kMost = INT32_MAX;
using D = quern_linear;
const Field<D> kFields[] = {{&D::batch, 0, kMost, nullptr},
                            {&D::in_features, 1, kMost, nullptr},
                            {&D::out_features, 1, kMost, nullptr},
                            {&D::pixels, 1, kMost, nullptr},
                            {&D::inference, 0, 1, nullptr},
                            {&D::src_type, QUERN_F32, QUERN_F32, nullptr},
                            {&D::weights_type, QUERN_F32, QUERN_F32, nullptr},
                            {&D::dst_type, QUERN_F32, QUERN_F32, nullptr}};

void name_case(const D& d) {
  in_case("{batch %lld, in_features %lld, out_features %lld, pixels %lld, inference %lld}", (long long)d.batch,
          (long long)d.in_features, (long long)d.out_features, (long long)d.pixels, (long long)d.inference);
}

D any_linear(Random* r) {
  D d{};
  d.batch = one_in(r, 20) ? 0 : one_in(r, 10) ? r->between(60, 140) : r->between(1, 9);
  d.pixels = one_in(r, 2) ? 1 : r->between(1, 20);
  d.in_features = d.pixels * (one_in(r, 3) ? r->between(1, 9) : any_channels(r));
  d.out_features = any_channels(r);
  if (d.batch * d.in_features * d.out_features > 300000) d.out_features = r->between(1, 9);
  return d;
}

void refused_by_all(const D& d) {
  float* f = untouchable<float>();
  int64_t* size = untouchable<int64_t>();
  const char* op = "linear: ";
  name_case(d);
  REFUSED(op, quern_linear_packed_size, &d, size);
  REFUSED(op, quern_linear_pack, &d, f, f);
  REFUSED(op, quern_linear_workspace, &d, size);
  REFUSED(op, quern_linear_forward, &d, f, f, f, f);
  REFUSED(op, quern_linear_backward_data, &d, f, f, f);
  REFUSED(op, quern_linear_backward_weights, &d, f, f, f, f, f, INT64_MAX);
}

void hardly_fits(const D& d) {
  int64_t packed = -1, bytes = -1;
  if (quern_linear_workspace(&d, &bytes) != QUERN_OK) return refused_by_all(d);
  name_case(d);
  CHECK_OK(quern_linear_packed_size(&d, &packed));
  CHECK(packed >= 0 && bytes > 0);
}

void small_workspaces(Random* r, const D& d) {
  float* f = untouchable<float>();
  int64_t bytes = 0;
  CHECK_OK(quern_linear_workspace(&d, &bytes));
  for (int64_t given : {bytes - 1, r->between(0, bytes - 1), int64_t{-1}, INT64_MIN}) {
    REFUSED("linear: workspace", quern_linear_backward_weights, &d, f, f, f, f, f, given);
  }
  REFUSED("linear: workspace", quern_linear_backward_weights, &d, f, f, f, f, nullptr, bytes);
}

const Field<D> kHalfFields[] = {{&D::batch, 0, kMost, nullptr},
                                {&D::in_features, 1, kMost, nullptr},
                                {&D::out_features, 1, kMost, nullptr},
                                {&D::pixels, 1, kMost, nullptr},
                                {&D::inference, 1, 1, nullptr},
                                {&D::src_type, QUERN_F32, QUERN_F32, nullptr},
                                {&D::dst_type, QUERN_F32, QUERN_F32, nullptr}};

// The same with weights of 16 bits.
void refuse_halves(Random* r, D d) {
  d.inference = 1;
  d.weights_type = one_in(r, 2) ? QUERN_BF16 : QUERN_F16;
  float* f = untouchable<float>();
  refused_by_all(broken(r, kHalfFields, d));
  REFUSED("linear: ", quern_linear_backward_data, &d, f, f, f);
  REFUSED("linear: packed", quern_linear_pack, &d, f, reinterpret_cast<char*>(f) + r->between(1, 63));
  for (int i = 0; i < 4; i++) {
    D hard = d;
    spoil(r, kHalfFields, &hard);
    int64_t packed = -1;
    if (quern_linear_packed_size(&hard, &packed) != QUERN_OK) {
      refused_by_all(hard);
      continue;
    }
    CHECK(packed > 0);
  }
}

}  // namespace

void attack_linear(Random* r) {
  const D d = any_linear(r);
  name_case(d);
  if (one_in(r, 2))
    return of_linear::check_halves(d.batch, d.in_features, d.out_features, d.pixels, any_values(r), any_side(r));
  of_linear::check_with(d, any_values(r), any_side(r));
}

void refuse_linear(Random* r) {
  float* f = untouchable<float>();
  int64_t* size = untouchable<int64_t>();
  const char* op = "linear: ";
  D d = any_linear(r);
  name_case(d);
  small_workspaces(r, d);
  REFUSES_NULLS(op, "rr", quern_linear_packed_size, &d, size);
  REFUSES_NULLS(op, "rrr", quern_linear_pack, &d, f, f);
  REFUSES_NULLS(op, "rr", quern_linear_workspace, &d, size);
  REFUSES_NULLS(op, "rrr.r", quern_linear_forward, &d, f, f, f, f);
  REFUSES_NULLS(op, "rrrr", quern_linear_backward_data, &d, f, f, f);
  REFUSES_NULLS(op, "rrrr.r.", quern_linear_backward_weights, &d, f, f, f, f, f, INT64_MAX);
  refused_by_all(broken(r, kFields, d));
  refuse_halves(r, d);
  for (int i = 0; i < 4; i++) {
    D hard = d;
    spoil(r, kFields, &hard);
    hardly_fits(hard);
  }
  d.pixels = d.in_features + r->between(1, 9);
  refused_by_all(d);
}

void attack_matmul(Random* r) {
  const quern_matmul d{one_in(r, 20) ? 0 : r->between(1, 6), any_channels(r), any_channels(r), any_channels(r),
                       QUERN_F32};
  of_matmul::check(d, any_values(r), any_side(r));
}

void refuse_matmul(Random* r) {
  float* f = untouchable<float>();
  const char* op = "matmul: ";
  const quern_matmul good{r->between(0, 9), any_channels(r), any_channels(r), any_channels(r), QUERN_F32};
  REFUSES_NULLS(op, "rrrr", quern_matmul_forward, &good, f, f, f);
  REFUSES_NULLS(op, "rrrr..", quern_matmul_backward, &good, f, f, f, f, f);
  quern_matmul bad = good;
  int64_t quern_matmul::*const fields[] = {&quern_matmul::batch, &quern_matmul::rows, &quern_matmul::inner,
                                           &quern_matmul::columns};
  bad.*one_of(r, fields) = bad_length(r);
  REFUSED(op, quern_matmul_forward, &bad, f, f, f);
  REFUSED(op, quern_matmul_backward, &bad, f, f, f, f, f);
}
