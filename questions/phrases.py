"""Short bilingual phrases shared by several questions, sorted by name."""

from solgen import Text

CANCEL = Text(fr="on simplifie", en="simplify")
CHAIN_RULE = Text(fr="règle de dérivation en chaîne", en="chain rule")
COLLECT = Text(fr="on regroupe les termes", en="collect terms")
COMMON_DENOMINATOR = Text(fr="même dénominateur", en="common denominator")
COMPLETE_SQUARE = Text(fr="on complète le carré", en="complete the square")
DEFINITION = Text(fr="définition", en="definition")
INVERSE_RULE = Text(fr="$(1/u)' = -u'/u^2$", en="$(1/u)' = -u'/u^2$")
LOG_RULE = Text(fr=r"$(\log u)' = u'/u$", en=r"$(\log u)' = u'/u$")
SUBSTITUTE = Text(fr="on remplace", en="substitute")
