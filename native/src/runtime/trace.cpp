#include "runtime/trace.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <new>

#include "quern.h"
#include "runtime/checks.h"
#include "runtime/status.h"

namespace quern {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kMostRecords = int64_t{1} << 27;

struct Trace {
  std::unique_ptr<int64_t[]> records;
  int64_t capacity = 0;
  int64_t used = 0;
  Clock::time_point start;
  bool inside = false;  // a piece's own parallel work is part of that piece

  int64_t now() const { return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count(); }
  void put(int64_t value) {
    if (used < capacity) records[used] = value;
    used++;
  }
};

std::atomic<int> tracing{0};  // so that others than the traced threads ask for no thread-local storage
thread_local Trace* trace = nullptr;

}  // namespace

bool traced() noexcept { return tracing.load(std::memory_order_relaxed) != 0 && trace != nullptr; }

void trace_pieces(int64_t pieces, int max_slots, PieceFunction function, void* context) noexcept {
  Trace& t = *trace;
  if (t.inside) {
    for (int64_t p = 0; p < pieces; p++) function(context, p, 0);
    return;
  }
  t.inside = true;
  t.put(t.now());
  t.put(pieces);
  t.put(max_slots);
  for (int64_t p = 0; p < pieces; p++) {
    const int64_t begin = t.now();
    function(context, p, 0);
    t.put(t.now() - begin);
  }
  t.put(t.now());
  t.inside = false;
}

}  // namespace quern

using namespace quern;

extern "C" int quern_trace_begin(int64_t capacity) noexcept {
  if (capacity < 0 || capacity > kMostRecords) {
    return fail(QUERN_INVALID_ARGUMENT, "trace: capacity %lld is outside 0 to %lld", static_cast<long long>(capacity),
                static_cast<long long>(kMostRecords));
  }
  if (trace != nullptr) return fail(QUERN_INVALID_ARGUMENT, "trace: this thread's trace has started already");
  std::unique_ptr<Trace> begun(new (std::nothrow) Trace);
  if (begun != nullptr) begun->records.reset(new (std::nothrow) int64_t[static_cast<size_t>(capacity)]);
  if (begun == nullptr || begun->records == nullptr)
    return fail(QUERN_OUT_OF_MEMORY, "trace: out of memory for records");
  begun->capacity = capacity;
  begun->start = Clock::now();
  trace = begun.release();
  tracing++;
  return QUERN_OK;
}

extern "C" int quern_trace_end(int64_t* records, int64_t capacity, int64_t* used) noexcept {
  QUERN_TRY(check_pointers("trace", records != nullptr && used != nullptr));
  if (trace == nullptr) return fail(QUERN_INVALID_ARGUMENT, "trace: this thread's trace has not started");
  const std::unique_ptr<Trace> ended(trace);
  trace = nullptr;
  tracing--;
  const int64_t known = std::min({ended->used, ended->capacity, capacity});
  if (known > 0) std::copy_n(ended->records.get(), known, records);
  *used = ended->used;
  return QUERN_OK;
}
