// Inputs for tests, and how near an output must be.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "check.h"

// Small integers, whose sums are exact in float and therefore the same in any order, or floats in [-1, 1).
enum class Values { Integers, Floats };

// Changes the numbers of all tests alike.
inline uint64_t salt = 0;

// splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed ^ salt) {}
  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // Both ends included; they are not all of 64 bits apart.
  int64_t between(int64_t low, int64_t high) {
    const uint64_t first = static_cast<uint64_t>(low), count = static_cast<uint64_t>(high) - first + 1;
    return static_cast<int64_t>(first + next() % count);
  }
  // In [-1, 1), 24 bits.
  float real() { return static_cast<float>(between(-8388608, 8388607)) / 8388608.0f; }
  float value(Values kind) { return kind == Values::Integers ? static_cast<float>(between(-4, 4)) : real(); }

 private:
  uint64_t state_;
};

// The nearest number of so many significant bits, or where it is nearer the nearest multiple of a power of two: as the
// types of 16 bits are defined.
inline float rounded(int64_t type, float x) {
  if (type != QUERN_BF16 && type != QUERN_F16) return x;
  int exponent = 0;
  std::frexp(x, &exponent);
  const int unit = type == QUERN_BF16 ? exponent - 8 : std::max(exponent - 11, -24);
  return std::ldexp(std::nearbyint(std::ldexp(x, -unit)), unit);
}

// What a sum should be, and how far float arithmetic may miss it in whatever order it adds: n terms are off by at most
// n * 2^-24 * sum |term| (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1; one more for the
// rounding of each product).
struct Sum {
  double value = 0, magnitude = 0;
  int64_t terms = 0;
  void add(double term) {
    value += term;
    magnitude += std::fabs(term);
    terms++;
  }
  double tolerance() const { return static_cast<double>(terms + 1) * magnitude * 0x1p-24; }
};

inline bool close_to(double got, double wanted, double tolerance) {
  return std::isnan(wanted) ? std::isnan(got) : got == wanted || std::fabs(got - wanted) <= tolerance;
}

// With small integers the sum must be hit exactly.
inline bool close_to(float got, const Sum& wanted, Values kind) {
  return close_to(got, wanted.value, kind == Values::Integers ? 0.0 : wanted.tolerance());
}
