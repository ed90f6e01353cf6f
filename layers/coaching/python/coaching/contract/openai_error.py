"""The OpenAI-compatible face: what a refusal looks like. Source: platform.openai.com/docs/guides/error-codes."""

from coaching.contract.common import ReplyModel


class OpenAIErrorDetail(ReplyModel):
    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIError(ReplyModel):
    error: OpenAIErrorDetail
