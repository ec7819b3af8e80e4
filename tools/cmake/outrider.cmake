# One helper makes every target alike: warnings are errors, arithmetic is not contracted (a fused multiply-add
# would make two builds decide differently), sections are dropped when unused.
add_library(otr_options INTERFACE)
target_compile_options(otr_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings
  -Wvla -Wundef -Wformat=2 -Wno-format-nonliteral -fno-common -ffp-contract=off -ffunction-sections
  -fdata-sections -fstack-protector-strong)
target_link_options(otr_options INTERFACE -Wl,--gc-sections -Wl,-z,relro,-z,now)
target_include_directories(otr_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/agent)
target_compile_definitions(otr_options INTERFACE _GNU_SOURCE OTR_VERSION="${PROJECT_VERSION}")
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  # files over 2 GB, and times after 2038; no library is given a time_t or off_t of ours
  target_compile_definitions(otr_options INTERFACE _FILE_OFFSET_BITS=64 _TIME_BITS=64)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # no path of the machine that built it: equal sources make equal bytes
  target_compile_options(otr_options INTERFACE -D_FORTIFY_SOURCE=2 -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=
    -ffile-prefix-map=${CMAKE_BINARY_DIR}/=build/)
endif()
if(OUTRIDER_SANITIZE)
  target_compile_options(otr_options INTERFACE -fsanitize=${OUTRIDER_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(otr_options INTERFACE -fsanitize=${OUTRIDER_SANITIZE})
endif()

if(OUTRIDER_FUZZ)
  # every file counts its branches, or the fuzzer is blind below its target
  target_compile_options(otr_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# otr_module(name SOURCES a.c b.c LINKS lib ...): a static library of one folder.
function(otr_module name)
  cmake_parse_arguments(M "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${M_SOURCES})
  target_link_libraries(${name} PUBLIC otr_options ${M_LINKS})
endfunction()

# Where tests find the programs. What was built for another processor has scripts there that call its emulator.
set(OUTRIDER_TEST_BIN ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
if(CMAKE_CROSSCOMPILING)
  set(OUTRIDER_TEST_BIN ${CMAKE_BINARY_DIR}/emulated)
endif()

# otr_program(name SOURCES ... LINKS ...): a program in build/<preset>/bin.
function(otr_program name)
  cmake_parse_arguments(M "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${M_SOURCES})
  target_link_libraries(${name} PRIVATE otr_options ${M_LINKS})
  if(CMAKE_CROSSCOMPILING)
    file(WRITE ${OUTRIDER_TEST_BIN}/${name}
      "#!/bin/sh\nexec ${CMAKE_CROSSCOMPILING_EMULATOR} ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${name} \"$@\"\n")
    file(CHMOD ${OUTRIDER_TEST_BIN}/${name} FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
  endif()
endfunction()

# otr_test(name SOURCES ... LINKS ...): a cmocka program that ctest runs with the folder of the sources in
# OUTRIDER_SOURCE. Its label is the folder below tests/.
function(otr_test name)
  cmake_parse_arguments(M "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${M_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE otr_options ${M_LINKS} PkgConfig::CMOCKA)
  add_test(NAME ${name} COMMAND ${name})
  file(RELATIVE_PATH below ${PROJECT_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
  string(REGEX REPLACE "/.*" "" label "${below}")
  set(limit_s 2400)
  if(CMAKE_CROSSCOMPILING)
    set(limit_s 24000) # an emulator takes ten times as long
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${label}" TIMEOUT ${limit_s}
    ENVIRONMENT "OUTRIDER_SOURCE=${PROJECT_SOURCE_DIR};OUTRIDER_BIN=${OUTRIDER_TEST_BIN}")
endfunction()
