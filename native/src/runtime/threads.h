// The thread pool: work is divided into pieces that do not depend on the number of threads, so results do not depend on
// it either.
#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/integers.h"

namespace quern {

constexpr int kMaxThreads = 64;

int threads() noexcept;
void set_threads(int count) noexcept;

// Between begin and end, the calls of a thread share the pool with other threads that are also between begin and end.
// Pairs may be nested.
void begin_share() noexcept;
void end_share() noexcept;

using PieceFunction = void (*)(void* context, int64_t piece, int slot);

// Runs every piece once, on the calling thread and on pool threads that are free. slot is below max_slots, and no two
// pieces run at once with the same slot: workspace is handed out by slot.
void parallel_pieces(int64_t pieces, int max_slots, PieceFunction function, void* context) noexcept;

template <typename Body>
void parallel_for(int64_t pieces, int max_slots, Body&& body) noexcept {
  using Plain = typename std::remove_reference<Body>::type;
  parallel_pieces(
      pieces, max_slots, [](void* context, int64_t piece, int slot) { (*static_cast<Plain*>(context))(piece, slot); },
      const_cast<void*>(static_cast<const void*>(&body)));
}

template <typename Body>
void parallel_for(int64_t pieces, Body&& body) noexcept {
  parallel_for(pieces, kMaxThreads, [&body](int64_t piece, int) { body(piece); });
}

// Workspace of some bytes as places for threads, of `least` bytes or more each: as far apart as it allows, so that a
// thread finds its own, whatever an operator needs of it, in its own core's cache.
struct Slots {
  int64_t bytes;  // from one to the next
  int count;

  Slots() = default;
  Slots(int64_t all, int64_t least) : bytes(all / threads() / 64 * 64) {
    if (bytes < least) bytes = least;
    const int64_t fit = all / bytes;
    count = static_cast<int>(fit < kMaxThreads ? fit : kMaxThreads);
  }
};

// Records the content of each slot's memory, so that pieces with the same content prepare it once.
class Held {
 public:
  Held() noexcept {
    for (int64_t& w : what_) w = -1;
  }
  // Returns whether the content was different until now.
  bool changes(int slot, int64_t what) noexcept {
    const bool other = what_[slot] != what;
    what_[slot] = what;
    return other;
  }

 private:
  int64_t what_[kMaxThreads];
};

// Splits n items into pieces of about `grain` items; body receives [begin, end).
template <typename Body>
void parallel_ranges(int64_t n, int64_t grain, Body&& body) noexcept {
  if (grain < 1) grain = 1;
  parallel_for(divide_up(n, grain), [&](int64_t piece) {
    const int64_t begin = piece * grain;
    body(begin, begin + grain < n ? begin + grain : n);
  });
}

// Adds what body(begin, end) returns for up to 64 pieces of n items, about `grain` items at least, in their order.
template <typename Body>
double parallel_sum(int64_t n, int64_t grain, Body&& body) noexcept {
  constexpr int64_t kMostParts = 64;
  int64_t parts = n / grain < kMostParts ? n / grain : kMostParts;
  if (parts < 1) parts = 1;
  double sums[kMostParts] = {};
  parallel_for(parts, [&](int64_t part) { sums[part] = body(n * part / parts, n * (part + 1) / parts); });
  double sum = 0.0;
  for (int64_t part = 0; part < parts; part++) sum += sums[part];
  return sum;
}

}  // namespace quern
