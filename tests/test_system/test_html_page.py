"""Pages that need nothing else."""

import pytest

from mmfusion_distill.system.html_page import HtmlPage, bold_best
from mmfusion_distill.system.table import Table


def test_a_page_holds_its_pictures_and_means_its_signs(tmp_path):
    page = HtmlPage("a < b", "Lead & more.")
    page.heading("Part")
    page.text("<script>alert(1)</script>")
    page.code("x > y")
    page.table(
        Table(["", "value"], [["one", *bold_best([[1.0], [2.0]])[0]], ["two", *bold_best([[1.0], [2.0]])[1]]])
    )
    page.picture(b"\x89PNG...", 'a "picture"')
    page.write(tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text()
    assert "<h1>a &lt; b</h1>" in text and "Lead &amp; more." in text and "<pre>x &gt; y</pre>" in text
    assert "<script>" not in text
    assert "<td>1.000</td>" in text and "<td><b>2.000</b></td>" in text
    assert '<td class="words">two</td>' in text and "<th>value</th>" in text, "words are at the left"
    assert '<img src="data:image/png;base64,iVBORy4uLg==" alt="a &quot;picture&quot;">' in text


def test_what_is_no_picture_is_refused():
    with pytest.raises(StopIteration):
        HtmlPage("t", "l").picture(b"text", "c")
