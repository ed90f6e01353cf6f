"""Which model is asked first, as this process knows it."""

from functools import cache
from typing import TYPE_CHECKING

from coaching.wiring.records import table

if TYPE_CHECKING:
    from coaching.models.following import FollowCurrentModel
    from coaching.models.switching import CurrentModels
    from coaching.models.watching import WatchSwitch


@cache
def current_models() -> "CurrentModels":
    from coaching.adapters.aws.current_model import DynamoDBCurrentModels

    return DynamoDBCurrentModels(table())


@cache
def follow_current_model() -> "FollowCurrentModel":
    from coaching.models.following import FollowCurrentModel

    return FollowCurrentModel(current_models())


@cache
def watch_switch() -> "WatchSwitch":
    from coaching.entrypoint.figures import emit_returned, log_lost
    from coaching.models.watching import WatchSwitch

    return WatchSwitch(current_models(), follow_current_model(), emit_returned, log_lost)
