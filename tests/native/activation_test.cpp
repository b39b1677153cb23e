// All activations of the list: values and gradients against their formulas or differences, kinks, in place, the same
// bits at any place of an array and for any number of threads; and what is refused.
#include <string>

#include "activation_check.h"

namespace {

using namespace of_activation;

// Every function of the list with each of these coefficients that it accepts, and some that bring out its variants.
std::vector<Activation> all() {
  static const double candidates[][3] = {{1, 20, 40},    {1, -20, 40}, {0.01, 20},   {0, 0.3},         {0.3, 0.3},
                                         {-0.5, 0.3, 1}, {2, 20},      {0.25, 1, 5}, {0.3, -128, 127}, {4, 0.5}};
  std::vector<Activation> list;
  for (int64_t kind = 0; kind < activation_kinds(); kind++) {
    const size_t before = list.size();
    for (const auto& c : candidates) {
      const Activation a{kind, {c[0], c[1], c[2]}, QUERN_F32};
      if (is_accepted(a)) list.push_back(a);
      if (list.size() > before && coefficients_of(kind) == 0) break;
    }
    in_case("%s takes none of the coefficients that are tried", quern_activation_name(kind));
    CHECK(list.size() > before);
  }
  for (double exponent : {3.0, -1.0, 0.5, 2.5, -3.0, 0.1, 7.0}) list.push_back(activation_named("power", exponent));
  list.push_back(activation_named("clamp", -INFINITY, 0.5));
  list.push_back(activation_named("clamp", -3, INFINITY));
  list.push_back(activation_named("clamp", 2, 1));
  return list;
}

void sizes(const Activation& a) {
  for (int64_t n : {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 1009}) {
    compare(a, n, Guard::After);
    compare(a, n, Guard::Before);
  }
}

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return std::memcmp(a.data(), b.data(), sizeof(float) * a.size()) == 0;
}

// Results are bit-identical for single elements, for all of them from any start, and with several threads.
void bits(const Activation& a) {
  constexpr int64_t n = 40009;
  name_case(a, n);
  Random random(5);
  std::vector<float> src(n), dst(n), diff_dst(n), diff_src(n), dst2(n), diff_src2(n);
  for (float& v : src) v = random.real() * 9;
  for (float& v : diff_dst) v = random.real();
  CHECK_OK(quern_set_threads(1));
  const auto run = [&](int64_t begin, int64_t end, std::vector<float>* y, std::vector<float>* dx) {
    CHECK_OK(quern_activation_forward(&a, end - begin, src.data() + begin, y->data() + begin));
    const float* saved = (reads_dst(a) ? *y : src).data() + begin;
    CHECK_OK(quern_activation_backward(&a, end - begin, saved, diff_dst.data() + begin, dx->data() + begin));
  };
  run(0, n, &dst, &diff_src);
  for (int64_t begin = 0; begin < 500; begin++) run(begin, begin + 1, &dst2, &diff_src2);
  for (int64_t begin = 500, length = 1; begin < n; begin += length, length = length % 97 + 1) {
    run(begin, begin + length < n ? begin + length : n, &dst2, &diff_src2);
  }
  CHECK(same(dst2, dst) && same(diff_src2, diff_src));
  CHECK_OK(quern_set_threads(3));
  run(0, n, &dst2, &diff_src2);
  CHECK(same(dst2, dst) && same(diff_src2, diff_src));
}

// Beyond every curve, denormals, the kinks themselves, and NaN.
void special_values(const Activation& a) {
  const float tiny = 0x1p-149f;
  const Formula* f = formula_of(a);
  for (float x : {0.0f, -0.0f, tiny, -tiny, FLT_MIN, -FLT_MIN, 1e4f, -1e4f, 1e30f, -1e30f, FLT_MAX, -FLT_MAX, 3.0f,
                  -3.0f, 6.0f, 20.0f, 20.5f, -104.0f, 88.8f}) {
    name_case(a, 1);
    float y, dx;
    one(a, x, &y, &dx);
    if (f == nullptr) continue;
    const double wanted = as_float(f->value(a, x)), steep = as_float(f->slope(a, x));
    CHECK(close_to(y, wanted, (std::fabs(wanted) + term(a, x)) * 1e-6 + least(x)));
    CHECK(close_to(dx, steep, steep_tolerance(a, steep)));
  }
  float y, dx;
  one(a, NAN, &y, &dx);
  CHECK(std::isnan(y) != (is_activation(a, "power") && a.coefficients[0] == 0));
  one(a, INFINITY, &y, &dx);
  if (f != nullptr) CHECK(close_to(y, as_float(f->value(a, HUGE_VALL)), 1e-5));
}

// Names give kinds, and kinds names.
void names() {
  int64_t kind = -1, count = -1;
  const int64_t kinds = activation_kinds();
  for (int64_t i = 0; i < kinds; i++) {
    CHECK(activation_kind(quern_activation_name(i)) == i);
    CHECK(coefficients_of(i) >= 0 && coefficients_of(i) <= 3);
  }
  CHECK(coefficients_of(activation_kind("softplus")) == 2 && coefficients_of(activation_kind("tanh")) == 0);
  for (const char* bad : {"", "relu7", "Silu", "silu ", "relu", "\n%s%n"}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, bad, quern_activation_kind(bad, &kind));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "is not one of the known functions", quern_activation_kind(bad, &kind));
  }
  const std::string endless(100000, 'x');
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "x is not one of the known functions",
                quern_activation_kind(endless.c_str(), &kind));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "a required pointer is null", quern_activation_kind(nullptr, &kind));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "a required pointer is null", quern_activation_kind("silu", nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "a required pointer is null", quern_activation_coefficients(0, nullptr));
  for (int64_t bad : {int64_t{-1}, kinds, INT64_MAX, INT64_MIN}) {
    CHECK(quern_activation_name(bad) == nullptr);
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "activation: kind", quern_activation_coefficients(bad, &count));
  }
  CHECK(kind == -1 && count == -1);
}

void refusals() {
  float* f = untouchable<float>();
  const Activation good = activation_named("silu");
  int64_t answer;
  const auto refused = [&](const Activation& bad, const char* text) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_activation_reads_dst(&bad, &answer));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_activation_forward(&bad, 1, f, f));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_activation_backward(&bad, 1, f, f, f));
  };
  for (int64_t kind : {int64_t{-1}, activation_kinds(), INT64_MAX, INT64_MIN})
    refused({kind, {1, 1}, QUERN_F32}, "activation: kind");
  for (double bad : {static_cast<double>(NAN), static_cast<double>(INFINITY), 1e39, -1e39}) {
    refused(activation_named("leaky_relu", bad), "leaky_relu: negative_slope");
    refused(activation_named("elu", bad), "elu: alpha");
    refused(activation_named("celu", bad), "celu: alpha");
    refused(activation_named("softplus", 1, bad), "softplus: threshold");
    refused(activation_named("softplus", bad, 1), "softplus: beta");
    refused(activation_named("affine", bad, 1), "affine: scale");
    refused(activation_named("affine", 1, bad), "affine: shift");
    refused(activation_named("power", bad), "power: exponent");
    refused(activation_named("fake_quantize", bad, 0, 255), "fake_quantize: scale");
  }
  refused(activation_named("softplus", 0, 1), "softplus: beta 0");
  refused(activation_named("softplus", -1, 1), "softplus: beta -1");
  refused(activation_named("celu", 0), "celu: alpha 0");
  refused(activation_named("clamp", NAN, 1), "clamp: min nan is not a lower bound");
  refused(activation_named("clamp", INFINITY, 1), "clamp: min inf is not");
  refused(activation_named("clamp", 1, -INFINITY), "clamp: max -inf is not an upper bound");
  refused(activation_named("clamp", 1, NAN), "clamp: max nan is not");
  refused(activation_named("fake_quantize", 1, -0.5, 255), "fake_quantize: lowest step -0.5 is not an integer");
  refused(activation_named("fake_quantize", 1, -1, NAN), "fake_quantize: highest step nan is not");
  refused(activation_named("fake_quantize", 1, 1, 2), "fake_quantize: lowest step 1 is not");
  refused(activation_named("fake_quantize", 1, -2, -1), "fake_quantize: highest step -1 is not");
  const char* text = "silu: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_activation_reads_dst(&good, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_activation_forward(&good, 1, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_activation_forward(&good, 1, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_activation_backward(&good, 1, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_activation_backward(&good, 1, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_activation_backward(&good, 1, f, f, nullptr));
  const char* null = "activation: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_activation_reads_dst(nullptr, &answer));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_activation_forward(nullptr, 1, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_activation_backward(nullptr, 1, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "silu: -1 elements", quern_activation_forward(&good, -1, f, f));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_activation_backward(&good, INT64_MAX, f, f, f));
}

}  // namespace

int main() {
  start();
  names();
  for (const Activation& a : all()) {
    CHECK_OK(quern_set_threads(1));
    sizes(a);
    bits(a);
    special_values(a);
    check_differences(a);
  }
  in_case("%s", "");
  float x = 1;
  const Activation gelu = activation_named("gelu_tanh");
  CHECK_OK(quern_activation_forward(&gelu, 1, &x, &x));
  CHECK(ran("gelu_tanh"));
  refusals();
  return finish();
}
