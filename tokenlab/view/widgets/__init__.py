"""Pictures with knobs. They need ipywidgets; nothing else of the package does."""

from tokenlab.view.widgets.access_explorer import access_explorer
from tokenlab.view.widgets.descriptor_builder import descriptor_builder
from tokenlab.view.widgets.double_hop_bench import DoubleHopBench
from tokenlab.view.widgets.survey_explorer import survey_explorer
from tokenlab.view.widgets.thread_stage import ThreadStage
from tokenlab.view.widgets.token_builder import token_builder
from tokenlab.view.widgets.token_card import TokenCard
from tokenlab.view.widgets.two_threads import TwoThreads

__all__ = [
    "DoubleHopBench",
    "ThreadStage",
    "TokenCard",
    "TwoThreads",
    "access_explorer",
    "descriptor_builder",
    "survey_explorer",
    "token_builder",
]
