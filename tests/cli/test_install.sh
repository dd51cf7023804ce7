# what `make install` leaves, and a stranger's program that is built with it and nothing else
. "$SOURCE/tests/cli/lib.sh" || exit 1
build=$(dirname "$RETORT")
root="$work/root"
installs() {
  DESTDIR="$root" cmake --install "$build" --prefix /opt/retort >"$work/log" 2>&1 || { cat "$work/log"; return 1; }
}
check "installs" installs
prefix="$root/opt/retort"
for file in bin/retort include/retort/retort.h lib/libretort.a lib/libretort.so lib/pkgconfig/retort.pc \
  share/man/man1/retort.1 share/man/man1/retort-scan.1 share/bash-completion/completions/retort; do
  check "$file" test -e "$prefix/$file"
done
check "retort.pc names the prefix, not where it was staged" grep -qx 'prefix=/opt/retort' "$prefix/lib/pkgconfig/retort.pc"
check "the installed program runs" test "$("$prefix/bin/retort" --version)" = "$("$RETORT" --version)"
check "the shared library shows nothing internal" bash -c '! nm -D --defined-only "$1" | grep -q " rt__"' bash \
  "$prefix/lib/libretort.so"
check "headers stand alone, as C++ too" bash -c 'for h in "$1"/retort/*.h; do
  echo "#include \"$h\"" | cc -std=c11 -Wall -Wextra -Werror -I"$1" -fsyntax-only -xc - || exit 1
  echo "#include \"$h\"" | c++ -std=c++11 -Wall -Wextra -Werror -I"$1" -fsyntax-only -xc++ - || exit 1
done' bash "$prefix/include"

flags=""
nm "$RETORT" | grep -q __asan_init && flags="-fsanitize=address,undefined"
nm "$RETORT" | grep -q __tsan_init && flags="-fsanitize=thread"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
# where it was staged stands in for the real prefix
pc() {
  pkg-config --define-variable=prefix="$prefix" "$@" retort
}
# shellcheck disable=SC2046,SC2086 # lists of flags
check "the example builds, shared" cc -std=c11 -Wall -Wextra $flags "$SOURCE/examples/scan_three.c" \
  -o "$work/shared" $(pc --cflags --libs)
check "it runs" bash -c 'LD_LIBRARY_PATH="$1" "$2" >"$3"' bash "$prefix/lib" "$work/shared" "$work/out.shared"
check "it reads what was fed" grep -q '^5097 exchanges of 94 accounts, view: text' "$work/out.shared"
rm "$prefix"/lib/libretort.so*
# shellcheck disable=SC2046,SC2086
check "the example builds, static" cc -std=c11 -Wall -Wextra $flags "$SOURCE/examples/scan_three.c" \
  -o "$work/static" $(pc --cflags --libs --static)
check "it finds the same" bash -c '"$1" | cmp -s - "$2"' bash "$work/static" "$work/out.shared"
finish
