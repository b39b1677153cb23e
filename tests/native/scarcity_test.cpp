// If the system refuses threads, the existing ones do the work, with bit-identical results; where it refuses memory, so
// do start-up and the calls that take some.
#include <pthread.h>

#include <new>
#include <thread>
#include <vector>

#include "conv2d_check.h"
#include "runtime/threads.h"

namespace {

std::atomic<int> granted{0}, created{0}, refused_threads{0};
std::atomic<bool> no_memory{false};

bool takes(std::atomic<int>* left) {
  for (int now = *left; now > 0;) {
    if (left->compare_exchange_weak(now, now - 1)) return true;
  }
  return false;
}

}  // namespace

// The library's calls come here: -Wl,--wrap.
extern "C" int __real_pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
extern "C" int __wrap_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*),
                                     void* argument) {
  if (!takes(&granted)) {
    refused_threads++;
    return EAGAIN;
  }
  created++;
  return __real_pthread_create(thread, attributes, body, argument);
}

// All forms, since a sanitizer's own do not come to the first.
void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return no_memory ? nullptr : std::malloc(bytes); }
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept { return operator new(bytes, std::nothrow); }
void* operator new(size_t bytes) {
  void* p = operator new(bytes, std::nothrow);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
void* operator new[](size_t bytes) { return operator new(bytes); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete[](void* p, size_t) noexcept { std::free(p); }

namespace {

void start_without_memory() {
  setenv("OPENBLAS_NUM_THREADS", "a number that is longer than what a string holds by itself", 1);
  no_memory = true;
  const int status = quern_init(std::getenv("QUERN_TEST_OPENBLAS"), "");
  no_memory = false;
  CHECK(status == QUERN_OUT_OF_MEMORY);
  CHECK(std::strstr(quern_error_message(), "out of memory") != nullptr);
  unsetenv("OPENBLAS_NUM_THREADS");
}

void calls_without_memory() {
  double operations = 0, bytes = 0;
  int64_t address = 0, used = 0;
  no_memory = true;
  CHECK_REFUSED(QUERN_OUT_OF_MEMORY, "trace: out of memory", quern_trace_begin(10));
  CHECK_REFUSED(QUERN_OUT_OF_MEMORY, "speed: out of memory", quern_speed(&operations, &bytes));
  no_memory = false;
  CHECK_REFUSED(QUERN_OUT_OF_MEMORY, "alloc: the system could not allocate", quern_alloc(int64_t{1} << 55, &address));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "has not started", quern_trace_end(&used, 1, &used));  // nothing is left of it
  CHECK_OK(quern_trace_begin(10));
  CHECK_OK(quern_trace_end(&used, 1, &used));
}

// Which slots a job of many pieces gets; each piece runs once.
int most_slots() {
  std::atomic<int> most{0}, runs{0};
  quern::parallel_for(500, quern::kMaxThreads, [&](int64_t, int slot) {
    runs++;
    for (int before = most; before < slot && !most.compare_exchange_weak(before, slot);) {
    }
    std::this_thread::yield();
  });
  CHECK(runs == 500);
  return most + 1;
}

void same_bits(const Conv2dProblem& p, const Outputs& wanted) {
  Outputs got(p.d, Guard::After);
  run(p, -1, 8, {p.d.batch, 8}, Guard::After, &got);
  CHECK(got.same_bits(wanted));
}

// Threads that were there before any was refused; none waits for one that never comes.
void callers_at_once(const Conv2dProblem& p, const Outputs& wanted) {
  std::atomic<bool> go{false};
  std::vector<std::thread> callers;
  granted = 4;  // where the C++ library's calls come here, too
  for (int i = 0; i < 4; i++) {
    callers.emplace_back([&] {
      while (!go) std::this_thread::yield();
      for (int round = 0; round < 5; round++) same_bits(p, wanted);
    });
  }
  granted = 0;
  go = true;
  for (std::thread& t : callers) t.join();
}

}  // namespace

int main() {
  start_without_memory();
  granted = 1000;  // OpenBLAS's own
  start();
  calls_without_memory();
  granted = created = 0;
  const quern_conv2d d = with(conv(16, 16, 16, 16, 32, 3, 3), 1, 1);  // of many pieces
  const Conv2dProblem p(d, Values::Floats, Guard::After, 3);
  Outputs wanted(d, Guard::After);
  run(p, -1, 1, {d.batch, 1}, Guard::After, &wanted);
  compare(p, wanted);
  CHECK(refused_threads == 0);
  same_bits(p, wanted);
  CHECK(refused_threads > 0);
  CHECK(created == 0);
  CHECK(most_slots() == 1);
  callers_at_once(p, wanted);
  created = 0;
  granted = 2;
  same_bits(p, wanted);
  CHECK(created == 2 && most_slots() <= 3);
  same_bits(p, wanted);
  granted = 1000;
  same_bits(p, wanted);
  CHECK(created == 7);  // with the caller eight
  return finish();
}
