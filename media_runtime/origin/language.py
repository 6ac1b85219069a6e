"""Languages: from what files carry (ISO 639-2) to what players want (RFC 5646) and people read."""

from typing import NamedTuple


class Language(NamedTuple):
    tag: str
    """RFC 5646; empty where nobody knows."""
    label: str
    """In the language itself, as a menu shows it."""


_NAMED = {
    "en": ("English", "eng"),
    "ar": ("العربية", "ara"),
    "bg": ("Български", "bul"),
    "bn": ("বাংলা", "ben"),
    "ca": ("Català", "cat"),
    "cs": ("Čeština", "ces", "cze"),
    "da": ("Dansk", "dan"),
    "de": ("Deutsch", "deu", "ger"),
    "el": ("Ελληνικά", "ell", "gre"),
    "es": ("Español", "spa"),
    "et": ("Eesti", "est"),
    "fa": ("فارسی", "fas", "per"),
    "fi": ("Suomi", "fin"),
    "fr": ("Français", "fra", "fre"),
    "he": ("עברית", "heb"),
    "hi": ("हिन्दी", "hin"),
    "hr": ("Hrvatski", "hrv"),
    "hu": ("Magyar", "hun"),
    "id": ("Bahasa Indonesia", "ind"),
    "it": ("Italiano", "ita"),
    "ja": ("日本語", "jpn"),
    "ko": ("한국어", "kor"),
    "lt": ("Lietuvių", "lit"),
    "lv": ("Latviešu", "lav"),
    "ms": ("Bahasa Melayu", "msa", "may"),
    "nl": ("Nederlands", "nld", "dut"),
    "no": ("Norsk", "nor"),
    "nb": ("Norsk bokmål", "nob"),
    "pl": ("Polski", "pol"),
    "pt": ("Português", "por"),
    "ro": ("Română", "ron", "rum"),
    "ru": ("Русский", "rus"),
    "sk": ("Slovenčina", "slk", "slo"),
    "sl": ("Slovenščina", "slv"),
    "sr": ("Српски", "srp"),
    "sv": ("Svenska", "swe"),
    "sw": ("Kiswahili", "swa"),
    "ta": ("தமிழ்", "tam"),
    "te": ("తెలుగు", "tel"),
    "th": ("ไทย", "tha"),
    "tr": ("Türkçe", "tur"),
    "uk": ("Українська", "ukr"),
    "ur": ("اردو", "urd"),
    "vi": ("Tiếng Việt", "vie"),
    "zh": ("中文", "zho", "chi"),
}
_SHORT = {code: tag for tag, (_, *codes) in _NAMED.items() for code in codes}
_UNKNOWN = {"", "und", "mul", "zxx", "mis"}


def language(code: str) -> Language:
    """The shortest tag for it, as RFC 5646 section 2.2.1 wants; a code unknown here is kept."""
    primary, _, rest = code.strip().lower().replace("_", "-").partition("-")
    if primary in _UNKNOWN:
        return Language("", "Audio")
    tag = _SHORT.get(primary, primary)
    label = _NAMED[tag][0] if tag in _NAMED else tag
    return Language(f"{tag}-{rest}" if rest else tag, label)
