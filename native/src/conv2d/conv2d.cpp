// conv2d: checks, the list of implementations, and packing.
#include "conv2d/conv2d.h"

#include <cmath>

#include "runtime/checks.h"
#include "runtime/halves.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr unsigned kForward = 1u << QUERN_FORWARD, kBackwardData = 1u << QUERN_BACKWARD_DATA,
                   kBackwardWeights = 1u << QUERN_BACKWARD_WEIGHTS, kAll = kForward | kBackwardData | kBackwardWeights;

constexpr Conv2dEntry list[] = {
    {&conv2d_depthwise, kAll, false, false},
    {&conv2d_planar, kAll, false, true},
    {&conv2d_amx, kAll, false, false},
    {&conv2d_winograd, kAll, false, false},
    {&conv2d_direct, kAll, false, false},
    {&conv2d_gemm, kAll, false, false},
    {&conv2d_im2col, kAll, false, false},
    {&conv2d_int8_depthwise, kForward, true, false},
    {&conv2d_int8, kForward, true, false},
    {&conv2d_reference, kAll, false, false},
    {nullptr, 0, false, false},
};
constexpr int64_t kImplementations = sizeof list / sizeof *list - 1;

int check_index(int64_t index) noexcept {
  if (index >= 0 && index < kImplementations) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "conv2d: implementation %lld is outside [0, %lld)", static_cast<long long>(index),
              static_cast<long long>(kImplementations));
}

int check_fields(const quern_conv2d& d) noexcept {
  struct Field {
    const char* name;
    int64_t value, least;
  };
  const Field fields[] = {{"batch", d.batch, 0},
                          {"in_channels", d.in_channels, 1},
                          {"in_height", d.in_height, 1},
                          {"in_width", d.in_width, 1},
                          {"out_channels", d.out_channels, 1},
                          {"kernel_height", d.kernel_height, 1},
                          {"kernel_width", d.kernel_width, 1},
                          {"stride_height", d.stride_height, 1},
                          {"stride_width", d.stride_width, 1},
                          {"padding_height", d.padding_height, 0},
                          {"padding_width", d.padding_width, 0},
                          {"dilation_height", d.dilation_height, 1},
                          {"dilation_width", d.dilation_width, 1},
                          {"groups", d.groups, 1}};
  for (const Field& f : fields) QUERN_TRY(check_range("conv2d", f.name, f.value, f.least));
  if (d.in_channels % d.groups != 0 || d.out_channels % d.groups != 0) {
    return fail(QUERN_INVALID_SHAPE, "conv2d: in_channels %lld and out_channels %lld are not multiples of groups %lld",
                static_cast<long long>(d.in_channels), static_cast<long long>(d.out_channels),
                static_cast<long long>(d.groups));
  }
  return QUERN_OK;
}

int check_layouts(const quern_conv2d& d) noexcept {
  QUERN_TRY(check_known_type("conv2d", "src_type", d.src_type));
  QUERN_TRY(check_known_type("conv2d", "weights_type", d.weights_type));
  QUERN_TRY(check_known_type("conv2d", "dst_type", d.dst_type));
  if (d.src_zero < 0 || d.src_zero > (d.src_type == QUERN_U8 ? 255 : 0)) {
    return fail(QUERN_INVALID_ARGUMENT, "conv2d: src_zero %lld is no value of src_type %lld",
                static_cast<long long>(d.src_zero), static_cast<long long>(d.src_type));
  }
  if (d.src_type != QUERN_U8 && (d.uneven_height != 0 || d.uneven_width != 0)) {
    return fail(QUERN_UNSUPPORTED, "conv2d: uneven padding %lld, %lld of src_type %lld",
                static_cast<long long>(d.uneven_height), static_cast<long long>(d.uneven_width),
                static_cast<long long>(d.src_type));
  }
  QUERN_TRY(check_order("conv2d", "src_order", d.src_order));
  QUERN_TRY(check_channels_last("conv2d", "dst_order", d.dst_order));
  QUERN_TRY(check_pitch("conv2d", "src_pitch", d.src_order, d.src_pitch, d.in_channels));
  return check_pitch("conv2d", "dst_pitch", d.dst_order, d.dst_pitch, d.out_channels);
}

// What only inference has.
int check_halves(const quern_conv2d& d) noexcept {
  if (d.inference == 1) return QUERN_OK;
  if (is_half(d.weights_type)) {
    return fail(QUERN_UNSUPPORTED, "conv2d: weights_type %lld in training", static_cast<long long>(d.weights_type));
  }
  return d.bf16 == 0 ? QUERN_OK : fail(QUERN_UNSUPPORTED, "conv2d: bf16 in training");
}

int check_windows(const quern_conv2d& d, int64_t out_height, int64_t out_width) noexcept {
  if (out_height >= 1 && out_width >= 1) return QUERN_OK;
  return fail(QUERN_INVALID_SHAPE, "conv2d: kernel %lldx%lld does not fit the padded input %lldx%lld",
              static_cast<long long>(d.kernel_height), static_cast<long long>(d.kernel_width),
              static_cast<long long>(d.in_height + 2 * d.padding_height + d.uneven_height),
              static_cast<long long>(d.in_width + 2 * d.padding_width + d.uneven_width));
}

int prepare(const quern_conv2d* desc, Conv2d* c) noexcept {
  QUERN_TRY(check_initialized("conv2d"));
  QUERN_TRY(check_pointers("conv2d", desc != nullptr));
  const quern_conv2d& d = *desc;
  QUERN_TRY(check_fields(d));
  QUERN_TRY(check_layouts(d));
  QUERN_TRY(check_flag("conv2d", "strict", d.strict));
  QUERN_TRY(check_flag("conv2d", "inference", d.inference));
  QUERN_TRY(check_flag("conv2d", "bf16", d.bf16));
  QUERN_TRY(check_halves(d));
  if (d.uneven_height < -INT32_MAX || d.uneven_height > INT32_MAX || d.uneven_width < -INT32_MAX ||
      d.uneven_width > INT32_MAX) {
    return fail(QUERN_INVALID_ARGUMENT, "conv2d: uneven padding %lld, %lld is out of range",
                static_cast<long long>(d.uneven_height), static_cast<long long>(d.uneven_width));
  }
  const int64_t bottom = d.padding_height + d.uneven_height, right = d.padding_width + d.uneven_width;
  QUERN_TRY(check_range("conv2d", "padding at the bottom", bottom, 0));
  QUERN_TRY(check_range("conv2d", "padding on the right", right, 0));
  const int64_t oh =
      Axis{d.in_height, d.kernel_height, d.stride_height, d.padding_height, bottom, d.dilation_height}.windows(false);
  const int64_t ow =
      Axis{d.in_width, d.kernel_width, d.stride_width, d.padding_width, right, d.dilation_width}.windows(false);
  QUERN_TRY(check_windows(d, oh, ow));
  const int64_t cg = d.in_channels / d.groups;
  const int64_t samples = d.batch > 0 ? d.batch : 1;
  int64_t ignored;
  QUERN_TRY(count("conv2d", "input", samples, d.src_order == QUERN_NCHW ? d.in_channels : d.src_pitch, d.in_height,
                  d.in_width, &ignored));
  QUERN_TRY(count("conv2d", "output", samples, d.dst_pitch, oh, ow, &ignored));
  QUERN_TRY(count("conv2d", "padded input", 1, d.in_channels > d.out_channels ? d.in_channels : d.out_channels,
                  d.in_height + d.padding_height + bottom, d.in_width + d.padding_width + right, &ignored));
  QUERN_TRY(count("conv2d", "weight", d.out_channels, cg, d.kernel_height, d.kernel_width, &c->weights));
  c->w = {cg,
          d.in_height,
          d.in_width,
          oh,
          ow,
          d.kernel_height,
          d.kernel_width,
          d.stride_height,
          d.stride_width,
          d.padding_height,
          d.padding_width,
          d.dilation_height,
          d.dilation_width,
          d.src_pitch,
          d.dst_pitch};
  c->batch = d.batch;
  c->strict = d.strict == 1;
  c->inference = d.inference == 1;
  c->bf16 = d.bf16 == 1;
  c->src_nchw = d.src_order == QUERN_NCHW;
  c->types = {d.src_type, d.weights_type, d.dst_type};
  c->src_zero = d.src_zero;
  c->groups = d.groups;
  c->out_channels = d.out_channels;
  c->out_per_group = d.out_channels / d.groups;
  c->depth = c->weights / d.out_channels;
  c->per_image = oh * ow;
  c->rows = d.batch * c->per_image;
  return check_range("conv2d", "inputs per output", c->depth, 1);
}

int check_pass(int64_t pass) noexcept {
  if (pass >= QUERN_FORWARD && pass <= QUERN_BACKWARD_WEIGHTS) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "conv2d: pass %lld is not a quern_pass", static_cast<long long>(pass));
}

// Which passes follow one packing of the weights.
unsigned passes_of(const Conv2d& c) noexcept {
  return c.inference ? kForward : c.src_nchw ? kForward | kBackwardWeights : kAll;
}

// Why an entry does not run all of them; NULL if it does.
const char* refusal(const Conv2dEntry& e, const Conv2d& c) noexcept {
  return (passes_of(c) & ~e.passes) != 0 ? "it has not all passes" : conv2d_refusal(e, c, QUERN_FORWARD);
}

int force(int64_t index, const Conv2d& c, const Conv2dImplementation** out) noexcept {
  QUERN_TRY(check_index(index));
  *out = list[index].implementation;
  const char* why = refusal(list[index], c);
  return why == nullptr ? QUERN_OK : fail(QUERN_UNSUPPORTED, "conv2d: %s refuses: %s", (*out)->name, why);
}

// What packs the weights, for all passes and any batch.
int choose(const quern_conv2d* desc, Conv2d* c, const Conv2dImplementation** out) noexcept {
  QUERN_TRY(prepare(desc, c));
  if (desc->implementation != -1) return force(desc->implementation, *c, out);
  *out = nullptr;
  for (const Conv2dEntry* e = list; e->implementation != nullptr; e++) {
    if (refusal(*e, *c) != nullptr) continue;
    if (*out == nullptr || conv2d_costs_less(*e->implementation, **out, *c)) *out = e->implementation;
  }
  return *out != nullptr ? QUERN_OK : fail(QUERN_UNSUPPORTED, "conv2d: no implementation takes this convolution");
}

Conv2dRun run_of(const Conv2dImplementation& i, const Conv2d& c, quern_pass pass) noexcept {
  return pass == QUERN_FORWARD && i.forward_of != nullptr ? i.forward_of(c) : Conv2dRun{&i};
}

int choose_backward(const quern_conv2d* desc, quern_pass pass, Conv2d* c, const Conv2dImplementation** out) noexcept {
  QUERN_TRY(choose(desc, c, out));
  if (c->inference) return fail(QUERN_INVALID_ARGUMENT, "conv2d: inference has no backward pass");
  return c->src_nchw && pass == QUERN_BACKWARD_DATA
             ? fail(QUERN_UNSUPPORTED, "conv2d: backward_data to src_order %d (NCHW)", QUERN_NCHW)
             : QUERN_OK;
}

int check_byte(const char* field, int64_t value) noexcept {
  if (value >= 0 && value <= 255) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "conv2d: %s %lld is no byte", field, static_cast<long long>(value));
}

bool takes(const Conv2dEntry& e, const Conv2dTypes& t) noexcept {
  if (!e.bytes) return t.src == QUERN_F32 && (t.weights == QUERN_F32 || is_half(t.weights)) && t.dst == QUERN_F32;
  return t.src == QUERN_U8 && (t.weights == QUERN_S8 || t.weights == QUERN_S16) &&
         (t.dst == QUERN_U8 || t.dst == QUERN_F32);
}

// What a convolution of bytes needs to make numbers of its sums, and bytes of those.
int check_post(const Conv2d& c, const float* bias, const quern_post_ops* post) noexcept {
  if (c.types.src != QUERN_U8) return QUERN_OK;
  if (bias != nullptr || post == nullptr || post->scale == nullptr || post->sums != nullptr) {
    return fail(QUERN_INVALID_ARGUMENT, "conv2d: of bytes it takes a scale and a shift, no bias and no sums");
  }
  if (c.types.dst != QUERN_U8) return QUERN_OK;
  QUERN_TRY(check_byte("dst_zero", post->dst_zero));
  QUERN_TRY(check_byte("add_zero", post->add_zero));
  const auto least = static_cast<float>(-post->dst_zero), most = static_cast<float>(255 - post->dst_zero);
  if (post->low >= least && post->high <= most) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "conv2d: bounds %g and %g with dst_zero %lld are no bytes", post->low, post->high,
              static_cast<long long>(post->dst_zero));
}

int take(const quern_post_ops& from, const void* dst, Post* p) noexcept {
  QUERN_TRY(check_pointers("conv2d", (from.scale == nullptr) == (from.shift == nullptr)));
  if (from.add == dst) return fail(QUERN_INVALID_ARGUMENT, "conv2d: what is added lies where the output goes");
  if (!(from.low <= from.high)) {
    return fail(QUERN_INVALID_ARGUMENT, "conv2d: bounds %g and %g are not in order", from.low, from.high);
  }
  p->scale = from.scale;
  p->shift = from.shift;
  p->add = f32(from.add);
  QUERN_TRY(check_pointers("conv2d", (from.sums == nullptr) == (from.pieces == nullptr)));
  p->sums = from.pieces;
  p->low = from.low;
  p->high = from.high;
  p->bounded = std::isfinite(from.low) || std::isfinite(from.high);
  p->dst_zero = from.dst_zero;
  p->add_zero = from.add_zero;
  p->add_scale = from.add_scale;
  return QUERN_OK;
}

}  // namespace

const Conv2dEntry* conv2d_list() noexcept { return list; }

const char* conv2d_refusal(const Conv2dEntry& e, const Conv2d& c, quern_pass pass) noexcept {
  if ((e.passes >> pass & 1) == 0) return "it has no such pass";
  if (!takes(e, c.types)) return "it computes other types";
  if (c.inference && pass != QUERN_FORWARD) return "inference has no backward pass";
  if (c.src_nchw && pass == QUERN_BACKWARD_DATA) return "src lies in NCHW, which has no gradient";
  if (c.src_nchw && !e.src_nchw) return "src lies in NCHW";
  return e.implementation->refuses(c);
}

bool conv2d_costs_less(const Conv2dImplementation& a, const Conv2dImplementation& b, const Conv2d& c) noexcept {
  return a.cost != nullptr && b.cost != nullptr && a.cost(c) < b.cost(c);
}

int64_t column_splits(int64_t pieces, int64_t blocks, int64_t per_thread) noexcept {
  const int64_t wanted = per_thread * threads(), some = pieces < 1 ? 1 : pieces;
  const int64_t splits = (wanted + some - 1) / some;
  return splits < blocks ? splits : blocks;
}

void add_parts(int64_t parts, int64_t n, float* sums) noexcept {
  parallel_ranges(parts > 1 ? n : 0, 16384, [&](int64_t begin, int64_t end) {
    for (int64_t part = 1; part < parts; part++) {
      kernels().add(end - begin, sums + begin, sums + part * n + begin, sums + begin);
    }
  });
}

int64_t plain_packed(const Conv2d& c) noexcept { return c.weights * 4; }

void plain_pack(const Conv2d& c, const float* weights, void* packed) noexcept {
  const Kernels& k = kernels();
  float* to = static_cast<float*>(packed);
  parallel_ranges(c.out_channels, 16384 / (c.depth + 1) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; o++) {
      const int64_t taps = c.w.kernel_height * c.w.kernel_width;
      k.transpose_rows(c.w.channels, taps, weights + o * c.depth, taps, to + o * c.depth, c.w.channels);
    }
  });
}

}  // namespace quern

using namespace quern;

extern "C" const char* quern_conv2d_implementation(int64_t index) noexcept {
  return index >= 0 && index < kImplementations ? list[index].implementation->name : nullptr;
}

extern "C" int quern_conv2d_accepts(const quern_conv2d* conv, int64_t pass, int64_t index) noexcept {
  Conv2d c;
  QUERN_TRY(prepare(conv, &c));
  QUERN_TRY(check_pass(pass));
  QUERN_TRY(check_index(index));
  const char* why = conv2d_refusal(list[index], c, static_cast<quern_pass>(pass));
  return why == nullptr ? QUERN_OK
                        : fail(QUERN_UNSUPPORTED, "conv2d: %s refuses: %s", list[index].implementation->name, why);
}

extern "C" int quern_conv2d_chosen(const quern_conv2d* conv, int64_t pass, int64_t* index) noexcept {
  Conv2d c;
  const Conv2dImplementation* i = nullptr;
  QUERN_TRY(check_pass(pass));
  const auto which = static_cast<quern_pass>(pass);
  QUERN_TRY(which == QUERN_FORWARD ? choose(conv, &c, &i) : choose_backward(conv, which, &c, &i));
  QUERN_TRY(check_pointers("conv2d", index != nullptr));
  const Conv2dRun run = run_of(*i, c, which);
  for (*index = 0; list[*index].implementation != run.implementation;) ++*index;
  return QUERN_OK;
}

extern "C" int quern_conv2d_packed_size(const quern_conv2d* conv, int64_t* bytes) noexcept {
  Conv2d c;
  const Conv2dImplementation* i = nullptr;
  QUERN_TRY(choose(conv, &c, &i));
  QUERN_TRY(check_pointers("conv2d", bytes != nullptr));
  *bytes = i->packed(c);
  return QUERN_OK;
}

extern "C" int quern_conv2d_pack(const quern_conv2d* conv, const void* weights, void* packed) noexcept {
  Conv2d c;
  const Conv2dImplementation* i = nullptr;
  QUERN_TRY(choose(conv, &c, &i));
  QUERN_TRY(check_pointers("conv2d", weights && packed));
  QUERN_TRY(check_packed("conv2d", packed));
  i->pack(c, weights, packed);
  return QUERN_OK;
}

extern "C" int quern_conv2d_workspace(const quern_conv2d* conv, int64_t* bytes) noexcept {
  Conv2d c;
  const Conv2dImplementation* i = nullptr;
  QUERN_TRY(choose(conv, &c, &i));
  QUERN_TRY(check_pointers("conv2d", bytes != nullptr));
  *bytes = i->workspace(c);
  return QUERN_OK;
}

extern "C" int quern_conv2d_piece_sums(const quern_conv2d* conv, int64_t* doubles) noexcept {
  Conv2d c;
  const Conv2dImplementation* i = nullptr;
  QUERN_TRY(choose_backward(conv, QUERN_BACKWARD_WEIGHTS, &c, &i));
  QUERN_TRY(check_pointers("conv2d", doubles != nullptr));
  *doubles = conv2d_piece_sums(*i, c);
  return QUERN_OK;
}

extern "C" int quern_conv2d_forward(const quern_conv2d* conv, const void* src, const void* packed, const float* bias,
                                    const quern_post_ops* post, void* dst, void* workspace,
                                    int64_t workspace_bytes) noexcept {
  Conv2d c;
  const Conv2dImplementation* i = nullptr;
  QUERN_TRY(choose(conv, &c, &i));
  QUERN_TRY(check_pointers("conv2d", src && packed && dst));
  const Conv2dRun run = run_of(*i, c, QUERN_FORWARD);
  Post p;
  p.bias = bias;
  if (post != nullptr) QUERN_TRY(take(*post, dst, &p));
  QUERN_TRY(check_post(c, bias, post));
  if (p.sums != nullptr && c.inference) return fail(QUERN_INVALID_ARGUMENT, "conv2d: inference leaves no sums");
  ran("conv2d", run.implementation->name);
  const Conv2dReport report(c, QUERN_FORWARD, i, run.implementation);
  packed = static_cast<const char*>(packed) + run.packed_at;
  if (p.sums != nullptr) {
    return conv2d_forward_with_sums(*run.implementation, c, src, packed, p, dst, post->sums, workspace,
                                    workspace_bytes);
  }
  return run.implementation->forward(c, src, packed, p, dst, workspace, workspace_bytes);
}

extern "C" int quern_conv2d_backward_data(const quern_conv2d* conv, const void* diff_dst, const void* packed,
                                          void* diff_src, void* workspace, int64_t workspace_bytes) noexcept {
  Conv2d c;
  const Conv2dImplementation* i = nullptr;
  QUERN_TRY(choose_backward(conv, QUERN_BACKWARD_DATA, &c, &i));
  QUERN_TRY(check_pointers("conv2d", diff_dst && packed && diff_src));
  ran("conv2d", i->name);
  const Conv2dReport report(c, QUERN_BACKWARD_DATA, i, i);
  return i->backward_data(c, diff_dst, packed, diff_src, workspace, workspace_bytes);
}

extern "C" int quern_conv2d_backward_weights(const quern_conv2d* conv, const void* src, const void* diff_dst,
                                             float* diff_weights, float* diff_bias, void* workspace,
                                             int64_t workspace_bytes) noexcept {
  Conv2d c;
  const Conv2dImplementation* i = nullptr;
  QUERN_TRY(choose_backward(conv, QUERN_BACKWARD_WEIGHTS, &c, &i));
  QUERN_TRY(check_pointers("conv2d", src && diff_dst && diff_weights));
  ran("conv2d", i->name);
  const Conv2dReport report(c, QUERN_BACKWARD_WEIGHTS, i, i);
  return i->backward_weights(c, src, diff_dst, diff_weights, diff_bias, workspace, workspace_bytes);
}
