"""The listening page: one HTML file in which a person hears voices beside their originals and sees how near they are.

    measured = evaluation.evaluate_systems(..., keep_audio=True)
    html = report.render(report.gather(measured, machine=machine.describe(), commands=[...], date="2026-01-31"))

The file needs no server and asks for nothing outside.
"""

from tf_wavenet.report.content import ORIGINAL, Report, Row, Spoken, System
from tf_wavenet.report.gather import gather, sample_rate_of
from tf_wavenet.report.page import render

__all__ = ["ORIGINAL", "Report", "Row", "Spoken", "System", "gather", "render", "sample_rate_of"]
