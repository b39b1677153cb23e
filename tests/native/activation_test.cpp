// activation against long double, kind by kind: values and gradients everywhere, kinks, in place, the same bits at any
// place of an array and for any number of threads; and what is refused.
#include "activation_check.h"

namespace {

using namespace of_activation;

std::vector<quern_activation> all() {
  std::vector<quern_activation> list;
  for (int64_t kind = QUERN_RELU6; kind <= QUERN_SQRT; kind++) {
    list.push_back(
        {kind, {kind == QUERN_LEAKY_RELU ? 0.01 : 1.0, kind == QUERN_FAKE_QUANTIZE ? -20.0 : 20.0, 40}, QUERN_F32});
  }
  for (double alpha : {0.0, 0.3, -0.5, 2.0}) {
    list.push_back({QUERN_LEAKY_RELU, {alpha}, QUERN_F32});
    list.push_back({QUERN_ELU, {alpha}, QUERN_F32});
    list.push_back({QUERN_AFFINE, {alpha, 0.3}, QUERN_F32});
  }
  for (double exponent : {0.0, 2.0, 3.0, -1.0, 0.5, -0.5, 2.5, -3.0, 0.1, 7.0}) {
    list.push_back({QUERN_POWER, {exponent}, QUERN_F32});
  }
  list.push_back({QUERN_SOFTPLUS, {2, 20}, QUERN_F32});
  list.push_back({QUERN_SOFTPLUS, {0.25, 1}, QUERN_F32});
  list.push_back({QUERN_CELU, {0.5}, QUERN_F32});
  list.push_back({QUERN_CELU, {4}, QUERN_F32});
  list.push_back({QUERN_CLAMP, {-INFINITY, 0.5}, QUERN_F32});
  list.push_back({QUERN_CLAMP, {-3, INFINITY}, QUERN_F32});
  list.push_back({QUERN_CLAMP, {2, 1}, QUERN_F32});
  list.push_back({QUERN_FAKE_QUANTIZE, {0.3, -128, 127}, QUERN_F32});
  return list;
}

void sizes(const quern_activation& a) {
  for (int64_t n : {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 1009}) {
    compare(a, n, Guard::After);
    compare(a, n, Guard::Before);
  }
}

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return std::memcmp(a.data(), b.data(), sizeof(float) * a.size()) == 0;
}

// Each element alone, and all of them from any place on and by several threads: the same bits.
void bits(const quern_activation& a) {
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

void one(const quern_activation& a, float x, float* y, float* dx) {
  const float diff = 1;
  CHECK_OK(quern_activation_forward(&a, 1, &x, y));
  CHECK_OK(quern_activation_backward(&a, 1, reads_dst(a) ? y : &x, &diff, dx));
}

// A curve's product is infinite before its value is; what overflows of a function is infinite.
bool overflows(const quern_activation& a, float x) {
  return a.kind <= QUERN_SOFTPLUS && std::fabs(static_cast<double>(value(a, x))) > FLT_MAX;
}

// Beyond every curve, denormals, the kinks themselves, and NaN.
void special_values(const quern_activation& a) {
  const float tiny = 0x1p-149f;
  for (float x : {0.0f, -0.0f, tiny, -tiny, FLT_MIN, -FLT_MIN, 1e4f, -1e4f, 1e30f, -1e30f, FLT_MAX, -FLT_MAX, 3.0f,
                  -3.0f, 6.0f, 20.0f, 20.5f, -104.0f, 88.8f}) {
    name_case(a, 1);
    float y, dx;
    one(a, x, &y, &dx);
    const double wanted = as_float(value(a, x)), steep = as_float(slope(a, x));
    if (!overflows(a, x)) CHECK(close_to(y, wanted, (std::fabs(wanted) + term(a, x)) * 1e-6 + least(x)));
    CHECK(close_to(dx, steep, steep_tolerance(a, steep)));
  }
  float y, dx;
  one(a, NAN, &y, &dx);
  CHECK(std::isnan(y) != (a.kind == QUERN_POWER && a.coefficients[0] == 0));
  one(a, INFINITY, &y, &dx);
  if (a.kind > QUERN_SOFTPLUS) {
    CHECK(close_to(y, as_float(value(a, HUGE_VALL)), 1e-5));
    return;
  }
  CHECK(y == (a.kind == QUERN_RELU6                                                            ? 6
              : a.kind == QUERN_HARDSIGMOID || a.kind == QUERN_SIGMOID || a.kind == QUERN_TANH ? 1
                                                                                               : INFINITY));
}

void refusals() {
  float* f = untouchable<float>();
  const quern_activation good{QUERN_SILU, {}, QUERN_F32};
  int64_t answer;
  const auto refused = [&](const quern_activation& bad, const char* text) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_activation_reads_dst(&bad, &answer));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_activation_forward(&bad, 1, f, f));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_activation_backward(&bad, 1, f, f, f));
  };
  for (int64_t kind : {int64_t{-1}, int64_t{QUERN_SQRT + 1}, INT64_MAX, INT64_MIN})
    refused({kind, {1, 1}, QUERN_F32}, "activation: kind");
  for (double bad : {static_cast<double>(NAN), static_cast<double>(INFINITY), 1e39, -1e39}) {
    refused({QUERN_LEAKY_RELU, {bad}, QUERN_F32}, "leaky_relu: negative_slope");
    refused({QUERN_ELU, {bad}, QUERN_F32}, "elu: alpha");
    refused({QUERN_CELU, {bad}, QUERN_F32}, "celu: alpha");
    refused({QUERN_SOFTPLUS, {1, bad}, QUERN_F32}, "softplus: threshold");
    refused({QUERN_SOFTPLUS, {bad, 1}, QUERN_F32}, "softplus: beta");
    refused({QUERN_AFFINE, {bad, 1}, QUERN_F32}, "affine: scale");
    refused({QUERN_AFFINE, {1, bad}, QUERN_F32}, "affine: shift");
    refused({QUERN_POWER, {bad}, QUERN_F32}, "power: exponent");
    refused({QUERN_FAKE_QUANTIZE, {bad, 0, 255}, QUERN_F32}, "fake_quantize: scale");
  }
  refused({QUERN_SOFTPLUS, {0, 1}, QUERN_F32}, "softplus: beta 0");
  refused({QUERN_SOFTPLUS, {-1, 1}, QUERN_F32}, "softplus: beta -1");
  refused({QUERN_CELU, {0}, QUERN_F32}, "celu: alpha 0");
  refused({QUERN_CLAMP, {NAN, 1}, QUERN_F32}, "clamp: min nan and max 1 are no bounds");
  refused({QUERN_CLAMP, {INFINITY, 1}, QUERN_F32}, "clamp: min inf");
  refused({QUERN_CLAMP, {1, -INFINITY}, QUERN_F32}, "clamp: min 1 and max -inf");
  refused({QUERN_CLAMP, {1, NAN}, QUERN_F32}, "clamp: min 1 and max nan");
  refused({QUERN_FAKE_QUANTIZE, {1, -0.5, 255}, QUERN_F32}, "fake_quantize: steps from -0.5 to 255 are not");
  refused({QUERN_FAKE_QUANTIZE, {1, -1, NAN}, QUERN_F32}, "fake_quantize: steps from -1 to nan are not");
  refused({QUERN_FAKE_QUANTIZE, {1, 1, 2}, QUERN_F32}, "fake_quantize: steps from 1 to 2 are not");
  refused({QUERN_FAKE_QUANTIZE, {1, -2, -1}, QUERN_F32}, "fake_quantize: steps from -2 to -1 are not");
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
  for (const quern_activation& a : all()) {
    CHECK_OK(quern_set_threads(1));
    sizes(a);
    bits(a);
    special_values(a);
  }
  in_case("%s", "");
  float x = 1;
  const quern_activation gelu{QUERN_GELU_TANH, {}, QUERN_F32};
  CHECK_OK(quern_activation_forward(&gelu, 1, &x, &x));
  CHECK(ran("gelu"));
  refusals();
  return finish();
}
