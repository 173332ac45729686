#!/bin/bash
# Eight processes explain the photos in PHOTOS into RUN, both on a file system that all nodes see.
#   sbatch --export=ALL,PHOTOS=/data/val,RUN=/data/run slurm.sh
# What stands behind slurm.sh goes to explain: --retry-failed, --no-maps.
# Once more for what was cut short: complete shards end at once. The number of shards stands in two places: here and in SHARDS.
#SBATCH --job-name=explain
#SBATCH --array=0-7
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=04:00:00
# Two minutes before the time is up: photos that were begun are finished.
#SBATCH --signal=TERM@120
#SBATCH --requeue

set -eu
: "${PHOTOS:?the folder or list.csv of photos}" "${RUN:?the folder of the run}"
SHARDS=8
export RAYON_NUM_THREADS="$SLURM_CPUS_PER_TASK"
exec srun "${EXPLAIN:-explain}" "$PHOTOS" --out "$RUN" --shard "$SLURM_ARRAY_TASK_ID/$SHARDS" "$@"
