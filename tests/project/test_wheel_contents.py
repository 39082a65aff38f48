"""A wheel that is whole passes; one that lacks something, or says what is not true, does not."""

import zipfile

import pytest
import wheel_contents

NAME = "gradproof-0.1.0-py3-none-linux_x86_64.whl"
WHOLE = {
    "gradproof/include/gradproof.h": "",
    "gradproof/include/gradproof_ffi.h": "",
    "gradproof/include/gradproof.f90": "",
    "gradproof/lib/libgradproof.a": "",
    "gradproof/lib/libgradproof.so": "",
    "gradproof/lib/libgradproof.so.1": "",
    "gradproof/lib/pkgconfig/gradproof.pc": "",
    "gradproof/lib/cmake/gradproof/gradproof-config.cmake": "",
    "gradproof/lib/cmake/gradproof/gradproof-config-version.cmake": "",
    "gradproof/demos/wine.csv": "",
    "gradproof/demos/wine.txt": "",
    "gradproof/zoo/digits.csv.gz": "",
    "gradproof/zoo/digits.txt": "",
    "gradproof/report/formats/report.schema.json": "",
    "gradproof/py.typed": "",
    "gradproof/core/__init__.py": "",
    "gradproof/libgradproof.so": "",
    "gradproof-0.1.0.dist-info/WHEEL": "Root-Is-Purelib: false\nTag: py3-none-linux_x86_64\n",
}


@pytest.fixture
def complaints(tmp_path):
    def call(files, name=NAME):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for path, text in files.items():
                archive.writestr(path, text)
        return wheel_contents.complaints(tmp_path / name)

    return call


def test_a_wheel_that_is_whole(complaints, tmp_path, capsys):
    assert complaints(WHOLE) == []
    assert wheel_contents.main([tmp_path / NAME]) == 0
    assert capsys.readouterr().out.endswith("kB, complete\n")


@pytest.mark.parametrize("missing", [name for name in WHOLE if name.startswith("gradproof/")])
def test_what_is_missing(complaints, missing, tmp_path):
    assert complaints({name: text for name, text in WHOLE.items() if name != missing})
    assert wheel_contents.main([tmp_path / NAME]) == 1


@pytest.mark.parametrize("name", ["gradproof-0.1.0-py3-none-any.whl", "gradproof-0.1.0-cp311-cp311-linux_x86_64.whl"])
def test_a_tag_that_is_not_true(complaints, name):
    assert complaints(WHOLE, name)


def test_a_wheel_that_says_it_fits_everywhere(complaints):
    assert complaints(WHOLE | {"gradproof-0.1.0.dist-info/WHEEL": "Root-Is-Purelib: true\n"})


@pytest.mark.parametrize(
    "extra",
    [
        "tests/test_check.py",
        "gradproof/__pycache__/report.pyc",
        "gradproof/gradproof.dll",
        "gradproof/lib/libgradproof.so.2",
    ],
)
def test_what_does_not_belong_there(complaints, extra):
    assert complaints(WHOLE | {extra: ""})
