"""The only file that changes moto (5.2.5). Every patch says why, and has a contract test that fails when moto moves.

`before_import` comes before anything else of moto is imported, `install` before the first resource is made.
"""

# ruff: noqa: ANN401 - moto publishes no types for what is changed here

import base64
import copy
import json
import logging
import sys
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from types import ModuleType
from typing import Any

from local.functions import Outcome

Invoke = Callable[[str, Any], Outcome]
_BATCH_TASKS = "moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_batch"
_sequence = count(1)


def before_import() -> None:
    """Leave AWS Batch tasks out: they alone import all of moto's EC2, which takes a third of the start-up."""
    if _BATCH_TASKS not in sys.modules:
        without_batch = ModuleType(_BATCH_TASKS)
        without_batch.StateTaskServiceBatch = _NoBatchTasks  # type: ignore[attr-defined]
        sys.modules[_BATCH_TASKS] = without_batch


def install(invoke: Invoke, lambda_client: Any) -> None:
    """Apply every patch. `invoke` runs a function by name; the state machines reach moto through `lambda_client`."""
    execute_state_machines()
    run_functions_in_process(invoke)
    share_lambda_client(lambda_client)
    start_executions_one_by_one()
    announce_uploads_as_s3_does()
    list_services_once()
    make_transactions_atomic()
    refuse_parts_of_no_upload()
    pass_on_why_a_task_failed()
    make_conditional_writes_atomic()
    tell_what_was_sent()


def execute_state_machines() -> None:
    """Choose moto's interpreter of the states language; by default an execution stays `RUNNING` for ever."""
    from moto.core.config import default_user_config

    default_user_config["stepfunctions"] = {"execute_state_machine": True}


def run_functions_in_process(invoke: Invoke) -> None:
    """Run our handlers where moto would start Docker, with the error's class name for Retry and Catch to name."""
    from moto.awslambda.models import LambdaFunction

    def _invoke(self: Any, body: Any, request_headers: Any, response_headers: Any) -> bytes:
        outcome = invoke(self.function_name, json.loads(body) if body else {})
        if outcome.error:
            response_headers["x-amz-function-error"] = "Unhandled"
        response_headers["x-amz-log-result"] = base64.b64encode(b"").decode()
        return json.dumps(outcome.payload).encode()

    LambdaFunction.invoke = _invoke


def share_lambda_client(client: Any) -> None:
    """Let the interpreter use one Lambda client.

    Its own are made per task, in threads that share boto3's default session (which is not safe), and look for moto
    on a port named by the environment.
    """
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

    lambda_eval_utils.boto_client_for = lambda **_: client


def start_executions_one_by_one() -> None:
    """Make starting the same execution twice at once start it once: moto looks for the name and adds it unlocked."""
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend

    start = StepFunctionsParserBackend.start_execution
    if getattr(start, "one_by_one", False):
        return
    lock = threading.Lock()

    def _start(self: Any, *args: Any, **kwargs: Any) -> Any:
        with lock:
            return start(self, *args, **kwargs)

    _start.one_by_one = True  # type: ignore[attr-defined]
    StepFunctionsParserBackend.start_execution = _start


def announce_uploads_as_s3_does() -> None:
    """Send S3's events in S3's shape: moto spells `etag` its own way, gives all one id and hides failures."""
    from moto.s3 import notifications

    notifications._send_event_bridge_message = _send_upload_event


def refuse_parts_of_no_upload() -> None:
    """Answer parts of an upload that was aborted as S3 does, `NoSuchUpload`: moto answers with a broken connection."""
    from moto.s3.exceptions import NoSuchUpload
    from moto.s3.models import MultipartDict

    def missing(_: Any, upload_id: str) -> Any:
        raise NoSuchUpload(upload_id=upload_id)

    MultipartDict.__missing__ = missing


def pass_on_why_a_task_failed() -> None:
    """Hand on the cause of a failure that is told under a token: moto takes the error's name alone."""
    from moto.core.responses import EmptyResult
    from moto.stepfunctions.responses import StepFunctionResponse

    def _send_task_failure(self: Any) -> Any:
        told = {"error": self._get_param("error"), "cause": self._get_param("cause")}
        self.stepfunction_backend.send_task_failure(self._get_param("taskToken"), **told)
        return EmptyResult()

    StepFunctionResponse.send_task_failure = _send_task_failure


def tell_what_was_sent() -> None:
    """Answer `/moto-api/data.json` with e-mails and text messages alone.

    moto lists everything that it keeps, and fails at functions, for whose Docker client it looks.
    """
    from moto.moto_api._internal.responses import MotoAPIResponse
    from moto.ses.models import Message
    from moto.sns.models import SMS

    def _model_data(_self: Any, _request: Any, _url: str, _headers: Any) -> Any:
        kept = {"ses": {"Message": Message}, "sns": {"SMS": SMS}}
        told = {
            service: {name: [vars(each) for each in model.instances_tracked] for name, model in models.items()}
            for service, models in kept.items()
        }
        return 200, {"Content-Type": "application/json"}, json.dumps(told)

    MotoAPIResponse.model_data = _model_data


def list_services_once() -> None:
    """Read the list of moto's services once: for each request moto looks at 190 folders, holding a lock.

    Each look lets another thread go first, so with several requests at once that is most of an answer's time.
    """
    from moto import backends

    services = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: services


def make_transactions_atomic() -> None:
    """Answer DynamoDB calls one at a time, and copy only a table's dictionaries before a transaction.

    moto copies the whole table, stream included, and puts the copy back when a condition fails: what others wrote
    meanwhile is lost, and a transaction takes longer with every record.
    """
    from moto.dynamodb.models import DynamoDBBackend
    from moto.dynamodb.models.table import Table
    from moto.dynamodb.responses import DynamoHandler

    call_action = DynamoHandler.call_action
    if getattr(call_action, "in_turn", False):
        return
    lock = threading.RLock()

    def _in_turn(self: Any) -> Any:
        with lock:
            return call_action(self)

    _in_turn.in_turn = True  # type: ignore[attr-defined]
    DynamoHandler.call_action = _in_turn
    Table.__deepcopy__ = _copied_table
    DynamoDBBackend.update_item = _on_a_fresh_item(DynamoDBBackend.update_item)


def make_conditional_writes_atomic() -> None:
    """Let one object be written at a time: moto looks whether the condition holds, and writes later, unlocked."""
    from moto.s3.responses import S3Response

    lock, put_object = threading.Lock(), S3Response.put_object

    def _in_turn(self: Any) -> Any:
        with lock:
            return put_object(self)

    S3Response.put_object = _in_turn


def _copied_table(table: Any, _: Any) -> Any:
    twin = copy.copy(table)
    twin.items = copy.copy(table.items)
    for key, rows in table.items.items():
        twin.items[key] = copy.copy(rows)
    if table.stream_shard is not None:
        twin.stream_shard = copy.copy(table.stream_shard)
        twin.stream_shard.table = twin
        twin.stream_shard.items = list(table.stream_shard.items)
    return twin


def _on_a_fresh_item(update_item: Callable[..., Any]) -> Callable[..., Any]:
    """Let an update change an item of its own: the one that stood there belongs to the copy, too."""

    def updated(self: Any, table_name: str, key: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        table = self.get_table(table_name)
        first, second = self.get_keys_value(table, key)
        rows, place = (table.items.get(first, {}), second) if table.has_range_key else (table.items, first)
        if place in rows:
            rows[place] = copy.deepcopy(rows[place])
        return update_item(self, table_name, key, *args, **kwargs)

    return updated


def _send_upload_event(account_id: str, bucket: Any, event_name: str, key: Any) -> None:
    from moto.events.models import events_backends
    from moto.s3.notifications import _detail_type

    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": _detail_type(event_name),
        "source": "aws.s3",
        "account": account_id,
        # moto itself turns the seconds into text on the way into a queue.
        "time": datetime.now(UTC).timestamp(),
        "region": bucket.region_name,
        "resources": [bucket.arn],
        "detail": _upload_detail(bucket, event_name, key, account_id),
    }
    for bus in events_backends[account_id][bucket.region_name].event_buses.values():
        for rule in list(bus.rules.values()):
            try:
                rule.send_to_targets(event, transform_input=False)
            except Exception:
                # The upload itself succeeded; S3 would try to deliver again.
                logging.getLogger(__name__).exception("The event of an upload could not be delivered by %s", rule.name)


def _upload_detail(bucket: Any, event_name: str, key: Any, account_id: str) -> dict[str, Any]:
    described: dict[str, Any] = {"key": key.name, "sequencer": f"{next(_sequence):018X}"}
    if event_name.startswith("s3:ObjectCreated"):
        described |= {"size": key.size, "etag": key.etag.strip('"')}
    if key.version_id:
        described["version-id"] = key.version_id
    return {
        "version": "0",
        "bucket": {"name": bucket.name},
        "object": described,
        "request-id": uuid.uuid4().hex[:16].upper(),
        "requester": account_id,
        "source-ip-address": "127.0.0.1",
        "reason": "PutObject" if event_name.endswith(":Put") else event_name.split(":")[1],
    }


class _NoBatchTasks:
    def __init__(self) -> None:
        raise NotImplementedError("AWS Batch tasks are left out of the local run; see local/moto_patches.py.")
