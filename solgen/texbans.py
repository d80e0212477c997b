r"""The LaTeX that no source of an exam may contain, and why: a table for :mod:`solgen.texscan`.

It is written for pdfTeX and XeTeX, their LaTeX kernel, and the packages that a booklet loads.
A name stands for the command ``\name`` and for the environment ``\begin{name}``, which runs it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Ban:
    r"""A pattern and why it is refused; `comments`: even where a line seems to be a comment.

    What looks like a comment is none behind commands that read their argument letter by letter,
    such as ``\url{50%}``.  `word` says that it matches nothing but one command, ``\name`` or
    ``\begin{name``, whatever stands around it.
    """

    pattern: re.Pattern[str]
    why: str
    comments: bool = True
    word: bool = False


_RUNS = "runs a program; a booklet never needs it"
_READS = "reads a file; a booklet reads none but its own"
_WRITES = "writes a file; a booklet never needs it"
_VARIES = "is not the same in every build, or not what it says; write the date or number itself"
_HIDES = "can hide a command from solgen; write it out"
_ACTS = "puts an action or a file into the PDF; a booklet has neither"
_LINKS = "leads elsewhere than to the web; write https:// or mailto: as its first letters"
_SILENCES = "hides faults of the pages from solgen"
_ENDS = "ends the document or this file, and what follows would be missing"
_LOOK = "belongs to the booklet's look, not to a question"
_OTHER = "prints another sign: this font has nothing but capital letters"
_PLAIN = "prints a plain letter: this font has no such one; write \\boldsymbol"
_GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|vartheta|iota|kappa|lambda|mu|nu|xi"
    "|pi|rho|sigma|tau|upsilon|phi|varphi|chi|psi|omega"
)
_OWN = "is reserved for solgen's own marks"


def _words(names: str, why: str, *, comments: bool = True) -> Ban:
    """Refuse these commands, and the environments that run them."""
    either = "|".join(names.split())
    pattern = rf"\\(?:(?:begin|end)\s*\{{\s*)?(?:{either})(?![A-Za-z])"
    return Ban(re.compile(pattern), why, comments, word=True)


def _form(pattern: str, why: str, *, comments: bool = True) -> Ban:
    return Ban(re.compile(pattern), why, comments)


EVERYWHERE = (
    _form(r'\\(?:immediate\s*)?\\?write\s*(?:18|"12|`)', _RUNS),
    _form(r'\\(?:@@)?input\s*["{]*\s*\|', _RUNS),
    _words("ShellEscape DelayedShellEscape directlua latelua luaexec luadirect", _RUNS),
    _words("pdfshellescape shellescape", _RUNS),
    _words("openin read readline newread typein font graphicspath", _READS),
    _words("input include includeonly InputIfFileExists IfFileExists loadlocalcfg", _READS),
    _words(
        "verbatiminput boxedverbatiminput lstinputlisting readverbatim readboxedverbatim", _READS
    ),
    _words("newinputstream openinputfile readstream readaline includepdf CatchFileDef", _READS),
    _words("bibliography LoadMicrotypeFile LoadMicroTypeFile LoadFontDefinitionFile", _READS),
    _words("filedump filesize mdfivesum pdffiledump pdffilesize pdfmdfivesum", _READS),
    _form(r"\\@@?(?:input|iinput)(?![A-Za-z])", _READS),
    _form(r"\\(?:set\w*font|fontspec|newfontfamily)(?![A-Za-z])[^\n]*(?:/|Path)", _READS),
    _form(
        r"\\includegraphics(?![A-Za-z])(?!\s*\*?\s*(?:\[[^\]]*\]\s*)?\{\s*[\w#-][\w.#-]*\s*\})",
        _READS,
    ),
    _form(
        r"\\(?:usepackage|RequirePackage|documentclass|LoadClass)(?![A-Za-z])"
        r"(?!\s*(?:\[[^\]]*\]\s*)?\{[\w\s,-]*\})",
        _READS,
    ),
    _words("openout newwrite filecontents verbatimoutput writeverbatim", _WRITES),
    _words("newoutputstream openoutputfile addtostream", _WRITES),
    _words("today year month day time jobname printtime localedate", _VARIES),
    _form(
        r"\\(?:pdf)?(?:uniformdeviate|normaldeviate|elapsedtime|resettimer|randomseed"
        r"|setrandomseed|creationdate|filemoddate)(?![A-Za-z])",
        _VARIES,
    ),
    _form(r"\^\^", "hides a character"),
    _words("catcode scantokens scantextokens patchcmd xpatchcmd robustify", _HIDES),
    _words("ExplSyntaxOn UseName ExpandArgs csuse csdef csgdef csedef csxdef letcs", _HIDES),
    _words("useshorthands defineshorthand aliasshorthand MakeShortVerb", _HIDES),
    _form(r"\\(?:begin|end)(?![A-Za-z@])(?!\s*\{\s*[A-Za-z@]+\d*\*?\s*\})", _HIDES),
    _words("Acrobatmenu PushButton TextField CheckBox ChoiceMenu Submit Reset Form", _ACTS),
    _words("attachfile textattachfile embedfile movie includemedia hyperimage", _ACTS),
    _form(r"\\XeTeX[A-Za-z]+|pdf(?:open|page)action", _ACTS),
    _form(r"\\href(?![A-Za-z])(?!\s*\{\s*(?:https?://|mailto:|#))", _LINKS),
    _form(r"\\url(?![A-Za-z])(?!\s*\{\s*(?:https?://|mailto:|#))", _LINKS),
    _form(r"\\hyperref(?![A-Za-z])(?!\s*\[)", _LINKS),
    _words("tracinglostchars hfuzz vfuzz nofiles", _SILENCES),
)
"""What neither a question nor the booklet's look may contain."""

IN_SNIPPETS = (
    _words("write immediate special", _WRITES),
    _form(r"\\pdf[a-z]+", _ACTS),
    _words("csname ifcsname ifdefined string meaning makeatletter", _HIDES),
    _form(r"\\end\s*\{\s*document\s*\}", _ENDS, comments=False),
    _form(
        r"\\(?:enddocument|endinput|stop|bye|@@end|dump|@endinput)(?![A-Za-z])",
        _ENDS,
        comments=False,
    ),
    _words("batchmode scrollmode nonstopmode errorstopmode interactionmode", _LOOK, comments=False),
    _words("usepackage RequirePackage documentclass LoadClass everyeof", _LOOK, comments=False),
    _words("everyjob everypar output shipout hypersetup pagestyle", _LOOK, comments=False),
    _words("AtBeginDocument AtEndDocument AddToHook AddToHookNext", _LOOK, comments=False),
    _words("DeclareUnicodeCharacter shorthandon shorthandoff", _LOOK, comments=False),
    _words("typeout message errmessage wlog addtocontents", _LOOK, comments=False),
    _words("show[a-z]* tracing[a-z]+ hbadness vbadness", _SILENCES, comments=False),
    _form(r"solgen-(?:begin|done|end)", _OWN),
    _form(r"\\mathbb\s*(?:\{\s*)?(?:[^A-Z\s{\\]|\\[a-zA-Z]+)", _OTHER, comments=False),
    _form(r"\\mathcal\s*(?:\{\s*)?[^A-Z\s{\\]", _OTHER, comments=False),
    _form(
        rf"\\math(?:bf|it|rm|sf)\s*(?:\{{\s*)?\\(?:{_GREEK})(?![A-Za-z])", _PLAIN, comments=False
    ),
)
"""What a question may not contain either."""

IN_STATE = tuple(ban for ban in EVERYWHERE if ban.why in (_RUNS, _READS, _WRITES))
"""What the files that one pass leaves for the next may not contain: a document can write there."""

_PDF_OF_THE_LOOK = (
    "savepos|lastxpos|lastypos|literal|minorversion|trailerid|suppressptexinfo|bookmark"
)

IN_LOOK = (
    _form(r"\\write(?![A-Za-z])(?!\s*(?:\\noexpand\s*)?\\@auxout(?![A-Za-z]))", _WRITES),
    _form(r"\\special(?![A-Za-z])(?!\s*\{pdf:code )", _ACTS),
    _form(rf"\\pdf(?!(?:{_PDF_OF_THE_LOOK})(?![a-z]))[a-z]+", _ACTS),
    _form(r"\\(?:if)?csname(?![A-Za-z@])(?!\s*sol@)", _HIDES),
    _form(r"\\@nameuse(?![A-Za-z@])(?!\s*\{sol@)", _HIDES),
)
"""What the booklet's look may not contain: it may build the names that begin by sol@ only."""
