// scaled_dot_product_attention: any sizes, masks and scales.
#include "attacks.h"
#include "scaled_dot_product_attention_check.h"

namespace {

constexpr int64_t kMost = INT32_MAX;
using D = quern_scaled_dot_product_attention;
const Field<D> kFields[] = {{&D::batch, 0, kMost, nullptr},   {&D::heads, 1, kMost, nullptr},
                            {&D::queries, 1, kMost, nullptr}, {&D::keys, 1, kMost, nullptr},
                            {&D::depth, 1, kMost, nullptr},   {&D::value_depth, 1, kMost, nullptr},
                            {&D::causal, 0, 1, nullptr},      {&D::type, QUERN_F32, QUERN_F32, nullptr}};

int64_t any_tokens(Random* r) { return one_in(r, 8) ? r->between(40, 140) : r->between(1, 20); }

D any_attention(Random* r) {
  D d{};
  d.batch = one_in(r, 20) ? 0 : r->between(1, 3);
  d.heads = r->between(1, 4);
  d.queries = any_tokens(r), d.keys = any_tokens(r);
  d.depth = r->between(1, 20), d.value_depth = r->between(1, 20);
  d.scale = r->real();
  d.causal = r->between(0, 1);
  d.bias_heads = one_in(r, 2) ? 0 : one_in(r, 2) ? 1 : d.heads;
  d.bias_samples = one_in(r, 2) ? 1 : d.batch > 0 && one_in(r, 2) ? d.batch : d.batch % 2 == 0 ? 2 : 1;
  return d;
}

void refused_by_all(const D& d) {
  float* f = untouchable<float>();
  const char* op = "scaled_dot_product_attention: ";
  of_attention::name_case(d);
  REFUSED(op, quern_scaled_dot_product_attention_workspace, &d, untouchable<int64_t>());
  REFUSED(op, quern_scaled_dot_product_attention_forward, &d, f, f, f, f, f, f, f, INT64_MAX);
  REFUSED(op, quern_scaled_dot_product_attention_backward, &d, f, f, f, f, f, f, f, f, f, f, f, INT64_MAX);
}

}  // namespace

void attack_scaled_dot_product_attention(Random* r) {
  of_attention::check(any_attention(r), any_values(r), any_side(r), one_in(r, 3));
}

void refuse_scaled_dot_product_attention(Random* r) {
  float* f = untouchable<float>();
  const char* op = "scaled_dot_product_attention: ";
  D d = any_attention(r);
  of_attention::name_case(d);
  int64_t bytes = 0;
  CHECK_OK(quern_scaled_dot_product_attention_workspace(&d, &bytes));
  REFUSES_NULLS(op, "rr", quern_scaled_dot_product_attention_workspace, &d, &bytes);
  REFUSED(op, quern_scaled_dot_product_attention_forward, &d, f, f, f, f, f, f, f, r->between(-1, 63));
  d.bias_heads = 1;
  REFUSES_NULLS(op, "rrrrrrrr.", quern_scaled_dot_product_attention_forward, &d, f, f, f, f, f, f, f, INT64_MAX);
  REFUSES_NULLS(op, "rrrrrrr....r.", quern_scaled_dot_product_attention_backward, &d, f, f, f, f, f, f, f, f, f, f, f,
                INT64_MAX);
  refused_by_all(broken(r, kFields, d));
  D bad = d;
  bad.scale = one_in(r, 2) ? NAN : 1e39;
  refused_by_all(bad);
  bad = d;
  bad.bias_heads = one_in(r, 2) ? -r->between(1, 9) : bad.heads + r->between(1, 9);
  refused_by_all(bad);
  bad = d;
  bad.bias_samples = one_in(r, 2) || d.batch == 0 ? -r->between(0, 9) : d.batch + r->between(1, 9);
  refused_by_all(bad);
}
