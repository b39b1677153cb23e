# QUERN_SANITIZE: kernels and tests under the compiler's sanitizers, "address,undefined" or "thread". The first finding ends
# the test. OpenBLAS is not instrumented. Include this before the first target.
set(QUERN_SANITIZE "" CACHE STRING "Sanitizers for kernels and tests, e.g. address,undefined or thread")
set(QUERN_OPTIMIZE -O3)
if(QUERN_SANITIZE)
  # At -O3 the kernels' unrolled tiles, with a check before each access, take over five minutes an instruction set, at
  # -O2, which goes behind CMake's own -O3, two at most; the accesses are the same. At -O1 nothing is inlined, and conv2d's
  # test takes for ever. With the checks in between GCC does not see that loops set all lanes of a vector. What
  # nobody set holds a pattern, so that whoever reads it finds the same wrong thing each time.
  set(QUERN_OPTIMIZE -O2)
  set(sanitize -fsanitize=${QUERN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1
    -Wno-maybe-uninitialized -ftrivial-auto-var-init=pattern)
  add_compile_options(${sanitize} ${QUERN_OPTIMIZE})
  add_link_options(${sanitize})
  # quern_alloc must see the system refuse, as it would without the sanitizer. With stacks that stay after a return, GCC 12
  # aligns arrays to 32 bytes and reads them as if they were aligned to 64 (GCC bug 110027).
  set(QUERN_SANITIZE_ENVIRONMENT
    "ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=0"
    "UBSAN_OPTIONS=print_stacktrace=1"
    "TSAN_OPTIONS=allocator_may_return_null=1:halt_on_error=1:suppressions=${CMAKE_CURRENT_LIST_DIR}/tsan.supp")
endif()
