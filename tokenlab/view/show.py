"""One function for every picture: `show`.

A `Picture` is HTML for a notebook and text for everything else. It needs no IPython: a notebook asks an
object how it looks, and this one answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from tokenlab.network import ConnectionOutcome, Network
from tokenlab.security import AccessDecision, Ace, Acl, SecurityContext, SecurityDescriptor
from tokenlab.security.check.by_type import TypedDecision
from tokenlab.security.check.survey import Survey
from tokenlab.security.check.trail import ConditionPart
from tokenlab.system import (
    Handle,
    HandleTable,
    LogonSession,
    Machine,
    Process,
    ProcessTable,
    Thread,
    Token,
)
from tokenlab.values import FILE, Events, ObjectType, Sid
from tokenlab.values.visible import make_visible
from tokenlab.view import theme
from tokenlab.view.anatomy import anatomy_html, anatomy_text
from tokenlab.view.conditions import condition_blocks, conditions_of
from tokenlab.view.diagrams import access_check_figure, figure_text
from tokenlab.view.event_table import events_html, events_text
from tokenlab.view.handle_table import handles_html, handles_text
from tokenlab.view.hops import chain_html, chain_text, network_html, network_text
from tokenlab.view.incident_chain import incident_html, incident_text
from tokenlab.view.log_threads import threads_html, threads_text
from tokenlab.view.markup import Block, page_html, page_text
from tokenlab.view.process_tree import processes_html, processes_text
from tokenlab.view.rule_trial import labelled_blocks, rule_blocks, trial_blocks
from tokenlab.view.session_map import logon_figure, logon_text, sessions_figure, sessions_text
from tokenlab.view.story import Recording
from tokenlab.view.survey_map import SurveyMap
from tokenlab.view.tables import (
    acl_table,
    context_html,
    context_text,
    decision_html,
    decision_text,
    descriptor_html,
    descriptor_text,
    matrix_html,
    matrix_text,
    object_type_blocks,
    sid_blocks,
)
from tokenlab.view.thread_picture import thread_html, thread_text
from tokenlab.view.token_card import token_html, token_text
from tokenlab.view.two_passes import two_passes_html, two_passes_text
from tokenlab.view.type_tree import typed_blocks
from tokenlab.worlds.incident_story import Incident
from tokenlab.worlds.labelled_log import LabelledLog, RuleTrial
from tokenlab.worlds.rules import DetectionRule


@dataclass(frozen=True, repr=False)
class Picture:
    """A picture and its text twin, in which nothing is hidden."""

    html: str
    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", make_visible(self.text, keep_lines=True))

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return theme.css() + self.html

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": self.text}


@singledispatch
def show(x: Any, **options: Any) -> Picture:
    """The picture of a value: a descriptor, a security context, a decision, an object type, a SID, an ACL.

    Options of a descriptor, an ACL or an ACE: ``object_type`` (`FILE` by default); of a descriptor:
    ``highlight`` (a place in its DACL), ``contexts`` (``{name: context}``, the columns of its matrix), and
    ``parts=True`` for the descriptor taken apart, field by field;
    of a decision: ``upto`` (a step), ``figure=True`` for a drawing, or ``passes=False`` for the plain steps
    of a restricted token; of processes: ``highlight`` (a process, or the LUID of a logon session); of a log:
    ``ids`` (numbers of events), ``fields=True`` for every field in the text too, ``threads=True`` for a
    drawing with a column for each logon session; of a token:
    ``descriptor=True`` for what protects the token itself; of a machine: ``logon`` (a token, whose logon is
    then told step by step, ``upto`` a step), ``tokens`` that are drawn even if their session has
    ended. Raises TypeError for other values.
    """
    raise TypeError(
        f"no picture for {type(x).__name__}: expected a SecurityDescriptor, SecurityContext, "
        "AccessDecision, ObjectType, Sid, Acl or Ace, for example show(SecurityDescriptor.from_sddl(...))"
    )


@show.register
def _(
    x: SecurityDescriptor,
    object_type: ObjectType = FILE,
    highlight: int | None = None,
    contexts: Mapping[str, SecurityContext] | None = None,
    parts: bool = False,
) -> Picture:
    if parts:
        return Picture(anatomy_html(x, object_type), anatomy_text(x, object_type))
    return Picture(
        descriptor_html(x, object_type, highlight) + matrix_html(x, object_type, contexts),
        descriptor_text(x, object_type, highlight) + "\n\n" + matrix_text(x, object_type, contexts),
    )


@show.register
def _(x: SecurityContext) -> Picture:
    return Picture(context_html(x), context_text(x))


@show.register
def _(
    x: AccessDecision, upto: int | None = None, figure: bool = False, passes: bool | None = None
) -> Picture:
    if passes is None:  # the default for a restricted token, or an app's
        passes = bool(x.context.restricted_sids or x.context.app) and upto is None and not figure
    if passes:
        return Picture(two_passes_html(x), two_passes_text(x))
    html = access_check_figure(x) if figure else decision_html(x, upto)
    text = figure_text(x) if figure else decision_text(x, upto)
    if upto is None and not figure and (conditions := conditions_of(x)):
        return Picture(html + page_html(conditions), text + "\n\n" + page_text(conditions))
    return Picture(html, text)


@show.register
def _(x: ObjectType) -> Picture:
    return _picture(object_type_blocks(x))


@show.register
def _(x: Sid) -> Picture:
    return _picture(sid_blocks(x))


@show.register
def _(x: Acl, object_type: ObjectType = FILE) -> Picture:
    return _picture([acl_table("Access control list", x, object_type)])


@show.register
def _(x: Ace, object_type: ObjectType = FILE) -> Picture:
    return _picture([acl_table("Access control entry", [x], object_type)])


@show.register(Process)
@show.register(ProcessTable)
def _(x: Process | ProcessTable, highlight: int | Process | None = None) -> Picture:
    return Picture(processes_html(x, highlight), processes_text(x, highlight))


@show.register
def _(x: HandleTable) -> Picture:
    return Picture(handles_html(x), handles_text(x))


@show.register
def _(x: Handle) -> Picture:
    return Picture(handles_html([x]), handles_text([x]))


@show.register
def _(x: Thread) -> Picture:
    return Picture(thread_html(x), thread_text(x))


@show.register(Events)
@show.register(list)
def _(x: Events | list[Any], ids: Sequence[int] = (), fields: bool = False, threads: bool = False) -> Picture:
    if isinstance(x, list) and x and all(isinstance(one, ConnectionOutcome) for one in x):
        return Picture(chain_html(x), chain_text(x))
    if isinstance(x, list) and not all(isinstance(event, dict) and "EventID" in event for event in x):
        return show.dispatch(object)(x)
    if threads:
        return Picture(threads_html(x, ids), threads_text(x, ids))
    return Picture(events_html(x, ids), events_text(x, ids, fields))


@show.register
def _(x: Token, descriptor: bool = False) -> Picture:
    return Picture(token_html(x, descriptor), token_text(x, descriptor))


@show.register(Machine)
@show.register(LogonSession)
def _(
    x: Machine | LogonSession,
    tokens: Sequence[Token] = (),
    logon: Token | None = None,
    upto: int | None = None,
) -> Picture:
    if isinstance(x, Machine) and logon is not None:
        return Picture(logon_figure(x, logon, upto), logon_text(x, logon, upto))
    return Picture(sessions_figure(x, tuple(tokens)), sessions_text(x, tuple(tokens)))


@show.register
def _(x: ConnectionOutcome, messages: bool = True) -> Picture:
    return Picture(chain_html([x], messages), chain_text([x], messages))


@show.register
def _(x: Network) -> Picture:
    return Picture(network_html(x), network_text(x))


@show.register
def _(x: Incident) -> Picture:
    return Picture(incident_html(x), incident_text(x))


@show.register
def _(x: ConditionPart) -> Picture:
    return _picture(condition_blocks(x))


@show.register
def _(x: TypedDecision) -> Picture:
    return _picture(typed_blocks(x))


@show.register
def _(x: LabelledLog) -> Picture:
    return _picture(list(labelled_blocks(x)))


@show.register
def _(x: DetectionRule) -> Picture:
    return _picture(list(rule_blocks(x)))


@show.register
def _(x: RuleTrial) -> Picture:
    return _picture(list(trial_blocks(x)))


@show.register
def _(x: Survey) -> Picture:
    blocks = SurveyMap(x).blocks()
    return Picture(theme.heat_css() + page_html(blocks), page_text(blocks))


@show.register
def _(x: Recording) -> Picture:
    return Picture(x._repr_html_(), str(x))


def _picture(blocks: Sequence[Block]) -> Picture:
    return Picture(page_html(blocks), page_text(blocks))
