"""A program as one header: declarations, the implementation, and a self-test."""

from __future__ import annotations

from textwrap import indent

from . import text
from .program import Buffer, Constant, Program


def header(program: Program, about: str) -> str:
    """Return the whole file; ``about`` is the comment at its top."""
    name, guard = program.name, program.name.upper()
    return f"""\
{text.comment(about)}
#ifndef {guard}_H
#define {guard}_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {{
#endif

{_declarations(program)}

#ifdef __cplusplus
}}
#endif

#endif

#if (defined({guard}_IMPLEMENTATION) || defined({guard}_SELF_TEST)) && !defined({guard}_IMPLEMENTED)
#define {guard}_IMPLEMENTED

{_includes(program.includes)}/* How working memory is declared: by default one for all threads. */
#ifndef {guard}_MEMORY
#define {guard}_MEMORY static
#endif

{_parts(program)}

{_predict(program)}
{_further(program)}
#ifdef {guard}_SELF_TEST

{_self_test(program, name)}

#endif
#endif
"""


def _declarations(program: Program) -> str:
    name, classes = program.name, len(program.classes)
    says = "smallest" if program.smallest else "largest"
    plain = program.classes == tuple(map(str, range(classes)))
    names = (
        "" if plain else f"\n\n/* What each class is called. */\nextern const char *const {name}_classes[{classes}];"
    )
    return (
        text.comment(
            f"Returns the class of a picture, 0 to {classes - 1}: the one whose score is the {says}.\n"
            "picture: row by row, a byte a pixel, as in MNIST: 0 is paper and 255 is ink.\n"
            "scores: what the network says of each class goes there, unless it is a null pointer."
        )
        + f"\nint {name}_predict(const uint8_t picture[{program.picture}], {program.scores} scores[{classes}]);\n\n"
        + program.declarations
        + names
    )


def _includes(includes: tuple[str, ...]) -> str:
    return "".join(f"#include <{each}>\n" for each in includes) + ("\n" if includes else "")


def _parts(program: Program) -> str:
    prepare = "\n".join(
        [
            text.comment("From a picture's bytes to the network's input."),
            f"static void {program.name}_{program.input.name}(const uint8_t picture[{program.picture}], "
            f"{program.input.declared('in')}) {{",
            *(f"  {line}" for line in program.prepare),
            "}",
        ]
    )
    return "\n\n".join([*program.helpers, prepare, *(part.code() for part in program.parts)])


def _predict(program: Program) -> str:
    name, classes = program.name, len(program.classes)
    calls, place = [f"{name}_{program.input.name}(picture, even.{program.input.name});"], f"even.{program.input.name}"
    for number, part in enumerate(program.parts, 1):
        last = number == len(program.parts)
        after = "answers" if last else f"{'odd' if number % 2 else 'even'}.{part.output.name}"
        calls.append(f"{part.function}({place}, {after});")
        place = after
    even, odd = program.buffers
    memory = _union(program, "even", even) + (_union(program, "odd", odd) if odd else "")
    beats = "<" if program.smallest else ">"
    return f"""\
int {name}_predict(const uint8_t picture[{program.picture}], {program.scores} scores[{classes}]) {{
{indent(memory, "  ")}  {program.scores} answers[{classes}];
  int best = 0;
{indent(chr(10).join(calls), "  ")}
  for (int o = 0; o < {classes}; o++) {{
    if (answers[o] {beats} answers[best]) {{
      best = o;
    }}
    if (scores) {{
      scores[o] = answers[o];
    }}
  }}
  return best;
}}
"""


def _union(program: Program, name: str, held: tuple[Buffer, ...]) -> str:
    """Return one of the two stretches of memory, between which the layers go to and fro."""
    members = "\n".join(f"  {buffer.declared(buffer.name)};" for buffer in held)
    return f"{program.name.upper()}_MEMORY union {{\n{members}\n}} {name};\n"


def _further(program: Program) -> str:
    further = f"\n{program.definitions}\n" if program.definitions else ""
    if program.classes != tuple(map(str, range(len(program.classes)))):
        names = ", ".join(map(text.string, program.classes))
        further += f"\nconst char *const {program.name}_classes[{len(program.classes)}] = {{{names}}};\n"
    return further


def _self_test(program: Program, name: str) -> str:
    test = program.test
    count, classes = test.scores.shape
    pictures = Constant(f"{name}_test_pictures", "uint8_t", test.pictures)
    scores = Constant(f"{name}_test_scores", program.scores, test.scores)
    labels = Constant(f"{name}_test_classes", "uint16_t", test.labels)
    off = f"off < -{text.number(test.tolerance)} || off > {text.number(test.tolerance)} || off != off"
    differs = f"off = scores[o] - {scores.name}[n][o]", off
    if not test.tolerance:
        differs = f"off = scores[o] != {scores.name}[n][o]", "off"
    kind = "float" if test.tolerance else "int"
    return f"""\
#include <stdio.h>

{pictures.code()}

{text.comment("What lenet answers for them.")}
{scores.code()}

{labels.code()}

int main(void) {{
  int wrong = 0;
  for (int n = 0; n < {count}; n++) {{
    {program.scores} scores[{classes}];
    int differ = {name}_predict({pictures.name}[n], scores) != {labels.name}[n];
    for (int o = 0; o < {classes}; o++) {{
      const {kind} {differs[0]};
      differ |= {differs[1]};
    }}
    if (differ) {{
      printf("{name}: test picture %d is answered otherwise than by lenet\\n", n);
      wrong++;
    }}
  }}
  if (!wrong) {{
    printf("{name}: all {count} test pictures are answered as by lenet\\n");
  }}
  return wrong != 0;
}}"""
