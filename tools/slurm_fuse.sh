#!/usr/bin/env bash
# Fuse on a Slurm cluster: [PROCESSES=8] bash tools/slurm_fuse.sh PARTITION JOB_NAME A B OUT [options of mmfusion fuse]
# GPUS_PER_NODE=0 takes nodes without GPUs. Give --skip-existing: a job that is requeued then goes on.
set -euo pipefail
PARTITION="$1"
JOB_NAME="$2"
PROCESSES="${PROCESSES:-8}"
GPUS_PER_NODE="${GPUS_PER_NODE:-$((PROCESSES < 8 ? PROCESSES : 8))}"
root="$(cd "$(dirname "$0")/.." && pwd)"

gpus=()
if ((GPUS_PER_NODE > 0)); then
    gpus=(--gres="gpu:$GPUS_PER_NODE" --ntasks-per-node="$GPUS_PER_NODE")
fi

# SRUN_ARGS is split on purpose: it holds several options.
# shellcheck disable=SC2086
PYTHONPATH="$root:${PYTHONPATH:-}" srun \
    --partition="$PARTITION" \
    --job-name="$JOB_NAME" \
    --ntasks="$PROCESSES" \
    "${gpus[@]}" \
    --cpus-per-task="${CPUS_PER_TASK:-5}" \
    --kill-on-bad-exit=1 \
    ${SRUN_ARGS:-} \
    python -u -m mmfusion_distill fuse "${@:3:3}" --launcher slurm "${@:6}"
