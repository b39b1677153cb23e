# QUERN_ISA_TIERS lists the instruction sets that are compiled. quern_add_kernels(TARGET SOURCES...) compiles SOURCES
# once per instruction set, with QUERN_ISA_NAME set to its name, and quern_add_half those that read weights of half
# precision. quern_add_int8(TARGET FOLDER) compiles the folder's file for each way of multiplying bytes.
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

# "native" is for whoever builds on the machine where it will run: it takes a third of the time.
set(QUERN_TIERS all CACHE STRING "Instruction sets to compile for: all, or native, the best of this processor alone")
set(QUERN_NATIVE "")
if(QUERN_TIERS STREQUAL "native" AND NOT CMAKE_CROSSCOMPILING AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -march=native -dM -E -x c++ /dev/null
    OUTPUT_VARIABLE QUERN_NATIVE ERROR_QUIET)
  if(QUERN_NATIVE MATCHES "__AVX512F__" AND QUERN_NATIVE MATCHES "__AVX512BW__" AND QUERN_NATIVE MATCHES "__AVX512DQ__"
      AND QUERN_NATIVE MATCHES "__AVX512VL__")
    set(QUERN_ISA_TIERS avx512)
  elseif(QUERN_NATIVE MATCHES "__AVX2__" AND QUERN_NATIVE MATCHES "__FMA__" AND QUERN_NATIVE MATCHES "__F16C__")
    set(QUERN_ISA_TIERS avx2)
  elseif(QUERN_NATIVE)
    set(QUERN_ISA_TIERS baseline)
  endif()
endif()

# Instruction sets that all tests run on. AMX, which Linux alone grants by the call that we know, has AVX-512's kernels
# and a few more.
set(QUERN_ISAS ${QUERN_ISA_TIERS})
set(QUERN_AMX OFF)
include(CheckCXXCompilerFlag)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
  check_cxx_compiler_flag("-mamx-tile -mamx-bf16 -mavx512bf16" QUERN_HAS_AMX)
  if(QUERN_HAS_AMX AND "avx512" IN_LIST QUERN_ISA_TIERS AND (NOT QUERN_NATIVE OR QUERN_NATIVE MATCHES "__AMX_BF16__"))
    set(QUERN_AMX ON)
    list(APPEND QUERN_ISAS amx)
  endif()
endif()

# Those that have the kernels of another and multiply bytes in a way of their own.
set(QUERN_INT8_TIERS ${QUERN_ISA_TIERS})
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  check_cxx_compiler_flag(-mavxvnni QUERN_HAS_AVX_VNNI)
  if(QUERN_HAS_AVX_VNNI AND "avx2" IN_LIST QUERN_ISA_TIERS AND (NOT QUERN_NATIVE OR QUERN_NATIVE MATCHES "__AVXVNNI__"))
    list(APPEND QUERN_INT8_TIERS avx_vnni)
  endif()
  if("avx512" IN_LIST QUERN_ISA_TIERS AND (NOT QUERN_NATIVE OR QUERN_NATIVE MATCHES "__AVX512VNNI__"))
    list(APPEND QUERN_INT8_TIERS avx512_vnni)
  endif()
  if(QUERN_AMX)
    list(APPEND QUERN_INT8_TIERS amx)
  endif()
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  list(APPEND QUERN_INT8_TIERS neon_dot)
endif()

# Those that have the kernels of another, and an instruction for bfloat16.
set(QUERN_BF16_TIERS ${QUERN_ISA_TIERS})
if("avx512_vnni" IN_LIST QUERN_INT8_TIERS)
  check_cxx_compiler_flag(-mavx512bf16 QUERN_HAS_AVX512_BF16)
  if(QUERN_HAS_AVX512_BF16 AND (NOT QUERN_NATIVE OR QUERN_NATIVE MATCHES "__AVX512BF16__"))
    list(APPEND QUERN_BF16_TIERS avx512_bf16)
  endif()
elseif("neon_dot" IN_LIST QUERN_INT8_TIERS)
  check_cxx_compiler_flag(-mcpu=generic+dotprod+bf16 QUERN_HAS_NEON_BF16)
  if(QUERN_HAS_NEON_BF16)
    list(APPEND QUERN_BF16_TIERS neon_bf16)
  endif()
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
      ${QUERN_KERNEL_FLAGS} -fno-threadsafe-statics ${QUERN_AVX512_FLAGS} -mavx512bf16 -mamx-tile -mamx-bf16)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_amx>)
    set_property(GLOBAL APPEND PROPERTY QUERN_UNITS ${target}_amx)
  endif()
endfunction()

function(quern_add_int8 target folder)
  foreach(tier IN LISTS QUERN_INT8_TIERS)
    quern_add_tiers(${target} ${folder}/${tier}.cpp int8 ${tier})
    # which of them this build has, for the tables that choose
    string(TOUPPER QUERN_${tier} definition)
    target_compile_definitions(${target} PRIVATE ${definition})
  endforeach()
endfunction()

function(quern_add_kernels target)
  quern_add_tiers(${target} "${ARGN}" kernels "${QUERN_ISA_TIERS}")
endfunction()

function(quern_add_half target source)
  quern_add_tiers(${target} ${source} half "${QUERN_ISA_TIERS}")
  if(TARGET ${target}_half_avx2)
    target_compile_options(${target}_half_avx2 PRIVATE -mf16c)
  endif()
endfunction()

# Products of bfloat16, by an instruction or without.
function(quern_add_bf16 target source)
  quern_add_tiers(${target} ${source} bf16 "${QUERN_BF16_TIERS}")
  foreach(tier IN ITEMS avx512_bf16 neon_bf16)
    if(tier IN_LIST QUERN_BF16_TIERS)
      string(TOUPPER QUERN_${tier} definition)
      target_compile_definitions(${target} PRIVATE ${definition})
    endif()
  endforeach()
endfunction()

function(quern_add_tiers target sources name tiers)
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
  set(flags_avx512_bf16 ${flags_avx512} -mavx512bf16)
  set(flags_amx ${flags_avx512_vnni} -mamx-tile -mamx-int8)
  # as GCC, clang and zig all read it
  set(flags_neon_dot -mcpu=generic+dotprod)
  set(flags_neon_bf16 -mcpu=generic+dotprod+bf16)
  foreach(tier IN LISTS tiers)
    set(kernels ${target}_${name}_${tier})
    add_library(${kernels} OBJECT ${sources})
    target_include_directories(${kernels} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
    target_compile_definitions(${kernels} PRIVATE QUERN_ISA_NAME=${tier})
    target_compile_options(${kernels} PRIVATE
      ${QUERN_KERNEL_FLAGS} ${flags_${tier}})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${kernels}>)
    set_property(GLOBAL APPEND PROPERTY QUERN_UNITS ${kernels})
  endforeach()
endfunction()
