"""One table in four languages."""

from mmfusion_distill.system.table import Cell, Table

TABLE = Table(
    ["method", "EN ↑"], [["a|b_c", Cell("7.00", "bold", " ±0.1")], ["x", Cell("6.5", "underline")], ["y", 3]]
)


def test_markdown():
    assert TABLE.to_markdown().splitlines() == [
        "| method | EN ↑ |",
        "|---|---:|",
        r"| a\|b_c | **7.00** ±0.1 |",
        "| x | <u>6.5</u> |",
        "| y | 3 |",
    ]


def test_latex():
    assert TABLE.to_latex(rules_above=[2]).splitlines() == [
        r"\begin{tabular}{lr}",
        r"\toprule",
        r"method & EN $\uparrow$ \\",
        r"\midrule",
        r"a|b\_c & \textbf{7.00} $\pm$0.1 \\",
        r"x & \underline{6.5} \\",
        r"\midrule",
        r"y & 3 \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]


def test_csv_and_text():
    assert TABLE.to_csv() == "method,EN ↑\na|b_c,7.00 ±0.1\nx,6.5\ny,3\n"
    assert TABLE.to_text().splitlines() == [
        "method       EN ↑",
        "------  ---------",
        "a|b_c   7.00 ±0.1",
        "x             6.5",
        "y               3",
    ]
