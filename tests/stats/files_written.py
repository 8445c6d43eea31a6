"""The same readings in each format, and whether two are the same."""

import numpy as np

LONG = "reader,modality,case,truth,score\nr1,A,c1,0,1\nr1,A,c2,1,2.5\nr2,A,c1,0,3\nr2,A,c2,1,4\n"
WIDE = "case,truth,r1,r2\nc1,0,1,3\nc2,1,2.5,4\n"
IMRMC = "N0: 1\nN1: 1\nNR: 2\nNM: 1\nBEGIN DATA:\ntruth,c1,truth,0\nr1,c1,A,1\nr1,c2,A,2.5\ntruth,c2,truth,1\nr2,c1,A,3\nr2,c2,A,4\n"  # fmt: skip


def same(first, second):
    names = [(x.modalities, x.readers, x.cases, x.truth.tolist()) for x in (first, second)]
    return names[0] == names[1] and np.array_equal(first.scores, second.scores, equal_nan=True)
