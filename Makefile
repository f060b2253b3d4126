# The front door: `make` lists what there is. Every target that needs Python first makes $(VENV) from requirements.lock.
# The folder of the project may have any name; VENV is a name to make and must be without blanks.

STUDY  ?= data/standin
OUT    ?=
JOBS   ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
VENV   ?= .venv
PYTHON ?= python3
# More options for pytest (make test PYTEST="-k agreement -x") and for JupyterLab (make lab LAB=--no-browser).
PYTEST ?=
LAB    ?=
# More options for the benchmark (make bench BENCH=--quick).
BENCH  ?=
# The corpus of data/open/cimt, which is not kept here.
OPEN_STUDY ?= $(wildcard ../shared/open-study/cimt)
# `make lock UPGRADE=1` takes the newest versions; without it only what pyproject.toml asks for changes.
UPGRADE ?=

DEFAULT_STUDY := data/standin
STAMP := $(VENV)/.made-by-lepanalysis
RUN := "$(VENV)/bin/python" -m

# The tests find the browser in this variable; without one those marked `browser` are left out.
CHROMIUM ?= $(shell for name in chromium chromium-browser google-chrome; do command -v $$name && break; done)
export CHROMIUM

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help paper open accept reproduce mutations test test-long oracles crate taguette readers bench bench-exchange lab lint lock clean

help:  ## list the targets
	@echo "make TARGET [STUDY=$(STUDY)] [OUT=build/<study>] [JOBS=$(JOBS)] [VENV=$(VENV)] [PYTHON=$(PYTHON)]"
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
	    while IFS='|' read -r target text; do printf '  %-18s%s\n' "$$target" "$$text"; done

$(STAMP): requirements.lock requirements-uv.txt scripts/environment.sh
	@sh scripts/environment.sh "$(VENV)" "$(PYTHON)"

paper: $(STAMP)  ## build the paper of STUDY, hold its verdicts against those accepted and, for the stand-in, its exhibits
	@$(RUN) lepanalysis build "$(STUDY)" --jobs "$(JOBS)" $(if $(OUT),--out "$(OUT)")
	@$(RUN) lepanalysis verify "$(STUDY)" --changes $(if $(filter $(DEFAULT_STUDY),$(STUDY)),--strict)
ifeq ($(STUDY),$(DEFAULT_STUDY))
	@$(RUN) lepanalysis compare $(if $(OUT),--out "$(OUT)")
endif

open: $(STAMP)  ## make a study of the open corpus in OPEN_STUDY=folder, verify what is known of it, build its paper
ifeq ($(OPEN_STUDY),)
	@echo "OPEN_STUDY=folder is to name the folder of the corpus; data/open/cimt/README.md says where it can be had." >&2
	@exit 1
else
	@"$(VENV)/bin/python" scripts/open_study.py data/open/cimt "$(OPEN_STUDY)" "$(or $(OUT),build/open/cimt)" --jobs "$(JOBS)"
endif

accept: $(STAMP)  ## take the stand-in's exhibits as built last into figures/ and tables/
	@$(RUN) lepanalysis compare --accept $(if $(OUT),--out "$(OUT)")

reproduce: $(STAMP)  ## build the stand-in's paper twice, as differently as can be, and compare every byte
	@"$(VENV)/bin/python" scripts/reproduce.py

mutations: $(STAMP)  ## write docs/mutations.md anew: which changes of the ledger the checks notice (some ten minutes)
	@"$(VENV)/bin/python" scripts/mutate.py

ifeq ($(CHROMIUM),)
SAY_BROWSER = @echo "No chromium here: the tests marked browser are left out (apt-get install chromium, or CHROMIUM=/path)."
NOT_BROWSER := not browser
endif

test: $(STAMP)  ## run the tests, without the long ones
	$(SAY_BROWSER)
	@$(RUN) pytest -m "not long$(if $(NOT_BROWSER), and $(NOT_BROWSER))" $(PYTEST)

test-long: $(STAMP)  ## run all tests, with full counts
	$(SAY_BROWSER)
	@$(RUN) pytest -m "$(NOT_BROWSER)" $(PYTEST)

# Other people's programs for the same coefficients; irrCAC asks for an older pandas than the project has.
ORACLES = build/oracles
oracles:  ## write tests/oracles anew: what other programs compute, in an environment of their own
	@"$(PYTHON)" -m venv "$(ORACLES)"
	@"$(ORACLES)/bin/python" -m pip install --quiet --requirement scripts/oracles.txt
	@"$(ORACLES)/bin/python" scripts/oracles.py

# The validator of research objects brings some thirty packages that nothing else here needs.
CRATE = build/crate
crate:  ## hold the research object of the last build against its profile, in an environment of its own
	@if "$(PYTHON)" -m venv "$(CRATE)" && \
	    "$(CRATE)/bin/python" -m pip install --quiet --disable-pip-version-check --requirement scripts/crate.txt; then \
	    "$(CRATE)/bin/python" scripts/crate.py "$(or $(OUT),build/$(notdir $(patsubst %/,%,$(STUDY))))"; \
	else \
	    echo "The validator cannot be installed here: the research object is not held against its profile."; \
	fi

# Taguette in an environment of its own, served on this machine alone; without it the tests say so and are left out.
TAGUETTE = build/taguette
taguette: $(STAMP)  ## test the way to Taguette and back with Taguette itself
	@"$(PYTHON)" -m venv "$(TAGUETTE)" \
	    && "$(TAGUETTE)/bin/python" -m pip install --quiet --requirement scripts/taguette.txt \
	    || { echo "Taguette cannot be had here: going on without it"; rm -rf "$(TAGUETTE)"; }
	@$(RUN) pytest -m long tests/test_taguette_program.py $(PYTEST)

# Other people's readers of REFI-QDA files; pyqdpx needs Python 3.12 or newer (PYTHON=), portableqda is taken without
# the old lxml that it asks for.
READERS = build/readers
readers: $(STAMP)  ## write tests/oracles/refi.json anew: what other programs read in our REFI-QDA files
	@"$(PYTHON)" -m venv "$(READERS)"
	@"$(READERS)/bin/python" -m pip install --quiet --requirement scripts/refi_readers.txt
	@"$(READERS)/bin/python" -m pip install --quiet --no-deps portableqda==0.4.2
	@"$(VENV)/bin/python" scripts/refi_readers.py write "$(READERS)/files"
	@"$(READERS)/bin/python" -W ignore scripts/refi_readers.py read "$(READERS)/files"

bench: $(STAMP)  ## time agreement and co-occurrence against other programs (some ten minutes), then bench-exchange
	@"$(VENV)/bin/python" benchmarks/agreement.py $(BENCH)
	@"$(VENV)/bin/python" benchmarks/exchange.py $(filter --quick,$(BENCH))

bench-exchange: $(STAMP)  ## time projects of other programs out and in against other readers (some ten minutes)
	@"$(VENV)/bin/python" benchmarks/exchange.py $(BENCH)

lab: $(STAMP)  ## open JupyterLab on a copy of the stand-in (build/lab)
	@sh scripts/lab.sh "$(VENV)" $(LAB)

lint: $(STAMP)  ## check the style of code and notebooks
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .

COMPILE = $(RUN) uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --no-strip-extras \
    --generate-hashes --no-emit-index-url --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

lock: $(STAMP)  ## write requirements.lock anew after a change in pyproject.toml (UPGRADE=1: newest versions)
	@$(COMPILE) --group bounds --group build --group lab --group test --output-file requirements.lock pyproject.toml
	@echo uv | $(COMPILE) --no-annotate --output-file requirements-uv.txt -

clean:  ## remove what builds and tests made; keep the environment and the work in build/lab
	@if [ -d build ]; then find build -mindepth 1 -maxdepth 1 ! -name lab -exec rm -rf {} +; fi
	@rm -rf .pytest_cache .ruff_cache .hypothesis
	@find . -path "./$(VENV)" -prune -o -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
