import pytest

from bench.reading.pictures import Kind, sets
from lenet.errors import LenetError


def write(folder, rows, head="file,label,kind"):
    folder.mkdir()
    (folder / "labels.csv").write_text("\n".join([head, *rows]) + "\n")
    for row in rows:
        (folder / row.split(",")[0]).write_bytes(b"")


def test_sets_come_by_name_each_kind_by_itself(tmp_path):
    write(tmp_path / "b", ["0.png,7,DIGIT", "1.png,A,CAP", "2.png,3,digit", "3.png,a,SMALL"])
    write(tmp_path / "a", ["x.jpg,00120,string"])
    (tmp_path / "no set").mkdir()
    found = sets(tmp_path)
    assert [(one.name, one.kind) for one in found] == [("a", Kind.LINE), ("b", Kind.DIGIT), ("b", Kind.LETTER)]
    assert [picture.label for picture in found[0].pictures] == ["00120"]
    assert [picture.path for picture in found[1].pictures] == [tmp_path / "b" / "0.png", tmp_path / "b" / "2.png"]
    assert found[1].title == "b, digits"
    assert [one.name for one in sets(tmp_path, "a")] == ["a"]


def test_what_isnt_of_its_kind_is_left_out_and_counted(tmp_path):
    rows = ["0.png,7,single", "1.png,3.5,single", "2.png,,single", "3.png,O,letter", "4.png,5,letter"]
    write(tmp_path / "cells", rows)
    digits, letters = sets(tmp_path)
    assert ([p.label for p in digits.pictures], digits.left_out) == (["7"], 2)
    assert ([p.label for p in letters.pictures], letters.left_out) == (["O"], 1)


def test_only_the_first(tmp_path):
    write(tmp_path / "a", [f"{n}.png,{n},digit" for n in range(5)])
    (one,) = sets(tmp_path)
    assert [picture.label for picture in one.first(2).pictures] == ["0", "1"]
    assert one.first(None) == one


@pytest.mark.parametrize(
    ("rows", "head", "match"),
    [
        (["0.png,7,digit"], "file,label", "columns file, label and kind"),
        (["0.png,7,digits"], "file,label,kind", "line 2 .*did you mean digit"),
    ],
)
def test_a_table_that_isnt_one(tmp_path, rows, head, match):
    write(tmp_path / "a", rows, head)
    with pytest.raises(LenetError, match=match):
        sets(tmp_path)


def test_a_picture_that_isnt_there(tmp_path):
    write(tmp_path / "a", ["0.png,7,digit", "1.png,8,digit"])
    (tmp_path / "a" / "1.png").unlink()
    with pytest.raises(LenetError, match=r"line 3 .* names 1\.png"):
        sets(tmp_path)


def test_a_folder_without_sets(tmp_path):
    with pytest.raises(LenetError, match=r"no folder with a labels\.csv"):
        sets(tmp_path)
    write(tmp_path / "hands", ["0.png,7,digit"])
    with pytest.raises(LenetError, match="did you mean hands"):
        sets(tmp_path, "hand")
