"""The kinds of source that context notes name, as French and Arabic print them: patterns and what takes their place.

Notes name their source in English. What no pattern fits is a name and stays as it is; days and months in it are put
into the language by `background.source_of`.
"""

from __future__ import annotations

__all__ = ["ARABIC_SOURCES", "FRENCH_SOURCES"]

FRENCH_SOURCES = {
    r"company report": "rapport d'entreprise",
    r"(.+), company report": r"\1, rapport d'entreprise",
    r"(.+), company report of (.+)": r"\1, rapport d'entreprise du \2",
    r"(.+), company statement of (.+)": r"\1, communiqué du \2",
    r"press reports, (.+)": r"presse, \1",
    r"map, (.+)": r"carte, \1",
    r"EIA, country analysis": "EIA, analyse par pays",
    r"treaty of (.+)": r"traité du \1",
    r"armistice agreement of (.+)": r"convention d'armistice du \1",
    r"UN Security Council resolution (\d+) \((\d+)\)": r"résolution \1 (\2) du Conseil de sécurité de l'ONU",
    r"UN General Assembly resolution (\S+) \((\d+)\)": r"résolution \1 (\2) de l'Assemblée générale de l'ONU",
    r"UN Panel of Experts on Libya": "groupe d'experts de l'ONU, Libye",
    r"UN Panel of Experts on the Sudan": "groupe d'experts de l'ONU, Soudan",
    r"UN Panel of Experts on Yemen": "groupe d'experts de l'ONU, Yémen",
    r"UN Panel of Experts on Somalia": "groupe d'experts de l'ONU, Somalie",
    r"UN Panel of Experts on Haiti": "groupe d'experts de l'ONU, Haïti",
    r"UN Panel of Experts on the Central African Republic": "groupe d'experts de l'ONU, Centrafrique",
    r"UN Group of Experts on the Democratic Republic of the Congo": "groupe d'experts de l'ONU, RD Congo",
    r"UN Monitoring Team on the Taliban": "équipe de surveillance de l'ONU sur les talibans",
    r"UN Verification Mission in Colombia": "mission de vérification de l'ONU en Colombie",
    r"UN Secretary-General, report on Western Sahara, (.+)": (
        r"Secrétaire général de l'ONU, rapport sur le Sahara occidental, \1"
    ),
    r"UN OCHA": "OCHA (ONU)",
    r"UNHCR": "HCR",
    r"United Nations, statement of (.+)": r"Nations unies, communiqué du \1",
    r"International Organization for Migration": "Organisation internationale pour les migrations",
    r"World Bank": "Banque mondiale",
    r"African Development Bank": "Banque africaine de développement",
    r"Asian Development Bank": "Banque asiatique de développement",
    r"Government of India, statement of (.+)": r"gouvernement indien, communiqué du \1",
    r"Panama's migration service": "service panaméen des migrations",
    r"US Department of Defense": "département de la Défense des États-Unis",
    r"US Customs and Border Protection": "douanes et garde-frontières des États-Unis",
    r"Council Regulation \(EU\) (.+)": r"règlement (UE) \1 du Conseil",
    r"EU inquiry into the conflict in Georgia, report of (.+)": (
        r"mission d'enquête de l'UE sur le conflit en Géorgie, rapport du \1"
    ),
    r"Eritrea-Ethiopia Boundary Commission, decision of (.+)": (
        r"commission du tracé de la frontière Érythrée-Éthiopie, décision du \1"
    ),
    r"International Court of Justice, judgment of (.+)": r"Cour internationale de justice, arrêt du \1",
    r"International Court of Justice, opinion of (.+)": r"Cour internationale de justice, avis du \1",
}

ARABIC_SOURCES = {
    r"company report": "تقرير شركة",
    r"(.+), company report": r"تقرير شركة \1",
    r"(.+), company report of (.+)": r"تقرير شركة \1، \2",
    r"(.+), company statement of (.+)": r"بيان شركة \1، \2",
    r"press reports, (.+)": r"تقارير صحفية، \1",
    r"map, (.+)": r"خريطة، \1",
    r"EIA, country analysis": "إدارة معلومات الطاقة الأمريكية، دراسة قطرية",
    r"treaty of (.+)": r"معاهدة \1",
    r"armistice agreement of (.+)": r"اتفاقية الهدنة، \1",
    r"UN Security Council resolution (\d+) \((\d+)\)": r"قرار مجلس الأمن الدولي \1 (\2)",
    r"UN General Assembly resolution (\S+) \((\d+)\)": r"قرار الجمعية العامة للأمم المتحدة \1 (\2)",
    r"UN Panel of Experts on Libya": "فريق خبراء الأمم المتحدة، ليبيا",
    r"UN Panel of Experts on the Sudan": "فريق خبراء الأمم المتحدة، السودان",
    r"UN Panel of Experts on Yemen": "فريق خبراء الأمم المتحدة، اليمن",
    r"UN Panel of Experts on Somalia": "فريق خبراء الأمم المتحدة، الصومال",
    r"UN Panel of Experts on Haiti": "فريق خبراء الأمم المتحدة، هايتي",
    r"UN Panel of Experts on the Central African Republic": "فريق خبراء الأمم المتحدة، أفريقيا الوسطى",
    r"UN Group of Experts on the Democratic Republic of the Congo": ("فريق خبراء الأمم المتحدة، الكونغو الديمقراطية"),
    r"UN Monitoring Team on the Taliban": "فريق الأمم المتحدة للرصد بشأن طالبان",
    r"UN Verification Mission in Colombia": "بعثة الأمم المتحدة للتحقق في كولومبيا",
    r"UN Secretary-General, report on Western Sahara, (.+)": (
        r"الأمين العام للأمم المتحدة، تقرير عن الصحراء الغربية، \1"
    ),
    r"UN OCHA": "مكتب الأمم المتحدة لتنسيق الشؤون الإنسانية",
    r"UNHCR": "المفوضية السامية لشؤون اللاجئين",
    r"United Nations, statement of (.+)": r"بيان الأمم المتحدة، \1",
    r"International Organization for Migration": "المنظمة الدولية للهجرة",
    r"World Bank": "البنك الدولي",
    r"African Development Bank": "البنك الأفريقي للتنمية",
    r"Asian Development Bank": "البنك الآسيوي للتنمية",
    r"International Crisis Group": "مجموعة الأزمات الدولية",
    r"Government of India, statement of (.+)": r"بيان الحكومة الهندية، \1",
    r"Panama's migration service": "دائرة الهجرة في بنما",
    r"US Department of Defense": "وزارة الدفاع الأمريكية",
    r"US Customs and Border Protection": "الجمارك وحماية الحدود الأمريكية",
    r"Council Regulation \(EU\) (.+)": r"لائحة مجلس الاتحاد الأوروبي \1",
    r"EU inquiry into the conflict in Georgia, report of (.+)": (
        r"تقرير لجنة تحقيق الاتحاد الأوروبي في نزاع جورجيا، \1"
    ),
    r"Eritrea-Ethiopia Boundary Commission, decision of (.+)": r"لجنة الحدود بين إريتريا وإثيوبيا، قرار \1",
    r"International Court of Justice, judgment of (.+)": r"محكمة العدل الدولية، حكم \1",
    r"International Court of Justice, opinion of (.+)": r"محكمة العدل الدولية، رأي \1",
}
