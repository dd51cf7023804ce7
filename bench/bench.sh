# make bench: WORLD=DIR (without it a world of its own), BUILD=DIR; writes $BUILD/bench.json.
command -v python3 >/dev/null && command -v zstd >/dev/null || scripts/install-deps test
exec python3 bench/bench.py --retort "${BUILD:-build}/retort" --out "${BUILD:-build}/bench.json" ${WORLD:+"$WORLD"}
