// conv2d of bytes: every way of multiplying them; and what is refused.
#include "conv2d_int8_check.h"

using namespace of_conv2d_int8;

namespace {

void cases() {
  uint64_t seed = 0;
  for (int64_t channels : {1, 2, 3, 4, 5, 8, 16, 17, 32}) {
    for (int64_t columns : {1, 3, 7, 16, 33, 64, 70}) check_bytes(conv(2, channels, 3, 4, columns, 1, 1), seed++);
  }
  for (int64_t size = 1; size < 10; size++) {
    check_bytes(with(conv(3, 4, size, 10 - size, 20, 3, 3), 1, 1), seed++);
    check_bytes(with(conv(2, 7, size + 2, size + 3, 9, 3, 2), 2, 1), seed++);
    check_bytes(pitched(with(conv(2, 8, size + 2, size + 3, 9, 3, 3), 1, 2, 2), 3, 5), seed++);
  }
  check_bytes(with(conv(1, 3, 23, 21, 32, 7, 7), 2, 3), seed++);
  check_bytes(with(conv(2, 12, 9, 9, 24, 3, 3), 1, 1, 1, 3), seed++);  // groups
  check_bytes(pitched(with(conv(2, 10, 6, 5, 6, 2, 3), 1, 1, 1, 2), 1, 2), seed++);
  check_bytes(with(conv(1, 64, 40, 40, 80, 3, 3), 1, 1), seed++);  // several pieces an image
  check_bytes(with(conv(70, 20, 3, 3, 40, 3, 3), 1, 1), seed++);   // several images a piece
  check_bytes(conv(5, 300, 1, 1, 130, 1, 1), seed++);              // as of a linear layer
  check_bytes(conv(3, 20, 1, 49, 30, 1, 49), seed++);              // of what was flattened
  check_bytes(conv(3, 32, 5, 5, 30, 3, 3), seed++);                // read where it lies
  check_bytes(pitched(conv(3, 32, 5, 5, 30, 2, 3), 4, 0), seed++);
  for (int64_t side : {2, 4, 7, 8, 10, 11}) {  // short lines: columns of the kernel apart
    check_bytes(with(conv(1, 64, side, side, 80, 3, 3), 1, 1), seed++);
    check_bytes(with(conv(2, 52, 2 * side, 2 * side - 1, 33, 3, 2), 2, 1), seed++);
    check_bytes(with(conv(1, 100, side + 4, side + 4, 64, 3, 3), 1, 2, 2), seed++);
    check_bytes(pitched(conv(2, 64, side, side, 48, 1, 1), 64, 16), seed++);
    check_bytes(with(conv(3, 64, 2 * side, 2 * side, 16, 1, 1), 2, 0), seed++);
    check_bytes(with(conv(1, 128, side, side, 96, 3, 3), 1, 1, 1, 2), seed++);
    check_bytes(with(conv(2, 48, 3 * side, 3 * side, 16, 2, 3), 3, 1, 2), seed++);
  }
  for (int64_t channels : {12, 16, 24, 32, 44, 48, 68, 76}) {  // runs of many lengths, outputs of every width
    for (int64_t columns : {16, 32, 48, 64, 72}) {
      check_bytes(with(conv(1, channels, 5, 19, columns, 3, 3), 1, 1), seed++);
      check_bytes(conv(1, channels, 3, 18, columns, 1, 1), seed++);
    }
  }
  check_bytes(with(conv(2, 4, 5, 4, 6, 2, 2), 1, 4), seed++);  // windows of padding alone
  check_bytes(with(conv(0, 4, 5, 5, 6, 3, 3), 1, 1), seed++);  // no image
  for (int64_t groups : {1, 8}) {                              // more padding at one side
    quern_conv2d uneven = with(conv(2, 8, 6, 7, 8, 3, 3), 2, 0, 1, groups);
    uneven.uneven_height = uneven.uneven_width = 1;
    check_bytes(uneven, seed++);
    uneven.padding_height = 2, uneven.padding_width = 1;
    uneven.uneven_height = -2, uneven.uneven_width = 3;
    check_bytes(uneven, seed++);
    uneven = conv(2, 8, 4, 4, 8, 1, 1);
    uneven.uneven_width = 2;
    check_bytes(uneven, seed++);
  }
  for (int64_t stride : {9, 1000, INT32_MAX}) {  // beyond the image, also where columns are apart
    const quern_conv2d far = with(conv(2, 64, 5, 5, 20, 3, 3), stride, 1);
    check_bytes(far, seed++);
    const quern_conv2d d = bytes_of(far, 7, true);
    int64_t bytes = 0;
    CHECK_OK(quern_set_threads(many_threads));
    CHECK_OK(quern_conv2d_workspace(&d, &bytes));
    CHECK(bytes <= many_threads * 200000);
  }
  for (int64_t channels : {1, 2, 5, 16, 31, 64, 65, 130, 300}) {
    check_bytes(with(conv(2, channels, 7, 12, channels, 3, 3), 1, 1, 1, channels), seed++);
    check_bytes(pitched(with(conv(1, channels, 9, 8, channels, 5, 4), 2, 2, 1, channels), 2, 1), seed++);
    check_bytes(with(conv(2, channels, 8, 9, channels, 2, 3), 1, 3, 2, channels), seed++);
  }
  check_bytes(with(conv(1, 20, 18, 18, 20, 16, 16), 1, 3, 1, 20), seed++);
  check_bytes(with(conv(1, 6, 5, 5, 12, 3, 3), 1, 1, 1, 6), seed++);  // two outputs a channel
}

void refusals() {
  const quern_conv2d d = bytes_of(with(conv(1, 8, 5, 5, 8, 3, 3), 1, 1), 7, true);
  const Problem p(d, {true, false, 10, 0}, Guard::After, 1);
  int64_t bytes = 0, packed_bytes = 0;
  CHECK_OK(quern_conv2d_workspace(&d, &bytes));
  CHECK_OK(quern_conv2d_packed_size(&d, &packed_bytes));
  Guarded<uint8_t> dst(Problem::outputs(d));
  Packed packed(packed_bytes);
  CHECK_OK(quern_conv2d_pack(&d, p.weights(), packed.data()));
  Guarded<char> memory(bytes, Guard::After, 64);
  const auto forward = [&](const quern_conv2d& with, const float* bias, const quern_post_ops* post, int64_t given) {
    return quern_conv2d_forward(&with, p.src.data(), packed.data(), bias, post, dst.data(), memory.data(), given);
  };
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "scale", forward(d, nullptr, nullptr, bytes));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "not a bias", forward(d, p.shift.data(), &p.post, bytes));
  if (bytes > 0) CHECK_REFUSED(QUERN_WORKSPACE, "workspace", forward(d, nullptr, &p.post, 0));
  quern_post_ops post = p.post;
  post.low = -11;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "outside the range of the type", forward(d, nullptr, &post, bytes));
  post = p.post;
  post.high = INFINITY;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "outside the range of the type", forward(d, nullptr, &post, bytes));
  post = p.post;
  post.dst_zero = 256;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "dst_zero 256", forward(d, nullptr, &post, bytes));
  post = p.post;
  post.add_zero = -1;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "add_zero -1", forward(d, nullptr, &post, bytes));
  quern_conv2d other = d;
  other.src_zero = 256;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "src_zero 256", quern_conv2d_workspace(&other, &bytes));
  other = d;
  other.inference = 0;
  CHECK_REFUSED(QUERN_UNSUPPORTED, "no implementation", quern_conv2d_workspace(&other, &bytes));
  other = d;
  other.weights_type = QUERN_F32;
  CHECK_REFUSED(QUERN_UNSUPPORTED, "no implementation", quern_conv2d_workspace(&other, &bytes));
  other = d;
  other.uneven_height = -2;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "padding at the bottom -1", quern_conv2d_workspace(&other, &bytes));
  other.uneven_height = INT64_MIN;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "uneven", quern_conv2d_workspace(&other, &bytes));
  other = d;
  other.src_type = 6;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "src_type 6", quern_conv2d_workspace(&other, &bytes));
  other = d;
  other.src_type = QUERN_S16;
  other.src_zero = 0;
  CHECK_REFUSED(QUERN_UNSUPPORTED, "no implementation", quern_conv2d_workspace(&other, &bytes));
  other = bytes_of(conv(1, 32769, 1, 1, 1, 1, 1), 0, true);
  CHECK_OK(quern_conv2d_workspace(&other, &bytes));
  other.weights_type = QUERN_S16;
  CHECK_REFUSED(QUERN_UNSUPPORTED, "no implementation", quern_conv2d_workspace(&other, &bytes));
  other = bytes_of(conv(1, 65537, 1, 1, 1, 1, 1), 0, true);
  CHECK_REFUSED(QUERN_UNSUPPORTED, "no implementation", quern_conv2d_workspace(&other, &bytes));
}

}  // namespace

int main() {
  start();
  cases();
  refusals();
  return finish();
}
