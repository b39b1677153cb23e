// exp, log and log1p of kernels/math.inc against libm's long double, over the whole range of double.
#include <cfloat>

#include "check.h"
#include "math_kernels.h"
#include "numbers.h"

namespace {

Math math() {
#if defined(__x86_64__)
  if (std::strncmp(quern_isa(), "avx512", 6) == 0 || std::strcmp(quern_isa(), "amx") == 0) return math_avx512();
  if (std::strcmp(quern_isa(), "avx2") == 0) return math_avx2();
  return math_baseline();
#elif defined(__aarch64__)
  return math_neon();
#else
  return math_baseline();
#endif
}

// Worst relative error so far, in units of 2^-53 (half a unit in the last place or a little more is perfect).
struct Worst {
  double error = 0, at = 0;
  void add(double x, double got, long double wanted) {
    const double e = static_cast<double>(fabsl(got - wanted) / fabsl(wanted)) * 0x1p53;
    if (!(e <= error)) {
      error = std::isnan(e) ? HUGE_VAL : e;
      at = x;
    }
  }
};

double from_bits(uint64_t bits) {
  double d;
  std::memcpy(&d, &bits, sizeof d);
  return d;
}

template <typename Visit>
void exp_arguments(Visit&& visit) {
  Random random(1);
  for (int i = 0; i < 200000; i++) visit(-708.0 + 1417.0 * (static_cast<double>(random.next() >> 11) * 0x1p-53));
  for (int i = 0; i < 100000; i++) visit(random.real() * 2.0);
  for (int e = -1074; e <= 9; e++) {  // from the least denormal
    visit(std::ldexp(1.0, e));
    visit(-std::ldexp(1.0, e));
  }
  for (int k = -1020; k <= 1021; k++) {  // around the ends of each reduced range
    for (double near_by : {-1e-9, 0.0, 1e-9}) visit((k + 0.5) * 0.69314718055994530942 + near_by);
  }
  for (double x : {0.0, -0.0, 709.0, -708.0, 1.0, -1.0}) visit(x);
}

void exp_is_accurate(const Math& m) {
  Worst worst;
  exp_arguments([&](double x) {
    if (x >= -708.0 && x <= 709.0) worst.add(x, m.exp(x), expl(x));
  });
  std::printf("exp: %.2f x 2^-53 at %.17g\n", worst.error, worst.at);
  CHECK(worst.error <= 3.0);
  CHECK(m.exp(0.0) == 1.0 && m.exp(-0.0) == 1.0);
}

// Beyond [-708, 709] exp gives 0 or infinity, a little before double would: softmax asks only for x <= 0, where that
// loses less than 1e-307.
void exp_ends(const Math& m) {
  for (double x : {-708.0001, -745.0, -746.0, -1e10, -DBL_MAX, -HUGE_VAL}) CHECK(m.exp(x) == 0.0);
  for (double x : {709.0001, 709.79, 710.0, 1e10, DBL_MAX, HUGE_VAL}) CHECK(m.exp(x) == HUGE_VAL);
  CHECK(std::isnan(m.exp(std::nan(""))) && std::isnan(m.exp(-std::nan(""))));
}

void exp_rises(const Math& m) {
  double x = -709.0, before = 0.0;
  int falls = 0;
  for (int i = 0; i < 200000; i++, x += 1.0 / 128) {
    const double now = m.exp(x);
    falls += now < before;
    before = now;
  }
  CHECK(falls == 0);
}

template <typename Visit>
void log_arguments(Visit&& visit) {
  Random random(2);
  for (int i = 0; i < 200000; i++) visit(from_bits(random.next() >> 1));  // every exponent alike, denormals too
  for (int i = 0; i < 50000; i++) visit(from_bits(random.next() >> 12));  // denormals
  for (int i = 0; i < 50000; i++) visit(1.0 + random.real() * 0.3);
  for (int e = -1074; e <= 1023; e++) {
    const double power = std::ldexp(1.0, e);
    for (double x : {power, std::nextafter(power, 0.0), std::nextafter(power, HUGE_VAL), power * 1.4142135623730949,
                     power * 1.4142135623730951}) {
      visit(x);
    }
  }
  for (int e = -52; e <= -1; e++) {  // nearer and nearer to 1, where the result vanishes
    visit(1.0 + std::ldexp(1.0, e));
    visit(1.0 - std::ldexp(1.0, e));
  }
  visit(DBL_MIN);
  visit(DBL_MAX);
}

void log_is_accurate(const Math& m) {
  Worst worst;
  log_arguments([&](double x) {
    if (x > 0 && std::isfinite(x) && x != 1.0) worst.add(x, m.log(x), logl(x));
  });
  std::printf("log: %.2f x 2^-53 at %.17g\n", worst.error, worst.at);
  CHECK(worst.error <= 4.0);
  CHECK(m.log(1.0) == 0.0);
}

void log_ends(const Math& m) {
  CHECK(m.log(0.0) == -HUGE_VAL && m.log(-0.0) == -HUGE_VAL);
  CHECK(m.log(HUGE_VAL) == HUGE_VAL);
  for (double x : {-from_bits(1), -1.0, -DBL_MAX, -HUGE_VAL, std::nan(""), -std::nan("")}) CHECK(std::isnan(m.log(x)));
}

// log(1 + u) for u >= 0 only.
template <typename Visit>
void log1p_arguments(Visit&& visit) {
  log_arguments(visit);
  Random random(3);
  for (int i = 0; i < 50000; i++) visit(std::fabs(random.real()) * 0.5);  // around the switch at 1/4
  for (double x : {0.25, std::nextafter(0.25, 0.0), std::nextafter(0.25, 1.0)}) visit(x);
}

void log1p_is_accurate(const Math& m) {
  Worst worst;
  log1p_arguments([&](double u) {
    if (u >= 2 * DBL_MIN && std::isfinite(u)) worst.add(u, m.log1p(u), log1pl(u));
    if (u < 2 * DBL_MIN) CHECK(close_to(m.log1p(u), u, 0x1p-1074));  // denormals: to the last bit they have
  });
  std::printf("log1p: %.2f x 2^-53 at %.17g\n", worst.error, worst.at);
  CHECK(worst.error <= 6.0);
  CHECK(m.log1p(0.0) == 0.0);
  CHECK(m.log1p(HUGE_VAL) == HUGE_VAL && std::isnan(m.log1p(std::nan(""))));
}

#if defined(__x86_64__)
// Nothing in them is contracted, so the instruction set does not show.
void same_bits_as_baseline(const Math& m) {
  const Math baseline = math_baseline();
  int differences = 0;
  exp_arguments([&](double x) { differences += m.exp(x) != baseline.exp(x); });
  log_arguments([&](double x) { differences += x < HUGE_VAL && m.log(x) != baseline.log(x); });
  log1p_arguments([&](double x) { differences += x < HUGE_VAL && m.log1p(x) != baseline.log1p(x); });
  CHECK(differences == 0);
}
#endif

}  // namespace

int main() {
  start();
  const Math m = math();
  exp_is_accurate(m);
  exp_ends(m);
  exp_rises(m);
  log_is_accurate(m);
  log_ends(m);
  log1p_is_accurate(m);
#if defined(__x86_64__)
  same_bits_as_baseline(m);
#endif
  return finish();
}
