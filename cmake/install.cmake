# What `make install` leaves: the program, its pages and completion; libretort (archive and shared), its headers and
# retort.pc. libretort is the rooms from base to campaign, and nothing that does I/O.
include(GNUInstallDirs)

set(library_rooms base sketch exchange digest template account link campaign)
set(library_objects)
foreach(name ${library_rooms})
  if(TARGET rt_${name})
    list(APPEND library_objects $<TARGET_OBJECTS:rt_${name}>)
  endif()
endforeach()

add_library(libretort_archive STATIC ${library_objects})
set_target_properties(libretort_archive PROPERTIES OUTPUT_NAME retort LINKER_LANGUAGE C)

add_library(libretort_shared SHARED ${library_objects})
set_target_properties(libretort_shared PROPERTIES OUTPUT_NAME retort LINKER_LANGUAGE C VERSION ${PROJECT_VERSION}
                                                  SOVERSION ${PROJECT_VERSION_MAJOR})
target_link_libraries(libretort_shared PRIVATE PkgConfig::XXHASH PkgConfig::ZSTD OpenSSL::Crypto m)
# rt_ is public, rt__ is ours
target_link_options(libretort_shared PRIVATE -Wl,--version-script=${CMAKE_CURRENT_LIST_DIR}/libretort.map)
set_target_properties(libretort_shared PROPERTIES LINK_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/libretort.map)

configure_file(${CMAKE_CURRENT_LIST_DIR}/retort.pc.in ${CMAKE_BINARY_DIR}/retort.pc.at @ONLY)

# pages and completion come from the program's own tables
set(pages ${CMAKE_BINARY_DIR}/pages)
add_custom_command(
  OUTPUT ${pages}/stamp
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${pages}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${pages}/man ${pages}/bash
  COMMAND retort --generate man ${pages}/man
  COMMAND retort --generate bash ${pages}/bash
  COMMAND ${CMAKE_COMMAND} -E touch ${pages}/stamp
  DEPENDS retort
  VERBATIM)
add_custom_target(pages ALL DEPENDS ${pages}/stamp)

install(TARGETS retort RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS libretort_archive libretort_shared ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
                                                   LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/retort DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${pages}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${pages}/bash/retort DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
# the prefix may be given as late as `cmake --install --prefix`, so the .pc file is finished then
install(CODE "set(pc_libdir ${CMAKE_INSTALL_LIBDIR})\nset(pc_includedir ${CMAKE_INSTALL_INCLUDEDIR})
  file(READ \"${CMAKE_BINARY_DIR}/retort.pc.at\" text)
  string(REPLACE \"{PREFIX}\" \"\${CMAKE_INSTALL_PREFIX}\" text \"\${text}\")
  file(WRITE \"${CMAKE_BINARY_DIR}/retort.pc\" \"\${text}\")")
install(FILES ${CMAKE_BINARY_DIR}/retort.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
