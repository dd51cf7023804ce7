# make eval: WORLD=DIR (a folder with exchanges, accounts, labels; without it a world of its own), BUILD=DIR.
command -v python3 >/dev/null && command -v zstd >/dev/null || scripts/install-deps test
exec python3 bench/eval.py --retort "${BUILD:-build}/retort" --out "${BUILD:-build}/eval" ${WORLD:+"$WORLD"}
