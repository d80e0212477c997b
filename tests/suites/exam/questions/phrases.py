"""What both questions import."""

from questions.deeper import EXPONENT, REASON

from solgen import Text

POWER_RULE = REASON
DEGREE = EXPONENT
CAPTION = Text(fr="Le volume.", en="The volume.")
