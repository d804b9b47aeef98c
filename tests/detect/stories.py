"""Clean articles of our own: the founding ones, those of the demonstration, and some written for the damage."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

from alertsvc.clock import ManualClock
from alertsvc.collect.bundled import BundledFetcher, demonstration_feeds
from alertsvc.collect.parse import parse_feed
from alertsvc.detect.clean import Cleaner
from alertsvc.detect.lines import finished
from alertsvc.resources import data_dir
from tests.detect.damage import Story

_ANCHOR = datetime(2026, 11, 20, 9, tzinfo=UTC)
_FILED = {"en": "TRIPOLI (Agency) -", "fr": "TUNIS (Agence) -", "ar": "طرابلس (وكالة) -"}

WRITTEN = (
    Story(
        "en-crossing",
        "en",
        "Gunmen seize Debdeb crossing, kill three guards",
        (
            "Gunmen in pick-up trucks seized the Debdeb border crossing between Algeria and Libya on Sunday morning, "
            "officials and witnesses said.",
            "Three border guards were killed and the rest of the garrison fled towards the town, according to a "
            "customs officer who asked not to be named.",
            '"They came from three sides and there was nothing that we could do," the officer\'s deputy said.',
            "The crossing is the only one in the region that lorries may use, and traders on both sides said that "
            "dozens of them were waiting.",
            "Algeria’s interior ministry made no comment. It was not clear who the attackers were.",
        ),
        date(2026, 2, 2),
        "ALGIERS (Agency) -",
    ),
    Story(
        "en-oil",
        "en",
        "Drones hit Sarir oilfield and halt its output",
        (
            "Two drones hit the main pumping station of the Sarir oilfield in Libya late on Saturday and stopped its "
            "output, the operator said.",
            "Nobody was hurt. Engineers were still fighting the fire at daybreak.",
            "Share prices of the companies that buy the crude fell on Sunday.",
            "Comments by the oil minister, who called the attack a crime, were broadcast in the evening.",
        ),
        date(2026, 2, 1),
        "BENGHAZI, Libya, Feb 1 (Agency) —",
    ),
    Story(
        "fr-poste",
        "fr",
        "Attaque du poste-frontière de Petelkolé : six morts",
        (
            "Des hommes armés ont attaqué dimanche à l'aube le poste-frontière de Petelkolé, entre le Niger et le "
            "Burkina Faso, tuant six militaires, a annoncé le ministère de la Défense.",
            "Les assaillants, arrivés à bord de motos, se sont emparés de véhicules avant de se replier vers la "
            "forêt, selon un élu de la région.",
            "« Nous avons entendu des tirs jusqu’à huit heures », a raconté un habitant du village voisin.",
            "Le poste est resté fermé toute la journée et les commerçants attendent sa réouverture.",
        ),
        date(2026, 2, 2),
        "NIAMEY (APS) -",
    ),
    Story(
        "fr-capitale",
        "fr",
        "Les rebelles avancent vers N'Djamena",
        (
            "Une colonne rebelle a pris samedi la ville de Mandélia, à 50 km de N'Djamena, la capitale du Tchad, ont "
            "rapporté des témoins.",
            "L'armée a envoyé des renforts et assure que la situation est sous contrôle.",
            "Partager le pouvoir avec les insurgés n'est pas envisagé, a répété le porte-parole du gouvernement.",
        ),
        date(2026, 2, 1),
        "ALGER (APS) -",
    ),
    Story(
        "ar-crossing",
        "ar",
        "مسلحون يسيطرون على معبر رأس جدير",
        (
            "سيطر مسلحون فجر الأحد على معبر رأس جدير الحدودي بين ليبيا وتونس وقتلوا اثنين من الحراس، بحسب وزارة "
            "الداخلية.",
            "شارك مئات المقاتلين في الهجوم الذي استمر ساعتين، وفق ما أفاد به شهود عيان.",
            "وأغلقت السلطات التونسية المعبر من جانبها، وطلبت من المسافرين عدم التوجه إلى المنطقة.",
            "ولم تعلن أي جهة مسؤوليتها عن العملية حتى الآن.",
        ),
        date(2026, 2, 2),
        "طرابلس (وكالة) -",
    ),
    Story(
        "ar-oil",
        "ar",
        "طائرات مسيرة تستهدف حقل السرير النفطي",
        (
            "استهدفت طائرات مسيرة ليل السبت حقل السرير النفطي في ليبيا، وتوقف الإنتاج فيه بالكامل، بحسب المؤسسة "
            "الوطنية للنفط.",
            "وقال مهندس في الحقل إن النيران ما زالت مشتعلة في محطة الضخ الرئيسية.",
            "ولم يصب أحد من العاملين بأذى.",
            "وكان الحقل ينتج نحو مئتي ألف برميل في اليوم قبل توقفه، وتقول المؤسسة إن إصلاح الأضرار قد يستغرق أسابيع "
            "عدة إذا توفرت قطع الغيار اللازمة في الوقت المناسب.",
        ),
        date(2026, 2, 1),
        "بنغازي (وكالة) –",
    ),
)


def founding(cleaner: Cleaner) -> list[Story]:
    """The founding articles without what stands around them."""
    found = []
    for line in (data_dir("seeds") / "founding.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        clean = cleaner.clean(record["title"], record["text"])
        day = date.fromisoformat(record["published"])
        # Captions, headings and the outlet's name are no sentences; a damage could not be told from their own ends.
        paragraphs = tuple(line for line in clean.paragraphs if finished(line))
        found.append(Story(record["id"], "en", clean.title, paragraphs, day, _FILED["en"]))
    return found


async def demonstration(cleaner: Cleaner) -> list[Story]:
    """The entries of the demonstration feeds, without what stands around some of them."""
    fetcher = BundledFetcher(_ANCHOR, ManualClock(_ANCHOR + timedelta(minutes=15)))
    found = []
    for feed in demonstration_feeds(_ANCHOR):
        answer = await fetcher.fetch(feed.url, max_bytes=1_000_000, accept="*/*")
        parsed = parse_feed(answer.body, content_type=None, charset=None, url=answer.final_url, max_entries=100)
        language = feed.language or "en"
        for entry in parsed.entries:
            published = entry.published or entry.updated
            assert published is not None
            clean = cleaner.clean(entry.title, entry.text)
            name = entry.guid or entry.title
            paragraphs = tuple(line for line in clean.paragraphs if finished(line))
            found.append(Story(name, language, clean.title, paragraphs, published.date(), _FILED[language]))
    return found
