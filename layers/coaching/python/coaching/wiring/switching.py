"""Switching the current model: what an admin asks for, and the work that it takes."""

from functools import cache
from typing import TYPE_CHECKING

from coaching.settings import settings
from coaching.wiring.current_model import current_models
from coaching.wiring.models import chat_cards, chat_members, loadables

if TYPE_CHECKING:
    from coaching.models.switching_over import BeginSwitch, FailSwitch, SeeCurrentModel, SwitchModel


@cache
def see_current_model() -> "SeeCurrentModel":
    from coaching.models.switching_over import SeeCurrentModel

    return SeeCurrentModel(current_models(), chat_cards())


@cache
def begin_switch() -> "BeginSwitch":
    from coaching.adapters.aws.clients import stepfunctions_client
    from coaching.adapters.aws.current_model import StepFunctionsSwitchWork
    from coaching.models.switching_over import BeginSwitch

    work = StepFunctionsSwitchWork(stepfunctions_client, settings().switching_state_machine_arn)
    return BeginSwitch(see_current_model(), current_models(), work)


@cache
def switch_model() -> "SwitchModel":
    from coaching.models.canary import TryModel
    from coaching.models.switching_over import SwitchModel

    return SwitchModel(current_models(), TryModel({member.name: member.model for member in chat_members()}, loadables))


@cache
def fail_switch() -> "FailSwitch":
    from coaching.models.switching_over import FailSwitch

    return FailSwitch(current_models())
