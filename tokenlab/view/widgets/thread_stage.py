"""The thread stage: let a thread be someone else, open things, start programs, and see which token counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import ipywidgets as widgets

from tokenlab.system import ImpersonationLevel, Refusal, Thread, Token, TokenType
from tokenlab.values import FileRights
from tokenlab.view.behaviour import Behaviour
from tokenlab.view.markup import Html, join, tag
from tokenlab.view.thread_picture import thread_html, thread_text
from tokenlab.view.verdict import missing_rights
from tokenlab.view.widgets import knobs
from tokenlab.view.words import mask_words, reason_words

NOTEPAD = "notepad.exe"
ROOM = 8  # lines of the story that are kept in sight


@dataclass
class ThreadScene:
    """Who is on the stage: a thread, tokens it may take, and things to open (words: path)."""

    thread: Thread
    clients: Mapping[str, Token]
    objects: Mapping[str, str]
    story: list[str] = field(default_factory=list)

    def impersonate(self, client: str, level: ImpersonationLevel = ImpersonationLevel.IMPERSONATION) -> None:
        """Take a copy of a client's token at this level (``DuplicateTokenEx``, ``SetThreadToken``)."""
        asked = f"Impersonate {client} at {level.name}"
        copy = self.clients[client].duplicate(TokenType.IMPERSONATION, level)
        got = self.thread.set_token(copy)
        capped = f", because {self.thread.capped_because}" if self.thread.capped_because else ""
        self._tell(asked, f"{'✓' if got is level else '✗'} it got {got.name}{capped}.")

    def revert(self) -> None:
        """Be the process again."""
        self.thread.revert()
        self._tell("Revert", f"✓ the thread is {_who(self.thread)} again.")

    def open(self, name: str, desired: int = FileRights.READ) -> None:
        """Open one of the objects, tell what came of it and why, and close it."""
        verb = "read" if desired == FileRights.READ else "write"
        asked = f"Open {name} to {verb}"
        try:
            handle = self.thread.open(self.objects[name], desired)
        except Refusal as refusal:
            self._tell(asked, f"✗ {refusal.code} ({refusal.code:d}): {_why(refusal)}.")
        else:
            handle.close()
            self._tell(asked, f"✓ a handle with {handle.granted_access:#x}, as {_who(self.thread)}.")

    def start(self, image: str = NOTEPAD) -> None:
        """Start a child: it is never whom the thread impersonates."""
        child = self.thread.start(image)
        user = child.token.context.user_label
        self._tell(
            f"Start {image}", f"✓ it runs as {user}, with token {child.token.token_id}, a copy of its own."
        )

    def _tell(self, asked: str, answer: str) -> None:
        self.story.append(f"{len(self.story) + 1}. {asked}: {answer}")

    def text(self) -> str:
        """The stage and the story so far, in words."""
        return "\n".join([thread_text(self.thread), *self.story])


Action = tuple[str, Callable[[ThreadScene], None]]
"""A step of a script: in words, and what is done."""


def service_scene() -> ThreadScene:
    """A service on the desk of ASTRO, and two who ask it for something."""
    from tokenlab import worlds

    desk = worlds.astro().machine("MISTAKENOT-WS-1")
    cosmo = desk.log_on(r"ASTRO\cosmo", "open the pod bay doors")
    laika = desk.log_on(r".\laika", "first in orbit")
    shell = desk.start("explorer.exe", cosmo)
    diary = r"C:\Users\cosmo\Documents\diary.txt"
    shell.create(diary, FileRights.ALL_ACCESS).close()
    service = next(process for process in desk.processes if process.name == "svchost.exe")
    objects = {
        "cosmo's diary": diary,
        "the hosts file": r"C:\Windows\System32\drivers\etc\hosts",
        "the SAM": r"C:\Windows\System32\config\SAM",
    }
    return ThreadScene(service.new_thread(), {"cosmo": cosmo, "laika": laika}, objects)


SCRIPT: Sequence[Action] = (
    ("Open cosmo's diary as the service", lambda scene: scene.open("cosmo's diary")),
    ("Impersonate laika", lambda scene: scene.impersonate("laika")),
    ("Open the diary again", lambda scene: scene.open("cosmo's diary")),
    ("Start a child", lambda scene: scene.start()),
    ("Impersonate cosmo", lambda scene: scene.impersonate("cosmo")),
    ("Open the diary again", lambda scene: scene.open("cosmo's diary")),
    (
        "Impersonate cosmo, to identify only",
        lambda scene: scene.impersonate("cosmo", ImpersonationLevel.IDENTIFICATION),
    ),
    ("Open the diary again", lambda scene: scene.open("cosmo's diary")),
    ("Revert", ThreadScene.revert),
)


def service_account_scene() -> ThreadScene:
    """A service that runs as LOCAL SERVICE, and two clients of it; one of them is SYSTEM."""
    from tokenlab import worlds

    desk = worlds.astro().machine("MISTAKENOT-WS-1")
    cosmo = desk.log_on(r"ASTRO\cosmo", "open the pod bay doors")
    desk.objects.add_service("Guestbook", r"C:\Program Files\Guestbook\guestbook.exe", "LocalService")
    clients = {"SYSTEM": desk.system_token, "cosmo": cosmo}
    objects = {
        "the SAM": r"C:\Windows\System32\config\SAM",
        "the hosts file": r"C:\Windows\System32\drivers\etc\hosts",
    }
    return ThreadScene(desk.start_service("Guestbook").thread, clients, objects)


BECOME_SYSTEM: Sequence[Action] = (
    ("Open the SAM as the service", lambda scene: scene.open("the SAM")),
    (
        "Impersonate SYSTEM, to identify only",
        lambda scene: scene.impersonate("SYSTEM", ImpersonationLevel.IDENTIFICATION),
    ),
    ("Open the SAM again", lambda scene: scene.open("the SAM")),
    ("Impersonate SYSTEM", lambda scene: scene.impersonate("SYSTEM")),
    ("Open the SAM again", lambda scene: scene.open("the SAM")),
    ("Start a child", lambda scene: scene.start()),
    ("Revert", ThreadScene.revert),
)


class ThreadStage(widgets.VBox):  # type: ignore[misc]  # ipywidgets is untyped
    """A thread with knobs. ``make`` sets the scene, anew for every run of the ``script``."""

    seconds_a_step = 1.4  # when it plays

    def __init__(
        self, make: Callable[[], ThreadScene] = service_scene, script: Sequence[Action] = SCRIPT
    ) -> None:
        self.make, self.script = make, script
        self.scene, self.place = make(), 0
        self._playing: asyncio.Task[None] | None = None
        self._client = knobs.choice("Client", list(self.scene.clients), next(iter(self.scene.clients)))
        levels = [(level.name, level) for level in ImpersonationLevel]
        self._level = knobs.choice("Level", levels, ImpersonationLevel.IMPERSONATION)
        self._object = knobs.choice("Object", list(self.scene.objects), next(iter(self.scene.objects)))
        self._stage, self._story = knobs.answer(), knobs.answer()
        self._next = knobs.button("Next step", "The next step of the script", self._step, "step-forward")
        self._play = knobs.button("Play", "The whole script, or stop", self._play_pressed, "play")
        self._script_says = knobs.answer()
        again = knobs.button("From the start", "Set the scene anew", self._restart, "fast-backward")
        done = [
            knobs.heading("Be someone else"),
            self._client,
            self._level,
            knobs.bar(
                "Be someone else",
                [self._do("Impersonate", self._impersonate), self._do("Revert", self._revert)],
            ),
            knobs.heading("Do something"),
            self._object,
            knobs.bar(
                "Do something",
                [
                    self._do("Open to read", partial(self._open, FileRights.READ)),
                    self._do("Open to write", partial(self._open, FileRights.WRITE)),
                    self._do("Start a child", lambda: self.scene.start()),
                ],
            ),
            knobs.heading("Or follow the script"),
            knobs.bar("The script", [again, self._next, self._play]),
            self._script_says,
        ]
        super().__init__(
            [knobs.style(), Behaviour(), knobs.columns(done, [self._stage, self._story], drawn=True)]
        )
        self.add_class("tl-explorer")
        self._show()

    def __repr__(self) -> str:
        return f"<Thread stage>\n{self.scene.text()}"

    def _do(self, text: str, act: Callable[[], None]) -> Any:
        def pressed() -> None:
            self._stop()
            act()
            self._show()

        return knobs.button(text, text, pressed)

    def _impersonate(self) -> None:
        self.scene.impersonate(self._client.value, self._level.value)

    def _revert(self) -> None:
        self.scene.revert()

    def _open(self, desired: int) -> None:
        self.scene.open(self._object.value, desired)

    # The script ---------------------------------------------------------------------------------------

    def _restart(self) -> None:
        self._stop()
        self._begin()

    def _begin(self) -> None:
        self.scene, self.place = self.make(), 0
        self._show()

    def _step(self) -> None:
        self._stop()
        self._advance()

    def _advance(self) -> None:
        if self.place < len(self.script):
            self.script[self.place][1](self.scene)
            self.place += 1
            self._show()

    def _play_pressed(self) -> None:
        if not self._stop():
            self._playing = asyncio.get_running_loop().create_task(self._play_on())

    def _stop(self) -> bool:
        """Stop playing; whether there was something to stop."""
        return self._playing is not None and self._playing.cancel()

    async def _play_on(self) -> None:
        self._play.description, self._play.icon = "Stop", "stop"
        try:
            if self.place == len(self.script):
                self._begin()
            while self.place < len(self.script):
                self._advance()
                if self.place < len(self.script):
                    await asyncio.sleep(self.seconds_a_step)
        finally:
            self._play.description, self._play.icon = "Play", "play"

    # Showing what is ----------------------------------------------------------------------------------

    def _show(self) -> None:
        over = self.place == len(self.script)
        self._next.disabled = over
        coming = "The script is over." if over else f"Next: {self.script[self.place][0]}."
        self._script_says.value = knobs.says(f"{self.place} of {len(self.script)}. {coming}", lines=1)
        self._stage.value = thread_html(self.scene.thread)
        self._story.value = _story(self.scene.story)


def _story(story: Sequence[str]) -> Html:
    """The latest first, so that the answer stands where the eye is; older ones scroll away below."""
    lines = join(tag("p", line) for line in reversed(story)) or tag("p", "Nothing yet.")
    style = f"height:{ROOM * 1.45:.1f}em;overflow-y:auto"
    return tag("div", lines, class_="tl", style=style, role="log", tabindex=0, aria_label="What happened")


def _who(thread: Thread) -> str:
    return thread.context.user_label


def _why(refusal: Refusal) -> str:
    """What was missing and why, where an access check refused."""
    decision = refusal.decision
    if decision is None:
        return refusal.reason
    missing = missing_rights(decision)
    reasons = {reason_words(why): None for why in decision.reasons.values() if not why.granted}
    who = decision.context.user_label
    return f"to {who}, {mask_words(missing, decision.object_type)} is {'; '.join(reasons)}"
