// conv2d on the matrix unit: what is not finite, and the shapes that its tiles cut.
#include "conv2d_check.h"

// What is not finite stays so, in the pixels that see it and in no others; and forcing cannot give what is not there.
void amx_specials() {
  quern_conv2d d = with(conv(3, 32, 6, 5, 32, 3, 3), 1, 1);
  d.implementation = index_of("amx");
  const bool there = std::strcmp(quern_isa(), "amx") == 0;
  CHECK(quern_conv2d_accepts(&d, QUERN_FORWARD, d.implementation) == (there ? QUERN_OK : QUERN_UNSUPPORTED));
  if (!there) return;
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
void amx_alignment() {
  quern_conv2d d = with(conv(2, 32, 8, 8, 33, 3, 3), 1, 1);
  d.implementation = index_of("amx");
  if (quern_conv2d_accepts(&d, QUERN_FORWARD, d.implementation) != QUERN_OK) return;
  const Conv2dProblem p(d, Values::Integers, Guard::After, 7);
  for (d.inference = 0; d.inference < 2; d.inference++) {
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
void amx_unseen() {
  for (quern_conv2d d : {with(conv(1, 32, 3, 28, 32, 3, 3), 2, 0), with(conv(2, 32, 3, 39, 32, 3, 2), 3, 0)}) {
    d.implementation = index_of("amx");
    if (quern_conv2d_accepts(&d, QUERN_FORWARD, d.implementation) != QUERN_OK) return;
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

// Of channels and pixels that tiles leave, of images side by side and rows that tiles run across.
void amx_cases() {
  amx_alignment();
  amx_unseen();
  check(pitched(with(conv(3, 33, 9, 7, 50, 3, 3), 1, 1), 3, 5));
  check(with(conv(5, 64, 4, 4, 32, 3, 3), 1, 1));
  check(with(conv(1, 32, 7, 7, 40, 3, 3), 1, 1));
  check(with(conv(2, 32, 13, 21, 49, 3, 5), 2, 2));
  check(with(conv(2, 40, 9, 33, 33, 2, 3), 3, 1, 2));
  check(pitched(with(conv(3, 96, 8, 8, 64, 3, 3), 2, 1, 1, 2), 1, 2));
  check(with(conv(3, 64, 9, 9, 80, 1, 1), 2, 0));
  check(pitched(conv(4, 130, 9, 11, 70, 1, 1), 1, 2));  // several runs of pixels
  check(with(conv(2, 32, 40, 37, 32, 3, 3), 1, 1));     // several rows a piece
  check(with(conv(70, 32, 2, 3, 34, 2, 2), 1, 1));
  check(with(conv(2, 33, 200, 3, 33, 3, 3), 1, 1));  // narrow images too high to lie side by side
  check(with(conv(0, 32, 5, 5, 32, 3, 3), 1, 1));
  check(conv(1, 32, 1, 1026, 32, 1, 3));  // backward data's rows are longer than forward's, and than a piece
}
