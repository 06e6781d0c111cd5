"""What libsolv says of every name of some repositories: installable by itself, or not. The peer of names.ts and roots.ts.

    python3 bench/libsolv.py PRIMARY.xml.gz...        needs python3-solv

Tells in one line of JSON on standard error how long it took, and the digest of the names that are installable.
"""

import hashlib
import json
import sys
import time

import solv


def main(paths):
    begin = time.perf_counter()
    pool = read(paths)
    names = sorted({item.name for item in pool.solvables_iter() if item.arch in ("x86_64", "noarch")})
    middle = time.perf_counter()
    verdicts = {name: judge(pool, name) for name in names}
    end = time.perf_counter()
    found = [name for name, (possible, *_) in verdicts.items() if possible]
    told = {
        "reading": middle - begin,
        "judging": end - middle,
        "names": len(names),
        "installable": len(found),
        "digest": hashlib.sha256("\n".join(found).encode()).hexdigest(),
        "milliseconds": {name: [wall * 1000, processor * 1000] for name, (_, wall, processor) in verdicts.items()},
    }
    print(json.dumps(told), file=sys.stderr)


def read(paths):
    pool = solv.Pool()
    pool.setdisttype(solv.Pool.DISTTYPE_RPM)
    pool.setarch("x86_64")
    for path in paths:
        pool.add_repo(path).add_rpmmd(solv.xfopen(path), None, 0)
    pool.addfileprovides()
    pool.createwhatprovides()
    return pool


def judge(pool, name):
    begin, started = time.perf_counter(), time.thread_time()
    jobs = pool.select(name, solv.Selection.SELECTION_NAME).jobs(solv.Job.SOLVER_INSTALL)
    solver = pool.Solver()
    solver.set_flag(solv.Solver.SOLVER_FLAG_IGNORE_RECOMMENDED, 1)
    possible = not solver.solve(jobs)
    return possible, time.perf_counter() - begin, time.thread_time() - started


main(sys.argv[1:])
