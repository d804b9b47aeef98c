"""Whether a name can be searched for: one that stands in nearly every text does more harm than one that is missing."""

from __future__ import annotations

from alertsvc.detect.fold import Words, fold

__all__ = ["LONGEST", "in_capitals", "name_fault"]

LONGEST = 120
"""Characters of a name; a longer one is a sentence, or cells that ran into one another."""

_ACRONYM = 5
_LETTER = str.isalpha
# Words of grammar, folded: articles, particles, pronouns, the commonest verbs. Of the languages that are read as many
# as there are, of others those that stand in every sentence.
_STOP_WORDS = frozenset(
    """
    a about after again against all also am among an and any are as at be because been before being between both but by
    can could did do does during each few for from had has have he her here hers him his how i if in into is it its
    just may me might more most much must my no nor not now of off on once only or other our out over own same she
    should so some such than that the their them then there these they this those through to too under until up upon us
    very was we were what when where which while who whom whose why will with would you your said says one two new
    ai au aux avait avec c car ce ceci cela ces cet cette chez comme contre d dans de depuis des deux dont du elle elles
    en entre est et etait etre eux fait furent fut il ils j je l la le les leur leurs lui m mais me mes moi mon n ne ni
    nos notre nous on ont ou par pas pendant peu plus pour qu quand que quel quelle qui quoi s sa sans se selon sera ses
    si son sont sous sur t ta tandis te tes toi ton tous tout toute toutes tu un une vers vos votre vous y ete
    في من علي الي عن مع هذا هذه هذان ذلك تلك التي الذي الذين اللذين ان انه انها انهم كان كانت كانوا يكون تكون قد لقد لا
    ما لم لن ليس ليست هو هي هم هن نحن انا انت و او ام ثم بعد قبل بين عند حتي كل بعض غير اي ايضا اذا اذ حيث كما لكن
    منذ خلال حول تم يتم سوف هناك هنا دون ضد لدي عبر به بها بهم له لها لهم فيه فيها منه منها عليه عليها اليه اليها
    وقال وقالت قال قالت وفي ومن وعلي وان وهو وهي
    el los las lo una unos y del al con por para que se su sus como pero o os um uma e do da dos das em no na nos nas
    com nao ao il gli di dei della delle che per non der die das den dem ein eine und oder von zu im mit auf ist nicht
    het een van ve icin
    از به در که این آن با را برای تا است بود شد کا کی کے میں ہے سے پر کو نے اور
    и в на с по не что из за от для как
    """.split()
)
_STOP = frozenset(fold(word).strip() for word in _STOP_WORDS)


def in_capitals(name: str) -> bool:
    """Say whether a name is an acronym, which is found in capitals only."""
    return name.isupper() and name.isascii() and len(name) <= _ACRONYM


def name_fault(name: str) -> str | None:
    """Return what is wrong with a name, its broken characters mended; None if it can be searched for."""
    words = Words(fold(name)).names
    if not any(map(_LETTER, name)):
        return f"{name!r} has no letter in it"
    if sum(map(len, words)) == 1:
        return f"{name!r} is a single letter"
    if len(name) > LONGEST:
        return f"{name[:40] + '…'!r} is longer than {LONGEST} characters"
    # "An Ses" and "Sa'sa'" are places: of several words those that are no name are written small, or in no case at all.
    if _STOP.issuperset(words) and not in_capitals(name):
        named = len(words) > 1 and all(part[0].isupper() for part in name.split())
        return None if named else f"{name!r} is a word of grammar that any text may hold"
    return None
