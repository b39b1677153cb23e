# QUERN_ISA_TIERS lists the instruction sets of the target's processor. quern_add_kernels(TARGET SOURCE) compiles SOURCE
# once per instruction set, with QUERN_ISA_NAME set to its name; quern_add_int8 once per way of multiplying bytes, quern_add_half
# those that read weights of 16 bits.
# No unit contracts a * b + c by itself: fused multiply-adds are where they are written. A root is the processor's
# instruction: it sets no errno, for which there would be a call of libm. Nobody reads the flags of floating-point
# exceptions, so that both sides of a selection may be computed: else loops with one stay scalar.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(QUERN_ISA_TIERS baseline avx2 avx512)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(QUERN_ISA_TIERS neon)
else()
  set(QUERN_ISA_TIERS baseline)
endif()

# What QUERN_ISA may name. AMX, which Linux alone grants by the call that we know, has AVX-512's kernels and a few more.
set(QUERN_ISAS ${QUERN_ISA_TIERS})
include(CheckCXXCompilerFlag)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
  check_cxx_compiler_flag("-mamx-tile -mamx-bf16" QUERN_AMX)
endif()
if(QUERN_AMX)
  list(APPEND QUERN_ISAS amx)
endif()

# Those that have the kernels of another and multiply bytes in a way of their own.
set(QUERN_INT8_TIERS ${QUERN_ISA_TIERS})
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  check_cxx_compiler_flag(-mavxvnni QUERN_AVX_VNNI)
  if(QUERN_AVX_VNNI)
    list(APPEND QUERN_INT8_TIERS avx_vnni)
  endif()
  list(APPEND QUERN_INT8_TIERS avx512_vnni)
  if(QUERN_AMX)
    list(APPEND QUERN_INT8_TIERS amx)
  endif()
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  list(APPEND QUERN_INT8_TIERS neon_dot)
endif()

set(QUERN_KERNEL_FLAGS ${QUERN_WARNINGS} ${QUERN_OPTIMIZE} -ffp-contract=off -fno-math-errno -fno-trapping-math -fno-exceptions
  -fno-rtti -ffunction-sections)
set(QUERN_AVX512_FLAGS -mavx2 -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512)

function(quern_add_amx target source)
  if(QUERN_AMX)
    add_library(${target}_amx OBJECT ${source})
    target_include_directories(${target}_amx PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
    # its table is made under a lock
    target_compile_options(${target}_amx PRIVATE
      ${QUERN_KERNEL_FLAGS} -fno-threadsafe-statics ${QUERN_AVX512_FLAGS} -mamx-tile -mamx-bf16)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_amx>)
    target_compile_definitions(${target} PRIVATE QUERN_AMX)
  endif()
endfunction()

function(quern_add_int8 target source)
  quern_add_tiers(${target} ${source} int8 "${QUERN_INT8_TIERS}")
  if(QUERN_AVX_VNNI)
    target_compile_definitions(${target} PRIVATE QUERN_AVX_VNNI)
  endif()
endfunction()

function(quern_add_kernels target source)
  quern_add_tiers(${target} ${source} kernels "${QUERN_ISA_TIERS}")
endfunction()

function(quern_add_half target source)
  quern_add_tiers(${target} ${source} half "${QUERN_ISA_TIERS}")
  if(TARGET ${target}_half_avx2)
    target_compile_options(${target}_half_avx2 PRIVATE -mf16c)
  endif()
endfunction()

function(quern_add_tiers target source name tiers)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set(flags_baseline -msse2)
    set(flags_avx2 -mavx2 -mfma)
    set(flags_avx512 ${QUERN_AVX512_FLAGS})
  endif()
  if(WIN32)
    # GCC misaligns vector spills there (GCC bug 54412)
    list(APPEND flags_avx2 -Wa,-muse-unaligned-vector-move)
    list(APPEND flags_avx512 -Wa,-muse-unaligned-vector-move)
  endif()
  set(flags_avx_vnni ${flags_avx2} -mavxvnni)
  set(flags_avx512_vnni ${flags_avx512} -mavx512vnni)
  set(flags_amx ${flags_avx512_vnni} -mamx-tile -mamx-int8)
  # as GCC, clang and zig all read it
  set(flags_neon_dot -mcpu=generic+dotprod)
  foreach(tier IN LISTS tiers)
    set(kernels ${target}_${name}_${tier})
    add_library(${kernels} OBJECT ${source})
    target_include_directories(${kernels} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
    target_compile_definitions(${kernels} PRIVATE QUERN_ISA_NAME=${tier})
    target_compile_options(${kernels} PRIVATE
      ${QUERN_KERNEL_FLAGS} ${flags_${tier}})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${kernels}>)
  endforeach()
endfunction()
