#!/usr/bin/env bash
# Train with several processes, one per GPU, or on a CPU: bash tools/dist_train.sh CONFIG PROCESSES [options of train.py]
# Several machines: set NNODES, NODE_RANK and MASTER_ADDR.
set -euo pipefail
CONFIG="$1"
PROCESSES="$2"
root="$(cd "$(dirname "$0")/.." && pwd)"

PYTHONPATH="$root:${PYTHONPATH:-}" python -m torch.distributed.run \
    --nnodes="${NNODES:-1}" \
    --node-rank="${NODE_RANK:-0}" \
    --master-addr="${MASTER_ADDR:-127.0.0.1}" \
    --master-port="${PORT:-29500}" \
    --nproc-per-node="$PROCESSES" \
    "$(dirname "$0")/train.py" "$CONFIG" --launcher pytorch "${@:3}"
