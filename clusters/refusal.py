"""How a cluster says no: one sentence for a person, and what to do about it."""


class Refusal(Exception):  # noqa: N818 - a decision, not a defect
    """What was asked cannot be done on this host or cluster; trying again alone will not help."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
