// Where the system grants no more addresses, OpenBLAS would end the process: start-up is refused instead, and threads
// share the buffers that there are.
#include <sys/resource.h>

#include <chrono>
#include <thread>
#include <vector>

#include "check.h"

namespace {

constexpr int kThreads = 6;
constexpr int64_t kSide = 400;  // of matrices that OpenBLAS packs into its buffer
std::atomic<bool> go{false};

int64_t held() {
  long pages = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  CHECK(file != nullptr && std::fscanf(file, "%ld", &pages) == 1);
  if (file != nullptr) std::fclose(file);
  return int64_t{pages} * 4096;
}

// How many more bytes the process may map; negative for any.
void grant(int64_t more) {
  rlimit limit;
  CHECK(getrlimit(RLIMIT_AS, &limit) == 0);
  limit.rlim_cur = more < 0 ? limit.rlim_max : static_cast<rlim_t>(held() + more);
  CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
}

void multiply() {
  const quern_linear d{kSide, kSide, kSide, 1, 0};
  const std::vector<float> ones(kSide * kSide, 1.0f), bias(kSide, 0.0f);
  std::vector<float> out(kSide * kSide);
  while (!go) std::this_thread::yield();
  for (int i = 0; i < 20; i++) {
    CHECK_OK(quern_linear_forward(&d, ones.data(), ones.data(), bias.data(), out.data()));
    CHECK(out.front() == kSide && out.back() == kSide);
  }
}

}  // namespace

int main() {
  grant(int64_t{100} << 20);
  CHECK_REFUSED(QUERN_OUT_OF_MEMORY, "openblas: the system could not allocate",
                quern_init(std::getenv("QUERN_TEST_OPENBLAS"), ""));
  grant(-1);
  start();
  CHECK_OK(quern_set_threads(1));
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; i++) threads.emplace_back(multiply);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // they have what they need
  grant(int64_t{8} << 20);
  go = true;
  for (std::thread& t : threads) t.join();
  grant(-1);
  go = true;
  threads.clear();
  for (int i = 0; i < kThreads; i++) threads.emplace_back(multiply);  // now each has a buffer of its own
  for (std::thread& t : threads) t.join();
  return finish();
}
