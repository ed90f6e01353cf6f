"""Which pieces of text a reader of a PDF page sees.

Most of it is decided by how the text is drawn: text whose colour is clearly not that of what lies behind it is seen.
The rest is looked for in a picture of the page: where all its pixels are of one colour there is nothing to read.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from coaching.adapters.extraction.pdf_boxes import Box, Boxes
from coaching.adapters.extraction.pdf_paint import Colour, Paint, address_of, text_colour

if TYPE_CHECKING:
    from pypdfium2 import PdfBitmap, PdfPage, PdfPosConv

    from coaching.adapters.extraction.pdf_paint import Drawing

_SMALLEST_POINTS = 1.5
_CLEARLY_OTHER = 60
_SAME_COLOUR = 12
_LOOKED_AT = 8
_HIDDEN_SHARE = 0.6
_MOST_PIXELS = 4_000_000
_CHANNELS = 3


class Visibility:
    """Looks at one page. Constructing it draws nothing."""

    def __init__(self, page: "PdfPage", boxes: Boxes) -> None:
        self._page = page
        self._boxes = boxes

    def shows(self, drawing: "Drawing", indices: Sequence[int]) -> bool:
        """Say whether a text object, and the printed characters that it draws, can be seen."""
        colour = text_colour(drawing)
        if colour is None or not indices:
            return colour is not None
        left, bottom, right, top = self._boxes.loose(indices[0])
        if max(right - left, top - bottom) < _SMALLEST_POINTS:
            return False
        ground = self._paint.ground(address_of(drawing), self._boxes.drawn(indices[0]))
        if ground is not None and _differ_clearly(colour, ground):
            return True
        return self._stands_out(indices)

    @cached_property
    def _paint(self) -> Paint:
        return Paint(self._page)

    def _stands_out(self, indices: Sequence[int]) -> bool:
        looked_at = indices[:: max(1, len(indices) // _LOOKED_AT)]
        hidden = sum(self._is_one_colour(self._boxes.drawn(index)) for index in looked_at)
        return hidden < _HIDDEN_SHARE * len(looked_at)

    def _is_one_colour(self, box: Box) -> bool:
        bitmap, to_bitmap = self._picture
        (x0, y0), (x1, y1) = to_bitmap.to_bitmap(box[0], box[1]), to_bitmap.to_bitmap(box[2], box[3])
        left, right = max(0, min(x0, x1)), min(bitmap.width, max(x0, x1) + 1)
        top, bottom = max(0, min(y0, y1)), min(bitmap.height, max(y0, y1) + 1)
        if left >= right or top >= bottom:
            return True
        rows = [
            bytes(
                bitmap.buffer[
                    y * bitmap.stride + left * bitmap.n_channels : y * bitmap.stride + right * bitmap.n_channels
                ]
            )
            for y in range(top, bottom)
        ]
        pixels = b"".join(rows)
        channels = (pixels[channel :: bitmap.n_channels] for channel in range(_CHANNELS))
        return all(max(values) - min(values) < _SAME_COLOUR for values in channels)

    @cached_property
    def _picture(self) -> "tuple[PdfBitmap, PdfPosConv]":
        width, height = self._page.get_size()
        scale = min(1.0, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        bitmap = self._page.render(scale=scale)
        return bitmap, bitmap.get_posconv(self._page)


def _differ_clearly(one: Colour, other: Colour) -> bool:
    return max(abs(first - second) for first, second in zip(one, other, strict=True)) >= _CLEARLY_OTHER
