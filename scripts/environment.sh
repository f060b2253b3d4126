#!/bin/sh
# Makes the virtual environment that everything else runs in:
#
#     scripts/environment.sh VENV PYTHON
#
# uv comes first, by its hash, and installs the lock with bytecode compiled; where uv cannot (a system without a wheel of
# it, a proxy it does not understand), pip does the same more slowly. The stamp is written last, so that an environment
# that was interrupted half-way is made again and never taken for good.
set -eu

venv=$1
python=$2
stamp=$venv/.made-by-lepanalysis
began=$venv/.begun-by-lepanalysis

# From 3.15 on, some packages of the lock have no wheels and would be built from source.
needed="Python 3.11 to 3.14 is needed"
if ! command -v "$python" >/dev/null 2>&1; then
    echo "$needed, and there is no $python here. Name yours: make PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))'; then
    echo "$needed, and $python is $("$python" -V 2>&1). Name another: make PYTHON=python3.12" >&2
    exit 1
fi

# Only an environment of our own is cleared; in somebody else's the lock is laid over what is there.
clear=
if [ -e "$began" ]; then clear=--clear; fi

echo "Making $venv from requirements.lock ($("$python" -V 2>&1)); seconds with uv, a few minutes with pip ..."
rm -f "$stamp"
"$python" -m venv $clear "$venv"
: >"$began"
inside=$venv/bin/python

if "$inside" -m pip install -qq --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
        -r requirements-uv.txt &&
    "$inside" -m uv pip install --no-cache --quiet --python "$inside" --require-hashes --compile-bytecode -r requirements.lock; then
    :
else
    echo "uv could not do it; going on with pip."
    "$inside" -m pip install -qq --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
fi

# The project itself, from this folder: needs no network, since its build backend is in the lock.
"$inside" -m pip --isolated install -qq --disable-pip-version-check --no-index --no-deps --no-build-isolation \
    --editable .

: >"$stamp"
