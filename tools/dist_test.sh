#!/usr/bin/env bash
# Test with several processes, one per GPU, or on a CPU: bash tools/dist_test.sh CONFIG CHECKPOINT PROCESSES [options of test.py]
# Several machines: set NNODES, NODE_RANK and MASTER_ADDR.
set -euo pipefail
CONFIG="$1"
CHECKPOINT="$2"
PROCESSES="$3"
root="$(cd "$(dirname "$0")/.." && pwd)"

PYTHONPATH="$root:${PYTHONPATH:-}" python -m torch.distributed.run \
    --nnodes="${NNODES:-1}" \
    --node-rank="${NODE_RANK:-0}" \
    --master-addr="${MASTER_ADDR:-127.0.0.1}" \
    --master-port="${PORT:-29500}" \
    --nproc-per-node="$PROCESSES" \
    "$(dirname "$0")/test.py" "$CONFIG" "$CHECKPOINT" --launcher pytorch "${@:4}"
