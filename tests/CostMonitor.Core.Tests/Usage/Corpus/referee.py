#!/usr/bin/env python3
"""Works out the classes and the cost of every case of this corpus, without the code under test.

    referee.py            compares its results with those in the files; exit 1 on a difference
    referee.py --write    puts its results into the files

A case that has a "doubt" (a part of the words that are expected, written by hand) must be one that this program
finds impossible too. "costElsewhere" is what others made of the same payload, and must be the cost: the bill of the
provider where the payload holds one, or else the sum of the input and output price that genai-prices states beside it. Prices are those of the case, in USD per million tokens; costs are exact.
"""
import json
import pathlib
import sys
import unicodedata
from decimal import Decimal, getcontext

getcontext().prec = 60
HERE = pathlib.Path(__file__).parent
CLASSES = ["input", "cachedInput", "cacheWrite", "cacheWriteOneHour", "audioInput", "cachedAudioInput", "imageInput",
           "cachedImageInput", "output", "reasoning", "audioOutput", "imageOutput"]
STAND_INS = {"reasoning": "output", "imageInput": "input", "cachedImageInput": "cachedInput"}


class Impossible(Exception):
    pass


def number(where, *path):
    """A count, or None when it is not there; what is there and is no whole number from 0 to 100 million is impossible."""
    for step in path:
        if not isinstance(where, dict) or where.get(step) is None:
            return None
        where = where[step]
    if isinstance(where, bool) or not isinstance(where, (int, Decimal)) or where != int(where):
        raise Impossible("no whole number")
    if not 0 <= where <= 100_000_000:
        raise Impossible("out of range")
    return int(where)


def nought(*counts):
    return sum(c or 0 for c in counts)


class Ledger:
    """Two piles of tokens, prompt and answer, from which the parts are taken one by one."""

    def __init__(self, prompt, answer):
        if prompt is None or answer is None:
            raise Impossible("one side is missing")
        self.prompt, self.answer = prompt, answer
        self.taken = dict.fromkeys(CLASSES, 0)

    def take(self, name, count):
        self.taken[name] += count or 0
        return self

    def close(self, has_output, totals=None):
        generated = {"output", "reasoning", "audioOutput", "imageOutput"}
        self.taken["input"] += self.prompt - sum(n for c, n in self.taken.items() if c not in generated)
        self.taken["output"] += self.answer - sum(n for c, n in self.taken.items() if c in generated)
        if min(self.taken.values()) < 0:
            raise Impossible("a part exceeds its whole")
        if self.prompt == 0 or (has_output and self.answer == 0):
            raise Impossible("an empty side")
        if totals is not None and totals[0] not in totals[1:]:
            raise Impossible("the total disagrees")
        return {c: n for c, n in self.taken.items() if n}


def chat(u, has_output, rule):
    prompt, answer, total = number(u, "prompt_tokens"), number(u, "completion_tokens"), number(u, "total_tokens")
    hit, miss = number(u, "prompt_cache_hit_tokens"), number(u, "prompt_cache_miss_tokens")
    places = [number(u, "prompt_tokens_details", "cached_tokens"), number(u, "cached_tokens"), hit]
    if rule == "deepseek":
        places.insert(0, hit)
        if prompt is None and (hit is not None or miss is not None):
            prompt = nought(hit, miss)
    if rule == "xai":
        places.append(number(u, "cached_prompt_text_tokens"))
    cached = next((p for p in places if p is not None), 0)
    thought = number(u, "completion_tokens_details", "reasoning_tokens")
    if thought is None:
        thought = number(u, "reasoning_tokens")
    thought = thought or 0
    if prompt is None or answer is None:
        raise Impossible("one side is missing")
    if rule == "xai" or (thought and total == prompt + answer + thought):
        answer += thought
    if rule == "deepseek" and miss is not None and miss + cached != prompt:
        raise Impossible("hits and misses are not the prompt")
    details, written = u.get("prompt_tokens_details"), u.get("completion_tokens_details")
    ledger = Ledger(prompt, answer).take("cachedInput", cached).take("reasoning", thought)
    ledger.take("cacheWrite", number(details, "cache_write_tokens")).take("audioInput", number(details, "audio_tokens"))
    ledger.take("imageInput", number(details, "image_tokens")).take("audioOutput", number(written, "audio_tokens"))
    ledger.take("imageOutput", number(written, "image_tokens"))
    return ledger.close(has_output, (total, prompt + answer) if total is not None else None)


def embeddings(u, has_output):
    prompt, total = number(u, "prompt_tokens"), number(u, "total_tokens")
    return Ledger(prompt, 0).close(has_output, (total, prompt) if total is not None else None)


def responses(u, has_output):
    prompt, answer, total = number(u, "input_tokens"), number(u, "output_tokens"), number(u, "total_tokens")
    thought = number(u, "output_tokens_details", "reasoning_tokens") or 0
    if prompt is None or answer is None:
        raise Impossible("one side is missing")
    if thought and total == prompt + answer + thought:
        answer += thought
    ledger = Ledger(prompt, answer).take("reasoning", thought).take("cachedInput", number(u, "input_tokens_details", "cached_tokens"))
    ledger.take("cacheWrite", number(u, "input_tokens_details", "cache_write_tokens"))
    return ledger.close(has_output, (total, prompt + answer) if total is not None else None)


def by_modality(u, has_output, ins, outs, image_output):
    prompt, answer, total = number(u, "input_tokens"), number(u, "output_tokens"), number(u, "total_tokens")
    given, made = u.get(ins), u.get(outs)
    text, audio, image = (number(given, m) for m in ("text_tokens", "audio_tokens", "image_tokens"))
    cached = number(given, "cached_tokens")
    cached_audio, cached_image = (number(given, "cached_tokens_details", m) for m in ("audio_tokens", "image_tokens"))
    if cached is None:
        cached = nought(cached_audio, cached_image)
    spoken, drawn = number(made, "audio_tokens"), number(made, "image_tokens")
    if image_output and drawn is None:
        drawn = answer
    if prompt is not None and text is not None and nought(text, audio, image) != prompt:
        raise Impossible("the modalities are not the prompt")
    said = number(made, "text_tokens")
    if answer is not None and said is not None and nought(said, spoken, drawn) != answer:
        raise Impossible("the modalities are not the answer")
    ledger = Ledger(prompt, answer).take("cachedAudioInput", cached_audio).take("cachedImageInput", cached_image)
    ledger.take("cachedInput", cached - nought(cached_audio, cached_image))
    ledger.take("audioInput", nought(audio) - nought(cached_audio)).take("imageInput", nought(image) - nought(cached_image))
    ledger.take("audioOutput", spoken).take("imageOutput", drawn)
    return ledger.close(has_output, (total, prompt + answer) if total is not None else None)


def beside(fresh, read, brief, hour, answer, thought, written, has_output, total=None):
    if brief is not None or hour is not None:
        if written is not None and nought(brief, hour) != written:
            raise Impossible("the times are not what was written")
        written = nought(brief, hour)
    if fresh is None or answer is None:
        raise Impossible("one side is missing")
    prompt = nought(fresh, read, written)
    ledger = Ledger(prompt, answer).take("cachedInput", read).take("cacheWriteOneHour", hour)
    ledger.take("cacheWrite", nought(written) - nought(hour)).take("reasoning", thought)
    return ledger.close(has_output, (total, prompt + answer, fresh + answer) if total is not None else None)


def anthropic(u, has_output):
    passes = [u]
    if any(i.get("type") == "compaction" for i in u.get("iterations") or []):
        passes = [i for i in u["iterations"] if i.get("type") in ("compaction", "message")]

    def add(*path):
        counts = [number(p, *path) for p in passes]
        return None if all(c is None for c in counts) else nought(*counts)
    return beside(add("input_tokens"), add("cache_read_input_tokens"), add("cache_creation", "ephemeral_5m_input_tokens"),
                  add("cache_creation", "ephemeral_1h_input_tokens"), add("output_tokens"),
                  add("output_tokens_details", "thinking_tokens"), add("cache_creation_input_tokens"), has_output)


def bedrock(u, has_output):
    times = {"5m": None, "1h": None}
    if u.get("cacheDetails"):
        times = {t: sum(number(d, "inputTokens") or 0 for d in u["cacheDetails"] if d.get("ttl") == t) for t in times}
    return beside(number(u, "inputTokens"), number(u, "cacheReadInputTokens"), times["5m"], times["1h"], number(u, "outputTokens"),
                  0, number(u, "cacheWriteInputTokens"), has_output, number(u, "totalTokens"))


def gemini(u, has_output):
    def seen(which, *modalities):
        return sum(number(d, "tokenCount") or 0 for d in u.get(which) or [] if d.get("modality") in modalities)

    def asked(least, *modalities):
        lists = (u.get("promptTokensDetails") or []) + (u.get("toolUsePromptTokensDetails") or [])
        told = [d for d in lists if d.get("modality") in modalities and "tokenCount" in d]
        return sum(number(d, "tokenCount") for d in told) if told else least
    drawn = ("IMAGE", "VIDEO", "DOCUMENT")
    prompt, tools, thought = number(u, "promptTokenCount"), nought(number(u, "toolUsePromptTokenCount")), nought(number(u, "thoughtsTokenCount"))
    if prompt is None:
        raise Impossible("one side is missing")
    answer = number(u, "candidatesTokenCount")
    answer = nought(number(u, "responseTokenCount")) if answer is None else answer
    total = number(u, "totalTokenCount")
    ledger = Ledger(prompt + tools, answer + thought).take("reasoning", thought)
    cached, heard, looked = number(u, "cachedContentTokenCount"), seen("cacheTokensDetails", "AUDIO"), seen("cacheTokensDetails", *drawn)
    ledger.take("cachedAudioInput", heard).take("cachedImageInput", looked)
    ledger.take("cachedInput", (heard + looked if cached is None else cached) - heard - looked)
    ledger.take("audioInput", asked(heard, "AUDIO") - heard)
    ledger.take("imageInput", asked(looked, *drawn) - looked)
    ledger.take("audioOutput", seen("candidatesTokensDetails", "AUDIO") + seen("responseTokensDetails", "AUDIO"))
    ledger.take("imageOutput", seen("candidatesTokensDetails", *drawn) + seen("responseTokensDetails", *drawn))
    return ledger.close(has_output, (total, prompt + tools + answer + thought) if total is not None else None)


def cohere(u, has_output):
    billed = u.get("billed_units") or {}
    counted, cached = (billed, 0) if "input_tokens" in billed or "output_tokens" in billed else (u.get("tokens"), number(u, "cached_tokens"))
    answer = number(counted, "output_tokens")
    return Ledger(number(counted, "input_tokens"), 0 if answer is None else answer).take("cachedInput", cached).close(has_output)


FLAVORS = {
    "chat-completions": lambda u, o: chat(u, o, "by total"), "mistral": lambda u, o: chat(u, o, "by total"),
    "deepseek": lambda u, o: chat(u, o, "deepseek"), "xai": lambda u, o: chat(u, o, "xai"), "embeddings": embeddings, "responses": responses,
    "images": lambda u, o: by_modality(u, o, "input_tokens_details", "output_tokens_details", True),
    "realtime": lambda u, o: by_modality(u, o, "input_token_details", "output_token_details", False),
    "transcription": lambda u, o: by_modality(u, o, "input_token_details", "output_token_details", False),
    "anthropic": anthropic, "gemini": gemini, "cohere": cohere, "bedrock": bedrock,
}


def unwrap(payload):
    for path in (["usage"], ["usageMetadata"], ["response", "usage"], ["message", "usage"], ["metadata", "usage"], ["x_groq", "usage"], ["meta"]):
        at = payload
        for step in path:
            at = at.get(step) if isinstance(at, dict) else None
        if isinstance(at, dict):
            return at
    return payload


def count(text):
    """One token for each started four letters or digits of a run, one for every other visible character."""
    tokens = run = 0
    for c in text:
        if ord(c) < 0x2E80 and unicodedata.category(c)[0] in "LN" and unicodedata.category(c) not in ("No", "Nl"):
            tokens += run % 4 == 0
            run += 1
        else:
            run = 0
            tokens += not c.isspace() and unicodedata.category(c) != "Mn"
    return tokens


def estimate(case):
    asked = case["estimate"]
    classes = {"input": 3 + sum(3 + count(m) for m in asked["messages"]), "output": count(asked["text"]), "reasoning": count(asked.get("reasoning", ""))}
    return {c: n for c, n in classes.items() if n}


def price(case, classes):
    """The exact cost as text; None when a class has no price."""
    prompt = sum(n for c, n in classes.items() if c in CLASSES[:8])
    rates = dict(case["rates"])
    for tier in case.get("promptTiers", []):
        if prompt > tier["above"]:
            rates = {**case["rates"], **tier["rates"]}
    cost = Decimal(0)
    for name, tokens in classes.items():
        rate = rates.get(name, rates.get(STAND_INS.get(name)))
        if rate is None:
            return None
        cost += tokens * Decimal(rate) / 1_000_000
    cost = cost.normalize()
    return format(cost if cost else Decimal(0), "f")


def judge(flavor, case):
    if "estimate" in case:
        classes = estimate(case)
    elif case.get("nothing"):
        return {}
    else:
        try:
            classes = FLAVORS[flavor](unwrap(case["payload"]), case.get("hasOutput", True))
        except Impossible as why:
            if "doubt" not in case:
                raise SystemExit(f"{flavor}: {case['name']}: impossible ({why}), and the case has no doubt")
            return {}
        if "doubt" in case:
            raise SystemExit(f"{flavor}: {case['name']}: it has a doubt, and nothing is wrong with it")
    return {"classes": {c: classes[c] for c in CLASSES if c in classes}, "total": sum(classes.values()), "cost": price(case, classes)}


def main():
    differences = cases = 0
    for path in sorted(HERE.glob("*.json")):
        text = path.read_text(encoding="utf-8")
        corpus, exact = json.loads(text), json.loads(text, parse_float=Decimal)
        for case, figures in zip(corpus["cases"], exact["cases"]):
            cases += 1
            found = judge(corpus["flavor"], figures)
            if case.get("costElsewhere", found.get("cost")) != found.get("cost"):
                raise SystemExit(f"{path.name}: {case['name']}: {found['cost']} here, {case['costElsewhere']} elsewhere")
            if any(case.get(key) != value for key, value in found.items()):
                differences += 1
                print(f"{path.name}: {case['name']}: {found}", file=sys.stderr)
                case.update(found)
        if "--write" in sys.argv:
            path.write_text(json.dumps(corpus, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{cases} cases, {differences} differ")
    return 1 if differences and "--write" not in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
