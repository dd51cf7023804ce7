# make eval: WORLD=DIR (a folder with exchanges, accounts, labels; without it a world of its own), BUILD=DIR.
exec python3 bench/eval.py --retort "${BUILD:-build}/retort" --out "${BUILD:-build}/eval" ${WORLD:+"$WORLD"}
