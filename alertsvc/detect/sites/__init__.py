"""Sites that no gazetteer lists, told by what the text says they are.

"The Wadi X border crossing", "le champ pétrolier de Y", "معبر س الحدودي": a noun for the kind of site and, where the
grammar of the language puts a name, something that can be one. Which words can be a name is decided by capitals in
English and French, and by the forms of the words around it in Arabic, which has none.
"""

from __future__ import annotations

from alertsvc.detect.sites.capitals import Capitals
from alertsvc.detect.sites.finding import unlisted

__all__ = ["Capitals", "unlisted"]
