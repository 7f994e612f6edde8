"""The header as engineers use it: its self-test, several files, C++, threads, other machines; and what goes wrong."""

from __future__ import annotations

import re
import shutil
import subprocess

import numpy as np
import pytest
from compiling import SANE, STRICT, compiled, compiler
from onnx_runs import pictures, rubbish, small

import lenet
from lenet.model import Model


@pytest.fixture(scope="module")
def folder(tmp_path_factory, digits):
    """The headers of a small network, in float32 and in whole numbers."""
    folder = tmp_path_factory.mktemp("headers")
    lenet.export("lenet1", folder / "lenet1.h")
    lenet.export("lenet1", folder / "lenet1_int8.h", int8=True, data=digits)
    return folder


def run(program, *emulator):
    done = subprocess.run([*emulator, program], capture_output=True, check=False)
    assert not done.stderr
    return done.returncode, done.stdout.decode()


def self_test(header, cc="gcc", flags=(*STRICT, *SANE)):
    guard = header.stem.upper()
    language = "c++" if "++" in cc else "c"
    return compiled(header, cc=cc, flags=(*flags, f"-D{guard}_SELF_TEST", "-x", language), to=f"{header.stem}_{cc}")


CPP = ("-std=c++11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion", "-Wno-unused-command-line-argument")


@pytest.fixture
def copied(folder, tmp_path):
    """A copy of the headers, to change."""
    return shutil.copytree(folder, tmp_path / "copied")


@pytest.mark.parametrize("name", ["lenet1", "lenet1_int8"])
def test_self_test(folder, name):
    says = f"{name}: all 12 test pictures are answered as by lenet\n"
    assert run(self_test(folder / f"{name}.h")) == (0, says)


@pytest.mark.parametrize("cc", ["clang", "g++", "clang++"])
def test_self_test_by_other_compilers(folder, cc):
    flags = (*(STRICT if cc == "clang" else CPP[: -1 if cc == "g++" else None]), "-O1")
    assert run(self_test(folder / "lenet1_int8.h", cc, flags))[0] == 0


@pytest.mark.parametrize("name", ["lenet1", "lenet1_int8"])
def test_self_test_finds_a_changed_weight(copied, name):
    header = copied / f"{name}.h"
    code = header.read_text()
    bias = re.search(rf"{name}_c1_bias\[4\] = {{([^,]+),", code)
    header.write_text(code.replace(bias[0], bias[0].replace(bias[1], "9"), 1))
    code, says = run(self_test(header))
    assert code == 1 and f"{name}: test picture 0 is answered otherwise than by lenet" in says


def test_two_networks_in_several_files_of_c_and_cpp(folder, tmp_path):
    """Both implementations in one file of C; called from another of C++, which includes them twice."""
    both = tmp_path / "both.c"
    include = "".join(f'#include "{folder / name}.h"\n' for name in ("lenet1", "lenet1_int8"))
    both.write_text(f"#define LENET1_IMPLEMENTATION\n#define LENET1_INT8_IMPLEMENTATION\n{include}")
    calls = tmp_path / "calls.cpp"
    calls.write_text(
        f"{include}{include}"
        """
        int main() {
          static std::uint8_t picture[784];
          float scores[10], probabilities[10], sum = 0;
          int answer = lenet1_predict(picture, scores), whole = lenet1_int8_predict(picture, 0);
          lenet1_probabilities(scores, probabilities);
          for (int o = 0; o < 10; o++) sum += probabilities[o];
          return !(answer >= 0 && whole == answer && sum > 0.999f && sum < 1.001f);
        }""".replace("std::", "")
    )
    subprocess.run([compiler("gcc"), *STRICT, "-c", both, "-o", both.with_suffix(".o")], check=True)
    assert run(compiled(calls, both.with_suffix(".o"), cc="g++", flags=("-std=c++11", "-Wall", "-Werror")))[0] == 0


@pytest.mark.parametrize("memory", ["", "static _Thread_local"])
def test_memory_may_be_a_threads_own_or_on_the_stack(folder, memory):
    flags = ("-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", f"-DLENET1_INT8_MEMORY={memory}")
    assert run(self_test(folder / "lenet1_int8.h", flags=flags))[0] == 0


MACHINES = {
    "aarch64-linux-gnu-gcc": "qemu-aarch64",
    "arm-linux-gnueabihf-gcc": "qemu-arm",
}


@pytest.mark.parametrize(
    ("cc", "name"), [("aarch64-linux-gnu-gcc", "lenet1"), ("arm-linux-gnueabihf-gcc", "lenet1_int8")]
)
def test_on_arm(folder, cc, name):
    compiler(cc)
    emulator = shutil.which(MACHINES[cc]) or pytest.skip(f"there is no {MACHINES[cc]}")
    assert run(self_test(folder / f"{name}.h", cc, (*STRICT, "-O2", "-static")), emulator)[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize("optimised", ["-O0", "-Os", "-O3"])
@pytest.mark.parametrize("name", ["lenet1", "lenet1_int8"])
@pytest.mark.parametrize("cc", MACHINES)
def test_on_arm_however_optimised(folder, cc, name, optimised):
    compiler(cc)
    emulator = shutil.which(MACHINES[cc]) or pytest.skip(f"there is no {MACHINES[cc]}")
    assert run(self_test(folder / f"{name}.h", cc, (*STRICT, optimised, "-static")), emulator)[0] == 0


def sections(header, to):
    """Return the bytes of constants and of working memory in a header's object file, by its symbols."""
    guard = header.stem.upper()
    flags = ("-std=c99", "-O2", "-c", f"-D{guard}_IMPLEMENTATION", "-x", "c")
    subprocess.run([compiler("gcc"), *flags, header, "-o", to], check=True)
    symbols = subprocess.run([compiler("nm"), "-S", to], check=True, capture_output=True, text=True).stdout
    found = re.findall(r"^\w+ (\w+) (\w) ", symbols, re.MULTILINE)
    sizes = [sum(int(size, 16) for size, kind in found if kind in kinds) for kinds in ("rR", "bBdD")]
    read_only = subprocess.run([compiler("size"), "-A", to], check=True, capture_output=True, text=True).stdout
    return *sizes, int(re.search(r"^\.rodata\s+(\d+)", read_only, re.MULTILINE)[1])


def test_lenet5_in_whole_numbers_is_small(tmp_path, digits):
    """64 KB of constants, 8 KB of memory; and what the exporter says is what the compiler makes of it."""
    written = lenet.export.write("lenet5", tmp_path / "lenet5.h", int8=True, data=digits)
    constants, memory, rodata = sections(tmp_path / "lenet5.h", tmp_path / "lenet5.o")
    assert (constants, memory) == (written.facts["constants"], written.facts["memory"])
    assert rodata <= 65_536 and constants <= 65_536 and memory <= 8_192
    code = (tmp_path / "lenet5.h").read_text()
    assert f"{constants:,} bytes of constants and {memory:,} of working memory" in code
    assert "float" not in re.sub(r"/\*.*?\*/", "", code, flags=re.DOTALL)
    assert set(re.findall(r"#include <(\S+)>", code)) == {"stdint.h", "stdio.h"}  # the latter for the self-test


def test_memory_in_float32(folder, tmp_path):
    written = lenet.export.write("lenet1", tmp_path / "lenet1.h")
    assert sections(tmp_path / "lenet1.h", tmp_path / "x.o")[:2] == (
        written.facts["constants"],
        written.facts["memory"],
    )


def test_what_the_file_says(folder):
    plain, whole = ((folder / name).read_text().replace("\n *", "") for name in ("lenet1.h", "lenet1_int8.h"))
    assert "1.93% of the 10,000 test pictures of mnist were read wrong" in plain
    assert "of the 40 test pictures of digits.npz are read wrong" in whole
    command = re.search(r"cc -std=c99 .*SELF_TEST.*", (folder / "lenet1.h").read_text())[0]
    done = subprocess.run(command, shell=True, cwd=folder, check=False, capture_output=True)  # as it stands there
    assert done.returncode == 0, done.stderr.decode()


def test_classes_with_names(tmp_path):
    model = small("distances")
    names = ('a "quote"', "back\\slash?", "数字", "*/")
    named = Model(model.network, model.preparation, model.flat, classes=names)
    lenet.export(named, tmp_path / "named.h")
    (tmp_path / "say.c").write_text(
        '#define NAMED_IMPLEMENTATION\n#include "named.h"\n#include <stdio.h>\n'
        "int main(void) {\n  for (int o = 0; o < 4; o++) puts(named_classes[o]);\n  return 0;\n}\n"
    )
    assert run(compiled(tmp_path / "say.c"))[1].split("\n") == [*names, ""]


def test_probabilities_with_a_rubbish_class(tmp_path):
    model = rubbish(small("codes alone"))
    lenet.export(model, tmp_path / "codes.h")
    images = pictures(model, 3)
    rows = ", ".join(f"{{{', '.join(map(str, image.ravel()))}}}" for image in images)
    (tmp_path / "say.c").write_text(
        '#define CODES_IMPLEMENTATION\n#include "codes.h"\n#include <stdio.h>\n'
        f"static const uint8_t pictures[3][3] = {{{rows}}};\n"
        """int main(void) {
          for (int n = 0; n < 3; n++) {
            float scores[4], shares[4];
            codes_predict(pictures[n], scores);
            codes_probabilities(scores, shares);
            for (int o = 0; o < 4; o++) printf("%.9g\\n", (double)shares[o]);
          }
          return 0;
        }"""
    )
    shares = np.array(run(compiled(tmp_path / "say.c"))[1].split(), float).reshape(3, 4)
    right = model.probabilities(images)
    assert right.sum(1).max() < 0.95  # the rest is rubbish
    np.testing.assert_allclose(shares, right, atol=1e-6)
