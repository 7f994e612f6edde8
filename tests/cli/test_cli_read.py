"""``lenet read``, with a reader that stands in for the real one."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image
from stand_in import BLANK, DIES, REFUSED, SLOW, UNSURE, StandIn, save

from lenet import reading
from lenet.cli import answers
from lenet.cli import read as command
from lenet.cli.pictures import values
from lenet.errors import LenetError

MANY = 12  # slow pictures


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """An empty folder, in which the stand-in reads."""
    monkeypatch.setattr(reading, "Settings", StandIn)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pictures(folder) -> list[Path]:
    pages = {
        "a.png": [(1, 8, 0, 1, 4)], "unsure.png": [(UNSURE, 1, 2)], "blank.png": [(BLANK,)],
        "refused.png": [(REFUSED,)], "three.tif": [(1,), (UNSURE, 2), (3,)],
    }  # fmt: skip
    return [save(folder / name, *those).relative_to(folder) for name, those in pages.items()]


@pytest.fixture
def terminal(monkeypatch):
    """Let a person look at stdout."""
    for module in (command, answers):
        if hasattr(module, "is_terminal"):
            monkeypatch.setattr(module, "is_terminal", lambda stream: stream is sys.stdout)
    monkeypatch.setenv("NO_COLOR", "1")


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_one_picture_gives_its_digits_and_nothing_else(lenet, pictures):
    assert vars(lenet("read", "a.png")) == {"code": 0, "out": "18014\n", "err": ""}
    assert lenet("read", "three.tif").out == "1\n\n3\n"


def test_what_is_rejected_is_empty_and_told_of(lenet, pictures):
    answer = lenet("read", "unsure.png")
    assert vars(answer) == {"code": 0, "out": "\n", "err": "lenet: unsure.png: unsure; perhaps 12, 40.0% sure\n"}
    assert vars(lenet("read", "blank.png")) == {"code": 0, "out": "\n", "err": "lenet: blank.png: blank, 97.0% sure\n"}


def test_what_cannot_be_read_exits_with_1(lenet, pictures):
    assert vars(lenet("read", "refused.png")) == {
        "code": 1,
        "out": "",
        "err": "lenet: refused.png: there is too little of it\n",
    }
    assert vars(lenet("read", "no.png")) == {"code": 1, "out": "", "err": "lenet: there is no file no.png\n"}


def test_several_stand_after_their_names(lenet, pictures):
    answer = lenet("read", *pictures, "no.png")
    assert answer.code == 1
    assert answer.out.splitlines() == [
        "a.png: 18014", "unsure.png:", "blank.png:", "three.tif page 1: 1", "three.tif page 2:", "three.tif page 3: 3",
    ]  # fmt: skip
    assert answer.err.splitlines() == [
        "lenet: unsure.png: unsure; perhaps 12, 40.0% sure",
        "lenet: blank.png: blank, 97.0% sure",
        "lenet: refused.png: there is too little of it",
        "lenet: three.tif page 2: unsure; perhaps 2, 40.0% sure",
        "lenet: there is no file no.png",
    ]


def test_on_a_terminal_it_says_where_and_how_sure(lenet, pictures, terminal):
    assert lenet("read", "a.png").out == "18014  90.0% sure, at 0,0 to 40,12\n"
    answer = lenet("read", "unsure.png", "blank.png", "a.png")
    assert answer.err == ""
    assert answer.out.splitlines() == [
        "unsure.png: unsure; perhaps 12, 40.0% sure", "blank.png: blank, 97.0% sure",
        "a.png: 18014  90.0% sure, at 0,0 to 40,12",
    ]  # fmt: skip


def test_alternatives(lenet, pictures):
    assert lenet("read", "a.png", "--alternatives", 1).out == "18014\n  180140  5.0%\n"
    assert lenet("read", "a.png", "--alternatives", 9).out == "18014\n  180140  5.0%\n  8014  2.0%\n"


def test_json(lenet, pictures):
    answer = lenet("read", *pictures, "--json")
    documents = json.loads(answer.out)
    assert answer.code == 1
    assert [each["text"] for each in documents] == ["18014", "", "", "", "1", "", "3"]
    assert [each["reason"] for each in documents] == ["", "unsure", "blank", "", "", "unsure", ""]
    assert documents[3]["error"] == "there is too little of it"
    assert documents[0]["lines"][0]["digits"][1]["box"] == [8, 0, 16, 12]
    assert answer.err == "lenet: refused.png: there is too little of it\n"
    assert json.loads(lenet("read", "a.png", "--json").out)[0]["text"] == "18014"


def test_stdin(process_that_reads, pictures):
    with Path("a.png").open("rb") as one, Path("three.tif").open("rb") as three:
        done = process_that_reads("read", "-", stdin=one)
        assert done.communicate(timeout=60) == (b"18014\n", b"")
        done = process_that_reads("read", "a.png", "-", "--json", stdin=three)
        assert [each["file"] for each in json.loads(done.communicate(timeout=60)[0])] == ["a.png", "-", "-", "-"]


def test_folders(lenet, folder):
    for name in ("b.png", "a.JPG", "c/d.png", "c/.hidden/e.png", ".f.png", "g.txt", "empty/nothing.txt"):
        path = folder / "all" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in (".png", ".JPG"):
            Image.new("L", (40, 12), 70).save(path)
        else:
            path.write_text("no picture")
    (folder / "all" / "again").symlink_to(folder / "all")
    assert lenet("read", "all").out == "all/a.JPG: 77777\nall/b.png: 77777\n"
    assert lenet("read", "all/b.png", "all").out == "all/b.png: 77777\nall/a.JPG: 77777\n"
    assert lenet("read", "all", "--recursive").out.split()[::2] == ["all/a.JPG:", "all/b.png:", "all/c/d.png:"]
    assert lenet("read", "all/c").out == "all/c/d.png: 77777\n"
    answer = lenet("read", "all/empty")
    assert (answer.code, answer.err) == (
        1, "lenet: all/empty holds no pictures; --recursive looks into the folders in it, too\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--single", "--line"], "single and line were asked for"),
        (["--error", "0.5"], "0.5 is 50%; did you mean 0.5%? Write a percent sign"),
        (["--error", "101%"], "'101%' is not a share from 0 to 1"),
        (["--min-confidence", "90"], "'90' is not a share from 0 to 1, such as 0.9 or 90%"),
        (["--min-confidence", "much"], "'much' is not a share"),
        (["--min-confidence", "nan"], "'nan' is not a share"),
        (["--min-confidence", "0.9", "--error", "0.5%"], "two ways to say which answers are rejected"),
        (["--draw", "x.png", "--to", "x.csv"], "--draw and --steps show one picture, and go without --to"),
        (["--steps", "x.png", "unsure.png"], "--draw and --steps show one picture"),
        (["--workers", "0"], "0 is not in the range x>=1"),
        (["--method", "cut"], "'cut' is not one of"),
    ],
)
def test_options_that_make_no_sense(lenet, pictures, folder, arguments, words):
    before = set(folder.iterdir())
    answer = lenet("read", "a.png", *arguments)
    assert (answer.code, words in answer.err, answer.out) == (2, True, ""), answer.err
    assert set(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "x.xls"], "must end in one of .csv, .json, .jsonl, but is x.xls"),
        (["--to", "none/x.csv"], "none/x.csv.part can't be written: No such file"),
        (["--draw", "x.gif"], "must end in one of .png"),
        (["--steps", "none/x.png"], "there is no folder none"),
        (["--values", "@none.txt"], "there is no file none.txt"),
        (["--values", "@a.png"], "a.png is no text in UTF-8"),
    ],
)
def test_what_cannot_be(lenet, pictures, folder, arguments, words):
    before = set(folder.iterdir())
    answer = lenet("read", "a.png", *arguments)
    assert (answer.code, words in answer.err, answer.out) == (1, True, ""), answer.err
    assert set(folder.iterdir()) == before


def test_options_reach_the_settings(lenet, pictures, monkeypatch):
    came = []

    class Kept(StandIn):
        def __post_init__(self) -> None:
            came.append(self)

    monkeypatch.setattr(reading, "Settings", Kept)
    Path("values.txt").write_text("\ufeff12\n 34 \n\n5\n", encoding="utf-8")
    words = (
        "--single --length 1-2 --pattern \\d+ --values @values.txt --check luhn --keep-marks --error 0.5% --method cuts"
    )
    lenet("read", "a.png", *words.split(), "--model", "lenet5")
    assert came[0] == Kept(
        "single", "1-2", r"\d+", ("12", "34", "5"), "luhn", None, 0.005, keep_marks=True, method="cuts", model="lenet5"
    )
    lenet("read", "a.png", "--line", "--min-confidence", "90%")
    assert (came[-1].kind, came[-1].min_confidence) == ("line", 0.9)
    lenet("read", "a.png", "--page", "--min-confidence", "1")
    assert (came[-1].kind, came[-1].min_confidence) == ("page", 1)


def test_values_are_a_list_or_a_file():
    assert values("1, 22,,333 ") == ["1", "22", "333"]


def test_drawings(lenet, pictures):
    answer = lenet("read", "a.png", "--draw", "drawn.png", "--steps", "steps.jpg")
    assert vars(answer) == {"code": 0, "out": "18014\n", "err": ""}
    with Image.open("drawn.png") as drawn, Image.open("steps.jpg") as steps:
        assert drawn.format == "PNG" and steps.format == "JPEG"
    answer = lenet("read", "three.tif", "--draw", "drawn.png", "--json")
    assert [page["text"] for page in json.loads(answer.out)] == ["1", "", "3"]
    assert lenet("read", "three.tif", "--draw", "drawn.png").err.endswith(
        "lenet: three.tif has 3 pages; the first is drawn\n"
    )
    assert lenet("read", "refused.png", "--draw", "other.png").code == 1
    assert not Path("other.png").exists()


def test_a_table(lenet, pictures):
    answer = lenet("read", *pictures, "--to", "results.csv")
    assert answer.code == 1
    said, _, rest = answer.out.partition("; ")
    assert said == "7 pictures: 3 read, 3 rejected, 1 couldn't be read"
    assert rest.endswith(" s; see results.csv\n")
    assert answer.err == "lenet: refused.png: there is too little of it\n"
    found = rows(Path("results.csv"))
    heads = ",".join(found[0])
    assert heads == "file,page,line,text,confidence,rejected,reason,left,top,right,bottom,error"
    assert f"\n{heads}\n" in (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [list(row.values()) for row in found] == [
        ["a.png", "1", "1", "18014", "0.9000", "false", "", "0", "0", "40", "12", ""],
        ["unsure.png", "1", "1", "", "0.4000", "true", "unsure", "0", "0", "16", "12", ""],
        ["blank.png", "1", "", "", "0.9700", "true", "blank", "", "", "", "", ""],
        ["refused.png", "1", "", "", "", "true", "", "", "", "", "", "there is too little of it"],
        ["three.tif", "1", "1", "1", "0.9000", "false", "", "0", "0", "8", "12", ""],
        ["three.tif", "2", "1", "", "0.4000", "true", "unsure", "0", "0", "8", "12", ""],
        ["three.tif", "3", "1", "3", "0.9000", "false", "", "0", "0", "8", "12", ""],
    ]
    assert not Path("results.csv.part").exists()
    lenet("read", "a.png", "--to", "results.csv", "--alternatives", "2")
    assert rows(Path("results.csv"))[0]["alternatives"] == "180140:0.0500 8014:0.0200"


def test_the_other_formats(lenet, pictures):
    lenet("read", *pictures, "--to", "results.JSON")
    answer = lenet("read", *pictures, "--to", "results.jsonl", "--json")
    documents = json.loads(Path("results.JSON").read_text())
    lines = [json.loads(line) for line in Path("results.jsonl").read_text().splitlines()]
    direct = json.loads(lenet("read", *pictures, "--json").out)
    for each in (*documents, *lines, *direct):
        del each["seconds"]
    assert documents == lines == direct
    tally = json.loads(answer.out)
    assert 0 <= tally.pop("seconds") < 60
    assert tally == {"file": "results.jsonl", "pages": 7, "read": 3, "rejected": 3, "failed": 1}


def test_names_of_any_kind_are_in_the_table(lenet, folder):
    for name in ('a,"b.png', "=1+1.png", "ä€.png", "x\ny.png", "\udcff.png"):
        save(folder / name, (7,))
    assert lenet("read", folder, "--to", "results.csv").code == 0
    text = Path("results.csv").read_bytes().decode("utf-8", "surrogateescape")
    names = {Path(row["file"]).name for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert names == {'a,"b.png', "=1+1.png", "ä€.png", "x\ny.png", "\udcff.png"}


@pytest.fixture
def process_that_reads():
    """Begin a command in a process of its own, where the stand-in reads."""
    begun = []

    def begin(*arguments: object, **options) -> subprocess.Popen[bytes]:
        code = (
            f"import sys; sys.path.insert(0, {str(Path(sys.modules['stand_in'].__file__).parent)!r})\n"
            "from lenet import reading; from stand_in import StandIn; reading.Settings = StandIn\n"
            "from lenet.cli import main; main(sys.argv[1:])"
        )
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        begun.append(subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], **pipes))
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


@pytest.fixture
def slow(folder) -> list[Path]:
    """Pictures that take a while each."""
    return [save(folder / f"{number}.png", (SLOW, number)).relative_to(folder) for number in range(MANY)]


def test_a_bar_moves_on_stderr_and_leaves_stdout_alone(process_that_reads, slow):
    ours, theirs = os.openpty()
    running = process_that_reads("read", *slow, stderr=theirs, env={**os.environ, "TERM": "xterm", "COLUMNS": "80"})
    os.close(theirs)
    drawn = b""
    with suppress(OSError), open(ours, "rb", buffering=0) as terminal:  # noqa: PTH123  a descriptor
        while more := terminal.read(1000):  # an error where the other end is closed
            drawn += more
    assert running.communicate(timeout=30)[0].decode() == "".join(f"{n}.png: {n}\n" for n in range(MANY))
    assert b"reading" in drawn and f"/{MANY}".encode() in drawn and b".png" not in drawn


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_stop_loses_nothing(lenet, process_that_reads, slow, monkeypatch, workers, how):
    arguments = ("read", *slow, "--to", "results.csv", "--workers", workers)
    part = Path("results.csv.part")
    running = process_that_reads(*arguments, start_new_session=True)
    while not (part.exists() and part.read_bytes().count(b"\n") >= 3):
        assert running.poll() is None
    (os.kill if how == signal.SIGKILL else os.killpg)(running.pid, how)
    _, told = running.communicate(timeout=30)
    if how == signal.SIGINT:
        assert running.returncode == 130, told.decode()
        words = "stopped; what is read is in results.csv.part, and the same command goes on"
        assert told.decode() == f"lenet: {words}\n"
    assert not Path("results.csv").exists()
    kept = part.read_bytes().count(b"\n") - 1
    assert 2 <= kept < MANY
    answer = lenet(*arguments)
    assert answer.code == 0
    assert answer.err == f"lenet: results.csv.part has {kept} of them already\n"
    assert [row["text"] for row in rows(Path("results.csv"))] == [str(number) for number in range(MANY)]
    assert not part.exists()


@pytest.fixture
def part(lenet, pictures) -> Path:
    """What a stop left: two pictures, and a piece of a third."""
    lenet("read", "a.png", "three.tif", "--to", "results.jsonl")
    document, *three = Path("results.jsonl").read_text().splitlines()
    Path("results.jsonl").unlink()
    head = json.dumps({"lenet": __import__("lenet").__version__, "settings": StandIn.of().to_dict()})
    part = Path("results.csv.part")
    part.write_text(f'{head}\n[{document}]\n[{", ".join(three)}]\n[{{"file": "unsu')
    return part


def test_a_line_that_broke_off_is_read_again(lenet, part, pictures):
    answer = lenet("read", *pictures, "--to", "results.csv")
    assert answer.err.startswith("lenet: results.csv.part has 2 of them already\n")
    assert [row["file"] for row in rows(Path("results.csv"))] == [
        "a.png", *["three.tif"] * 3, "unsure.png", "blank.png", "refused.png",
    ]  # fmt: skip


@pytest.mark.parametrize("left", [b"", b'{"len'])
def test_what_broke_off_at_once_is_begun_anew(lenet, part, left):
    part.write_bytes(left)
    assert lenet("read", "a.png", "--to", "results.csv").err == ""
    assert len(rows(Path("results.csv"))) == 1


def test_nothing_is_mixed_with_what_was_read_otherwise(lenet, part):
    before = part.read_bytes()
    answer = lenet("read", "a.png", "--to", "results.csv", "--line", "--min-confidence", "0.9")
    assert answer.code == 1
    assert answer.err == (
        "lenet: results.csv.part was read with other settings (kind, min_confidence); remove it to begin anew, "
        "or write to another file\n"
    )
    assert part.read_bytes() == before


@pytest.mark.parametrize("text", ["a diary\n", "a diary", "[]\n", '{"settings": 3}\n', "\xff\n"])
def test_nor_with_somebody_s_file(lenet, part, text):
    part.write_text(text, encoding="latin-1")
    answer = lenet("read", "a.png", "--to", "results.csv")
    assert "results.csv.part isn't a list of readings that lenet began; remove it" in answer.err
    assert part.read_text(encoding="latin-1") == text


def test_a_model_that_is_not_there_begins_no_file(lenet, pictures, monkeypatch):
    def reader(_: object) -> None:
        raise LenetError("there is no such model")

    monkeypatch.setattr(StandIn, "reader", reader)
    assert lenet("read", "a.png", "--to", "results.csv").code == 1
    assert not list(Path().glob("results*"))


def test_a_full_disk_keeps_what_is_there(lenet, part, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    from lenet.cli.results import Results

    monkeypatch.setattr(Results, "_write", full)
    answer = lenet("read", "a.png", "unsure.png", "--to", "results.csv")
    assert answer.code == 1
    assert "results.csv.part can't be written: No space left on device; what is there is kept" in answer.err
    assert part.read_bytes().count(b"\n") == 3


def test_a_picture_that_kills_its_process_is_one_row(lenet, folder):
    killer, other = save(folder / "killer.png", (DIES, 1)), save(folder / "other.png", (4, 2))
    assert lenet("read", killer, other, "--to", "results.csv", "--workers", 2).code == 1
    assert [row["text"] for row in rows(Path("results.csv"))] == ["", "42"]
    assert "was ended by SIGKILL" in rows(Path("results.csv"))[0]["error"]
