"""The shape of one field: NIK, NPWP, NIB, telephone, account, postal code, amounts, names.

`validate_*` refuses what cannot be right; `*_warnings` says what looks odd but may be right (the law keeps a
NIK although its owner moved or was recorded wrongly), for a person to confirm; `normalise_*` gives the form
in which the value is stored and compared. Personal numbers are text: they begin with zeros.
"""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError

from core.formats import MAX_RUPIAH

_SEPARATORS = re.compile(r"[\s.\-–/()\u00a0\u202f\u200b]+")
_DIGITS = re.compile(r"[0-9]+", re.ASCII)

# Kemendagri's provinces (Kepmendagri 300.2.2-2138/2025), and 54, the former Timor Timur.
_PROVINCES = "11-19 21 31-36 51-54 61-65 71-76 81-82 91-96"
PROVINCES = frozenset(
    str(code)
    for first, _, last in (part.partition("-") for part in _PROVINCES.split())
    for code in range(int(first), int(last or first) + 1)
)


def normalise_digits(text: str) -> str:
    """A number without the blanks, dots, dashes and brackets that people write into it."""
    return _SEPARATORS.sub("", text)


def _is_digits(text: str, *lengths: int) -> bool:
    return bool(_DIGITS.fullmatch(text)) and len(text) in lengths


# --- personal numbers -------------------------------------------------------------------------------
def validate_nik(value: str) -> None:
    """16 digits. Nothing more: birth date, sex and domicile may differ from the number for good reasons."""
    if not _is_digits(value, 16):
        raise ValidationError("NIK harus 16 angka.", code="nik")


def nik_warnings(value: str) -> list[str]:
    """What looks unusual in a NIK of 16 digits; the person may be right all the same."""
    if not _is_digits(value, 16):
        return []
    odd = []
    day, month, serial = int(value[6:8]), int(value[8:10]), value[12:]
    if value[:2] not in PROVINCES:
        odd.append("Dua angka pertama NIK bukan kode provinsi.")
    if not (1 <= day <= 31 or 41 <= day <= 71):  # women: day + 40
        odd.append("Angka ke-7 dan ke-8 NIK bukan tanggal lahir.")
    if not 1 <= month <= 12:
        odd.append("Angka ke-9 dan ke-10 NIK bukan bulan lahir.")
    if serial == "0000":
        odd.append("Empat angka terakhir NIK tidak boleh 0000.")
    return odd


NPWP_15 = (
    "NPWP 15 angka adalah format lama. Sejak 2024 dipakai 16 angka: NIK untuk perorangan, "
    "angka 0 di depan nomor lama untuk badan (PMK 112/2022)."
)


def validate_npwp(value: str) -> None:
    """15 digits (before 2025) or 16 (PMK 112/2022)."""
    if not _is_digits(normalise_digits(value), 15, 16):
        raise ValidationError("NPWP harus 15 atau 16 angka.", code="npwp")


def normalise_npwp(text: str) -> str:
    """Digits only. 15 stay 15: for a body the new number is 0 + old, for a person it is the NIK."""
    return normalise_digits(text)


def npwp_warnings(value: str) -> list[str]:
    if len(value) == 15:
        return [NPWP_15]
    return []


def validate_nib(value: str) -> None:
    """13 digits, from OSS. A NIB has no expiry date."""
    if not _is_digits(normalise_digits(value), 13):
        raise ValidationError("NIB harus 13 angka.", code="nib")


def validate_bank_account(value: str) -> None:
    """5 to 20 digits, as text."""
    if not _is_digits(normalise_digits(value), *range(5, 21)):
        raise ValidationError("Nomor rekening harus 5 sampai 20 angka.", code="bank_account")


def validate_postal_code(value: str) -> None:
    if not _is_digits(value, 5) or value[0] == "0":
        raise ValidationError("Kode pos harus 5 angka.", code="postal_code")


# --- telephone ----------------------------------------------------------------------------------------
def normalise_phone(text: str) -> str:
    """An Indonesian number as +62…, whichever way it was written; other text comes back without its blanks."""
    bare = _SEPARATORS.sub("", text.strip())
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    if bare.startswith("+"):
        digits = bare[1:]
        return "+62" + digits[2:].removeprefix("0") if digits.startswith("62") else bare
    if bare.startswith("62"):
        return "+62" + bare[2:].removeprefix("0")
    if bare.startswith("0"):
        return "+62" + bare[1:]
    if bare.startswith("8"):
        return "+62" + bare
    return bare


def validate_phone(value: str) -> None:
    """A number within Indonesia: 8 to 13 digits after +62, no zero in front."""
    if not re.fullmatch(r"\+62[1-9][0-9]{7,12}", normalise_phone(value), re.ASCII):
        raise ValidationError("Nomor telepon tidak dikenali. Contoh: 0812-3456-7890 atau (0370) 123456.", code="phone")


# --- amounts ---------------------------------------------------------------------------------------------
def validate_whole_rupiah(value: int) -> None:
    if isinstance(value, bool) or value != int(value):
        raise ValidationError("Jumlah harus rupiah utuh, tanpa sen.", code="whole_rupiah")
    if value < 0:
        raise ValidationError("Jumlah tidak boleh kurang dari nol.", code="negative")
    if value > MAX_RUPIAH:
        raise ValidationError("Jumlah terlalu besar. Periksa kembali banyaknya angka nol.", code="too_large")


# --- text --------------------------------------------------------------------------------------------------
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # they make text read as another


def _is_bad(character: str, allowed: str) -> bool:
    return character in _BIDI or (unicodedata.category(character) in {"Cc", "Cs"} and character not in allowed)


def validate_plain_text(value: str) -> None:
    """No control characters but line ends and tabs, nothing that turns the reading direction."""
    if any(_is_bad(character, "\n\r\t") for character in value):
        raise ValidationError("Teks memuat karakter yang tidak dapat disimpan. Ketik ulang teksnya.", code="control")


def validate_single_line(value: str) -> None:
    if any(_is_bad(character, "") for character in value):
        raise ValidationError("Isi dalam satu baris, tanpa karakter khusus.", code="control")


# A way to reach somebody past the platform. Amounts (12.500.000), dates and letter numbers (027/1/2026) are none.
_CONTACTS = re.compile(
    r"(?<![\d.,/])(?:\+?\s?62|0)[\s().\-]*8(?:[\s().\-]*\d){7,12}(?!\d)"  # a mobile number, however it is spaced
    r"|(?<![\d.,/])\(?0\d{2,3}\)?[\s.\-]?\d{3,4}[\s.\-]?\d{3,4}(?!\d)"  # a number with its area code
    r"|[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+\s?\.\s?[a-z]{2,}"  # an email address
    r"|(?<!\w)@(?!rp\b|rp\.)[a-z_][\w.]{2,}"  # an account; “@ Rp500.000” is a price
    r"|https?:|\bwww\."
    r"|\b[a-z0-9-]{2,}\.(?:com|net|org|id|info|biz|me|ly|link|site|online|xyz|app|shop|store)\b(?!\.\s)",
    re.IGNORECASE | re.ASCII,
)


_SPELLED = {
    word: str(digit)
    for digit, words in enumerate(
        ["nol/kosong", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan/lapan", "sembilan"]
    )
    for word in words.split("/")
}
_DIGIT_WORDS = re.compile(rf"\b(?:{'|'.join(_SPELLED)})\b", re.IGNORECASE)


def validate_no_contact(value: str) -> None:
    """What stands in public holds no telephone number, no address of mail or web, no account."""
    text = unicodedata.normalize("NFKC", value)
    spelled = _DIGIT_WORDS.sub(lambda word: _SPELLED[word[0].lower()], text)
    if _CONTACTS.search(text) or _CONTACTS.search(spelled):
        raise ValidationError(
            "Jangan menulis nomor telepon, alamat email, akun, atau alamat situs: teks ini dibaca umum.", code="contact"
        )


def validate_person_name(value: str) -> None:
    """A person's name with its titles: letters, dots, commas, apostrophes, hyphens; at least two letters."""
    validate_single_line(value)
    if any(not (c.isalpha() or unicodedata.combining(c) or c in " .,'’`-/()") for c in value):
        raise ValidationError("Nama hanya memuat huruf, titik, koma, dan tanda petik.", code="name")
    if sum(character.isalpha() for character in value) < 2:
        raise ValidationError("Tulis nama lengkap.", code="name")


def validate_organisation_name(value: str) -> None:
    """A body's name: may have digits, needs at least three letters or digits."""
    validate_single_line(value)
    if any(character in "<>{}\\" for character in value):
        raise ValidationError("Nama memuat tanda yang tidak dapat dipakai.", code="name")
    if sum(character.isalnum() for character in value) < 3:
        raise ValidationError("Tulis nama lengkap lembaga.", code="name")


def normalise_spaces(text: str) -> str:
    """One blank between words, none at the ends, accents composed."""
    return " ".join(unicodedata.normalize("NFC", text).split())
