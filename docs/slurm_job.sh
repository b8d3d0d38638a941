#!/bin/bash
#SBATCH --job-name=textgen
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=16
#SBATCH --time=01:00:00

# A folder on a disk that all nodes share, and one number format for all.
export TEXTGEN_CHECKPOINTS="$SLURM_SUBMIT_DIR/training_checkpoints"
export TEXTGEN_DTYPE=float32

# If one task fails, the others cannot go on: end them at once.
srun --kill-on-bad-exit=1 python tasks.py train --recipe three-minutes --slurm
