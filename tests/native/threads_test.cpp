// The pool: every piece once, no slot shared, callers from several threads, and no end that never comes (CTest's
// time-out says so).
#include "runtime/threads.h"

#include <signal.h>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "check.h"
#include "numbers.h"

namespace {

using quern::parallel_for;
using quern::parallel_ranges;

// What the pieces of one job saw.
class Ledger {
 public:
  Ledger(int64_t pieces, int slots) : pieces_(pieces), slots_(slots), runs_(new std::atomic<int>[pieces + 1]()) {}

  void run(int64_t piece, int slot) {
    if (piece < 0 || piece >= pieces_ || slot < 0 || slot >= slots_) {
      wrong_++;
      return;
    }
    if (busy_[slot].exchange(true)) wrong_++;
    runs_[piece]++;
    if (piece % 5 == 0) std::this_thread::yield();  // so that others get a chance to collide
    busy_[slot] = false;
  }

  bool right() const {
    for (int64_t p = 0; p < pieces_; p++) {
      if (runs_[p] != 1) return false;
    }
    return wrong_ == 0;
  }

 private:
  const int64_t pieces_;
  const int slots_;
  std::unique_ptr<std::atomic<int>[]> runs_;
  std::atomic<bool> busy_[quern::kMaxThreads] = {};
  std::atomic<int> wrong_{0};
};

bool job(int64_t pieces, int max_slots) {
  Ledger ledger(pieces, max_slots);
  parallel_for(pieces, max_slots, [&](int64_t piece, int slot) { ledger.run(piece, slot); });
  return ledger.right();
}

void every_piece_once() {
  for (int threads : {1, 2, 3, 5, 17, 64}) {
    CHECK_OK(quern_set_threads(threads));
    for (int64_t pieces : {0, 1, 2, 3, 7, 63, 64, 65, 1000}) {
      for (int slots : {1, 2, 3, 64}) {
        in_case("%d threads, %lld pieces, %d slots", threads, static_cast<long long>(pieces), slots);
        for (int round = 0; round < 5; round++) CHECK(job(pieces, slots));
      }
    }
  }
  in_case("%s", "");
}

void every_item_once() {
  CHECK_OK(quern_set_threads(3));
  for (int64_t n : {0, 1, 2, 99, 100, 101, 1009}) {
    for (int64_t grain : {int64_t{-1}, int64_t{0}, int64_t{1}, int64_t{7}, int64_t{100}, INT64_MAX / 2}) {
      in_case("%lld items by %lld", static_cast<long long>(n), static_cast<long long>(grain));
      std::vector<std::atomic<int>> runs(static_cast<size_t>(n));
      parallel_ranges(n, grain, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; i++) runs[static_cast<size_t>(i)]++;
      });
      for (const auto& r : runs) CHECK(r == 1);
    }
  }
  in_case("%s", "");
}

bool wait_for(const std::atomic<int>& counter, int wanted) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (counter < wanted) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

#if defined(_WIN32)
bool takes_signals() { return false; }
#else
bool takes_signals() {
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  return sigismember(&blocked, SIGTERM) == 0;
}
#endif

// Pieces that wait for each other end only if as many threads work at once; and those threads take no signals, which
// belong to the JVM's own threads.
void works_at_once() {
  constexpr int kThreads = 4;
  const bool before = takes_signals();
  CHECK_OK(quern_set_threads(kThreads));
  const auto caller = std::this_thread::get_id();
  std::atomic<int> inside{0}, late{0}, taking_signals{0};
  parallel_for(kThreads, kThreads, [&](int64_t, int slot) {
    inside++;
    if (!wait_for(inside, kThreads)) late++;
    if ((slot == 0) != (std::this_thread::get_id() == caller)) late++;
    if (slot != 0 && takes_signals()) taking_signals++;
  });
  CHECK(late == 0);
  CHECK(taking_signals == 0);
  CHECK(takes_signals() == before);  // the caller's own mask
}

// Body in each of several threads at once.
template <typename Body>
void together(int callers, Body&& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; i++) threads.emplace_back([&body, i] { body(i); });
  for (std::thread& t : threads) t.join();
}

void callers_at_once_while_the_count_changes() {
  std::atomic<int> wrong{0}, left{4};
  together(5, [&](int caller) {
    Random random(static_cast<uint64_t>(caller) + 1);
    if (caller == 4) {
      while (left > 0) {
        if (quern_set_threads(static_cast<int>(random.between(1, 6))) != QUERN_OK) wrong++;
        std::this_thread::yield();
      }
      return;
    }
    for (int i = 0; i < 400; i++) {
      if (!job(random.between(0, 40), static_cast<int>(random.between(1, 6)))) wrong++;
    }
    left--;
  });
  CHECK(wrong == 0);
}

// A piece may start a job of its own, and change the count in between.
void jobs_within_jobs() {
  CHECK_OK(quern_set_threads(4));
  std::atomic<int> wrong{0}, pieces{0};
  for (int round = 0; round < 20; round++) {
    parallel_for(7, [&](int64_t outer) {
      quern::set_threads(1 + static_cast<int>(outer + round) % 5);
      if (!job(outer * 3, 3)) wrong++;
      parallel_for(3, [&](int64_t) {
        if (!job(4, 2)) wrong++;
        pieces++;
      });
    });
  }
  CHECK(wrong == 0);
  CHECK(pieces == 20 * 7 * 3);
}

void thousands_of_tiny_jobs() {
  for (int threads : {2, 3, 8}) {
    CHECK_OK(quern_set_threads(threads));
    std::atomic<int64_t> sum{0};
    together(3, [&](int) {
      for (int i = 0; i < 1500; i++) {
        parallel_for(3, [&](int64_t piece) { sum.fetch_add(piece, std::memory_order_relaxed); });
      }
    });
    CHECK(sum == 3 * 1500 * 3);
  }
}

// How many threads a job of many pieces gets; at least `wanted`, or it takes long.
int threads_of_a_job(int wanted) {
  std::atomic<int> inside{0}, most{0};
  parallel_for(64, quern::kMaxThreads, [&](int64_t, int slot) {
    for (int before = most; before < slot && !most.compare_exchange_weak(before, slot);) {
    }
    if (++inside <= wanted) wait_for(inside, wanted);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // others get a chance to come
  });
  return most + 1;
}

void callers_share() {
  CHECK_OK(quern_set_threads(4));
  quern_share_begin();
  quern_share_begin();
  CHECK(threads_of_a_job(4) == 4);  // its share of one is all
  quern_share_end();
  std::atomic<int> there{0}, done{0}, most{0};
  together(3, [&](int caller) {
    quern_share_begin();
    there++;
    wait_for(there, 3);
    if (caller == 0) most = threads_of_a_job(1);
    done++;
    wait_for(done, 3);
    quern_share_end();
  });
  CHECK(most == 1);  // of four threads and four callers
  CHECK(threads_of_a_job(4) == 4);
  quern_share_end();
  quern_share_end();  // of nothing
  CHECK_OK(quern_set_threads(2));
  CHECK(threads_of_a_job(2) == 2);
}

// A thread that pauses between jobs finds the workers asleep rather than spinning.
void wakes_sleepers() {
  CHECK_OK(quern_set_threads(2));
  for (int i = 0; i < 50; i++) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::atomic<int> inside{0}, late{0};
    parallel_for(2, [&](int64_t) {
      inside++;
      if (!wait_for(inside, 2)) late++;
    });
    CHECK(late == 0);
  }
}

}  // namespace

void operators_at_once();

int main() {
  start();
  every_piece_once();
  every_item_once();
  works_at_once();
  callers_at_once_while_the_count_changes();
  jobs_within_jobs();
  thousands_of_tiny_jobs();
  wakes_sleepers();
  callers_share();
  operators_at_once();
  return finish();
}
