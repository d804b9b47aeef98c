"""The model card: every word and figure of `classifiers/MODEL_CARD.md` comes from here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alertsvc.detect.verdict import EVIDENCE
from alertsvc.measure.counts import CLASSES
from alertsvc.measure.sections import ablation_table, calibration_table, curve_table, labelled, operating_table
from alertsvc.measure.tables import NAMES, figure, markdown, percent, scores

__all__ = ["model_card", "readme_figures", "write_card"]

_BEGIN = "<!-- figures: written by `alertsvc evaluate --card` -->"
_END = "<!-- end of figures -->"


def write_card(data: dict[str, Any], folder: Path) -> list[Path]:
    """Write the model card into a folder and, beside the folder, the figures of the README; return what was written.

    A README without the two marks that the figures stand between, or none, is left alone.
    """
    card, readme = folder / "MODEL_CARD.md", folder.parent / "README.md"
    card.write_text(model_card(data), encoding="utf-8")
    before, _, rest = (readme.read_text(encoding="utf-8") if readme.is_file() else "").partition(_BEGIN)
    _, end, behind = rest.partition(_END)
    if not end:
        return [card]
    readme.write_text(f"{before}{_BEGIN}\n\n{readme_figures(data)}\n\n{end}{behind}", encoding="utf-8")
    return [card, readme]


def model_card(data: dict[str, Any]) -> str:
    """Return the card of what `alertsvc.measure.whole.measure` found with `card`."""
    parts = (_what(data), _text(data), _use(), _figures(data), _detail(data), _limits(data))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def readme_figures(data: dict[str, Any]) -> str:
    """Return the table of figures that the README shows."""
    rows = (
        ("articles of countries it was not trained on", data["articles"]["all"], "make evaluate"),
        ("articles by hands it was not trained on", data["batches"]["all"], "make evaluate"),
        (
            f"{data['heldout']['articles']} articles never trained on, the whole of detection",
            data["heldout"]["scores"]["all"],
            "alertsvc evaluate seeds/heldout.jsonl",
        ),
        (
            f"the {data['founding']['articles']} founding articles, retold, the whole of detection",
            data["founding"]["scores"]["all"],
            "alertsvc evaluate seeds/founding.jsonl",
        ),
    )
    return markdown(
        ("what", "precision", "recall", "F1", "measured by"),
        ((what, *(figure(row[key]) for key in ("precision", "recall", "f1")), f"`{by}`") for what, row, by in rows),
    )


def _what(data: dict[str, Any]) -> str:
    model = data["model"]
    return f"""
# Model card

The classifier that ships with alertsvc: how likely it is that an article of a newspaper in English, French or Arabic
newly reports an incident at a border crossing, at an oil or gas site, or on a way to a capital. Names and
[rules](../docs/rules.md) are the other readers; no alert rests on the classifier alone.

This page is written by `alertsvc evaluate --card`. Do not edit it: change what it measures, or the command.

| file | what it is |
| --- | --- |
| `model.npz` | vocabulary and weights as plain arrays; loading it runs no code and needs no scikit-learn |
| `manifest.json` | format, columns, digests of the arrays and of the training text, scores on held-out countries |
| `floors.json` | scores below which `make evaluate` and the tests fail |

Model `{model["version"]}`, SHA-256 `{model["sha256"]}`.

## How it works

1. **Sentences.** Logistic regressions over features that are there or not, scaled to unit length: one tells sentences
   that newly report an incident from all others; among those, one for each of the three classes and sixteen actions
   tells what it is. {model["features"]:,} features.
2. **The article as a whole.** A logistic regression for each class over the same features, counted over the sentences
   that matter.
3. **The verdict.** A logistic regression for each class over {len(EVIDENCE)} pieces of evidence: the best sentences,
   the headline, the lead, the weights of the rules, the article as a whole. It is learnt from articles whose
   sentences were scored by a model that had not seen their country, so that what comes out is a probability.

Features are how a thing is told and not whom it names: words, their beginnings and pairs of words, with names, numbers
and dates replaced by what they are (`<crossing>`, `<oil>`, `<capital>`, `<actor>`, `<near-km>`); the concepts of the
lexicon and which follow which; and, counting half, the concepts of the sentences before and after, of the headline and
of the article. So what is learnt from one country holds for another, and one language helps the others.

`alertsvc train` makes it anew from `seeds/`: byte for byte on the reference Python with the locked libraries.
"""


def _text(data: dict[str, Any]) -> str:
    counts, checks = data["data"], data["text"]
    languages = counts["languages"]
    rows = [
        (NAMES[code], *(f"{row[key]:,}" for key in ("passages", "articles", "incidents", "sentences", "telling")))
        for code in ("en", "fr", "ar")
        if (row := languages.get(code))
    ]
    total = {key: sum(row[key] for row in languages.values()) for key in next(iter(languages.values()))}
    keys = ("passages", "articles", "incidents", "sentences", "telling")
    rows.append(("together", *(f"{total[key]:,}" for key in keys)))
    short = [
        f"{row['class']}: {row['action']} ({NAMES[row['language']]} {row['passages']})" for row in checks["shortfalls"]
    ]
    kinds = markdown(
        ("kind", "records", "share"),
        ((name.replace("_", " "), f"{n:,}", percent(n, total["passages"])) for name, n in counts["kinds"].items()),
    )
    labels = markdown(
        ("class: action", *(NAMES[code] for code in languages)),
        ((f"`{name}`", *(f"{row[code]:,}" for code in languages)) for name, row in counts["labels"].items()),
    )
    return f"""
## What it learnt from

Text written for this project (`seeds/train_*.jsonl`): short passages, and articles of three sentences and more. No text
of a newspaper or of a data set is in it. Real places are named so that the gazetteer can find them; what is said to
have happened there is retold in our own words, or invented. Nothing is trained on `seeds/heldout.jsonl` and
`seeds/founding.jsonl`.

{markdown(("", "records", "of them articles", "with an incident", "sentences", "that report one"), rows)}

From these, {counts["made"]:,} longer articles are made: with the bodies of others behind them, or with an incident told
in passing, as news goes on to speak of other things. They are learnt from and are in no score below.

They lie in {counts["countries"]:,} countries and pairs of countries and were written in {counts["batches"]:,} batches.
{_listed("By continent", counts["continents"])} {_listed("By voice", counts["voices"])}

Those without an incident are near misses that use the same words:

{kinds}

Records that tell each class and action:

{labels}

**Checks of the text.** {len(checks["near_duplicates"])} pairs of records share more than a tenth of their runs of five
words. {len(checks["frames"]) or "No"} sentences, names and numbers left out, or first five words of them, stand in more
than 1 % of the records of a language. {
        "Fewer than 15 records tell: " + "; ".join(short[:12]) + (", and more." if short[12:] else ".")
        if short
        else "Every action of a class is told by at least 15 records in each language."
    } Each record was labelled by one
reader; how far two readers would agree is not known.
"""


def _listed(title: str, counts: dict[str, int]) -> str:
    return f"{title}: " + ", ".join(f"{name} {n:,}" for name, n in counts.items()) + "."


def _use() -> str:
    return """
## What it is for, and what not

For choosing, together with the rules, which articles in English, French and Arabic are worth an alert about border
crossings, oil and gas sites and ways to capitals. Not for other kinds of event, other languages, forecasts, guilt, or
any decision about a person. Read the report before you act.
"""


def _figures(data: dict[str, Any]) -> str:
    keys = ("all", *CLASSES, "en", "fr", "ar")
    cells = [f"{name} {code}" for name in CLASSES for code in ("en", "fr", "ar")]
    return f"""
## Figures

In brackets: 95 % of 1,000 resamples of the articles. "true": incidents that are labelled, an article counting once for
each class; "said": those that were reported.

### Countries that it has not seen

Five folds by country or pair of countries; each article of three sentences and more is judged by a model and a verdict
that saw no article of its country or pair. At each class's threshold.

{scores(data["articles"], keys)}

{scores(data["articles"], cells)}

### Hands that it has not seen

The same with whole batches left out, all of one writer together, whatever their countries.

{scores(data["batches"], keys)}

### Articles on which nothing was ever trained

The whole of detection, from the page's text to the filed incident.

{labelled(data, "heldout", "Articles as feeds bring them (`seeds/heldout.jsonl`)")}

{labelled(data, "founding", "The articles that the project began with, retold (`seeds/founding.jsonl`)")}

Everything was tried on the second, so it shows that nothing has broken, and no more.

### Single sentences

The classifier alone, each sentence for itself, on held-out countries. F1 {figure(data["sentences"]["all"]["f1"])},
precision {figure(data["sentences"]["all"]["precision"])}, recall {figure(data["sentences"]["all"]["recall"])}.
"""


def _detail(data: dict[str, Any]) -> str:
    speed = data["speed"]
    kinds = markdown(
        ("kind", "articles without an incident", "with a false alarm"),
        (
            (name.replace("_", " "), f"{row['without']:,}", percent(row.get("false", 0), row["without"]))
            for name, row in sorted(
                data["false_alarms"].items(), key=lambda item: -item[1].get("false", 0) / max(1, item[1]["without"])
            )
            if row["without"]
        ),
    )
    rare = markdown(
        ("class: action", "articles", "found"),
        (
            (f"`{row['class']}: {row['action']}`", f"{row['articles']:,}", percent(row["found"], row["articles"]))
            for row in data["actions"]
        ),
    )
    return f"""
### Operating points

`threshold` is for what is recorded and put into digests, `flash` for what may raise a flash alert on one report alone;
both stand in `rules/classes/`. "best" is the cut at which F1 is best on these folds, to compare with.

{operating_table(data["operating"])}

### Calibration

How often a probability came true on held-out countries: {data["calibration"]["pairs"]:,} pairs of an article and a
class that something in it speaks of. Expected calibration error {figure(data["calibration"]["ece"])}.

{calibration_table(data["calibration"])}

### What each part is worth

On held-out countries, each at the cuts where its F1 is best.

{ablation_table(data["ablations"])}

### Learning curve

The same with a part of the articles to learn from.

{curve_table(data["curve"])}

### Rare incidents

Articles of held-out countries that tell an action, the rarest first, and in how many of them its class was reported.

{rare}

### False alarms

Articles of held-out countries that report no incident, by kind.

{kinds}

### Speed

{speed["articles_a_second"]:,} articles and {speed["sentences_a_second"]:,} sentences a second of CPU time in one
process, from text to incidents ({speed["articles"]} articles of {speed["characters"]:,} characters, most of which
tell of a site). {speed["machine"]}. `python -m benchmarks.reading` tells more.
"""


def _limits(data: dict[str, Any]) -> str:
    articles = data["articles"]
    languages = sorted(("en", "fr", "ar"), key=lambda code: articles[code]["f1"])
    classes = sorted(CLASSES, key=lambda name: articles[name]["f1"])
    counts = data["data"]["languages"].values()
    total = sum(row["passages"] for row in counts)
    clean = percent(total - sum(row["incidents"] for row in counts), total)
    gain = 100 * (data["curve"][-1]["f1"] - data["curve"][-2]["f1"])
    return f"""
## What falls short

- **These are not the figures of a feed.** {clean} of the records report no incident, and nearly all of those were
  written to mislead, far more than in any feed, which lowers precision; the text is written by hands that knew the
  task, which raises everything. The held-out articles come from the same kind of hand. Only a corpus of your own says
  how it does on your feeds: `alertsvc evaluate --corpus DIR`.
- Thresholds, the strength of regularisation and the features were chosen on the folds by country; those figures are a
  little too good.
- A fold leaves out a country or a pair, not all that names it: while the border of two countries is held out, articles
  from inside either may be trained on.
- Weakest are {NAMES[languages[0]]} (F1 {figure(articles[languages[0]]["f1"])}) and `{classes[0]}` (F1
  {figure(articles[classes[0]]["f1"])}) on held-out countries.
- The last quarter of the text added {gain:+.1f} points of F1 on held-out countries.
- Actions that few articles tell are found less surely than the tables of classes say; see the rare ones.
- What an article takes back some paragraphs later is seen only as far as the article as a whole reads otherwise.
- Dialects, machine translation, liveblogs and tickers are hardly in the training text.
- Its writers' turns of phrase are in it; a newspaper's are not.
- `wounded`, `captured` and the sides are read by rules and are not scored here.
"""
