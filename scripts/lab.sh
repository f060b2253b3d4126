#!/bin/sh
# Opens JupyterLab on a copy of the stand-in, so that nothing committed is changed by exploring:
#
#     scripts/lab.sh VENV [OPTIONS OF JUPYTERLAB ...]
#
# The copy lies in build/lab and is made once: what was coded there is still there the next time.
set -eu

venv=$1
shift
lab=build/lab

if [ -e "$lab/.copied" ]; then
    echo "Going on in $lab, with what was coded there. For a fresh copy: rm -r $lab"
else
    echo "Copying the stand-in and the notebooks to $lab."
    mkdir -p "$lab/data"
    cp -R data/standin data/article "$lab/data/"
    cp -R notebooks paper "$lab/"
    : >"$lab/.copied"
fi

# Nothing here asks the network for anything: not for news, nor for a newer version.
mkdir -p "$venv/etc/jupyter/labconfig"
echo '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}' \
    >"$venv/etc/jupyter/labconfig/page_config.json"

# JupyterLab will not run as root (in a container, say) unless told to.
if [ "$(id -u)" -eq 0 ]; then set -- --allow-root "$@"; fi

exec "$venv/bin/python" -m jupyterlab --ServerApp.ip=127.0.0.1 --ServerApp.root_dir="$lab" \
    --LabApp.default_url=/lab/tree/notebooks/explore.ipynb "$@"
