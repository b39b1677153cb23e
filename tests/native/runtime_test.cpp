// Start-up, memory and threads.
#include "check.h"

static void refuses_before_start() {
  float x = 0;
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, "quern_init", quern_relu_forward(1, &x, &x));
  CHECK_REFUSED(QUERN_LIBRARY, "cannot be loaded", quern_init("/nowhere/libopenblas.so.0", nullptr));
  CHECK_REFUSED(QUERN_UNSUPPORTED, "not one of", quern_init(std::getenv("QUERN_TEST_OPENBLAS"), "mmx"));
}

static void says_what_it_runs_on() {
  CHECK(std::strncmp(quern_openblas_config(), "OpenBLAS 0.3.31", 15) == 0);
  CHECK(std::strlen(quern_openblas_core()) > 0);
  CHECK(std::strcmp(quern_isa(), "none") != 0);
}

static void allocates_aligned_zeroed_memory() {
  int64_t at = 0;
  CHECK_OK(quern_alloc(1000, &at));
  CHECK(at != 0 && at % 64 == 0);
  for (int i = 0; i < 1000; i++) CHECK(reinterpret_cast<char*>(at)[i] == 0);
  quern_free(at);
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "-1 bytes", quern_alloc(-1, &at));
  CHECK_REFUSED(QUERN_OUT_OF_MEMORY, "granted no", quern_alloc(int64_t{1} << 54, &at));
}

static void bounds_threads() {
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "outside [1, 64]", quern_set_threads(0));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "outside [1, 64]", quern_set_threads(65));
  CHECK_OK(quern_set_threads(3));
  CHECK(quern_threads() == 3);
}

int main() {
  refuses_before_start();
  start();
  says_what_it_runs_on();
  allocates_aligned_zeroed_memory();
  bounds_threads();
  return finish();
}
