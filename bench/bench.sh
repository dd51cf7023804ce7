# make bench: WORLD=DIR (without it a world of its own), BUILD=DIR; writes $BUILD/bench.json.
exec python3 bench/bench.py --retort "${BUILD:-build}/retort" --out "${BUILD:-build}/bench.json" ${WORLD:+"$WORLD"}
