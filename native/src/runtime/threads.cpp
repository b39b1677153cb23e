#include "runtime/threads.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>

namespace quern {
namespace {

struct Job {
  // Neighbouring pieces are a thread's own, the same ones in call after call, so that what one layer leaves in a core's
  // cache is there for the next; a thread that has done its own takes those of the others.
  struct alignas(64) Share {
    std::atomic<int64_t> next;
    int64_t end;
  };

  PieceFunction function;
  void* context;
  int slots;
  Share shares[kMaxThreads];
  std::atomic<int> helpers{0};  // written under Pool::mutex, as the rest
  uint64_t free_slots = 0;
  Job* link = nullptr;

  Job(PieceFunction f, void* c, int64_t pieces, int slot_count) : function(f), context(c), slots(slot_count) {
    for (int s = 0; s < slots; s++) {
      shares[s].next.store(pieces * s / slots, std::memory_order_relaxed);
      shares[s].end = pieces * (s + 1) / slots;
    }
  }

  void work(int slot) {
    for (int i = 0; i < slots; i++) {
      Share& share = shares[(slot + i) % slots];
      for (int64_t p; (p = share.next.fetch_add(1, std::memory_order_relaxed)) < share.end;) function(context, p, slot);
    }
  }
  bool wants_help() const {
    if (free_slots == 0) return false;
    return std::any_of(shares, shares + slots,
                       [](const Share& s) { return s.next.load(std::memory_order_relaxed) < s.end; });
  }
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

  void run(Job& job) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      grow(count.load() - 1);
      job.link = jobs_;
      jobs_ = &job;
    }
    generation_.fetch_add(1, std::memory_order_release);
    // as many as there are places: waking every worker that ever was costs more than a small job
    for (int i = 1; i < job.slots; i++) wake_.notify_one();
    job.work(0);
    for (int i = 0; i < kSpins && job.helpers.load(std::memory_order_relaxed) != 0; i++) pause();
    std::unique_lock<std::mutex> lock(mutex_);
    Job** at = &jobs_;
    while (*at != &job) at = &(*at)->link;
    *at = job.link;
    done_.wait(lock, [&] { return job.helpers == 0; });
  }

 private:
  void grow(int wanted) {
    while (workers_ < wanted) {
      [[maybe_unused]] const SignalsBlocked blocked;
      pthread_t thread;
      if (pthread_create(&thread, nullptr, &Pool::start, this)) return;  // fewer threads give the same results
      pthread_detach(thread);
      workers_++;
    }
  }

  static void* start(void* pool) {
    static_cast<Pool*>(pool)->serve();
    return nullptr;
  }

  Job* find() const {
    for (Job* j = jobs_; j != nullptr; j = j->link) {
      if (j->wants_help()) return j;
    }
    return nullptr;
  }

  void serve() {
    uint64_t seen = 0;
    for (;;) {
      for (int i = 0; i < kSpins && generation_.load(std::memory_order_acquire) == seen; i++) pause();
      std::unique_lock<std::mutex> lock(mutex_);
      Job* job;
      wake_.wait(lock, [&] { return (job = find()) != nullptr; });
      const int slot = __builtin_ctzll(job->free_slots);
      job->free_slots &= ~(uint64_t{1} << slot);
      job->helpers++;
      lock.unlock();
      job->work(slot);
      lock.lock();
      job->free_slots |= uint64_t{1} << slot;
      if (--job->helpers == 0) done_.notify_all();
      seen = generation_.load(std::memory_order_acquire);
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::atomic<uint64_t> generation_{0};
  Job* jobs_ = nullptr;
  int workers_ = 0;
};

Pool& pool() {
  static Pool* const instance = new Pool;  // never destroyed: workers may outlive static destructors
  return *instance;
}

}  // namespace

int threads() noexcept { return pool().count.load(); }

void set_threads(int count) noexcept { pool().count.store(count); }

void parallel_pieces(int64_t pieces, int max_slots, PieceFunction function, void* context) noexcept {
  const int64_t slots = std::min<int64_t>({pieces, max_slots, threads()});
  if (slots <= 1) {
    for (int64_t p = 0; p < pieces; p++) function(context, p, 0);
    return;
  }
  Job job(function, context, pieces, static_cast<int>(slots));
  job.free_slots = (slots == 64 ? ~uint64_t{0} : (uint64_t{1} << slots) - 1) & ~uint64_t{1};
  pool().run(job);
}

}  // namespace quern
