"""LaTeX, CSV, Word and PDF."""

import io
import subprocess
import sys
import zipfile
from xml.etree import ElementTree as ET

import pytest

from readerstudy.results.bundle.workbook import workbook_bytes
from readerstudy.results.report import pdf
from readerstudy.results.report.archive import packed, tables_archive
from readerstudy.results.report.blocks import NumberedTable
from readerstudy.results.report.docx import report_docx, table_docx
from readerstudy.results.report.latex import escaped, latex_table
from readerstudy.results.report.svg.elements import element, text
from readerstudy.results.table_model import ResultTable
from tests.results.report.factories import make_report


def test_nothing_in_a_cell_is_run_by_latex():
    assert escaped(r"\input{x} 50 % & a_b #1 $x$ ~^") == (
        r"\textbackslash{}input\{x\} 50 \% \& a\_b \#1 \$x\$ \textasciitilde{}\textasciicircum{}"
    )


def test_a_table_in_latex_has_its_rows_and_columns():
    table = ResultTable(
        "t-1", "A title", ("Name", "Rate"), ("text", "rate"), (("a_b", 0.5), ("c", None))
    )
    text = latex_table(NumberedTable("4", table))
    assert r"\begin{longtable}{lr}" in text
    assert r"a\_b & 50.0 \% \\" in text
    assert r"c & -- \\" in text
    assert r"\label{tab:t-1}" in text


def test_every_table_is_packed_as_latex_and_csv_and_always_the_same():
    report = make_report()
    content = tables_archive(report)
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert len(names) == 2 * len(list(report.tables()))
    assert "table-5-readers.csv" in names
    assert content == tables_archive(make_report())


def test_archives_tell_nothing_of_the_time():
    entry = zipfile.ZipFile(io.BytesIO(packed([("a", b"x")]))).infolist()[0]
    assert entry.date_time == (1980, 1, 1, 0, 0, 0)


def test_the_word_file_has_chapters_and_tables_and_is_always_the_same():
    docx = pytest.importorskip("docx", reason="python-docx is not installed")
    content = report_docx(make_report())
    file = docx.Document(io.BytesIO(content))
    headings = [one.text for one in file.paragraphs if one.style.name == "Heading 1"]
    assert headings[0] == "0 Title and versions"
    assert len(headings) == 20
    assert any("Sensitivity" in row.text for table in file.tables for row in table.rows[0].cells)
    assert content == report_docx(make_report())


def test_one_checklist_as_a_word_file():
    docx = pytest.importorskip("docx", reason="python-docx is not installed")
    one = next(t for t in make_report().tables() if t.table.name == "checklist-grras")
    file = docx.Document(io.BytesIO(table_docx(one, language="de")))
    assert len(file.tables[0].rows) == 16


@pytest.mark.long
def test_the_pdf_has_pages_and_text_and_is_always_the_same():
    if not pdf.is_available():
        pytest.skip("WeasyPrint or its system library Pango is missing")
    content = pdf.report_pdf(make_report())
    assert content.startswith(b"%PDF-")
    assert (
        content.count(b"/Type /Page\n")
        + content.count(b"/Type /Page ")
        + content.count(b"/Type /Page/")
        > 5
        or b"/ObjStm" in content
    )
    assert content == pdf.report_pdf(make_report())
    pypdf = pytest.importorskip("pypdf", reason="pypdf reads the text of the PDF")
    reader = pypdf.PdfReader(io.BytesIO(content))
    words = " ".join(page.extract_text() for page in reader.pages)
    assert len(reader.pages) > 5
    assert "Synopsis" in words
    assert "1 / " in words


def test_writing_a_pdf_leaves_photographs_that_were_cut_off_refused():
    """WeasyPrint allows them in the whole process when it is loaded: a worker that wrote a PDF would score half of a photograph."""
    code = (
        "import io, django; django.setup()\n"
        "from PIL import Image, UnidentifiedImageError\n"
        "from readerstudy.results.report import pdf\n"
        "pdf.is_available()\n"
        "file = io.BytesIO(); Image.effect_noise((64, 64), 90).save(file, 'JPEG')\n"
        "try:\n"
        "    Image.open(io.BytesIO(file.getvalue()[:900])).load()\n"
        "except OSError as error:\n"
        "    print('refused', error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "refused image file is truncated" in done.stdout


def test_without_the_library_a_sentence_says_so(monkeypatch):
    import builtins

    own = builtins.__import__

    def broken(name, *args, **kwargs):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango'")
        return own(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", broken)
    assert not pdf.is_available()
    with pytest.raises(pdf.PdfUnavailable, match="print it to PDF"):
        pdf.report_pdf(make_report())


# Names and comments, pasted from elsewhere, may hold what neither XML nor a row of LaTeX takes.
ODD = "A\x00B\x01C\x0bD\x1f\ufffeE\ud800"


def test_a_row_of_latex_is_no_argument_of_the_row_before():
    rows = (("[-9cm]", 0.1), ("* x", 0.2), (" [a]", 0.3), ("plain", 0.4))
    table = ResultTable("t-1", "A title", ("[Name]", "Rate"), ("text", "rate"), rows)
    written = latex_table(NumberedTable("4", table))
    for row in ("{}[Name] &", "{}[-9cm] &", "{}* x &", "{} [a] &", "\nplain &"):
        assert row in written
    assert not [line for line in written.splitlines() if line.lstrip().startswith(("[", "*"))]


def test_a_word_file_is_written_whatever_stands_in_a_name():
    docx = pytest.importorskip("docx", reason="python-docx is not installed")
    table = ResultTable("t-1", ODD, (ODD, "Rate"), ("text", "rate"), ((ODD, 0.1),))
    content = table_docx(NumberedTable("4", table, note=ODD), language="en")
    file = docx.Document(io.BytesIO(content))
    assert [cell.text for cell in file.tables[0].columns[0].cells] == ["ABCDE", "ABCDE"]


def test_a_workbook_and_a_picture_are_xml_whatever_stands_in_a_name():
    workbook = zipfile.ZipFile(io.BytesIO(workbook_bytes({"A": [[ODD, 1.0]]})))
    texts = ET.fromstring(workbook.read("xl/sharedStrings.xml"))  # noqa: S314 (our own)
    assert [one.text for one in texts.iter() if one.text] == ["ABCDE"]
    drawn = element("g", text(1, 2, ODD), aria_label=ODD)
    assert ET.fromstring(drawn).get("aria-label") == "ABCDE"  # noqa: S314 (our own)
