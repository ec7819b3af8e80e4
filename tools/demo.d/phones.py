"""What people see on their phones: one message as it comes, and at the end all of them, a column for each."""
import textwrap

WIDTH = 56
COLUMN = 25
GAP = "  "
PER_ROW = 3
LANGUAGES = {"en": "English", "de": "Deutsch"}


def wrapped(text, width):
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def row(text):
    return f"│ {text:<{WIDTH}} │"


def lines(head, title, body):
    """A phone: body is a list of lines, which are wrapped."""
    head = f"─ {head} "
    rows = wrapped(title, WIDTH) + [""] + [line for text in body for line in wrapped(text, WIDTH)]
    return [f"╭{head}{'─' * (WIDTH + 2 - len(head))}╮", *map(row, rows), f"╰{'─' * (WIDTH + 2)}╯"]


def message(whom, locale, title, text):
    return lines(f"{whom} · {LANGUAGES.get(locale, locale)}", title, [text])


def column(whom, messages):
    inside = COLUMN - 4
    lines = [f"╭{'─' * (COLUMN - 2)}╮", f"│ {whom[:inside]:<{inside}} │", f"├{'─' * (COLUMN - 2)}┤"]
    for at, title in messages:
        for i, line in enumerate(wrapped(title, inside - 6)):
            lines.append(f"│ {at if i == 0 else '':<5} {line:<{inside - 6}} │")
    return lines + [f"╰{'─' * (COLUMN - 2)}╯"]


def columns(told):
    """told: who -> [(time of day, title)]. Lines of all phones, three beside each other."""
    phones = [column(whom, messages) for whom, messages in told.items()]
    out = []
    for first in range(0, len(phones), PER_ROW):
        row = phones[first:first + PER_ROW]
        for i in range(max(len(phone) for phone in row)):
            parts = [phone[i] if i < len(phone) else " " * COLUMN for phone in row]
            out.append(GAP.join(parts).rstrip())
    return out
