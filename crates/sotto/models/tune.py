"""Makes minilm-tuning.safetensors: what all-MiniLM-L6-v2 learns from telling intents apart. See README.md.

    python3 tune.py MINILM CLINC150 OUT

MINILM is the model's folder, as in the package that `sotto models install minilm` names; CLINC150 the training part,
JSON lines of "text" and "intent"; OUT the file to write. Needs PyTorch, transformers and safetensors.
"""

import json
import random
import sys
from collections import defaultdict

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import AutoModel, AutoTokenizer

RUNS = 3  # One is a matter of luck; their mean is less so.
STEPS = 120
INTENTS, SUPPORT, QUERIES = 16, 4, 4  # Of one step.
NEIGHBOURS = 8  # Intents come with those that are most like them: the others are told apart already.
RATE, WARM_UP, STEADY, LAST = 5e-5, 20, 0.3, 0.1
SHARPNESS, RIDGE, TEMPERATURE = 2.0, 0.1, 0.1  # The kernel and the ridge as in crates/assistant/src/intents/kernel.rs.
SHARE = 0.6  # Of the way from the model as it was: with all of it other sets suffer.
RANK = 16


def main(folder, data, out):
    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = defaultdict(list)
    for line in open(data, encoding="utf-8"):
        example = json.loads(line)
        texts[example["intent"]].append(example["text"])
    original = AutoModel.from_pretrained(folder, add_pooling_layer=False)
    before = {name: weights.clone() for name, weights in original.state_dict().items() if name.startswith("encoder.")}
    runs = [tuned(seed, folder, tokenizer, texts, original) for seed in range(RUNS)]
    differences = {name: SHARE * (sum(run[name] for run in runs) / RUNS - weights) for name, weights in before.items()}
    save_file(packed(differences), out)


def tuned(seed, folder, tokenizer, texts, original):
    """The weights after one run."""
    torch.manual_seed(seed)
    choice = random.Random(seed)
    model = AutoModel.from_pretrained(folder, add_pooling_layer=False, hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1)
    model.train()
    model.embeddings.requires_grad_(False)
    learning = [weights for weights in model.parameters() if weights.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=RATE, weight_decay=0.01)
    intents = sorted(texts)
    near = neighbours(original, tokenizer, [texts[intent] for intent in intents])
    for step in range(STEPS):
        fall = max(0.0, step / STEPS - STEADY) / (1 - STEADY)
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP) * (1 - fall * (1 - LAST))
        chosen = []
        while len(chosen) < INTENTS:
            chosen += [one for one in near[choice.randrange(len(intents))] if one not in chosen]
        chosen = chosen[:INTENTS]
        said = [text for one in chosen for text in choice.sample(texts[intents[one]], SUPPORT + QUERIES)]
        with torch.no_grad():
            original.eval()
            as_before = embed(original, tokenizer, said)
        vectors = embed(model, tokenizer, said)
        loss = told_apart(vectors) + (1 - (vectors * as_before).sum(1)).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        if (step + 1) % 20 == 0:
            print(f"run {seed}, step {step + 1}: {loss.item():.3f}", flush=True)
    return {name: weights.detach() for name, weights in model.state_dict().items() if name.startswith("encoder.")}


def told_apart(vectors):
    """How badly kernel ridge regression over a few texts of each intent knows the intents of the others."""
    place = torch.arange(len(vectors)) % (SUPPORT + QUERIES)
    intent = torch.arange(len(vectors)) // (SUPPORT + QUERIES)
    known, asked = vectors[place < SUPPORT], vectors[place >= SUPPORT]
    labels = F.one_hot(intent[place < SUPPORT]).float()
    kernel = lambda some, others: torch.exp(SHARPNESS * (some @ others.T - 1))
    solved = torch.linalg.solve(kernel(known, known) + RIDGE * torch.eye(len(known)), labels)
    return F.cross_entropy(kernel(asked, known) @ solved / TEMPERATURE, intent[place >= SUPPORT])


def embed(model, tokenizer, texts):
    """The mean of each text's states, of length one."""
    batch = tokenizer(texts, padding=True, truncation=True, max_length=200, return_tensors="pt")
    with torch.autocast("cpu", torch.bfloat16):
        states = model(**batch).last_hidden_state
    mask = batch["attention_mask"][..., None].float()
    return F.normalize((states.float() * mask).sum(1), dim=1)


@torch.no_grad()
def neighbours(model, tokenizer, texts):
    """For each intent itself and those whose mean is nearest."""
    model.eval()
    means = F.normalize(torch.stack([embed(model, tokenizer, some).mean(0) for some in texts]), dim=1)
    return (means @ means.T).topk(NEIGHBOURS).indices.tolist()


def packed(differences):
    """Each matrix as two of RANK rows in eight bits, whose product it nearly is; biases and norms as they are."""
    tensors = {}
    for name, difference in differences.items():
        if difference.dim() == 1:
            tensors[name] = difference.contiguous()
            continue
        u, s, v = torch.linalg.svd(difference, full_matrices=False)
        root = s[:RANK, None].sqrt()
        for side, rows in (("left", root * u[:, :RANK].T), ("right", root * v[:RANK])):
            scale = rows.abs().amax(1, keepdim=True) / 127
            tensors[f"{name}.{side}"] = (rows / scale).round().to(torch.int8).contiguous()
            tensors[f"{name}.{side}_scale"] = scale[:, 0].contiguous()
    return tensors


if __name__ == "__main__":
    main(*sys.argv[1:])
