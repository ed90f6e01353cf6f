"""What a server sent us, read by the fields that are known."""

from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    """A validation error keeps the input to itself: it would carry what a model or a user said into a log."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
