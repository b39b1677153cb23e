// The guard itself: a touch beside the elements must kill, else every other test proves less than it says.
#include "guarded.h"

#include <sys/wait.h>

#include <numeric>

namespace {

// Whether a child process that runs the body dies of it.
template <typename Body>
bool dies(Body&& body) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    std::fclose(stderr);  // a sanitizer's report of the death that we want
    body();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

float read_at(const float* p) { return *static_cast<const volatile float*>(p); }
void write_at(float* p) { *static_cast<volatile float*>(p) = 1; }

void touches_beside(int64_t n) {
  in_case("%lld floats", static_cast<long long>(n));
  Guarded<float> after(n, Guard::After), before(n, Guard::Before);
  CHECK(dies([&] { read_at(after.end()); }));
  CHECK(dies([&] { write_at(after.end()); }));
  CHECK(dies([&] { read_at(before.data() - 1); }));
  CHECK(dies([&] { write_at(before.data() - 1); }));
  CHECK(!dies([&] {
    for (Guarded<float>* g : {&after, &before}) {
      std::iota(g->begin(), g->end(), 0.0f);
      if (!g->intact()) std::abort();
    }
  }));
  // On the open side a stray write is found by the canary.
  CHECK(!dies([&] { write_at(after.data() - 1); }));
  write_at(after.data() - 1);
  CHECK(!after.intact());
  std::memset(after.data() - 1, kCanary, sizeof(float));
}

void aligned_elements() {
  Guarded<char> memory(100, Guard::After, 64);
  CHECK(reinterpret_cast<uintptr_t>(memory.data()) % 64 == 0);
  memory.data()[100] = 0;  // within the gap that alignment left
  CHECK(!memory.intact());
  std::memset(memory.data() + 100, kCanary, 1);
  CHECK(dies([&] { static_cast<volatile char*>(memory.data())[128] = 0; }));
}

}  // namespace

int main() {
  for (int64_t n : {0, 1, 7, 1023, 1024, 1025, 5000}) touches_beside(n);
  in_case("%s", "");
  aligned_elements();
  CHECK(dies([] { read_at(untouchable<float>()); }));
  return finish();
}
