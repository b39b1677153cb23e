// The functions of kernels/math_float.inc against libm's long double, over floats of every magnitude.
#include <cfloat>

#include "check.h"
#include "math_kernels.h"
#include "numbers.h"

namespace {

MathFloat math() {
#if defined(__x86_64__)
  if (std::strncmp(quern_isa(), "avx512", 6) == 0 || std::strcmp(quern_isa(), "amx") == 0) return math_float_avx512();
  if (std::strcmp(quern_isa(), "avx2") == 0) return math_float_avx2();
  return math_float_baseline();
#elif defined(__aarch64__)
  return math_float_neon();
#else
  return math_float_baseline();
#endif
}

float from_bits(uint32_t bits) {
  float f;
  std::memcpy(&f, &bits, sizeof f);
  return f;
}

// Floats from the least denormal to infinity with a stride that is prime, and both signs.
template <typename Visit>
void arguments(Visit&& visit) {
  for (uint64_t bits = 0; bits < 0x7f800000; bits += full_suite() ? 3001 : 30011) {
    visit(from_bits(static_cast<uint32_t>(bits)));
    visit(-from_bits(static_cast<uint32_t>(bits)));
  }
  Random random(1);
  for (int i = 0; i < (full_suite() ? 300000 : 30000); i++) visit(random.real() * 20.0f);
  for (int k = -155; k <= 130; k++) {  // around the ends of each reduced range
    const float end = static_cast<float>((k + 0.5) * 0.69314718055994530942);
    for (float x : {std::nextafter(end, -HUGE_VALF), end, std::nextafter(end, HUGE_VALF)}) visit(x);
  }
  for (float x : {0.0f, -0.0f, 1.0f, -1.0f, FLT_MAX, -FLT_MAX, HUGE_VALF, -HUGE_VALF}) visit(x);
}

using Exact = long double (*)(long double);

// Largest error over [from, to] in units of 2^-24 of the result (half a unit in the last place is 0.5 to 1); a denormal
// result has as many more as its last place.
void accurate(const char* name, float (*f)(float), Exact exact, float from, float to, double most) {
  double worst = 0;
  float at = 0;
  arguments([&](float x) {
    if (!(x >= from && x <= to)) return;
    const long double wanted = exact(x);
    const float got = f(x);
    const double unit = std::fmax(static_cast<double>(fabsl(wanted)) * 0x1p-24, 0x1p-149);
    double error = static_cast<double>(fabsl(got - wanted)) / unit;
    if (static_cast<float>(wanted) == got) error = std::isinf(got) ? 0 : std::fmin(error, 1);
    if (!(error <= worst)) {
      worst = std::isnan(error) ? HUGE_VAL : error;
      at = x;
    }
  });
  std::printf("%s: %.2f x 2^-24 at %.9g\n", name, worst, static_cast<double>(at));
  in_case("%s", name);
  CHECK(worst <= most);
  CHECK(std::isnan(f(NAN)) && std::isnan(f(-NAN)));
  in_case("%s", "");
}

long double sigmoid(long double x) { return 1 / (1 + expl(-x)); }
long double sigmoid_rest(long double x) { return sigmoid(-x); }
long double normal(long double x) { return erfcl(-x / sqrtl(2)) / 2; }
long double density(long double x) { return expl(-x * x / 2) / sqrtl(2 * acosl(-1)); }

void all_accurate(const MathFloat& m) {
  const float inf = HUGE_VALF;
  accurate("exp", m.exp, expl, -inf, inf, 3);
  accurate("expm1", m.expm1, expm1l, -inf, 0, 4);
  accurate("log1p", m.log1p, log1pl, 0, 1, 4);
  accurate("tanh", m.tanh, tanhl, -inf, inf, 5);
  accurate("sigmoid", m.sigmoid, sigmoid, -inf, inf, 5);
  accurate("1 - sigmoid", m.sigmoid_rest, sigmoid_rest, -inf, inf, 5);
  accurate("normal", m.normal, normal, -inf, inf, 10);
  accurate("normal density", m.normal_density, density, -inf, inf, 5);
}

void exact_values(const MathFloat& m) {
  CHECK(m.exp(0.0f) == 1 && m.expm1(0.0f) == 0 && m.log1p(0.0f) == 0 && m.normal(0.0f) == 0.5f);
  CHECK(m.tanh(0.0f) == 0 && !std::signbit(m.tanh(0.0f)) && std::signbit(m.tanh(-0.0f)));
  CHECK(m.tanh(HUGE_VALF) == 1 && m.tanh(-HUGE_VALF) == -1 && m.sigmoid(0.0f) == 0.5f);
  arguments([&](float x) { CHECK(m.tanh(-x) == -m.tanh(x) && m.sigmoid(-x) == m.sigmoid_rest(x)); });
}

}  // namespace

int main() {
  start();
  const MathFloat m = math();
  all_accurate(m);
  exact_values(m);
  return finish();
}
