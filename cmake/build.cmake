# What Maven runs in native/: cmake -DNAME=VALUE... -P build.cmake, with the environment variable STEP.
# build: puts the glue in order; then for each of PLATFORMS the kernels, by the preset of its name, and what the
# platform's jar has beside the library. programs: the native tests of each, which are built; test: and run. HOST is the
# platform of this machine; the tools of others are found by cross.sh. VERSION and TIERS go to CMakeLists.txt. BOUND says
# that the glue
# and the jar's module are those of the last build. The module takes JAVA_HOME, RELEASE, MODULES (a folder with jars), and
# the versions JAVACPP and OPENBLAS of these.
cmake_minimum_required(VERSION 3.21)
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
set(native "${root}/native")
set(target "${native}/target")
string(REPLACE "," ";" PLATFORMS "${PLATFORMS}")

function(run)
  execute_process(COMMAND ${ARGV} WORKING_DIRECTORY "${native}" RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    string(REPLACE ";" " " command "${ARGV}")
    message(FATAL_ERROR "failed: ${command}")
  endif()
endfunction()

# The jar's headers and libraries, once for each version.
function(unpack_openblas platform)
  set(folder "${target}/openblas/org/bytedeco/openblas/${platform}")
  set(stamp "${folder}/version")
  set(unpacked "")
  if(EXISTS "${stamp}")
    file(READ "${stamp}" unpacked)
  endif()
  if(NOT unpacked STREQUAL OPENBLAS)
    file(REMOVE_RECURSE "${folder}")
    file(ARCHIVE_EXTRACT INPUT "${MODULES}/openblas-${OPENBLAS}-${platform}.jar" DESTINATION "${target}/openblas"
      PATTERNS */include/*.h */lib[gqo]*) # libopenblas, libgfortran, libgcc_s, libquadmath
    file(WRITE "${stamp}" "${OPENBLAS}")
  endif()
endfunction()

# A build folder that cannot be configured (its clone was moved or copied, its compiler is gone, its disk was full) is
# removed and configured again. So is one whose build was interrupted, which may have left half of an object: the file
# "building" is there from before the build until its end.
function(build_target platform name)
  set(folder "${target}/cmake/${platform}")
  set(marker "${folder}/building")
  if(EXISTS "${marker}")
    file(REMOVE_RECURSE "${folder}")
  endif()
  file(WRITE "${marker}" "")
  set(arguments --preset ${platform} --log-level=WARNING -DQUERN_VERSION=${VERSION} -DQUERN_TIERS=${TIERS})
  if(NOT platform STREQUAL HOST)
    list(APPEND arguments -DCMAKE_RULE_MESSAGES=OFF)
  endif()
  foreach(attempt RANGE 1)
    execute_process(COMMAND "${CMAKE_COMMAND}" ${arguments} WORKING_DIRECTORY "${native}"
      RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(status EQUAL 0)
      break()
    elseif(attempt EQUAL 1)
      message(FATAL_ERROR "${said}")
    endif()
    file(REMOVE_RECURSE "${folder}")
    file(WRITE "${marker}" "")
  endforeach()

  execute_process(COMMAND "${CMAKE_COMMAND}" --build --preset ${platform} --target ${name} WORKING_DIRECTORY "${native}"
    RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said ECHO_OUTPUT_VARIABLE ECHO_ERROR_VARIABLE)
  # a mistake in the sources leaves no half objects
  if(status EQUAL 0 OR (said MATCHES ":[0-9]+: error: " AND NOT said MATCHES "Killed|No space left"))
    file(REMOVE "${marker}")
  endif()
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${name} of ${platform} cannot be built")
  endif()
endfunction()

# The jar's module and licenses, and the folder of the library, which native-maven-plugin does not create.
function(stage platform classes)
  string(REPLACE "-" "." dotted ${platform})
  set(module "${target}/platform-module/${platform}")
  foreach(name module-info Platform)
    file(READ "${native}/src/main/platform/${name}.java" source)
    string(REPLACE "\${platform.module}" "dev.quern.bindings.${dotted}" source "${source}")
    string(REPLACE "\${openblas.module}" "org.bytedeco.openblas.${dotted}" source "${source}")
    file(WRITE "${module}/${name}.java" "${source}")
  endforeach()
  set(path "${target}/classes" "${MODULES}/javacpp-${JAVACPP}.jar" "${MODULES}/openblas-${OPENBLAS}.jar"
    "${MODULES}/openblas-${OPENBLAS}-${platform}.jar")
  list(JOIN path ":" path)
  run("${JAVA_HOME}/bin/javac" --release ${RELEASE} -Xlint:-module --module-path "${path}" -d "${classes}"
    "${module}/module-info.java" "${module}/Platform.java")
  file(MAKE_DIRECTORY "${classes}/dev/quern/${platform}")
  file(COPY "${root}/LICENSE" "${root}/NOTICE" DESTINATION "${classes}/META-INF")
  if(platform STREQUAL windows-x86_64)
    file(COPY "${native}/src/main/licenses/mingw-w64.txt" DESTINATION "${classes}/META-INF/licenses")
  endif()
endfunction()

if("$ENV{STEP}" STREQUAL build AND NOT BOUND)
  run("${JAVA_HOME}/bin/java" "${native}/src/main/glue/SortGlue.java" "${target}/glue"
    "${target}/classes/META-INF/native-image")
endif()
foreach(platform IN LISTS PLATFORMS)
  if("$ENV{STEP}" STREQUAL build)
    set(classes "${target}/native")
    if(NOT platform STREQUAL HOST)
      set(classes "${target}/cross/${platform}/classes")
      run("${root}/cmake/cross.sh" tools ${platform})
      if(NOT EXISTS "${target}/cross/${platform}/ready")
        continue()
      endif()
    endif()
    unpack_openblas(${platform})
    build_target(${platform} quern)
    if(NOT BOUND)
      stage(${platform} "${classes}")
    endif()
  elseif(platform STREQUAL HOST)
    build_target(${platform} all)
    if("$ENV{STEP}" STREQUAL test)
      # as JUnit's tag of that name
      set(left_out --label-exclude "^full$")
      if("$ENV{QUERN_TEST_FULL}" STREQUAL true)
        set(left_out "")
      endif()
      run("${CMAKE_CTEST_COMMAND}" --preset ${platform} ${left_out})
    endif()
  elseif(EXISTS "${target}/cross/${platform}/ready" AND NOT platform STREQUAL macosx-arm64)
    build_target(${platform} all)
    if("$ENV{STEP}" STREQUAL test)
      run("${root}/cmake/cross.sh" test ${platform})
    endif()
  endif()
endforeach()
