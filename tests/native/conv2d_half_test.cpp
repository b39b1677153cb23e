// conv2d in inference with weights of 16 bits, and with products of bfloat16.
#include <cstdlib>

#include "conv2d_check.h"

namespace {

// One implementation, whose sums are those of float32 on such weights.
void half(const Conv2dProblem& p, int64_t implementation, Guard side) {
  Outputs one(p.d, side), three(p.d, side), cramped(p.d, side);
  run(p, implementation, 1, {p.d.batch, 1}, side, &one);
  compare_images("dst", one.dst, p.dst, Tolerance(p.kind, ran("conv2d:winograd"), p.dst));
  run(p, implementation, 3, {p.d.batch, 3}, side, &three);
  run(p, implementation, 3, {p.d.batch, 1}, side, &cramped);
  CHECK(three.dst.same_bits(one.dst) && cramped.dst.same_bits(one.dst));
}

// An unmapped page at either end; in the short suite at one of them by turns.
void halves(quern_conv2d d) {
  static int turn = 0;
  turn++;
  d.inference = 1;
  for (int64_t type : {QUERN_BF16, QUERN_F16}) {
    d.weights_type = type;
    for (Values kind : {Values::Integers, Values::Floats}) {
      turn++;
      for (Guard side : {Guard::After, Guard::Before}) {
        if (!full_suite() && side == (turn % 2 == 0 ? Guard::After : Guard::Before)) continue;
        const Conv2dProblem p(d, kind, side, 5);
        int accepted = 0;
        for (int64_t i = -1; i < 0 || quern_conv2d_implementation(i) != nullptr; i++) {
          if (i >= 0 && quern_conv2d_accepts(&d, QUERN_FORWARD, i) != QUERN_OK) continue;
          in_case("weights_type %lld, %lld to %lld, kernel %lld, batch %lld, implementation %lld", (long long)type,
                  (long long)d.in_channels, (long long)d.out_channels, (long long)d.kernel_height, (long long)d.batch,
                  (long long)i);
          half(p, i, side);
          accepted++;
        }
        CHECK(accepted >= 3);
      }
    }
  }
  in_case("%s", "");
}

int64_t packed_size(const quern_conv2d& d) {
  int64_t bytes = 0;
  CHECK_OK(quern_conv2d_packed_size(&d, &bytes));
  return bytes;
}

// Half of the bytes in direct convolution, a third in the matrix unit's.
void sizes() {
  quern_conv2d d = with(conv(1, 64, 9, 9, 64, 3, 3), 1, 1);
  d.inference = 1;
  for (const char* name : {"direct", "amx"}) {
    d.implementation = index_of(name);
    d.weights_type = QUERN_F32;
    if (quern_conv2d_accepts(&d, QUERN_FORWARD, d.implementation) != QUERN_OK) continue;
    const int64_t floats = packed_size(d);
    d.weights_type = QUERN_BF16;
    CHECK(packed_size(d) * (d.implementation == index_of("direct") ? 2 : 3) == floats);
  }
}

// A float as a weight of the type: the output of an input that is 1.
float as_weight(int64_t type, float value) {
  quern_conv2d d = conv(1, 8, 1, 1, 16, 1, 1);
  d.inference = 1;
  d.implementation = index_of("direct");
  d.weights_type = type;
  Packed packed(packed_size(d));
  int64_t bytes = 0;
  CHECK_OK(quern_conv2d_workspace(&d, &bytes));
  Guarded<char> memory(bytes, Guard::After, 64);
  Guarded<float> weights(16 * 8), src(8), dst(16);
  std::fill(weights.begin(), weights.end(), 0.0f);
  std::fill(src.begin(), src.end(), 0.0f);
  weights[3 * 8 + 5] = value;
  src[5] = 1;
  CHECK_OK(quern_conv2d_pack(&d, weights.data(), packed.data()));
  CHECK_OK(quern_conv2d_forward(&d, src.data(), packed.data(), nullptr, nullptr, dst.data(), memory.data(), bytes));
  return dst[3];
}

// Numbers that a type has at its ends: they come out as they went in.
void ends() {
  for (float value : {0x1p-24f, -0x1p-24f, 0x3ffp-24f, 0x1p-14f, -65504.0f, 1.0009765625f, 0.0f, -0.0f}) {
    CHECK(as_weight(QUERN_F16, value) == value);
  }
  for (float value : {0x1p-126f, -0x1.fep127f, 1.0078125f, -0x1p-120f, 3.0f, 0x1p100f, 0.0f, -0.0f}) {
    CHECK(as_weight(QUERN_BF16, value) == value);
  }
}

// Others become the nearest number, halfway between two the even one.
void rounding() {
  for (float sign : {1.0f, -1.0f}) {
    CHECK(as_weight(QUERN_BF16, sign * 0x1.01p0f) == sign * 1.0f);
    CHECK(as_weight(QUERN_BF16, sign * 0x1.010002p0f) == sign * 0x1.02p0f);
    CHECK(as_weight(QUERN_BF16, sign * 0x1.03p0f) == sign * 0x1.04p0f);
    CHECK(as_weight(QUERN_F16, sign * 0x1.002p0f) == sign * 1.0f);
    CHECK(as_weight(QUERN_F16, sign * 0x1.002002p0f) == sign * 0x1.004p0f);
    CHECK(as_weight(QUERN_F16, sign * 0x1.006p0f) == sign * 0x1.008p0f);
    CHECK(as_weight(QUERN_F16, sign * 0x2.8p-24f) == sign * 0x2p-24f);
    CHECK(as_weight(QUERN_F16, sign * 0x3.8p-24f) == sign * 0x4p-24f);
  }
}

// Each factor is rounded by at most 2^-8 of it; weights that are bfloat16 are not. In high precision, two parts of a
// factor are left.
void products_of_bf16(quern_conv2d d, int64_t precision) {
  d.inference = 1;
  d.precision = precision;
  for (int64_t type : {QUERN_F32, QUERN_BF16}) {
    d.weights_type = type;
    for (Values kind : {Values::Integers, Values::Floats}) {
      const Conv2dProblem p(d, kind, Guard::After, 11);
      for (int64_t i = -1; i < 0 || quern_conv2d_implementation(i) != nullptr; i++) {
        if (i >= 0 && quern_conv2d_accepts(&d, QUERN_FORWARD, i) != QUERN_OK) continue;
        Outputs one(d, Guard::After), three(d, Guard::After);
        run(p, i, 1, {d.batch, 1}, Guard::After, &one);
        const bool unit = ran("conv2d:amx") || ran("conv2d:bf16");
        double largest = 0, error = 0;
        for (const Sum& sum : p.dst) largest = std::max(largest, sum.magnitude);
        for (int64_t e = 0; e < one.dst.elements(); e++) {
          const Sum& sum = p.dst[static_cast<size_t>(e)];
          const double got = one.dst.at(e / one.dst.c, e % one.dst.c);
          const double rounded = kind == Values::Floats ? product_error(d) * sum.magnitude : 0;
          CHECK(close_to(got, sum.value, rounded + sum.tolerance() + (ran("conv2d:winograd") ? 3e-6 * largest : 0)));
          error = std::max(error, std::fabs(got - sum.value) / sum.magnitude);
        }
        CHECK(!unit || kind == Values::Integers || error > product_error(d) * 1e-3);  // they are rounded
        run(p, i, 3, {d.batch, 3}, Guard::After, &three);
        CHECK(three.dst.same_bits(one.dst));
      }
    }
  }
}

void refusals() {
  quern_conv2d d = conv(1, 8, 4, 4, 8, 1, 1);
  int64_t bytes = 0;
  for (int64_t type : {QUERN_BF16, QUERN_F16}) {
    d.weights_type = type;
    CHECK_REFUSED(QUERN_UNSUPPORTED, "in training", quern_conv2d_packed_size(&d, &bytes));
  }
  d.weights_type = QUERN_F32;
  for (d.precision = -1; d.precision <= 4; d.precision += 5) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "precision", quern_conv2d_packed_size(&d, &bytes));
  }
}

}  // namespace

// Under an emulator all cases take half a minute: with QUERN_TEST_FAST some of each kind.
int main() {
  start();
  if (std::getenv("QUERN_TEST_FAST") != nullptr) {
    halves(with(conv(1, 33, 7, 9, 35, 3, 3), 1, 1));
    halves(conv(1, 70, 6, 7, 100, 1, 1));
    halves(with(conv(1, 8, 6, 6, 8, 3, 3), 1, 1, 1, 8));
    products_of_bf16(conv(1, 20, 3, 4, 33, 1, 1), QUERN_PRECISION_BF16);
    refusals();
    return finish();
  }
  for (int64_t n : {1, 3}) {
    halves(with(conv(n, 33, 7, 9, 35, 3, 3), 1, 1));
    halves(with(conv(n, 64, 5, 5, 96, 3, 3), 2, 1));
    halves(conv(n, 70, 6, 7, 100, 1, 1));
    halves(with(conv(n, 20, 9, 8, 24, 5, 3), 1, 2, 2));
  }
  halves(conv(1, 300, 1, 1, 130, 1, 1));              // a row of features
  halves(conv(2, 1100, 2, 2, 72, 1, 1));              // in parts of the sum
  halves(conv(90, 16, 1, 3, 16, 1, 1));               // many pixels
  halves(with(conv(2, 16, 40, 40, 16, 3, 3), 1, 1));  // pieces of rows
  halves(pitched(with(conv(2, 32, 6, 6, 48, 3, 3), 1, 1, 1, 2), 3, 5));
  halves(with(conv(1, 8, 6, 6, 8, 3, 3), 1, 1, 1, 8));  // depthwise, in floats
  halves(with(conv(1, 3, 9, 9, 7, 3, 3), 1, 1));        // planar, in floats
  halves(with(conv(0, 32, 6, 6, 32, 3, 3), 1, 1));
  for (int64_t precision : {QUERN_PRECISION_BF16, QUERN_PRECISION_HIGH}) {
    products_of_bf16(with(conv(2, 40, 9, 7, 50, 3, 3), 1, 1), precision);
    products_of_bf16(with(conv(1, 64, 5, 5, 32, 3, 3), 2, 1), precision);
    products_of_bf16(conv(3, 100, 6, 7, 33, 1, 1), precision);
  }
  sizes();
  ends();
  rounding();
  refusals();
  return finish();
}
