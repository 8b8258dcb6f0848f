"""The console shows the first line of what is long, the file of the log all."""

import logging

from mmfusion_distill.engine.console import shorten_console, silence_console


def test_long_messages_are_one_line(tmp_path, capsys):
    logger = logging.Logger("run")
    logger.addHandler(logging.FileHandler(tmp_path / "run.log"))
    console = logging.StreamHandler()
    console.setFormatter(logging.Formatter("said: %(message)s"))
    logger.addHandler(console)
    shorten_console(logger)
    shorten_console(logger)
    logger.info("\n------\nConfig:\n%s", "\n".join(["line"] * 600))
    logger.info("short\nenough")
    logger.info("Distributed training is not used, all SyncBatchNorm (SyncBN) layers ...")
    logger.warning('"FileClient" will be deprecated in future. Please use io functions ...')
    assert capsys.readouterr().err == "said: Config: ... 602 lines in run.log\nsaid: short\nenough\n"
    assert (tmp_path / "run.log").read_text().count("line") == 600
    silence_console(logger)
    logger.error("nothing")
    assert capsys.readouterr().err == ""
    assert "nothing" in (tmp_path / "run.log").read_text()
