#!/bin/sh
cd /work/wt/pgdialect
git fetch -q . ; git rebase -q main || exit 1
flock /work/wt/.merge sh -c 'git rebase -q main && timeout 500 mvn -o -q -B test-compile && git -C /work/main merge --ff-only pgdialect' 2>&1 | tail -5
