"""What detection tries on the gateway itself: a model without a Secret, and plain models."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fixtures.catalogue import Edition
from fixtures.errors import NotTestableError
from fixtures.judgements.expectation import outcome
from fixtures.judgements.refusal import RefusedInWordsOf
from fixtures.models import SecretShape
from fixtures.recording import CaseRecorder
from fixtures.scenario import SUBJECT, Ground, Scenario
from reports.recorder import EventWriter
from suite.editions import Refusal

CASE = "detection"
ANSWER = "credentials-not-found"


class LiveTrials:
    """Tries on the target of a ground, whose own edition does not matter; judges nothing, and records nothing."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def refusal(self, written: Edition, candidates: Sequence[Edition]) -> Refusal:
        """See EditionTrials; a gateway that refuses in nobody's words is waited for as long as the bounds say."""
        with self._scenario(written) as scenario:
            model = scenario.new_model(SUBJECT)
            model.deploy(SecretShape(exists=False), strict=True)
            words = {edition.name: edition.answer(ANSWER).filled(provider=model.provider) for edition in candidates}
            seen = scenario.last_look(RefusedInWordsOf(tuple(words.values())))
            worded_by = [
                edition for edition in candidates if RefusedInWordsOf((words[edition.name],)).mismatch(seen) is None
            ]
            return Refusal(outcome(seen.exchange), tuple(worded_by))

    def is_served(self, edition: Edition) -> bool:
        """See EditionTrials."""
        with self._scenario(edition) as scenario:
            try:
                scenario.new_model(SUBJECT).deploy(strict=True)
                scenario.works(SUBJECT, "a plain model is served")
            except NotTestableError:
                return False
            return True

    @contextmanager
    def _scenario(self, edition: Edition) -> Iterator[Scenario]:
        recorder = CaseRecorder(EventWriter(Path(os.devnull)), "main", CASE)
        ground = dataclasses.replace(self._ground, edition=edition)
        scenario = Scenario(ground, recorder, "externalmodel-conformance (detection)")
        try:
            yield scenario
        finally:
            scenario.clean_up()
            scenario.close()
