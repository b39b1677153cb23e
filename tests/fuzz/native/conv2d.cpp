// conv2d: random convolutions by the implementation that is chosen and by one that is forced, in training, inference
// and from planes, in workspaces that were asked for at larger batches and other numbers of threads.
#include "conv2d.h"

#include "attacks.h"
#include "conv2d_check.h"
#include "conv2d_int8_check.h"

namespace {

constexpr int64_t kFewProducts = 30000, kManyProducts = 1000000;

int64_t products(const quern_conv2d& d) { return d.batch * out_height(d) * out_width(d) * weight_count(d); }

void draw_channels(Random* r, quern_conv2d* d) {
  const int64_t kind = r->between(0, 5);
  d->groups = kind == 0 ? any_channels(r) : kind == 1 ? r->between(2, 4) : 1;
  d->in_channels = kind == 0 ? d->groups : d->groups * any_channels(r);  // kind 0: a channel a group
  d->out_channels = kind == 0 ? d->groups * r->between(1, 2) : d->groups * any_channels(r);
}

void draw_windows(Random* r, quern_conv2d* d) {
  const int64_t kind = r->between(0, 3);
  d->kernel_height = d->kernel_width = kind == 0 ? 3 : kind == 1 ? 1 : r->between(1, 5);
  d->stride_height = d->stride_width = d->dilation_height = d->dilation_width = 1;
  d->padding_height = d->padding_width = kind == 0 ? r->between(0, 2) : 0;
  if (kind != 3) return;
  d->kernel_width = r->between(1, 7);
  d->stride_height = r->between(1, 3), d->stride_width = r->between(1, 3);
  d->padding_height = r->between(0, 4), d->padding_width = r->between(0, 4);
  d->dilation_height = r->between(1, 3), d->dilation_width = r->between(1, 3);
}

// The choice, and all that take this convolution.
std::vector<int64_t> accepting(const quern_conv2d& d) {
  std::vector<int64_t> list{-1};
  for (int64_t i = 0; i < conv2d_implementations(); i++) {
    if (quern_conv2d_accepts(&d, QUERN_FORWARD, i) == QUERN_OK) list.push_back(i);
  }
  return list;
}

// Forward without backward passes, whose weights may be packed otherwise.
void check_inference(Random* r, const Conv2dProblem& p, int64_t implementation, int64_t images, Guard side) {
  quern_conv2d d = p.d;
  d.implementation = implementation;
  d.inference = 1;
  if (implementation >= 0 && quern_conv2d_accepts(&d, QUERN_FORWARD, implementation) != QUERN_OK) return;
  quern_conv2d asked = d;
  asked.batch = images;
  int64_t packed_bytes = 0, bytes = 0;
  CHECK_OK(quern_conv2d_packed_size(&d, &packed_bytes));
  CHECK_OK(quern_conv2d_workspace(&asked, &bytes));
  CHECK_OK(quern_set_threads(static_cast<int>(r->between(1, 8))));
  Packed packed(packed_bytes, side);
  Guarded<char> memory(bytes, side, 64);
  if (packed_bytes > 0) CHECK_OK(quern_conv2d_pack(&d, p.weights.data(), packed.data()));
  const void* weights = packed.or_plain(p.weights.data());
  Image dst(d.batch, out_height(d), out_width(d), d.out_channels, d.dst_pitch, side);
  CHECK_OK(quern_conv2d_forward(&d, p.src.data(), weights, p.bias.data(), nullptr, dst.data(), memory.data(), bytes));
  compare_images("inference", dst, p.dst, Tolerance(p.kind, ran_transformed(), p.dst, high_error(p.d)));
  check_post(d, p, weights, memory.data(), bytes, side, dst);
}

void check_implementation(Random* r, const Conv2dProblem& p, int64_t implementation, Guard side) {
  const int64_t images = p.d.batch + (one_in(r, 2) ? r->between(0, 60) : 0);
  const auto threads = [r] { return static_cast<int>(r->between(1, 8)); };
  Outputs one(p.d, side), other(p.d, side);
  run(p, implementation, threads(), {images, threads()}, side, &one, one_in(r, 2) ? 8 : 64);
  compare(p, one);
  run(p, implementation, threads(), {images, threads()}, side, &other);
  CHECK(other.same_bits(one));
  if (one_in(r, 2)) check_inference(r, p, implementation, images, side);
}

}  // namespace

int64_t conv2d_implementations() {
  int64_t count = 0;
  while (quern_conv2d_implementation(count) != nullptr) count++;
  return count;
}

quern_conv2d any_conv2d(Random* r) {
  const int64_t most = one_in(r, 100) ? kManyProducts : kFewProducts;
  quern_conv2d d{};
  do {
    draw_channels(r, &d);
    draw_windows(r, &d);
    d.batch = one_in(r, 20) ? 0 : r->between(1, 4);
    d.in_height = r->between(1, 12), d.in_width = one_in(r, 8) ? r->between(12, 40) : r->between(1, 12);
  } while (out_height(d) == 0 || out_width(d) == 0 || products(d) > most);
  d.src_pitch = d.in_channels + any_gap(r), d.dst_pitch = d.out_channels + any_gap(r);
  d.implementation = -1;
  d.precision = one_in(r, 5) ? QUERN_PRECISION_STRICT : QUERN_PRECISION_DEFAULT;
  return d;
}

void name_conv2d(const quern_conv2d& d, int64_t implementation) {
  in_case(
      "{batch %lld, in_channels %lld, in %lldx%lld, out_channels %lld, kernel %lldx%lld, stride %lldx%lld, padding "
      "%lldx%lld, dilation %lldx%lld, groups %lld, src_pitch %lld, dst_pitch %lld, implementation %lld, precision "
      "%lld, "
      "inference %lld, types %lld %lld %lld, orders %lld %lld}",
      (long long)d.batch, (long long)d.in_channels, (long long)d.in_height, (long long)d.in_width,
      (long long)d.out_channels, (long long)d.kernel_height, (long long)d.kernel_width, (long long)d.stride_height,
      (long long)d.stride_width, (long long)d.padding_height, (long long)d.padding_width, (long long)d.dilation_height,
      (long long)d.dilation_width, (long long)d.groups, (long long)d.src_pitch, (long long)d.dst_pitch,
      (long long)implementation, (long long)d.precision, (long long)d.inference, (long long)d.src_type,
      (long long)d.weights_type, (long long)d.dst_type, (long long)d.src_order, (long long)d.dst_order);
}

// Of channels that fill a tile of bfloat16, one pixel or a few.
quern_conv2d any_bf16(Random* r) {
  quern_conv2d d = any_conv2d(r);
  d.precision = one_in(r, 3) ? QUERN_PRECISION_HIGH : QUERN_PRECISION_BF16;
  if (d.groups > 2 || one_in(r, 4)) return d;
  d.in_channels = d.groups * r->between(16, 70), d.out_channels = d.groups * r->between(16, 70);
  d.src_pitch = d.in_channels + any_gap(r), d.dst_pitch = d.out_channels + any_gap(r);
  return d;
}

void attack_conv2d(Random* r) {
  const quern_conv2d d = one_in(r, 4) ? any_bf16(r) : any_conv2d(r);
  if (one_in(r, 12)) return of_conv2d_int8::check_bytes(d, r->next() % 1000);
  const Guard side = any_side(r);
  name_conv2d(d, -1);
  const bool rounded = d.precision == QUERN_PRECISION_BF16;
  Conv2dProblem p(d, any_values(r), side, r->next(), !rounded);
  if (rounded) p.to_bf16();
  const std::vector<int64_t> list = accepting(d);
  int64_t chosen = -1;
  CHECK_OK(quern_conv2d_chosen(&d, QUERN_FORWARD, &chosen));
  CHECK_OK(quern_conv2d_accepts(&d, QUERN_FORWARD, chosen));
  check_planes(d, p, side);
  const int64_t forced = list[static_cast<size_t>(r->between(0, static_cast<int64_t>(list.size()) - 1))];
  name_conv2d(d, forced);
  check_implementation(r, p, forced, side);
  if (rounded && forced >= 0 && d.inference == 0) {
    Outputs one(d, side);
    run(p, forced, 1, {d.batch, 1}, side, &one);
    check_bf16_values(p, forced, side, one);
  }
}
