"""`GET /v1/models` and `GET /v1/models/{model}` for clients of OpenAI's: the one model is the caller's own creator."""

from collections.abc import Callable

from starlette.responses import Response

from coaching.contract.openai_replies import ModelList, ModelReply
from coaching.entrypoint.asking import Incoming, admitted
from coaching.entrypoint.observability import log_unexpected, measured
from coaching.entrypoint.openai_errors import no_such_model, refusal
from coaching.entrypoint.problems import unexpected
from coaching.errors import CoachingError
from coaching.profile.ports import Creators
from coaching.vocabulary import Identity

MODELS_PATH = "/v1/models"
MODEL_PATH = "/v1/models/{model}"


def list_models(incoming: Incoming, creators: Callable[[], Creators]) -> Response:
    """Answer `GET /v1/models`."""
    return _answered(MODELS_PATH, incoming, lambda who: ModelList(data=[_model_of(who, creators())]).model_dump_json())


def one_model(incoming: Incoming, creators: Callable[[], Creators]) -> Response:
    """Answer `GET /v1/models/{model}`; any other than the caller's creator does not exist."""

    def found(who: Identity) -> str:
        named = incoming.path_params["model"]
        if named != who.creator_id:
            raise no_such_model(named)
        return _model_of(who, creators()).model_dump_json()

    return _answered(MODEL_PATH, incoming, found)


def _model_of(who: Identity, creators: Creators) -> ModelReply:
    creator = creators.get(who.creator_id)
    created = int(creator.updated_at.timestamp())
    return ModelReply(id=creator.creator_id, created=created, owned_by=creator.creator_id)


def _answered(path: str, incoming: Incoming, body: Callable[[Identity], str]) -> Response:
    route_key = f"GET {path}"
    try:
        identity = admitted(route_key, incoming)
        with measured(route_key):
            return Response(body(identity), media_type="application/json")
    except CoachingError as error:
        return refusal(error, incoming.request_id)
    except Exception as error:  # noqa: BLE001 - the last resort: told to the caller as internal
        log_unexpected(error)
        return refusal(unexpected(), incoming.request_id)
