set(sql ${CMAKE_CURRENT_LIST_DIR}/sql)
set(statements ${sql}/journal.sql ${sql}/outbox.sql ${sql}/notice.sql ${sql}/remark.sql ${sql}/order.sql ${sql}/proof.sql ${sql}/recover.sql ${sql}/quota.sql ${sql}/forget.sql ${sql}/history.sql ${sql}/reader.sql ${sql}/back.sql)
set(migrations ${sql}/migrate_2.sql ${sql}/migrate_3.sql) # in order
add_custom_command(
  OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/store_statements.h
  COMMAND ${CMAKE_COMMAND} -DOUT=${CMAKE_CURRENT_BINARY_DIR}/store_statements.h "-DSTATEMENTS=${statements}"
          -DSCHEMA=${sql}/schema.sql "-DMIGRATIONS=${migrations}" -P ${sql}/embed.cmake
  DEPENDS ${statements} ${sql}/schema.sql ${migrations} ${sql}/embed.cmake
  VERBATIM)

otr_module(otr_linux_store
  SOURCES store.c store_sql.c store_schema.c store_database.c store_commit.c store_forget.c store_outbox.c store_notice.c store_remark.c store_order.c store_proof.c store_chunk.c store_quota.c store_recover.c
          store_aside.c store_salvage.c store_kept.c store_back.c store_history.c store_reader.c store_rows.c store_files.c ${CMAKE_CURRENT_BINARY_DIR}/store_statements.h
  LINKS otr_base PkgConfig::SQLITE Threads::Threads)
target_include_directories(otr_linux_store PUBLIC ${CMAKE_CURRENT_BINARY_DIR})
