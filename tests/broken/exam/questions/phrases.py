"""Phrases shared by questions."""

from solgen import Text

POWER_RULE = Text(fr="dérivée d'une puissance", en="power rule")
