# QUERN_SANITIZE: kernels and tests under the compiler's sanitizers, "address,undefined" or "thread". The first finding ends
# the test. OpenBLAS is not instrumented. Include this before the first target.
set(QUERN_SANITIZE "" CACHE STRING "Sanitizers for kernels and tests, e.g. address,undefined or thread")
if(QUERN_SANITIZE)
  set(sanitize -fsanitize=${QUERN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  add_compile_options(${sanitize})
  add_link_options(${sanitize})
  # quern_alloc must see the system refuse, as it would without the sanitizer
  set(QUERN_SANITIZE_ENVIRONMENT
    "ASAN_OPTIONS=allocator_may_return_null=1" "TSAN_OPTIONS=allocator_may_return_null=1:halt_on_error=1")
endif()
