# cmake -DNM=... -DOBJECTS=FILE -P weak-symbols.cmake: fails where an object that FILE lists defines a weak symbol. In
# objects that are compiled for one instruction set such a symbol is an inline function or a template of a shared header:
# the linker keeps one copy for everybody, which may be the one with instructions that the processor lacks.
file(READ "${OBJECTS}" objects)
list(LENGTH objects count)
if(count EQUAL 0)
  message(FATAL_ERROR "${OBJECTS} lists no objects")
endif()
set(weak "")
foreach(object IN LISTS objects)
  execute_process(COMMAND "${NM}" --defined-only --demangle "${object}"
    OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[0-9a-f]+ [VvWwu] [^\n]*" found "${symbols}")
  foreach(symbol IN LISTS found)
    string(REGEX REPLACE "^[0-9a-f]+ . " "" symbol "${symbol}")
    string(APPEND weak "\n  ${object}: ${symbol}")
  endforeach()
endforeach()
if(NOT weak STREQUAL "")
  message(FATAL_ERROR "weak symbols in objects of one instruction set:${weak}")
endif()
message(STATUS "no weak symbols in ${count} objects")
