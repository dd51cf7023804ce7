# install-deps: nothing when all is there, lists only when needed, sudo only when not root, plain words when neither
. "$SOURCE/tests/cli/lib.sh" || exit 1
cd "$work" || exit 1
mkdir fake
tool() { # NAME - a stand-in whose body is standard input
  { echo '#!/bin/sh'; cat; } >"fake/$1"
  chmod +x "fake/$1"
}
for name in sh awk env mktemp rm dirname cat grep touch; do ln -s "$(command -v $name)" fake/$name; done
tool dpkg-query <<'E'
for last; do :; done
grep -qx "$last" present && printf installed || { printf unknown; exit 1; }
E
tool apt-get <<'E'
echo "apt-get $*" >>calls
[ "$1" = update ] && { touch lists; exit 0; }
[ -e lists ] || { echo "E: Unable to locate package"; exit 100; }
E
tool id <<'E'
cat uid
E
deps() { # GROUPS... - with nothing on the path but the stand-ins
  : >calls
  PATH="$work/fake" "$work/fake/sh" "$SOURCE/scripts/install-deps" "$@" >out 2>err
}
awk -F '\t' '$1 == "build" { print $2 }' "$SOURCE/scripts/deps.tsv" >present
echo 0 >uid
check "all is there" deps build
check "nothing is called" test ! -s calls
check "nothing is said" test ! -s out

grep -v zstd present >some
mv some present
check "one is missing and the lists, too" deps build
check "it says what" grep -qx 'install-deps: installing libzstd-dev' out
check "it fetches lists and tries again" test "$(sed 's/ .*\(install\|update\).*/ \1/; s/apt-get //; s/ .*//' calls | tr '\n' ' ')" = "install update install "
check "it asks for that one only" grep -q -- ' libzstd-dev$' calls
touch lists
check "with lists" deps build
check "it fetches none" test "$(grep -c update calls)" = 0

echo 1000 >uid
if deps build; then not_ok "neither root nor sudo is an error"; else ok "neither root nor sudo is an error"; fi
check "that says what to run" grep -q 'run as root: apt-get install libzstd-dev' err
tool sudo <<'E'
echo "sudo $1" >>calls
"$@"
E
check "with sudo" deps build
check "through sudo" grep -q '^sudo env' calls
tool apt-get <<'E'
echo "E: no space left"
exit 100
E
if deps build; then not_ok "apt's failure is ours"; else ok "apt's failure is ours"; fi
check "and its words are shown" grep -q 'no space left' err
rm fake/apt-get
if deps build; then not_ok "no apt-get is an error"; else ok "no apt-get is an error"; fi
check "that names the packages" grep -q 'install by hand: libzstd-dev' err

check "every package has a group and a reason" awk -F '\t' '!/^#/ && (NF != 3 || $3 == "" || $1 !~ /^[a-z-]+$/) { print; bad = 1 } END { exit bad }' "$SOURCE/scripts/deps.tsv"
finish
