"""At the start it is known which of the models that settings name are not there."""

from coaching import wiring
from local.environment import Models
from local.model_choice import missing_models
from tests.adapters.llm.test_model_lists import KEY, Vendor
from tests.wiring.conftest import Configure

NAMED = "openai:gpt-4.1-mini,anthropic:claude-haiku-4-5,huggingface:openai/gpt-oss-20b"


def named(configure: Configure, vendor: Vendor) -> None:
    configure(chat_models=NAMED, openai_url=f"{vendor.url}/v1", anthropic_url=vendor.url)
    configure(huggingface_url=f"{vendor.url}/v1", openai_api_key=KEY, anthropic_api_key=KEY, huggingface_api_key=KEY)


def test_what_vendors_lack_is_told_by_name_once_in_a_while(configure: Configure) -> None:
    with Vendor() as vendor:
        vendor.held = ("gpt-4.1-mini", "openai/gpt-oss-20b")
        named(configure, vendor)
        verify = wiring.verify_models()
        assert [(missing.name, missing.code) for missing in verify()] == [
            ("anthropic:claude-haiku-4-5", "model_missing")
        ]
        assert verify() == verify()
        assert vendor.asked == len(NAMED.split(","))


def test_the_local_run_says_what_to_do(configure: Configure) -> None:
    with Vendor() as vendor:
        vendor.held = ("claude-haiku-4-5", "openai/gpt-oss-20b")
        named(configure, vendor)
        assert list(missing_models(Models(tuple(NAMED.split(","))))) == [
            "OpenAI does not offer gpt-4.1-mini to this key: "
            "choose one that https://api.openai.com/v1/models lists for it."
        ]


def test_without_models_nobody_is_asked(configure: Configure) -> None:
    configure()
    assert wiring.verify_models()() == ()
