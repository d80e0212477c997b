"""What the helper module itself imports."""

from solgen import Text

EXPONENT = 3
REASON = Text(fr="dérivée d'une puissance", en="power rule")
