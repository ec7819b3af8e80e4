# cmake -DOUT=header -DSTATEMENTS="a.sql;b.sql" -DSCHEMA=schema.sql -DMIGRATIONS="migrate_2.sql;..." -P embed.cmake
# Writes a header with the named sections ("-- name: x" up to the next one) of the statement files as OTR_SQL_LIST(X),
# the schema as OTR_SQL_SCHEMA and the migrations as OTR_SQL_MIGRATION_LIST(X). Comments stay out.
cmake_policy(SET CMP0057 NEW)

function(quoted out text)
  string(REGEX REPLACE "--[^\n]*" "" text "${text}")
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REGEX REPLACE "[ \t\n]+" " " text "${text}")
  string(STRIP "${text}" text)
  set(${out} "\"${text}\"" PARENT_SCOPE)
endfunction()

set(list "")
foreach(file ${STATEMENTS})
  file(READ ${file} rest)
  string(FIND "${rest}" "-- name: " at)
  while(NOT at EQUAL -1)
    math(EXPR at "${at} + 9")
    string(SUBSTRING "${rest}" ${at} -1 rest)
    string(FIND "${rest}" "\n" end)
    string(SUBSTRING "${rest}" 0 ${end} name)
    string(TOUPPER "${name}" name)
    string(SUBSTRING "${rest}" ${end} -1 rest)
    string(FIND "${rest}" "-- name: " at)
    string(SUBSTRING "${rest}" 0 ${at} body)
    quoted(body "${body}")
    string(APPEND list " \\\n    X(${name}, ${body})")
  endwhile()
endforeach()

file(READ ${SCHEMA} schema)
quoted(schema "${schema}")
set(migrations "")
foreach(file ${MIGRATIONS})
  string(REGEX REPLACE ".*migrate_([0-9]+)\\.sql$" "\\1" version "${file}")
  file(READ ${file} body)
  quoted(body "${body}")
  string(APPEND migrations " \\\n    X(${version}, ${body})")
endforeach()

file(WRITE ${OUT} "/* Made from sql/ by embed.cmake. */
#define OTR_SQL_LIST(X)${list}

#define OTR_SQL_SCHEMA ${schema}

#define OTR_SQL_MIGRATION_LIST(X)${migrations}
")
