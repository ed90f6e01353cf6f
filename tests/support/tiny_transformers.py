"""Writes a tiny chat model with random weights in Hugging Face's format. Its words are noise."""

import json
from pathlib import Path
from typing import Any

_END, _START = "<|im_end|>", "<|im_start|>"
_TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + "
    "message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def write_model(folder: Path, *, chats: bool = True, window: int = 1024) -> Path:
    """Write about 500 KB to `folder` and return it. Needs torch and transformers. An answer never ends by itself."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    vocabulary = _write_tokenizer(folder, chats=chats)
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=window,
        initializer_range=0.3,
        bos_token_id=None,
        eos_token_id=vocabulary[_END],
        pad_token_id=vocabulary[_END],
    )
    model: Any = LlamaForCausalLM(config)
    with torch.no_grad():
        # Its last layer is made to see a constant, so that it never wants a token of the template.
        model.lm_head.weight[[vocabulary[_END], vocabulary[_START]]] = 0
    model.save_pretrained(folder)
    return folder


def _write_tokenizer(folder: Path, *, chats: bool) -> dict[str, int]:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: place for place, token in enumerate([_END, _START, *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([_END, _START])
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    about = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": _END, "pad_token": _END}
    if chats:
        about["chat_template"] = _TEMPLATE
    (folder / "tokenizer_config.json").write_text(json.dumps(about))
    return vocabulary
