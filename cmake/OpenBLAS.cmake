# OpenBLAS::openblas from the unpacked openblas jar. Nothing links against it: the kernels load it from a given file
# (native/src/runtime/blas.cpp), so that a system library can never be picked; tests take its location from this target.
if(NOT EXISTS "${OPENBLAS_ROOT}/include/cblas.h")
  message(FATAL_ERROR "OPENBLAS_ROOT (${OPENBLAS_ROOT}) has no include/cblas.h: unpack the openblas jar there")
endif()
add_library(OpenBLAS::openblas SHARED IMPORTED GLOBAL)
if(WIN32)
  set(openblas_file "${OPENBLAS_ROOT}/libopenblas.dll")
elseif(APPLE)
  set(openblas_file "${OPENBLAS_ROOT}/libopenblas.0.dylib")
else()
  set(openblas_file "${OPENBLAS_ROOT}/libopenblas.so.0")
endif()
set_target_properties(OpenBLAS::openblas PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES "${OPENBLAS_ROOT}/include"
  IMPORTED_LOCATION "${openblas_file}"
  IMPORTED_IMPLIB "${OPENBLAS_ROOT}/lib/openblas.lib")
