#include "runtime/threads.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>

#include "runtime/trace.h"

namespace quern {
namespace {

// The work of a call, in one of the pool's permanent slots, which threads inspect whether it is open or closed. They
// enter and leave with one atomic operation each, so that many threads do not wait for a lock.
class Job {
 public:
  void open(PieceFunction function, void* context, int64_t pieces, int slots) {
    function_ = function;
    context_ = context;
    slots_.store(slots, std::memory_order_relaxed);
    for (int s = 0; s < slots; s++) {
      shares_[s].next.store(pieces * s / slots, std::memory_order_relaxed);
      shares_[s].end.store(pieces * (s + 1) / slots, std::memory_order_relaxed);
    }
    state_.store(static_cast<uint32_t>(slots - 1));
  }

  // The slot of a thread that helps from now on; 0, the caller's own, where no help is wanted.
  int enter() {
    uint32_t state = state_.load(std::memory_order_relaxed);
    while ((state & kPlaces) != 0) {
      if (!has_pieces()) return 0;
      if (state_.compare_exchange_weak(state, state - 1 + kInside, std::memory_order_acq_rel,
                                       std::memory_order_relaxed)) {
        return slots_.load(std::memory_order_relaxed) - static_cast<int>(state & kPlaces);
      }
    }
    return 0;
  }

  void work(int slot) {
    const int slots = slots_.load(std::memory_order_relaxed);
    for (int i = 0; i < slots; i++) {
      Share& share = shares_[(slot + i) % slots];
      const int64_t end = share.end.load(std::memory_order_relaxed);
      for (int64_t p; (p = share.next.fetch_add(1, std::memory_order_relaxed)) < end;) function_(context_, p, slot);
    }
  }

  // Whether the caller sleeps until this thread, the last one, has left.
  bool leave() {
    const uint32_t before = state_.fetch_sub(kInside, std::memory_order_acq_rel);
    return before / kInside == 1 && (before & kSleeps) != 0;
  }

  void close() { state_.fetch_and(~kPlaces); }
  bool empty() const { return state_.load(std::memory_order_acquire) / kInside == 0; }
  void caller_sleeps() { state_.fetch_or(kSleeps); }
  bool wants_help() const { return (state_.load() & kPlaces) != 0 && has_pieces(); }

 private:
  // Neighboring pieces are a thread's own, the same ones in call after call, so that what one layer leaves in a core's
  // cache is there for the next; a thread that has done its own takes those of the others.
  struct alignas(64) Share {
    std::atomic<int64_t> next{0};
    std::atomic<int64_t> end{0};
  };

  // In state_: places that are left, whether the caller sleeps, and above them the helpers inside.
  static constexpr uint32_t kPlaces = 0xff, kSleeps = 0x100, kInside = 0x200;

  // If the job was closed and opened again in the meantime, the result may be wrong: a thread comes in vain or not at
  // all. The caller does the remaining work in any case.
  bool has_pieces() const {
    const int slots = slots_.load(std::memory_order_relaxed);
    return std::any_of(shares_, shares_ + slots, [](const Share& s) {
      return s.next.load(std::memory_order_relaxed) < s.end.load(std::memory_order_relaxed);
    });
  }

  alignas(64) std::atomic<uint32_t> state_{0};
  PieceFunction function_ = nullptr;  // written while the job is closed, read behind an entrance
  void* context_ = nullptr;
  std::atomic<int> slots_{0};
  Share shares_[kMaxThreads];
};

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// About 60 microseconds on a Zen 4: a step's calls follow each other faster than a thread wakes up.
constexpr int kSpins = 5000;

// A thread that starts meanwhile never takes the process's signals. Windows has none.
class SignalsBlocked {
#if !defined(_WIN32)
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
#endif
};

// Lives to the end of the process: pool threads never attach to the JVM and are never joined.
class Pool {
 public:
  std::atomic<int> count{1};

  // False, with nothing done, where as many calls as there are places for run already.
  bool run(PieceFunction function, void* context, int64_t pieces, int slots) {
    const int place = take();
    if (place < 0) return false;
    grow(count.load() - 1);
    Job& job = jobs_[place];
    job.open(function, context, pieces, slots);
    open_.fetch_or(1u << place);
    generation_.fetch_add(1);
    wake(slots - 1);
    job.work(0);
    open_.fetch_and(~(1u << place));
    job.close();
    for (int i = 0; i < kSpins && !job.empty(); i++) pause();
    if (!job.empty()) {
      std::unique_lock<std::mutex> lock(mutex_);
      job.caller_sleeps();
      done_.wait(lock, [&] { return job.empty(); });
    }
    taken_.fetch_and(~(1u << place));
    return true;
  }

 private:
  static constexpr int kJobs = 32;  // a bit each

  int take() {
    uint32_t taken = taken_.load();
    while (taken != ~0u) {
      const int place = __builtin_ctz(~taken);
      if (taken_.compare_exchange_weak(taken, taken | 1u << place)) return place;
    }
    return -1;
  }

  void grow(int wanted) {
    if (workers_.load(std::memory_order_relaxed) >= wanted) return;
    std::lock_guard<std::mutex> lock(mutex_);
    while (workers_ < wanted) {
      [[maybe_unused]] const SignalsBlocked blocked;
      pthread_t thread;
      if (pthread_create(&thread, nullptr, &Pool::start, this)) return;  // fewer threads give the same results
      pthread_detach(thread);
      workers_++;
    }
  }

  // Sleepers, as many as there are places. A thread counts itself as a sleeper before it looks for work; here the work
  // is published first. So at least one of the two notices the other, and the lock ensures that the thread sleeps
  // before it is woken.
  void wake(int places) {
    const int asleep = sleepers_.load();
    if (asleep == 0) return;
    { std::lock_guard<std::mutex> lock(mutex_); }
    for (int i = 0; i < places && i < asleep; i++) wake_.notify_one();
  }

  static void* start(void* pool) {
    static_cast<Pool*>(pool)->serve();
    return nullptr;
  }

  // Whether there was a job to help with.
  bool help() {
    for (uint32_t open = open_.load(); open != 0; open &= open - 1) {
      Job& job = jobs_[__builtin_ctz(open)];
      const int slot = job.enter();
      if (slot == 0) continue;
      job.work(slot);
      if (job.leave()) {
        std::lock_guard<std::mutex> lock(mutex_);
        done_.notify_all();
      }
      return true;
    }
    return false;
  }

  bool anyone_wants_help() const {
    for (uint32_t open = open_.load(); open != 0; open &= open - 1) {
      if (jobs_[__builtin_ctz(open)].wants_help()) return true;
    }
    return false;
  }

  void serve() {
    for (;;) {
      const uint64_t seen = generation_.load();
      if (help()) continue;
      for (int i = 0; i < kSpins && generation_.load(std::memory_order_acquire) == seen; i++) pause();
      if (generation_.load() != seen) continue;
      std::unique_lock<std::mutex> lock(mutex_);
      sleepers_++;
      wake_.wait(lock, [&] { return anyone_wants_help(); });
      sleepers_--;
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::atomic<uint64_t> generation_{0};
  std::atomic<uint32_t> open_{0};   // jobs to help with
  std::atomic<uint32_t> taken_{0};  // places of callers
  std::atomic<int> sleepers_{0};
  std::atomic<int> workers_{0};
  Job jobs_[kJobs];
};

Pool& pool() {
  // never destroyed: workers may outlive static destructors
  alignas(Pool) static char memory[sizeof(Pool)];
  static Pool* const instance = new (memory) Pool;
  return *instance;
}

std::atomic<int> sharers{0};
thread_local int shares = 0;

// Threads of a call. Callers that each had all of them would wait for one another's at every barrier.
int share() {
  const int all = threads(), callers = shares == 0 ? 1 : sharers.load(std::memory_order_relaxed);
  return callers <= 1 ? all : std::max(1, all / callers);
}

}  // namespace

int threads() noexcept { return pool().count.load(); }

void set_threads(int count) noexcept { pool().count.store(count); }

void begin_share() noexcept {
  if (shares++ == 0) sharers.fetch_add(1);
}

void end_share() noexcept {
  if (shares > 0 && --shares == 0) sharers.fetch_sub(1);
}

void parallel_pieces(int64_t pieces, int max_slots, PieceFunction function, void* context) noexcept {
  if (traced()) return trace_pieces(pieces, max_slots, function, context);
  const int64_t slots = std::min<int64_t>({pieces, max_slots, share()});
  if (slots > 1 && pool().run(function, context, pieces, static_cast<int>(slots))) return;
  for (int64_t p = 0; p < pieces; p++) function(context, p, 0);
}

}  // namespace quern
