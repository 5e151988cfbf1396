"""What Google's libphonenumber says of many telephone numbers: one line of JSON each.

The numbers are its own examples of every type in every region, written as people write them and then broken in
the ways that people and programs break them, and random ones. The same every time: tests/it/phone_oracle.rs asks
us the same and compares.
"""

import json
import random
import sys

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat, PhoneNumberType

NAMES = {
    PhoneNumberType.FIXED_LINE: "fixed-line",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed-line-or-mobile",
    PhoneNumberType.TOLL_FREE: "toll-free",
    PhoneNumberType.PREMIUM_RATE: "premium-rate",
    PhoneNumberType.SHARED_COST: "shared-cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
    PhoneNumberType.UNKNOWN: "unknown",
}
NO_COUNTRY = "001"
SCRIPTS = [0xFF10, 0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0x1D7CE]
SEPARATORS = [" ", "-", "\u00a0", ".", "/", "  ", " - ", "\u2010", "\u2013", "\u2212", "\u3000", "\u200b", "\u30fc", "~", "\u00ad"]
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)

rng = random.Random(20260101)


def examples():
    """Region and number: every type of every region, and the networks of no country."""
    for region in REGIONS:
        for kind in NAMES:
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                yield region, number
    for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        number = phonenumbers.example_number_for_non_geo_entity(code)
        if number is not None:
            yield None, number


def in_script(text, zero):
    return "".join(chr(zero + int(c)) if c.isascii() and c.isdigit() else c for c in text)


def separated(text, separator):
    """Groups of two to four digits."""
    out, rest = [], text
    while rest:
        size = rng.randint(2, 4)
        out.append(rest[:size])
        rest = rest[size:]
    return separator.join(out)


def digit():
    return rng.choice("0123456789")


def international_prefix(region):
    """What the region dials before a country code, where the metadata name one that can be dialled."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    prefix = metadata.preferred_international_prefix or metadata.international_prefix or ""
    prefix = prefix.replace("~", "")
    return prefix if prefix.isdigit() else None


def mutations(home, number):
    """What it is called, the input, and the region it is called from."""
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    nsn = phonenumbers.national_significant_number(number)
    code = str(number.country_code)
    trunk = ""
    if home is not None:
        trunk = PhoneMetadata.metadata_for_region(home, None).national_prefix or ""
    abroad = rng.choice(REGIONS)

    # As people write it.
    yield "E.164", e164, None
    yield "E.164 at home", e164, home
    yield "E.164 abroad", e164, abroad
    yield "international", international, None
    yield "international abroad", international, abroad
    yield "national", national, home
    yield "national, no region", national, None
    yield "national, wrong region", national, abroad
    yield "national number alone", nsn, home
    yield "with trunk prefix", trunk + nsn, home
    yield "with a zero", "0" + nsn, home
    yield "with a one", "1" + nsn, home
    yield "with an eight", "8" + nsn, home
    yield "(0)", f"+{code} (0) {nsn}", None
    yield "(trunk prefix)", f"+{code} ({trunk}) {nsn}", abroad
    yield "tel:", phonenumbers.format_number(number, PhoneNumberFormat.RFC3966), None
    yield "tel: national", "tel:" + national, home
    yield "word before", "Tel.: " + international, abroad
    yield "marks around", f"\u202a{international}\u202c", None
    yield "brackets", f"(+{code}) {nsn}", None
    yield "brackets in the middle", f"+{code} ({nsn[:3]}) {nsn[3:]}", home
    yield "square brackets", f"+{code}[{nsn[:2]}]{nsn[2:]}", home
    yield "full-width", in_script(international, 0xFF10).replace("+", "\uff0b"), None
    yield "another script", in_script(national, rng.choice(SCRIPTS)), home
    yield "another script, E.164", in_script(e164, rng.choice(SCRIPTS)), abroad
    yield "mixed scripts", "".join(in_script(c, rng.choice(SCRIPTS)) for c in e164), None
    yield "separators", "+" + separated(e164[1:], rng.choice(SEPARATORS)), None
    yield "separators, national", separated(trunk + nsn, rng.choice(SEPARATORS)), home
    yield "something after", international + rng.choice([" ", ".", ")", " (", "-", "*", "!", "\u2026", "\u202c"]), abroad
    for region in (home, abroad, "US", "AU", "JP", "RU", "BR"):
        prefix = region and international_prefix(region)
        if prefix:
            yield "international prefix", f"{prefix} {code} {nsn}", region
    yield "00", f"00{code}{nsn}", home
    yield "plus and 00", f"+00{code}{nsn}", abroad
    yield "code without plus", code + nsn, home
    yield "code without plus abroad", code + nsn, abroad
    yield "plus without code", "+" + nsn, home
    yield "two pluses", "++" + e164[1:], None
    yield "plus inside", f"{e164[:5]}+{e164[5:]}", None
    yield "code twice", f"+{code}{code}{nsn}", home
    yield "star", f"{e164[:6]}*{e164[6:]}", None

    # As people mistype it.
    at = rng.randrange(len(nsn))
    yield "digit missing", f"+{code}{nsn[:at]}{nsn[at + 1:]}", None
    yield "digit missing, national", trunk + nsn[:at] + nsn[at + 1:], home
    yield "digit too many", f"+{code}{nsn[:at]}{digit()}{nsn[at:]}", None
    yield "digit too many, national", trunk + nsn[:at] + digit() + nsn[at:], home
    yield "digit wrong", f"+{code}{nsn[:at]}{digit()}{nsn[at + 1:]}", abroad
    yield "digits swapped", f"+{code}{nsn[:at]}{nsn[at:][:2][::-1]}{nsn[at + 2:]}", None
    yield "cut", e164[: rng.randrange(1, len(e164))], None
    yield "cut, national", nsn[: rng.randrange(1, len(nsn) + 1)], home
    yield "doubled", e164 + e164[1:], None
    yield "another country's", f"+{rng.randrange(1, 1000)}{nsn}", None
    for _ in range(4):
        kept = rng.randrange(1, len(nsn))
        tail = "".join(digit() for _ in nsn[kept:])
        yield "other number", f"+{code}{nsn[:kept]}{tail}", None
        yield "other number, national", f"{trunk}{nsn[:kept]}{tail}", home

    # What is refused here on purpose; the oracle says what it would have been.
    if rng.random() < 0.2:
        yield "extension", f"{international} ext. {digit()}", None
        yield "extension", f"{national} x{digit()}{digit()}", home
        yield "extension", f"{e164},,{digit()}", None
        yield "extension", f"{e164}#{digit()}", None
        yield "parameter", f"tel:{e164};ext={digit()}", None
        yield "parameter", f"tel:{nsn};phone-context=+{code}", abroad
        yield "letters", f"{international} Anna", None
        yield "letters", f"{e164[:-3]}ABC", None
        yield "tab", f"{e164[:4]}\t{e164[4:]}", None
        yield "end of line", f"{e164}\r\n", None
        yield "control character", f"{e164[:4]}\x07{e164[4:]}", None
        yield "control character", f"{e164}\x7f", None
        yield "too long", e164 + " " * (65 - len(e164)), None


def arbitrary():
    """Digits, with no example behind them."""
    for _ in range(4000):
        digits = "".join(digit() for _ in range(rng.randrange(1, 18)))
        yield "random, international", "+" + digits, None
        yield "random", digits, rng.choice(REGIONS)
        noise = "".join(rng.choice("0123456789+-()/. *~\u00a0\uff0b\uff11\u0661[]") for _ in range(rng.randrange(0, 20)))
        yield "noise", noise, rng.choice([None, *REGIONS])


def said(text, region):
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return {"valid": False, "extension": False}
    answer = {"valid": phonenumbers.is_valid_number(number), "extension": number.extension is not None}
    if answer["valid"]:
        territory = phonenumbers.region_code_for_number(number)
        answer["e164"] = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        answer["territory"] = None if territory == NO_COUNTRY else territory
        answer["type"] = NAMES[phonenumbers.number_type(number)]
    return answer


def main():
    seen = set()

    def ask(mutation, text, region):
        if (text, region) not in seen:
            seen.add((text, region))
            # Tabs and ends of lines are spaces to us, and Google's refuses them.
            spaced = text.translate({ord(c): " " for c in "\t\r\n"})
            line = {"mutation": mutation, "input": text, "region": region, **said(spaced, region)}
            sys.stdout.buffer.write(json.dumps(line).encode() + b"\n")

    for home, number in examples():
        for mutation in mutations(home, number):
            ask(*mutation)
    for mutation in arbitrary():
        ask(*mutation)


main()
