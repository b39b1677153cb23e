// conv2d: the list of implementations, the choice between them, and the C functions.
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
    {&conv2d_depthwise, kAll, false, false, true},
    {&conv2d_planar, kAll, false, true, false},
    {&conv2d_amx, kAll, false, false, true},
    {&conv2d_bf16, kAll, false, false, true},
    {&conv2d_winograd, kAll, false, false, false},
    {&conv2d_direct, kAll, false, false, false},
    {&conv2d_merged, kAll, false, false, false},
    {&conv2d_gemm, kAll, false, false, false},
    {&conv2d_im2col, kAll, false, false, false},
    {&conv2d_int8_depthwise, kForward, true, false, false},
    {&conv2d_int8, kForward, true, false, false},
    {&conv2d_reference, kAll, false, false, false},
    {nullptr, 0, false, false, false},
};
constexpr int64_t kImplementations = sizeof list / sizeof *list - 1;

int check_index(int64_t index) noexcept {
  if (index >= 0 && index < kImplementations) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "conv2d: implementation %lld is outside [0, %lld)", static_cast<long long>(index),
              static_cast<long long>(kImplementations));
}

int check_pass(int64_t pass) noexcept {
  if (pass >= QUERN_FORWARD && pass <= QUERN_BACKWARD_WEIGHTS) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "conv2d: pass %lld is not a quern_pass", static_cast<long long>(pass));
}

// The passes that use one packing of the weights.
unsigned passes_of(const Conv2d& c) noexcept {
  return c.inference ? kForward : c.src_nchw ? kForward | kBackwardWeights : kAll;
}

// The reason why an entry does not support all of these passes; NULL if it does.
const char* refusal(const Conv2dEntry& e, const Conv2d& c) noexcept {
  return (passes_of(c) & ~e.passes) != 0 ? "it does not support all passes" : conv2d_refusal(e, c, QUERN_FORWARD);
}

int force(int64_t index, const Conv2d& c, const Conv2dImplementation** out) noexcept {
  QUERN_TRY(check_index(index));
  *out = list[index].implementation;
  const char* why = refusal(list[index], c);
  return why == nullptr ? QUERN_OK : fail(QUERN_UNSUPPORTED, "conv2d: %s refuses: %s", (*out)->name, why);
}

// The implementation that packs the weights, for all passes and any batch.
int choose(const quern_conv2d* desc, Conv2d* c, const Conv2dImplementation** out) noexcept {
  QUERN_TRY(conv2d_prepare(desc, c));
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
  return fail(QUERN_INVALID_ARGUMENT, "conv2d: %s %lld is outside the range of the type", field,
              static_cast<long long>(value));
}

bool takes(const Conv2dEntry& e, const Conv2dTypes& t) noexcept {
  if (!e.bytes) {
    const auto is_value = [&](int64_t type) { return type == QUERN_F32 || (type == QUERN_BF16 && e.bf16); };
    return is_value(t.src) && is_value(t.dst) && is_value(t.saved) && is_value(t.diff_src) && is_value(t.diff_dst) &&
           (t.weights == QUERN_F32 || is_half(t.weights));
  }
  return t.src == QUERN_U8 && (t.weights == QUERN_S8 || t.weights == QUERN_S16) &&
         (t.dst == QUERN_U8 || t.dst == QUERN_F32);
}

// Checks the post-operations of an int8 convolution, which convert its sums to floats or to bytes.
int check_post(const Conv2d& c, const float* bias, const quern_post_ops* post) noexcept {
  if (c.types.src != QUERN_U8) return QUERN_OK;
  if (bias != nullptr || post == nullptr || post->scale == nullptr || post->sums != nullptr) {
    return fail(QUERN_INVALID_ARGUMENT, "conv2d: int8 takes a scale and a shift, not a bias or sums");
  }
  if (c.types.dst != QUERN_U8) return QUERN_OK;
  QUERN_TRY(check_byte("dst_zero", post->dst_zero));
  QUERN_TRY(check_byte("add_zero", post->add_zero));
  const auto least = static_cast<float>(-post->dst_zero), most = static_cast<float>(255 - post->dst_zero);
  if (post->low >= least && post->high <= most) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "conv2d: bounds %g and %g with dst_zero %lld are outside the range of the type",
              post->low, post->high, static_cast<long long>(post->dst_zero));
}

int check_sums(const Conv2d& c, const Post& post) noexcept {
  if (post.sums == nullptr) return QUERN_OK;
  if (c.inference) return fail(QUERN_INVALID_ARGUMENT, "conv2d: inference does not compute sums");
  return check_type("conv2d", "dst_type of sums", c.types.dst);
}

// Whether an implementation reads what it adds to an output just before it stores that, once.
bool adds_in_place(const Conv2dImplementation& i) noexcept { return &i == &conv2d_amx || &i == &conv2d_bf16; }

int take(const quern_post_ops& from, const void* dst, bool in_place, Post* p) noexcept {
  QUERN_TRY(check_pointers("conv2d", (from.scale == nullptr) == (from.shift == nullptr)));
  if (from.add == dst && !in_place) return fail(QUERN_INVALID_ARGUMENT, "conv2d: the addend overlaps the output");
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
  if ((e.passes >> pass & 1) == 0) return "it does not support this pass";
  if (!takes(e, c.types)) return "it computes other types";
  if (c.inference && pass != QUERN_FORWARD) return "inference has no backward pass";
  if (c.src_nchw && pass == QUERN_BACKWARD_DATA) return "src is NCHW, which does not support gradients";
  if (c.src_nchw && !e.src_nchw) return "src is NCHW";
  return e.implementation->refuses(c);
}

bool conv2d_costs_less(const Conv2dImplementation& a, const Conv2dImplementation& b, const Conv2d& c) noexcept {
  return a.cost != nullptr && b.cost != nullptr && a.cost(c) < b.cost(c);
}

int64_t column_splits(int64_t pieces, int64_t blocks, int64_t per_thread) noexcept {
  const int64_t wanted = per_thread * threads(), some = pieces < 1 ? 1 : pieces;
  const int64_t splits = divide_up(wanted, some);
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
  QUERN_TRY(conv2d_prepare(conv, &c));
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
  if (post != nullptr) QUERN_TRY(take(*post, dst, adds_in_place(*run.implementation), &p));
  QUERN_TRY(check_post(c, bias, post));
  QUERN_TRY(check_sums(c, p));
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
