"""Stages of a slot: what the values that it wants next are for."""

from __future__ import annotations

FREE = 0  # it holds no line
FINISHED = 16  # its decision stands
PARKED = 10  # it waits for the noise to be measured

# The short proof: pairs around the first one; a second pair where the first looks curved; one far from x where the
# first refutes the claim flatly; one far from x before the claim is called wrong; a fine step before the claim 0 is.
PROOF = 1
PROOF_CURVED = 15
PROOF_FLAT = 9
PROOF_FAR = 2
PROOF_TREAD = 17

# The full ladder: its first pair; a few of the finest steps; all steps below the first; coarser ones; one far from x.
LADDER_FIRST = 11
LADDER_FINEST = 3
LADDER_ALL = 12
LADDER_COARSER = 13
LADDER_FAR = 14

# A closer look: steps in between, a search for a jump of f, a zoom on a kink.
REFINEMENT = 4
STEP_JUMP = 5
ZOOM = 6

# A line over coordinates that share a kink: a pair, then a ladder.
SHARED_PAIR = 7
SHARED_LADDER = 8
