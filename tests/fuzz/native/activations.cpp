// Attacks on activations: relu, prelu, and the functions that a kind and coefficients name.
#include <string>

#include "activation_check.h"
#include "attacks.h"
#include "prelu_check.h"
#include "relu_check.h"

void attack_relu(Random* r) {
  const int64_t n = any_length(r);
  in_case("%lld elements", (long long)n);
  of_relu::compare(n, any_side(r));
}

void refuse_relu(Random* r) {
  float* f = untouchable<float>();
  const int64_t bad = bad_length(r);
  REFUSED("relu: ", quern_relu_forward, QUERN_F32, bad, f, f);
  REFUSED("relu: ", quern_relu_backward, QUERN_F32, bad, f, f, f);
  REFUSES_NULLS("relu: ", "..rr", quern_relu_forward, QUERN_F32, 1, f, f);
  REFUSES_NULLS("relu: ", "..rrr", quern_relu_backward, QUERN_F32, 1, f, f, f);
}

void attack_prelu(Random* r) {
  const int64_t channels = one_in(r, 3) ? 1 : any_channels(r), rows = any_length(r) / channels;
  in_case("%lld rows of %lld", (long long)rows, (long long)channels);
  of_prelu::compare(rows, channels, one_in(r, 2), any_side(r));
}

void refuse_prelu(Random* r) {
  float* f = untouchable<float>();
  int64_t* bytes = untouchable<int64_t>();
  const char* op = "prelu: ";
  const int64_t bad = bad_length(r), channels = one_in(r, 2) ? 0 : bad;
  REFUSED(op, quern_prelu_workspace, bad, 1, bytes);
  REFUSED(op, quern_prelu_workspace, 1, channels, bytes);
  REFUSED(op, quern_prelu_forward, QUERN_F32, bad, 1, f, f, f);
  REFUSED(op, quern_prelu_forward, QUERN_F32, 1, channels, f, f, f);
  REFUSED(op, quern_prelu_backward, QUERN_F32, bad, 1, f, f, f, f, f, f, INT64_MAX);
  REFUSED(op, quern_prelu_backward, QUERN_F32, 1, channels, f, f, f, f, f, f, INT64_MAX);
  REFUSED(op, quern_prelu_backward, QUERN_F32, 1, 3, f, f, f, f, f, f, 23);
  REFUSES_NULLS(op, "..r", quern_prelu_workspace, 1, 1, bytes);
  REFUSES_NULLS(op, "...rrr", quern_prelu_forward, QUERN_F32, 1, 1, f, f, f);
  REFUSES_NULLS(op, "...rrr..r.", quern_prelu_backward, QUERN_F32, 1, 1, f, f, f, f, f, f, 512);
}

// Any function with coefficients that it accepts. A divisor is a power of two: softplus's product, if rounded, could
// lie on the other side of the threshold.
static quern_activation any_activation(Random* r) {
  quern_activation a{r->between(0, activation_kinds() - 1),
                     {-0.5, static_cast<double>(r->between(1, 30)), static_cast<double>(r->between(0, 127))},
                     QUERN_F32};
  a.coefficients[0] =
      is_accepted(a) ? static_cast<double>(2 * r->real()) : std::ldexp(1.0, static_cast<int>(r->between(-2, 2)));
  if (!is_accepted(a)) a.coefficients[1] = -a.coefficients[1];
  CHECK(is_accepted(a));
  return a;
}

void attack_activation(Random* r) {
  const quern_activation a = any_activation(r);
  int64_t value = -1;
  CHECK_OK(quern_activation_kind(quern_activation_name(a.kind), &value));
  count_call("quern_activation_name", QUERN_OK);
  CHECK(value == a.kind);
  CHECK_OK(quern_activation_coefficients(a.kind, &value));
  CHECK(value >= 0 && value <= 3);
  of_activation::compare(a, any_length(r), any_side(r));
}

// A name of any bytes that none of the functions has.
static void refuse_names(Random* r, int64_t* answer) {
  std::string name(static_cast<size_t>(r->between(0, 700)), 'a');
  for (char& c : name) c = static_cast<char>(one_in(r, 3) ? r->between(1, 255) : r->between('a', 'z'));
  REFUSED("activation: ", quern_activation_kind, (name + "_").c_str(), answer);
  REFUSES_NULLS("activation: ", "rr", quern_activation_kind, "silu", answer);
}

void refuse_activation(Random* r) {
  float* f = untouchable<float>();
  int64_t* answer = untouchable<int64_t>();
  static const double numbers[] = {NAN, INFINITY, -INFINITY, 1e39, -1e300};
  static const char* const finite[] = {"leaky_relu", "elu", "affine", "power"};
  static const char* const positive[] = {"softplus", "celu", "fake_quantize"};
  const quern_activation good = any_activation(r);
  const int64_t beyond =
      one_in(r, 2) ? r->between(activation_kinds(), INT64_MAX) : -1 - static_cast<int64_t>(r->next() >> 1);
  CHECK(quern_activation_name(beyond) == nullptr);
  refuse_names(r, answer);
  REFUSED("activation: ", quern_activation_coefficients, beyond, answer);
  REFUSES_NULLS("activation: ", ".r", quern_activation_coefficients, good.kind, answer);
  quern_activation bad{beyond, {1, 0, 1}, QUERN_F32};
  if (one_in(r, 2)) bad = activation_named(one_of(r, finite), one_of(r, numbers), 1);
  if (one_in(r, 3)) {
    const double number = one_in(r, 2) ? static_cast<double>(-std::fabs(r->real())) : one_of(r, numbers);
    bad = activation_named(one_of(r, positive), number, 0, 1);
  }
  if (const int64_t count = coefficients_of(good.kind); count > 0 && one_in(r, 2)) {
    bad = good;
    bad.coefficients[r->between(0, count - 1)] = NAN;
  }
  const int64_t length = bad_length(r);
  REFUSED("", quern_activation_reads_dst, &bad, answer);
  REFUSED("", quern_activation_forward, &bad, 1, f, f);
  REFUSED("", quern_activation_backward, &bad, 1, f, f, f);
  REFUSED("", quern_activation_forward, &good, length, f, f);
  REFUSED("", quern_activation_backward, &good, length, f, f, f);
  REFUSES_NULLS("", "rr", quern_activation_reads_dst, &good, answer);
  REFUSES_NULLS("", "r.rr", quern_activation_forward, &good, 1, f, f);
  REFUSES_NULLS("", "r.rrr", quern_activation_backward, &good, 1, f, f, f);
}
