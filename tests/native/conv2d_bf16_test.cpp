// conv2d by products of bfloat16: on the matrix unit, of floats in three parts, too. What is not finite, and the shapes
// that its tiles cut.
#include <cstdlib>

#include "conv2d_check.h"

namespace {

const char* unit() { return std::strcmp(quern_isa(), "amx") == 0 ? "amx" : "bf16"; }

// Of the cases.
int64_t precision = QUERN_PRECISION_BF16;

quern_conv2d on_unit(quern_conv2d d) {
  d.precision = precision;
  d.implementation = index_of(unit());
  return d;
}

// An infinity or NaN reaches the outputs whose windows contain it, and no others. The other implementation refuses.
void specials() {
  const quern_conv2d d = on_unit(with(conv(3, 32, 6, 5, 32, 3, 3), 1, 1));
  const int64_t other = index_of(std::strcmp(unit(), "amx") == 0 ? "bf16" : "amx");
  CHECK_OK(quern_conv2d_accepts(&d, QUERN_FORWARD, d.implementation));
  CHECK(quern_conv2d_accepts(&d, QUERN_FORWARD, other) == QUERN_UNSUPPORTED);
  const Conv2dProblem p(d, Values::Floats, Guard::After, 7);
  float payload;  // which rounding would carry into the sign
  std::memset(&payload, 0xff, sizeof payload);
  for (float special : {NAN, INFINITY, payload}) {
    Conv2dProblem q(d, Values::Floats, Guard::After, 7);
    q.src.at(30 + 2 * 5 + 3, 17) = special;  // the second image, row 2, column 3
    Outputs plain(d, Guard::After), got(d, Guard::After);
    run(p, d.implementation, 2, {d.batch, 2}, Guard::After, &plain);
    run(q, d.implementation, 2, {d.batch, 2}, Guard::After, &got);
    for (int64_t pixel = 0; pixel < 90; pixel++) {
      const int64_t y = pixel / 5 % 6, x = pixel % 5;
      const bool sees = pixel / 30 == 1 && y >= 1 && y <= 3 && x >= 2;
      for (int64_t c = 0; c < 32; c++) {
        CHECK(sees ? !std::isfinite(got.dst.at(pixel, c)) : got.dst.at(pixel, c) == plain.dst.at(pixel, c));
      }
    }
  }
}

// A workspace is aligned to 8 bytes only.
void alignment() {
  quern_conv2d d = on_unit(with(conv(2, 32, 8, 8, 33, 3, 3), 1, 1));
  const Conv2dProblem p(d, Values::Integers, Guard::After, 7);
  for (d.inference = 0; d.inference < 2; d.inference++) {
    if (quern_conv2d_accepts(&d, QUERN_FORWARD, d.implementation) != QUERN_OK) continue;  // not faster, in inference
    int64_t packed_bytes = 0, bytes = 0;
    CHECK_OK(quern_conv2d_packed_size(&d, &packed_bytes));
    CHECK_OK(quern_conv2d_workspace(&d, &bytes));
    Packed packed(packed_bytes);
    Guarded<char> memory(bytes + 8, Guard::After, 64);
    Outputs out(d, Guard::After);
    CHECK_OK(quern_conv2d_pack(&d, p.weights.data(), packed.data()));
    const void* weights = packed.or_plain(p.weights.data());
    CHECK_OK(quern_conv2d_forward(&d, p.src.data(), weights, p.bias.data(), nullptr, out.dst.data(), memory.data() + 8,
                                  bytes));
    compare_images("dst", out.dst, p.dst, Tolerance(p.kind, false, p.dst));
    if (d.inference == 1) continue;
    CHECK_OK(quern_conv2d_backward_weights(&d, p.src.data(), p.diff_dst.data(), out.diff_weights.data(), nullptr,
                                           memory.data() + 8, bytes));
    compare_floats("diff_weights", out.diff_weights, p.diff_weights, Tolerance(p.kind, false, p.diff_weights));
  }
}

// An infinity where no window looks stays out of the weights' gradient.
void unseen() {
  for (quern_conv2d d : {with(conv(1, 32, 3, 28, 32, 3, 3), 2, 0), with(conv(2, 32, 3, 39, 32, 3, 2), 3, 0)}) {
    d = on_unit(d);
    Conv2dProblem p(d, Values::Integers, Guard::After, 7);
    for (int64_t pixel = 0; pixel < d.batch * 3 * d.in_width; pixel++) {
      const int64_t x = pixel % d.in_width;
      if (d.stride_width == 2 ? x == 27 : x % 3 == 2) p.src.at(pixel, 5) = INFINITY;
    }
    Outputs got(d, Guard::After);
    run(p, d.implementation, 1, {d.batch, 1}, Guard::After, &got);
    compare_floats("diff_weights", got.diff_weights, p.diff_weights, Tolerance(p.kind, false, p.diff_weights));
  }
}

// Each factor is rounded, in each pass, and no more than it may be.
void rounding() {
  const quern_conv2d d = on_unit(with(conv(2, 40, 9, 7, 50, 3, 3), 1, 1));
  const Conv2dProblem p(d, Values::Floats, Guard::After, 11);
  Outputs got(d, Guard::After);
  run(p, d.implementation, 1, {d.batch, 1}, Guard::After, &got);
  const auto bounded = [&](const std::vector<Sum>& wanted, auto&& value) {
    double error = 0;
    for (size_t e = 0; e < wanted.size(); e++) {
      const Sum& sum = wanted[e];
      const double off = std::fabs(value(static_cast<int64_t>(e)) - sum.value);
      CHECK(off <= product_error(d) * sum.magnitude + sum.tolerance());
      error = std::max(error, off / sum.magnitude);
    }
    CHECK(error > product_error(d) * 1e-3);  // they are rounded
  };
  bounded(p.dst, [&](int64_t e) { return got.dst.at(e / got.dst.c, e % got.dst.c); });
  bounded(p.diff_src, [&](int64_t e) { return got.diff_src.at(e / got.diff_src.c, e % got.diff_src.c); });
  bounded(p.diff_weights, [&](int64_t e) { return got.diff_weights[e]; });
}

// 1 * 1 in each pass, but for what one factor becomes.
void rounds(float value, float wanted) {
  const quern_conv2d d = on_unit(conv(1, 32, 1, 1, 32, 1, 1));
  for (const bool weight : {true, false}) {
    Conv2dProblem p(d, Values::Integers, Guard::After, 1, false);
    for (float* at : {p.src.data(), p.diff_dst.data(), p.weights.data()}) std::fill(at, at + 32, 0.0f);
    std::fill(p.weights.begin(), p.weights.end(), 0.0f);
    std::fill(p.bias.begin(), p.bias.end(), 0.0f);
    p.src.at(0, 0) = p.diff_dst.at(0, 0) = weight ? 1.0f : value;
    p.weights[0] = weight ? value : 1.0f;
    Outputs got(d, Guard::After);
    run(p, d.implementation, 1, {d.batch, 1}, Guard::After, &got);
    CHECK(got.plain_dst.at(0, 0) == wanted && got.diff_src.at(0, 0) == wanted);
    CHECK(got.diff_weights[0] == (weight ? 1.0f : wanted * wanted));
  }
}

void half_to_even() {
  for (float sign : {1.0f, -1.0f}) {
    rounds(sign * 0x1.01p0f, sign * 1.0f);
    rounds(sign * 0x1.010002p0f, sign * 0x1.02p0f);
    rounds(sign * 0x1.03p0f, sign * 0x1.04p0f);
    rounds(sign * 0x1.fep127f * 0x1p-64f, sign * 0x1.fep63f);
  }
}

// In training, every instruction set rounds, except where Winograd's algorithm is faster than the bf16 instruction;
// high precision is the matrix unit's.
void choice() {
  int64_t index = -1;
  for (const quern_conv2d& of : {conv(2, 128, 8, 8, 64, 1, 1), with(conv(2, 128, 8, 8, 64, 3, 3), 2, 1)}) {
    quern_conv2d d = of;
    for (const bool rounded : {false, true}) {
      d.precision = rounded ? QUERN_PRECISION_BF16 : QUERN_PRECISION_DEFAULT;
      for (int64_t pass : {QUERN_FORWARD, QUERN_BACKWARD_DATA, QUERN_BACKWARD_WEIGHTS}) {
        CHECK_OK(quern_conv2d_chosen(&d, pass, &index));
        CHECK(!rounded || index == index_of(unit()));
        CHECK(rounded || index != index_of("bf16"));
      }
    }
  }
  quern_conv2d high = conv(2, 128, 8, 8, 64, 1, 1);
  high.precision = QUERN_PRECISION_HIGH;
  CHECK_OK(quern_conv2d_chosen(&high, QUERN_FORWARD, &index));
  CHECK(index == index_of(std::strcmp(unit(), "amx") == 0 ? "amx" : "direct"));
  quern_conv2d d = with(conv(2, 256, 8, 8, 256, 3, 3), 1, 1);
  d.precision = QUERN_PRECISION_BF16;
  CHECK_OK(quern_conv2d_chosen(&d, QUERN_FORWARD, &index));
  CHECK(index == index_of(std::strstr(quern_isa(), "_bf16") != nullptr ? "winograd" : unit()));
  d.in_channels = d.src_pitch = 3;  // too few
  CHECK_OK(quern_conv2d_chosen(&d, QUERN_FORWARD, &index));
  CHECK(index != index_of("bf16") && index != index_of("amx"));
}

void check_unit(quern_conv2d d) {
  d.precision = precision;
  check(d);
}

// Of an image's few channels, in inference, the inputs under a row of the kernel are the channels of one tap.
void unrolls(quern_conv2d d, Guard side) {
  d = on_unit(d);
  d.inference = 1;
  if (std::strcmp(unit(), "amx") != 0 || precision != QUERN_PRECISION_BF16) {
    CHECK(quern_conv2d_accepts(&d, QUERN_FORWARD, d.implementation) == QUERN_UNSUPPORTED);
    return;
  }
  for (Values kind : {Values::Integers, Values::Floats}) {
    Conv2dProblem p(d, kind, side, 3, false);
    p.to_bf16();
    Outputs one(d, side), three(d, side);
    run(p, d.implementation, 1, {d.batch, 1}, side, &one);
    compare_images("dst", one.dst, p.dst, Tolerance(kind, false, p.dst));
    run(p, d.implementation, 3, {d.batch, 3}, side, &three);
    CHECK(three.dst.same_bits(one.dst));
    // an infinity reaches no more outputs than whose windows contain it
    p.src.at(p.src.pixel(0, 1, d.in_width / 2), 1) = INFINITY;
    run(p, d.implementation, 1, {d.batch, 1}, side, &three);
    for (int64_t e = 0; e < one.dst.elements(); e++) {
      const int64_t pixel = e / one.dst.c, image = pixel / (one.dst.h * one.dst.w);
      const int64_t y = pixel / one.dst.w % one.dst.h * d.stride_height - d.padding_height;
      const int64_t x = pixel % one.dst.w * d.stride_width - d.padding_width;
      const bool in_y = (1 - y) % d.dilation_height == 0 && y <= 1 && 1 < y + d.kernel_height * d.dilation_height;
      const bool in_x = x <= d.in_width / 2 && d.in_width / 2 < x + d.kernel_width;
      const float got = three.dst.at(pixel, e % one.dst.c);
      if (image == 0 && in_y && in_x) continue;
      CHECK(got == one.dst.at(pixel, e % one.dst.c));
    }
  }
}

void unrolled() {
  unrolls(with(conv(3, 3, 17, 19, 64, 7, 7), 2, 3), Guard::After);
  unrolls(with(conv(2, 4, 9, 40, 35, 5, 4), 1, 2), Guard::Before);
  unrolls(with(conv(5, 9, 6, 5, 16, 2, 7), 3, 3, 1), Guard::After);  // windows wider than the image
  unrolls(pitched(with(conv(1, 6, 20, 9, 33, 3, 3), 1, 0), 0, 3), Guard::After);
}

// Of channels and pixels that tiles leave, of images side by side and rows that tiles run across.
void cases() {
  unrolled();
  specials();
  alignment();
  unseen();
  check_unit(pitched(with(conv(3, 33, 9, 7, 50, 3, 3), 1, 1), 3, 5));
  check_unit(with(conv(5, 64, 4, 4, 32, 3, 3), 1, 1));
  check_unit(with(conv(1, 32, 7, 7, 40, 3, 3), 1, 1));
  check_unit(with(conv(2, 32, 13, 21, 49, 3, 5), 2, 2));
  check_unit(with(conv(2, 40, 9, 33, 33, 2, 3), 3, 1, 2));
  check_unit(pitched(with(conv(3, 96, 8, 8, 64, 3, 3), 2, 1, 1, 2), 1, 2));
  check_unit(with(conv(3, 64, 9, 9, 80, 1, 1), 2, 0));
  check_unit(pitched(conv(4, 130, 9, 11, 70, 1, 1), 1, 2));  // several runs of pixels
  check_unit(pitched(conv(3, 64, 9, 7, 96, 1, 1), 32, 0));   // read where they are
  check_unit(conv(1, 32, 3, 5, 40, 1, 1));                   // fewer than a tile
  check_unit(with(conv(2, 32, 40, 37, 32, 3, 3), 1, 1));     // several rows a piece
  check_unit(with(conv(70, 32, 2, 3, 34, 2, 2), 1, 1));
  check_unit(with(conv(2, 33, 200, 3, 33, 3, 3), 1, 1));  // narrow images too high to lie side by side
  check_unit(with(conv(0, 32, 5, 5, 32, 3, 3), 1, 1));
  check_unit(with(conv(2, 48, 9, 13, 48, 3, 3), 1, 1, 1, 48));  // depthwise
  check_unit(with(conv(2, 37, 8, 9, 37, 5, 3), 2, 1, 1, 37));
  check_unit(conv(1, 32, 1, 1026, 32, 1, 3));  // backward data's rows are longer than forward's, and than a piece
}

}  // namespace

// Under an emulator all cases take half a minute: with QUERN_TEST_FAST only some.
int main() {
  start();
  choice();
  rounding();
  half_to_even();
  if (std::getenv("QUERN_TEST_FAST") != nullptr) {
    unseen();
    check_unit(with(conv(2, 40, 9, 33, 33, 2, 3), 3, 1, 2));
    check_unit(pitched(conv(1, 130, 3, 5, 70, 1, 1), 1, 2));
    return finish();
  }
  cases();
  if (std::strcmp(unit(), "amx") != 0) return finish();
  precision = QUERN_PRECISION_HIGH;
  rounding();
  cases();
  precision = QUERN_PRECISION_DEFAULT;
  cases();
  return finish();
}
